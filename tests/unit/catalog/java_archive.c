/* SPDX-License-Identifier: Apache-2.0 */
/* The archives are made by tests/tools/make_jars.py; what is in them stands there. The hashes are
 * those of sha1sum. */
#include "base/io.h"
#include "listing.h"
#include <limits.h>

extern const struct pl_cataloger pl_cataloger_java_archive;

static const struct pl_evidence_file *inspect(struct pl_arena *arena, const char *name,
                                              struct pl_buf *content)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/java/%s", pl_test_dir("PL_TEST_DATA"), name);
    assert_int_equal(pl_io_read_file(path, content, NULL), PL_OK);
    inspect_prefixes(&pl_cataloger_java_archive, name, pl_buf_str(content), 1);
    snprintf(path, sizeof(path), "opt/app/%s", name);
    return inspect_content(arena, &pl_cataloger_java_archive, path, pl_buf_str(content), NULL);
}

/* As in listing.h, with where it is and how sure that is. */
static void expect_found(const char *name, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_buf lines pl_autobuf = PL_BUF_INIT(1 << 20);
    const struct pl_evidence_file *found = inspect(&arena, name, &content);
    for (size_t i = 0; i < found->components.count; i++) {
        const struct pl_component *it = &found->components.items[i];
        pl_buf_append_format(&lines, "%u " PL_STR_FMT " ", it->confidence, PL_STR_ARG(it->inside));
        list_component(&lines, it);
    }
    for (size_t i = 0; i < found->gaps.count; i++) {
        pl_buf_append_format(&lines, "gap: " PL_STR_FMT "\n",
                             PL_STR_ARG(found->gaps.items[i].reason));
    }
    assert_string_equal(lines.ptr ? lines.ptr : "", wanted);
}

static void test_java_archive__one_of_several(void **state)
{
    (void)state;
    expect_found("shaded-1.0.jar",
                 "0  org.a:shaded@1.0 [MIT] {sha1:a20c6eff}\n"
                 "0  org.b:inner@2.0\n"
                 "0  org.c:only-xml@3.0 [MIT]\n"
                 "gap: META-INF/maven/org.d/broken/pom.xml: the file is not XML that is read here: "
                 "line 1: Premature end of data in tag artifactId line 1\n"
                 "gap: META-INF/maven/org.e/elsewhere/pom.xml: its group, name or version stands "
                 "elsewhere\n");
}

static void test_java_archive__archives_within(void **state)
{
    (void)state;
    expect_found("app.war",
                 "50  my-app@0.1 {sha1:bee1e1fa}\n"
                 "0 WEB-INF/lib/inner-2.0.jar org.b:inner@2.0 [MIT] {sha1:0f4bcdd8}\n"
                 "80 WEB-INF/lib/spring-core-5.3.9.jar org.springframework:spring-core@5.3.9 "
                 "{sha1:e9ca0521}\n"
                 "gap: WEB-INF/lib/no.jar: is no Java archive, whatever its name says\n");
}

/* Google's client libraries are called so; the name alone would be split before "2.0.0". */
static void test_java_archive__versions_that_begin_with_a_letter(void **state)
{
    (void)state;
    expect_found("service-v1-rev7-2.0.0.jar", "0  org.a:service@v1-rev7-2.0.0 {sha1:6d633624}\n");
}

static void test_java_archive__too_deep(void **state)
{
    (void)state;
    expect_found("deep.jar", "gap: n.jar!n.jar!n.jar!n.jar!n.jar!n.jar!n.jar!n.jar!n.jar!n.jar!"
                             "n.jar!n.jar!n.jar!n.jar!n.jar!n.jar!n.jar: it lies in too many "
                             "archives within each other\n");
}

static void test_java_archive__damaged(void **state)
{
    (void)state;
    expect_found("damaged.jar", "0  g:first@1.0 {sha1:93f02a65}\n"
                                "gap: META-INF/maven/g/second/pom.properties: its checksum is "
                                "wrong\n");
}

static void test_java_archive__other_files(void **state)
{
    const struct pl_cataloger *it = &pl_cataloger_java_archive;
    (void)state;
    expect_listing(it, "a.jar", "", "");
    expect_listing(it, "a.rar", "Rar!\x1a\x07", "");
    expect_listing(it, "a.par", "PAR2", "");
    expect_listing(it, "a.jar", "text", "gap: is no Java archive, whatever its name says\n");
    expect_listing(it, "a.jar", "PK\3\4",
                   "gap: it has no central directory: it is no zip archive, or was cut off\n");
    expect_listing(it, "app/META-INF/maven/g/a/pom.properties",
                   "#c\r\nversion: 1.0\\:x\r\n groupId = g\r\nartifactId=a\r\n", "g:a@1.0:x\n");
    expect_listing(it, "app/META-INF/maven/g/a/pom.properties", "version=1\ngroupId=g\n", "");
    expect_reader("opt/x.jar", it);
    expect_reader("x.ear", it);
    expect_reader("srv/META-INF/maven/g/a/pom.properties", it);
    expect_reader("srv/pom.properties", NULL);
}

int pl_test_java_archive(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_java_archive__one_of_several),
        cmocka_unit_test(test_java_archive__archives_within),
        cmocka_unit_test(test_java_archive__versions_that_begin_with_a_letter),
        cmocka_unit_test(test_java_archive__too_deep),
        cmocka_unit_test(test_java_archive__damaged),
        cmocka_unit_test(test_java_archive__other_files),
    };
    return cmocka_run_group_tests_name("catalog/java_archive", tests, NULL, NULL);
}
