/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oracle - asks an ecosystem's own tool what it says of generated pairs, and compares. The scripts
 * tests/data/version/oracle-* read lines "a<TAB>b" from a file and answer '<', '=', '>' or '!'
 * (refused) a line; with the argument "in" the lines are "range<TAB>version", and the answers 'i',
 * 'o' or '!'. They end with 77 when the tool is not there, and the test is skipped. The pairs are
 * the same on every run, unless PL_TEST_SEED is a number other than 0.
 */
#include "base/io.h"
#include "unit/test.h"
#include "version/scheme.h"
#include <limits.h>
#include <unistd.h>

enum { PL_ORACLE_ANSWERS = 4 << 20 };

struct pl_oracle {
    const char *scheme;
    const char *program;
    const char *script; /* with arguments after it when `arguments` is set */
    const char *arguments;
    int count;
    /* Writes one pair, without the end of the line. */
    void (*write_pair)(FILE *file, uint32_t *seed, const struct pl_oracle *oracle);
    const char *const *pieces; /* for the writer; the last one is NULL */
    const char *const *range_pieces;
};

/* The generator of Marsaglia's "Xorshift RNGs". */
static inline uint32_t pl_oracle_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static inline char pl_oracle_answer(const struct pl_version_scheme *scheme, bool is_range, pl_str a,
                                    pl_str b)
{
    if (is_range) {
        enum pl_containment containment =
            scheme->is_valid(b) ? scheme->contains(a, b) : PL_CONTAINMENT_INVALID;
        return containment == PL_CONTAINMENT_INVALID ? '!'
               : containment == PL_CONTAINMENT_IN    ? 'i'
                                                     : 'o';
    }
    if (!scheme->is_valid(a) || !scheme->is_valid(b)) {
        return '!';
    }
    int order = scheme->compare(a, b);
    return order < 0 ? '<' : order > 0 ? '>' : '=';
}

/* Runs "program script pairs"; false when the tool is not there. */
static inline bool pl_oracle_ask(const char *command, struct pl_buf *answers)
{
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char chunk[4096];
    for (size_t got = fread(chunk, 1, sizeof(chunk), pipe); got > 0;
         got = fread(chunk, 1, sizeof(chunk), pipe)) {
        pl_buf_append(answers, pl_str_make(chunk, got));
    }
    return pclose(pipe) == 0;
}

static inline void pl_oracle_write(const struct pl_oracle *oracle, const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    const char *given = getenv("PL_TEST_SEED");
    uint32_t seed = given ? (uint32_t)strtoul(given, NULL, 10) : 20240229;
    for (int i = 0; i < oracle->count; i++) {
        oracle->write_pair(file, &seed, oracle);
        fputc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
}

static inline void pl_oracle_judge(const struct pl_oracle *oracle, pl_str pairs, pl_str answers)
{
    pl_str pair = PL_STR_EMPTY;
    pl_str wanted = PL_STR_EMPTY;
    const struct pl_version_scheme *scheme = pl_version_scheme_find(pl_str_from(oracle->scheme));
    int failed = 0;
    int refused = 0;
    while (pl_str_next_line(&pairs, &pair)) {
        assert_true(pl_str_next_line(&answers, &wanted));
        pl_str a = PL_STR_EMPTY;
        pl_str b = PL_STR_EMPTY;
        pl_str_cut(pair, '\t', &a, &b);
        char got = pl_oracle_answer(scheme, oracle->arguments[0] != '\0', a, b);
        refused += got == '!' ? 1 : 0;
        if (wanted.len != 1 || (wanted.ptr[0] != got && wanted.ptr[0] != '?')) {
            print_error("# %s: " PL_STR_FMT " got %c, the tool says " PL_STR_FMT "\n",
                        oracle->scheme, PL_STR_ARG(pair), got, PL_STR_ARG(wanted));
            failed++;
        }
    }
    print_message("# %s%s%s: %d pairs, %d of them refused\n", oracle->scheme,
                  oracle->arguments[0] != '\0' ? " " : "", oracle->arguments, oracle->count,
                  refused);
    assert_int_equal(failed, 0);
}

/* Skips when there is no tool. */
static inline void pl_oracle_check(const struct pl_oracle *oracle)
{
    const char *data = pl_test_dir("PL_TEST_DATA");
    char pairs[] = "/tmp/pl-pairs-XXXXXX";
    int fd = data ? mkstemp(pairs) : -1;
    if (fd < 0) {
        skip();
    }
    close(fd);
    pl_oracle_write(oracle, pairs);
    char command[PATH_MAX * 2];
    snprintf(command, sizeof(command), "%s '%s/version/%s' %s %s 2>/dev/null", oracle->program,
             data, oracle->script, pairs, oracle->arguments);
    struct pl_buf answers pl_autobuf = PL_BUF_INIT(PL_ORACLE_ANSWERS);
    bool is_there = pl_oracle_ask(command, &answers);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(PL_ORACLE_ANSWERS);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status status = pl_io_read_file(pairs, &content, &err);
    unlink(pairs);
    if (!is_there) {
        print_message("# the tool for %s is not installed\n", oracle->scheme);
        skip();
    }
    assert_int_equal(status, PL_OK);
    pl_oracle_judge(oracle, pl_buf_str(&content), pl_buf_str(&answers));
}
