/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include "inspect.h"

extern const struct pl_cataloger pl_cataloger_dpkg;
extern const struct pl_cataloger pl_cataloger_dpkg_copyright;

#define STATUS_PATH "var/lib/dpkg/status"

static void assert_values(const struct pl_strs *got, const char *const *wanted)
{
    size_t count = 0;
    for (; wanted[count]; count++) {
        assert_true(count < got->count);
        pl_assert_str(got->items[count], wanted[count]);
    }
    assert_int_equal(got->count, count);
}

/* dpkg(1), "Package states": from "unpacked" on the files are on disk. */
static void test_dpkg__states(void **state)
{
    static const struct {
        const char *status;
        bool is_present;
        bool is_gap;
    } cases[] = {
        {"install ok installed", true, false},
        {"hold ok installed", true, false},
        {"deinstall ok installed", true, false},
        {"install ok unpacked", true, false},
        {"install reinstreq half-configured", true, false},
        {"install ok triggers-awaited", true, false},
        {"install ok triggers-pending", true, false},
        {"install reinstreq half-installed", false, true},
        {"deinstall ok config-files", false, false},
        {"purge ok not-installed", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_str text =
            pl_arena_format(&arena, "Package: a\nStatus: %s\nVersion: 1\n", cases[i].status);
        struct pl_evidence_file *found =
            inspect_content(&arena, &pl_cataloger_dpkg, STATUS_PATH, text, NULL);
        if (found->components.count != cases[i].is_present ||
            found->gaps.count != cases[i].is_gap) {
            fail_msg("%s", cases[i].status);
        }
    }
}

static void test_dpkg__source_and_maintainer(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_dpkg, STATUS_PATH,
                        PL_STR("Package: libgcc1\nStatus: install ok installed\n"
                               "source: gcc-5 (5.1.1-12)\nVersion: 1:5.1.1-12\n"
                               "Maintainer: Some One <one@example.org>\nArchitecture: amd64\n"
                               "Description: short\n long\n .\n Version: 9\n\n \n"
                               "Package: tar\nStatus: install ok installed\nVersion: 2\n\n"
                               "Package: z\nStatus: install ok installed\n"),
                        NULL);
    assert_int_equal(found->components.count, 2);
    pl_assert_str(found->components.items[0].source_name, "gcc-5");
    pl_assert_str(found->components.items[0].source_version, "5.1.1-12");
    pl_assert_str(found->components.items[0].version, "1:5.1.1-12");
    pl_assert_str(found->components.items[0].vendor, "Some One <one@example.org>");
    pl_assert_str(found->components.items[1].source_name, "tar");
    pl_assert_str(found->components.items[1].source_version, "2");
    assert_int_equal(found->gaps.count, 1); /* installed without a version */
}

/* dpkg-query reads the same file; it must see the packages that are here as we do, and the others
 * in a state from which nothing is reported. */
static void test_dpkg__agrees_with_dpkg_query(void **state)
{
    static const char status[] =
        "Package: a\nStatus: install ok installed\nMaintainer: M <m@example.org>\n"
        "Architecture: amd64\nSource: src-a (1:2-3)\nVersion: 2:1-1\nDescription: x\n y\n\n"
        "Package: b\nStatus: hold ok unpacked\nMaintainer: M <m@example.org>\n"
        "Architecture: all\nVersion: 1.0~rc1-1+b1\nDescription: x\n\n"
        "Package: c\nStatus: deinstall ok config-files\nMaintainer: M <m@example.org>\n"
        "Architecture: amd64\nVersion: 3\nConfig-Version: 3\nDescription: x\n\n"
        "Package: d\nStatus: install ok half-configured\nMaintainer: M <m@example.org>\n"
        "Architecture: amd64\nSource: src-d\nVersion: 4\nDescription: x\n\n";
    struct pl_arena arena pl_autoarena = {0};
    if (system("command -v dpkg-query >/dev/null") != 0) {
        print_message("# dpkg-query is not installed\n");
        skip();
    }
    char dir[] = "/tmp/pl-test-dpkg-XXXXXX";
    char path[64];
    char command[512];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/status", dir);
    assert_int_equal(pl_io_replace_file(path, pl_str_from(status), NULL), PL_OK);
    snprintf(command, sizeof(command),
             "dpkg-query --admindir=%s -W -f='${db:Status-Status} ${Package} ${Version} "
             "${source:Package} ${source:Version}\\n' 2>/dev/null; rm -r %s",
             dir, dir);
    FILE *out = popen(command, "r");
    assert_non_null(out);

    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_dpkg, STATUS_PATH, pl_str_from(status), NULL);
    char line[256];
    size_t next = 0;
    while (fgets(line, sizeof(line), out)) {
        pl_str package = PL_STR_EMPTY;
        pl_str state_word = PL_STR_EMPTY;
        pl_str_cut(pl_str_trim(pl_str_from(line)), ' ', &state_word, &package);
        if (pl_str_eq(state_word, PL_STR("config-files"))) {
            continue;
        }
        assert_true(next < found->components.count);
        const struct pl_component *it = &found->components.items[next++];
        pl_str ours = pl_arena_format(
            &arena, PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(it->name),
            PL_STR_ARG(it->version), PL_STR_ARG(it->source_name), PL_STR_ARG(it->source_version));
        assert_true(pl_str_eq(ours, package));
    }
    assert_int_equal(pclose(out), 0);
    assert_int_equal(next, 3);
    assert_int_equal(found->components.count, 3);
}

