/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installed database of rpm, in whichever of its forms and places:
 *
 *     var/lib/rpm, usr/lib/sysimage/rpm (SUSE, Fedora), usr/share/rpm (OSTree)
 *     Packages (Berkeley DB), Packages.db (ndb), rpmdb.sqlite
 *
 * The form is told by the first bytes and not by the name. Each package is a header (rpm_header.h).
 * Its version is [epoch:]version-release, as the version scheme compares it; the epoch is there
 * when the header has one, even 0. The source package is known by the file name of its package
 * alone, "util-linux-2.32.1-42.el8_8.src.rpm". rpm may have several versions of a package
 * installed at once (kernels), so repetitions are kept. gpg-pubkey is how rpm keeps the keys that
 * it trusts: an entry, but no software. A package of a module (RHEL 8's modularity) has its label,
 * "nodejs:18:8080020230718:abc", as the qualifier `rpmmod` that purl-spec has for it.
 *
 * What a package needs is given by the packages that provide it, be it a soname or a path. Needs of
 * rpm itself ("rpmlib(...)") and conditions ("(a if b)") are left out, as no package has such a
 * name.
 */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "catalog/relations.h"
#include "format/rpm_bdb.h"
#include "format/rpm_header.h"
#include "format/rpm_ndb.h"
#include "format/rpm_sqlite.h"
#include <sys/stat.h>

struct form {
    size_t magic_at;
    pl_str magic;
    enum pl_status (*visit)(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                            struct pl_error *err);
};

static const struct form forms[] = {
    {0, PL_STR_INIT("SQLite format 3"), pl_rpm_sqlite_visit},
    {0, PL_STR_INIT("RpmP"), pl_rpm_ndb_visit},
    {12, PL_STR_INIT("\x61\x15\x06\x00"), pl_rpm_bdb_visit}, /* little-endian */
    {12, PL_STR_INIT("\x00\x06\x15\x61"), pl_rpm_bdb_visit},
};

/* PL_LIMIT_VERSION_BYTES are enough for all three parts, or the version is empty. */
static pl_str full_version(struct pl_sink *sink, const struct pl_rpm_header *header)
{
    pl_str version = pl_rpm_header_str(header, PL_RPM_TAG_VERSION);
    pl_str release = pl_rpm_header_str(header, PL_RPM_TAG_RELEASE);
    char text[PL_LIMIT_VERSION_BYTES];
    uint32_t epoch = 0;
    size_t len = 0;
    if (pl_rpm_header_uint32(header, PL_RPM_TAG_EPOCH, &epoch)) {
        len = (size_t)snprintf(text, sizeof(text), "%u:", epoch);
    }
    if (version.len == 0 || version.len > sizeof(text) - len - 1 ||
        release.len > sizeof(text) - len - 1 - version.len) {
        return PL_STR_EMPTY;
    }
    memcpy(text + len, version.ptr, version.len);
    len += version.len;
    text[len++] = '-';
    if (release.len > 0) {
        memcpy(text + len, release.ptr, release.len);
    }
    return pl_sink_str(sink, pl_str_make(text, len + release.len));
}

/* Takes ".suffix" off the end. */
static bool take_suffix(pl_str *name, char separator, pl_str *ret_suffix)
{
    size_t at = pl_str_find_last_char(*name, separator);
    if (at == SIZE_MAX) {
        return false;
    }
    *ret_suffix = pl_str_skip(*name, at + 1);
    *name = pl_str_sub(*name, 0, at);
    return true;
}

/* NAME-VERSION-RELEASE.src.rpm, also .nosrc.rpm; absent or "(none)" gives no source. */
static void set_source(struct pl_sink *sink, struct pl_component *component, pl_str file)
{
    pl_str suffix = PL_STR_EMPTY;
    pl_str release = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str name = file;
    if (!take_suffix(&name, '.', &suffix) || !pl_str_eq(suffix, PL_STR("rpm")) ||
        !take_suffix(&name, '.', &suffix)) {
        return;
    }
    pl_str stem = name;
    if (!take_suffix(&name, '-', &release) || !take_suffix(&name, '-', &version)) {
        return;
    }
    component->source_name = pl_sink_str(sink, name);
    component->source_version = pl_sink_str(sink, pl_str_skip(stem, name.len + 1));
}

/* False when the path is longer than a path can be. */
static bool add_path(struct pl_sink *sink, struct pl_strs *files, pl_str dir, pl_str name)
{
    char path[PL_LIMIT_PATH_BYTES];
    if (dir.len + name.len > sizeof(path)) {
        return false;
    }
    memcpy(path, dir.ptr, dir.len);
    memcpy(path + dir.len, name.ptr, name.len);
    pl_str whole = pl_str_make(path, dir.len + name.len);
    pl_sink_push(sink, files,
                 pl_str_starts_with(whole, PL_STR("/")) ? pl_str_skip(whole, 1) : whole);
    return true;
}

/* Directories are shared between packages and left out, where the modes tell them. */
static bool next_is_dir(struct pl_rpm_values *modes)
{
    uint16_t mode = 0;
    return pl_rpm_values_next_uint16(modes, &mode) && S_ISDIR(mode);
}

/* Paths are split: base names, and for each the index of its directory, which ends in a slash. */
static struct pl_strs read_files(struct pl_sink *sink, const struct pl_rpm_header *header)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_strs files = {0};
    struct pl_strs dirs = {0};
    pl_str name = PL_STR_EMPTY;
    struct pl_rpm_values values = pl_rpm_header_strs(header, PL_RPM_TAG_DIR_NAMES);
    while (dirs.count < PL_LIMIT_RPM_DIRS && pl_rpm_values_next_str(&values, &name)) {
        *pl_vec_push(&scratch, &dirs) = name;
    }
    uint32_t dir = 0;
    size_t lost = 0;
    struct pl_rpm_values modes = pl_rpm_header_uint16s(header, PL_RPM_TAG_FILE_MODES);
    struct pl_rpm_values dir_indexes = pl_rpm_header_uint32s(header, PL_RPM_TAG_DIR_INDEXES);
    struct pl_rpm_values base_names = pl_rpm_header_strs(header, PL_RPM_TAG_BASE_NAMES);
    while (pl_rpm_values_next_str(&base_names, &name) &&
           pl_rpm_values_next_uint32(&dir_indexes, &dir)) {
        if (!next_is_dir(&modes) &&
            (dir >= dirs.count || !add_path(sink, &files, dirs.items[dir], name))) {
            lost++;
        }
    }
    /* Packages of rpm 3 have whole paths. */
    struct pl_rpm_values paths = pl_rpm_header_strs(header, PL_RPM_TAG_OLD_FILE_NAMES);
    bool has_whole_paths = dirs.count == 0;
    while (has_whole_paths && pl_rpm_values_next_str(&paths, &name)) {
        if (!next_is_dir(&modes) && !add_path(sink, &files, PL_STR_EMPTY, name)) {
            lost++;
        }
    }
    if (lost > 0) {
        pl_str package = pl_rpm_header_str(header, PL_RPM_TAG_NAME);
        pl_sink_gap(sink, "%zu files of package '" PL_STR_FMT "' have no possible path", lost,
                    PL_STR_ARG(pl_str_sub(package, 0, 100)));
    }
    return files;
}

