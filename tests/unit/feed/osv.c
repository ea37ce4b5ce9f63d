/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of records after the OSV schema and the loader traps of real feeds. */
#include "feed/reader/osv.h"
#include "base/limits.h"
#include "unit/test.h"

/* All kinds of members that the schema has, as its text describes them. */
static const char full[] =
    "{\"schema_version\":\"1.7.0\",\"id\":\"ALSA-2025:10873\",\"modified\":\"2025-07-14T00:00:"
    "00Z\","
    "\"published\":\"2025-07-13T00:00:00Z\",\"aliases\":[\"CVE-2025-1\",7],\"upstream\":[\"CVE-"
    "2025-"
    "2\"],\"related\":[\"X-1\"],\"summary\":\"s\\u00e9\",\"details\":\"d\",\"severity\":[{\"type\":"
    "\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"},{\"type\":\"Ubuntu\","
    "\"score\":\"high\"},{\"type\":\"CVSS_V2\"}],\"affected\":[{\"package\":{\"ecosystem\":"
    "\"AlmaLinux:8\",\"name\":\"a\",\"purl\":\"pkg:rpm/almalinux/a\"},\"ranges\":[{\"type\":"
    "\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.2-3\"}]},{\"type\":\"GIT\","
    "\"repo\":\"https://example.org/a\",\"events\":[{\"introduced\":\"0\"}]},{\"type\":\"SEMVER\","
    "\"events\":[{\"introduced\":\"2.0.0\",\"last_affected\":\"2.1.0\"},{\"limit\":\"*\"}]}],"
    "\"versions\":[\"1.0\",\"1.1\"],\"ecosystem_specific\":{\"urgency\":\"not yet assigned\"},"
    "\"severity\":[{\"type\":\"CVSS_V4\",\"score\":\"v4\"}]},{\"ranges\":[{\"type\":\"GIT\","
    "\"events\":[{\"introduced\":\"0\"}]}]},{\"package\":{\"ecosystem\":\"AlmaLinux:8\",\"name\":"
    "\"a\"}}],\"references\":[{\"type\":\"ADVISORY\",\"url\":\"https://example.org\"},{\"type\":"
    "\"WEB\"}],\"database_specific\":{\"severity\":\"HIGH\"}}";

static void test_osv__every_member_is_read(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_osv_skipped skipped = {0};
    struct pl_advisory a = {.id = PL_STR_EMPTY};
    assert_int_equal(pl_osv_parse(&arena, PL_STR(full), "full", &a, &skipped, &err), PL_OK);
    pl_assert_str(a.id, "ALSA-2025:10873");
    pl_assert_str(a.modified, "2025-07-14T00:00:00Z");
    pl_assert_str(a.published, "2025-07-13T00:00:00Z");
    pl_assert_str(a.withdrawn, "");
    pl_assert_str(a.summary, "s\xc3\xa9");
    pl_assert_str(a.urgency, "HIGH");
    assert_int_equal(a.aliases.count, 1);
    assert_int_equal(a.upstream.count, 1);
    assert_int_equal(a.related.count, 1);
    assert_int_equal(a.severities.count, 2);
    pl_assert_str(a.severities.items[1].type, "Ubuntu");
    assert_int_equal(a.references.count, 1);
    assert_int_equal(a.affected.count, 2);
    const struct pl_affected *one = &a.affected.items[0];
    pl_assert_str(one->ecosystem, "AlmaLinux:8");
    pl_assert_str(one->purl, "pkg:rpm/almalinux/a");
    pl_assert_str(one->urgency, "not yet assigned");
    assert_int_equal(one->severities.count, 1);
    assert_int_equal(one->versions.count, 2);
    assert_int_equal(one->ranges.count, 2);
    assert_int_equal(one->ranges.items[0].type, PL_RANGE_ECOSYSTEM);
    assert_int_equal(one->ranges.items[0].items[1].type, PL_EVENT_FIXED);
    pl_assert_str(one->ranges.items[0].items[1].version, "1.2-3");
    assert_int_equal(one->ranges.items[1].type, PL_RANGE_SEMVER);
    assert_int_equal(one->ranges.items[1].count, 3);
    assert_int_equal(one->ranges.items[1].items[1].type, PL_EVENT_LAST_AFFECTED);
    assert_int_equal(one->ranges.items[1].items[2].type, PL_EVENT_LIMIT);
    assert_int_equal(a.affected.items[1].ranges.count, 0);
    assert_int_equal(skipped.git_ranges, 2);
    assert_int_equal(skipped.without_package, 1);
}

static void test_osv__every_prefix_is_malformed(void **state)
{
    for (size_t len = 0; len < sizeof(full) - 1; len++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_osv_skipped skipped = {0};
        struct pl_advisory a = {.id = PL_STR_EMPTY};
        assert_int_equal(pl_osv_parse(&arena, pl_str_make(full, len), "part", &a, &skipped, NULL),
                         PL_E_PARSE);
        assert_int_equal(skipped.git_ranges, 0);
    }
}

static void test_osv__what_decides_must_be_well_formed(void **state)
{
    static const struct {
        const char *json;
        const char *says;
    } rows[] = {
        {"[]", "not an object"},
        {"{}", "no usable id"},
        {"{\"id\":7}", "no usable id"},
        {"{\"id\":\"\"}", "no usable id"},
        {"{\"id\":\"A\\u001b[2J\"}", "no usable id"},
        {"{\"id\":\"A\",\"id\":\"B\"}", "duplicate"},
        {"{\"id\":\"A\",\"affected\":{}}", "affected is not a list"},
        {"{\"id\":\"A\",\"affected\":[7]}", "affected[0]"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"x\"}}]}", "no ecosystem"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"x\",\"ecosystem\":\"npm\"},"
         "\"ranges\":[{\"type\":\"OTHER\",\"events\":[{\"introduced\":\"0\"}]}]}]}",
         "type"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"x\",\"ecosystem\":\"npm\"},"
         "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[]}]}]}",
         "no list of events"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"x\",\"ecosystem\":\"npm\"},"
         "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":0}]}]}]}",
         "introduced is not a string"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"x\",\"ecosystem\":\"npm\"},"
         "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"since\":\"0\"}]}]}]}",
         "has none of"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"x\",\"ecosystem\":\"npm\"},"
         "\"versions\":[\"1\",null]}]}",
         "a version is not a string"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_error err = PL_ERROR_INIT;
        struct pl_osv_skipped skipped = {0};
        struct pl_advisory a = {.id = PL_STR_EMPTY};
        assert_int_equal(
            pl_osv_parse(&arena, pl_str_from(rows[i].json), "r.json", &a, &skipped, &err),
            PL_E_PARSE);
        assert_non_null(strstr(err.msg, rows[i].says));
        assert_non_null(strstr(err.msg, "r.json"));
    }
}

