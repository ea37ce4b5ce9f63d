/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each case of the corpus is a root directory and what the ecosystem's own tool lists in it. The
 * catalogers must find these packages and no others.
 */
#include "base/io.h"
#include "format/json.h"
#include "inspect.h"
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>

struct root {
    struct pl_arena arena;
    struct pl_catalog_matcher *matcher;
    size_t prefix_len; /* of the root directory's path and its slash */
    struct inspect_held_files held;
    PL_VEC_FIELDS(struct pl_evidence_file *);
};

/* nftw gives its callback no argument. */
static struct root *walked;

static bool read_whole(struct pl_arena *arena, const char *path, pl_str *ret)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(64 << 20);
    if (pl_io_read_file(path, &content, NULL) < 0) {
        return false;
    }
    *ret = pl_arena_dup(arena, pl_buf_str(&content));
    return true;
}

static int inspect_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    if (type != FTW_F) {
        return 0;
    }
    const char *inside = path + walked->prefix_len;
    const struct pl_cataloger *cataloger = pl_catalog_match(walked->matcher, pl_str_from(inside));
    pl_str content = PL_STR_EMPTY;
    if (!cataloger || !read_whole(&walked->arena, path, &content)) {
        return 0;
    }
    if (cataloger->reads_together) {
        inspect_hold(&walked->arena, &walked->held, cataloger, inside, content);
    } else {
        *pl_vec_push(&walked->arena, walked) =
            inspect_content(&walked->arena, cataloger, inside, content, NULL);
    }
    return 0;
}

static void inspect_root(struct root *root, const char *dir)
{
    *root = (struct root){.matcher = pl_catalog_matcher_new(), .prefix_len = strlen(dir) + 1};
    walked = root;
    assert_int_equal(nftw(dir, inspect_entry, 16, FTW_PHYS), 0);
    struct pl_evidence_file **found = NULL;
    size_t count = 0;
    while ((count = inspect_next_held(&root->arena, &root->held, &found)) > 0) {
        for (size_t i = 0; i < count; i++) {
            *pl_vec_push(&root->arena, root) = found[i];
        }
    }
}

static void release_root(struct root *root)
{
    pl_catalog_matcher_free(root->matcher);
    pl_arena_release(&root->arena);
}

/* The package as the lines of a listing, so that a failure can be read. */
static pl_str line_of(struct pl_arena *arena, pl_str name, pl_str version, pl_str arch,
                      pl_str source_name, pl_str source_version)
{
    return pl_arena_format(arena,
                           PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT,
                           PL_STR_ARG(name), PL_STR_ARG(version), PL_STR_ARG(arch),
                           PL_STR_ARG(source_name), PL_STR_ARG(source_version));
}

static pl_str with_rpm_facts(struct pl_arena *arena, pl_str line, pl_str license, pl_str vendor,
                             bool is_pseudo)
{
    return pl_arena_format(arena, PL_STR_FMT " [" PL_STR_FMT "] [" PL_STR_FMT "]%s",
                           PL_STR_ARG(line), PL_STR_ARG(license), PL_STR_ARG(vendor),
                           is_pseudo ? " pseudo" : "");
}

static struct pl_strs list_found(struct root *root, bool states_licenses, bool states_vendor)
{
    struct pl_strs lines = {0};
    for (size_t i = 0; i < root->count; i++) {
        const struct pl_components *components = &root->items[i]->components;
        for (size_t c = 0; c < components->count; c++) {
            const struct pl_component *it = &components->items[c];
            /* dpkg/vcpkg-lookalike is about what must not be taken for Debian's packages. */
            if (pl_str_eq(it->type, PL_STR("vcpkg"))) {
                continue;
            }
            pl_str line = line_of(&root->arena, it->name, it->version, it->arch, it->source_name,
                                  it->source_version);
            pl_str license = it->licenses.count > 0 ? it->licenses.items[0] : PL_STR_EMPTY;
            *pl_vec_push(&root->arena, &lines) =
                with_rpm_facts(&root->arena, line, states_licenses ? license : PL_STR_EMPTY,
                               states_vendor ? it->vendor : PL_STR_EMPTY, it->is_pseudo);
        }
    }
    pl_strs_sort(&lines);
    return lines;
}

