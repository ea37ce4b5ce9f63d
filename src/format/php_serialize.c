/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What serialize() writes (php.net, "serialize"; php-src, ext/standard/var.c):
 *
 *     N;                      null
 *     b:1;  i:-3;  d:0.5;     booleans, integers, floats
 *     s:5:"a"b"c";            a string of so many bytes; quotes in it are not escaped
 *     a:2:{i:0;s:1:"x";s:1:"k";N;}    an array: its count, then keys (i or s) and values
 *
 * Objects (O, C, E) and references (R, r) are the rest. The counts are those of the writer and
 * nothing is allocated by them.
 */
#include "format/php_serialize.h"
#include "base/limits.h"

struct reader {
    pl_str text;
    pl_str rest;
    const char *name;
    struct pl_error *err;
};

static enum pl_status broken(const struct reader *reader, const char *wanted)
{
    return pl_error_set(reader->err, PL_E_PARSE, "%s: %s expected at offset %zu", reader->name,
                        wanted, reader->text.len - reader->rest.len);
}

static bool take_char(struct reader *reader, char c)
{
    if (reader->rest.len == 0 || reader->rest.ptr[0] != c) {
        return false;
    }
    reader->rest = pl_str_skip(reader->rest, 1);
    return true;
}

/* The rest of "s:5:"bytes";" after the type. */
static bool take_string(struct reader *reader, pl_str *ret)
{
    uint64_t len = 0;
    if (!take_char(reader, ':') || !pl_str_take_uint(&reader->rest, SIZE_MAX, &len) ||
        !take_char(reader, ':') || !take_char(reader, '"') || len > reader->rest.len) {
        return false;
    }
    *ret = pl_str_sub(reader->rest, 0, len);
    reader->rest = pl_str_skip(reader->rest, len);
    return take_char(reader, '"') && take_char(reader, ';');
}

/* The rest of "i:-3;": what stands up to the semicolon, which is short. */
static bool take_scalar(struct reader *reader, pl_str *ret)
{
    enum { MOST_DIGITS = 400 };
    size_t end = pl_str_find_char(pl_str_sub(reader->rest, 0, MOST_DIGITS), ';');
    if (!take_char(reader, ':') || end == SIZE_MAX) {
        return false;
    }
    *ret = pl_str_sub(reader->rest, 0, end - 1);
    reader->rest = pl_str_skip(reader->rest, end);
    return true;
}

static enum pl_status take_value(struct reader *reader, size_t depth, json_t **ret);

static enum pl_status take_member(struct reader *reader, size_t depth, json_t *into)
{
    pl_str key = PL_STR_EMPTY;
    bool is_key = take_char(reader, 's')   ? take_string(reader, &key)
                  : take_char(reader, 'i') ? take_scalar(reader, &key)
                                           : false;
    if (!is_key) {
        return broken(reader, "a key");
    }
    json_t *value = NULL;
    enum pl_status st = take_value(reader, depth, &value);
    if (st == PL_OK && json_object_setn_new_nocheck(into, key.ptr, key.len, value) != 0) {
        st = broken(reader, "another key before this");
    }
    return st;
}

static enum pl_status take_array(struct reader *reader, size_t depth, json_t **ret)
{
    uint64_t count = 0;
    if (depth >= PL_LIMIT_JSON_DEPTH) {
        return pl_error_set(reader->err, PL_E_LIMIT, "%s: arrays nest more than %d levels deep",
                            reader->name, PL_LIMIT_JSON_DEPTH);
    }
    if (!take_char(reader, ':') || !pl_str_take_uint(&reader->rest, SIZE_MAX, &count) ||
        !take_char(reader, ':') || !take_char(reader, '{')) {
        return broken(reader, "an array");
    }
    json_t *array pl_autojson = json_object();
    enum pl_status st = PL_OK;
    for (uint64_t i = 0; st == PL_OK && i < count; i++) {
        st = take_member(reader, depth + 1, array);
    }
    if (st == PL_OK && !take_char(reader, '}')) {
        st = broken(reader, "the end of an array");
    }
    if (st == PL_OK) {
        *ret = json_incref(array);
    }
    return st;
}

static enum pl_status take_value(struct reader *reader, size_t depth, json_t **ret)
{
    pl_str text = PL_STR_EMPTY;
    if (take_char(reader, 'a')) {
        return take_array(reader, depth, ret);
    }
    if (take_char(reader, 's')) {
        if (!take_string(reader, &text)) {
            return broken(reader, "a string");
        }
        *ret = json_stringn_nocheck(text.ptr, text.len);
        return PL_OK;
    }
    if (take_char(reader, 'N')) {
        *ret = json_null();
        return take_char(reader, ';') ? PL_OK : broken(reader, "a semicolon");
    }
    if (take_char(reader, 'b')) {
        if (!take_scalar(reader, &text)) {
            return broken(reader, "a boolean");
        }
        *ret = json_boolean(pl_str_eq(text, PL_STR("1")));
        return PL_OK;
    }
    if (take_char(reader, 'i') || take_char(reader, 'd')) {
        if (!take_scalar(reader, &text)) {
            return broken(reader, "a number");
        }
        *ret = json_stringn_nocheck(text.ptr, text.len);
        return PL_OK;
    }
    return broken(reader, "a value");
}

enum pl_status pl_php_unserialize(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    if (text.len > PL_LIMIT_JSON_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "%s: longer than %d bytes", name, PL_LIMIT_JSON_BYTES);
    }
    struct reader reader = {.text = text, .rest = text, .name = name, .err = err};
    return take_value(&reader, 0, ret);
}
