/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ecosystem strings against those that the OSV schema and OSV's exports use; ends of life of Debian
 * and Ubuntu against Debian's distro-info-data where it is installed.
 */
#include "model/os.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/io.h"
#include "unit/arena.h"

enum { CSV_CEILING = 1 << 20, MOST_COLUMNS = 12 };

static void check(struct pl_os os, const char *wanted)
{
    struct pl_strs got = pl_os_ecosystems(&arena, &os);
    pl_str joined = PL_STR_EMPTY;
    for (size_t i = 0; i < got.count; i++) {
        joined = pl_arena_format(&arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(joined),
                                 i > 0 ? "|" : "", PL_STR_ARG(got.items[i]));
    }
    pl_assert_str(joined, wanted);
}

#define OS(id_, version_) .id = PL_STR(id_), .version_id = PL_STR(version_)

static void test_os__ecosystems(void **state)
{
    check((struct pl_os){OS("debian", "12")}, "Debian:12");
    check((struct pl_os){OS("debian", "9.8")}, "Debian:9");
    check((struct pl_os){.id = PL_STR("debian"), .version_codename = PL_STR("trixie")},
          "Debian:13");
    check((struct pl_os){OS("ubuntu", "22.04")}, "Ubuntu:22.04:LTS");
    check((struct pl_os){OS("ubuntu", "24.10")}, "Ubuntu:24.10");
    check((struct pl_os){OS("ubuntu", "21.04")}, "Ubuntu:21.04");
    check((struct pl_os){OS("alpine", "3.18.4")}, "Alpine:v3.18");
    check((struct pl_os){OS("alpine", "3.22.0_alpha20250108")}, "");
    check((struct pl_os){.id = PL_STR("alpine"), .pretty_name = PL_STR("Alpine Linux v3.15")},
          "Alpine:v3.15");
    check((struct pl_os){OS("almalinux", "9.4")}, "AlmaLinux:9");
    check((struct pl_os){OS("alma", "8.4")}, "AlmaLinux:8");
    check((struct pl_os){OS("rocky", "9.3")}, "Rocky Linux:9");
    check((struct pl_os){OS("rhel", "9.4"), .cpe_name = PL_STR("cpe:/o:redhat:enterprise_linux:"
                                                               "9::baseos")},
          "Red Hat:enterprise_linux:9::baseos|Red Hat:enterprise_linux:9::appstream|"
          "Red Hat:enterprise_linux:9::crb|Red Hat:enterprise_linux:9");
    check((struct pl_os){OS("sles", "15.3"),
                         .pretty_name = PL_STR("SUSE Linux Enterprise Server 15 SP3")},
          "SUSE:Linux Enterprise Server 15 SP3|"
          "SUSE:Linux Enterprise Module for Basesystem 15 SP3|"
          "SUSE:Linux Enterprise Module for Containers 15 SP3|"
          "SUSE:Linux Enterprise Module for Desktop Applications 15 SP3|"
          "SUSE:Linux Enterprise Module for Development Tools 15 SP3|"
          "SUSE:Linux Enterprise Module for Legacy 15 SP3|"
          "SUSE:Linux Enterprise Module for Public Cloud 15 SP3|"
          "SUSE:Linux Enterprise Module for Python 3 15 SP3|"
          "SUSE:Linux Enterprise Module for SAP Applications 15 SP3|"
          "SUSE:Linux Enterprise Module for Server Applications 15 SP3|"
          "SUSE:Linux Enterprise Module for Web and Scripting 15 SP3|SUSE:Package Hub 15 SP3");
    /* What a registered server has in /etc/products.d. */
    check((struct pl_os){OS("sles", "12.5"),
                         .products = PL_STR("sles:12.5 sles-ltss:12.5 sle-sdk:12.5 packagehub:12.5 "
                                            "sle-module-toolchain:12 unknown:1 sle-ha")},
          "SUSE:Linux Enterprise Server 12 SP5|SUSE:Linux Enterprise Server 12 SP5-LTSS|"
          "SUSE:Linux Enterprise Software Development Kit 12 SP5|SUSE:Package Hub 12 SP5|"
          "SUSE:Linux Enterprise Module for Toolchain 12");
    check((struct pl_os){OS("sl-micro", "6.0"), .pretty_name = PL_STR("SUSE Linux Micro 6.0"),
                         .products = PL_STR("sl-micro:6.0")},
          "SUSE:Linux Micro 6.0");
    check((struct pl_os){OS("debian", "12"), .products = PL_STR("sles:12.5")}, "Debian:12");
    /* Content sets as Red Hat's own images of longer support list them. */
    check((struct pl_os){OS("rhel", "8.6"),
                         .content_sets = PL_STR("rhel-8-for-x86_64-baseos-e4s-rpms__8_DOT_6 "
                                                "rhel-8-for-x86_64-appstream-aus-rpms__8_DOT_6")},
          "Red Hat:rhel_e4s:8.6::baseos|Red Hat:rhel_aus:8.6::appstream|"
          "Red Hat:enterprise_linux:8");
    check((struct pl_os){OS("rhel", "8.10"),
                         .content_sets = PL_STR("rhocp-4.12-for-rhel-8-x86_64-rpms "
                                                "rhel-8-for-x86_64-highavailability-rpms")},
          "Red Hat:enterprise_linux:8::baseos|Red Hat:enterprise_linux:8::appstream|"
          "Red Hat:enterprise_linux:8::crb|Red Hat:openshift:4.12::el8|"
          "Red Hat:enterprise_linux:8::highavailability|Red Hat:enterprise_linux:8");
    check((struct pl_os){OS("devuan", "5"), .id_like = PL_STR("debian")}, "Debian:12");
    check((struct pl_os){OS("devuan", "2"), .id_like = PL_STR("debian")}, "");
    check((struct pl_os){OS("sles", "12.5"),
                         .pretty_name = PL_STR("SUSE Linux Enterprise Server 12 SP5")},
          "SUSE:Linux Enterprise Server 12 SP5");
    check((struct pl_os){OS("sl-micro", "6.0"), .pretty_name = PL_STR("SUSE Linux Micro 6.0")},
          "SUSE:Linux Micro 6.0");
    check((struct pl_os){OS("sle-micro", "5.4")}, "SUSE:Linux Enterprise Micro 5.4");
    check((struct pl_os){OS("opensuse-tumbleweed", "20240607")}, "openSUSE:Tumbleweed");
    check((struct pl_os){OS("arch", "rolling")}, "Arch Linux");
    check((struct pl_os){OS("opensuse-leap", "15.2"), .pretty_name = PL_STR("openSUSE Leap 15.2")},
          "openSUSE:Leap 15.2");
    check((struct pl_os){OS("openEuler", "20.03"), .version = PL_STR("20.03 (LTS-SP1)")},
          "openEuler:20.03-LTS-SP1");
    check((struct pl_os){OS("mageia", "9")}, "Mageia:9");
    check((struct pl_os){OS("photon", "4.0")}, "Photon OS:4.0");
    check((struct pl_os){OS("azurelinux", "3.0")}, "Azure Linux:3");
    /* What the feeds of updateinfo.xml, OVAL and CSAF write (tests/unit/feed). */
    check((struct pl_os){OS("amzn", "2")}, "Amazon Linux:2");
    check((struct pl_os){OS("amzn", "2023")}, "Amazon Linux:2023");
    check((struct pl_os){OS("amzn", "2018.03")}, "Amazon Linux:2018.03");
    check((struct pl_os){OS("amzn", "2017.09")}, "Amazon Linux:2018.03");
    check((struct pl_os){OS("bottlerocket", "1.20.0")}, "Bottlerocket");
    check((struct pl_os){OS("fedora", "43")}, "Fedora:43");
    check((struct pl_os){OS("mariner", "2.0.20220804")}, "Azure Linux:2");
    check((struct pl_os){OS("ol", "9.3")}, "Oracle Linux:9");
    check((struct pl_os){OS("openeuler", "22.03"), .version = PL_STR("22.03 (LTS-SP3)")},
          "openEuler:22.03-LTS-SP3");
    check((struct pl_os){OS("wolfi", "20220914")}, "Wolfi");
    check((struct pl_os){OS("chainguard", "20230214")}, "Chainguard");
    check((struct pl_os){OS("minimos", "20241031")}, "MinimOS");
    check((struct pl_os){OS("echo", "1")}, "Echo");
    check((struct pl_os){OS("alpaquita", "stream")}, "Alpaquita:stream");
}

