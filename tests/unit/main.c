/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the groups that PL_TESTS_DEF lists: each file NAME.c defines int pl_test_NAME(void). */
#include "unit/test.h"

int main(void)
{
    int failed = 0;
#define PL_TEST_FILE(name) failed += pl_test_##name();
#include PL_TESTS_DEF
#undef PL_TEST_FILE
    return failed == 0 ? 0 : 1;
}
