/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The licences of Debian packages: usr/share/doc/NAME/copyright (Debian Policy 12.5). Such a file
 * is free text, or machine-readable in the form of DEP-5
 * (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/): deb822 paragraphs, the
 * first with a Format field, and in it and the others License fields, whose first line is the short
 * name or an expression of short names:
 *
 *     Files: src/getopt.c
 *     Copyright: 1990 ...
 *     License: LGPL-2.1+
 *
 * In both forms the text of a common licence is not repeated but referred to by its path,
 * /usr/share/common-licenses/GPL-2, and the base name of that path is a licence too. Free text is
 * not matched against licence texts here. "none" says that a file has no licence of its own.
 *
 * These files come by the thousand, so both searches skip from hit to hit and build no paragraphs.
 */
#include "catalog/cataloger.h"

/* Different licences of one file that are kept: adding is linear in their number. The most that is
 * known, chromium's, has about 60. */
enum { MOST_LICENSES = 256 };

static void add(struct pl_sink *sink, struct pl_strs *licenses, pl_str license)
{
    if (license.len == 0 || pl_strs_contain(licenses, license)) {
        return;
    }
    if (licenses->count == MOST_LICENSES) {
        if (sink->file->gaps.count == 0) {
            pl_sink_gap(sink, "more than %d different licences; the rest was not kept",
                        MOST_LICENSES);
        }
        return;
    }
    pl_sink_push(sink, licenses, license);
}

/* Is there a Format field in the first paragraph? It went by Format-Specification in drafts. */
static bool is_machine_readable(pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    text = pl_str_trim(text);
    while (pl_str_next_line(&text, &line) && line.len > 0) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        if (pl_str_cut(line, ':', &name, &value) &&
            (pl_str_eq_nocase(name, PL_STR("Format")) ||
             pl_str_eq_nocase(name, PL_STR("Format-Specification")))) {
            return true;
        }
    }
    return false;
}

static void add_license_fields(struct pl_sink *sink, struct pl_strs *licenses, pl_str text)
{
    pl_str field = PL_STR("License:");
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        if (line.len >= field.len && (line.ptr[0] == 'L' || line.ptr[0] == 'l') &&
            pl_str_eq_nocase(pl_str_sub(line, 0, field.len), field)) {
            pl_str name = pl_str_trim(pl_str_skip(line, field.len));
            if (!pl_str_eq(name, PL_STR("none"))) {
                add(sink, licenses, name);
            }
        }
    }
}

static bool is_name_char(char c)
{
    return pl_char_is_alnum(c) || c == '.' || c == '-' || c == '+';
}

static void add_common_licenses(struct pl_sink *sink, struct pl_strs *licenses, pl_str text)
{
    pl_str dir = PL_STR("/usr/share/common-licenses/");
    for (;;) {
        size_t at = pl_str_find(text, dir);
        if (at == SIZE_MAX) {
            return;
        }
        text = pl_str_skip(text, at + dir.len);
        size_t len = 0;
        while (len < text.len && is_name_char(text.ptr[len])) {
            len++;
        }
        /* The full stop of the sentence is not part of the name. */
        while (len > 0 && (text.ptr[len - 1] == '.' || text.ptr[len - 1] == '-')) {
            len--;
        }
        add(sink, licenses, pl_str_sub(text, 0, len));
    }
}

static enum pl_status read_copyright(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    pl_str dir = pl_str_sub(file->path, 0, pl_str_find_last_char(file->path, '/'));
    pl_str package = pl_str_after_last(dir, '/');
    struct pl_strs licenses = {0};
    if (is_machine_readable(text)) {
        add_license_fields(sink, &licenses, text);
    }
    add_common_licenses(sink, &licenses, text);
    if (licenses.count > 0) {
        pl_sink_licenses(sink, PL_STR("deb"), package, PL_STR_EMPTY)->values = licenses;
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_dpkg_copyright = {
    .name = "dpkg-copyright",
    .summary = "licences of Debian packages, from their copyright files",
    .patterns = (const char *const[]){"usr/share/doc/*/copyright", NULL},
    .is_of_system = true,
    .read = read_copyright,
};
