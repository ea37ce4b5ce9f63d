/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installed database of apk-tools (apk-package(5), apk_db): lib/apk/db/installed, in newer
 * releases usr/lib/apk/db/installed. Packages are separated by a blank line; each line is one
 * letter, a colon and a value:
 *
 *     P:musl-utils      name                F:usr/lib      the directory of the lines after it
 *     V:1.1.24-r2       version             M:0:0:755      its owner and mode
 *     A:x86_64          architecture        R:libx.so      a file in it
 *     L:MIT BSD GPL2+   licences            a:0:0:755      its owner and mode
 *     o:musl            source (origin)     Z:Q1...        its digest
 *     m:Name <mail>     maintainer
 *     D:so:libc.musl-x86_64.so.1 bash>4 !conflict     what it needs
 *     p:so:libx.so=1.2 cmd:x=1.1.24                   what it provides
 *
 * Case counts. Other letters (C checksum, S and I sizes, t time, c commit...) say nothing about
 * what is there. The licence line is kept as one string: it is free text in old
 * packages and an SPDX expression in new ones. Everything in the database is installed; the root
 * directory is an empty F.
 */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "catalog/relations.h"

struct package {
    pl_str name;
    pl_str version;
    pl_str arch;
    pl_str license;
    pl_str origin;
    pl_str maintainer;
    pl_str needs;
    pl_str provides;
    pl_str dir; /* of the files that follow */
    struct pl_strs files; /* in the evidence's arena already */
    size_t lost_files; /* their paths are longer than a path can be */
};

static void add_file(struct pl_sink *sink, struct package *package, pl_str name)
{
    pl_str dir = package->dir;
    char path[PL_LIMIT_PATH_BYTES];
    size_t at = 0;
    if (name.len == 0 || dir.len + 1 + name.len > sizeof(path)) {
        package->lost_files++;
        return;
    }
    if (dir.len > 0) {
        memcpy(path, dir.ptr, dir.len);
        path[dir.len] = '/';
        at = dir.len + 1;
    }
    memcpy(path + at, name.ptr, name.len);
    pl_sink_push(sink, &package->files, pl_str_make(path, at + name.len));
}

/* "bash>4", "so:libx.so=1.2", "bash@edge" without version and repository. */
static pl_str capability(pl_str word)
{
    size_t end = 0;
    while (end < word.len && !memchr("<>=~@", word.ptr[end], 5)) {
        end++;
    }
    return pl_str_sub(word, 0, end);
}

static void note_relations(struct pl_relations *relations, const struct package *package)
{
    pl_str words = package->provides;
    pl_str word = PL_STR_EMPTY;
    pl_relations_package(relations, package->name);
    while (pl_str_next_word(&words, &word)) {
        pl_relations_provide(relations, capability(word));
    }
    words = package->needs;
    while (pl_str_next_word(&words, &word)) {
        if (word.ptr[0] != '!') {
            pl_relations_need(relations, capability(word));
        }
    }
}

static void add_package(struct pl_sink *sink, struct pl_relations *relations,
                        const struct package *package)
{
    if (pl_str_is_empty(package->name) && pl_str_is_empty(package->version)) {
        return;
    }
    if (pl_str_is_empty(package->name) || pl_str_is_empty(package->version)) {
        pl_sink_gap(sink, "package '" PL_STR_FMT "' lacks its name or version",
                    PL_STR_ARG(pl_str_sub(package->name, 0, 100)));
        return;
    }
    struct pl_component *component = pl_sink_component(sink);
    if (!component) {
        return;
    }
    component->type = PL_STR("apk");
    component->name = pl_sink_str(sink, package->name);
    component->version = pl_sink_str(sink, package->version);
    component->arch = pl_sink_str(sink, package->arch);
    component->vendor = pl_sink_str(sink, package->maintainer);
    component->source_name =
        package->origin.len > 0 ? pl_sink_str(sink, package->origin) : component->name;
    component->source_version = component->version;
    pl_sink_push(sink, &component->licenses, package->license);
    component->files = package->files;
    note_relations(relations, package);
    if (package->lost_files > 0) {
        pl_sink_gap(sink, "%zu files of package '" PL_STR_FMT "' have no possible path",
                    package->lost_files, PL_STR_ARG(pl_str_sub(package->name, 0, 100)));
    }
}

/* The field that a line of this letter states, or NULL. */
static pl_str *field_of(struct package *package, char letter)
{
    switch (letter) {
    case 'P':
        return &package->name;
    case 'V':
        return &package->version;
    case 'A':
        return &package->arch;
    case 'L':
        return &package->license;
    case 'o':
        return &package->origin;
    case 'm':
        return &package->maintainer;
    case 'D':
        return &package->needs;
    case 'p':
        return &package->provides;
    case 'F':
        return &package->dir;
    default:
        return NULL;
    }
}

static enum pl_status read_apk(struct pl_sink *sink, const struct pl_catalog_file *file,
                               struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    struct package package = {0};
    struct pl_relations relations pl_autorelations = {.sink = sink};
    while (pl_str_next_line(&text, &line)) {
        if (line.len == 0) {
            add_package(sink, &relations, &package);
            package = (struct package){0};
        }
        if (line.len < 2 || line.ptr[1] != ':') {
            continue;
        }
        pl_str value = pl_str_trim(pl_str_skip(line, 2));
        pl_str *field = field_of(&package, line.ptr[0]);
        if (field) {
            *field = value;
        } else if (line.ptr[0] == 'R') {
            add_file(sink, &package, value);
        }
    }
    add_package(sink, &relations, &package);
    pl_relations_finish(&relations);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_apk = {
    .name = "apk",
    .summary = "Alpine packages, from the installed database of apk",
    .patterns = (const char *const[]){"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL},
    .is_of_system = true,
    .read = read_apk,
};
