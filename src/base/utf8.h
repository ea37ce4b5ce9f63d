/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * utf8 - characters of text that may be anything, and how wide they are on a terminal.
 *
 * Decoding is strict (RFC 3629). The widths are those of Unicode 14's EastAsianWidth and of the
 * combining marks of common scripts; no locale is asked, so that output is the same everywhere.
 */
#include "base/arena.h"
#include "base/str.h"

/* Stands for whatever is not well formed. */
#define PL_UTF8_REPLACEMENT 0xfffdU

/* Takes one character off *cursor, which must not be empty. A byte that begins no well-formed
 * sequence is taken alone and gives PL_UTF8_REPLACEMENT; *ret_ok tells it from the character itself
 * when it is not NULL. */
uint32_t pl_utf8_take(pl_str *cursor, bool *ret_ok);

/* Control, format, bidirectional, zero-width and line-breaking characters, surrogates, private use
 * and noncharacters: what may steer a terminal or make text look like other text. */
bool pl_utf8_is_unsafe(uint32_t character);

/* Columns on a terminal: 0, 1 or 2. Not for unsafe characters. */
unsigned pl_utf8_width(uint32_t character);

/* The sum over `s`, which holds nothing unsafe. */
size_t pl_utf8_columns(pl_str s);

/* A copy that may go to a terminal: unsafe and malformed characters become U+FFFD, and what is
 * longer than about `most_bytes` ends in "...". */
pl_str pl_utf8_clean(struct pl_arena *arena, pl_str s, size_t most_bytes);
