/* SPDX-License-Identifier: Apache-2.0 */
/* Package managers of systems beside dpkg, apk and rpm. */
#include "base/io.h"
#include "catalog/nix_name.h"
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_apk;
extern const struct pl_cataloger pl_cataloger_bottlerocket;
extern const struct pl_cataloger pl_cataloger_conda_meta;
extern const struct pl_cataloger pl_cataloger_content_manifest;
extern const struct pl_cataloger pl_cataloger_redhat_repo;
extern const struct pl_cataloger pl_cataloger_deb_archive;
extern const struct pl_cataloger pl_cataloger_dpkg;
extern const struct pl_cataloger pl_cataloger_homebrew;
extern const struct pl_cataloger pl_cataloger_nix_derivation;
extern const struct pl_cataloger pl_cataloger_nix_store;
extern const struct pl_cataloger pl_cataloger_opkg;
extern const struct pl_cataloger pl_cataloger_pacman;
extern const struct pl_cataloger pl_cataloger_portage;
extern const struct pl_cataloger pl_cataloger_rpm_archive;
extern const struct pl_cataloger pl_cataloger_rpm_manifest;
extern const struct pl_cataloger pl_cataloger_suse_product;

static const struct pl_evidence_file *inspect(struct pl_arena *arena,
                                              const struct pl_cataloger *cataloger,
                                              const char *path, const char *text)
{
    return inspect_content(arena, cataloger, path, pl_str_from(text), NULL);
}

static void expect_strs(const struct pl_strs *got, const char *const *wanted)
{
    size_t count = 0;
    for (; wanted[count]; count++) {
        assert_true(count < got->count);
        if (!pl_str_eq(got->items[count], pl_str_from(wanted[count]))) {
            fail_msg("'" PL_STR_FMT "' and not '%s'", PL_STR_ARG(got->items[count]), wanted[count]);
        }
    }
    assert_int_equal(got->count, count);
}
#define EXPECT_STRS(got, ...) expect_strs((got), (const char *const[]){__VA_ARGS__, NULL})

/* What one list of files or licences says, and of whom. */
static void expect_attachment(const struct pl_attachments *got, const char *name,
                              const char *const *values)
{
    assert_int_equal(got->count, 1);
    assert_true(pl_str_eq(got->items[0].name, pl_str_from(name)));
    expect_strs(&got->items[0].values, values);
}
#define EXPECT_ATTACHMENT(got, name, ...)                                                          \
    expect_attachment((got), (name), (const char *const[]){__VA_ARGS__, NULL})

static void test_systems__opkg(void **state)
{
    expect_listing(&pl_cataloger_opkg, "usr/lib/opkg/status",
                   "Package: libubus20241020\nVersion: 1-r1\nProvides: libubus\n"
                   "Depends: libc\nStatus: install user installed\nArchitecture: mips\n\n"
                   "Package: ubus\r\nVersion: 2\r\nDepends: libc (>= 1), libubus, ubusd | gone\r\n"
                   "Status: install ok unpacked\r\nAuto-Installed: yes\r\n\r\n"
                   "Package: libc\nVersion: 3\nStatus: install ok installed\n\n"
                   "Package: old\nVersion: 3\nStatus: deinstall ok not-installed\n\n"
                   "Package: strange\nStatus: install hold,user installed\n",
                   "libubus20241020@1-r1 mips > libc\n"
                   "ubus@2 transitive > libc > libubus20241020 > ubusd > gone\n"
                   "libc@3\n"
                   "gap: package 'strange' lacks its version\n");
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect(&arena, &pl_cataloger_opkg, "opt/lib/opkg/info/busybox.list",
                "/bin/busybox\n/bin/sh\t120777\t/bin/busybox\n/etc/\nrelative\n");
    EXPECT_ATTACHMENT(&found->files, "busybox", "bin/busybox", "bin/sh");
    found = inspect(&arena, &pl_cataloger_opkg, "usr/lib/opkg/info/busybox.control",
                    "Package: busybox\nLicense: GPL-2.0 MIT\nMaintainer: somebody\n");
    EXPECT_ATTACHMENT(&found->licenses, "busybox", "GPL-2.0 MIT");
    expect_reader("var/lib/opkg/status", &pl_cataloger_opkg);
    expect_reader("usr/lib/opkg/info/busybox.prerm", NULL);
}

