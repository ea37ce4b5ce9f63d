/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installed packages of Portage (Gentoo; portage(5), "/var/db/pkg"): a directory for each,
 * CATEGORY/NAME-VERSION, with a file for each fact. CONTENTS is always there, be it empty, so it
 * stands for the package; name and version are those of the directory (Package Manager
 * Specification, section 3: a name never ends in what looks like a version):
 *
 *     dir /usr/bin
 *     obj /usr/bin/skopeo MD5 MTIME
 *     sym /usr/lib/a.so -> a.so.1 MTIME          also dev, fif
 *
 * LICENSE is a dependency specification (section 8.2): names of licences, "|| ( a b )" for either.
 * Portage has evaluated what depends on USE flags. Two slots of one package share what their
 * LICENSE files say.
 */
#include "catalog/cataloger.h"

struct place {
    pl_str name; /* "app-shells/bash" */
    pl_str version; /* "5.1_p16-r1" */
    pl_str file; /* "CONTENTS" */
};

/* Takes the last segment off. */
static pl_str take_segment(pl_str *path)
{
    size_t slash = pl_str_find_last_char(*path, '/');
    pl_str segment = slash == SIZE_MAX ? *path : pl_str_skip(*path, slash + 1);
    *path = pl_str_sub(*path, 0, slash == SIZE_MAX ? 0 : slash);
    return segment;
}

static bool is_revision(pl_str part)
{
    uint64_t number = 0;
    return part.len > 1 && part.ptr[0] == 'r' &&
           pl_str_to_uint(pl_str_skip(part, 1), UINT64_MAX, &number);
}

/* Where the version of "NAME-VERSION" begins, or SIZE_MAX. */
static size_t find_version(pl_str directory)
{
    size_t dash = pl_str_find_last_char(directory, '-');
    if (dash != SIZE_MAX && is_revision(pl_str_skip(directory, dash + 1))) {
        dash = pl_str_find_last_char(pl_str_sub(directory, 0, dash), '-');
    }
    bool is_version = dash != SIZE_MAX && dash > 0 && dash + 1 < directory.len &&
                      pl_char_is_digit(directory.ptr[dash + 1]);
    return is_version ? dash + 1 : SIZE_MAX;
}

static bool read_place(pl_str path, struct place *ret)
{
    pl_str left = path;
    pl_str file = take_segment(&left);
    pl_str directory = take_segment(&left);
    pl_str category = take_segment(&left);
    size_t at = find_version(directory);
    if (at == SIZE_MAX || directory.ptr[0] == '-') {
        return false;
    }
    const char *from = category.ptr;
    ret->file = file;
    ret->name = pl_str_make(from, (size_t)(directory.ptr + at - 1 - from));
    ret->version = pl_str_skip(directory, at);
    return true;
}

/* The path of an entry, without its first slash; empty for a directory. */
static pl_str path_of(pl_str line)
{
    size_t words_after = 0;
    if (pl_str_starts_with(line, PL_STR("obj "))) {
        words_after = 2;
    } else if (pl_str_starts_with(line, PL_STR("sym "))) {
        line = pl_str_sub(line, 0, pl_str_find(line, PL_STR(" -> ")));
    } else if (!pl_str_starts_with(line, PL_STR("dev ")) &&
               !pl_str_starts_with(line, PL_STR("fif "))) {
        return PL_STR_EMPTY;
    }
    pl_str path = pl_str_skip(line, 4);
    for (size_t i = 0; i < words_after; i++) {
        size_t blank = pl_str_find_last_char(path, ' ');
        path = pl_str_sub(path, 0, blank == SIZE_MAX ? 0 : blank);
    }
    return pl_str_starts_with(path, PL_STR("/")) ? pl_str_skip(path, 1) : PL_STR_EMPTY;
}

static void read_contents(struct pl_sink *sink, const struct place *place, pl_str text)
{
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "portage", place->name, place->version);
    pl_str line = PL_STR_EMPTY;
    while (component && pl_str_next_line(&text, &line)) {
        pl_sink_push(sink, &component->files, path_of(line));
    }
}

/* "a OR b". */
static pl_str join_either(struct pl_arena *scratch, const struct pl_strs *either)
{
    size_t bytes = 0;
    for (size_t i = 0; i < either->count; i++) {
        bytes += either->items[i].len + 4;
    }
    char *text = PL_ARENA_ARRAY(scratch, char, bytes);
    size_t len = 0;
    for (size_t i = 0; i < either->count; i++) {
        if (i > 0) {
            memcpy(text + len, " OR ", 4);
            len += 4;
        }
        memcpy(text + len, either->items[i].ptr, either->items[i].len);
        len += either->items[i].len;
    }
    return pl_str_make(text, len);
}

/* What is in other parentheses holds as well as what is before them. */
static void read_license(struct pl_sink *sink, const struct place *place, pl_str text)
{
    struct pl_attachment *licenses =
        pl_sink_licenses(sink, PL_STR("portage"), place->name, PL_STR_EMPTY);
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_strs either = {0};
    bool is_either = false;
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&text, &word)) {
        if (pl_str_eq(word, PL_STR("||"))) {
            is_either = true;
        } else if (pl_str_eq(word, PL_STR(")"))) {
            pl_sink_push(sink, &licenses->values, join_either(&scratch, &either));
            either.count = 0;
            is_either = false;
        } else if (pl_str_eq(word, PL_STR("(")) || pl_str_ends_with(word, PL_STR("?"))) {
            continue;
        } else if (is_either) {
            *pl_vec_push(&scratch, &either) = word;
        } else {
            pl_sink_push(sink, &licenses->values, word);
        }
    }
}

static enum pl_status read_portage(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   struct pl_error *err)
{
    struct place place;
    if (!read_place(file->path, &place)) {
        return pl_error_set(err, PL_E_PARSE, "its directory is not called NAME-VERSION");
    }
    if (pl_str_eq(place.file, PL_STR("LICENSE"))) {
        read_license(sink, &place, pl_span_str(file->content));
    } else {
        read_contents(sink, &place, pl_span_str(file->content));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_portage = {
    .name = "portage",
    .summary = "Gentoo packages, from the database of Portage",
    .patterns =
        (const char *const[]){"**/var/db/pkg/*/*/CONTENTS", "**/var/db/pkg/*/*/LICENSE", NULL},
    .read = read_portage,
};
