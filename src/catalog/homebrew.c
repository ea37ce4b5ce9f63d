/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of Homebrew (docs.brew.sh, "Formula Cookbook", "Cask Cookbook"):
 *
 *     Cellar/NAME/VERSION/INSTALL_RECEIPT.json    a formula as it was installed
 *     Cellar/NAME/VERSION/.brew/NAME.rb           the formula itself, for its licence
 *     Caskroom/NAME/.metadata/VERSION/TIME/Casks/NAME.json or .rb
 *
 * VERSION has the revision after an underscore, as `brew list --versions` says it. The receipt
 * states whether somebody asked for it, where it came from (a "tap"), and each package that it
 * needs at run time with its version. A licence is a string, or `any_of:`, `all_of:` with a list;
 * lists within lists are given as they are written.
 */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "format/json.h"

/* The segment of a path, counted from its end. */
static pl_str segment_from_end(pl_str path, size_t index)
{
    for (;; index--) {
        size_t slash = pl_str_find_last_char(path, '/');
        pl_str segment = slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
        if (index == 0) {
            return segment;
        }
        path = pl_str_sub(path, 0, slash == SIZE_MAX ? 0 : slash);
    }
}

static void add_depends(struct pl_sink *sink, struct pl_component *component, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct pl_arena scratch pl_autoarena = {0};
        const json_t *need = json_array_get(list, i);
        pl_str name = pl_json_str(need, "full_name");
        pl_str version = pl_json_str(need, "pkg_version");
        version = version.len > 0 ? version : pl_json_str(need, "version");
        if (name.len > 0) {
            pl_sink_push(sink, &component->depends,
                         pl_arena_format(&scratch, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(name),
                                         version.len > 0 ? "@" : "", PL_STR_ARG(version)));
        }
    }
}

static enum pl_status read_receipt(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   struct pl_error *err)
{
    json_t *receipt pl_autojson = NULL;
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "brew", segment_from_end(file->path, 2),
                             segment_from_end(file->path, 1));
    if (!component) {
        return PL_OK;
    }
    enum pl_status st =
        pl_json_parse_loose(pl_span_str(file->content), "the receipt", &receipt, err);
    if (st < 0) {
        return st;
    }
    const json_t *asked = json_object_get(receipt, "installed_on_request");
    if (json_is_boolean(asked)) {
        component->relation = json_is_true(asked) ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
    }
    component->vendor = pl_sink_str(sink, pl_json_str(pl_json_object(receipt, "source"), "tap"));
    add_depends(sink, component, pl_json_array(receipt, "runtime_dependencies"));
    return PL_OK;
}

/* The text of `license` with the lines that it goes on in: as long as a bracket is open. */
static pl_str find_license(pl_str text)
{
    const char *text_end = text.ptr + text.len;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (!pl_str_starts_with(line, PL_STR("license "))) {
            continue;
        }
        pl_str value = pl_str_skip(line, 8);
        int open = 0;
        size_t end = 0;
        size_t left = (size_t)(text_end - value.ptr);
        for (; end < left; end++) {
            char c = value.ptr[end];
            open += (c == '[' || c == '{') - (c == ']' || c == '}');
            if (c == '\n' && open <= 0) {
                break;
            }
        }
        return pl_str_trim(pl_str_make(value.ptr, end));
    }
    return PL_STR_EMPTY;
}

/* Takes the next quoted string off. */
static bool next_quoted(pl_str *cursor, pl_str *ret)
{
    pl_str before = PL_STR_EMPTY;
    pl_str after = PL_STR_EMPTY;
    return pl_str_cut(*cursor, '"', &before, &after) && pl_str_cut(after, '"', ret, cursor);
}

/* In a flat list of licences those that hold together are stated one by one. */
static void add_license(struct pl_sink *sink, struct pl_strs *into, pl_str license)
{
    struct pl_arena scratch pl_autoarena = {0};
    bool is_any = pl_str_starts_with(license, PL_STR("any_of:"));
    bool is_list = is_any || pl_str_starts_with(license, PL_STR("all_of:"));
    pl_str items = is_list ? pl_str_skip(license, strlen("any_of:")) : license;
    if (pl_str_contains(items, PL_STR("_of:")) || pl_str_contains(items, PL_STR("=>"))) {
        pl_sink_push(sink, into, license);
        return;
    }
    pl_str either = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    for (size_t count = 0; count < PL_LIMIT_LICENSES && next_quoted(&items, &name); count++) {
        if (!is_any) {
            pl_sink_push(sink, into, name);
        } else if (either.len < PL_LIMIT_FIELD_BYTES / PL_LIMIT_LICENSES) {
            either = either.len == 0 ? name
                                     : pl_arena_format(&scratch, PL_STR_FMT " OR " PL_STR_FMT,
                                                       PL_STR_ARG(either), PL_STR_ARG(name));
        }
    }
    pl_sink_push(sink, into, either);
}

static enum pl_status read_homebrew(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    if (pl_str_ends_with(file->path, PL_STR("INSTALL_RECEIPT.json"))) {
        return read_receipt(sink, file, err);
    }
    if (pl_str_eq(segment_from_end(file->path, 1), PL_STR("Casks"))) {
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "brew", segment_from_end(file->path, 5),
                             segment_from_end(file->path, 3));
        return PL_OK;
    }
    pl_str license = find_license(pl_span_str(file->content));
    if (license.len > 0) {
        struct pl_attachment *into =
            pl_sink_licenses(sink, PL_STR("brew"), segment_from_end(file->path, 3), PL_STR_EMPTY);
        add_license(sink, &into->values, license);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_homebrew = {
    .name = "homebrew",
    .summary = "formulae and casks that Homebrew installed",
    .patterns =
        (const char *const[]){"**/Cellar/*/*/INSTALL_RECEIPT.json", "**/Cellar/*/*/.brew/*.rb",
                              "**/Caskroom/*/.metadata/*/*/Casks/*.json",
                              "**/Caskroom/*/.metadata/*/*/Casks/*.rb", NULL},
    .read = read_homebrew,
};