/* What is needed is given by who provides it. */
static void test_systems__relations_within_a_database(void **state)
{
    expect_listing(
        &pl_cataloger_dpkg, "var/lib/dpkg/status",
        "Package: a\nStatus: install ok installed\nVersion: 1\nDepends: absent | virtual,\n"
        " b:any (>= 1) [amd64], a,\n b, nothing | never\nPre-Depends: c\n"
        "Recommends: d\n\n"
        "Package: b\nStatus: install ok installed\nVersion: 1\n"
        "Provides: virtual (= 2), c, \n\n"
        "Package: c\nStatus: install ok installed\nVersion: 1\nDepends: ,|, |b\n",
        "a@1 > c > b > nothing > never\nb@1\nc@1 > b\n");
    expect_listing(&pl_cataloger_dpkg, "var/lib/dpkg/status.d/a",
                   "Package: a\nVersion: 1\nDepends: b (>= 1), c | d\n", "a@1 > b > c > d\n");
    expect_listing(&pl_cataloger_apk, "lib/apk/db/installed",
                   "P:a\nV:1\nD:so:libx.so.1 b>2 c~3 !bad b@edge so:gone.so /bin/sh cmd:x=1\n\n"
                   "P:libx\nV:1\np:so:libx.so.1=1.2 cmd:x=1\n\n"
                   "P:b\nV:3\np:/bin/sh\nD:a b\n",
                   "a@1 > libx > b > c\nlibx@1\nb@3 > a\n");
}

static void test_systems__pacman(void **state)
{
    const char *path = "var/lib/pacman/local/a-b-1.0-2/desc";
    expect_listing(
        &pl_cataloger_pacman, path,
        "%NAME%\na-b\n\n%VERSION%\n1:1.0-2\n\n%BASE%\na\n\n%ARCH%\nany\n\n%REASON%\n1\n\n"
        "%LICENSE%\nMIT\nGPL-2.0-or-later OR BSD\n\n"
        "%DEPENDS%\nglibc\ngcc-libs>=12\nlibx.so=1-64\nbash: for scripts\n\n"
        "%OPTDEPENDS%\npython: for nothing\n",
        "a-b@1:1.0-2 any transitive [MIT] [GPL-2.0-or-later OR BSD] > glibc > gcc-libs "
        "> bash\n");
    expect_listing(&pl_cataloger_pacman, path, "%NAME%\r\na\r\n%REASON%\r\n0\r\n",
                   "gap: package 'a' lacks its version\n");
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect(&arena, &pl_cataloger_pacman, "var/lib/pacman/local/a-b-1.0-2/files",
                "%FILES%\nusr/\nusr/bin/\nusr/bin/a b\n\n%BACKUP%\netc/a.conf\tabc\n");
    EXPECT_ATTACHMENT(&found->files, "a-b", "usr/bin/a b");
    expect_listing(&pl_cataloger_pacman, "var/lib/pacman/local/x/files", "%FILES%\na\n",
                   "gap: its directory is not called NAME-VERSION-RELEASE\n");
    expect_reader("var/lib/pacman/local/a-1-1/mtree", NULL);
    expect_reader("usr/lib/holo/pacmandb/local/a-1-1/desc", &pl_cataloger_pacman);
}

