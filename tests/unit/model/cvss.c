/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores against tests/data/cvss/scores.tsv, lines "vector<TAB>score", and against every vector
 * that stands beside its base score in the advisories below PL_TEST_FEEDS.
 */
#include "base/buf.h"
#include "base/compiler.h"
#include "base/io.h"
#include "model/severity.h"
#include "unit/test.h"
#include <limits.h>
#include <math.h>

enum { CEILING = 64 << 20 };

/* The number of lines that do not hold; *ret_count of all. */
static int check_lines(pl_str cursor, int *ret_count)
{
    int failed = 0;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        pl_str vector = PL_STR_EMPTY;
        pl_str wanted = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &vector, &wanted);
        char number[16] = "";
        assert_true(wanted.len > 0 && wanted.len < sizeof(number));
        memcpy(number, wanted.ptr, wanted.len);
        double score = -1;
        struct pl_error err = PL_ERROR_INIT;
        enum pl_status status = pl_cvss_score(vector, &score, &err);
        if (status < 0 || fabs(score - strtod(number, NULL)) > 1e-9) {
            print_error("# " PL_STR_FMT ": got %.1f %s\n", PL_STR_ARG(line), score,
                        status < 0 ? err.msg : "");
            failed++;
        }
        ++*ret_count;
    }
    return failed;
}

static void test_cvss__published_scores(void **state)
{
    const char *data = pl_test_dir("PL_TEST_DATA");
    if (!data) {
        skip();
    }
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/cvss/scores.tsv", data);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_io_read_file(path, &content, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    int count = 0;
    assert_int_equal(check_lines(pl_buf_str(&content), &count), 0);
    assert_true(count > 0);
}

static void test_cvss__scores_in_advisories(void **state)
{
    const char *data = pl_test_dir("PL_TEST_DATA");
    const char *feeds = pl_test_dir("PL_TEST_FEEDS");
    char command[PATH_MAX * 2];
    snprintf(command, sizeof(command),
             "/usr/bin/python3 '%s/cvss/pairs.py' '%s/native/samples' 2>/dev/null", data, feeds);
    FILE *pipe = data && feeds ? popen(command, "r") : NULL;
    struct pl_buf lines pl_autobuf = PL_BUF_INIT(CEILING);
    char chunk[4096];
    for (size_t got = 1; pipe && got > 0;) {
        got = fread(chunk, 1, sizeof(chunk), pipe);
        pl_buf_append(&lines, pl_str_make(chunk, got));
    }
    if (!pipe || pclose(pipe) != 0 || lines.len == 0) {
        print_message("# no advisories below PL_TEST_FEEDS/native/samples\n");
        pl_buf_release(&lines); /* skip jumps past the cleanup */
        skip();
    }
    int count = 0;
    int failed = check_lines(pl_buf_str(&lines), &count);
    print_message("# %d vectors with scores\n", count);
    assert_int_equal(failed, 0);
}

static void test_cvss__malformed_is_refused(void **state)
{
    static const char *const malformed[] = {
        "",
        "CVSS:3.1/",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
        "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:X",
        "(AV:N/AC:L/Au:N/C:P/I:P/A:P)",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(malformed); i++) {
        double score = -1;
        assert_int_equal(pl_cvss_score(pl_str_from(malformed[i]), &score, NULL), PL_E_PARSE);
        assert_true(score < 0);
    }
}

/* A vector cut anywhere is refused or, where optional metrics fall off, still a score. */
static void test_cvss__every_prefix(void **state)
{
    pl_str vector = PL_STR("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P/"
                           "CR:H/MSI:S/U:Clear");
    for (size_t len = 0; len <= vector.len; len++) {
        double score = -1;
        if (pl_cvss_score(pl_str_sub(vector, 0, len), &score, NULL) == PL_OK) {
            assert_true(score >= 0 && score <= 10);
        }
    }
}

/* The scale of CVSS 3.1, section 5. */
static void test_severity__scale(void **state)
{
    assert_int_equal(pl_severity_from_score(0.0), PL_SEVERITY_NEGLIGIBLE);
    assert_int_equal(pl_severity_from_score(0.1), PL_SEVERITY_LOW);
    assert_int_equal(pl_severity_from_score(3.9), PL_SEVERITY_LOW);
    assert_int_equal(pl_severity_from_score(4.0), PL_SEVERITY_MEDIUM);
    assert_int_equal(pl_severity_from_score(6.9), PL_SEVERITY_MEDIUM);
    assert_int_equal(pl_severity_from_score(7.0), PL_SEVERITY_HIGH);
    assert_int_equal(pl_severity_from_score(8.9), PL_SEVERITY_HIGH);
    assert_int_equal(pl_severity_from_score(9.0), PL_SEVERITY_CRITICAL);
    assert_int_equal(pl_severity_from_score(-1), PL_SEVERITY_UNKNOWN);
    assert_int_equal(pl_severity_from_score(NAN), PL_SEVERITY_UNKNOWN);
}

/* Red Hat's four ratings, Debian's urgencies, Ubuntu's priorities. */
static void test_severity__vendors_words(void **state)
{
    static const struct {
        const char *word;
        enum pl_severity wanted;
    } words[] = {
        {"Critical", PL_SEVERITY_CRITICAL},
        {"Important", PL_SEVERITY_HIGH},
        {"MODERATE", PL_SEVERITY_MEDIUM},
        {"Low", PL_SEVERITY_LOW},
        {"unimportant", PL_SEVERITY_NEGLIGIBLE},
        {"low**", PL_SEVERITY_LOW},
        {"not yet assigned", PL_SEVERITY_UNKNOWN},
        {"end-of-life", PL_SEVERITY_UNKNOWN},
        {"negligible", PL_SEVERITY_NEGLIGIBLE},
        {"untriaged", PL_SEVERITY_UNKNOWN},
        {"", PL_SEVERITY_UNKNOWN},
        {"***", PL_SEVERITY_UNKNOWN},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        assert_int_equal(pl_severity_from_vendor(pl_str_from(words[i].word)), words[i].wanted);
    }
    enum pl_severity severity = PL_SEVERITY_UNKNOWN;
    for (int i = 0; i < PL_SEVERITY_COUNT_; i++) {
        const char *word = pl_severity_to_string((enum pl_severity)i);
        assert_true(pl_severity_from_string(pl_str_from(word), &severity));
        assert_int_equal(severity, i);
    }
    assert_false(pl_severity_from_string(PL_STR("High"), &severity));
}

int pl_test_cvss(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cvss__published_scores),
        cmocka_unit_test(test_cvss__scores_in_advisories),
        cmocka_unit_test(test_cvss__malformed_is_refused),
        cmocka_unit_test(test_cvss__every_prefix),
        cmocka_unit_test(test_severity__scale),
        cmocka_unit_test(test_severity__vendors_words),
    };
    return cmocka_run_group_tests_name("model/cvss", tests, NULL, NULL);
}
