/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core metadata (packaging.python.org, "Core metadata specifications") is a header of mail, which
 * the description may follow after a blank line:
 *
 *     Metadata-Version: 2.1
 *     Name: Flask
 *     Version: 2.0.1
 *     License: BSD-3-Clause                       any text, in old files all of the licence
 *     License-Expression: MIT                     SPDX, from Metadata-Version 2.4 on
 *     Classifier: License :: OSI Approved :: BSD License
 *     Requires-Dist: Werkzeug (>=2.0)
 *     Requires-Dist: asgiref ; extra == 'async'
 *
 * The expression says it best, then a short text, then the classifiers, of which "OSI Approved"
 * alone says nothing; of a licence in full its first line.
 */
#include "catalog/python_package.h"
#include "base/limits.h"
#include "catalog/need.h"
#include "format/deb822.h"
#include "format/toml.h"

/* Longer than any name of a licence, shorter than a licence. */
enum { LICENSE_NAME_BYTES = 200 };

/* A package of the lock file. */
struct known {
    pl_str name;
    pl_str version;
    bool is_several;
};

static bool is_name_char(char c)
{
    return pl_char_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

pl_str pl_python_requirement_name(pl_str requirement, pl_str *ret_rest)
{
    requirement = pl_str_trim(requirement);
    pl_str name = pl_str_take_while(&requirement, is_name_char);
    *ret_rest = requirement;
    return name.len > 0 && !pl_char_is_alnum(name.ptr[0]) ? PL_STR_EMPTY : name;
}

/* Lower case, with one '-' for each run of '-', '_' and '.'. */
static pl_str normalise(struct pl_arena *arena, pl_str name)
{
    char *text = pl_arena_alloc(arena, name.len + 1, 1);
    size_t len = 0;
    bool was_mark = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_mark = c == '-' || c == '_' || c == '.';
        if (!is_mark || !was_mark) {
            text[len++] = is_mark ? '-' : pl_char_lower(c);
        }
        was_mark = is_mark;
    }
    return pl_str_make(text, len);
}

static void add_license(struct pl_sink *sink, struct pl_component *component, pl_str text)
{
    if (text.len > 0 && component->licenses.count < PL_LIMIT_LICENSES &&
        !pl_strs_contain(&component->licenses, text)) {
        pl_sink_push(sink, &component->licenses, text);
    }
}

static void add_classifiers(struct pl_sink *sink, struct pl_component *component, pl_str header)
{
    struct pl_deb822_field field = {PL_STR_EMPTY, PL_STR_EMPTY};
    while (pl_deb822_next_field(&header, &field)) {
        if (!pl_str_eq_nocase(field.name, PL_STR("Classifier")) ||
            !pl_str_starts_with(field.value, PL_STR("License ::"))) {
            continue;
        }
        pl_str last =
            pl_str_trim(pl_str_skip(field.value, pl_str_find_last_char(field.value, ':') + 1));
        if (!pl_str_eq(last, PL_STR("OSI Approved"))) {
            add_license(sink, component, last);
        }
    }
}

static void add_licenses(struct pl_sink *sink, struct pl_component *component, pl_str header,
                         pl_str expression, pl_str license)
{
    pl_str first_line = pl_deb822_first_line(license);
    bool is_name = first_line.len == license.len && license.len <= LICENSE_NAME_BYTES;
    if (pl_str_eq_nocase(license, PL_STR("UNKNOWN"))) {
        license = PL_STR_EMPTY;
    }
    if (expression.len > 0) {
        add_license(sink, component, expression);
    } else if (license.len > 0 && is_name) {
        add_license(sink, component, license);
    } else {
        add_classifiers(sink, component, header);
        if (component->licenses.count == 0 && license.len > 0) {
            add_license(sink, component, pl_str_sub(first_line, 0, LICENSE_NAME_BYTES));
        }
    }
}

static void add_requires(struct pl_sink *sink, struct pl_component *component, pl_str header)
{
    struct pl_deb822_field field = {PL_STR_EMPTY, PL_STR_EMPTY};
    while (pl_deb822_next_field(&header, &field)) {
        if (!pl_str_eq_nocase(field.name, PL_STR("Requires-Dist"))) {
            continue;
        }
        pl_str requirement = PL_STR_EMPTY;
        pl_str marker = PL_STR_EMPTY;
        pl_str_cut(field.value, ';', &requirement, &marker);
        if (!pl_str_contains(marker, PL_STR("extra"))) {
            pl_str rest = PL_STR_EMPTY;
            pl_sink_push(sink, &component->depends, pl_python_requirement_name(requirement, &rest));
        }
    }
}

