/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * php_serialize - values as PHP's serialize() writes them (php.net, "serialize"), read into a
 * Jansson document, so that readers use the getters of format/json.h.
 *
 * Arrays become objects, with their integer keys as text, and numbers the text they were; strings
 * keep their bytes, whatever the encoding. Objects of classes and references have no place in data
 * and are refused. Size and nesting are bounded as those of JSON are. Nothing is ever written.
 */
#include "format/json.h"

/* `name` is for messages. PL_E_PARSE with the offset; PL_E_LIMIT. */
enum pl_status pl_php_unserialize(pl_str text, const char *name, json_t **ret,
                                  struct pl_error *err);
