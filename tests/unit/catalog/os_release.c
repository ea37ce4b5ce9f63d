/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include "format/json.h"
#include "inspect.h"
#include <dirent.h>
#include <limits.h>

extern const struct pl_cataloger pl_cataloger_os_release;

static struct pl_os read_text(struct pl_arena *arena, const char *path, const char *text)
{
    return inspect_content(arena, &pl_cataloger_os_release, path, pl_str_from(text), NULL)->os;
}

/* The quoting rules of os-release(5) and of the shell that it refers to. */
static void test_os_release__quoting(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_os os = read_text(&arena, "etc/os-release",
                                "# ID=comment\n"
                                "ID='Debian'\r\n"
                                "NAME=\"a \\\"b\\\" \\$c \\x\"\n"
                                "VERSION='it'\\''s'\n"
                                "  PRETTY_NAME=a\"b c\"d\n"
                                "VERSION_ID=1\n"
                                "VERSION_ID=12 # tail\n"
                                "BUILD_ID=\"unclosed\n"
                                "no assignment\n");
    pl_assert_str(os.id, "debian");
    pl_assert_str(os.name, "a \"b\" $c \\x");
    pl_assert_str(os.version, "it's");
    pl_assert_str(os.pretty_name, "ab cd");
    pl_assert_str(os.version_id, "12");
    pl_assert_str(os.build_id, "unclosed");
}

static void test_os_release__older_files(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_os os = read_text(&arena, "etc/debian_version", "trixie/sid\n");
    pl_assert_str(os.version_codename, "trixie");
    assert_int_equal(os.version_id.len, 0);
    os = read_text(&arena, "etc/redhat-release",
                   "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n");
    pl_assert_str(os.id, "rhel");
    pl_assert_str(os.version_id, "6.10");
    os = read_text(&arena, "etc/alpine-release", "3.18.4\n");
    pl_assert_str(os.version_id, "3.18.4");
    os = read_text(&arena, "etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n");
    pl_assert_str(os.id, "ubuntu");
    pl_assert_str(os.version_id, "22.04");
}

static void test_os_release__every_prefix(void **state)
{
    pl_str text = PL_STR("ID=\"de\\bian\"\nNAME='a'\\''b'\nVERSION_ID=1\\\n#\n");
    inspect_prefixes(&pl_cataloger_os_release, "etc/os-release", text, 1);
    inspect_prefixes(&pl_cataloger_os_release, "etc/debian_version", text, 1);
    inspect_prefixes(&pl_cataloger_os_release, "etc/redhat-release",
                     PL_STR("CentOS Stream release 9\n"), 1);
}

/* Each field of struct pl_os, and nothing that the case does not state. */
static bool is_expected(const char *name, const struct pl_os *os, const json_t *wanted)
{
    const struct {
        const char *key;
        pl_str got;
    } fields[] = {
        {"id", os->id},
        {"version_id", os->version_id},
        {"name", os->name},
        {"version", os->version},
        {"pretty_name", os->pretty_name},
        {"version_codename", os->version_codename},
        {"id_like", os->id_like},
        {"cpe_name", os->cpe_name},
        {"variant_id", os->variant_id},
        {"build_id", os->build_id},
    };
    bool same = true;
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        pl_str expected = pl_json_str(wanted, fields[i].key);
        if (!pl_str_eq(fields[i].got, expected)) {
            print_error("# %s: %s is \"" PL_STR_FMT "\", not \"" PL_STR_FMT "\"\n", name,
                        fields[i].key, PL_STR_ARG(fields[i].got), PL_STR_ARG(expected));
            same = false;
        }
    }
    return same;
}

static bool check_case(const char *corpus, const char *name)
{
    struct pl_arena arena pl_autoarena = {0};
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/os-release/%s/expected.json", corpus, name);
    json_t *expected = json_load_file(path, 0, NULL);
    assert_non_null(expected);
    const char *input = json_string_value(json_array_get(json_object_get(expected, "input"), 0));
    assert_non_null(input);
    snprintf(path, sizeof(path), "%s/os-release/%s/%s", corpus, name, input);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
    assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
    const char *inside = input + strlen("in/rootfs/");
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_os_release, inside, pl_buf_str(&content), NULL);
    inspect_prefixes(&pl_cataloger_os_release, inside, pl_buf_str(&content), 7);
    bool same = is_expected(name, &found->os, json_object_get(expected, "os"));
    json_decref(expected);
    return same;
}

static void test_os_release__corpus(void **state)
{
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/os-release", corpus ? corpus : "");
    DIR *dir = corpus ? opendir(path) : NULL;
    if (!dir) {
        print_message("# no cases below PL_TEST_CORPUS/os-release\n");
        skip();
    }
    int count = 0;
    int failed = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            failed += check_case(corpus, entry->d_name) ? 0 : 1;
            count++;
        }
    }
    closedir(dir);
    print_message("# %d cases\n", count);
    assert_int_equal(failed, 0);
}

int pl_test_os_release(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_os_release__quoting),
        cmocka_unit_test(test_os_release__older_files),
        cmocka_unit_test(test_os_release__every_prefix),
        cmocka_unit_test(test_os_release__corpus),
    };
    return cmocka_run_group_tests_name("catalog/os_release", tests, NULL, NULL);
}
