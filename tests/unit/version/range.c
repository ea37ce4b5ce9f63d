/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The examples of the OSV schema, section affected[].ranges[].events and "Examples", with their
 * stated meaning. Versions of three numbers order alike in SemVer and rpm, so rpm serves here.
 */
#include "version/range.h"
#include "unit/arena.h"

/* "introduced 1.0.0, fixed 1.0.2": one range. */
static void add_range(struct pl_affected *affected, const char *text)
{
    struct pl_range *range = pl_vec_push(&arena, &affected->ranges);
    range->type = PL_RANGE_ECOSYSTEM;
    static const char *const names[] = {"introduced", "above", "fixed", "last_affected", "limit"};
    pl_str cursor = pl_str_from(text);
    pl_str piece = PL_STR_EMPTY;
    while (pl_str_next_piece(&cursor, ',', &piece)) {
        struct pl_range_event *event = pl_vec_push(&arena, range);
        pl_str word = PL_STR_EMPTY;
        assert_true(pl_str_next_word(&piece, &word));
        while (!pl_str_eq(word, pl_str_from(names[event->type]))) {
            event->type++;
        }
        assert_true(pl_str_next_word(&piece, &event->version));
    }
}

static struct pl_range_match match(const struct pl_affected *affected, const char *version)
{
    return pl_range_match(&arena, pl_version_scheme_find(PL_STR("rpm")), affected,
                          pl_str_from(version));
}

static void check(const char *range, const char *version, const char *wanted)
{
    struct pl_affected affected = {0};
    add_range(&affected, range);
    struct pl_range_match got = match(&affected, version);
    assert_int_equal(got.is_affected, wanted != NULL);
    pl_assert_str(got.range, wanted ? wanted : "");
}

static void test_range__schema_examples(void **state)
{
    check("introduced 0", "0.0.1", "*");
    check("introduced 0, fixed 1.0.2", "1.0.1", "<1.0.2");
    check("introduced 0, fixed 1.0.2", "1.0.2", NULL);
    static const char *const both = "introduced 1.0.0, fixed 1.0.2, introduced 3.0.0, fixed 3.2.5";
    check(both, "0.9.9", NULL);
    check(both, "1.0.0", ">=1.0.0, <1.0.2");
    check(both, "1.0.2", NULL);
    check(both, "3.2.4", ">=3.0.0, <3.2.5");
    check(both, "3.2.5", NULL);
    check("introduced 0, last_affected 2.1.214", "2.1.214", "<=2.1.214");
    check("introduced 0, last_affected 2.1.214", "2.1.215", NULL);
    check("introduced 0, fixed 2.1.214", "2.1.214", NULL);
}

static void test_range__events_are_sorted_first(void **state)
{
    static const char *const mixed = "fixed 3.2.5, introduced 3.0.0, fixed 1.0.2, introduced 1.0.0";
    check(mixed, "1.0.1", ">=1.0.0, <1.0.2");
    check(mixed, "2.0.0", NULL);
    check(mixed, "3.1.0", ">=3.0.0, <3.2.5");
}

static void test_range__limits_bound_from_above(void **state)
{
    check("introduced 1.0, limit 2.0", "1.5", ">=1.0, <2.0");
    check("introduced 1.0, limit 2.0", "2.0", NULL);
    check("introduced 1.0, limit *", "9", ">=1.0");
    check("introduced 1.0, limit 2.0, limit 3.0", "2.5", ">=1.0, <3.0");
}

/* versionStartExcluding and versionEndIncluding of the NVD. */
static void test_range__above(void **state)
{
    check("above 1.0, fixed 2.0", "1.0", NULL);
    check("above 1.0, fixed 2.0", "1.1", ">1.0, <2.0");
    check("above 1.0, fixed 2.0", "2.0", NULL);
    check("above 1.0, last_affected 2.0", "2.0", ">1.0, <=2.0");
    check("last_affected 1.0, introduced 0, above 1.0", "1.0", "<=1.0");
    check("last_affected 1.0, introduced 0, above 1.0", "1.1", ">1.0");
}

static void test_range__edges(void **state)
{
    check("introduced 1.1, last_affected 1.1", "1.1", ">=1.1, <=1.1");
    check("last_affected 1.1, introduced 1.1", "1.1", ">=1.1, <=1.1");
    check("introduced 1.1, fixed 1.1", "1.1", NULL);
    check("introduced 1.1, fixed 1.1", "2", NULL);
    check("introduced 0, fixed 0", "1", NULL);
    check("introduced 0, fixed 2, introduced 2, fixed 3", "2.5", ">=2, <3");
    check("fixed 2", "1", NULL);
}

static void test_range__several_ranges_and_enumerations(void **state)
{
    struct pl_affected affected = {0};
    add_range(&affected, "introduced 1.0, fixed 1.2");
    add_range(&affected, "introduced 2.0, fixed 2.3");
    *pl_vec_push(&arena, &affected.versions) = PL_STR("0.7");
    struct pl_range_match got = match(&affected, "2.1");
    pl_assert_str(got.range, ">=2.0, <2.3");
    assert_int_equal(got.fixed.count, 1);
    pl_assert_str(got.fixed.items[0], "2.3");
    got = match(&affected, "0.7");
    assert_true(got.is_affected);
    pl_assert_str(got.range, "=0.7");
    assert_int_equal(got.fixed.count, 2);
    pl_assert_str(got.fixed.items[0], "1.2");
    assert_false(match(&affected, "0.8").is_affected);
}

