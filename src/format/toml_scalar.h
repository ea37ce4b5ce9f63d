/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * toml_scalar - the single values of TOML: strings, numbers, booleans, dates and times. Used by
 * format/toml.c alone, which has tables and arrays.
 */
#include "format/json.h"

/* The text must be UTF-8 and outlive the cursor. Strings that hold escapes are made in `arena`, and
 * are never longer than they were written. */
struct pl_toml_cursor {
    const char *at;
    const char *end;
    const char *start;
    const char *name;
    struct pl_arena *arena;
};

static inline bool pl_toml_is_at(const struct pl_toml_cursor *cursor, char c)
{
    return cursor->at < cursor->end && *cursor->at == c;
}

/* The failure, with the line that the cursor is in. */
enum pl_status pl_toml_failed(const struct pl_toml_cursor *cursor, enum pl_status status,
                              const char *what, struct pl_error *err);

/* A quoted string, which the cursor is at. Keys are not `multiline`. */
enum pl_status pl_toml_take_string(struct pl_toml_cursor *cursor, bool multiline, pl_str *ret,
                                   struct pl_error *err);

/* Anything else that is no array and no table. */
enum pl_status pl_toml_take_scalar(struct pl_toml_cursor *cursor, json_t **ret,
                                   struct pl_error *err);
