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

/* Views into the document. */
pl_str pl_json_str(const json_t *object, const char *key);
const json_t *pl_json_array(const json_t *object, const char *key);
const json_t *pl_json_object(const json_t *object, const char *key);
uint64_t pl_json_uint(const json_t *object, const char *key);
/* The string value itself, empty when it is none. */
pl_str pl_json_text(const json_t *value);

static inline void pl_json_freep(json_t **document)
{
    json_decref(*document);
}
#define pl_autojson PL_CLEANUP(pl_json_freep)
