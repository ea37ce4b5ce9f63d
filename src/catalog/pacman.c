/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local database of pacman (Arch Linux, MSYS2; libalpm's be_local.c): a directory for each
 * package, NAME-VERSION-RELEASE, with blocks of a title and its values, one a line:
 *
 *     desc     %NAME%         files    %FILES%
 *              gmp                     usr/
 *                                      usr/lib/libgmp.so
 *              %VERSION%
 *              6.2.1-2                 %BACKUP%
 *
 * %BASE% is the source package, %REASON% 1 says that a package came for another one, %DEPENDS% has
 * a constraint after the name. What needs a library is written "libfoo.so=1-64": which package has
 * that is said in another directory, so that it is left out. Directories end in a slash in %FILES%.
 */
#include "catalog/cataloger.h"

struct package {
    pl_str name;
    pl_str version;
    pl_str base;
    pl_str arch;
    pl_str packager;
    pl_str reason;
};

static pl_str *field_of(struct package *package, pl_str title)
{
    const struct {
        pl_str title;
        pl_str *value;
    } known[] = {
        {PL_STR("%NAME%"), &package->name},     {PL_STR("%VERSION%"), &package->version},
        {PL_STR("%BASE%"), &package->base},     {PL_STR("%ARCH%"), &package->arch},
        {PL_STR("%REASON%"), &package->reason}, {PL_STR("%PACKAGER%"), &package->packager},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        if (pl_str_eq(title, known[i].title)) {
            return known[i].value;
        }
    }
    return NULL;
}

static bool is_title(pl_str line)
{
    return line.len > 2 && line.ptr[0] == '%' && line.ptr[line.len - 1] == '%';
}

static struct package read_fields(pl_str text)
{
    struct package package = {0};
    pl_str *field = NULL;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (is_title(line)) {
            field = field_of(&package, line);
        } else if (field && field->len == 0) {
            *field = line;
        }
    }
    return package;
}

/* "gcc-libs>=12" without what it says of the version; empty for a library. */
static pl_str needed_name(pl_str need)
{
    size_t end = 0;
    while (end < need.len && !memchr("<>=:", need.ptr[end], 4)) {
        end++;
    }
    pl_str name = pl_str_trim(pl_str_sub(need, 0, end));
    return pl_str_ends_with(name, PL_STR(".so")) ? PL_STR_EMPTY : name;
}

static void read_lists(struct pl_sink *sink, struct pl_component *component, pl_str text)
{
    pl_str title = PL_STR_EMPTY;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (is_title(line)) {
            title = line;
        } else if (pl_str_eq(title, PL_STR("%LICENSE%"))) {
            pl_sink_push(sink, &component->licenses, line);
        } else if (pl_str_eq(title, PL_STR("%DEPENDS%"))) {
            pl_sink_push(sink, &component->depends, needed_name(line));
        }
    }
}

static void read_desc(struct pl_sink *sink, pl_str text)
{
    struct package package = read_fields(text);
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "alpm", package.name, package.version);
    if (!component) {
        return;
    }
    component->arch = pl_sink_str(sink, package.arch);
    component->vendor = pl_sink_str(sink, package.packager);
    if (package.base.len > 0) {
        component->source_name = pl_sink_str(sink, package.base);
        component->source_version = component->version;
    }
    if (pl_str_eq(package.reason, PL_STR("1"))) {
        component->relation = PL_RELATION_TRANSITIVE;
    } else if (pl_str_eq(package.reason, PL_STR("0"))) {
        component->relation = PL_RELATION_DIRECT;
    }
    read_lists(sink, component, text);
}

/* The name in ".../NAME-VERSION-RELEASE/files"; neither of the other two has a dash. */
static pl_str directory_name(pl_str path)
{
    path = pl_str_sub(path, 0, pl_str_find_last_char(path, '/'));
    pl_str name = pl_str_after_last(path, '/');
    for (size_t part = 0; part < 2; part++) {
        size_t dash = pl_str_find_last_char(name, '-');
        name = pl_str_sub(name, 0, dash == SIZE_MAX ? 0 : dash);
    }
    return name;
}

static void read_files(struct pl_sink *sink, pl_str name, pl_str text)
{
    struct pl_attachment *files = pl_sink_files(sink, PL_STR("alpm"), name, PL_STR_EMPTY);
    bool is_list = false;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        if (is_title(line)) {
            is_list = pl_str_eq(line, PL_STR("%FILES%"));
        } else if (is_list && line.len > 0 && line.ptr[line.len - 1] != '/') {
            pl_sink_push(sink, &files->values, line);
        }
    }
}

static enum pl_status read_pacman(struct pl_sink *sink, const struct pl_catalog_file *file,
                                  struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    if (!pl_str_ends_with(file->path, PL_STR("/files"))) {
        read_desc(sink, text);
        return PL_OK;
    }
    pl_str name = directory_name(file->path);
    if (name.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "its directory is not called NAME-VERSION-RELEASE");
    }
    read_files(sink, name, text);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_pacman = {
    .name = "pacman",
    .summary = "Arch Linux packages, from the local database of pacman",
    .patterns =
        (const char *const[]){"**/pacman/local/*/desc", "**/pacman/local/*/files",
                              /* SteamOS keeps it beside what may be written */
                              "**/pacmandb/local/*/desc", "**/pacmandb/local/*/files", NULL},
    .read = read_pacman,
};
