/* SPDX-License-Identifier: Apache-2.0 */
/* The cases are real groups of records: what the CVE list, the GitHub Advisory Database, PyPA and
 * AlmaLinux publish about the same vulnerabilities under their own ids. */
#include "detect/rows.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/mem.h"
#include "unit/test.h"
#include <time.h>

struct world {
    struct pl_arena arena;
    struct pl_statements statements;
    struct pl_findings findings;
    struct pl_component component;
    struct pl_advisory *advisory; /* of the last statement */
};

static int setup(void **state)
{
    struct world *world = pl_mem_alloc(1, sizeof(*world));
    world->component.name = PL_STR("package");
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    pl_arena_release(&world->arena);
    free(world);
    return 0;
}

/* `names` with blanks between: the id, then its aliases. */
static struct pl_affected *state_that(struct world *world, const char *slice, const char *names,
                                      const char *fixed)
{
    struct pl_advisory *advisory = PL_ARENA_NEW(&world->arena, struct pl_advisory);
    struct pl_affected *affected = PL_ARENA_NEW(&world->arena, struct pl_affected);
    pl_str rest = pl_str_from(names);
    pl_str name = PL_STR_EMPTY;
    pl_str_next_word(&rest, &advisory->id);
    while (pl_str_next_word(&rest, &name)) {
        *pl_vec_push(&world->arena, &advisory->aliases) = name;
    }
    world->advisory = advisory;
    struct pl_statement *statement = pl_vec_push(&world->arena, &world->statements);
    *statement = (struct pl_statement){.advisory = advisory,
                                       .affected = affected,
                                       .slice = pl_str_from(slice),
                                       .is_vendor = strncmp(slice, "osv/Alma", 8) == 0 ||
                                                    strncmp(slice, "osv/Debian", 10) == 0};
    if (fixed) {
        *pl_vec_push(&world->arena, &statement->match.fixed) = pl_str_from(fixed);
    }
    return affected;
}

static void score(struct world *world, struct pl_affected *affected, const char *type,
                  const char *vector)
{
    *pl_vec_push(&world->arena, &affected->severities) =
        (struct pl_severity_vector){.type = pl_str_from(type), .score = pl_str_from(vector)};
}

/* The findings as "id: aliases (sources)", one a line, sorted by id. */
static void expect(struct world *world, const char *wanted)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    struct pl_strs lines = {0};
    pl_rows_add(&world->arena, &world->component, &world->statements, &world->findings);
    for (size_t i = 0; i < world->findings.count; i++) {
        const struct pl_finding *finding = &world->findings.items[i];
        pl_buf_clear(&text);
        pl_buf_append_format(&text, PL_STR_FMT ":", PL_STR_ARG(finding->id));
        for (size_t j = 0; j < finding->aliases.count; j++) {
            pl_buf_append_format(&text, " " PL_STR_FMT, PL_STR_ARG(finding->aliases.items[j]));
        }
        pl_buf_append_format(&text, " (%zu)\n", finding->sources.count);
        *pl_vec_push(&world->arena, &lines) = pl_arena_dup(&world->arena, pl_buf_str(&text));
    }
    pl_strs_sort(&lines);
    pl_buf_clear(&text);
    for (size_t i = 0; i < lines.count; i++) {
        pl_buf_append(&text, lines.items[i]);
    }
    pl_assert_str(pl_buf_str(&text), wanted);
}

/* Jinja2's sandbox escape of 2019, as PyPA and GitHub have it. */
static void test_rows__one_vulnerability_under_three_ids(void **state)
{
    state_that(*state, "osv/PyPI", "PYSEC-2019-217 CVE-2019-10906 GHSA-462w-v97r-4m45", "2.10.1");
    state_that(*state, "osv/PyPI", "GHSA-462w-v97r-4m45 CVE-2019-10906 PYSEC-2019-217", "2.10.1");
    expect(*state, "CVE-2019-10906: GHSA-462w-v97r-4m45 PYSEC-2019-217 (2)\n");
}

/* The link may come last, and bring two groups together. */
static void test_rows__a_chain_of_aliases(void **state)
{
    state_that(*state, "osv/PyPI", "PYSEC-2021-1 GHSA-aaaa-aaaa-aaaa", NULL);
    state_that(*state, "osv/PyPI", "OTHER-1 CVE-2021-1", NULL);
    state_that(*state, "osv/PyPI", "GHSA-aaaa-aaaa-aaaa OTHER-1", NULL);
    expect(*state, "CVE-2021-1: GHSA-aaaa-aaaa-aaaa OTHER-1 PYSEC-2021-1 (3)\n");
}

/* An erratum fixes several: each is a row of its own, with the other records about it. */
static void test_rows__an_erratum_of_several(void **state)
{
    state_that(*state, "osv/AlmaLinux", "ALSA-2024:1 CVE-2024-1 CVE-2024-2", "9-1");
    state_that(*state, "osv/AlmaLinux", "ALSA-2024:2 CVE-2024-2", "9-2");
    expect(*state, "CVE-2024-1: ALSA-2024:1 (1)\nCVE-2024-2: ALSA-2024:1 ALSA-2024:2 (2)\n");
}

