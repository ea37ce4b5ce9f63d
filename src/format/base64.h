/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * base64 - the standard alphabet with padding (RFC 4648, section 4), strict: no blanks or line
 * ends, padding where it belongs, and zero bits after the last byte, so that there is one text for
 * each value.
 */
#include "base/arena.h"

/* Both live in `arena`, followed by a NUL that is not counted. */
pl_str pl_base64_encode(struct pl_arena *arena, pl_str bytes);
/* False when `text` is not well formed. */
bool pl_base64_decode(struct pl_arena *arena, pl_str text, pl_str *ret);