static void test_range__invalid_versions_are_told(void **state)
{
    struct pl_affected affected = {0};
    add_range(&affected, "introduced 0, fixed not a version");
    affected.ranges.items[0].items[1].version = PL_STR("no version");
    struct pl_range_match got = match(&affected, "1");
    assert_true(got.has_invalid_event);
    assert_false(got.is_invalid);
    *pl_vec_push(&arena, &affected.versions) = PL_STR("1 odd");
    got = match(&affected, "2 odd");
    assert_true(got.is_invalid);
    assert_false(got.is_affected);
    got = match(&affected, "1 odd");
    assert_true(got.is_invalid);
    assert_true(got.is_affected);
}

/* Texts that are versions of most schemes, many of them equal in some: "1", "1.0", "v1", "1-ga". */
static pl_str random_version(unsigned *state)
{
    static const char *const pieces[] = {"0",  "1",  "2",  "10", ".", ".", "-",    "a",
                                         "rc", "ga", "sp", "+",  "~", "_", "post", ":"};
    pl_str text[8];
    size_t count = 1 + pl_test_random(state, PL_ARRAY_LEN(text));
    for (size_t i = 0; i < count; i++) {
        unsigned piece = pl_test_random(state, i % 2 == 0 ? 4 : PL_ARRAY_LEN(pieces));
        text[i] = pl_str_from(pieces[piece]);
    }
    return pl_arena_concat(&arena, text, count);
}

static struct pl_affected random_claim(unsigned *state)
{
    struct pl_affected affected = {0};
    for (unsigned i = pl_test_random(state, 3); i > 0; i--) {
        struct pl_range *range = pl_vec_push(&arena, &affected.ranges);
        for (unsigned k = 1 + pl_test_random(state, 3); k > 0; k--) {
            *pl_vec_push(&arena, range) =
                (struct pl_range_event){.type = (enum pl_event_type)pl_test_random(state, 5),
                                        .version = random_version(state)};
        }
    }
    for (unsigned i = pl_test_random(state, 8); i > 0; i--) {
        *pl_vec_push(&arena, &affected.versions) = random_version(state);
    }
    return affected;
}

/* The same question, asked of all that is enumerated. pacman's equality is not one: "1.0" is equal
 * to "1.0-1" and to "1.0-2". */
static void test_range__strays_match_as_all_do(void **state)
{
    size_t scheme_count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&scheme_count);
    unsigned seed = 1;
    size_t left_out = 0;
    for (size_t turn = 0; turn < 20000; turn++) {
        const struct pl_version_scheme *scheme = schemes[turn % scheme_count];
        if (strcmp(scheme->name, "pacman") == 0) {
            continue;
        }
        struct pl_affected all = random_claim(&seed);
        struct pl_affected few = all;
        few.versions = pl_range_strays(&arena, scheme, &all);
        left_out += all.versions.count - few.versions.count;
        for (size_t i = 0; i < 4; i++) {
            pl_str version = random_version(&seed);
            struct pl_range_match want = pl_range_match(&arena, scheme, &all, version);
            struct pl_range_match got = pl_range_match(&arena, scheme, &few, version);
            if (want.is_affected != got.is_affected) {
                fail_msg("%s: " PL_STR_FMT, scheme->name, PL_STR_ARG(version));
            }
        }
        pl_arena_clear(&arena);
    }
    assert_true(left_out > 1000);
}

static void test_range__strays(void **state)
{
    struct pl_affected affected = {0};
    const struct pl_version_scheme *rpm = pl_version_scheme_find(PL_STR("rpm"));
    static const char *const listed[] = {"0.9", "1.0", "1.1", "2.0"};
    for (size_t i = 0; i < PL_ARRAY_LEN(listed); i++) {
        *pl_vec_push(&arena, &affected.versions) = pl_str_from(listed[i]);
    }
    assert_int_equal(pl_range_strays(&arena, rpm, &affected).count, 4);
    add_range(&affected, "introduced 1.0, fixed 2.0");
    assert_int_equal(pl_range_strays(&arena, NULL, &affected).count, 4);
    struct pl_strs strays = pl_range_strays(&arena, rpm, &affected);
    assert_int_equal(strays.count, 2);
    pl_assert_str(strays.items[0], "0.9");
    pl_assert_str(strays.items[1], "2.0");
    affected.ranges.items[0].type = PL_RANGE_GIT;
    assert_int_equal(pl_range_strays(&arena, rpm, &affected).count, 4);
}

int pl_test_range(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_range__schema_examples),
        PL_ARENA_TEST(test_range__events_are_sorted_first),
        PL_ARENA_TEST(test_range__limits_bound_from_above),
        PL_ARENA_TEST(test_range__above),
        PL_ARENA_TEST(test_range__edges),
        PL_ARENA_TEST(test_range__several_ranges_and_enumerations),
        PL_ARENA_TEST(test_range__invalid_versions_are_told),
        PL_ARENA_TEST(test_range__strays),
        PL_ARENA_TEST(test_range__strays_match_as_all_do),
    };
    return cmocka_run_group_tests_name("version/range", tests, NULL, NULL);
}
