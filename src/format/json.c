/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json.h"
#include "base/limits.h"

_Static_assert(PL_LIMIT_JSON_DEPTH <= 2048, "Jansson's own JSON_PARSER_MAX_DEPTH comes first");

/* Jansson bounds the depth at 2048; ours is lower, so a cheap count of brackets outside strings
 * goes before it. */
static bool is_too_deep(pl_str text)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_string) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > PL_LIMIT_JSON_DEPTH) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return false;
}

enum pl_status pl_json_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    if (is_too_deep(text)) {
        return pl_error_set(err, PL_E_LIMIT, "%s nests deeper than %d levels", name,
                            PL_LIMIT_JSON_DEPTH);
    }
    json_error_t problem = {0};
    json_t *document =
        json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &problem);
    if (!document) {
        return pl_error_set_at(err, PL_E_PARSE, (uint64_t)problem.position,
                               "%s is not JSON: line %d, column %d: %s", name, problem.line,
                               problem.column, problem.text);
    }
    *ret = document;
    return PL_OK;
}

pl_str pl_json_text(const json_t *value)
{
    return json_is_string(value) ? pl_str_make(json_string_value(value), json_string_length(value))
                                 : PL_STR_EMPTY;
}

pl_str pl_json_str(const json_t *object, const char *key)
{
    return pl_json_text(json_object_get(object, key));
}

const json_t *pl_json_array(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_array(value) ? value : NULL;
}

const json_t *pl_json_object(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_object(value) ? value : NULL;
}

uint64_t pl_json_uint(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    return number > 0 ? (uint64_t)number : 0;
}
