/* SPDX-License-Identifier: Apache-2.0 */
/* The lock files of Gradle and sbt, and what a Java runtime says of itself. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_gradle_lock;
extern const struct pl_cataloger pl_cataloger_java_release;
extern const struct pl_cataloger pl_cataloger_sbt_lock;

static void test_maven_locks__gradle(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_gradle_lock, "gradle.lockfile",
                   "# This is a Gradle generated file for dependency locking.\r\n"
                   "a:b:1.0=compileClasspath,testRuntimeClasspath\r\n"
                   "a:t:1.0=testCompileClasspath,debugUnitTestRuntimeClasspath\n"
                   "a:p:1.0=annotationProcessor\n"
                   "empty=\n"
                   "a:b\n"
                   "a::1=x\n",
                   "a:b@1.0\n"
                   "a:t@1.0 dev\n"
                   "a:p@1.0 dev\n"
                   "gap: line 6 is no package: 'a:b'\n"
                   "gap: line 7 is no package: 'a::1=x'\n");
    expect_listing(&pl_cataloger_gradle_lock, "app/buildscript-gradle.lockfile",
                   "com.android.tools:r8:8.1=classpath\n", "com.android.tools:r8@8.1 dev\n");
    expect_listing(&pl_cataloger_gradle_lock, "gradle/dependency-locks/runtimeClasspath.lockfile",
                   "a:b:1.0\n", "a:b@1.0\n");
    expect_listing(&pl_cataloger_gradle_lock, "gradle/dependency-locks/testRuntime.lockfile",
                   "a:b:1.0\n", "a:b@1.0 dev\n");
}

static void test_maven_locks__sbt(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_sbt_lock, "build.sbt.lock",
                   "{\"lockVersion\":1,\"dependencies\":["
                   "{\"org\":\"o\",\"name\":\"n_2.12\",\"version\":\"1\",\"artifacts\":[{\"name\":"
                   "\"n.jar\",\"hash\":\"sha1:844f21541d1809008586fbc1172dc02c96476639\"}],"
                   "\"configurations\":[\"test\",\"compile\"]},"
                   "{\"org\":\"o\",\"name\":\"t\",\"version\":\"2\",\"configurations\":[\"test\"]},"
                   "{\"name\":\"x\"}]}",
                   "o:n_2.12@1 {sha1:844f2154}\n"
                   "o:t@2 dev\n"
                   "gap: package 'x' lacks its version\n");
}

static void expect_cpe(const char *text, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_evidence_file *found = inspect_content(
        &arena, &pl_cataloger_java_release, "opt/java/release", pl_str_from(text), NULL);
    assert_int_equal(found->components.count, 1);
    assert_int_equal(found->components.items[0].cpes.count, 1);
    pl_assert_str(found->components.items[0].cpes.items[0], wanted);
}

static void test_maven_locks__java_release(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_java_release, "opt/java/openjdk/release",
                   "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_RUNTIME_VERSION=\"17.0.9+9\"\n"
                   "JAVA_VERSION=\"17.0.9\"\n",
                   "openjdk@17.0.9+9\n");
    expect_listing(&pl_cataloger_java_release, "opt/graalvm/release",
                   "GRAALVM_VERSION=\"22.3.0\"\nJAVA_VERSION=\"17.0.5\"\n",
                   "openjdk@17.0.5\ngraalvm@22.3.0\n");
    expect_listing(&pl_cataloger_java_release, "usr/jdk/release",
                   "BUILD_TYPE=\"commercial\"\nJAVA_VERSION=\"21.0.1\"\n", "oracle-java@21.0.1\n");
    expect_listing(&pl_cataloger_java_release, "etc/release", "v1.2.3\n", "");
    /* As NVD names them. */
    expect_cpe("JAVA_VERSION=\"1.8.0_392\"\n", "cpe:2.3:a:oracle:openjdk:8:update392:*:*:*:*:*:*");
    expect_cpe("JAVA_VERSION=\"17.0.9\"\n", "cpe:2.3:a:oracle:openjdk:17.0.9:*:*:*:*:*:*:*");
}

int pl_test_maven_locks(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maven_locks__gradle),
        cmocka_unit_test(test_maven_locks__sbt),
        cmocka_unit_test(test_maven_locks__java_release),
    };
    return cmocka_run_group_tests_name("catalog/maven_locks", tests, NULL, NULL);
}
