/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * patch - what makes one slice of the database out of an earlier one.
 *
 *   "plimsoll-patch" and the version, 15 bytes; 32 digits of the slice that it is for, 32 of the
 *   one that it makes; the length of the first frame as a number (base/wire.h); two zstd frames
 *
 * The first frame is the instructions: for each section of the slice to be made, in its order, the
 * section and the number of keys that differ, as numbers; for each of those, ascending, the number
 * of bytes shared with the key before, the rest of the key, and 0 when the key goes, else one more
 * than its new value has bytes; after the last section PL_TABLE_SECTION_COUNT_. The second frame is
 * those new values one after the other, compressed with the old values of the same keys before it
 * (a raw-content prefix, which both sides have): what is said of a package is one long value, of
 * which a day changes a few bytes.
 */
#include "db/table.h"

/* Appends the patch. LIMIT when the two differ so much that it would not be worth its while. */
enum pl_status pl_patch_make(struct pl_table *from, struct pl_table *to, struct pl_buf *into,
                             struct pl_error *err);

/* Writes the table that the patch makes of `from` to `table_fd`, an empty file. CONFLICT when it is
 * for another slice, PARSE when it is malformed, TRUST when what it makes is not what it says. */
enum pl_status pl_patch_apply(struct pl_table *from, pl_str patch, int table_fd,
                              char ret_digits[33], struct pl_error *err);
