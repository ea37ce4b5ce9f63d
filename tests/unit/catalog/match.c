/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/match.h"
#include "unit/test.h"

static enum pl_status read_nothing(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   struct pl_error *err)
{
    return PL_OK;
}

static const struct pl_cataloger alpha = {
    .name = "alpha",
    .patterns = (const char *const[]){"lib/apk/db/installed", "var/db/*.list", "status.d/*",
                                      "**/shared.json", NULL},
    .read = read_nothing,
};

static const struct pl_cataloger beta = {
    .name = "beta",
    .patterns = (const char *const[]){"var/lib/rpm/Packages.db", "**/site-packages/*/METADATA",
                                      "**/a*b*c", "**/shared.json", "top/**/deep/*.txt", NULL},
    .read = read_nothing,
};

static const struct pl_cataloger narrow = {
    .name = "narrow",
    .patterns = (const char *const[]){"var/lib/*/Packages", "opt/**/x", NULL},
    .read = read_nothing,
};

static struct pl_catalog_matcher *two_catalogers(void)
{
    static const struct pl_cataloger *const both[] = {&alpha, &beta};
    return pl_catalog_matcher_new_for(both, 2);
}

static void assert_reader(const struct pl_catalog_matcher *matcher, const char *path,
                          const struct pl_cataloger *wanted)
{
    if (pl_catalog_match(matcher, pl_str_from(path)) != wanted) {
        fail_msg("%s", path);
    }
}

static void test_match__each_way_of_filing(void **state)
{
    struct pl_catalog_matcher *m PL_CLEANUP(pl_catalog_matcher_freep) = two_catalogers();
    assert_reader(m, "lib/apk/db/installed", &alpha);
    assert_reader(m, "usr/lib/apk/db/installed", NULL);
    assert_reader(m, "lib/apk/db/installed/x", NULL);
    assert_reader(m, "installed", NULL);
    assert_reader(m, "lib/apk/db/Installed", NULL);
    assert_reader(m, "var/db/bash.list", &alpha);
    assert_reader(m, "var/db/a.b.list", &alpha);
    assert_reader(m, "var/db/.list", &alpha);
    assert_reader(m, "var/db/bash.list.new", NULL);
    assert_reader(m, "var/db/x/bash.list", NULL);
    assert_reader(m, "status.d/base", &alpha);
    assert_reader(m, "status.d/x/base", NULL);
    assert_reader(m, "x/status.d/base", NULL);
    assert_reader(m, "status.d", NULL);
    assert_reader(m, "x/abc", &beta);
    assert_reader(m, "x/a-b-b-c", &beta);
    assert_reader(m, "x/a-b-c-", NULL);
    assert_reader(m, "", NULL);
}

static void test_match__a_double_star_is_any_number_of_directories(void **state)
{
    struct pl_catalog_matcher *m PL_CLEANUP(pl_catalog_matcher_freep) = two_catalogers();
    assert_reader(m, "site-packages/x/METADATA", &beta);
    assert_reader(m, "usr/lib/python3/site-packages/x/METADATA", &beta);
    assert_reader(m, "site-packages/y/site-packages/x/METADATA", &beta);
    assert_reader(m, "site-packages/site-packages/METADATA", &beta);
    assert_reader(m, "site-packages/METADATA", NULL);
    assert_reader(m, "my-site-packages/x/METADATA", NULL);
    assert_reader(m, "top/deep/x.txt", &beta);
    assert_reader(m, "top/1/2/3/deep/x.txt", &beta);
    assert_reader(m, "top/1/deep/2/x.txt", NULL);
    assert_reader(m, "top/deep/deep/x.txt", &beta);
    assert_reader(m, "1/top/deep/x.txt", NULL);
}

static void test_match__the_first_by_name_wins(void **state)
{
    struct pl_catalog_matcher *m PL_CLEANUP(pl_catalog_matcher_freep) = two_catalogers();
    assert_reader(m, "x/shared.json", &alpha);
}

static void test_match__below_a_directory(void **state)
{
    static const struct pl_cataloger *const only_alpha[] = {&alpha};
    static const struct pl_cataloger *const only_narrow[] = {&narrow};
    struct pl_catalog_matcher *any PL_CLEANUP(pl_catalog_matcher_freep) =
        pl_catalog_matcher_new_for(only_alpha, 1);
    assert_true(pl_catalog_may_match_below(any, PL_STR("some/where")));

    struct pl_catalog_matcher *m PL_CLEANUP(pl_catalog_matcher_freep) =
        pl_catalog_matcher_new_for(only_narrow, 1);
    assert_true(pl_catalog_may_match_below(m, PL_STR("")));
    assert_true(pl_catalog_may_match_below(m, PL_STR("var")));
    assert_true(pl_catalog_may_match_below(m, PL_STR("var/lib")));
    assert_true(pl_catalog_may_match_below(m, PL_STR("var/lib/rpm")));
    assert_true(pl_catalog_may_match_below(m, PL_STR("var/lib/rpm/Packages")));
    assert_true(pl_catalog_may_match_below(m, PL_STR("opt")));
    assert_true(pl_catalog_may_match_below(m, PL_STR("opt/1/2/3")));
    assert_false(pl_catalog_may_match_below(m, PL_STR("va")));
    assert_false(pl_catalog_may_match_below(m, PL_STR("var/libx")));
    assert_false(pl_catalog_may_match_below(m, PL_STR("var/lib/rpm/x")));
    assert_false(pl_catalog_may_match_below(m, PL_STR("var/lib/rpm/Packages/x")));
    assert_false(pl_catalog_may_match_below(m, PL_STR("usr")));
}

