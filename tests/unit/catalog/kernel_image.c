/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include "inspect.h"

extern const struct pl_cataloger pl_cataloger_kernel_image;

static void assert_kernel(const char *path, pl_str content, const char *name, const char *version)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_kernel_image, path, content, NULL);
    assert_int_equal(found->components.count, version ? 1 : 0);
    assert_int_equal(found->gaps.count, version ? 0 : 1);
    if (version) {
        pl_assert_str(found->components.items[0].type, "kernel");
        pl_assert_str(found->components.items[0].name, name);
        pl_assert_str(found->components.items[0].version, version);
    }
}

/* Documentation/arch/x86/boot.rst of Linux: kernel_version is at 0x20e, less 0x200. */
static void test_kernel_image__boot_header(void **state)
{
    char image[1024] = "MZ";
    memcpy(image + 0x202, "HdrS", 4);
    image[0x20e] = 0x40;
    memcpy(image + 0x240, "6.1.0-18-amd64 (a@b) #1 SMP", 27);
    assert_kernel("boot/vmlinuz-6.1.0-18-amd64", pl_str_make(image, sizeof(image)), "linux",
                  "6.1.0-18-amd64");
    image[0x20e] = 0x7f;
    image[0x20f] = 0x7f;
    assert_kernel("boot/vmlinuz-6.1.0-18-amd64", pl_str_make(image, sizeof(image)), "linux", NULL);
}

static void test_kernel_image__banner(void **state)
{
    assert_kernel("usr/lib/modules/6.1/vmlinuz",
                  PL_STR("\0\0\0\0Linux version 6.1.0-18-arm64 (x) #1\n"), "linux",
                  "6.1.0-18-arm64");
    assert_kernel("usr/lib/modules/6.1/vmlinuz", PL_STR("nothing of the kind"), "linux", NULL);
}

static void test_kernel_image__module(void **state)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
    char path[4096];
    snprintf(path, sizeof(path), "%s/program/module.ko.xz", pl_test_dir("PL_TEST_DATA"));
    assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
    pl_str module = pl_buf_str(&content);
    assert_kernel("lib/x.ko.xz", module, "x", "6.1.0");
    assert_kernel("lib/x.ko.xz", pl_str_sub(module, 0, module.len - 1), "x", NULL);
    inspect_prefixes(&pl_cataloger_kernel_image, "lib/x.ko.xz", module, 1);
}

int pl_test_kernel_image(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel_image__boot_header),
        cmocka_unit_test(test_kernel_image__banner),
        cmocka_unit_test(test_kernel_image__module),
    };
    return cmocka_run_group_tests_name("catalog/kernel_image", tests, NULL, NULL);
}