static void test_osv__absent_and_null_lists_are_empty(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_osv_skipped skipped = {0};
    struct pl_advisory a = {.id = PL_STR_EMPTY};
    pl_str json =
        PL_STR("{\"id\":\"SUSE-SU-403 Forbidden-1\",\"withdrawn\":\"2024-01-01T00:00:00Z\","
               "\"aliases\":null,\"affected\":[{\"package\":{\"ecosystem\":\"npm\","
               "\"name\":\"x\"},\"ranges\":null,\"versions\":null}]}");
    assert_int_equal(pl_osv_parse(&arena, json, "r", &a, &skipped, NULL), PL_OK);
    pl_assert_str(a.id, "SUSE-SU-403 Forbidden-1");
    assert_true(a.withdrawn.len > 0);
    assert_int_equal(a.affected.count, 1);
    assert_int_equal(a.affected.items[0].ranges.count + a.affected.items[0].versions.count, 0);
}

/* CleanStart publishes records about its own packages under the name Alpine. */
static void test_osv__a_misnamed_ecosystem_is_put_right(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_osv_skipped skipped = {0};
    struct pl_advisory a = {.id = PL_STR_EMPTY};
    pl_str theirs = PL_STR("{\"id\":\"CLEANSTART-1\",\"affected\":[{\"package\":{\"ecosystem\":"
                           "\"Alpine\",\"name\":\"x\"}}]}");
    pl_str other = PL_STR("{\"id\":\"ALPINE-1\",\"affected\":[{\"package\":{\"ecosystem\":"
                          "\"Alpine\",\"name\":\"x\"}}]}");
    assert_int_equal(pl_osv_parse(&arena, theirs, "r", &a, &skipped, NULL), PL_OK);
    pl_assert_str(a.affected.items[0].ecosystem, "CleanStart");
    assert_int_equal(skipped.moved, 1);
    assert_int_equal(pl_osv_parse(&arena, other, "r", &a, &skipped, NULL), PL_OK);
    pl_assert_str(a.affected.items[0].ecosystem, "Alpine");
}

/* As Go's database documents it (go.dev/security/vuln/database): an import without `goos` is at
 * fault on every system. */
static void test_osv__go_says_on_which_systems_a_module_is_at_fault(void **state)
{
#define WINDOWS "{\"path\":\"path/filepath\",\"goos\":[\"windows\"]}"
#define TWO "{\"path\":\"os\",\"goos\":[\"windows\",\"darwin\"]}"
#define ALL "{\"path\":\"os\",\"symbols\":[\"Open\"]}"
    static const struct {
        const char *ecosystem;
        const char *imports;
        const char *module;
    } cases[] = {{"Go", WINDOWS, "goos=windows"},
                 {"Go", WINDOWS "," TWO, "goos=windows,darwin"},
                 {"Go", TWO "," ALL, ""},
                 {"Go", ALL, ""},
                 {"Go", "", ""},
                 {"Go", "7,{\"goos\":\"windows\"}", ""},
                 {"npm", WINDOWS, ""}};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_osv_skipped skipped = {0};
        struct pl_advisory a = {.id = PL_STR_EMPTY};
        pl_str json = pl_arena_format(&arena,
                                      "{\"id\":\"GO-1\",\"affected\":[{\"package\":{\"ecosystem\":"
                                      "\"%s\",\"name\":\"stdlib\"},"
                                      "\"ecosystem_specific\":{\"imports\":[%s]}}]}",
                                      cases[i].ecosystem, cases[i].imports);
        assert_int_equal(pl_osv_parse(&arena, json, "r", &a, &skipped, NULL), PL_OK);
        pl_assert_str(a.affected.items[0].module, cases[i].module);
    }
}

int pl_test_osv(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_osv__every_member_is_read),
        cmocka_unit_test(test_osv__every_prefix_is_malformed),
        cmocka_unit_test(test_osv__what_decides_must_be_well_formed),
        cmocka_unit_test(test_osv__absent_and_null_lists_are_empty),
        cmocka_unit_test(test_osv__a_misnamed_ecosystem_is_put_right),
        cmocka_unit_test(test_osv__go_says_on_which_systems_a_module_is_at_fault),
    };
    return cmocka_run_group_tests_name("feed/osv", tests, NULL, NULL);
}
