/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on findings made by hand; whole scans are in tests/e2e/suppress.py. */
#include "detect/suppression.h"
#include "base/mem.h"
#include "unit/test.h"
#include <time.h>

struct world {
    struct pl_arena arena;
    struct pl_component component;
    struct pl_findings findings;
    struct pl_suppressions rules;
    struct pl_suppression_records records;
};

static int setup(void **state)
{
    struct world *world = pl_mem_alloc(1, sizeof(*world));
    world->component = (struct pl_component){
        .type = PL_STR("npm"), .name = PL_STR("@scope/left"), .version = PL_STR("1.5.0")};
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

static void add_finding(struct world *world, const char *id)
{
    *pl_vec_push(&world->arena, &world->findings) =
        (struct pl_finding){.id = pl_str_from(id),
                            .component = &world->component,
                            .match_ecosystem = PL_STR("npm"),
                            .match_via = PL_STR("package")};
}

static struct pl_suppression *add_rule(struct world *world, const char *name)
{
    struct pl_suppression *rule = pl_vec_push(&world->arena, &world->rules);
    rule->reason = PL_SUPPRESSION_ACCEPTED;
    *pl_vec_push(&world->arena, &rule->names) = pl_str_from(name);
    return rule;
}

static void apply(struct world *world, const char *today)
{
    const struct pl_suppression_query query = {.rules = &world->rules, .today = pl_str_from(today)};
    pl_suppression_apply(&world->arena, &query, &world->findings, &world->records);
}

static void test_suppression__until_a_day(void **state)
{
    struct world *world = *state;
    add_finding(world, "CVE-2026-1");
    add_rule(world, "CVE-2026-1")->until = PL_STR("2026-01-31");
    add_rule(world, "CVE-2026-1")->until = PL_STR("2026-02-01");
    add_rule(world, "CVE-2026-2");
    apply(world, "2026-02-01");
    static const enum pl_suppression_use uses[] = {PL_SUPPRESSION_EXPIRED, PL_SUPPRESSION_USED,
                                                   PL_SUPPRESSION_UNUSED};
    for (size_t i = 0; i < PL_ARRAY_LEN(uses); i++) {
        assert_int_equal(world->records.items[i].use, uses[i]);
    }
    assert_int_equal(world->findings.items[0].suppressions.count, 1);
    pl_assert_str(world->findings.items[0].suppressions.items[0].until, "2026-02-01");
}

/* Packages as a database has them: names compared as the ecosystem does, versions by its order. */
static void test_suppression__claims(void **state)
{
    static const struct {
        const char *ecosystem;
        const char *name;
        const char *version; /* enumerated; NULL: all */
        bool is_meant;
    } cases[] = {
        {"npm", "@scope/left", NULL, true},   {"npm", "@scope/left", "1.5.0", true},
        {"npm", "@scope/left", "1.5", false}, {"npm", "@scope/Left", NULL, false},
        {"PyPI", "@scope/left", NULL, false},
    };
    struct world *world = *state;
    add_finding(world, "CVE-2026-1");
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_suppression rule = {0};
        struct pl_affected *claim = pl_vec_push(&world->arena, &rule.claims);
        claim->ecosystem = pl_str_from(cases[i].ecosystem);
        claim->name = pl_str_from(cases[i].name);
        if (cases[i].version) {
            *pl_vec_push(&world->arena, &claim->versions) = pl_str_from(cases[i].version);
        }
        assert_int_equal(
            pl_suppression_means_package(&world->arena, &rule, &world->findings.items[0]),
            cases[i].is_meant);
    }
}

static void test_suppression__split(void **state)
{
    struct world *world = *state;
    struct pl_findings suppressed = {0};
    add_finding(world, "CVE-2026-1");
    add_finding(world, "CVE-2026-2");
    add_finding(world, "CVE-2026-3");
    add_rule(world, "cve-2026-2");
    apply(world, "");
    pl_suppression_split(&world->arena, &world->findings, &suppressed);
    assert_int_equal(world->findings.count, 2);
    pl_assert_str(world->findings.items[1].id, "CVE-2026-3");
    assert_int_equal(suppressed.count, 1);
    pl_assert_str(suppressed.items[0].id, "CVE-2026-2");
    assert_int_equal(suppressed.items[0].status, PL_FINDING_AFFECTED);
}

/* As many rules as there may be, all about one finding, and as many findings without one. */
static void test_suppression__many(void **state)
{
    enum { MANY = 100000 };
    struct world *world = *state;
    struct timespec begun = {0};
    struct timespec ended = {0};
    for (size_t i = 0; i < MANY; i++) {
        add_rule(world, "CVE-2026-1")->text = pl_arena_format(&world->arena, "%zu", i);
        add_finding(world, i == 0 ? "CVE-2026-1" : "CVE-2026-2");
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    apply(world, "2026-01-01");
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    assert_int_equal(world->records.count, MANY);
    assert_int_equal(world->records.items[MANY - 1].use, PL_SUPPRESSION_USED);
    assert_true(ended.tv_sec - begun.tv_sec < 20);
}

int pl_test_suppression(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_suppression__until_a_day),
        ROW(test_suppression__claims),
        ROW(test_suppression__split),
        ROW(test_suppression__many),
    };
#undef ROW
    return cmocka_run_group_tests_name("detect/suppression", tests, NULL, NULL);
}
