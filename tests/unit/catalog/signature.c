/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of program/classifiers.def and program/libraries.def, on what stands around the version
 * in programs and libraries as they were really built: in Debian's packages, in those of npm and
 * PyPI, and in programs that were linked with Debian's static archives. The version expected is the
 * one that the package has, or that the program prints.
 */
#include "base/buf.h"
#include "inspect.h"

extern const struct pl_cataloger pl_cataloger_executable;

static void put(struct pl_buf *buf, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        pl_buf_append_char(buf, (char)(i < sizeof(value) ? value >> (8 * i) : 0));
    }
}

static void put_section(struct pl_buf *buf, unsigned name, unsigned type, uint64_t offset,
                        uint64_t size)
{
    put(buf, name, 4);
    put(buf, type, 4);
    put(buf, 2, 8); /* SHF_ALLOC */
    put(buf, 0x1000 + offset, 8);
    put(buf, offset, 8);
    put(buf, size, 8);
    put(buf, 0, 8);
    put(buf, 1, 8);
    put(buf, 0, 8);
}

/* A little-endian ELF file of 64 bits with nothing but these constants. */
static pl_str make_elf(struct pl_arena *arena, pl_str constants)
{
    enum { HEADER_BYTES = 64, SECTION_BYTES = 64, SECTIONS = 3, MACHINE_X86_64 = 62, SHARED = 3 };
    static const char names[] = "\0.rodata\0.shstrtab";
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(1 << 20);
    uint64_t names_at = HEADER_BYTES + constants.len;
    pl_buf_append(&buf, pl_str_make("\x7f"
                                    "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
                                    16));
    put(&buf, SHARED, 2);
    put(&buf, MACHINE_X86_64, 2);
    put(&buf, 1, 4);
    put(&buf, 0, 16);
    put(&buf, names_at + sizeof(names), 8);
    put(&buf, 0, 4);
    put(&buf, HEADER_BYTES, 2);
    put(&buf, 56, 2);
    put(&buf, 0, 2);
    put(&buf, SECTION_BYTES, 2);
    put(&buf, SECTIONS, 2);
    put(&buf, SECTIONS - 1, 2);
    pl_buf_append(&buf, constants);
    pl_buf_append(&buf, pl_str_make(names, sizeof(names)));
    put(&buf, 0, SECTION_BYTES);
    put_section(&buf, 1, 1, HEADER_BYTES, constants.len);
    put_section(&buf, 9, 3, names_at, sizeof(names));
    return pl_arena_dup(arena, pl_buf_str(&buf));
}

static struct pl_evidence_file *inspect(struct pl_arena *arena, const char *path, pl_str constants)
{
    return inspect_content(arena, &pl_cataloger_executable, path, make_elf(arena, constants), NULL);
}

struct program {
    const char *path;
    pl_str constants;
    const char *name; /* NULL when nothing is to be seen */
    const char *version;
};

static void assert_programs(const struct program *programs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file *found = inspect(&arena, programs[i].path, programs[i].constants);
        assert_int_equal(found->gaps.count, 0);
        assert_int_equal(found->components.count, programs[i].name ? 1 : 0);
        if (programs[i].name) {
            pl_assert_str(found->components.items[0].name, programs[i].name);
            pl_assert_str(found->components.items[0].version, programs[i].version);
        }
    }
}

/* A string literal in which "\0" and a digit would be one octal escape is written in parts. */
#define N "\0"

