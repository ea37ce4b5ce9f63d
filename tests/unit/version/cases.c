/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each scheme against tests/data/version/<scheme>.cases: lines "a < b" or "a = b", and "! v" for a
 * text that is no version. Beside the line itself its reverse is checked, that each side equals
 * itself, and transitivity over every three values of the file. Ranges are lines
 * "in v<TAB>RANGE", "out v<TAB>RANGE" and "invalid v<TAB>RANGE".
 */
#include "base/io.h"
#include "unit/test.h"
#include "version/scheme.h"
#include <limits.h>

enum { MOST_VALUES = 400, FILE_CEILING = 1 << 20 };

struct values {
    pl_str items[MOST_VALUES];
    size_t count;
};

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void check_pair(const struct pl_version_scheme *scheme, pl_str a, char op, pl_str b)
{
    int wanted = op == '<' ? -1 : 0;
    assert_true(scheme->is_valid(a));
    assert_true(scheme->is_valid(b));
    if (sign(scheme->compare(a, b)) != wanted || sign(scheme->compare(b, a)) != -wanted) {
        fail_msg("%s: " PL_STR_FMT " %c " PL_STR_FMT " does not hold", scheme->name, PL_STR_ARG(a),
                 op, PL_STR_ARG(b));
    }
    assert_int_equal(scheme->compare(a, a), 0);
    assert_int_equal(scheme->compare(b, b), 0);
}

static void check_transitivity(const struct pl_version_scheme *scheme, const struct values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        for (size_t j = 0; j < values->count; j++) {
            int left = scheme->compare(values->items[i], values->items[j]);
            for (size_t k = 0; left <= 0 && k < values->count; k++) {
                int right = scheme->compare(values->items[j], values->items[k]);
                int both = scheme->compare(values->items[i], values->items[k]);
                if (right <= 0 && (both > 0 || ((left < 0 || right < 0) && both == 0))) {
                    fail_msg("%s: not transitive over " PL_STR_FMT ", " PL_STR_FMT ", " PL_STR_FMT,
                             scheme->name, PL_STR_ARG(values->items[i]),
                             PL_STR_ARG(values->items[j]), PL_STR_ARG(values->items[k]));
                }
            }
        }
    }
}

/* Is it a line on a range? Then it is checked. */
static bool check_range(const struct pl_version_scheme *scheme, pl_str line)
{
    static const struct {
        const char *word;
        enum pl_containment wanted;
    } words[] = {
        {"in ", PL_CONTAINMENT_IN},
        {"out ", PL_CONTAINMENT_OUT},
        {"invalid ", PL_CONTAINMENT_INVALID},
    };
    for (size_t i = 0; i < 3; i++) {
        pl_str word = pl_str_from(words[i].word);
        if (pl_str_starts_with(line, word)) {
            pl_str version = PL_STR_EMPTY;
            pl_str range = PL_STR_EMPTY;
            assert_true(pl_str_cut(pl_str_skip(line, word.len), '\t', &version, &range));
            assert_non_null(scheme->contains);
            assert_true(scheme->is_valid(version));
            if (scheme->contains(range, version) != words[i].wanted) {
                fail_msg("%s: " PL_STR_FMT " does not hold", scheme->name, PL_STR_ARG(line));
            }
            return true;
        }
    }
    return false;
}

static void add(struct values *values, pl_str value)
{
    assert_true(values->count < MOST_VALUES);
    values->items[values->count++] = value;
}

static void check_line(const struct pl_version_scheme *scheme, pl_str line, struct values *values)
{
    if (pl_str_starts_with(line, PL_STR("! "))) {
        if (scheme->is_valid(pl_str_skip(line, 2))) {
            fail_msg("%s: accepts " PL_STR_FMT, scheme->name, PL_STR_ARG(line));
        }
        return;
    }
    if (check_range(scheme, line)) {
        return;
    }
    pl_str a = PL_STR_EMPTY;
    pl_str op = PL_STR_EMPTY;
    pl_str b = PL_STR_EMPTY;
    assert_true(pl_str_next_word(&line, &a) && pl_str_next_word(&line, &op) &&
                pl_str_next_word(&line, &b));
    assert_true(op.len == 1 && (op.ptr[0] == '<' || op.ptr[0] == '='));
    check_pair(scheme, a, op.ptr[0], b);
    add(values, a);
    add(values, b);
}

static void check_scheme(const struct pl_version_scheme *scheme)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/version/%s.cases", pl_test_dir("PL_TEST_DATA"), scheme->name);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(FILE_CEILING);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_io_read_file(path, &content, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    struct values values = {.count = 0};
    pl_str cursor = pl_buf_str(&content);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        if (line.len > 0 && line.ptr[0] != '#') {
            check_line(scheme, line, &values);
        }
    }
    assert_true(values.count > 0);
    if (!scheme->has_cycles) {
        check_transitivity(scheme, &values);
    }
}

static void test_cases__every_scheme_holds_its_file(void **state)
{
    if (!pl_test_dir("PL_TEST_DATA")) {
        print_message("# PL_TEST_DATA is not set\n");
        skip();
    }
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        check_scheme(schemes[i]);
    }
}

static void test_cases__schemes_are_sorted_and_found(void **state)
{
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(schemes[i - 1]->name, schemes[i]->name) < 0);
        assert_ptr_equal(pl_version_scheme_find(pl_str_from(schemes[i]->name)), schemes[i]);
        for (const char *const *name = schemes[i]->aliases; name && *name; name++) {
            assert_ptr_equal(pl_version_scheme_find(pl_str_from(*name)), schemes[i]);
        }
        for (const char *const *name = schemes[i]->ecosystems; *name; name++) {
            assert_ptr_equal(pl_version_scheme_for_ecosystem(pl_str_from(*name)), schemes[i]);
        }
    }
    assert_string_equal(pl_version_scheme_for_ecosystem(PL_STR("Debian:12"))->name, "dpkg");
    assert_null(pl_version_scheme_for_ecosystem(PL_STR("Debian 12")));
}

int pl_test_cases(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases__every_scheme_holds_its_file),
        cmocka_unit_test(test_cases__schemes_are_sorted_and_found),
    };
    return cmocka_run_group_tests_name("version/cases", tests, NULL, NULL);
}
