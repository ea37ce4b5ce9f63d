/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The corpus of language packages: below each case's in/ the catalogers must find the packages that
 * its expectation lists, no others, and of each what is stated there.
 */
#include "base/io.h"
#include "base/map.h"
#include "format/json.h"
#include "inspect.h"
#include <dirent.h>
#include <ftw.h>
#include <limits.h>

struct found {
    struct pl_arena arena;
    struct pl_catalog_matcher *matcher;
    size_t prefix_len; /* of the root directory's path and its slash */
    struct inspect_held_files held;
    struct pl_map components; /* by type, name and version */
    struct pl_strs keys;
};

/* nftw gives its callback no argument. */
static struct found *walked;

static pl_str key_of(struct pl_arena *arena, pl_str type, pl_str name, pl_str version)
{
    return pl_arena_format(arena, PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(type),
                           PL_STR_ARG(name), PL_STR_ARG(version));
}

static void keep(struct found *found, struct pl_evidence_file *file)
{
    for (size_t i = 0; i < file->gaps.count; i++) {
        print_message("# gap in " PL_STR_FMT ": " PL_STR_FMT "\n", PL_STR_ARG(file->path),
                      PL_STR_ARG(file->gaps.items[i].reason));
    }
    for (size_t i = 0; i < file->components.count; i++) {
        struct pl_component *it = &file->components.items[i];
        pl_str key = key_of(&found->arena, it->type, it->name, it->version);
        void **place = pl_map_at(&found->components, key);
        if (!*place) {
            *pl_vec_push(&found->arena, &found->keys) = key;
        }
        *place = it;
    }
}

static int inspect_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(64 << 20);
    if (type != FTW_F) {
        return 0;
    }
    const char *inside = path + walked->prefix_len;
    const struct pl_cataloger *cataloger = pl_catalog_match(walked->matcher, pl_str_from(inside));
    if (pl_io_read_file(path, &content, NULL) < 0) {
        return 0;
    }
    if (!cataloger && pl_catalog_is_executable(pl_str_span(pl_buf_str(&content)))) {
        cataloger = pl_catalog_executable_reader(walked->matcher);
    }
    if (cataloger && cataloger->reads_together) {
        inspect_hold(&walked->arena, &walked->held, cataloger, inside, pl_buf_str(&content));
    } else if (cataloger) {
        keep(walked,
             inspect_content(&walked->arena, cataloger, inside, pl_buf_str(&content), NULL));
    }
    return 0;
}

static void keep_held(struct found *found)
{
    struct pl_evidence_file **files = NULL;
    size_t count = 0;
    while ((count = inspect_next_held(&found->arena, &found->held, &files)) > 0) {
        for (size_t i = 0; i < count; i++) {
            keep(found, files[i]);
        }
    }
}

static const struct pl_component *find(const struct found *found, struct pl_arena *arena,
                                       const json_t *package)
{
    return pl_map_find(&found->components,
                       key_of(arena, pl_json_str(package, "type"), pl_json_str(package, "name"),
                              pl_json_str(package, "version")));
}

static void check_packages(const char *name, struct found *found, const json_t *packages)
{
    struct pl_strs wanted = {0};
    for (size_t i = 0; i < json_array_size(packages); i++) {
        const json_t *it = json_array_get(packages, i);
        pl_str key = key_of(&found->arena, pl_json_str(it, "type"), pl_json_str(it, "name"),
                            pl_json_str(it, "version"));
        *pl_vec_push(&found->arena, &wanted) = key;
        if (!pl_map_find(&found->components, key)) {
            fail_msg("%s: '" PL_STR_FMT "' was not found", name, PL_STR_ARG(key));
        }
    }
    for (size_t i = 0; i < found->keys.count; i++) {
        if (!pl_strs_contain(&wanted, found->keys.items[i])) {
            fail_msg("%s: '" PL_STR_FMT "' is not expected", name,
                     PL_STR_ARG(found->keys.items[i]));
        }
    }
}

/* A flag counts for all packages of a case when one states it. */
static bool is_stated(const json_t *packages, const char *flag)
{
    for (size_t i = 0; i < json_array_size(packages); i++) {
        if (json_object_get(json_array_get(packages, i), flag)) {
            return true;
        }
    }
    return false;
}

