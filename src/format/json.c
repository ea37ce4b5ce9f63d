/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json.h"
#include "base/limits.h"
#include "base/utf8.h"

_Static_assert(PL_LIMIT_JSON_DEPTH <= 2048, "Jansson's own JSON_PARSER_MAX_DEPTH comes first");

static size_t count_opening(pl_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += (text.ptr[i] == '{') + (text.ptr[i] == '[');
    }
    return count;
}

/* Jansson bounds the depth at 2048; ours is lower, so a cheap count of brackets outside strings
 * goes before it. Most documents have fewer brackets in all than may nest. */
static bool is_too_deep(pl_str text)
{
    size_t depth = 0;
    if (count_opening(text) <= PL_LIMIT_JSON_DEPTH) {
        return false;
    }
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

static enum pl_status parse(pl_str text, size_t flags, const char *name, json_t **ret,
                            struct pl_error *err)
{
    if (is_too_deep(text)) {
        return pl_error_set(err, PL_E_LIMIT, "%s nests deeper than %d levels", name,
                            PL_LIMIT_JSON_DEPTH);
    }
    json_error_t problem = {0};
    json_t *document = json_loadb(text.ptr ? text.ptr : "", text.len, flags, &problem);
    if (!document) {
        return pl_error_set_at(err, PL_E_PARSE, (uint64_t)problem.position,
                               "%s is not JSON: line %d, column %d: %s", name, problem.line,
                               problem.column, problem.text);
    }
    *ret = document;
    return PL_OK;
}

enum pl_status pl_json_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    return parse(text, JSON_REJECT_DUPLICATES, name, ret, err);
}

static pl_str repaired(struct pl_arena *arena, pl_str text)
{
    char *into = pl_arena_alloc(arena, text.len, 3);
    size_t len = 0;
    while (text.len > 0) {
        const char *from = text.ptr;
        bool is_ok = true;
        pl_utf8_take(&text, &is_ok);
        size_t width = is_ok ? (size_t)(text.ptr - from) : 3;
        memcpy(into + len, is_ok ? from : "\xef\xbf\xbd", width);
        len += width;
    }
    return pl_str_make(into, len);
}

enum pl_status pl_json_parse_loose(pl_str text, const char *name, json_t **ret,
                                   struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    if (text.len > PL_LIMIT_JSON_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s has %zu bytes; no more than %d are read", name,
                            text.len, PL_LIMIT_JSON_BYTES);
    }
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    if (!pl_str_is_utf8(text)) {
        text = repaired(&arena, text);
    }
    return parse(text, JSON_ALLOW_NUL, name, ret, err);
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

bool pl_json_next(const json_t *object, struct pl_json_member *member)
{
    /* Jansson's iterators want what they do not change. */
    json_t *of = (json_t *)(uintptr_t)object;
    member->at = member->at ? json_object_iter_next(of, member->at) : json_object_iter(of);
    if (!member->at) {
        return false;
    }
    member->key =
        pl_str_make(json_object_iter_key(member->at), json_object_iter_key_len(member->at));
    member->value = json_object_iter_value(member->at);
    return true;
}
