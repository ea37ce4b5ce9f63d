/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each scheme against the collected vectors PL_TEST_CORPUS/version/<scheme>.tsv, when they are
 * there: lines "a<TAB>op<TAB>b" with '<', '=' or '>'.
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

static size_t check_file(const struct pl_version_scheme *scheme, const char *path)
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
        assert_int_equal(op.len, 1);
        char got = op_of(scheme->compare(a, b));
        char back = op_of(-scheme->compare(b, a));
        if (!scheme->is_valid(a) || !scheme->is_valid(b) || got != op.ptr[0] || back != got) {
            print_error("# %s: " PL_STR_FMT ": got %c, reversed %c\n", scheme->name,
                        PL_STR_ARG(line), got, back);
            failed++;
        }
    }
    assert_int_equal(failed, 0);
    return count;
}

static void test_corpus__every_vector_holds(void **state)
{
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    size_t count = 0;
    size_t checked = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    for (size_t i = 0; corpus && i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof(path), "%s/version/%s.tsv", corpus, schemes[i]->name);
        if (access(path, R_OK) == 0) {
            checked += check_file(schemes[i], path);
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