static void test_signature__programs(void **state)
{
    static const struct program programs[] = {
        {"usr/bin/chromium", PL_STR_INIT(N "glic-actor" N "156.0.8078.79" N "chrome" N), "chrome",
         "156.0.8078.79"},
        {"usr/bin/deno",
         PL_STR_INIT("OTel-OTLP-Exporter-Deno/0.80.0grpc" N
                     "denover2.9.62.9.6+e518fbdDeno/2.9.6Deno/2.9.6+e518fbde518f"),
         "deno", "2.9.6"},
        {"usr/bin/x86_64-linux-gnu-gcc-10",
         PL_STR_INIT("gcc version %s %s" N "*link_command:\n%s\n\n" N "10.2.1" N "libgcc.a" N),
         "gcc", "10.2.1"},
        {"usr/bin/gpg-agent", PL_STR_INIT(N "@GPG_AGENT@ (@GNUPG@)" N "2.4.7" N "GNU/Linux" N),
         "gnupg", "2.4.7"},
        {"usr/lib/heimdal-servers/kdc", PL_STR_INIT("Server: Heimdal/7.8.0\r\nCache-Control"),
         "heimdal-krb5", "7.8.0"},
        {"usr/lib/jvm/java-11-openjdk-amd64/bin/java",
         PL_STR_INIT("openjdk" N "java" N "0.0" N "-J-ms8m" N N N N
                     "11.0.24+8-post-Debian-2deb11u1" N),
         "openjdk", "11.0.24+8-post-Debian-2deb11u1"},
        {"usr/sbin/mysqld", PL_STR_INIT("MySQL Server" N "MySQL 9.7.4" N), "mysql", "9.7.4"},
        {"usr/bin/mysql", PL_STR_INIT(N "SHOW PROCESSLIST" N "9.7.4" N "9.7.4.0" N "mysql_real" N),
         "mysql", "9.7.4"},
        {"usr/bin/openssl", PL_STR_INIT(N "OpenSSL 1.1.1w  11 Sep 2023" N), "openssl", "1.1.1w"},
        {"usr/bin/pg_dump", PL_STR_INIT(N "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)" N),
         "postgresql-client", "15.20"},
        {"usr/bin/python2.7",
         PL_STR_INIT("PYTHONPATH" N "3.2.0" N "ucd_3_2_0" N "2.7.18" N "Python %s\n"), "python",
         "2.7.18"},
        {"usr/bin/python3.11",
         PL_STR_INIT("PYTHONPATH" N "3.2.0" N "ucd_3_2_0" N "3.11.2" N "strict" N), "python",
         "3.11.2"},
        {"usr/bin/redis-check-rdb",
         PL_STR_INIT("Redis" N "2.1.0" N "keyspace" N "8.0.2" N "14.2.0" N "c11-builtin" N),
         "redis", "8.0.2"},
        {"usr/bin/redis-cli", PL_STR_INIT("Invalid URI scheme\n" N "8.0.2" N " (git:%s" N), "redis",
         "8.0.2"},
        {"usr/lib/libruby-3.1.so.3.1.2",
         PL_STR_INIT("ruby 3.1.2p20 (2022-04-12 revision 4491bb740a)"), "ruby", "3.1.2"},
        {"usr/lib/libruby-3.3.so.3.3.8", PL_STR_INIT("ruby 3.3.8 (2025-04-09 revision b200bad6cd)"),
         "ruby", "3.3.8"},
        {"usr/bin/stack", PL_STR_INIT(N "stack-2.15.7-KQ7W5MnYZbDKtf0p3ESnf3:Stack.CLI" N), "stack",
         "2.15.7"},
        {"usr/bin/tor", PL_STR_INIT("by Tor 0.1.2.17 and later" N " (on Tor 0.4.9.11 )" N), "tor",
         "0.4.9.11"},
        {"usr/bin/valkey-check-aof", PL_STR_INIT("Valkey" N "3.2.0" N "ga" N "8.1.1" N "7.2.4" N),
         "valkey", "8.1.1"},
        {"usr/bin/wget", PL_STR_INIT("GNU Wget" N "1.25.0" N "\xe2\x80\x99"), "wget", "1.25.0"},
        {"lib/ld-musl-x86_64.so.1", PL_STR_INIT("Dynamic Program Loader" N "1.2.3" N), "musl",
         "1.2.3"},
        {"bin/scanner", PL_STR_INIT("Dynamic Program Loader" N "1.2.3" N), NULL, NULL},
        {"usr/lib/liblzma.so.5", PL_STR_INIT("5.4.1" N "lzma_code"), "xz", "5.4.1"},
    };
    assert_programs(programs, PL_ARRAY_LEN(programs));
}

