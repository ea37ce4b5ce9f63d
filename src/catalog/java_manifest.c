/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a Java archive (docs.oracle.com, "JAR File Specification"): the main section of
 * "Name: value" lines up to the first empty one. A line has 72 bytes at most; what is longer goes
 * on in the next, which begins with one blank that does not count.
 *
 *     Implementation-Title: Commons Math            of Java itself, with any text
 *     Implementation-Version: 3.2
 *     Implementation-Vendor-Id: org.apache
 *     Bundle-SymbolicName: org.apache.commons.math3;singleton:=true    of OSGi
 *     Bundle-Version: 3.2.0                         three numbers and a qualifier, "27.0.0.jre"
 *     Automatic-Module-Name: org.apache.commons.math3
 *
 * Maven names files artifact-version[-classifier].ext, and nearly everybody does so; Eclipse joins
 * with '_'. The version in the name is that of the repository, so it comes before the manifest's.
 * The group is what a symbolic or module name has before the artifact's own part ("org.yaml" of
 * "org.yaml.snakeyaml", "ch.qos.logback" of "ch.qos.logback.core" for logback-core), the vendor's
 * id, or, of an artifact that is named like a package, all before its last part. Known ones are
 * looked up first (java_groups.def), as some say otherwise.
 */
#include "catalog/java_manifest.h"
#include "base/limits.h"

static const struct {
    pl_str artifact; /* a star at its end stands for anything */
    pl_str version; /* what it begins with; empty: any */
    pl_str group;
} known_groups[] = {
#define PL_JAVA_GROUP(artifact, group) PL_JAVA_RELEASE(artifact, "", group)
#define PL_JAVA_RELEASE(artifact, version, group)                                                  \
    {PL_STR_INIT(artifact), PL_STR_INIT(version), PL_STR_INIT(group)},
#include "catalog/java_groups.def"
#undef PL_JAVA_RELEASE
#undef PL_JAVA_GROUP
};

/* Parts of servers that are shipped under other names. */
static const struct {
    pl_str title;
    pl_str file;
    pl_str group;
    pl_str artifact;
} known_parts[] = {
#define PL_JAVA_PART(title, file, group, artifact)                                                 \
    {PL_STR_INIT(title), PL_STR_INIT(file), PL_STR_INIT(group), PL_STR_INIT(artifact)},
#include "catalog/java_parts.def"
#undef PL_JAVA_PART
};

/* Attributes are few; the section of a bundle with thousands of exported packages has one long
 * value. */
enum { ATTRIBUTES_MOST = 256 };

void pl_java_manifest_read(struct pl_arena *arena, pl_str text, struct pl_java_manifest *ret)
{
    struct pl_java_manifest manifest = {0};
    pl_str line = PL_STR_EMPTY;
    while (manifest.count < ATTRIBUTES_MOST && pl_str_next_line(&text, &line) && line.len > 0) {
        struct pl_java_attribute attribute = {0};
        bool is_attribute = pl_str_cut(line, ':', &attribute.name, &attribute.value);
        size_t len = attribute.value.len;
        pl_str rest = text;
        while (pl_str_starts_with(rest, PL_STR(" ")) && pl_str_next_line(&rest, &line)) {
            len += line.len - 1;
        }
        if (len > attribute.value.len) {
            char *joined = pl_arena_alloc(arena, len, 1);
            size_t at = attribute.value.len;
            memcpy(joined, attribute.value.ptr, at);
            while (text.ptr != rest.ptr && pl_str_next_line(&text, &line)) {
                memcpy(joined + at, line.ptr + 1, line.len - 1);
                at += line.len - 1;
            }
            attribute.value = pl_str_make(joined, at);
        }
        text = rest;
        attribute.value = pl_str_trim(attribute.value);
        if (is_attribute) {
            *pl_vec_push(arena, &manifest) = attribute;
        }
    }
    *ret = manifest;
}

pl_str pl_java_manifest_get(const struct pl_java_manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->count; i++) {
        if (pl_str_eq_nocase(manifest->items[i].name, pl_str_from(name))) {
            return manifest->items[i].value;
        }
    }
    return PL_STR_EMPTY;
}

static bool is_one_of(pl_str text, const char *const *list)
{
    for (; *list; list++) {
        if (pl_str_eq_nocase(text, pl_str_from(*list))) {
            return true;
        }
    }
    return false;
}

/* What stands behind a version in the name of a file without being part of it. */
static bool is_classifier(pl_str word)
{
    static const char *const words[] = {
        "all",     "bin",     "javadoc",      "jdk",     "jar-with-dependencies",
        "linux",   "native",  "natives",      "shaded",  "sources",
        "osx",     "src",     "test-sources", "tests",   "windows",
        "runtime", "uber",    "shadow",       "bundled", "nolog",
        "exec",    "plain",   "standalone",   "client",  "min",
        "fat",     "sources", "javadocs",     "macos",   NULL};
    return is_one_of(word, words);
}

