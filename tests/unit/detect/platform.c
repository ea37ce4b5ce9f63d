/* SPDX-License-Identifier: Apache-2.0 */
/* CPE_NAME is what os-release of these systems has; the other names are the NVD's, Red Hat's and
 * SUSE's for the same. What fits, NISTIR 7696 says (section 6: any is a superset of all). */
#include "detect/platform.h"
#include "unit/test.h"

static const struct pl_os rhel = {.id = PL_STR_INIT("rhel"),
                                  .version_id = PL_STR_INIT("9.2"),
                                  .cpe_name =
                                      PL_STR_INIT("cpe:/o:redhat:enterprise_linux:9::baseos")};
static const struct pl_os sles = {.id = PL_STR_INIT("sles"),
                                  .version_id = PL_STR_INIT("15.3"),
                                  .cpe_name = PL_STR_INIT("cpe:/o:suse:sles:15:sp3")};
static const struct pl_os debian = {.id = PL_STR_INIT("debian"), .version_id = PL_STR_INIT("12")};
static const struct pl_os arch = {.id = PL_STR_INIT("arch")};

static void test_platform__fits(void **state)
{
    static const struct {
        const struct pl_os *os;
        const char *cpe;
        bool is_it;
    } rows[] = {
        {&rhel, "cpe:/o:redhat:enterprise_linux:9", true},
        {&rhel, "cpe:/o:redhat:enterprise_linux:9.2", true},
        {&rhel, "cpe:/o:redhat:enterprise_linux:9.4", false},
        {&rhel, "cpe:/o:redhat:enterprise_linux:9::baseos", true},
        {&rhel, "cpe:/a:redhat:enterprise_linux:9::appstream", true},
        {&rhel, "cpe:/a:redhat:enterprise_linux:9::highavailability", false},
        {&rhel, "cpe:/o:redhat:enterprise_linux:8::baseos", false},
        {&rhel, "cpe:/o:redhat:rhel_eus:9.2::baseos", false},
        {&rhel, "cpe:2.3:o:redhat:enterprise_linux:9.2:*:*:*:*:*:*:*", true},
        {&rhel, "cpe:2.3:o:redhat:enterprise_linux:*:*:*:*:*:*:*:*", true},
        {&rhel, "cpe:2.3:o:redhat:enterprise_linux:-:*:*:*:*:*:*:*", false},
        {&rhel, "cpe:2.3:o:RedHat:Enterprise\\_Linux:9:*:*:*:*:*:*:*", true},
        {&rhel, "cpe:/o:redhat:enterprise%5flinux:9", true},
        {&rhel, "cpe:2.3:a:redhat:enterprise_linux:9:*:*:*:*:*:*:*", false},
        {&rhel, "cpe:/o:redhat", false},
        {&rhel, "cpe:/", false},
        {&rhel, "", false},
        {&sles, "cpe:/o:suse:sles:15:sp3", true},
        {&sles, "cpe:/o:suse:sles:15:sp4", false},
        {&sles, "cpe:/o:suse:sles:15", true},
        {&sles, "cpe:/o:suse:sles:1", false},
        {&sles, "cpe:/o:suse:sles:12", false},
        {&sles, "cpe:/o:suse:sled:15:sp3", false},
        {&debian, "cpe:2.3:o:debian:debian_linux:12.0:*:*:*:*:*:*:*", false},
        {&debian, "cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*", true},
        {&debian, "cpe:2.3:o:debian:debian_linux:11:*:*:*:*:*:*:*", false},
        {&debian, "cpe:2.3:o:canonical:ubuntu_linux:12:*:*:*:*:*:*:*", false},
        {&arch, "cpe:2.3:o:archlinux:arch_linux:*:*:*:*:*:*:*:*", false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_arena arena pl_autoarena = {0};
        const struct pl_subject subject = {.os = *rows[i].os,
                                           .ecosystems = pl_os_ecosystems(&arena, rows[i].os)};
        if (pl_platform_is(&arena, &subject, pl_str_from(rows[i].cpe)) != rows[i].is_it) {
            fail_msg("%s", rows[i].cpe);
        }
    }
}

/* No beginning of a name does harm. */
static void test_platform__prefixes(void **state)
{
    pl_str cpe = PL_STR("cpe:2.3:o:a\\:b%2Fc:d\\e:%4:%zz:\\");
    for (size_t i = 0; i <= cpe.len; i++) {
        struct pl_arena arena pl_autoarena = {0};
        const struct pl_subject subject = {.os = {.cpe_name = pl_str_sub(cpe, 0, i)}};
        (void)pl_platform_is(&arena, &subject, pl_str_sub(cpe, 0, i));
    }
}

int pl_test_platform(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_platform__fits),
        cmocka_unit_test(test_platform__prefixes),
    };
    return cmocka_run_group_tests_name("detect/platform", tests, NULL, NULL);
}
