/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of tests/data/program are made by make.py there, which lays them out after the formats'
 * specifications; readelf, file and `go version -m` read them alike. The corpus has what real
 * compilers make.
 */
#include "base/io.h"
#include "catalog/program/signature.h"
#include "inspect.h"

extern const struct pl_cataloger pl_cataloger_executable;

static pl_str read_data(struct pl_arena *arena, const char *name)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
    char path[4096];
    snprintf(path, sizeof(path), "%s/program/%s", pl_test_dir("PL_TEST_DATA"), name);
    assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
    return pl_arena_dup(arena, pl_buf_str(&content));
}

static struct pl_evidence_file *inspect_data(struct pl_arena *arena, const char *name)
{
    return inspect_content(arena, &pl_cataloger_executable, name, read_data(arena, name), NULL);
}

static void assert_component(const struct pl_evidence_file *found, size_t index, const char *type,
                             const char *name, const char *version)
{
    assert_true(index < found->components.count);
    pl_assert_str(found->components.items[index].type, type);
    pl_assert_str(found->components.items[index].name, name);
    pl_assert_str(found->components.items[index].version, version);
}

static void test_executable__go(void **state)
{
    static const char *const names[] = {"go-replaced.elf", "go.exe", "go-fat.macho"};
    static const char *const systems[] = {NULL, "goos=windows", "goos=darwin"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file *found = inspect_data(&arena, names[i]);
        assert_component(found, 0, "golang", "stdlib", "1.22.1");
        assert_component(found, 1, "golang", "github.com/d/e", "v1.2.4");
        assert_component(found, 2, "golang", "example.org/a", "v1.0.1");
        assert_int_equal(found->components.count, i == 0 ? 4 : 3);
        for (size_t k = 0; k < found->components.count; k++) {
            const struct pl_strs *qualifiers = &found->components.items[k].qualifiers;
            assert_int_equal(qualifiers->count, systems[i] ? 1 : 0);
            assert_true(!systems[i] || pl_str_eq(qualifiers->items[0], pl_str_from(systems[i])));
        }
        assert_int_equal(found->gaps.count, 0);
    }
}

static void test_executable__a_library_that_is_linked_in(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_data(&arena, "go-replaced.elf");
    assert_component(found, 3, "binary", "zlib", "1.2.11");
    const struct pl_component *zlib = &found->components.items[3];
    pl_assert_str(zlib->basis, "\"inflate 1.2.11 Copyright 1995-2017 Mark Adler\" in .rodata");
    pl_assert_str(zlib->cpes.items[0], "cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*");
    assert_in_range(zlib->confidence, 1, 99);
}

/* Kubernetes' own builds: the version is in no build information, but in what the linker laid down
 * (as in kubectl 1.27 to 1.32 of Google's Cloud SDK). Two of them tell nothing. */
static void test_executable__program_of_kubernetes(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_data(&arena, "kubelet.elf");
    assert_int_equal(found->components.count, 3);
    assert_component(found, 0, "golang", "stdlib", "1.22.1");
    assert_component(found, 1, "golang", "k8s.io/kubernetes", "v1.27.1-gke.1700");
    assert_component(found, 2, "k8s", "k8s.io/kubelet", "1.27.1-gke.1700");
    pl_assert_str(found->components.items[2].basis, "\"v1.27.1-gke.1700\" in .rodata");
    assert_in_range(found->components.items[2].confidence, 1, 99);
    found = inspect_data(&arena, "kubelet-of-two.elf");
    assert_int_equal(found->components.count, 2);
    assert_component(found, 1, "golang", "k8s.io/kubernetes", "v0.0.0-20240102030405-0123456789ab");
    assert_int_equal(found->gaps.count, 1);
}

static void test_executable__rust_without_what_ran_at_build_time(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_data(&arena, "rust-big-endian-32.elf");
    assert_int_equal(found->components.count, 2);
    assert_component(found, 0, "cargo", "a", "1.0.0");
    pl_assert_str(found->components.items[0].depends.items[0], "b@2.0.0");
    assert_component(found, 1, "cargo", "b", "2.0.0");
    assert_int_equal(found->components.items[1].relation, PL_RELATION_DIRECT);
}

static void test_executable__package_note_module_and_version_resource(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    assert_component(inspect_data(&arena, "note-package.elf"), 0, "binary", "hello", "1-1");
    struct pl_evidence_file *module = inspect_data(&arena, "module.ko");
    assert_component(module, 0, "kernel", "x", "6.1.0");
    pl_assert_str(module->components.items[0].licenses.items[0], "GPL");
    struct pl_evidence_file *dll = inspect_data(&arena, "version.dll");
    assert_component(dll, 0, "binary", "Tool", "1.2.3");
    pl_assert_str(dll->components.items[0].vendor, "Ex\xc3\xa4mple Inc.");
}

static void test_executable__extensions_of_php(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_data(&arena, "php-redis.so");
    assert_component(found, 0, "binary", "php-redis", "5.3.7");
    assert_int_equal(found->components.items[0].cpes.count, 0);
    /* What PHP brings along is PHP. */
    found = inspect_data(&arena, "php-simplexml.so");
    assert_component(found, 0, "binary", "php", "8.2.32");
    pl_assert_str(found->components.items[0].cpes.items[0],
                  "cpe:2.3:a:php:php:8.2.32:*:*:*:*:*:*:*");
    found = inspect_content(&arena, &pl_cataloger_executable, "libredis.so",
                            read_data(&arena, "php-redis.so"), NULL);
    assert_int_equal(found->components.count, 0);
}

