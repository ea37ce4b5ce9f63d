/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/rpm_package.h"
#include "base/limits.h"
#include <sys/stat.h>

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
void pl_rpm_package_set_source(struct pl_sink *sink, struct pl_component *component, pl_str file)
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

void pl_rpm_package_add(struct pl_relations *relations, enum pl_scope scope,
                        const struct pl_rpm_header *header)
{
    struct pl_sink *sink = relations->sink;
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
    pl_rpm_package_set_source(sink, component, pl_rpm_header_str(header, PL_RPM_TAG_SOURCE_RPM));
    pl_sink_push(sink, &component->licenses, pl_rpm_header_str(header, PL_RPM_TAG_LICENSE));
    add_module(sink, component, pl_rpm_header_str(header, PL_RPM_TAG_MODULARITY_LABEL));
    component->scope = scope;
    if (scope == PL_SCOPE_INSTALLED) {
        component->files = read_files(sink, header);
    }
    note_relations(relations, header);
}