static void test_systems__portage(void **state)
{
    static const struct {
        const char *directory;
        const char *listing;
    } names[] = {
        {"bash-5.1_p16-r1", "c/bash@5.1_p16-r1\n"},
        {"gtk+-2", "c/gtk+@2\n"},
        {"font-adobe-100dpi-1.0.3-r2", "c/font-adobe-100dpi@1.0.3-r2\n"},
        {"r-r1", "gap: its directory is not called NAME-VERSION\n"},
        {"libr-1-r", "gap: its directory is not called NAME-VERSION\n"},
        {"-MERGING-bash-5.1", "gap: its directory is not called NAME-VERSION\n"},
        {"plain", "gap: its directory is not called NAME-VERSION\n"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        char path[128];
        snprintf(path, sizeof(path), "var/db/pkg/c/%s/CONTENTS", names[i].directory);
        expect_listing(&pl_cataloger_portage, path, "", names[i].listing);
    }
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect(&arena, &pl_cataloger_portage, "var/db/pkg/dev-libs/a-1/CONTENTS",
                "dir /usr\nobj /usr/bin/a b 376c02bd3b22804df8fdfdc895e7dbfb 1649284374\n"
                "sym /usr/lib/a.so -> a.so.1 1649284374\ndev /dev/x\nfif /run/y\nobj\nobj x\n");
    assert_int_equal(found->components.count, 1);
    EXPECT_STRS(&found->components.items[0].files, "usr/bin/a b", "usr/lib/a.so", "dev/x", "run/y");
    assert_string_equal(pl_component_purl(&arena, &found->components.items[0]).ptr,
                        "pkg:ebuild/dev-libs/a@1");
    found = inspect(&arena, &pl_cataloger_portage, "var/db/pkg/dev-libs/a-1/LICENSE",
                    "GPL-2+ || ( MIT Apache-2.0 ) ( BSD ) || ( ISC\n");
    EXPECT_ATTACHMENT(&found->licenses, "dev-libs/a", "GPL-2+", "MIT OR Apache-2.0", "BSD");
}

static void test_systems__conda(void **state)
{
    const char *path = "opt/conda/conda-meta/zlib-1.2-h1.json";
    const char *record =
        "{\"name\": \"zlib\", \"version\": \"1.2\", \"build\": \"h1\", \"subdir\": \"linux-64\","
        " \"channel\": \"https://conda.anaconda.org/conda-forge/linux-64\","
        " \"license\": \"Zlib\", \"md5\": \"348a30b1350c9d91a4dbf05f5e46e0bb\","
        " \"depends\": [\"libzlib 1.2 h1\", \"__glibc >=2.17\", 7], \"requested_spec\": \"zlib\","
        " \"files\": [\"lib/libz.so\", \"share/z\"]}";
    expect_listing(&pl_cataloger_conda_meta, path, record,
                   "zlib@1.2 direct [Zlib] {md5:348a30b1} > libzlib\n");
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found = inspect(&arena, &pl_cataloger_conda_meta, path, record);
    EXPECT_STRS(&found->components.items[0].files, "opt/conda/lib/libz.so", "opt/conda/share/z");
    EXPECT_STRS(&found->components.items[0].qualifiers, "build=h1", "channel=conda-forge",
                "subdir=linux-64");
    expect_listing(&pl_cataloger_conda_meta, "conda-meta/x.json",
                   "{\"name\": \"x\", \"version\": \"1\", \"requested_spec\": \"None\"}", "x@1\n");
    expect_reader("opt/conda/conda-meta/history", NULL);
}

static void test_systems__bottlerocket(void **state)
{
    const char *path = "usr/share/bottlerocket/application-inventory.json";
    const char *inventory =
        "{\"Content\": [{\"Name\": \"glibc\", \"Version\": \"2.43\", "
        "\"Release\": \"1.br1\", \"Epoch\": \"1\", \"Architecture\": \"x86_64\"},"
        "{\"Name\": \"none\"}, 3]}";
    expect_listing(&pl_cataloger_bottlerocket, path, inventory,
                   "glibc@2.43-1.br1 x86_64\ngap: package 'none' lacks its version\n"
                   "gap: package '' lacks its name\n");
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect(&arena, &pl_cataloger_bottlerocket, path, inventory);
    assert_string_equal(pl_component_purl(&arena, &found->components.items[0]).ptr,
                        "pkg:bottlerocket/glibc@2.43-1.br1?arch=x86_64&epoch=1");
    expect_listing(&pl_cataloger_bottlerocket, path, "[]",
                   "gap: the inventory has no list \"Content\"\n");
}

static void test_systems__nix_store(void **state)
{
    static const struct {
        const char *name;
        const char *listing;
    } paths[] = {
        {"h0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.34-210-bin", "glibc@2.34-210\n"},
        {"h0cnbmfcn93xm5dg2x27ixhag1cwndga-gcc-wrapper-11.3.0", "gcc-wrapper@11.3.0\n"},
        {"h0cnbmfcn93xm5dg2x27ixhag1cwndga-source", ""},
        {"h0cnbmfcn93xm5dg2x27ixhag1cwndga-x-1.0-source", ""},
        {"h0cnbmfcn93xm5dg2x27ixhag1cwndga-x-1.0.tar.gz", ""},
        {"h0cnbmfcn93xm5dg2x27ixhag1cwndga-python3-3.10.5-env", ""},
        {"h0cnbmfcn93xm5dg2x27ixhag1cwnde-glibc-2.34", ""},
        {".links", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(paths); i++) {
        char path[128];
        snprintf(path, sizeof(path), "nix/store/%s", paths[i].name);
        expect_reader(path, &pl_cataloger_nix_store);
        expect_listing(&pl_cataloger_nix_store, path, "", paths[i].listing);
    }
}

static void test_systems__nix_derivation(void **state)
{
    const char *path = "nix/store/5av396z8xa13jg89g9jws145c0k26k2x-x-1.0.drv";
    expect_reader(path, &pl_cataloger_nix_derivation);
    expect_listing(
        &pl_cataloger_nix_derivation, path,
        "Derive([(\"out\",\"/nix/store/a-x-1.0\",\"\",\"\")],[(\"/nix/store/i.drv\","
        "[\"out\"])],[\"/nix/store/s\"],\"x86_64-linux\",\"/bin/sh\",[\"-e\",\"a\\\"(b\"],"
        "[(\"name\",\"x-1.0\"),(\"out\",\"/nix/store/a-x-1.0\")])",
        "x@1.0\n");
    expect_listing(&pl_cataloger_nix_derivation, path,
                   "Derive([(\"out\",\"/nix/store/a\",\"\",\"\")],[],[],\"\",\"\",[],"
                   "[(\"pname\",\"x-y\"),(\"version\",\"unstable\")])",
                   "x-y@unstable\n");
    expect_listing(&pl_cataloger_nix_derivation, path,
                   "Derive([(\"out\",\"/nix/store/a\",\"sha256\",\"abc\")],[],[],\"\",\"\",[],[])",
                   "");
    expect_listing(&pl_cataloger_nix_derivation, path, "Derive([])",
                   "gap: the derivation states no output\n");
    expect_listing(&pl_cataloger_nix_derivation, path, "hello",
                   "gap: is no derivation: it does not begin with Derive(\n");
}

/* Store paths with what Nix tools read in them. */
static void test_systems__nix_names_of_the_corpus(void **state)
{
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    char path[4096];
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    snprintf(path, sizeof(path), "%s/nix/store-paths.tsv", corpus ? corpus : "/nonexistent");
    if (pl_io_read_file(path, &text, NULL) < 0) {
        print_message("# %s is not there\n", path);
        skip();
    }
    pl_str lines = pl_buf_str(&text);
    pl_str line = PL_STR_EMPTY;
    size_t count = 0;
    while (pl_str_next_line(&lines, &line)) {
        pl_str fields[4] = {PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY};
        for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
            pl_str_cut(line, '\t', &fields[i], &line);
        }
        if (fields[0].len == 0 || fields[0].ptr[0] == '#') {
            continue;
        }
        struct pl_nix_name got;
        assert_true(pl_nix_name_parse(fields[0], &got));
        if (!pl_str_eq(got.name, fields[1]) || !pl_str_eq(got.version, fields[2]) ||
            !pl_str_eq(got.output, fields[3])) {
            fail_msg(PL_STR_FMT ": '" PL_STR_FMT "' '" PL_STR_FMT "' '" PL_STR_FMT "'",
                     PL_STR_ARG(fields[0]), PL_STR_ARG(got.name), PL_STR_ARG(got.version),
                     PL_STR_ARG(got.output));
        }
        count++;
    }
    assert_true(count > 0);
}

static void test_systems__homebrew(void **state)
{
    const char *cellar = "home/linuxbrew/.linuxbrew/Cellar";
    char path[256];
    snprintf(path, sizeof(path), "%s/jq/1.7_1/INSTALL_RECEIPT.json", cellar);
    struct pl_arena arena pl_autoarena = {0};
    const char *receipt =
        "{\"installed_on_request\": true, \"source\": {\"tap\": \"homebrew/core\"},"
        " \"runtime_dependencies\": [{\"full_name\": \"oniguruma\", \"version\": \"6.9\","
        " \"pkg_version\": \"6.9_2\"}, {\"full_name\": \"openssl@3\", \"version\": \"3.3.1\"},"
        " \"odd\"]}";
    const struct pl_evidence_file *found = inspect(&arena, &pl_cataloger_homebrew, path, receipt);
    assert_int_equal(found->components.count, 1);
    const struct pl_component *it = &found->components.items[0];
    assert_string_equal(pl_component_purl(&arena, it).ptr, "pkg:brew/jq@1.7_1");
    assert_string_equal(it->vendor.ptr, "homebrew/core");
    assert_int_equal(it->relation, PL_RELATION_DIRECT);
    EXPECT_STRS(&it->depends, "oniguruma@6.9_2", "openssl@3@3.3.1");
    inspect_prefixes(&pl_cataloger_homebrew, path, pl_str_from(receipt), 1);

    static const struct {
        const char *formula;
        const char *license;
    } licenses[] = {
        {"class Jq < Formula\n  license \"MIT\"\n  head \"https://x\"\n", "MIT"},
        {"  license any_of: [\n    \"MIT\", # either\n    \"Apache-2.0\",\n  ]\n  url \"x\"\n",
         "MIT OR Apache-2.0"},
        {"  license \"GPL-2.0-only\" => { with: \"X-exception\" }\n",
         "\"GPL-2.0-only\" => { with: \"X-exception\" }"},
        {"  license all_of: [\"BSD-3-Clause\"", "BSD-3-Clause"},
    };
    snprintf(path, sizeof(path), "%s/jq/1.7_1/.brew/jq.rb", cellar);
    for (size_t i = 0; i < PL_ARRAY_LEN(licenses); i++) {
        found = inspect(&arena, &pl_cataloger_homebrew, path, licenses[i].formula);
        EXPECT_ATTACHMENT(&found->licenses, "jq", licenses[i].license);
        inspect_prefixes(&pl_cataloger_homebrew, path, pl_str_from(licenses[i].formula), 1);
    }
    expect_listing(&pl_cataloger_homebrew, path, "  license :cannot_represent\n", "");
    expect_listing(
        &pl_cataloger_homebrew,
        "opt/homebrew/Caskroom/firefox/.metadata/130.0/20240901120000.1/Casks/firefox.rb", "",
        "firefox@130.0\n");
}

static void test_systems__rpm_manifest(void **state)
{
    const char *path = "var/lib/rpmmanifest/container-manifest-2";
    const char *line =
        "mariner-release\t2.0-12.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t"
        "(none)\t580\tnoarch\t0\tmariner-release-2.0-12.cm2.src.rpm\n"
        "openssl\t1-2\t1\t1\tMicrosoft\t1\t5\tx86_64\t1\topenssl-1-2.src.rpm\n"
        "\nshort\t1\n";
    expect_listing(&pl_cataloger_rpm_manifest, path, line,
                   "mariner-release@2.0-12.cm2 noarch\nopenssl@1:1-2 x86_64\n"
                   "gap: 1 lines have not the ten fields of a package, first line 4\n");
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found = inspect(&arena, &pl_cataloger_rpm_manifest, path, line);
    pl_assert_str(found->components.items[0].vendor, "Microsoft Corporation");
    pl_assert_str(found->components.items[1].source_name, "openssl");
    pl_assert_str(found->components.items[1].source_version, "1-2");
    expect_reader("var/lib/rpmmanifest/container-manifest-1", NULL);
}

static void test_systems__content_manifest(void **state)
{
    expect_listing(&pl_cataloger_content_manifest, "root/buildinfo/content_manifests/a.json",
                   "{\"content_sets\": [\"rhel-8\"], \"image_contents\": ["
                   "{\"purl\": \"pkg:golang/github.com/a/b@v1.0\", \"dependencies\": ["
                   "{\"purl\": \"pkg:npm/%40a/b@1\"}, {\"purl\": \"pkg:npm/%40a/b@1\"},"
                   "{\"purl\": \"pkg:rpm/redhat/x@1\"}, {\"purl\": \"pkg:pypi/none\"}, 3]},"
                   "{\"purl\": \"odd\"}]}",
                   "github.com/a/b@v1.0\n@a/b@1\n"
                   "gap: 'odd' names no package: purl: does not begin with \"pkg:\"\n");
    expect_listing(&pl_cataloger_content_manifest, "usr/share/buildinfo/content_manifests/a.json",
                   "{\"from_dnf_hint\": true}", "");
    /* The sets are said of the system; a name with a blank in it is none. */
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_content_manifest, "root/buildinfo/content_manifests/a.json",
        PL_STR("{\"content_sets\": [\"rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2\", 3, \"a b\","
               "\"rhel-9-for-x86_64-appstream-rpms\"]}"),
        NULL);
    assert_true(found->has_os);
    pl_assert_str(found->os.content_sets, "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2 "
                                          "rhel-9-for-x86_64-appstream-rpms");
    expect_reader("usr/share/buildinfo/labels.json", NULL);
}

