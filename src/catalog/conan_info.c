/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages in the cache of Conan 1 (docs.conan.io/1, "Anatomy of Local Cache"):
 *
 *     .conan/data/NAME/VERSION/USER/CHANNEL/package/ID/conaninfo.txt
 *
 * The path names the package; the file has sections with indented lines, of which one says what it
 * was built with:
 *
 *     [full_requires]
 *         zlib/1.2.13:c9e2...
 */
#include "catalog/cataloger.h"
#include "catalog/need.h"

static void add_needs(struct pl_sink *sink, struct pl_component *component, pl_str text)
{
    bool is_inside = false;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (pl_str_starts_with(line, PL_STR("["))) {
            is_inside = pl_str_eq(line, PL_STR("[full_requires]"));
            continue;
        }
        pl_str rest = PL_STR_EMPTY;
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        pl_str_cut(line, ':', &line, &rest);
        pl_str_cut(line, '#', &line, &rest);
        pl_str_cut(line, '@', &line, &rest);
        if (is_inside && pl_str_cut(line, '/', &name, &version)) {
            pl_need_add(sink, component, name, version);
        }
    }
}

static enum pl_status read_conan_info(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    static const pl_str data = PL_STR_INIT(".conan/data/");
    size_t at = pl_str_find(file->path, data);
    pl_str rest = at == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(file->path, at + data.len);
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str_next_piece(&rest, '/', &name);
    pl_str_next_piece(&rest, '/', &version);
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "conan", name, version);
    if (component) {
        add_needs(sink, component, pl_span_str(file->content));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_conan_info = {
    .name = "conan-info",
    .summary = "Packages in the cache of Conan 1",
    .patterns = (const char *const[]){"**/.conan/data/*/*/*/*/package/*/conaninfo.txt", NULL},
    .read = read_conan_info,
};