struct reading {
    struct pl_sink *sink;
    struct pl_relations relations;
};

static void note_relations(struct pl_relations *relations, const struct pl_rpm_header *header)
{
    pl_str name = PL_STR_EMPTY;
    struct pl_rpm_values provides = pl_rpm_header_strs(header, PL_RPM_TAG_PROVIDE_NAMES);
    pl_relations_package(relations, pl_rpm_header_str(header, PL_RPM_TAG_NAME));
    while (pl_rpm_values_next_str(&provides, &name)) {
        pl_relations_provide(relations, name);
    }
    struct pl_rpm_values requires = pl_rpm_header_strs(header, PL_RPM_TAG_REQUIRE_NAMES);
    while (pl_rpm_values_next_str(&requires, &name)) {
        pl_relations_need(relations, name);
    }
}

static void add_module(struct pl_sink *sink, struct pl_component *component, pl_str label)
{
    struct pl_arena scratch pl_autoarena = {0};
    if (label.len > 0) {
        pl_sink_push(sink, &component->qualifiers,
                     pl_arena_format(&scratch, "rpmmod=" PL_STR_FMT, PL_STR_ARG(label)));
    }
}

static void add_package(struct reading *reading, const struct pl_rpm_header *header)
{
    struct pl_sink *sink = reading->sink;
    pl_str name = pl_rpm_header_str(header, PL_RPM_TAG_NAME);
    pl_str version = full_version(sink, header);
    if (pl_str_is_empty(name) || pl_str_is_empty(version)) {
        pl_sink_gap(sink, "package '" PL_STR_FMT "' lacks its name or a version of sane length",
                    PL_STR_ARG(pl_str_sub(name, 0, 100)));
        return;
    }
    struct pl_component *component = pl_sink_component(sink);
    if (!component) {
        return;
    }
    component->type = PL_STR("rpm");
    component->name = pl_sink_str(sink, name);
    component->version = version;
    component->arch = pl_sink_str(sink, pl_rpm_header_str(header, PL_RPM_TAG_ARCH));
    component->vendor = pl_sink_str(sink, pl_rpm_header_str(header, PL_RPM_TAG_VENDOR));
    component->is_pseudo = pl_str_eq(name, PL_STR("gpg-pubkey"));
    set_source(sink, component, pl_rpm_header_str(header, PL_RPM_TAG_SOURCE_RPM));
    pl_sink_push(sink, &component->licenses, pl_rpm_header_str(header, PL_RPM_TAG_LICENSE));
    add_module(sink, component, pl_rpm_header_str(header, PL_RPM_TAG_MODULARITY_LABEL));
    component->files = read_files(sink, header);
    note_relations(&reading->relations, header);
}