static void test_signature__libraries(void **state)
{
    static const struct program programs[] = {
        {"a", PL_STR_INIT(N "N4absl12lts_2022062313base_internal" N), "abseil", "20220623"},
        {"a",
         PL_STR_INIT("BDB2021 unable to initialize mutex" N
                     "Berkeley DB 5.3.28: (September  9, 2013)"),
         "berkeley-db", "5.3.28"},
        /* A program that prints what its header says. */
        {"exim4", PL_STR_INIT("Berkeley DB 5.3.28: (September  9, 2013)"), NULL, NULL},
        {"a", PL_STR_INIT("FFmpeg version n9.0.2-17-g2a571b6068-20260930"), "ffmpeg", "9.0.2"},
        {"a", PL_STR_INIT("FFmpeg version N-47683-g0e8eb07980-static"), NULL, NULL},
        {"a", PL_STR_INIT("ICU_TIMEZONE_FILES_DIR" N "icudt72l" N), "icu", "72"},
        {"a", PL_STR_INIT("%s: %d events finalizing" N "2.1.12-stable" N), "libevent", "2.1.12"},
        {"a", PL_STR_INIT("program compiled against libxml %d" N "224000" N "20914" N), "libxml2",
         "2.9.14"},
        {"a", PL_STR_INIT("xsltApplyStylesheet: forbidden to save to %s\n" N "10135" N), "libxslt",
         "1.1.35"},
        {"a", PL_STR_INIT("src/unix/async.c" N "%p\n" N "1.52.1" N "src/unix/async.c" N), "libuv",
         "1.52.1"},
        {"a", PL_STR_INIT(N "0.2.5" N "api.c" N "parser" N "!parser->read_handler" N), "libyaml",
         "0.2.5"},
        {"a", PL_STR_INIT(N "openssl-version" N "3.0.22" N "provider-name" N), "openssl", "3.0.22"},
        {"a", PL_STR_INIT("OPENSSLDIR: " N "OpenSSL 1.1.1w  11 Sep 2023" N), "openssl", "1.1.1w"},
        {"a", PL_STR_INIT("QuickJS memory usage -- BigNum 2021-03-27 version, %d-bit"), "quickjs",
         "2021-03-27"},
        {"a", PL_STR_INIT("cipher_default_kdf_iter" N "community" N "4.12.0" N), "sqlcipher",
         "4.12.0"},
        {"a",
         PL_STR_INIT("unable to open a temporary database file for storing temporary tables" N
                     "^3.15.0" N N "3.8.0" N N "\1"
                     "3.53.4" N N),
         "sqlite", "3.53.4"},
        {"a", PL_STR_INIT("HEVC encoder version %s" N "3.5+1-f0c1022b6" N), "x265", "3.5"},
        {"a",
         PL_STR_INIT("Unsupported frame parameter" N "Source buffer is wrong" N "Error (generic)" N
                     "1.5.7" N),
         "zstd", "1.5.7"},
    };
    assert_programs(programs, PL_ARRAY_LEN(programs));
}

/* What scanners and their tests look like. */
static void test_signature__a_list_of_texts_speaks_of_no_library(void **state)
{
    static const char list[] = "SSH-2.0-libssh_0.10.6" N "SSH-2.0-libssh2_1.10.0" N
                               "KRB5_BRAND: krb5-1.20.1-final 1.20.1" N "This is Libgcrypt 1.10.1" N
                               "This is Libksba 1.6.3" N "libpcap version 1.10.3" N
                               "GDBM version 1.23. 04/02/2022" N "(GNU FriBidi) 1.0.8" N;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect(&arena, "a", pl_str_make(list, sizeof(list)));
    assert_int_equal(found->components.count, 0);
    assert_int_equal(found->gaps.count, 0);
    /* The same, in a program that is large enough to have them all. */
    struct pl_buf apart pl_autobuf = PL_BUF_INIT(1 << 20);
    for (pl_str rest = pl_str_make(list, sizeof(list)), text = PL_STR_EMPTY;
         pl_str_next_piece(&rest, '\0', &text);) {
        pl_buf_append(&apart, text);
        put(&apart, 0, 1000);
    }
    found = inspect(&arena, "a", pl_buf_str(&apart));
    assert_int_equal(found->components.count, 8);
}

static void test_signature__cpes(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found =
        inspect(&arena, "bin/beam.smp", PL_STR("/build/erlang-25.2.3/erts"));
    pl_assert_str(found->components.items[0].cpes.items[0],
                  "cpe:2.3:a:erlang:erlang\\/otp:25.2.3:*:*:*:*:*:*:*");
    found = inspect(&arena, "usr/sbin/sshd", PL_STR("OpenSSH_9.2p1 Debian-2+deb12u10"));
    pl_assert_str(found->components.items[0].cpes.items[0],
                  "cpe:2.3:a:openbsd:openssh:9.2:p1:*:*:*:*:*:*");
}

int pl_test_signature(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature__programs),
        cmocka_unit_test(test_signature__libraries),
        cmocka_unit_test(test_signature__a_list_of_texts_speaks_of_no_library),
        cmocka_unit_test(test_signature__cpes),
    };
    return cmocka_run_group_tests_name("catalog/signature", tests, NULL, NULL);
}
