/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_retry.h"
#include "unit/test.h"

static void test_http_retry__statuses(void **state)
{
    static const unsigned again[] = {429, 500, 502, 503, 504};
    size_t found = 0;
    for (unsigned status = 100; status < 600; status++) {
        found += pl_http_is_retry_status(status);
    }
    assert_int_equal(found, PL_ARRAY_LEN(again));
    for (size_t i = 0; i < PL_ARRAY_LEN(again); i++) {
        assert_true(pl_http_is_retry_status(again[i]));
    }
    assert_int_equal(pl_http_status_class(401), PL_E_DENIED);
    assert_int_equal(pl_http_status_class(403), PL_E_DENIED);
    assert_int_equal(pl_http_status_class(404), PL_E_NOT_FOUND);
    assert_int_equal(pl_http_status_class(410), PL_E_NOT_FOUND);
    assert_int_equal(pl_http_status_class(413), PL_E_LIMIT);
    assert_int_equal(pl_http_status_class(500), PL_E_NET);
    assert_int_equal(pl_http_status_class(304), PL_E_NET);
}

static void test_http_retry__backoff(void **state)
{
    const struct pl_http_timings timings = PL_HTTP_TIMINGS_DEFAULT;
    static const uint64_t whole[] = {250, 500, 1000, 2000};
    for (unsigned i = 0; i < PL_ARRAY_LEN(whole); i++) {
        uint64_t least = UINT64_MAX;
        uint64_t most = 0;
        for (uint32_t dice = 0; dice < 5000; dice++) {
            uint64_t ms = pl_http_backoff_ms(&timings, i + 1, dice);
            least = ms < least ? ms : least;
            most = ms > most ? ms : most;
        }
        assert_int_equal(most, whole[i]);
        assert_int_equal(least, whole[i] - whole[i] / 4);
    }
    /* However often: no overflow, and no pause of hours. */
    assert_true(pl_http_backoff_ms(&timings, UINT32_MAX, 0) <= 256000);
}

static void test_http_retry__retry_after_that_is_too_long(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http_timings timings = PL_HTTP_TIMINGS_DEFAULT;
    timings.backoff_ms = 0;
    struct pl_http_response answer = {.status = 429};
    *pl_vec_push(&arena, &answer.headers) =
        (struct pl_http_header){PL_STR("retry-after"), PL_STR("61")};
    assert_int_equal(pl_http_pause(&timings, 1, &answer, &err), PL_E_NET);
    assert_non_null(strstr(err.msg, "429"));
    assert_non_null(strstr(err.msg, "61 seconds"));
    answer.headers.items[0].value = PL_STR("0");
    assert_int_equal(pl_http_pause(&timings, 1, &answer, &err), PL_OK);
    assert_int_equal(pl_http_pause(&timings, 1, NULL, &err), PL_OK);
}

int pl_test_http_retry(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_retry__statuses),
        cmocka_unit_test(test_http_retry__backoff),
        cmocka_unit_test(test_http_retry__retry_after_that_is_too_long),
    };
    return cmocka_run_group_tests_name("net/http_retry", tests, NULL, NULL);
}
