/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tree - what is read into a tree of values can be written as JSON and be read again from there:
 * depth, numbers and text, and what aliases amount to, are such as JSON can hold. An error's
 * position lies within the input.
 */
#include "base/mem.h"
#include "format/json.h"
#include "target.h"

static inline int fuzz_tree(enum pl_status (*parse)(pl_str text, const char *name, json_t **ret,
                                                    struct pl_error *err),
                            const uint8_t *data, size_t size)
{
    struct pl_error err = PL_ERROR_INIT;
    json_t *document pl_autojson = NULL;
    if (parse(pl_str_make((const char *)data, size), "f", &document, &err) < 0) {
        if (err.pos != PL_POS_NONE && err.pos > size) {
            abort();
        }
        return 0;
    }
    char *json pl_autofree = json_dumps(document, JSON_COMPACT);
    json_t *again pl_autojson = json ? json_loads(json, JSON_ALLOW_NUL, NULL) : NULL;
    /* Jansson refuses a NUL in a key when it reads. */
    if (!json || (!again && !strstr(json, "\\u0000"))) {
        abort();
    }
    return 0;
}
