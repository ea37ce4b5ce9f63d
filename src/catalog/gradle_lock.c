/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock files of Gradle (docs.gradle.org, "Locking Versions"): one package to a line, with the
 * configurations that it is resolved for; "empty" names configurations without any.
 *
 *     # This is a Gradle generated file for dependency locking.
 *     com.google.guava:guava:31.1-jre=compileClasspath,runtimeClasspath
 *     junit:junit:4.13.2=testCompileClasspath,testRuntimeClasspath
 *     empty=annotationProcessor
 *
 * buildscript-gradle.lockfile has what the build itself runs with. Up to Gradle 6 each
 * configuration had a file of its own, gradle/dependency-locks/NAME.lockfile, with lines of
 * packages alone. For development is what all configurations of a package are for: tests (plug-ins
 * name theirs after what is tested: "debugUnitTestRuntimeClasspath"), the build, annotation
 * processors and checkers.
 */
#include "catalog/distinct.h"

static bool is_for_development(pl_str configuration)
{
    static const pl_str tools[] = {
        PL_STR_INIT("classpath"),   PL_STR_INIT("annotationProcessor"), PL_STR_INIT("checkstyle"),
        PL_STR_INIT("jacocoAgent"), PL_STR_INIT("jacocoAnt"),           PL_STR_INIT("pmd"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(tools); i++) {
        if (pl_str_eq(configuration, tools[i])) {
            return true;
        }
    }
    return pl_str_starts_with(configuration, PL_STR("test")) ||
           pl_str_contains(configuration, PL_STR("Test"));
}

static bool are_for_development(pl_str configurations)
{
    pl_str each = PL_STR_EMPTY;
    bool are = configurations.len > 0;
    while (are && pl_str_next_piece(&configurations, ',', &each)) {
        are = is_for_development(pl_str_trim(each));
    }
    return are;
}

/* The configuration that a file of Gradle 6 is named after; empty for the others. */
static pl_str configuration_of(pl_str path)
{
    pl_str name = pl_str_after_last(path, '/');
    pl_str end = PL_STR(".lockfile");
    pl_str start = pl_str_sub(name, 0, name.len > end.len ? name.len - end.len : 0);
    return pl_str_eq(start, PL_STR("gradle")) ? PL_STR_EMPTY : start;
}

static enum pl_status read_gradle_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "maven", .scope = PL_SCOPE_DECLARED};
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    bool is_of_build = pl_str_ends_with(file->path, PL_STR("buildscript-gradle.lockfile"));
    pl_str configuration = configuration_of(file->path);
    (void)err;
    for (size_t number = 1; pl_str_next_line(&text, &line); number++) {
        pl_str package = PL_STR_EMPTY;
        pl_str configurations = configuration;
        pl_str group = PL_STR_EMPTY;
        pl_str artifact = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        line = pl_str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        pl_str stated = PL_STR_EMPTY;
        configurations = pl_str_cut(line, '=', &package, &stated) ? stated : configuration;
        if (pl_str_eq(package, PL_STR("empty"))) {
            continue;
        }
        if (!pl_str_cut(package, ':', &group, &artifact) ||
            !pl_str_cut(artifact, ':', &artifact, &version) || group.len == 0 ||
            artifact.len == 0 || version.len == 0) {
            pl_sink_gap(sink, "line %zu is no package: '" PL_STR_FMT "'", number,
                        PL_STR_ARG(pl_str_sub(line, 0, 100)));
            continue;
        }
        pl_arena_clear(&scratch);
        pl_str name = pl_arena_format(&scratch, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(group),
                                      PL_STR_ARG(artifact));
        struct pl_distinct_facts facts = {.is_dev =
                                              is_of_build || are_for_development(configurations)};
        pl_distinct_add(&list, name, version, &facts);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_gradle_lock = {
    .name = "gradle-lock",
    .summary = "gradle.lockfile of Gradle, and the buildscript's",
    .patterns =
        (const char *const[]){
            "**/gradle.lockfile",
            "**/buildscript-gradle.lockfile",
            "**/gradle/dependency-locks/*.lockfile",
            NULL,
        },
    .read = read_gradle_lock,
};