static void test_os__what_has_to_be_paid_for(void **state)
{
    const struct {
        struct pl_os os;
        const char *wanted;
    } cases[] = {
        {{OS("ubuntu", "22.04")}, "Ubuntu:Pro:22.04:LTS"},
        {{OS("linuxmint", "21")}, "Ubuntu:Pro:22.04:LTS"},
        {{OS("ubuntu", "24.10")}, NULL},
        {{OS("sles", "15.3")}, "SUSE:Linux Enterprise Server 15 SP3-LTSS"},
        {{OS("sles", "12.5")}, "SUSE:Linux Enterprise Server 12 SP5-LTSS"},
        {{OS("sles", "15.3"), .products = PL_STR("sles:15.3 sles-ltss:15.3")}, NULL},
        {{OS("sles", "15.3"), .products = PL_STR("sles:15.3")},
         "SUSE:Linux Enterprise Server 15 SP3-LTSS"},
        {{OS("opensuse-leap", "15.5")}, NULL},
        {{OS("debian", "11")}, NULL},
        {{OS("rhel", "9.2")}, NULL},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_strs got = pl_os_paid_ecosystems(&arena, &cases[i].os);
        assert_int_equal(got.count, cases[i].wanted ? 1 : 0);
        if (cases[i].wanted) {
            pl_assert_str(got.items[0], cases[i].wanted);
        }
    }
}

