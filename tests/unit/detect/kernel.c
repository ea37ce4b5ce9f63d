/* SPDX-License-Identifier: Apache-2.0 */
/* Names, versions and releases are those of the distributions' own packages; which kernel calls
 * itself how is what uname -r says on systems that run them. */
#include "detect/kernel.h"
#include "base/compiler.h"
#include "unit/test.h"

static const struct pl_kernel_place image = {.is_container = true};
static const struct pl_kernel_place disk = {.is_container = false};

/* Does a finding of this package stand apart, where all of "name version" are installed? */
static bool is_apart(const struct pl_kernel_place *place, const char *type, const char *source,
                     const char *name, const char *version)
{
    struct pl_component component = {.type = pl_str_from(type),
                                     .name = pl_str_from(name),
                                     .version = pl_str_from(version),
                                     .source_name = pl_str_from(source)};
    struct pl_component other = component;
    struct pl_component both[2] = {component, other};
    /* What runs beside it, as on a machine that was upgraded: the release is that of `other`. */
    both[1].name = pl_str_eq(component.type, PL_STR("deb")) ? PL_STR("linux-image-6.1.0-18-amd64")
                                                            : component.name;
    both[1].version = PL_STR("6.1.0-18");
    struct pl_finding finding = {.component = &both[0]};
    struct pl_components components = {.items = both, .count = 2};
    struct pl_findings findings = {.items = &finding, .count = 1};
    pl_kernel_set_apart(place, &components, &findings);
    return finding.apart == PL_APART_NOT_RUNNING;
}

