/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json - documents from outside through Jansson, under limits.
 *
 * Reading: pl_json_parse gives a json_t that the caller owns (pl_autojson). Duplicate keys are
 * refused, nesting and size are bounded. The getters below return borrowed views, empty or zero
 * when the member is absent or of another type, so that a reader states what it needs in one line.
 */
#include "base/arena.h"
#include "base/error.h"
#include <jansson.h>

/* `name` is for messages. PL_E_PARSE sets the position. */
enum pl_status pl_json_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err);

/* As JavaScript reads what people and package managers wrote: a byte order mark is passed over,
 * what is not UTF-8 becomes U+FFFD, and of equal keys the last one counts. PL_E_LIMIT above
 * PL_LIMIT_JSON_BYTES. */
enum pl_status pl_json_parse_loose(pl_str text, const char *name, json_t **ret,
                                   struct pl_error *err);

/* Views into the document. */
pl_str pl_json_str(const json_t *object, const char *key);
const json_t *pl_json_array(const json_t *object, const char *key);
const json_t *pl_json_object(const json_t *object, const char *key);
uint64_t pl_json_uint(const json_t *object, const char *key);
/* The string value itself, empty when it is none. */
pl_str pl_json_text(const json_t *value);

/* Members one after the other: zeroed to begin with, false at the end and for what is no object.
 *     struct pl_json_member each = {0};
 *     while (pl_json_next(object, &each)) ... each.key, each.value */
struct pl_json_member {
    void *at;
    pl_str key;
    const json_t *value;
};
bool pl_json_next(const json_t *object, struct pl_json_member *member);

static inline void pl_json_freep(json_t **document)
{
    json_decref(*document);
}
#define pl_autojson PL_CLEANUP(pl_json_freep)
