/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * head - what the beginning of a JSON document tells, for bids.
 *
 * The text may be cut anywhere and need not be well formed; one pass, nothing allocated.
 */
#include "base/str.h"

/* Does the object that the text begins with have a member of that name (without escapes), as far as
 * it can be seen? *ret_value, when not NULL, is the rest of the text from its value on. */
bool pl_head_member(pl_str head, const char *key, pl_str *ret_value);

/* The first member of the object that the text begins with; false when there is none. */
bool pl_head_first_member(pl_str head, pl_str *ret_key, pl_str *ret_value);

/* The first element of the array that the text begins with, with all that follows; empty when it
 * begins otherwise. */
pl_str pl_head_first_element(pl_str head);

/* Does a line of the text, which is YAML in blocks, begin with this key of the outermost mapping?
 */
bool pl_head_yaml_key(pl_str head, const char *key);
