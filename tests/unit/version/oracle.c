/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated pairs, judged by the packagers' own tools where they are installed:
 * `dpkg --compare-versions` with `dpkg --validate-version`, and the Python module of librpm. The
 * scripts tests/data/version/oracle-* read lines "a<TAB>b" from a file and answer '<', '=', '>' or
 * '!' (refused) a line.
 */
#include "base/io.h"
#include "unit/test.h"
#include "version/scheme.h"
#include <limits.h>
#include <unistd.h>

enum { LONGEST = 14, PAIRS_DPKG = 1500, PAIRS_RPM = 20000, ANSWER_CEILING = 1 << 20 };

/* The generator of Marsaglia's "Xorshift RNGs": the same pairs on every run. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Half of the second versions are a slight change of the first, so that comparison goes deep. */
static void make_pair(uint32_t *seed, const char *alphabet, char *a, char *b)
{
    size_t letters = strlen(alphabet);
    size_t len = 1 + next_random(seed) % LONGEST;
    for (size_t i = 0; i < len; i++) {
        a[i] = i == 0 ? (char)('0' + next_random(seed) % 3) : alphabet[next_random(seed) % letters];
    }
    a[len] = '\0';
    memcpy(b, a, len + 1);
    size_t from = next_random(seed) % 2 ? 1 : next_random(seed) % len;
    for (size_t i = from > 0 ? from : 1; i < len; i++) {
        if (next_random(seed) % 2) {
            b[i] = alphabet[next_random(seed) % letters];
        }
    }
    if (next_random(seed) % 3 == 0) {
        b[1 + next_random(seed) % len] = '\0';
    }
}

static void write_pairs(const char *path, const char *alphabet, int count)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    uint32_t seed = 20240229;
    for (int i = 0; i < count; i++) {
        char a[LONGEST + 2];
        char b[LONGEST + 2];
        make_pair(&seed, alphabet, a, b);
        fprintf(file, "%s\t%s\n", a, b);
    }
    assert_int_equal(fclose(file), 0);
}

static char answer(const struct pl_version_scheme *scheme, pl_str a, pl_str b)
{
    if (!scheme->is_valid(a) || !scheme->is_valid(b)) {
        return '!';
    }
    int order = scheme->compare(a, b);
    return order < 0 ? '<' : order > 0 ? '>' : '=';
}

/* Runs "program script pairs"; false when the tool is not there (the script ends with 77). */
static bool ask(const char *command, struct pl_buf *answers)
{
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char chunk[4096];
    for (size_t got = fread(chunk, 1, sizeof(chunk), pipe); got > 0;
         got = fread(chunk, 1, sizeof(chunk), pipe)) {
        pl_buf_append(answers, pl_str_make(chunk, got));
    }
    int status = pclose(pipe);
    return status == 0;
}

static void compare_with(const char *scheme_name, const char *program, const char *script,
                         const char *alphabet, int count)
{
    const char *data = pl_test_dir("PL_TEST_DATA");
    char pairs[] = "/tmp/pl-pairs-XXXXXX";
    int fd = data ? mkstemp(pairs) : -1;
    if (fd < 0) {
        skip();
    }
    close(fd);
    write_pairs(pairs, alphabet, count);
    char command[PATH_MAX * 2];
    snprintf(command, sizeof(command), "%s '%s/version/%s' %s", program, data, script, pairs);
    struct pl_buf answers pl_autobuf = PL_BUF_INIT(ANSWER_CEILING);
    bool is_there = ask(command, &answers);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(ANSWER_CEILING);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status status = pl_io_read_file(pairs, &content, &err);
    unlink(pairs);
    if (!is_there) {
        print_message("# %s is not installed\n", scheme_name);
        skip();
    }
    assert_int_equal(status, PL_OK);
    pl_str answer_cursor = pl_buf_str(&answers);
    pl_str pair_cursor = pl_buf_str(&content);
    pl_str pair = PL_STR_EMPTY;
    pl_str wanted = PL_STR_EMPTY;
    const struct pl_version_scheme *scheme = pl_version_scheme_find(pl_str_from(scheme_name));
    int failed = 0;
    while (pl_str_next_line(&pair_cursor, &pair)) {
        assert_true(pl_str_next_line(&answer_cursor, &wanted));
        pl_str a = PL_STR_EMPTY;
        pl_str b = PL_STR_EMPTY;
        pl_str_cut(pair, '\t', &a, &b);
        char got = answer(scheme, a, b);
        if (wanted.len != 1 || wanted.ptr[0] != got) {
            print_error("# %s: " PL_STR_FMT " got %c, the tool says " PL_STR_FMT "\n", scheme_name,
                        PL_STR_ARG(pair), got, PL_STR_ARG(wanted));
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

static void test_oracle__dpkg_agrees(void **state)
{
    compare_with("dpkg", "sh", "oracle-dpkg.sh", "00123459aAz~~++--..:", PAIRS_DPKG);
}

static void test_oracle__rpm_agrees(void **state)
{
    compare_with("rpm", "/usr/bin/python3", "oracle-rpm.py", "00123459aAz~~^^+--..:_", PAIRS_RPM);
}

int pl_test_oracle(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle__dpkg_agrees),
        cmocka_unit_test(test_oracle__rpm_agrees),
    };
    return cmocka_run_group_tests_name("version/oracle", tests, NULL, NULL);
}