static void check_licenses(const char *name, struct found *found, const json_t *package,
                           const struct pl_component *component)
{
    const json_t *licenses = pl_json_array(package, "licenses");
    for (size_t i = 0; i < json_array_size(licenses); i++) {
        pl_str license = pl_json_text(json_array_get(licenses, i));
        if (!pl_strs_contain(&component->licenses, license)) {
            fail_msg("%s: " PL_STR_FMT " lacks the licence '" PL_STR_FMT "'", name,
                     PL_STR_ARG(component->name), PL_STR_ARG(license));
        }
    }
    if (licenses) {
        assert_int_equal(component->licenses.count, json_array_size(licenses));
    }
}

/* What the expectation has of hashes, as they would be kept. */
static void check_integrity(const char *name, struct found *found, const json_t *package,
                            const struct pl_component *component)
{
    struct pl_evidence_file file = {0};
    struct pl_sink sink = {.arena = &found->arena, .file = &file, .left_bytes = 1 << 20};
    struct pl_component wanted = {0};
    pl_catalog_add_integrity(&sink, &wanted, pl_json_str(package, "integrity"));
    for (size_t i = 0; i < wanted.hashes.count; i++) {
        if (!pl_strs_contain(&component->hashes, wanted.hashes.items[i])) {
            fail_msg("%s: " PL_STR_FMT " lacks its hash", name, PL_STR_ARG(component->name));
        }
    }
}

/* Where the expectation is not followed, with the reason. */
static const struct {
    const char *name;
    const char *flag;
} deviations[] = {
    /* What groups beside "dev" want ("test") is there as a rule: "Dependency groups, other than the
     * implicit main group, must only contain dependencies you need in your development process"
     * (python-poetry.org, "Managing dependencies"). Expected is that "dev" alone counts. */
    {"poetry/scalibr-multiple-v2", "dev"},
};

static bool is_deviation(const char *name, const char *flag)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(deviations); i++) {
        if (strcmp(deviations[i].name, name) == 0 && strcmp(deviations[i].flag, flag) == 0) {
            return true;
        }
    }
    return false;
}

/* Which qualifiers of conda there are, and Go's system, is not part of the expectation. */
static bool is_same_purl(pl_str wanted, pl_str got)
{
    pl_str qualifiers = PL_STR_EMPTY;
    if (pl_str_starts_with(got, PL_STR("pkg:conda/")) ||
        pl_str_starts_with(got, PL_STR("pkg:golang/"))) {
        pl_str_cut(got, '?', &got, &qualifiers);
    }
    return pl_str_eq(wanted, got);
}

static void check_facts(const char *name, struct found *found, const json_t *packages)
{
    static const struct {
        const char *flag;
        enum pl_relation relation;
    } relations[] = {{"direct", PL_RELATION_DIRECT}, {"indirect", PL_RELATION_TRANSITIVE}};
    for (size_t i = 0; i < json_array_size(packages); i++) {
        const json_t *it = json_array_get(packages, i);
        const struct pl_component *component = find(found, &found->arena, it);
        pl_str purl = pl_json_str(it, "purl");
        pl_str got = pl_component_purl(&found->arena, component);
        if (purl.len > 0 && !is_same_purl(purl, got)) {
            fail_msg("%s: " PL_STR_FMT " and not " PL_STR_FMT, name, PL_STR_ARG(got),
                     PL_STR_ARG(purl));
        }
        if (is_stated(packages, "dev") && !is_deviation(name, "dev") &&
            component->is_dev != json_is_true(json_object_get(it, "dev"))) {
            fail_msg("%s: " PL_STR_FMT ": for development or not", name, PL_STR_ARG(purl));
        }
        if (is_stated(packages, "optional") &&
            component->is_optional != json_is_true(json_object_get(it, "optional"))) {
            fail_msg("%s: " PL_STR_FMT ": optional or not", name, PL_STR_ARG(purl));
        }
        for (size_t r = 0; r < PL_ARRAY_LEN(relations); r++) {
            if (json_is_true(json_object_get(it, relations[r].flag))) {
                assert_int_equal(component->relation, relations[r].relation);
            }
        }
        if (pl_json_str(it, "arch").len > 0) {
            assert_true(pl_str_eq(component->arch, pl_json_str(it, "arch")));
        }
        check_licenses(name, found, it, component);
        check_integrity(name, found, it, component);
    }
}

