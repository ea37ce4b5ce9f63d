/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pack - a slice as it travels: the keys and values of its table in order, as one zstd frame.
 *
 * A table is cut into blocks that are compressed one by one, so that a look-up costs little; that
 * is half of what compression can do. Packed, a slice is one long text, and the table is made
 * from it again where it arrives: the same content gives the same digits.
 *
 *   "plimsoll-pack" and the version, 14 bytes; then for each section, in the order of the table:
 *   the section and the number of its pairs, as numbers; each pair as the number of key bytes that
 *   are shared with the key before, the rest of the key, and the value (base/wire.h); and after
 *   the last section PL_TABLE_SECTION_COUNT_ as a number.
 */
#include "db/table.h"

/* Writes the table's content to `fd`. */
enum pl_status pl_pack_write(struct pl_table *table, int fd, uint64_t *ret_bytes,
                             struct pl_error *err);

/* Makes the table in `table_fd`, an empty file, of the pack in `fd`, a regular file; `name` is for
 * messages. PARSE for what is no pack, LIMIT for one that opens to more than it can hold; whether
 * it is the slice that was promised is told by `ret_digits` alone. */
enum pl_status pl_pack_read(int fd, const char *name, int table_fd, char ret_digits[33],
                            struct pl_error *err);
