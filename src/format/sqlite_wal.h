/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sqlite_wal - makes one image out of an SQLite database and the write-ahead log beside it.
 *
 * A program that ends without a checkpoint, as in the last step of an image build, leaves its
 * newest transactions in the log alone. SQLite reads a log only through shared memory beside a
 * file; here both are in memory, so the log's committed pages are laid over a copy, which can then
 * be opened with sqlite3_deserialize.
 */
#include "base/buf.h"

/* Is the database in write-ahead mode? Such a one cannot be opened from memory as it is. */
bool pl_sqlite_is_wal(pl_span database);

/* Marks a database that is in write-ahead mode, in place, as not being in it: what its log would
 * add is not seen then. */
void pl_sqlite_leave_wal(uint8_t *database);

/* Writes into the empty `image` a copy of the database with all committed transactions of `wal` in
 * it (none when it is empty, or its header or checksums are not right: SQLite takes such a log for
 * empty), marked as not being in write-ahead mode. PL_E_PARSE when `database` is none, PL_E_LIMIT
 * past the ceiling of `image`. */
enum pl_status pl_sqlite_wal_apply(pl_span database, pl_span wal, struct pl_buf *image,
                                   struct pl_error *err);
