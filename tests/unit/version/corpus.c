/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each scheme against the collected vectors PL_TEST_CORPUS/version/<scheme>.tsv, when they are
 * there: lines "a<TAB>op<TAB>b" with '<', '=' or '>'; and <scheme>-ranges.tsv: lines
 * "range<TAB>in<TAB>version" or with "out". A file may also have one of the scheme's other names.
 */
#include "base/io.h"
#include "unit/test.h"
#include "version/scheme.h"
#include <limits.h>
#include <unistd.h>

enum { FILE_CEILING = 16 << 20 };

static char op_of(int order)
{
    return order < 0 ? '<' : order > 0 ? '>' : '=';
}

static bool order_holds(const struct pl_version_scheme *scheme, pl_str a, pl_str op, pl_str b)
{
    assert_int_equal(op.len, 1);
    return scheme->is_valid(a) && scheme->is_valid(b) &&
           op_of(scheme->compare(a, b)) == op.ptr[0] && op_of(-scheme->compare(b, a)) == op.ptr[0];
}

static bool containment_holds(const struct pl_version_scheme *scheme, pl_str range, pl_str wanted,
                              pl_str version)
{
    bool is_in = pl_str_eq(wanted, PL_STR("in"));
    assert_true(is_in || pl_str_eq(wanted, PL_STR("out")));
    assert_non_null(scheme->contains);
    return scheme->is_valid(version) &&
           scheme->contains(range, version) == (is_in ? PL_CONTAINMENT_IN : PL_CONTAINMENT_OUT);
}

static size_t check_file(const struct pl_version_scheme *scheme, const char *path,
                         bool (*holds)(const struct pl_version_scheme *, pl_str, pl_str, pl_str))
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(FILE_CEILING);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_io_read_file(path, &content, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    pl_str cursor = pl_buf_str(&content);
    pl_str line = PL_STR_EMPTY;
    size_t failed = 0;
    size_t count = 0;
    for (; pl_str_next_line(&cursor, &line); count++) {
        pl_str a = PL_STR_EMPTY;
        pl_str op = PL_STR_EMPTY;
        pl_str b = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &a, &b);
        pl_str_cut(b, '\t', &op, &b);
        if (!holds(scheme, a, op, b)) {
            print_error("# %s: " PL_STR_FMT " does not hold\n", scheme->name, PL_STR_ARG(line));
            failed++;
        }
    }
    assert_int_equal(failed, 0);
    return count;
}

/* The files of one name of the scheme; how many lines they have. */
static size_t check_name(const struct pl_version_scheme *scheme, const char *corpus,
                         const char *name)
{
    char path[PATH_MAX];
    size_t checked = 0;
    snprintf(path, sizeof(path), "%s/version/%s.tsv", corpus, name);
    if (access(path, R_OK) == 0) {
        checked += check_file(scheme, path, order_holds);
    }
    snprintf(path, sizeof(path), "%s/version/%s-ranges.tsv", corpus, name);
    if (access(path, R_OK) == 0) {
        checked += check_file(scheme, path, containment_holds);
    }
    return checked;
}

static void test_corpus__every_vector_holds(void **state)
{
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    size_t count = 0;
    size_t checked = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    for (size_t i = 0; corpus && i < count; i++) {
        checked += check_name(schemes[i], corpus, schemes[i]->name);
        for (const char *const *name = schemes[i]->aliases; name && *name; name++) {
            checked += check_name(schemes[i], corpus, *name);
        }
    }
    if (checked == 0) {
        print_message("# no version vectors below PL_TEST_CORPUS\n");
        skip();
    }
    print_message("# %zu vectors\n", checked);
}

int pl_test_corpus(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus__every_vector_holds),
    };
    return cmocka_run_group_tests_name("version/corpus", tests, NULL, NULL);
}