static struct pl_strs list_expected(struct root *root, const json_t *packages)
{
    struct pl_strs lines = {0};
    size_t index = 0;
    const json_t *it = NULL;
    json_array_foreach(packages, index, it)
    {
        pl_str line = line_of(&root->arena, pl_json_str(it, "name"), pl_json_str(it, "version"),
                              pl_json_str(it, "arch"), pl_json_str(it, "source_name"),
                              pl_json_str(it, "source_version"));
        pl_str license = pl_json_text(json_array_get(pl_json_array(it, "licenses"), 0));
        *pl_vec_push(&root->arena, &lines) =
            with_rpm_facts(&root->arena, line, license, pl_json_str(it, "vendor"),
                           json_is_true(json_object_get(it, "pseudo")));
    }
    pl_strs_sort(&lines);
    return lines;
}

static void assert_same_lines(const char *name, const struct pl_strs *got,
                              const struct pl_strs *wanted)
{
    for (size_t i = 0; i < got->count || i < wanted->count; i++) {
        pl_str a = i < got->count ? got->items[i] : PL_STR("nothing");
        pl_str b = i < wanted->count ? wanted->items[i] : PL_STR("nothing");
        if (!pl_str_eq(a, b)) {
            fail_msg("%s: found '" PL_STR_FMT "', expected '" PL_STR_FMT "'", name, PL_STR_ARG(a),
                     PL_STR_ARG(b));
        }
    }
}

static struct pl_strs licenses_of(struct root *root, pl_str package)
{
    struct pl_strs all = {0};
    for (size_t i = 0; i < root->count; i++) {
        const struct pl_attachments *list = &root->items[i]->licenses;
        for (size_t a = 0; a < list->count; a++) {
            if (pl_str_eq(list->items[a].name, package)) {
                for (size_t v = 0; v < list->items[a].values.count; v++) {
                    pl_strs_add_unique(&root->arena, &all, list->items[a].values.items[v]);
                }
            }
        }
    }
    pl_strs_sort(&all);
    return all;
}

static void check_packages(const char *name, struct root *root, const json_t *expected)
{
    const json_t *packages = pl_json_array(expected, "packages");
    const json_t *first = json_array_get(packages, 0);
    bool is_rpm = pl_str_eq(pl_json_str(first, "type"), PL_STR("rpm"));
    struct pl_strs wanted = list_expected(root, packages);
    struct pl_strs got = list_found(root, json_object_get(first, "licenses") != NULL, is_rpm);
    assert_same_lines(name, &got, &wanted);

    const char *package = NULL;
    json_t *list = NULL;
    json_object_foreach(json_object_get(expected, "licenses_expected"), package, list)
    {
        struct pl_strs stated = {0};
        for (size_t i = 0; i < json_array_size(list); i++) {
            *pl_vec_push(&root->arena, &stated) = pl_json_text(json_array_get(list, i));
        }
        pl_strs_sort(&stated);
        struct pl_strs found = licenses_of(root, pl_str_from(package));
        assert_same_lines(name, &found, &stated);
    }
}

/* Machine-readable: all License fields but "none", which states no licence, and beyond them only
 * what the reference finds too. Free text: as many as the reference finds. */
