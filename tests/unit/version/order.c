/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every scheme of the table over generated versions, the same on every run: each equals itself, the
 * reverse of an order is its opposite, orders are transitive but for the schemes that say
 * otherwise, what is equal contains the same, and no bytes at all make any of it crash or answer
 * differently when asked again.
 */
#include "unit/test.h"
#include "version/scheme.h"

enum { WANTED = 160, MOST_TRIES = 200000, LONGEST = 96, NOISES = 20000, RANGES = 4000 };

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Numbers with dots for the most part, then what versions of one scheme or another go on with. */
static size_t make_version(uint32_t *seed, char text[LONGEST])
{
    static const char *const numbers[] = {"0", "1", "2", "9", "10", "01", "00", "3", "100", "1"};
    static const char *const pieces[] = {
        "-alpha",
        "-rc.1",
        "-1",
        "+b",
        ".0",
        ".1",
        "a",
        "b2",
        "rc1",
        "~rc",
        "-r1",
        "_p1",
        "_rc",
        ".dev",
        ".post1",
        "-dev",
        "-SNAPSHOT",
        ".final",
        "sp",
        "-sp",
        "+1.2",
        "_",
        "-x.y",
        "!2",
        "post",
        ".x-dev",
        "^git1",
        "~",
        "-beta",
        "-0",
        ".a",
        "*",
        "-ga-1",
        "p",
        "_alpha_p",
        "@beta",
        "+incompatible",
        ".10",
        "",
        "",
        "-",
        ".",
    };
    static const char *const starts[] = {"", "", "", "", "", "v", "1:", "1!", "go", "dev-"};
    const char *parts[16];
    size_t count = 0;
    parts[count++] = starts[next_random(seed) % 10];
    size_t dots = next_random(seed) % 8;
    dots = dots < 4 ? 2 : dots - 4;
    for (size_t i = 0; i <= dots; i++) {
        parts[count++] = i > 0 ? "." : "";
        parts[count++] = numbers[next_random(seed) % 10];
    }
    for (size_t i = next_random(seed) % 3; i > 0; i--) {
        parts[count++] = pieces[next_random(seed) % (sizeof(pieces) / sizeof(pieces[0]))];
    }
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        size_t part = strlen(parts[i]);
        assert_true(len + part < LONGEST);
        memcpy(text + len, parts[i], part);
        len += part;
    }
    return len;
}

struct versions {
    char text[WANTED][LONGEST];
    pl_str items[WANTED];
    size_t count;
    signed char sign[WANTED][WANTED];
};

static void collect(const struct pl_version_scheme *scheme, struct versions *versions)
{
    uint32_t seed = 20240229;
    versions->count = 0;
    for (int i = 0; i < MOST_TRIES && versions->count < WANTED; i++) {
        char *text = versions->text[versions->count];
        pl_str version = pl_str_make(text, make_version(&seed, text));
        bool is_valid = scheme->is_valid(version);
        assert_int_equal(is_valid, scheme->is_valid(version));
        if (is_valid) {
            versions->items[versions->count++] = version;
        }
    }
    assert_int_equal(versions->count, WANTED);
}

static void check_pairs(const struct pl_version_scheme *scheme, struct versions *versions)
{
    for (size_t i = 0; i < versions->count; i++) {
        for (size_t j = 0; j < versions->count; j++) {
            int order = scheme->compare(versions->items[i], versions->items[j]);
            versions->sign[i][j] = (signed char)((order > 0) - (order < 0));
        }
    }
    for (size_t i = 0; i < versions->count; i++) {
        assert_int_equal(versions->sign[i][i], 0);
        for (size_t j = 0; j < i; j++) {
            if (versions->sign[i][j] != -versions->sign[j][i]) {
                fail_msg("%s: " PL_STR_FMT " and " PL_STR_FMT " are not each other's opposite",
                         scheme->name, PL_STR_ARG(versions->items[i]),
                         PL_STR_ARG(versions->items[j]));
            }
        }
    }
}

static void check_triples(const struct pl_version_scheme *scheme, const struct versions *versions)
{
    for (size_t i = 0; i < versions->count; i++) {
        for (size_t j = 0; j < versions->count; j++) {
            int left = versions->sign[i][j];
            for (size_t k = 0; left <= 0 && k < versions->count; k++) {
                int right = versions->sign[j][k];
                int both = versions->sign[i][k];
                if (right <= 0 && (both > 0 || ((left < 0 || right < 0) && both == 0))) {
                    fail_msg("%s: not transitive over " PL_STR_FMT ", " PL_STR_FMT ", " PL_STR_FMT,
                             scheme->name, PL_STR_ARG(versions->items[i]),
                             PL_STR_ARG(versions->items[j]), PL_STR_ARG(versions->items[k]));
                }
            }
        }
    }
}

