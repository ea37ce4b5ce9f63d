/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the groups that PL_TESTS_DEF lists, or the one named by the argument: each file NAME.c
 * defines int pl_test_NAME(void). The build runs each file on its own, since the output of one run
 * may hold only one TAP plan. */
#include "unit/test.h"
#include <signal.h>

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    int failed = 0;
    int ran = 0;
#define PL_TEST_FILE(name)                                                                         \
    if (argc < 2 || strcmp(argv[1], #name) == 0) {                                                 \
        failed += pl_test_##name();                                                                \
        ran++;                                                                                     \
    }
#include PL_TESTS_DEF
#undef PL_TEST_FILE
    return failed == 0 && ran > 0 ? 0 : 1;
}
