/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * jsonc - JSON as people write it, with comments and commas at the end of lists, made strict.
 */
#include "base/arena.h"

/* A copy in `arena` of the same length, in which comments ("//" to the end of the line, and between
 * slash-star and star-slash) and a comma before a closing bracket are blanks, so that lines and
 * columns of messages stay right. What is in strings is kept, and nothing is checked: that is for
 * whoever parses it. */
pl_str pl_jsonc_to_json(struct pl_arena *arena, pl_str text);
