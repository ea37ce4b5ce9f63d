/* SPDX-License-Identifier: Apache-2.0 */
#include "base/budget.h"
#include "base/limits.h"
#include "unit/test.h"

static struct pl_budget start(const char *assignment)
{
    struct pl_budget_limits limits;
    pl_budget_limits_default(&limits);
    if (assignment) {
        assert_int_equal(pl_budget_limits_parse(&limits, pl_str_from(assignment), NULL), PL_OK);
    }
    struct pl_budget budget;
    pl_budget_start(&budget, &limits);
    return budget;
}

/* What is said names the limit, its value and the option that raises it. */
static void expect_told(enum pl_status status, const struct pl_error *err, const char *option,
                        const char *value)
{
    char raise[80];
    snprintf(raise, sizeof(raise), "--limit %s=VALUE", option);
    assert_int_equal(status, PL_E_LIMIT);
    assert_non_null(strstr(err->msg, raise));
    assert_non_null(strstr(err->msg, value));
}

static void test_budget__bytes(void **state)
{
    struct pl_budget budget = start("layer-bytes=1000");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_budget_take_bytes(&budget, 10, 999, &err), PL_OK);
    assert_int_equal(pl_budget_take_bytes(&budget, 10, 1, &err), PL_OK);
    expect_told(pl_budget_take_bytes(&budget, 10, 1, &err), &err, "layer-bytes", "1000 bytes");
}

static void test_budget__entries(void **state)
{
    struct pl_budget budget = start("layer-entries=2");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_budget_take_entry(&budget, &err), PL_OK);
    assert_int_equal(pl_budget_take_entry(&budget, &err), PL_OK);
    expect_told(pl_budget_take_entry(&budget, &err), &err, "layer-entries", "2 entries");
}

static void test_budget__one_file(void **state)
{
    struct pl_budget budget = start("file-bytes=4K");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_budget_check_file(&budget, 4096, &err), PL_OK);
    expect_told(pl_budget_check_file(&budget, 4097, &err), &err, "file-bytes", "4096 bytes");
}

/* A small layer may be packed as tightly as it likes; a large one not. */
static void test_budget__ratio_counts_after_its_grace(void **state)
{
    struct pl_budget budget = start("ratio=10");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_budget_take_bytes(&budget, 1, PL_LIMIT_RATIO_GRACE, &err), PL_OK);
    expect_told(pl_budget_take_bytes(&budget, 1, 1 << 20, &err), &err, "ratio", "10 times");
    budget = start("ratio=10");
    assert_int_equal(
        pl_budget_take_bytes(&budget, PL_LIMIT_RATIO_GRACE / 5, PL_LIMIT_RATIO_GRACE * 2, &err),
        PL_OK);
}

static void test_budget__wall_time(void **state)
{
    struct pl_budget budget = start("layer-seconds=5");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_budget_take_bytes(&budget, 1, 1, &err), PL_OK);
    budget.started_ms -= 4000;
    assert_int_equal(pl_budget_take_bytes(&budget, 1, 1, &err), PL_OK);
    budget.started_ms -= 1000;
    expect_told(pl_budget_take_bytes(&budget, 1, 1, &err), &err, "layer-seconds", "5 seconds");
}

static void test_budget__amounts(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
        {"1", 1},
        {"500000", 500000},
        {"1K", 1024},
        {"3M", 3145728},
        {"20G", 21474836480},
        {"17179869183", 17179869183},
        {"007", 7},
        {"17179869183G", 18446744072635809792U},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        struct pl_budget_limits limits;
        pl_budget_limits_default(&limits);
        char assignment[80];
        snprintf(assignment, sizeof(assignment), "evidence-bytes=%s", good[i].text);
        assert_int_equal(pl_budget_limits_parse(&limits, pl_str_from(assignment), NULL), PL_OK);
        assert_true(limits.evidence_bytes == good[i].value);
        assert_true(limits.file_bytes == PL_LIMIT_FILE_BYTES);
    }
    static const char *const bad[] = {
        "file-bytes",
        "file-bytes=",
        "file-bytes=0",
        "file-bytes=-1",
        "file-bytes=1k",
        "file-bytes=1KB",
        "file-bytes=1 ",
        "file-bytes= 1",
        "file-bytes=K",
        "file-bytes=0G",
        "file-bytes=1.5",
        "file-bytes=0x",
        "file-bytes=18446744073709551616",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_budget_limits limits;
        pl_budget_limits_default(&limits);
        assert_int_equal(pl_budget_limits_parse(&limits, pl_str_from(bad[i]), NULL), PL_E_USAGE);
        assert_true(limits.file_bytes == PL_LIMIT_FILE_BYTES);
    }
}

static void test_budget__an_unknown_limit_is_told_the_known_ones(void **state)
{
    struct pl_budget_limits limits;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_budget_limits_parse(&limits, PL_STR("files=3"), &err), PL_E_USAGE);
#define X(option, field, value, unit, what) assert_non_null(strstr(err.msg, option));
    PL_BUDGET_LIST(X)
#undef X
}

int pl_test_budget(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget__bytes),
        cmocka_unit_test(test_budget__entries),
        cmocka_unit_test(test_budget__one_file),
        cmocka_unit_test(test_budget__ratio_counts_after_its_grace),
        cmocka_unit_test(test_budget__wall_time),
        cmocka_unit_test(test_budget__amounts),
        cmocka_unit_test(test_budget__an_unknown_limit_is_told_the_known_ones),
    };
    return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
