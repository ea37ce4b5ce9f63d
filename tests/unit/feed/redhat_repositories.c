/* SPDX-License-Identifier: Apache-2.0 */
/* The names of products are those that OSV's export of Red Hat's advisories has ("Red Hat:" before
 * them), which follow from the CPE names by its own description. */
#include "unit/feed/collect.h"
#include "unit/feed/feed_test.h"

extern const struct pl_feed pl_feed_redhat_repositories;

static void test_redhat_repositories__products(void **state)
{
    pl_test_expect_feed(
        &pl_feed_redhat_repositories, "redhat-repositories.json",
        "REPOSITORY-rhel-9-for-x86_64-baseos-rpms [] \n"
        "  Red Hat repository | rhel-9-for-x86_64-baseos-rpms |  | enterprise_linux:9::baseos | "
        "affected\n"
        "REPOSITORY-rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2 [] \n"
        "  Red Hat repository | rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2 |  | "
        "rhel_eus:9.2::baseos | affected\n"
        "REPOSITORY-satellite-6.15-for-rhel-8-x86_64-rpms [] \n"
        "  Red Hat repository | satellite-6.15-for-rhel-8-x86_64-rpms |  | satellite:6.15::el8 "
        "satellite_capsule:6.15::el8 | affected\n"
        "skipped: repository without a product of Red Hat's: 2\n"
        "malformed: redhat-repositories: d: the repository \"without-list\" has no list of "
        "products\n"
        "malformed: redhat-repositories: d: number: it is not JSON: line 1, column 1: '[' or '{' "
        "expected near '7'\n");
}

int pl_test_redhat_repositories(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redhat_repositories__products),
    };
    return cmocka_run_group_tests_name("feed/redhat_repositories", tests, NULL, NULL);
}
