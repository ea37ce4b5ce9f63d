/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * erlang - terms of Erlang and of Elixir as they stand in files of data, read into a Jansson
 * document, so that readers use the getters of format/json.h. Nothing is evaluated.
 *
 * Atoms, strings, binaries and numbers become strings; lists, tuples and maps become arrays; what
 * is written "key: value" or "key => value" becomes an array of these two. Functions, operators and
 * whatever else is code are refused. Size and nesting are bounded; the time is linear in the text.
 */
#include "format/json.h"

enum pl_erlang_syntax {
    PL_ERLANG_ERLANG, /* terms that end in a dot; '%' begins a comment */
    PL_ERLANG_ELIXIR, /* one term; '#' begins a comment */
};

/* An array of the terms. `name` is for messages. PL_E_PARSE with line and position; PL_E_LIMIT. */
enum pl_status pl_erlang_parse(pl_str text, enum pl_erlang_syntax syntax, const char *name,
                               json_t **ret, struct pl_error *err);

/* The string at that place of an array; empty when there is none. */
pl_str pl_erlang_text_at(const json_t *array, size_t place);
