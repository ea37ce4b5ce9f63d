/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WordPress with its plugins and themes. The version of WordPress itself is an assignment in
 * wp-includes/version.php:
 *
 *     $wp_version = '4.9.4';
 *
 * A plugin is a folder (or one file) in wp-content/plugins, of which one PHP file begins with a
 * comment of fields (developer.wordpress.org, "Plugin Handbook", "Header Requirements"); a theme is
 * a folder in wp-content/themes with the same in its style.css:
 *
 *     Plugin Name: Hello Dolly                    or Theme Name
 *     Version: 1.7.2
 *     License: GPLv2 or later
 *
 * As WordPress does, the fields are looked for in the first 8 KiB. The package is named by its
 * folder, as on wordpress.org: "plugin/hello-dolly", "theme/twentytwenty". Without the name it is
 * any PHP file, and no plugin.
 */
#include "catalog/cataloger.h"

enum { HEADER_BYTES = 8192 };

/* Takes comments off the start, and true when there is one. */
static bool skip_comment(pl_str *cursor)
{
    pl_str line = PL_STR_EMPTY;
    if (pl_str_starts_with(*cursor, PL_STR("/*"))) {
        size_t end = pl_str_find(pl_str_skip(*cursor, 2), PL_STR("*/"));
        *cursor = end == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(*cursor, end + 4);
        return true;
    }
    if (pl_str_starts_with(*cursor, PL_STR("//")) || pl_str_starts_with(*cursor, PL_STR("#"))) {
        pl_str_next_line(cursor, &line);
        return true;
    }
    return false;
}

/* The string that is assigned to $wp_version outside of comments. */
static pl_str core_version(pl_str text)
{
    static const pl_str variable = PL_STR_INIT("$wp_version");
    while (text.len > 0) {
        if (skip_comment(&text)) {
            continue;
        }
        if (!pl_str_starts_with(text, variable)) {
            text = pl_str_skip(text, 1);
            continue;
        }
        pl_str rest = pl_str_trim(pl_str_skip(text, variable.len));
        text = pl_str_skip(text, variable.len);
        if (!pl_str_starts_with(rest, PL_STR("="))) {
            continue;
        }
        rest = pl_str_trim(pl_str_skip(rest, 1));
        if (rest.len > 0 && (rest.ptr[0] == '\'' || rest.ptr[0] == '"')) {
            pl_str version = PL_STR_EMPTY;
            pl_str after = PL_STR_EMPTY;
            pl_str_cut(pl_str_skip(rest, 1), rest.ptr[0], &version, &after);
            return version;
        }
    }
    return PL_STR_EMPTY;
}

/* The value of a field in a header, which may have marks of a comment before and behind it. */
static pl_str header_field(pl_str text, const char *name)
{
    pl_str line = PL_STR_EMPTY;
    text = pl_str_sub(text, 0, HEADER_BYTES);
    while (pl_str_next_line(&text, &line)) {
        while (line.len > 0 && memchr(" \t/*#@", line.ptr[0], 6)) {
            line = pl_str_skip(line, 1);
        }
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        if (pl_str_cut(line, ':', &key, &value) &&
            pl_str_eq_nocase(pl_str_trim(key), pl_str_from(name))) {
            size_t end = pl_str_find(value, PL_STR("*/"));
            return pl_str_trim(pl_str_sub(value, 0, end));
        }
    }
    return PL_STR_EMPTY;
}

/* The first segment behind `folder`; of a file directly in there its name without ".php". */
static pl_str slug(pl_str path, const char *folder)
{
    pl_str wanted = pl_str_from(folder);
    size_t at = pl_str_find(path, wanted);
    pl_str rest = at == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(path, at + wanted.len);
    pl_str name = PL_STR_EMPTY;
    if (!pl_str_cut(rest, '/', &name, &rest) && pl_str_ends_with(name, PL_STR(".php"))) {
        name.len -= 4;
    }
    return name;
}

static void add_part(struct pl_sink *sink, pl_str text, const char *kind, const char *name_field,
                     pl_str part_slug)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str version = header_field(text, "Version");
    if (header_field(text, name_field).len == 0 || part_slug.len == 0) {
        return;
    }
    struct pl_component *component = pl_catalog_component(
        sink, PL_SCOPE_INSTALLED, "wordpress",
        pl_arena_format(&scratch, "%s/" PL_STR_FMT, kind, PL_STR_ARG(part_slug)), version);
    if (component) {
        pl_sink_push(sink, &component->licenses, header_field(text, "License"));
        component->vendor = pl_sink_str(sink, header_field(text, "Author"));
    }
}

static enum pl_status read_wordpress(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    if (pl_str_ends_with(file->path, PL_STR("/style.css"))) {
        add_part(sink, text, "theme", "Theme Name", slug(file->path, "wp-content/themes/"));
    } else if (pl_str_ends_with(file->path, PL_STR("wp-includes/version.php"))) {
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "wordpress", PL_STR("wordpress"),
                             core_version(text));
    } else {
        bool must_use = pl_str_contains(file->path, PL_STR("wp-content/mu-plugins/"));
        add_part(sink, text, "plugin", "Plugin Name",
                 slug(file->path, must_use ? "wp-content/mu-plugins/" : "wp-content/plugins/"));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_wordpress = {
    .name = "wordpress",
    .summary = "WordPress, its plugins and themes",
    .patterns =
        (const char *const[]){"**/wp-includes/version.php", "**/wp-content/plugins/*.php",
                              "**/wp-content/plugins/*/*.php", "**/wp-content/mu-plugins/*.php",
                              "**/wp-content/themes/*/style.css", NULL},
    .read = read_wordpress,
};