/* A long run of what nearly matches must not take time beyond the product of the lengths. */
static void test_match__near_misses_stay_cheap(void **state)
{
    struct pl_catalog_matcher *m PL_CLEANUP(pl_catalog_matcher_freep) = two_catalogers();
    char path[4096];
    for (size_t i = 0; i < sizeof(path); i++) {
        path[i] = "ab"[i % 2];
    }
    pl_str flat = pl_str_make(path, sizeof(path));
    assert_null(pl_catalog_match(m, flat));
    for (size_t i = 1; i < sizeof(path); i += 2) {
        path[i] = '/';
    }
    assert_null(pl_catalog_match(m, pl_str_sub(flat, 0, sizeof(path) - 1)));
}

/* Where package managers keep their databases, as their manuals and packages say. */
static const char *const database_paths[] = {
    "etc/alpine-release",
    "etc/debian_version",
    "etc/os-release",
    "etc/redhat-release",
    "usr/lib/os-release",
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "usr/lib/opkg/status",
    "usr/lib/sysimage/rpm/Packages",
    "usr/lib/sysimage/rpm/Packages.db",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
    "usr/share/doc/bash/copyright",
    "usr/share/rpm/Packages",
    "usr/share/rpm/Packages.db",
    "usr/share/rpm/rpmdb.sqlite",
    "usr/share/rpm/rpmdb.sqlite-wal",
    "var/lib/dpkg/info/bash.list",
    "var/lib/dpkg/info/bash.md5sums",
    "var/lib/dpkg/info/libc6:amd64.list",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/base-files",
    "var/lib/dpkg/status.d/base-files.md5sums",
    "var/lib/pacman/local/gmp-6.2.1-2/desc",
    "var/lib/pacman/local/gmp-6.2.1-2/files",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/rpmdb.sqlite-wal",
    "var/lib/snapd/snaps/core_1.snap",
    "var/db/pkg/app-shells/bash-5.1/CONTENTS",
    "bitnami/redis/.spdx-redis.spdx",
    "app/composer.lock",
    "app/package-lock.json",
    "app/yarn.lock",
    "app/go.mod",
    "app/Cargo.lock",
    "app/poetry.lock",
    "app/requirements.txt",
    "app/Gemfile.lock",
    "app/pom.xml",
    "boot/vmlinuz-6.1.0-18-amd64",
    "usr/lib/modules/6.1.0/vmlinuz",
    "usr/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko.xz",
    "app/service.jar",
    "app/bin.deps.json",
    "app/vendor/composer/installed.json",
    "usr/lib/node_modules/npm/package.json",
    "usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA",
    "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO",
};

static void test_match__no_path_has_two_readers(void **state)
{
    size_t count = 0;
    const struct pl_cataloger *const *list = pl_catalogers(&count);
    for (size_t i = 0; i < PL_ARRAY_LEN(database_paths); i++) {
        const struct pl_cataloger *reader = NULL;
        for (size_t c = 0; c < count; c++) {
            struct pl_catalog_matcher *alone PL_CLEANUP(pl_catalog_matcher_freep) =
                pl_catalog_matcher_new_for(&list[c], 1);
            if (pl_catalog_match(alone, pl_str_from(database_paths[i]))) {
                if (reader) {
                    fail_msg("%s: %s and %s", database_paths[i], reader->name, list[c]->name);
                }
                reader = list[c];
            }
        }
        struct pl_catalog_matcher *all PL_CLEANUP(pl_catalog_matcher_freep) =
            pl_catalog_matcher_new();
        assert_ptr_equal(pl_catalog_match(all, pl_str_from(database_paths[i])), reader);
    }
}

static void test_match__catalogers_are_sorted(void **state)
{
    size_t count = 0;
    const struct pl_cataloger *const *list = pl_catalogers(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(list[i - 1]->name, list[i]->name) < 0);
        assert_non_null(list[i]->summary);
        assert_non_null(list[i]->read);
        assert_true(list[i]->patterns[0] || list[i]->is_of_executables);
    }
}

int pl_test_match(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match__each_way_of_filing),
        cmocka_unit_test(test_match__a_double_star_is_any_number_of_directories),
        cmocka_unit_test(test_match__the_first_by_name_wins),
        cmocka_unit_test(test_match__below_a_directory),
        cmocka_unit_test(test_match__near_misses_stay_cheap),
        cmocka_unit_test(test_match__no_path_has_two_readers),
        cmocka_unit_test(test_match__catalogers_are_sorted),
    };
    return cmocka_run_group_tests_name("catalog/match", tests, NULL, NULL);
}