/* Letters that belong to a version and may have a number behind them: "1.0-beta-2". */
static bool is_qualifier(pl_str word)
{
    static const char *const words[] = {
        "alpha", "beta",    "rc",  "cr",  "m",     "milestone",  "snapshot", "final",
        "ga",    "release", "sp",  "b",   "build", "rev",        "pre",      "preview",
        "jre",   "android", "dev", "jdk", "v",     "incubating", NULL};
    return is_one_of(word, words);
}

static bool begins_with_digit(pl_str word)
{
    return word.len > 0 && pl_char_is_digit(word.ptr[0]);
}

/* Where the version begins: at the first dash with a digit behind it, but not if a word that is no
 * part of a version and then another such dash follow ("log4j-1.2-api-2.14.0"). SIZE_MAX: none. */
static size_t find_version(pl_str stem, bool *ret_is_unsure)
{
    size_t found = SIZE_MAX;
    bool is_over = false;
    *ret_is_unsure = false;
    for (size_t at = 0; at < stem.len;) {
        size_t dash = pl_str_find_char(pl_str_skip(stem, at), '-');
        if (dash == SIZE_MAX) {
            break;
        }
        at += dash + 1;
        pl_str word = PL_STR_EMPTY;
        pl_str rest = PL_STR_EMPTY;
        pl_str_cut(pl_str_skip(stem, at), '-', &word, &rest);
        if (begins_with_digit(word) && (found == SIZE_MAX || is_over)) {
            found = at;
            is_over = false;
        } else if (!begins_with_digit(word) && !is_qualifier(word) && !is_classifier(word)) {
            is_over = true;
        }
        /* "3.x" is a branch. */
        *ret_is_unsure = is_over || pl_str_ends_with(word, PL_STR(".x"));
    }
    return found;
}

static size_t count_dots(pl_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '.' ? 1 : 0;
    }
    return count;
}

/* Eclipse's way: "org.eclipse.core.runtime_3.26.0.v20220813". */
static bool split_bundle(pl_str stem, struct pl_java_file_name *split)
{
    size_t low = pl_str_find_char(stem, '_');
    if (low == SIZE_MAX) {
        return false;
    }
    pl_str name = pl_str_sub(stem, 0, low);
    pl_str version = pl_str_skip(stem, low + 1);
    pl_str numbers = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str_cut(version, '-', &numbers, &rest);
    if (!begins_with_digit(version) || count_dots(name) == 0 || count_dots(numbers) < 2) {
        return false;
    }
    split->artifact = name;
    split->version = version;
    return true;
}

struct pl_java_file_name pl_java_file_name_split(pl_str file_name)
{
    size_t dot = pl_str_find_last_char(file_name, '.');
    pl_str stem = pl_str_sub(file_name, 0, dot);
    struct pl_java_file_name split = {.artifact = stem, .stem = stem};
    if (split_bundle(stem, &split)) {
        return split;
    }
    size_t at = find_version(stem, &split.is_unsure);
    if (at == SIZE_MAX) {
        return split;
    }
    split.artifact = pl_str_sub(stem, 0, at - 1);
    split.version = pl_str_skip(stem, at);
    /* A classifier may have several words; the first of them ends the version. */
    for (size_t from = 0; from < split.version.len;) {
        size_t dash = pl_str_find_char(pl_str_skip(split.version, from), '-');
        if (dash == SIZE_MAX) {
            break;
        }
        from += dash + 1;
        pl_str word = PL_STR_EMPTY;
        pl_str rest = PL_STR_EMPTY;
        pl_str_cut(pl_str_skip(split.version, from), '-', &word, &rest);
        if (is_classifier(word)) {
            split.classifier = pl_str_skip(split.version, from);
            split.version = pl_str_sub(split.version, 0, from - 1);
        }
    }
    return split;
}

/* The first word of a value, which some fill with more ("1.0 (build 7)"); empty when a build left
 * its placeholder there, or what names no version. */
static pl_str clean(pl_str value)
{
    pl_str word = PL_STR_EMPTY;
    pl_str_next_word(&value, &word);
    bool is_filled = pl_str_find_char(word, '$') == SIZE_MAX &&
                     pl_str_find_char(word, '@') == SIZE_MAX &&
                     !pl_str_eq_nocase(word, PL_STR("unspecified"));
    return is_filled ? word : PL_STR_EMPTY;
}

/* What many projects share is no group of any of them. */
static bool is_shared(pl_str group)
{
    return pl_str_find_char(group, '.') == SIZE_MAX || pl_str_eq(group, PL_STR("org.apache")) ||
           pl_str_eq(group, PL_STR("com.sun"));
}

