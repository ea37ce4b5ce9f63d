/* SPDX-License-Identifier: Apache-2.0 */
/* Times of RFC 3339, section 5.8 among them; what they mean is what `date -u -d` says. */
#include "model/moment.h"
#include "base/compiler.h"
#include "unit/test.h"

static void test_moment__order(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        int order;
    } rows[] = {
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z", 0},
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50Z", 1},
        {"1985-04-12T23:20:50.5Z", "1985-04-12T23:20:50.500Z", 0},
        {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z", 0},
        {"1996-12-19T16:39:57-08:00", "1996-12-19T23:39:57Z", 1},
        {"2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z", 0},
        {"2023-03-01T00:30:00+01:00", "2023-02-28T23:30:00Z", 0},
        {"2000-02-29T23:59:59Z", "2000-03-01T00:00:00Z", -1},
        {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.87Z", 0},
        {"2024-01-02T03:04:05Z", "2024-01-02t03:04:05z", 0},
        {"2024-01-02 03:04:05Z", "2024-01-02T03:04:05Z", 0},
        {"yesterday", "0001-01-01T00:00:00Z", -1},
        {"2024-13-01T00:00:00Z", "0001-01-01T00:00:00Z", -1},
        {"2024-01-02", "2024-01-03", -1},
        {"", "", 0},
        {"", "2024-01-02T03:04:05Z", -1},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        int there = pl_moment_compare(pl_str_from(rows[i].a), pl_str_from(rows[i].b));
        int back = pl_moment_compare(pl_str_from(rows[i].b), pl_str_from(rows[i].a));
        assert_int_equal((there > 0) - (there < 0), rows[i].order);
        assert_int_equal((back > 0) - (back < 0), -rows[i].order);
    }
}

static void test_moment__prefixes(void **state)
{
    pl_str text = PL_STR("1996-12-19T16:39:57.25-08:00");
    for (size_t i = 0; i < text.len; i++) {
        assert_true(pl_moment_compare(pl_str_sub(text, 0, i), text) < 0);
    }
}

int pl_test_moment(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moment__order),
        cmocka_unit_test(test_moment__prefixes),
    };
    return cmocka_run_group_tests_name("model/moment", tests, NULL, NULL);
}