static void test_order__is_one_in_every_scheme(void **state)
{
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    struct versions *versions = calloc(1, sizeof(*versions));
    assert_non_null(versions);
    for (size_t i = 0; i < count; i++) {
        collect(schemes[i], versions);
        check_pairs(schemes[i], versions);
        if (!schemes[i]->has_cycles) {
            check_triples(schemes[i], versions);
        }
    }
    free(versions);
}

/* A scheme that says that its order has cycles has to have one. */
static void check_cycle(const char *scheme_name, const char *a, const char *b, const char *c)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_find(pl_str_from(scheme_name));
    assert_true(scheme->has_cycles);
    int left = scheme->compare(pl_str_from(a), pl_str_from(b));
    int right = scheme->compare(pl_str_from(b), pl_str_from(c));
    int both = scheme->compare(pl_str_from(a), pl_str_from(c));
    assert_true(left <= 0 && right <= 0 && (both > 0 || ((left < 0 || right < 0) && both == 0)));
}

static void test_order__cycles_are_the_documented_ones(void **state)
{
    check_cycle("maven", "1.sp.1", "1-alpha", "1");
    check_cycle("pacman", "1", "1-1", "1-2");
    size_t count = 0;
    size_t cycles = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    for (size_t i = 0; i < count; i++) {
        cycles += schemes[i]->has_cycles ? 1 : 0;
    }
    assert_int_equal(cycles, 2);
}

static void test_order__any_bytes_are_answered(void **state)
{
    static const char marks[] = "0019aAxzXv.-_~^+!:*@,|&()[]<>= \t\n'\"#\x80\xff\0";
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    uint32_t seed = 7;
    for (int i = 0; i < NOISES; i++) {
        char text[2][LONGEST];
        pl_str noise[2];
        for (size_t side = 0; side < 2; side++) {
            size_t len = next_random(&seed) % 24;
            for (size_t at = 0; at < len; at++) {
                text[side][at] = marks[next_random(&seed) % sizeof(marks)];
            }
            noise[side] = pl_str_make(text[side], len);
        }
        const struct pl_version_scheme *scheme = schemes[(size_t)i % count];
        scheme->compare(noise[0], noise[1]);
        assert_int_equal(scheme->is_valid(noise[1]), scheme->is_valid(noise[1]));
        if (scheme->contains) {
            enum pl_containment containment = scheme->contains(noise[0], noise[1]);
            assert_int_equal(scheme->contains(noise[0], noise[1]), containment);
        }
    }
}

/* Two texts of one version are in the same ranges. Composer tells "1.0-dev" from its other texts,
 * and pep440 has "===" for texts, so that only comparisons are asked. */
static void test_order__what_is_equal_is_contained_alike(void **state)
{
    static const char *const operators[] = {">=", "<", ">", "<="};
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    for (size_t i = 0; i < count; i++) {
        uint32_t seed = 11;
        for (int tries = 0; schemes[i]->contains && tries < RANGES; tries++) {
            char text[3][LONGEST];
            pl_str version[3];
            for (size_t side = 0; side < 3; side++) {
                version[side] = pl_str_make(text[side], make_version(&seed, text[side]));
            }
            char range[LONGEST + 4];
            int len = snprintf(range, sizeof(range), "%s" PL_STR_FMT,
                               operators[next_random(&seed) % 4], PL_STR_ARG(version[2]));
            if (!schemes[i]->is_valid(version[0]) || !schemes[i]->is_valid(version[1]) ||
                schemes[i]->compare(version[0], version[1]) != 0) {
                continue;
            }
            pl_str asked = pl_str_make(range, (size_t)len);
            assert_int_equal(schemes[i]->contains(asked, version[0]),
                             schemes[i]->contains(asked, version[1]));
        }
    }
}

int pl_test_order(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order__is_one_in_every_scheme),
        cmocka_unit_test(test_order__cycles_are_the_documented_ones),
        cmocka_unit_test(test_order__any_bytes_are_answered),
        cmocka_unit_test(test_order__what_is_equal_is_contained_alike),
    };
    return cmocka_run_group_tests_name("version/order", tests, NULL, NULL);
}