/* The shape of what subscription-manager writes; the sections of a system with EUS. */
static void test_systems__redhat_repo(void **state)
{
    static const struct {
        const char *text, *sets;
    } cases[] = {
        {"#\n# Certificate-Based Repositories\n#\n\n[rhel-9-for-x86_64-baseos-rpms]\nname = Base\n"
         "enabled = 0\n\n[rhel-9-for-x86_64-baseos-eus-rpms]\nenabled = 1\ngpgcheck = 1\n"
         "[rhel-9-for-x86_64-appstream-eus-rpms]\nname = without a word\n",
         "rhel-9-for-x86_64-baseos-eus-rpms rhel-9-for-x86_64-appstream-eus-rpms"},
        {"[a]\nenabled=False\n[main]\nenabled=1\n[b c]\nenabled=1\n[]\n[", ""},
        {"enabled = 1\n", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_str text = pl_str_from(cases[i].text);
        const struct pl_evidence_file *found = inspect_content(
            &arena, &pl_cataloger_redhat_repo, "etc/yum.repos.d/redhat.repo", text, NULL);
        assert_int_equal(found->has_os, cases[i].sets[0] != '\0');
        pl_assert_str(found->os.content_sets, cases[i].sets);
        inspect_prefixes(&pl_cataloger_redhat_repo, "etc/yum.repos.d/redhat.repo", text, 1);
    }
    expect_reader("etc/yum.repos.d/redhat.repo", &pl_cataloger_redhat_repo);
    expect_reader("etc/yum.repos.d/epel.repo", NULL);
}

/* The shape of what the packages SLES-release and sle-module-basesystem-release install. */
static void test_systems__suse_product(void **state)
{
    static const struct {
        const char *text, *products;
    } cases[] = {
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<product schemeversion=\"0\">\n"
         "  <vendor>SUSE</vendor>\n  <name>SLES_SAP</name>\n  <version>15.5</version>\n"
         "  <baseversion>15</baseversion>\n  <patchlevel>5</patchlevel>\n  <release>0</release>\n"
         "  <arch>x86_64</arch>\n  <cpeid>cpe:/o:suse:sles_sap:15:sp5</cpeid>\n"
         "  <codestream><name>SUSE Linux Enterprise Server 15</name></codestream>\n"
         "  <register><target>sle-15-x86_64</target><release/></register>\n</product>\n",
         "sles-sap:15.5"},
        {"<product><name>sle-module-basesystem</name><baseversion>15</baseversion>"
         "<patchlevel>3</patchlevel></product>",
         "sle-module-basesystem:15.3"},
        {"<product><name>sle-module-toolchain</name><baseversion>12</baseversion></product>",
         "sle-module-toolchain:12"},
        {"<product><name>a b</name><version>1</version></product>", ""},
        {"<product><name>a</name><version>1:2</version></product>", ""},
        {"<product><name>a</name></product>", ""},
        {"<product><version>1</version></product>", ""},
        {"<other><name>a</name><version>1</version></other>", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_str text = pl_str_from(cases[i].text);
        const struct pl_evidence_file *found = inspect_content(
            &arena, &pl_cataloger_suse_product, "etc/products.d/SLES.prod", text, NULL);
        assert_int_equal(found->has_os, cases[i].products[0] != '\0');
        pl_assert_str(found->os.products, cases[i].products);
        inspect_prefixes(&pl_cataloger_suse_product, "etc/products.d/SLES.prod", text, 1);
    }
    expect_reader("etc/products.d/SLES.prod", &pl_cataloger_suse_product);
    expect_reader("etc/products.d/baseproduct", NULL);
}

/* Members of an ar archive. */
static void add_member(struct pl_buf *archive, const char *name, pl_str content)
{
    pl_buf_append_format(archive, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name, 0, 0, 0, "100644",
                         content.len);
    pl_buf_append(archive, content);
    if (content.len % 2 == 1) {
        pl_buf_append_char(archive, '\n');
    }
}

/* Whole packages by dpkg-deb and rpmbuild are read in tests/e2e/packages.py. */
static void test_systems__damaged_package_files(void **state)
{
    struct pl_buf archive pl_autobuf = PL_BUF_INIT(1 << 20);
    expect_listing(&pl_cataloger_deb_archive, "a.deb", "not a package", "");
    expect_listing(&pl_cataloger_rpm_archive, "a.rpm", "not a package", "");
    pl_buf_append(&archive, PL_STR("!<arch>\n"));
    add_member(&archive, "debian-binary", PL_STR("2.0"));
    pl_buf_append_char(&archive, '\0');
    expect_listing(&pl_cataloger_deb_archive, "a.deb", archive.ptr,
                   "gap: the package has no member control.tar\n");
    archive.len--;
    add_member(&archive, "control.tar.gz/", PL_STR("\x1f\x8b damaged"));
    pl_buf_append_char(&archive, '\0');
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found =
        inspect(&arena, &pl_cataloger_deb_archive, "a.udeb", archive.ptr);
    assert_int_equal(found->gaps.count, 1);
    assert_true(pl_str_starts_with(found->gaps.items[0].reason, PL_STR("control.tar: ")));
    expect_reader("var/cache/apt/archives/a_1_all.deb", &pl_cataloger_deb_archive);
    expect_reader("x/a.rpm", &pl_cataloger_rpm_archive);
}

int pl_test_systems(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_systems__opkg),
        cmocka_unit_test(test_systems__relations_within_a_database),
        cmocka_unit_test(test_systems__pacman),
        cmocka_unit_test(test_systems__portage),
        cmocka_unit_test(test_systems__conda),
        cmocka_unit_test(test_systems__bottlerocket),
        cmocka_unit_test(test_systems__nix_store),
        cmocka_unit_test(test_systems__nix_derivation),
        cmocka_unit_test(test_systems__nix_names_of_the_corpus),
        cmocka_unit_test(test_systems__homebrew),
        cmocka_unit_test(test_systems__rpm_manifest),
        cmocka_unit_test(test_systems__content_manifest),
        cmocka_unit_test(test_systems__redhat_repo),
        cmocka_unit_test(test_systems__suse_product),
        cmocka_unit_test(test_systems__damaged_package_files),
    };
    return cmocka_run_group_tests_name("catalog/systems", tests, NULL, NULL);
}
