/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * hostile - a good document made bad, value by value: no feed may crash, give records without names
 * (collect.h checks), end the work, or read it without a word.
 */
#include "base/buf.h"
#include "format/json.h"
#include "format/yaml.h"
#include "unit/feed/collect.h"
#include <stdlib.h>

/* What a feed makes of a text is counted. */
static inline void pl_hostile_read(const char *feed, pl_str text)
{
    struct pl_tally tally = pl_collect(feed, "x.json", text);
    uint64_t sum = tally.taken + tally.exploitations + tally.malformed;
    for (size_t i = 0; i < tally.reasons; i++) {
        sum += tally.skipped[i].count;
    }
    assert_true(sum > 0);
    pl_collect_bidder("x.json", text);
}

static inline void pl_hostile_dump(const char *feed, const json_t *root)
{
    char *text = json_dumps(root, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_non_null(text);
    pl_hostile_read(feed, pl_str_from(text));
    free(text);
}

/* A value of each type, and some that are unusual for theirs. */
static inline json_t *pl_hostile_value(size_t index)
{
    switch (index) {
    case 0:
        return json_null();
    case 1:
        return json_real(-1e308);
    case 2:
        return json_string("");
    case 3:
        return json_string("\x1b[2J\xe2\x80\xae/../../\n");
    case 4:
        return json_array();
    case 5:
        return json_pack("[n]");
    case 6:
        return json_object();
    case 7:
        return json_pack("{s:n}", "");
    default:
        return NULL;
    }
}

/* Every value below `value`, which is a part of `root`, takes all of these in turn. */
static inline void pl_hostile_replace(const char *feed, json_t *root, json_t *value)
{
    const char *key = NULL;
    json_t *old = NULL;
    json_t *other = NULL;
    size_t count = json_is_object(value) ? json_object_size(value) : json_array_size(value);
    const char **keys = calloc(count + 1, sizeof(*keys));
    size_t at = 0;
    assert_non_null(keys);
    json_object_foreach(value, key, old)
    {
        keys[at++] = key;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_member = json_is_object(value);
        old = json_incref(is_member ? json_object_get(value, keys[i]) : json_array_get(value, i));
        pl_hostile_replace(feed, root, old);
        for (size_t k = 0; (other = pl_hostile_value(k)); k++) {
            if (is_member) {
                json_object_set_new(value, keys[i], other);
            } else {
                json_array_set_new(value, i, other);
            }
            pl_hostile_dump(feed, root);
        }
        if (is_member) {
            json_object_set_new(value, keys[i], old);
        } else {
            json_array_set_new(value, i, old);
        }
    }
    free(keys);
}

/* Every attribute and every text between tags of a document in XML, emptied and lengthened. */
static inline void pl_hostile_xml(const char *feed, pl_str text)
{
    static const char *const others[] = {"", " ", "x", "-1", "&amp;", "&#0;", "&undefined;"};
    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        bool is_attribute = c == '"' && at > 0 && text.ptr[at - 1] == '=';
        if (!is_attribute && c != '>') {
            continue;
        }
        pl_str rest = pl_str_skip(text, at + 1);
        size_t len = pl_str_find_char(rest, is_attribute ? '"' : '<');
        if (len == SIZE_MAX || len == 0) {
            continue;
        }
        for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
            struct pl_buf changed pl_autobuf = PL_BUF_INIT(text.len + 64);
            pl_buf_append(&changed, pl_str_sub(text, 0, at + 1));
            pl_buf_append(&changed, pl_str_from(others[i]));
            pl_buf_append(&changed, pl_str_skip(rest, len));
            pl_hostile_read(feed, pl_buf_str(&changed));
        }
    }
}

/* A document that the feed reads: in JSON, in YAML, which JSON is too, or in XML. Others stay as
 * they are. */
static inline void pl_hostile_document(const char *feed, pl_str text)
{
    json_t *root pl_autojson = NULL;
    pl_str trimmed = pl_str_trim(text);
    if (pl_str_starts_with(trimmed, PL_STR("<"))) {
        pl_hostile_xml(feed, text);
    } else if (pl_json_parse(trimmed, "it", &root, NULL) == PL_OK ||
               pl_yaml_parse(trimmed, "it", &root, NULL) == PL_OK) {
        pl_hostile_replace(feed, root, root);
    }
}