static void test_os__derivatives_share_or_do_not(void **state)
{
    check((struct pl_os){OS("raspbian", "9")}, "Debian:9");
    check((struct pl_os){OS("linuxmint", "21.3")}, "Ubuntu:22.04:LTS");
    check((struct pl_os){OS("linuxmint", "99")}, "");
    check((struct pl_os){OS("postmarketos", "v23.12")}, "Alpine:v3.19");
    check((struct pl_os){OS("postmarketos", "edge")}, "");
    check((struct pl_os){OS("centos", "8"), .pretty_name = PL_STR("CentOS Stream 8")}, "");
    check((struct pl_os){OS("kali", "2024.1"), .id_like = PL_STR("debian")}, "");
    struct pl_os kali = {OS("kali", "2024.1"), .id_like = PL_STR("debian")};
    assert_string_equal(pl_os_distro(&kali)->package_type, "deb");
    struct pl_os unknown = {OS("unknown", "4.3.2")};
    assert_null(pl_os_distro(&unknown));
    check(unknown, "");
}

static void test_os__merge_prefers_os_release(void **state)
{
    struct pl_os_source sources[] = {
        {PL_STR("etc/debian_version"), {OS("debian", "12.5")}},
        {PL_STR("usr/lib/os-release"), {OS("ubuntu", "1")}},
        {PL_STR("etc/os-release"), {OS("ubuntu", "22.04")}},
        {PL_STR("etc/redhat-release"), {OS("rhel", "9")}},
        {PL_STR("etc/centos-release"), {OS("centos", "7")}},
    };
    pl_assert_str(pl_os_merge(&arena, sources, 5).version_id, "22.04");
    pl_assert_str(pl_os_merge(&arena, sources, 2).version_id, "1");
    pl_assert_str(pl_os_merge(&arena, sources + 3, 2).id, "centos");
    sources[2].os = (struct pl_os){.id = PL_STR("debian")};
    pl_assert_str(pl_os_merge(&arena, sources, 3).version_id, "12.5");
    assert_int_equal(pl_os_merge(&arena, NULL, 0).id.len, 0);
}