static void visit_header(void *context, pl_span blob)
{
    struct reading *reading = context;
    struct pl_rpm_header header;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_rpm_header_open(blob, &header, &err) < 0) {
        pl_sink_gap(reading->sink, "%s", err.msg);
        return;
    }
    add_package(reading, &header);
}

static void visit_damage(void *context, const struct pl_error *why)
{
    const struct reading *reading = context;
    pl_sink_gap(reading->sink, "%s", why->msg);
}

static enum pl_status read_rpm(struct pl_sink *sink, const struct pl_catalog_file *file,
                               struct pl_error *err)
{
    struct reading reading = {.sink = sink, .relations = {.sink = sink}};
    struct pl_rpm_db db = {.content = file->content};
    if (file->companion) {
        db.wal = file->companion->content;
    }
    const struct pl_rpm_visitor visitor = {
        .context = &reading, .header = visit_header, .damage = visit_damage};
    pl_str content = pl_span_str(file->content);
    for (size_t i = 0; i < PL_ARRAY_LEN(forms); i++) {
        pl_str begin = pl_str_sub(content, forms[i].magic_at, forms[i].magic.len);
        if (pl_str_eq(begin, forms[i].magic)) {
            enum pl_status st = forms[i].visit(&db, &visitor, err);
            pl_relations_finish(&reading.relations);
            pl_relations_release(&reading.relations);
            return st;
        }
    }
    /* rpm leaves an empty file behind when it moves its database. */
    if (content.len == 0 && db.wal.len == 0) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_PARSE, "no form of rpm's database: its first bytes are unknown");
}

const struct pl_cataloger pl_cataloger_rpm = {
    .name = "rpm",
    .summary = "RPM packages, from the database of rpm in its Berkeley DB, ndb and SQLite forms",
    .patterns =
        (const char *const[]){
            "var/lib/rpm/Packages",
            "var/lib/rpm/Packages.db",
            "var/lib/rpm/rpmdb.sqlite",
            "usr/lib/sysimage/rpm/Packages",
            "usr/lib/sysimage/rpm/Packages.db",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "usr/share/rpm/Packages",
            "usr/share/rpm/Packages.db",
            "usr/share/rpm/rpmdb.sqlite",
            NULL,
        },
    .companion_suffix = "-wal",
    .read = read_rpm,
};
