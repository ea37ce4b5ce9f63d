/* SPDX-License-Identifier: Apache-2.0 */
/* Members as JSON Feed 1.1 has them. */
#include "unit/feed/collect.h"
#include "unit/feed/feed_test.h"

extern const struct pl_feed pl_feed_kubernetes;

static void test_kubernetes__items(void **state)
{
    pl_test_expect_feed(&pl_feed_kubernetes, "kubernetes.json",
                        "KUBERNETES-CVE-2026-0001 [CVE-2026-0001] kubelet does too much\n"
                        "malformed: kubernetes: d: item 1 has no CVE as its id\n"
                        "malformed: kubernetes: d: item 2: it is not JSON: line 1, column 1: '[' "
                        "or '{' expected near '7'\n");
}

int pl_test_kubernetes(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kubernetes__items),
    };
    return cmocka_run_group_tests_name("feed/kubernetes", tests, NULL, NULL);
}
