/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file "release" at the top of each Java runtime (openjdk.org/jeps/220 and later builds): what
 * was built, from what, by whom. Shell assignments with values in quotes.
 *
 *     IMPLEMENTOR="Eclipse Adoptium"
 *     JAVA_RUNTIME_VERSION="17.0.9+9"       from Java 10 on
 *     JAVA_VERSION="17.0.9"                 "1.8.0_392" up to Java 8
 *     GRAALVM_VERSION="22.3.0"              of GraalVM
 *     BUILD_TYPE="commercial"               of Oracle's JDK and not of its OpenJDK
 *
 * Other files are called "release" as well; one without JAVA_VERSION is none of these. Java 8's
 * update is a part of its own in CPE names, "8:update392". Programs of the runtime say the same of
 * themselves; name and version are such that both become one component.
 */
#include "base/limits.h"
#include "catalog/cataloger.h"

struct release {
    pl_str implementor;
    pl_str runtime_version;
    pl_str version;
    pl_str graalvm_version;
    pl_str build_type;
};

static struct release read_assignments(pl_str text)
{
    struct release found = {0};
    const struct {
        pl_str name;
        pl_str *value;
    } wanted[] = {{PL_STR("IMPLEMENTOR"), &found.implementor},
                  {PL_STR("JAVA_RUNTIME_VERSION"), &found.runtime_version},
                  {PL_STR("JAVA_VERSION"), &found.version},
                  {PL_STR("GRAALVM_VERSION"), &found.graalvm_version},
                  {PL_STR("BUILD_TYPE"), &found.build_type}};
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_str_cut(line, '=', &name, &value);
        value = pl_str_trim(value);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
            value = pl_str_sub(value, 1, value.len - 2);
        }
        for (size_t i = 0; i < PL_ARRAY_LEN(wanted); i++) {
            if (pl_str_eq(name, wanted[i].name)) {
                *wanted[i].value = value;
            }
        }
    }
    return found;
}

/* Digits, dots and letters alone: they need no quoting in a CPE name. */
static bool is_plain(pl_str version)
{
    for (size_t i = 0; i < version.len; i++) {
        char c = version.ptr[i];
        if (!pl_char_is_alnum(c) && c != '.') {
            return false;
        }
    }
    return version.len > 0 && version.len < 100;
}

static void add_cpe(struct pl_sink *sink, struct pl_component *component, const char *product,
                    pl_str version)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str update = PL_STR("*");
    pl_str old = PL_STR("1.8.0_");
    if (pl_str_starts_with(version, old) && is_plain(pl_str_skip(version, old.len))) {
        update = pl_arena_format(&scratch, "update" PL_STR_FMT,
                                 PL_STR_ARG(pl_str_skip(version, old.len)));
        version = PL_STR("8");
    }
    if (is_plain(version)) {
        pl_sink_push(sink, &component->cpes,
                     pl_arena_format(&scratch,
                                     "cpe:2.3:a:%s:" PL_STR_FMT ":" PL_STR_FMT ":*:*:*:*:*:*",
                                     product, PL_STR_ARG(version), PL_STR_ARG(update)));
    }
}

static enum pl_status read_java_release(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct release release = read_assignments(pl_span_str(file->content));
    const char *name = "openjdk";
    const char *product = "oracle:openjdk";
    pl_str version = release.runtime_version.len > 0 ? release.runtime_version : release.version;
    (void)err;
    if (release.version.len == 0 || release.version.len > PL_LIMIT_VERSION_BYTES) {
        return PL_OK;
    }
    if (pl_str_eq(release.build_type, PL_STR("commercial"))) {
        name = "oracle-java";
        product = "oracle:jdk";
    } else if (pl_str_starts_with(release.implementor, PL_STR("Azul"))) {
        name = "zulu";
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "binary", pl_str_from(name), version);
    if (component) {
        component->vendor = pl_sink_str(sink, release.implementor);
        add_cpe(sink, component, product, release.version);
    }
    if (release.graalvm_version.len > 0) {
        component = pl_catalog_component(sink, PL_SCOPE_INSTALLED, "binary", PL_STR("graalvm"),
                                         release.graalvm_version);
        if (component) {
            component->vendor = pl_sink_str(sink, release.implementor);
            add_cpe(sink, component, "oracle:graalvm", release.graalvm_version);
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_java_release = {
    .name = "java-release",
    .summary = "Java runtimes, from the file \"release\" of each",
    .patterns = (const char *const[]){"**/release", NULL},
    .read = read_java_release,
};