static void check_licenses(const char *name, struct root *root, const json_t *expected)
{
    const json_t *fields = pl_json_array(expected, "license_fields");
    const json_t *reference = pl_json_array(expected, "upstream_expected");
    struct pl_strs got = licenses_of(root, pl_str_from(strchr(name, '/') + 1));
    struct pl_strs known = {0};
    for (size_t i = 0; i < json_array_size(fields); i++) {
        pl_str field = pl_json_text(json_array_get(fields, i));
        *pl_vec_push(&root->arena, &known) = field;
        if (!pl_str_eq(field, PL_STR("none")) && !pl_strs_contain(&got, field)) {
            fail_msg("%s: missed '" PL_STR_FMT "'", name, PL_STR_ARG(field));
        }
    }
    if (!json_is_true(json_object_get(expected, "machine_readable"))) {
        assert_int_equal(got.count, json_array_size(reference));
        return;
    }
    for (size_t i = 0; i < json_array_size(reference); i++) {
        *pl_vec_push(&root->arena, &known) = pl_json_text(json_array_get(reference, i));
    }
    for (size_t i = 0; i < got.count; i++) {
        if (!pl_strs_contain(&known, got.items[i])) {
            fail_msg("%s: made up '" PL_STR_FMT "'", name, PL_STR_ARG(got.items[i]));
        }
    }
}

static void check_case(const char *name)
{
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s/expected.json", corpus ? corpus : "/nonexistent", name);
    struct pl_buf text pl_autobuf = PL_BUF_INIT(64 << 20);
    if (pl_io_read_file(path, &text, NULL) < 0) {
        print_message("%s is not there\n", path);
        skip();
    }
    json_t *expected pl_autojson = NULL;
    assert_int_equal(pl_json_parse(pl_buf_str(&text), path, &expected, NULL), PL_OK);

    struct root root;
    snprintf(path, sizeof(path), "%s/%s/in/rootfs", corpus, name);
    inspect_root(&root, path);
    if (pl_str_eq(pl_json_str(expected, "kind"), PL_STR("licenses"))) {
        check_licenses(name, &root, expected);
    } else {
        check_packages(name, &root, expected);
    }
    release_root(&root);
}

/* One test for each case, so that a failure names it and does not hide the others. */
static void test_case(void **state)
{
    check_case(*state);
}

#define CASE(which)                                                                                \
    (struct CMUnitTest)                                                                            \
    {                                                                                              \
        .name = "test_corpus__" which, .test_func = test_case, .initial_state = (char[])           \
        {                                                                                          \
            which                                                                                  \
        }                                                                                          \
    }

int pl_test_corpus(void)
{
    const struct CMUnitTest tests[] = {
        CASE("apk/alpine-multiple-2"),
        CASE("apk/different-arch"),
        CASE("apk/extra-file-attributes"),
        CASE("apk/musl-single"),
        CASE("apk/trivy-apk"),
        CASE("dpkg/bullseye-pam-with-copyright"),
        CASE("dpkg/corrupt-fields"),
        CASE("dpkg/debian-bookworm-minbase"),
        CASE("dpkg/multiple-states"),
        CASE("dpkg/only-apt"),
        CASE("dpkg/postgresql-source-version"),
        CASE("dpkg/relationships-coreutils"),
        CASE("dpkg/scalibr-valid"),
        CASE("dpkg/ubuntu-base-full"),
        CASE("dpkg/vcpkg-lookalike"),
        CASE("dpkg-copyright/adduser"),
        CASE("dpkg-copyright/libaudit-common"),
        CASE("dpkg-copyright/liblzma5"),
        CASE("dpkg-copyright/tzdata"),
        CASE("dpkg-copyright/zlib1g"),
        CASE("dpkg-distroless/libsqlite3"),
        CASE("dpkg-distroless/static-like"),
        CASE("rpm-bdb/big-endian"),
        CASE("rpm-bdb/dive"),
        CASE("rpm-bdb/libuuid"),
        CASE("rpm-bdb/sle15-bci-as-bdb"),
        CASE("rpm-ndb/rpmlint-set-2"),
        CASE("rpm-ndb/sle15-bci"),
        CASE("rpm-sqlite/rpmlint-set-1"),
        CASE("rpm-sqlite/sle15-bci-rebuilt"),
        CASE("rpm-sqlite/wal-pending"),
    };
    return cmocka_run_group_tests_name("catalog/corpus", tests, NULL, NULL);
}