static void check_case(const char *corpus, const char *name)
{
    char path[PATH_MAX];
    struct pl_buf text pl_autobuf = PL_BUF_INIT(64 << 20);
    json_t *expected pl_autojson = NULL;
    snprintf(path, sizeof(path), "%s/%s/expected.json", corpus, name);
    assert_int_equal(pl_io_read_file(path, &text, NULL), PL_OK);
    assert_int_equal(pl_json_parse(pl_buf_str(&text), path, &expected, NULL), PL_OK);

    struct found found = {.matcher = pl_catalog_matcher_new()};
    snprintf(path, sizeof(path), "%s/%s/in", corpus, name);
    found.prefix_len = strlen(path) + 1;
    walked = &found;
    assert_int_equal(nftw(path, inspect_entry, 16, FTW_PHYS), 0);
    keep_held(&found);
    const json_t *packages = pl_json_array(expected, "packages");
    check_packages(name, &found, packages);
    check_facts(name, &found, packages);
    pl_map_release(&found.components);
    pl_catalog_matcher_free(found.matcher);
    pl_arena_release(&found.arena);
}

/* All cases of one kind; a kind with a slash is a single case. */
static void test_kind(void **state)
{
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    const char *kind = *state;
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", corpus ? corpus : "/nonexistent", kind);
    if (strchr(kind, '/') && corpus && access(path, R_OK) == 0) {
        check_case(corpus, kind);
        return;
    }
    DIR *dir = opendir(path);
    if (!dir) {
        print_message("%s is not there\n", path);
        skip();
    }
    size_t count = 0;
    const struct dirent *entry = NULL;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof(path), "%s/%s", kind, entry->d_name);
            check_case(corpus, path);
            count++;
        }
    }
    closedir(dir);
    assert_true(count > 0);
}

#define KIND(which)                                                                                \
    (struct CMUnitTest)                                                                            \
    {                                                                                              \
        .name = "test_corpus_language__" which, .test_func = test_kind, .initial_state = (char[])  \
        {                                                                                          \
            which                                                                                  \
        }                                                                                          \
    }

int pl_test_corpus_language(void)
{
    const struct CMUnitTest tests[] = {
        KIND("alpm"),
        KIND("bottlerocket"),
        KIND("bun"),
        KIND("cargo"),
        KIND("cocoapods"),
        KIND("composer"),
        KIND("conan"),
        KIND("conda"),
        KIND("conda/environment-yml"),
        KIND("deno"),
        KIND("dotnet-deps"),
        KIND("gemfile"),
        KIND("gemspec"),
        KIND("gobinary"),
        KIND("gomod"),
        KIND("govendor"),
        KIND("gradle"),
        KIND("haskell"),
        KIND("jar"),
        KIND("julia"),
        KIND("lua"),
        KIND("mix"),
        KIND("nix/glibc-drv"),
        KIND("npm"),
        KIND("nuget-assets"),
        KIND("nuget-config"),
        KIND("nuget-lock"),
        KIND("nuget-props"),
        KIND("nuget-repository"),
        KIND("opam"),
        KIND("opkg"),
        KIND("pdm"),
        KIND("perl"),
        KIND("pipfile"),
        KIND("pnpm"),
        KIND("poetry"),
        KIND("pom"),
        KIND("portage"),
        KIND("pub"),
        KIND("pylock"),
        KIND("python-installed"),
        KIND("r"),
        KIND("rebar"),
        KIND("requirements-txt"),
        KIND("rustbinary"),
        KIND("sbt"),
        KIND("snap"),
        KIND("swift"),
        KIND("terraform"),
        KIND("uv"),
        KIND("wordpress"),
        KIND("yarn"),
    };
    return cmocka_run_group_tests_name("catalog/corpus_language", tests, NULL, NULL);
}
