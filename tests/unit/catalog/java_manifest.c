/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinates are those of Maven Central, where these archives are; the attributes those of the
 * corpus. */
#include "catalog/java_manifest.h"
#include "base/io.h"
#include "format/json.h"
#include "unit/test.h"
#include <dirent.h>
#include <limits.h>

static void test_java_manifest__file_names(void **state)
{
    static const struct {
        const char *file;
        const char *split; /* artifact|version|classifier */
    } cases[] = {
        {"commons-math3-3.2.jar", "commons-math3|3.2|"},
        {"zstd-jni-1.3.8-5.jar", "zstd-jni|1.3.8-5|"},
        {"guava-31.1-jre.jar", "guava|31.1-jre|"},
        {"jbcrypt-0.3m.jar", "jbcrypt|0.3m|"},
        {"netty-all-4.1.58.Final.jar", "netty-all|4.1.58.Final|"},
        {"cassandra-driver-core-3.11.0-shaded.jar", "cassandra-driver-core|3.11.0|shaded"},
        {"netty-transport-native-epoll-4.1.58.Final-linux-x86_64.jar",
         "netty-transport-native-epoll|4.1.58.Final|linux-x86_64"},
        {"cats-core_2.12-2.9.0.jar", "cats-core_2.12|2.9.0|"},
        {"log4j-1.2-api-2.14.0.jar", "log4j-1.2-api|2.14.0|"},
        {"hibernate-jpa-2.1-api-1.0.2.Final.jar", "hibernate-jpa-2.1-api|1.0.2.Final|"},
        {"bcprov-jdk15on-1.68.jar", "bcprov-jdk15on|1.68|"},
        {"spring-boot-2.0.0-M7.jar", "spring-boot|2.0.0-M7|"},
        {"a-1.0-beta-4.jar", "a|1.0-beta-4|"},
        {"a-2.0-20200101.123456-1.jar", "a|2.0-20200101.123456-1|"},
        {"a-1.0-sources.jar", "a|1.0|sources"},
        {"org.eclipse.core.runtime_3.26.0.v20220813-0916.jar",
         "org.eclipse.core.runtime|3.26.0.v20220813-0916|"},
        {"app.jar", "app||"},
        {"kafka_2.13-2.8.0.jar", "kafka_2.13|2.8.0|"},
        {"-.jar", "-||"},
        {"", "||"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        char got[200];
        struct pl_java_file_name it = pl_java_file_name_split(pl_str_from(cases[i].file));
        snprintf(got, sizeof(got), PL_STR_FMT "|" PL_STR_FMT "|" PL_STR_FMT,
                 PL_STR_ARG(it.artifact), PL_STR_ARG(it.version), PL_STR_ARG(it.classifier));
        assert_string_equal(got, cases[i].split);
    }
}

static void test_java_manifest__sections(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_java_manifest manifest = {0};
    (void)state;
    pl_java_manifest_read(&arena,
                          PL_STR("Manifest-Version: 1.0\r\nA: one\r\n  two\r\n three\r\nnothing\r\n"
                                 "B:x\r\n\r\nName: other\r\nC: y\r\n"),
                          &manifest);
    pl_assert_str(pl_java_manifest_get(&manifest, "a"), "one twothree");
    pl_assert_str(pl_java_manifest_get(&manifest, "B"), "x");
    pl_assert_str(pl_java_manifest_get(&manifest, "C"), "");
    pl_java_manifest_read(&arena, PL_STR(" continued\nA: b"), &manifest);
    pl_assert_str(pl_java_manifest_get(&manifest, "A"), "b");
}

static void test_java_manifest__guesses(void **state)
{
    static const struct {
        const char *manifest;
        const char *file;
        const char *wanted;
    } cases[] = {
        {"", "org.eclipse.sisu.inject-0.3.5.jar", "org.eclipse.sisu:org.eclipse.sisu.inject:0.3.5"},
        {"Bundle-SymbolicName: ch.qos.logback.core\nBundle-Version: 1.2.3\n",
         "logback-core-1.2.3.jar", "ch.qos.logback:logback-core:1.2.3"},
        {"Bundle-SymbolicName: net.openhft.chronicle-core;singleton:=true\n",
         "chronicle-core-2.20.126.jar", "net.openhft:chronicle-core:2.20.126"},
        {"Automatic-Module-Name: spring.core\nImplementation-Version: 5.3.9\n", "spring-core.jar",
         "org.springframework:spring-core:5.3.9"},
        {"Implementation-Vendor-Id: org.apache\n", "strange-1.0.jar", ":strange:1.0"},
        {"Implementation-Version: 2.19.0\nImplementation-Vendor-Id: org.apache.logging.log4j\n",
         "log4j-1.2-api.jar", "org.apache.logging.log4j:log4j-1.2-api:2.19.0"},
        {"Bundle-SymbolicName: org.apache.strange\n", "strange-1.0.jar", ":strange:1.0"},
        {"Implementation-Vendor-Id: com.sun\n", "strange-1.0.jar", ":strange:1.0"},
        /* Of several rows the longest, and what moved by its version; as Maven Central has them. */
        {"", "elasticsearch-core-7.17.5.jar", "org.elasticsearch:elasticsearch-core:7.17.5"},
        {"", "elasticsearch-rest-client-7.17.5.jar",
         "org.elasticsearch.client:elasticsearch-rest-client:7.17.5"},
        {"", "grpc-google-cloud-storage-v2-2.11.3-alpha.jar",
         "com.google.api.grpc:grpc-google-cloud-storage-v2:2.11.3-alpha"},
        {"", "grpc-core-1.48.1.jar", "io.grpc:grpc-core:1.48.1"},
        {"Bundle-SymbolicName: org.hibernate.orm.core\n", "hibernate-core-5.6.12.Final.jar",
         "org.hibernate:hibernate-core:5.6.12.Final"},
        {"Bundle-SymbolicName: org.hibernate.orm.core\n", "hibernate-core-6.1.0.Final.jar",
         "org.hibernate.orm:hibernate-core:6.1.0.Final"},
        {"Automatic-Module-Name: org.checkerframework.checker.qual\n", "checker-qual-3.5.0.jar",
         "org.checkerframework:checker-qual:3.5.0"},
        {"Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.70\n", "catalina.jar",
         "org.apache.tomcat:tomcat-catalina:9.0.70"},
        {"Implementation-Title: my-service\nImplementation-Version: 0.1 (7)\n", "app.jar",
         ":my-service:0.1"},
        {"Implementation-Title: Java Runtime Environment\nImplementation-Version: 1.8.0_292\n",
         "rt.jar", ":rt:"},
        {"Implementation-Version: ${project.version}\n", "app.jar", ":app:"},
        {"", "a-1.0-sources.jar", ":a:"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_java_manifest manifest = {0};
        char got[200];
        pl_java_manifest_read(&arena, pl_str_from(cases[i].manifest), &manifest);
        struct pl_java_guess it = pl_java_guess(&manifest, pl_str_from(cases[i].file));
        snprintf(got, sizeof(got), PL_STR_FMT ":" PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(it.group),
                 PL_STR_ARG(it.artifact), PL_STR_ARG(it.version));
        assert_string_equal(got, cases[i].wanted);
    }
}

/* What Maven Central has each archive of the corpus under. */
static const char *const central[] = {
    "org.antlr:ST4:4.0.8",
    "org.antlr:antlr-runtime:3.5.2",
    "com.datastax.cassandra:cassandra-driver-core:3.11.0",
    "net.openhft:chronicle-core:2.20.126",
    "commons-cli:commons-cli:1.1",
    "org.apache.commons:commons-math3:3.2",
    "com.google.guava:guava:27.0-jre",
    "com.carrotsearch:hppc:0.8.1",
    "com.github.jbellis:jamm:0.3.2",
    "org.mindrot:jbcrypt:0.3m",
    "de.jflex:jflex:1.8.2",
    "com.googlecode.json-simple:json-simple:1.1",
    "ch.qos.logback:logback-core:1.2.3",
    "io.dropwizard.metrics:metrics-core:3.1.5",
    "io.netty:netty-all:4.1.58.Final",
    "org.caffinitas.ohc:ohc-core:0.5.1",
    ":sigar:1.6.4", /* there as org.fusesource:sigar, which nothing in it says */
    "org.yaml:snakeyaml:1.26",
    "com.github.luben:zstd-jni:1.3.8-5",
};

static void check_case(const char *corpus, const char *name)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_buf manifest_text pl_autobuf = PL_BUF_INIT(1 << 20);
    json_t *expected pl_autojson = NULL;
    struct pl_java_manifest manifest = {0};
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/jar-manifest/%s/expected.json", corpus, name);
    assert_int_equal(pl_io_read_file(path, &text, NULL), PL_OK);
    assert_int_equal(pl_json_parse(pl_buf_str(&text), path, &expected, NULL), PL_OK);
    snprintf(path, sizeof(path), "%s/jar-manifest/%s/in/META-INF/MANIFEST.MF", corpus, name);
    assert_int_equal(pl_io_read_file(path, &manifest_text, NULL), PL_OK);
    pl_java_manifest_read(&arena, pl_buf_str(&manifest_text), &manifest);
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(expected, "attributes"), &each)) {
        pl_str got = pl_java_manifest_get(&manifest, pl_arena_dup(&arena, each.key).ptr);
        assert_true(pl_str_eq(got, pl_json_text(each.value)));
    }
    struct pl_java_guess it = pl_java_guess(&manifest, pl_json_str(expected, "archive_name"));
    pl_str found =
        pl_arena_format(&arena, PL_STR_FMT ":" PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(it.group),
                        PL_STR_ARG(it.artifact), PL_STR_ARG(it.version));
    for (size_t i = 0; i < PL_ARRAY_LEN(central); i++) {
        if (pl_str_eq(found, pl_str_from(central[i]))) {
            return;
        }
    }
    fail_msg("%s is taken for " PL_STR_FMT, name, PL_STR_ARG(found));
}

static void test_java_manifest__corpus(void **state)
{
    char path[PATH_MAX];
    const char *corpus = pl_test_dir("PL_TEST_CORPUS");
    (void)state;
    snprintf(path, sizeof(path), "%s/jar-manifest", corpus ? corpus : "/nonexistent");
    DIR *dir = opendir(path);
    if (!dir) {
        print_message("# %s is not there\n", path);
        skip();
    }
    const struct dirent *entry = NULL;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] != '.') {
            check_case(corpus, entry->d_name);
        }
    }
    closedir(dir);
}

int pl_test_java_manifest(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_java_manifest__file_names),
        cmocka_unit_test(test_java_manifest__sections),
        cmocka_unit_test(test_java_manifest__guesses),
        cmocka_unit_test(test_java_manifest__corpus),
    };
    return cmocka_run_group_tests_name("catalog/java_manifest", tests, NULL, NULL);
}