static size_t split(pl_str line, pl_str *columns)
{
    size_t count = 0;
    while (count < MOST_COLUMNS && pl_str_next_piece(&line, ',', &columns[count])) {
        count++;
    }
    return count;
}

static pl_str column(pl_str head, pl_str line, const char *name)
{
    pl_str heads[MOST_COLUMNS];
    pl_str values[MOST_COLUMNS];
    size_t head_count = split(head, heads);
    size_t count = split(line, values);
    for (size_t i = 0; i < head_count && i < count; i++) {
        if (pl_str_eq(heads[i], pl_str_from(name))) {
            return values[i];
        }
    }
    return PL_STR_EMPTY;
}

/* Compares every release that eol.def has; a release it lacks gives an empty date. */
static int compare_ends(const char *path, const char *id, const char *preferred)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT(CSV_CEILING);
    if (pl_io_read_file(path, &content, NULL) < 0) {
        return 0;
    }
    pl_str cursor = pl_buf_str(&content);
    pl_str head = PL_STR_EMPTY;
    pl_str line = PL_STR_EMPTY;
    pl_str_next_line(&cursor, &head);
    int compared = 0;
    while (pl_str_next_line(&cursor, &line)) {
        pl_str version = column(head, line, "version");
        pl_str_cut(version, ' ', &version, &(pl_str){0});
        struct pl_os os = {.id = pl_str_from(id), .version_id = version};
        pl_str got = pl_os_end_of_life(&os);
        pl_str wanted = column(head, line, preferred);
        if (wanted.len == 0) {
            wanted = column(head, line, "eol");
        }
        if (got.len > 0) {
            assert_true(pl_str_eq(got, wanted));
            compared++;
        }
    }
    return compared;
}

static void test_os__ends_of_life_agree_with_distro_info(void **state)
{
    int count = compare_ends("/usr/share/distro-info/debian.csv", "debian", "eol-lts") +
                compare_ends("/usr/share/distro-info/ubuntu.csv", "ubuntu", "eol-server");
    if (count == 0) {
        print_message("# distro-info-data is not installed\n");
        skip();
    }
    print_message("# %d dates\n", count);
    struct pl_os rolling = {OS("wolfi", "20220914")};
    assert_int_equal(pl_os_end_of_life(&rolling).len, 0);
    struct pl_os stream = {OS("centos", "8"), .name = PL_STR("CentOS Stream")};
    pl_assert_str(pl_os_end_of_life(&stream), "2024-05-31");
}

/* What endoflife.date calls the releases, after the os-release ID. */
static void test_os__release_names(void **state)
{
    const struct {
        struct pl_os os;
        const char *name;
    } named[] = {
        {{OS("debian", "10")}, "debian:10"},
        {{OS("debian", "12.4")}, "debian:12"},
        {{OS("alpine", "3.18.4")}, "alpine:3.18"},
        {{OS("ubuntu", "22.04")}, "ubuntu:22.04"},
        {{OS("rhel", "9.3")}, "rhel:9"},
        {{OS("centos", "8"), .name = PL_STR("CentOS Stream")}, "centos-stream:8"},
        {{OS("opensuse-leap", "15.5")}, "opensuse-leap:15.5"},
        {{OS("wolfi", "20220914")}, ""},
        {{OS("plan9", "4")}, ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(named); i++) {
        pl_assert_str(pl_os_release_name(&arena, &named[i].os), named[i].name);
    }
}

int pl_test_os(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_os__ecosystems),
        PL_ARENA_TEST(test_os__what_has_to_be_paid_for),
        PL_ARENA_TEST(test_os__derivatives_share_or_do_not),
        PL_ARENA_TEST(test_os__merge_prefers_os_release),
        PL_ARENA_TEST(test_os__ends_of_life_agree_with_distro_info),
        PL_ARENA_TEST(test_os__release_names),
    };
    return cmocka_run_group_tests_name("model/os", tests, NULL, NULL);
}
