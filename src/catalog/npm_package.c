/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/npm_package.h"
#include "base/limits.h"

bool pl_npm_is_in_package(pl_str path)
{
    return pl_str_starts_with(path, PL_STR("node_modules/")) ||
           pl_str_contains(path, PL_STR("/node_modules/"));
}

bool pl_npm_split(pl_str text, pl_str *ret_name, pl_str *ret_rest)
{
    size_t at = text.len > 0 ? pl_str_find_char(pl_str_skip(text, 1), '@') : SIZE_MAX;
    if (at == SIZE_MAX) {
        return false;
    }
    *ret_name = pl_str_sub(text, 0, at + 1);
    *ret_rest = pl_str_skip(text, at + 2);
    return true;
}

bool pl_npm_is_version(pl_str text)
{
    return text.len > 0 && pl_char_is_digit(text.ptr[0]) && !pl_str_contains(text, PL_STR(":")) &&
           !pl_str_contains(text, PL_STR("/"));
}

static void add_license(struct pl_sink *sink, struct pl_component *component, const json_t *value)
{
    pl_str text = json_is_object(value) ? pl_json_str(value, "type") : pl_json_text(value);
    if (component->licenses.count < PL_LIMIT_LICENSES &&
        !pl_strs_contain(&component->licenses, text)) {
        pl_sink_push(sink, &component->licenses, text);
    }
}

static void add_license_field(struct pl_sink *sink, struct pl_component *component,
                              const json_t *value)
{
    if (!json_is_array(value)) {
        add_license(sink, component, value);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        add_license(sink, component, json_array_get(value, i));
    }
}

void pl_npm_add_licenses(struct pl_sink *sink, struct pl_component *component,
                         const json_t *package)
{
    add_license_field(sink, component, json_object_get(package, "license"));
    add_license_field(sink, component, json_object_get(package, "licenses"));
}