static void assert_gaps(const char *path, pl_str content, size_t gaps)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_executable, path, content, NULL);
    assert_int_equal(found->components.count, 0);
    assert_int_equal(found->gaps.count, gaps);
}

static void test_executable__what_only_begins_as_a_program_is_no_gap(void **state)
{
    char dos[256] = "MZ";
    assert_gaps("a.exe", pl_str_make(dos, sizeof(dos)), 0);
    assert_gaps("A.class", pl_str_make("\xca\xfe\xba\xbe\0\0\0\x34\0\0\0\0", 12), 0);
    assert_gaps("note", PL_STR("MZ is how DOS programs begin"), 0);
}

static void test_executable__damaged_and_packed_is_a_gap(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str program = read_data(&arena, "go-replaced.elf");
    assert_gaps("short", pl_str_sub(program, 0, 40), 1);
    /* Program headers at 64, of which there are none, no sections, and the packer's mark. */
    char packed[256] = {0};
    memcpy(packed, program.ptr, 64);
    memset(packed + 40, 0, 8);
    memcpy(packed + 100, "UPX!", 4);
    assert_gaps("packed", pl_str_make(packed, sizeof(packed)), 1);
}

static void test_executable__prefixes(void **state)
{
    static const char *const names[] = {
        "go-replaced.elf", "rust-big-endian-32.elf", "note-package.elf", "version.dll", "go.exe",
        "module.ko",       "php-redis.so",           "php-simplexml.so"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        struct pl_arena arena pl_autoarena = {0};
        inspect_prefixes(&pl_cataloger_executable, names[i], read_data(&arena, names[i]), 1);
    }
}

static void assert_seen(const char *text, pl_str bytes, const char *version)
{
    const struct pl_signature signature = {"x", NULL, NULL, text, NULL, 50};
    struct pl_signature_hit hit = {0};
    bool is_seen = pl_signature_search(&signature, pl_str_span(bytes), &hit);
    assert_int_equal(is_seen, version != NULL);
    if (version) {
        pl_assert_str(hit.version, version);
    }
}

static void test_executable__texts_of_signatures(void **state)
{
    assert_seen("nginx/{n}", PL_STR("x nginx/ nginx/1.25.1-rc1"), "1.25.1");
    assert_seen("OpenSSL {v} {d} {w} 2", PL_STR("OpenSSL 1.1.1w  OpenSSL 1.1.1w 11 Sep 2023"),
                "1.1.1w");
    assert_seen("{0}{n}{z}Erlang",
                PL_STR("x1.0\0Erlang\0"
                       "25.2\0\0\0Erlang"),
                "25.2");
    assert_seen("{0}{n:3.}{0}",
                PL_STR("\0"
                       "2.1\0"
                       "3.40.1\0"),
                "3.40.1");
    assert_seen("{n:3.}{0}", PL_STR("13.40.1\0^3.1\0:3.2\0"), "3.2");
    assert_seen("a{?}{0}{n}", PL_STR("a\0b\0001.2"), "1.2");
    assert_seen("a{*}b {n}{0}", PL_STR("a b 1.1 b 1.2\0"), "1.2");
    assert_seen("{t:3.}{0}",
                PL_STR("3.2\0"
                       "3.4.5\0"),
                "3.4.5");
    assert_seen("OpenSSH_{p}", PL_STR("OpenSSH_9.2 OpenSSH_9.2p1 Debian"), "9.2p1");
    assert_seen("{k:2}{0}",
                PL_STR("120914\0"
                       "20914\0"),
                "20914");
    assert_seen("{k:2}{0}", PL_STR("224000\0"), NULL);
    assert_seen("{0}{v:3.##.}{0}",
                PL_STR("\0"
                       "3.2.0\0"
                       "3.11.2\0"),
                "3.11.2");
    assert_seen("v{n:###.}-", PL_STR("v99.1- v156.0.8078.79-"), "156.0.8078.79");
    /* The start of a section is as good as a NUL, at the start of a text. */
    assert_seen("{0}{n:5.}{0}", PL_STR("5.4.1\0"), "5.4.1");
    assert_seen("a{0}{n}", PL_STR("a1.2"), NULL);
    /* The last of several versions is the one. */
    assert_seen("java{0}{n}{0}{v}{0}",
                PL_STR("java\0"
                       "0.0\0"
                       "17.0.1+1\0"),
                "17.0.1+1");
    assert_seen("C Library ({*} version {m}", PL_STR("C Library (A\n) version 2.36."), "2.36");
    assert_seen("C Library ({*} version {m}", PL_STR("C Library (A\0) version 2.36."), NULL);
    assert_seen("{0}{n}{?}RELEASE",
                PL_STR("\0"
                       "1.30.1\1\2\3RELEASE"),
                "1.30.1");
    assert_seen("a {n}", PL_STR("a 1"), NULL);
    assert_seen("a {m}", PL_STR("a 15beta4,"), "15beta4");
}

int pl_test_executable(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_executable__go),
        cmocka_unit_test(test_executable__a_library_that_is_linked_in),
        cmocka_unit_test(test_executable__program_of_kubernetes),
        cmocka_unit_test(test_executable__rust_without_what_ran_at_build_time),
        cmocka_unit_test(test_executable__package_note_module_and_version_resource),
        cmocka_unit_test(test_executable__extensions_of_php),
        cmocka_unit_test(test_executable__what_only_begins_as_a_program_is_no_gap),
        cmocka_unit_test(test_executable__damaged_and_packed_is_a_gap),
        cmocka_unit_test(test_executable__prefixes),
        cmocka_unit_test(test_executable__texts_of_signatures),
    };
    return cmocka_run_group_tests_name("catalog/executable", tests, NULL, NULL);
}