/* Up to the first empty line. One of blanks alone is part of the field before it: setuptools folds
 * a text's empty lines so. */
static pl_str header_of(pl_str text)
{
    pl_str cursor = text;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        if (line.len == 0) {
            return pl_str_sub(text, 0, (size_t)(line.ptr - text.ptr));
        }
    }
    return text;
}

struct pl_component *pl_python_add_metadata(struct pl_sink *sink, pl_str text)
{
    struct {
        const char *name;
        pl_str value;
    } wanted[] = {{"Name", PL_STR_EMPTY},
                  {"Version", PL_STR_EMPTY},
                  {"License-Expression", PL_STR_EMPTY},
                  {"License", PL_STR_EMPTY},
                  {"Author", PL_STR_EMPTY}};
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    pl_str header = header_of(text);
    pl_str fields = header;
    struct pl_deb822_field field = {PL_STR_EMPTY, PL_STR_EMPTY};
    while (pl_deb822_next_field(&fields, &field)) {
        for (size_t i = 0; i < PL_ARRAY_LEN(wanted); i++) {
            if (wanted[i].value.len == 0 &&
                pl_str_eq_nocase(field.name, pl_str_from(wanted[i].name))) {
                wanted[i].value = field.value;
            }
        }
    }
    struct pl_component *component = pl_catalog_component(sink, PL_SCOPE_INSTALLED, "pypi",
                                                          pl_deb822_first_line(wanted[0].value),
                                                          pl_deb822_first_line(wanted[1].value));
    if (!component) {
        return NULL;
    }
    add_licenses(sink, component, header, wanted[2].value, wanted[3].value);
    pl_str author = pl_deb822_first_line(wanted[4].value);
    if (!pl_str_eq(author, PL_STR("UNKNOWN"))) {
        component->vendor = pl_sink_str(sink, author);
    }
    add_requires(sink, component, header);
    return component;
}

void pl_python_lock_release(struct pl_python_lock *lock)
{
    pl_distinct_release(&lock->list);
    pl_map_release(&lock->known);
    pl_arena_release(&lock->arena);
}

void pl_python_lock_know(struct pl_python_lock *lock, pl_str name, pl_str version)
{
    void **place = pl_map_at(&lock->known, normalise(&lock->arena, name));
    struct known *known = *place;
    if (!known) {
        known = PL_ARENA_NEW(&lock->arena, struct known);
        *known = (struct known){.name = name, .version = version};
        *place = known;
    } else if (!pl_str_eq(known->version, version)) {
        known->is_several = true;
    }
}

enum pl_status pl_python_lock_read(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   const char *key,
                                   void (*add)(struct pl_python_lock *lock, const json_t *package),
                                   struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(pl_span_str(file->content), "the file", &document, err);
    struct pl_python_lock lock pl_autopythonlock = PL_PYTHON_LOCK_INIT(sink);
    lock.old_files = pl_json_object(pl_json_object(document, "metadata"), "files");
    const json_t *packages = pl_json_array(document, key);
    for (size_t i = 0; i < json_array_size(packages); i++) {
        const json_t *package = json_array_get(packages, i);
        pl_python_lock_know(&lock, pl_json_str(package, "name"), pl_json_str(package, "version"));
    }
    for (size_t i = 0; i < json_array_size(packages); i++) {
        add(&lock, json_array_get(packages, i));
    }
    return st;
}

void pl_python_lock_depends(struct pl_python_lock *lock, struct pl_component *component,
                            pl_str name, pl_str version)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct known *known = pl_map_find(&lock->known, normalise(&scratch, name));
    if (known) {
        name = known->name;
        version = version.len == 0 && !known->is_several ? known->version : version;
    }
    pl_need_add(lock->list.sink, component, name, version);
}

void pl_python_add_hash(struct pl_sink *sink, struct pl_component *component, pl_str hash)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    if (pl_str_cut(hash, ':', &algorithm, &hex)) {
        pl_catalog_add_hash(sink, component, algorithm, hex);
    }
}

void pl_python_lock_files(struct pl_python_lock *lock, struct pl_component *component,
                          const json_t *files, const char *key)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        pl_python_add_hash(lock->list.sink, component, pl_json_str(json_array_get(files, i), key));
    }
}