/* Two CVEs never become one, whatever a record says. */
static void test_rows__cves_stay_apart(void **state)
{
    state_that(*state, "osv/npm", "GHSA-bbbb-bbbb-bbbb CVE-2020-1", NULL);
    state_that(*state, "osv/npm", "X-1 GHSA-bbbb-bbbb-bbbb CVE-2020-2", NULL);
    expect(*state, "CVE-2020-1: GHSA-bbbb-bbbb-bbbb (1)\n"
                   "CVE-2020-2: GHSA-bbbb-bbbb-bbbb X-1 (1)\n");
}

static void test_rows__without_a_cve(void **state)
{
    state_that(*state, "osv/npm", "GHSA-cccc-cccc-cccc", "2");
    state_that(*state, "osv/npm", "GHSA-dddd-dddd-dddd", NULL);
    expect(*state, "GHSA-cccc-cccc-cccc: (1)\nGHSA-dddd-dddd-dddd: (1)\n");
}

/* What the distribution says of its package counts, and who else says what is told. */
static void test_rows__the_vendor_comes_first(void **state)
{
    struct world *world = *state;
    struct pl_affected *nvd = state_that(world, "nvd", "CVE-2024-5", "8.0");
    score(world, nvd, "CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    struct pl_affected *debian =
        state_that(world, "osv/Debian", "DEBIAN-CVE-2024-5 CVE-2024-5", "7.1-2");
    debian->urgency = PL_STR("low");
    expect(world, "CVE-2024-5: DEBIAN-CVE-2024-5 (2)\n");
    const struct pl_finding *finding = &world->findings.items[0];
    assert_int_equal(finding->severity, PL_SEVERITY_LOW);
    assert_true(finding->cvss > 9.7 && finding->cvss < 9.9);
    assert_int_equal(finding->fix_versions.count, 1);
    pl_assert_str(finding->fix_versions.items[0], "7.1-2");
    pl_assert_str(finding->sources.items[0].slice, "osv/Debian");
    assert_int_equal(finding->sources.items[1].severity, PL_SEVERITY_CRITICAL);
    pl_assert_str(finding->sources.items[1].fixed.items[0], "8.0");
}

static void test_rows__a_vendors_verdicts(void **state)
{
    struct world *world = *state;
    state_that(world, "osv/Debian", "D-1 CVE-2024-1", NULL)->state = PL_AFFECT_NOT;
    state_that(world, "nvd", "CVE-2024-1", NULL);
    state_that(world, "osv/Debian", "D-2 CVE-2024-2", NULL)->state = PL_AFFECT_WONT_FIX;
    state_that(world, "osv/Debian", "D-3 CVE-2024-3", NULL)->state = PL_AFFECT_INVESTIGATED;
    state_that(world, "osv/Debian", "D-4 CVE-2024-4", NULL)->state = PL_AFFECT_DEFERRED;
    expect(world, "CVE-2024-2: D-2 (1)\nCVE-2024-3: D-3 (1)\nCVE-2024-4: D-4 (1)\n");
    assert_int_equal(world->findings.items[0].fix_state, PL_FIX_WONT_FIX);
    assert_int_equal(world->findings.items[1].status, PL_FINDING_UNDER_INVESTIGATION);
    assert_int_equal(world->findings.items[2].fix_state, PL_FIX_DEFERRED);
}

/* A VEX document is there to say what the others cannot know. */
static void test_rows__a_vex_document(void **state)
{
    struct world *world = *state;
    state_that(world, "openvex", "X-1 CVE-2024-1", NULL)->state = PL_AFFECT_NOT;
    state_that(world, "osv/npm", "GHSA-ffff-ffff-ffff CVE-2024-1", NULL);
    state_that(world, "osv/npm", "GHSA-gggg-gggg-gggg CVE-2024-2", NULL);
    state_that(world, "openvex", "X-2 CVE-2024-3", NULL)->state = PL_AFFECT_NOT;
    state_that(world, "osv/Debian", "D-3 CVE-2024-3", NULL);
    expect(world, "CVE-2024-1: GHSA-ffff-ffff-ffff (1)\n"
                  "CVE-2024-2: GHSA-gggg-gggg-gggg (1)\nCVE-2024-3: D-3 (1)\n");
    for (size_t i = 0; i < world->findings.count; i++) {
        bool is_open = pl_str_eq(world->findings.items[i].id, PL_STR("CVE-2024-2"));
        assert_int_equal(world->findings.items[i].suppressions.count, is_open ? 0 : 1);
    }
}

/* Its word is kept, with why and whose it is; where nobody else speaks, or all others deny it as
 * well, there is nothing to suppress. */
static void test_rows__why_a_vex_document_denies(void **state)
{
    struct world *world = *state;
    struct pl_affected *vex = state_that(world, "openvex/hub", "CVE-2024-1", NULL);
    struct pl_advisory *advisory = world->advisory;
    vex->state = PL_AFFECT_NOT;
    vex->urgency = PL_STR("vulnerable_code_not_in_execute_path: never called");
    advisory->author = PL_STR("Jane");
    state_that(world, "osv/npm", "GHSA-ffff-ffff-ffff CVE-2024-1", "2.0");
    state_that(world, "openvex/hub", "CVE-2024-2", NULL)->state = PL_AFFECT_NOT;
    state_that(world, "openvex/hub", "CVE-2024-3", NULL)->state = PL_AFFECT_NOT;
    state_that(world, "osv/Debian", "D-3 CVE-2024-3", NULL)->state = PL_AFFECT_NOT;
    expect(world, "CVE-2024-1: GHSA-ffff-ffff-ffff (1)\n");
    const struct pl_finding *finding = &world->findings.items[0];
    const struct pl_suppression_mark *mark = &finding->suppressions.items[0];
    assert_int_equal(finding->status, PL_FINDING_NOT_AFFECTED);
    assert_int_equal(finding->fix_state, PL_FIX_FIXED);
    assert_int_equal(mark->reason, PL_SUPPRESSION_CODE_UNUSED);
    pl_assert_str(mark->text, "never called");
    pl_assert_str(mark->by, "Jane");
    pl_assert_str(mark->origin, "openvex/hub");
}

/* Ascending by the ecosystem's order, of which "1.10" is an example where text would not do; what
 * the order calls equal is there once. */
static void test_rows__fixed_versions_of_several_sources(void **state)
{
    struct world *world = *state;
    static const char *const fixed[] = {"1.10.0", "1.9.0", "2.0.0", "1.9.0", "1.9.0+build"};
    for (size_t i = 0; i < PL_ARRAY_LEN(fixed); i++) {
        pl_str names = pl_arena_format(&world->arena, "X-%zu CVE-2024-1", i);
        state_that(world, "osv/npm", names.ptr, fixed[i]);
        world->statements.items[i].ecosystem = PL_STR("npm");
    }
    expect(world, "CVE-2024-1: X-0 X-1 X-2 X-3 X-4 (5)\n");
    const struct pl_strs *versions = &world->findings.items[0].fix_versions;
    assert_int_equal(versions->count, 3);
    pl_assert_str(versions->items[0], "1.9.0");
    pl_assert_str(versions->items[1], "1.10.0");
    pl_assert_str(versions->items[2], "2.0.0");
}

/* Names and URLs by tens of thousands, as only hostile advisories have them: one vulnerability by
 * many names, and many vulnerabilities in two errata. */
static void test_rows__many_names(void **state)
{
    enum { MANY = 50000 };
    struct world *world = *state;
    for (int i = 0; i < 4; i++) {
        struct pl_affected *unused = state_that(world, "osv/npm", i < 2 ? "A-1" : "E-1", NULL);
        struct pl_advisory *advisory = world->advisory;
        advisory->id = pl_arena_format(&world->arena, "%s-%d", i < 2 ? "A" : "E", i);
        unused->state = PL_AFFECT_KNOWN;
        for (int k = 0; k < MANY; k++) {
            *pl_vec_push(&world->arena, &advisory->aliases) =
                pl_arena_format(&world->arena, "%s-%d", i < 2 ? "NAME" : "CVE-2024", k);
            pl_vec_push(&world->arena, &advisory->references)->url =
                pl_arena_format(&world->arena, "https://example.org/%d", k);
        }
    }
    struct timespec begun = {0};
    struct timespec ended = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    pl_rows_add(&world->arena, &world->component, &world->statements, &world->findings);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    assert_int_equal(world->findings.count, MANY + 1);
    assert_int_equal(world->findings.items[0].aliases.count, MANY + 1);
    assert_int_equal(world->findings.items[0].references.count, MANY);
    /* Quadratic time would take minutes; a sanitizer on a busy machine takes some tenfold. */
    assert_true(ended.tv_sec - begun.tv_sec < 10);
}

/* OSSF's malicious packages. */
static void test_rows__a_malicious_package(void **state)
{
    struct world *world = *state;
    state_that(world, "osv/npm", "MAL-2024-1 GHSA-eeee-eeee-eeee", NULL);
    state_that(world, "osv/npm", "GHSA-eeee-eeee-eeee", NULL);
    expect(world, "GHSA-eeee-eeee-eeee: MAL-2024-1 (2)\n");
    assert_int_equal(world->findings.items[0].kind, PL_FINDING_MALICIOUS);
    assert_int_equal(world->findings.items[0].severity, PL_SEVERITY_MALICIOUS);
}

int pl_test_rows(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_rows__one_vulnerability_under_three_ids),
        ROW(test_rows__a_chain_of_aliases),
        ROW(test_rows__an_erratum_of_several),
        ROW(test_rows__cves_stay_apart),
        ROW(test_rows__without_a_cve),
        ROW(test_rows__the_vendor_comes_first),
        ROW(test_rows__a_vendors_verdicts),
        ROW(test_rows__a_vex_document),
        ROW(test_rows__why_a_vex_document_denies),
        ROW(test_rows__fixed_versions_of_several_sources),
        ROW(test_rows__many_names),
        ROW(test_rows__a_malicious_package),
    };
#undef ROW
    return cmocka_run_group_tests_name("detect/rows", tests, NULL, NULL);
}
