/* SPDX-License-Identifier: Apache-2.0 */
#include "format/needles.h"
#include "base/compiler.h"
#include "unit/test.h"

struct seen {
    size_t count;
    uint64_t sum; /* of places and offsets, in their order */
};

static bool take(void *context, size_t literal, size_t offset)
{
    struct seen *seen = context;
    seen->count++;
    seen->sum = seen->sum * 31 + literal * 1000003 + offset;
    return true;
}

/* memmem finds the same, in text of few letters, where literals overlap and nearly match. */
static void test_needles__as_memmem(void **state)
{
    static const pl_str literals[] = {
        PL_STR_INIT("abababab"), PL_STR_INIT("aabbaabbaabb"), PL_STR_INIT("abababababa"),
        PL_STR_INIT("bbbbbbbb"), PL_STR_INIT("baabbaab"),
    };
    static char text[100000];
    static struct pl_needles needles;
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof(text); i++) {
        random = random * 1103515245 + 12345;
        text[i] = (char)((random >> 20) % 8 == 0 ? 'c' : 'a' + (random >> 16) % 2);
    }
    pl_needles_init(&needles, literals, PL_ARRAY_LEN(literals));
    struct seen seen = {0};
    pl_needles_search(&needles, (pl_span){(const uint8_t *)text, sizeof(text)}, take, &seen);
    struct seen wanted = {0};
    for (size_t at = 0; at < sizeof(text); at++) {
        for (size_t i = 0; i < PL_ARRAY_LEN(literals); i++) {
            size_t len = literals[i].len;
            wanted.count +=
                len <= sizeof(text) - at && memcmp(text + at, literals[i].ptr, len) == 0;
        }
    }
    assert_true(wanted.count > 50);
    assert_int_equal(seen.count, wanted.count);
}

static void test_needles__at_both_ends(void **state)
{
    static const pl_str literals[] = {PL_STR_INIT("first one"), PL_STR_INIT("last one")};
    static struct pl_needles needles;
    pl_needles_init(&needles, literals, PL_ARRAY_LEN(literals));
    struct seen seen = {0};
    pl_needles_search(&needles, pl_str_span(PL_STR("first one and the last one")), take, &seen);
    assert_int_equal(seen.count, 2);
    pl_needles_search(&needles, pl_str_span(PL_STR("last on")), take, &seen);
    pl_needles_search(&needles, (pl_span){NULL, 0}, take, &seen);
    assert_int_equal(seen.count, 2);
}

int pl_test_needles(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needles__as_memmem),
        cmocka_unit_test(test_needles__at_both_ends),
    };
    return cmocka_run_group_tests_name("format/needles", tests, NULL, NULL);
}
