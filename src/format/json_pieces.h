/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json_pieces - the members of one object, or the elements of one array, of a large JSON text.
 *
 * No tree is made: each piece is a view on the text, to be parsed alone by pl_json_parse, or gone
 * through by pieces of its own. What lies between the pieces and around them is checked strictly
 * (RFC 8259), to the end of the text, so that a truncated document is noticed; inside a piece it is
 * checked that strings end and brackets match. Nesting is bounded by PL_LIMIT_JSON_DEPTH, and the
 * time is linear. Keys that are given twice are not noticed but for those of the path.
 *
 *     static const char *const path[] = {"definitions", "items", NULL};
 *     struct pl_json_pieces pieces;
 *     enum pl_status st = pl_json_pieces_open(&pieces, scratch, text, path, err);
 *     while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
 *         ...
 *     }
 *     if (st != PL_E_NOT_FOUND) ... it failed
 */
#include "base/arena.h"
#include "base/error.h"

struct pl_json_pieces {
    struct pl_arena *arena;
    const char *const *path;
    size_t path_len;
    pl_str text;
    size_t at; /* what is read next */
    bool is_array;
    bool is_begun;
    bool is_done;
};

/* Finds the value that the member names of `path`, which ends in NULL and may be empty for the
 * whole text, lead to. `text`, `path` and the arena must outlive the pieces. NOT_FOUND when there
 * is no such member; PL_E_PARSE, with the offset in `text`, when the text is malformed or the value
 * is neither object nor array; LIMIT when it nests too deep. */
enum pl_status pl_json_pieces_open(struct pl_json_pieces *pieces, struct pl_arena *arena,
                                   pl_str text, const char *const *path, struct pl_error *err);

/* The next member or element. *ret_key is a view on the text, or lies in the arena where it had to
 * be unescaped; it is empty for an element. *ret_value is without blanks around it. Returns
 * NOT_FOUND without text after the last one, when the rest of the text was found well formed. */
enum pl_status pl_json_pieces_next(struct pl_json_pieces *pieces, pl_str *ret_key,
                                   pl_str *ret_value, struct pl_error *err);

/* The string that a piece is; empty when it is none or is malformed. */
pl_str pl_json_piece_text(struct pl_arena *arena, pl_str value);