static void test_dpkg__lists(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_dpkg, "var/lib/dpkg/info/libc6:amd64.list",
        PL_STR("/.\n/lib\n/lib/x86_64\n/lib/x86_64/libc.so.6\n/lib/x86_64-x\n/usr\n/usr/a b\n"),
        NULL);
    assert_int_equal(found->files.count, 1);
    pl_assert_str(found->files.items[0].type, "deb");
    pl_assert_str(found->files.items[0].name, "libc6");
    pl_assert_str(found->files.items[0].arch, "amd64");
    const char *const wanted[] = {"lib/x86_64/libc.so.6", "lib/x86_64-x", "usr/a b", NULL};
    assert_values(&found->files.items[0].values, wanted);
}

static void test_dpkg__status_directory(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_dpkg, "var/lib/dpkg/status.d/libssl1.1",
                        PL_STR("Package: libssl1.1\nVersion: 1.1\n"), NULL);
    assert_int_equal(found->components.count, 1);
    found = inspect_content(&arena, &pl_cataloger_dpkg, "var/lib/dpkg/status.d/libssl1.1.md5sums",
                            PL_STR("0cc175b9c0f1b6a831c399e269772661  usr/lib/libssl.so\n"
                                   "0cc175b9c0f1b6a831c399e269772661  ./etc/a b\n"),
                            NULL);
    pl_assert_str(found->files.items[0].name, "libssl1.1");
    const char *const wanted[] = {"usr/lib/libssl.so", "etc/a b", NULL};
    assert_values(&found->files.items[0].values, wanted);
    found = inspect_content(&arena, &pl_cataloger_dpkg, "var/lib/dpkg/status.d/x.preinst",
                            PL_STR("#!/bin/sh\nPackage: x\nVersion: 1\n"), NULL);
    assert_int_equal(found->components.count + found->gaps.count, 0);
    found = inspect_content(&arena, &pl_cataloger_dpkg, "var/lib/dpkg/status.d/x",
                            PL_STR("nothing"), NULL);
    assert_int_equal(found->gaps.count, 1);
}

static void test_dpkg__copyright(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_dpkg_copyright, "usr/share/doc/libx/copyright",
        PL_STR("\nFormat: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
               "License:\n various\n\nFiles: *\nLicense: GPL-2+ or Artistic\n"
               " See /usr/share/common-licenses/GPL-2.\n\nlicense: none\n\nLicense: MIT\r\n"
               "License: GPL-2+ or Artistic\n"),
        NULL);
    assert_int_equal(found->licenses.count, 1);
    pl_assert_str(found->licenses.items[0].name, "libx");
    const char *const wanted[] = {"GPL-2+ or Artistic", "MIT", "GPL-2", NULL};
    assert_values(&found->licenses.items[0].values, wanted);

    /* In free text a line that begins with "License:" is prose. */
    found = inspect_content(&arena, &pl_cataloger_dpkg_copyright, "usr/share/doc/liby/copyright",
                            PL_STR("Free.\n\nLicense: see below\n"
                                   "`/usr/share/common-licenses/LGPL-2.1', and\n"
                                   "/usr/share/common-licenses/GPL-3."),
                            NULL);
    const char *const referred[] = {"LGPL-2.1", "GPL-3", NULL};
    assert_values(&found->licenses.items[0].values, referred);
}

static void test_dpkg__prefixes(void **state)
{
    pl_str text = PL_STR("Package: a\nStatus: install ok installed\nVersion: 1\nSource: b (2)\n"
                         "Description: x\n y\n\nPackage: c\nStatus: install ok installed\n");
    inspect_prefixes(&pl_cataloger_dpkg, STATUS_PATH, text, 1);
    inspect_prefixes(&pl_cataloger_dpkg, "var/lib/dpkg/status.d/a.md5sums", text, 1);
    inspect_prefixes(&pl_cataloger_dpkg, "var/lib/dpkg/info/a.list",
                     PL_STR("/.\n/usr\n/usr/bin\n/usr/bin/x"), 1);
    inspect_prefixes(&pl_cataloger_dpkg_copyright, "usr/share/doc/a/copyright",
                     PL_STR("Format: x\nLicense: y\n /usr/share/common-licenses/GPL"), 1);
}

/* The budget of evidence bounds what a hostile list can make the process keep. */
static void test_dpkg__a_huge_list_ends_in_a_gap(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf list pl_autobuf = PL_BUF_INIT(64 << 20);
    for (size_t i = 0; i < 6000000; i++) {
        pl_buf_append(&list, PL_STR("/x\n"));
    }
    struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_dpkg, "var/lib/dpkg/info/a.list", pl_buf_str(&list), NULL);
    assert_int_equal(found->gaps.count, 1);
    assert_true(arena.used_bytes < 3 * PL_LIMIT_EVIDENCE_BYTES);
}

int pl_test_dpkg(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dpkg__states),
        cmocka_unit_test(test_dpkg__source_and_maintainer),
        cmocka_unit_test(test_dpkg__agrees_with_dpkg_query),
        cmocka_unit_test(test_dpkg__lists),
        cmocka_unit_test(test_dpkg__status_directory),
        cmocka_unit_test(test_dpkg__copyright),
        cmocka_unit_test(test_dpkg__prefixes),
        cmocka_unit_test(test_dpkg__a_huge_list_ends_in_a_gap),
    };
    return cmocka_run_group_tests_name("catalog/dpkg", tests, NULL, NULL);
}
