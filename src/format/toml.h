/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * toml - documents in TOML 1.0 (toml.io/en/v1.0.0), read into a Jansson document, so that readers
 * use the getters of format/json.h.
 *
 * Tables are objects in the order of the document, with keys of any characters. Integers must fit
 * 64 bits. Dates and times are strings as they were written; what a JSON number cannot hold
 * (infinities, not-a-number) is the string "inf", "-inf" or "nan". Size, nesting and number of
 * values are bounded; the time is linear in the text. Nothing is ever written.
 */
#include "format/json.h"

/* `name` is for messages. PL_E_PARSE with line and position; PL_E_LIMIT. */
enum pl_status pl_toml_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err);
