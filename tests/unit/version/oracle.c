/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated pairs of versions of distribution packages, judged by the packagers' own tools where
 * they are installed: `dpkg --compare-versions` with `dpkg --validate-version`, the Python module
 * of librpm, and libalpm.
 */
#include "unit/version/oracle.h"

enum { LONGEST = 14, PAIRS_DPKG = 1500, PAIRS = 20000 };

/* Half of the second versions are a slight change of the first, so that comparison goes deep. The
 * alphabet is the first piece. */
static void write_pair(FILE *file, uint32_t *seed, const struct pl_oracle *oracle)
{
    const char *alphabet = oracle->pieces[0];
    size_t letters = strlen(alphabet);
    size_t len = 1 + pl_oracle_random(seed) % LONGEST;
    char a[LONGEST + 2];
    char b[LONGEST + 2];
    for (size_t i = 0; i < len; i++) {
        a[i] = i == 0 ? (char)('0' + pl_oracle_random(seed) % 3)
                      : alphabet[pl_oracle_random(seed) % letters];
    }
    a[len] = '\0';
    memcpy(b, a, len + 1);
    size_t from = pl_oracle_random(seed) % 2 ? 1 : pl_oracle_random(seed) % len;
    for (size_t i = from > 0 ? from : 1; i < len; i++) {
        if (pl_oracle_random(seed) % 2) {
            b[i] = alphabet[pl_oracle_random(seed) % letters];
        }
    }
    if (pl_oracle_random(seed) % 3 == 0) {
        b[1 + pl_oracle_random(seed) % len] = '\0';
    }
    fprintf(file, "%s\t%s", a, b);
}

static void check(const char *scheme, const char *program, const char *script, const char *alphabet,
                  int count)
{
    const char *const pieces[] = {alphabet, NULL};
    const struct pl_oracle oracle = {.scheme = scheme,
                                     .program = program,
                                     .script = script,
                                     .arguments = "",
                                     .count = count,
                                     .write_pair = write_pair,
                                     .pieces = pieces};
    pl_oracle_check(&oracle);
}

static void test_oracle__dpkg_agrees(void **state)
{
    check("dpkg", "sh", "oracle-dpkg.sh", "00123459aAz~~++--..:", PAIRS_DPKG);
}

static void test_oracle__rpm_agrees(void **state)
{
    check("rpm", "/usr/bin/python3", "oracle-rpm.py", "00123459aAz~~^^+--..:_", PAIRS);
}

static void test_oracle__libalpm_agrees(void **state)
{
    check("pacman", "/usr/bin/python3", "oracle-pacman.py", "00123459aAz~+--...:_", PAIRS);
}

int pl_test_oracle(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle__dpkg_agrees),
        cmocka_unit_test(test_oracle__rpm_agrees),
        cmocka_unit_test(test_oracle__libalpm_agrees),
    };
    return cmocka_run_group_tests_name("version/oracle", tests, NULL, NULL);
}