static void test_kernel__headers_run_nowhere(void **state)
{
    static const struct {
        const char *type, *source, *name;
    } headers[] = {
        {"deb", "linux", "linux-libc-dev"},
        {"deb", "linux", "linux-headers-6.1.0-18-common"},
        {"deb", "linux-hwe-5.15", "linux-hwe-5.15-headers-5.15.0-91"},
        {"rpm", "kernel", "kernel-headers"},
        {"rpm", "kernel", "kernel-devel"},
        {"rpm", "kernel-source", "kernel-default-devel"},
        {"rpm", "kernel-uek", "kernel-uek-devel"},
        {"rpm", "linux-glibc-devel", "linux-glibc-devel"},
        {"rpm", "linux-api-headers", "linux-api-headers"},
        {"apk", "linux-headers", "linux-headers"},
        {"apk", "linux-lts", "linux-lts-dev"},
        {"alpm", "linux-api-headers", "linux-api-headers"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(headers); i++) {
        assert_true(is_apart(&image, headers[i].type, headers[i].source, headers[i].name, "6.2-1"));
        assert_true(is_apart(&disk, headers[i].type, headers[i].source, headers[i].name, "6.2-1"));
    }
}

static void test_kernel__kernels_do_not_run_in_containers(void **state)
{
    static const struct {
        const char *type, *source, *name;
    } kernels[] = {
        {"deb", "linux-signed-amd64", "linux-image-6.1.0-20-amd64"},
        {"deb", "linux", "linux-modules-5.15.0-91-generic"},
        {"rpm", "kernel", "kernel"},
        {"rpm", "kernel", "kernel-core"},
        {"rpm", "kernel6.12", "kernel6.12"},
        {"rpm", "kernel-uek", "kernel-uek-core"},
        {"rpm", "kernel-default", "kernel-default"},
        {"rpm", "linux-esx", "linux-esx"},
        {"apk", "linux-lts", "linux-virt"},
        {"alpm", "linux", "linux"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(kernels); i++) {
        assert_true(is_apart(&image, kernels[i].type, kernels[i].source, kernels[i].name, "6.2-1"));
        assert_false(is_apart(&disk, kernels[i].type, kernels[i].source, kernels[i].name, "6.2-1"));
    }
}

static void test_kernel__programs_of_its_source_run(void **state)
{
    static const struct {
        const char *type, *source, *name;
    } programs[] = {
        {"deb", "linux", "linux-perf"},
        {"deb", "linux", "bpftool"},
        {"rpm", "kernel", "kernel-tools-libs"},
        {"rpm", "kernel", "perf"},
        {"rpm", "kernel-firmware", "kernel-firmware-all"},
        {"rpm", "linux-firmware", "linux-firmware"},
        {"rpm", "kernelshark", "kernelshark"},
        {"apk", "linux-pam", "linux-pam"},
        {"apk", "linux-firmware", "linux-firmware"},
        {"deb", "glibc", "libc6"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(programs); i++) {
        assert_false(
            is_apart(&image, programs[i].type, programs[i].source, programs[i].name, "6.2-1"));
    }
}

static void test_kernel__the_running_one_counts(void **state)
{
    static const struct {
        const char *release, *type, *name, *version;
        bool is_idle;
    } cases[] = {
        {"6.1.0-18-amd64", "deb", "linux-image-6.1.0-18-amd64", "6.1.76-1", false},
        {"6.1.0-18-amd64", "deb", "linux-image-6.1.0-17-amd64", "6.1.69-1", true},
        {"5.14.0-427.13.1.el9_4.x86_64", "rpm", "kernel-core", "5.14.0-427.13.1.el9_4", false},
        {"5.14.0-427.13.1.el9_4.x86_64", "rpm", "kernel-core", "5.14.0-427.el9", true},
        {"5.14.0-427.13.1.el9_4.x86_64+rt", "rpm", "kernel-rt-core", "5.14.0-427.13.1.el9_4",
         false},
        {"5.14.21-150500.55.52-default", "rpm", "kernel-default", "5.14.21-150500.55.52.1", false},
        {"5.14.21-150500.55.52-default", "rpm", "kernel-default", "5.14.21-150500.55.49.1", true},
        {"6.6.14-0-lts", "apk", "linux-lts", "6.6.14-r0", false},
        {"6.6.14-0-lts", "apk", "linux-lts", "6.6.13-r0", true},
        {"6.7.4-arch1-1", "alpm", "linux", "6.7.4.arch1-1", false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_component both[2] = {0};
        const char *source = strcmp(cases[i].type, "rpm") == 0 ? "kernel" : "linux-lts";
        source = strcmp(cases[i].type, "apk") == 0 || strcmp(cases[i].type, "rpm") == 0 ? source
                                                                                        : "linux";
        for (size_t k = 0; k < 2; k++) {
            /* The second is the one of the table that runs, so that the running one is known. */
            size_t row = i;
            while (k == 1 && cases[row].is_idle) {
                row--;
            }
            both[k] = (struct pl_component){.type = pl_str_from(cases[row].type),
                                            .name = pl_str_from(cases[row].name),
                                            .version = pl_str_from(cases[row].version),
                                            .source_name = pl_str_from(source)};
        }
        struct pl_finding finding = {.component = &both[0]};
        struct pl_components components = {.items = both, .count = 2};
        struct pl_findings findings = {.items = &finding, .count = 1};
        struct pl_kernel_place host = {.running = pl_str_from(cases[i].release)};
        pl_kernel_set_apart(&host, &components, &findings);
        assert_int_equal(finding.apart, cases[i].is_idle ? PL_APART_NOT_RUNNING : PL_APART_NOT);
    }
}

/* A machine whose kernel came from elsewhere: nobody knows which of its own would be booted. */
static void test_kernel__no_package_of_the_running_one(void **state)
{
    struct pl_kernel_place host = {.running = PL_STR("6.18.44-elsewhere")};
    assert_false(is_apart(&host, "deb", "linux", "linux-image-6.1.0-17-amd64", "6.1.69-1"));
    assert_true(is_apart(&host, "deb", "linux", "linux-libc-dev", "6.1.69-1"));
}

int pl_test_kernel(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel__headers_run_nowhere),
        cmocka_unit_test(test_kernel__kernels_do_not_run_in_containers),
        cmocka_unit_test(test_kernel__programs_of_its_source_run),
        cmocka_unit_test(test_kernel__the_running_one_counts),
        cmocka_unit_test(test_kernel__no_package_of_the_running_one),
    };
    return cmocka_run_group_tests_name("detect/kernel", tests, NULL, NULL);
}