/* Of "org.yaml.snakeyaml" what stands before the artifact's own part; empty when it has none. */
static pl_str group_before(pl_str name, pl_str artifact)
{
    size_t dot = pl_str_find_last_char(name, '.');
    if (dot == SIZE_MAX) {
        return PL_STR_EMPTY;
    }
    pl_str group = pl_str_sub(name, 0, dot);
    pl_str tail = pl_str_skip(name, dot + 1);
    pl_str before = pl_str_sub(artifact, 0, artifact.len > tail.len ? artifact.len - tail.len : 0);
    bool is_own =
        pl_str_ends_with(artifact, tail) &&
        (before.len == 0 || before.ptr[before.len - 1] == '-' || before.ptr[before.len - 1] == '.');
    return is_own && !is_shared(group) ? group : PL_STR_EMPTY;
}

static pl_str known_group(pl_str artifact, pl_str version)
{
    size_t most = 0;
    pl_str group = PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(known_groups); i++) {
        pl_str row = known_groups[i].artifact;
        bool is_start = row.ptr[row.len - 1] == '*';
        bool fits = is_start ? pl_str_starts_with(artifact, pl_str_sub(row, 0, row.len - 1))
                             : pl_str_eq(artifact, row);
        if (fits && row.len > most && pl_str_starts_with(version, known_groups[i].version)) {
            most = row.len;
            group = known_groups[i].group;
        }
    }
    return group;
}

static pl_str guess_group(const struct pl_java_manifest *manifest, pl_str artifact, pl_str version)
{
    pl_str group = known_group(artifact, version);
    if (group.len > 0) {
        return group;
    }
    pl_str symbolic = PL_STR_EMPTY;
    pl_str directives = PL_STR_EMPTY;
    pl_str_cut(pl_java_manifest_get(manifest, "Bundle-SymbolicName"), ';', &symbolic, &directives);
    const pl_str names[] = {pl_str_trim(symbolic),
                            pl_java_manifest_get(manifest, "Automatic-Module-Name")};
    for (size_t i = 0; i < PL_ARRAY_LEN(names) && group.len == 0; i++) {
        group = group_before(names[i], artifact);
    }
    if (group.len == 0) {
        pl_str vendor = clean(pl_java_manifest_get(manifest, "Implementation-Vendor-Id"));
        group = is_shared(vendor) ? PL_STR_EMPTY : vendor;
    }
    if (group.len == 0 && count_dots(artifact) >= 2) {
        group = pl_str_sub(artifact, 0, pl_str_find_last_char(artifact, '.'));
    }
    return group;
}

/* A title that could be an artifact's name: builds that know it write it there. */
static bool is_artifact_name(pl_str title)
{
    for (size_t i = 0; i < title.len; i++) {
        char c = title.ptr[i];
        if (!pl_char_is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '.' && c != '_') {
            return false;
        }
    }
    return title.len > 0;
}

/* The version that the manifest has, or empty. */
static pl_str manifest_version(const struct pl_java_manifest *manifest)
{
    static const char *const names[] = {"Implementation-Version", "Bundle-Version",
                                        "Specification-Version"};
    pl_str version = PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(names) && version.len == 0; i++) {
        version = clean(pl_java_manifest_get(manifest, names[i]));
    }
    return version;
}

/* Archives of a Java runtime itself, and what holds sources, are no packages. */
static bool is_none(const struct pl_java_file_name *split, pl_str title)
{
    return pl_str_eq_nocase(title, PL_STR("Java Runtime Environment")) ||
           pl_str_starts_with(split->classifier, PL_STR("sources")) ||
           pl_str_starts_with(split->classifier, PL_STR("javadoc"));
}

struct pl_java_guess pl_java_guess(const struct pl_java_manifest *manifest, pl_str file_name)
{
    struct pl_java_guess guess = {.basis = "file name and MANIFEST.MF"};
    struct pl_java_file_name split = pl_java_file_name_split(file_name);
    pl_str title = pl_java_manifest_get(manifest, "Implementation-Title");
    pl_str stated = manifest_version(manifest);
    guess.artifact = split.artifact;
    guess.version = split.version;
    if (split.version.len > 0 && split.is_unsure && stated.len > 0) {
        guess.artifact = pl_str_starts_with(split.version, stated) ? split.artifact : split.stem;
        guess.version = stated;
    } else if (split.version.len == 0) {
        guess.artifact = is_artifact_name(title) ? title : split.artifact;
        guess.version = stated;
        guess.basis = "MANIFEST.MF";
    } else if (manifest->count == 0) {
        guess.basis = "file name";
    }
    if (is_none(&split, title) || guess.version.len > PL_LIMIT_VERSION_BYTES) {
        guess.version = PL_STR_EMPTY;
    }
    guess.group = guess_group(manifest, guess.artifact, guess.version);
    for (size_t i = 0; i < PL_ARRAY_LEN(known_parts); i++) {
        if (pl_str_eq(title, known_parts[i].title) &&
            pl_str_eq(split.artifact, known_parts[i].file)) {
            guess.group = known_parts[i].group;
            guess.artifact = known_parts[i].artifact;
        }
    }
    guess.confidence = guess.group.len > 0 ? 80 : 50;
    return guess;
}
