/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/policy.h"
#include "unit/test.h"

static void add(struct pl_arena *arena, struct pl_report *report, enum pl_severity severity,
                enum pl_finding_status status)
{
    struct pl_finding *finding = pl_vec_push(arena, &report->findings);
    finding->severity = severity;
    finding->status = status;
}

static struct pl_report sample(struct pl_arena *arena)
{
    struct pl_report report = {.has_findings = true};
    add(arena, &report, PL_SEVERITY_CRITICAL, PL_FINDING_NOT_AFFECTED);
    add(arena, &report, PL_SEVERITY_HIGH, PL_FINDING_UNDER_INVESTIGATION);
    add(arena, &report, PL_SEVERITY_MEDIUM, PL_FINDING_AFFECTED);
    add(arena, &report, PL_SEVERITY_MEDIUM, PL_FINDING_FIXED);
    add(arena, &report, PL_SEVERITY_UNKNOWN, PL_FINDING_AFFECTED);
    return report;
}

static size_t reasons_for(const char *expression, bool *ret_pass)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample(&arena);
    struct pl_policy policy = PL_POLICY_INIT;
    assert_int_equal(pl_policy_parse(pl_str_from(expression), &policy, NULL), PL_OK);
    pl_policy_apply(&policy, &arena, &report);
    *ret_pass = report.verdict_pass;
    return report.verdict_reasons.count;
}

static void test_policy__severity_or_worse(void **state)
{
    bool pass = false;
    assert_int_equal(reasons_for("critical", &pass), 0);
    assert_true(pass);
    assert_int_equal(reasons_for("high", &pass), 1);
    assert_false(pass);
    assert_int_equal(reasons_for("medium", &pass), 2);
    assert_int_equal(reasons_for("negligible", &pass), 2);
    assert_int_equal(reasons_for("unknown", &pass), 3);
    assert_false(pass);
}

static void test_policy__the_reason_names_count_and_limit(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample(&arena);
    struct pl_policy policy = PL_POLICY_INIT;
    assert_int_equal(pl_policy_parse(PL_STR("high"), &policy, NULL), PL_OK);
    pl_policy_apply(&policy, &arena, &report);
    pl_assert_str(report.verdict_reasons.items[0], "1 high finding, and the limit is high");
}

static void test_policy__none_accepts_everything(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = sample(&arena);
    struct pl_policy policy = PL_POLICY_INIT;
    pl_policy_apply(&policy, &arena, &report);
    assert_true(report.verdict_pass);
    assert_int_equal(report.verdict_reasons.count, 0);
}

static void test_policy__other_words_are_usage_errors(void **state)
{
    static const char *const words[] = {"", "High", "HIGH", "high ", "severe", "high,low"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        struct pl_policy policy = PL_POLICY_INIT;
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_policy_parse(pl_str_from(words[i]), &policy, &err), PL_E_USAGE);
        assert_false(policy.has_fail_on);
        assert_non_null(strstr(err.msg, "critical, high, medium"));
    }
}

int pl_test_policy(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policy__severity_or_worse),
        cmocka_unit_test(test_policy__the_reason_names_count_and_limit),
        cmocka_unit_test(test_policy__none_accepts_everything),
        cmocka_unit_test(test_policy__other_words_are_usage_errors),
    };
    return cmocka_run_group_tests_name("assess/policy", tests, NULL, NULL);
}
