/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * yaml - documents in YAML 1.2 (yaml.org/spec/1.2.2) through libyaml, read into a Jansson
 * document, so that readers use the getters of format/json.h.
 *
 * Mappings are objects, sequences arrays. A scalar is the string that was written: version 1.10
 * stays "1.10" and 010 stays "010". The only exceptions are plain scalars (no quotes, no tag) that
 * the core schema knows as null ("null", "Null", "NULL", "~" and nothing at all) and as booleans
 * ("true", "True", "TRUE", and "false" likewise), which become what JSON has for them. Keys are
 * always the text.
 *
 * Aliases stand for what they name, and share its memory: a document is to be read and not to be
 * changed. What the aliases amount to counts as if it had been written out. A plain key "<<" takes
 * in the mapping, or the sequence of mappings, that is its value (yaml.org/type/merge.html): keys
 * of the mapping itself come first, then those of earlier mappings. Refused are keys given twice,
 * keys that are no scalars, and aliases to nothing or to what they lie in. Size, nesting and number
 * of values are bounded; the time is linear in the text and in what its aliases amount to. Nothing
 * is opened, and nothing is printed.
 */
#include "format/json.h"

/* All documents of the stream as an array, which is empty when there is none. `name` is for
 * messages. PL_E_PARSE with the line; PL_E_LIMIT. */
enum pl_status pl_yaml_parse_all(pl_str text, const char *name, json_t **ret, struct pl_error *err);

/* The only document; null for an empty stream, PL_E_PARSE when there are several. */
enum pl_status pl_yaml_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err);
