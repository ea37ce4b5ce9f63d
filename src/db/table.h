/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * table - a file of sorted keys and values that is written once and then only read.
 *
 * A table has a few sections, each a sorted map from byte strings to byte strings, cut into blocks
 * that carry a checksum and may be compressed (docs/internals/db-format.md). Opening reads the
 * footer and the index alone, so that it costs the same for every size. The reader maps the file
 * and trusts nothing in it: a flipped bit is PL_E_PARSE by the checksum, and a file forged with
 * good checksums is bounds-checked at each step. The file must not be cut short while it is mapped;
 * the database never writes to a finished table.
 */
#include "base/arena.h"
#include "base/buf.h"

enum pl_table_section {
    PL_TABLE_META, /* what the table is */
    PL_TABLE_KEYS, /* package to what is said of it */
    PL_TABLE_RECORDS, /* id to record */
    PL_TABLE_ALIASES, /* other name to ids */
    PL_TABLE_EXPLOITATIONS, /* id to what is known of its exploitation */
    PL_TABLE_LISTS, /* package to the versions that are enumerated beside ranges */
    PL_TABLE_SECTION_COUNT_
};

/* ---- writing ---- */

struct pl_table_writer;

/* Writes to `fd`, which stays the caller's, from its beginning. */
struct pl_table_writer *pl_table_writer_new(int fd);
void pl_table_writer_free(struct pl_table_writer *writer);
PL_DEFINE_CLEANUP(struct pl_table_writer, pl_table_writer_free)

/* Sections may come in any order, but all of one at a stretch, and its keys strictly ascending
 * (PL_E_INTERNAL otherwise). */
enum pl_status pl_table_add(struct pl_table_writer *writer, enum pl_table_section section,
                            pl_str key, pl_str value, struct pl_error *err);

/* Writes index and footer. `ret_digest` gets 32 hexadecimal digits and a NUL: of all keys and
 * values, whatever the compression made of them. */
enum pl_status pl_table_finish(struct pl_table_writer *writer, char ret_digest[33],
                               struct pl_error *err);

/* ---- reading ---- */

struct pl_table;

/* Maps `fd`, which may be closed afterwards; `name` is for messages. */
enum pl_status pl_table_open(int fd, const char *name, struct pl_table **ret, struct pl_error *err);
void pl_table_close(struct pl_table *table);
PL_DEFINE_CLEANUP(struct pl_table, pl_table_close)

/* Pairs of a section, as its writer counted them. */
uint64_t pl_table_count(const struct pl_table *table, enum pl_table_section section);
/* The sections that hold anything, in the order of their writing, which the digest depends on;
 * gives how many they are. */
size_t pl_table_sections(const struct pl_table *table,
                         enum pl_table_section ret[PL_TABLE_SECTION_COUNT_]);
/* Digits of the content, as pl_table_finish gave them. */
pl_str pl_table_digest(const struct pl_table *table);

/* Does the content have the digest that the table states? Reads all of it; PL_E_TRUST if not. */
enum pl_status pl_table_verify(const struct pl_table *table, struct pl_error *err);

/* The value of a key, a view into the map or a copy in the arena; *ret_found is false when there is
 * none. A table keeps a few opened blocks, so it is not shared between threads. */
enum pl_status pl_table_find(struct pl_table *table, enum pl_table_section section, pl_str key,
                             struct pl_arena *arena, bool *ret_found, pl_str *ret_value,
                             struct pl_error *err);

/* Does any key of the section start with `prefix`? */
enum pl_status pl_table_has_prefix(struct pl_table *table, enum pl_table_section section,
                                   pl_str prefix, bool *ret, struct pl_error *err);

/* Walks a section in order of its keys. Key and value are good until the next call. */
struct pl_table_cursor {
    struct pl_table *table;
    enum pl_table_section section;
    uint64_t block;
    pl_str left; /* of the opened block */
    struct pl_buf opened;
    struct pl_buf key;
};

void pl_table_cursor_init(struct pl_table_cursor *cursor, struct pl_table *table,
                          enum pl_table_section section);
void pl_table_cursor_release(struct pl_table_cursor *cursor);
#define pl_autocursor PL_CLEANUP(pl_table_cursor_release)
enum pl_status pl_table_cursor_next(struct pl_table_cursor *cursor, bool *ret_more, pl_str *ret_key,
                                    pl_str *ret_value, struct pl_error *err);
/* Two cursors in the same section of two tables: where both have come to the end of a block, the
 * blocks that follow are passed over as long as they are stored alike in both. */
enum pl_status pl_table_cursors_pass_same(struct pl_table_cursor *a, struct pl_table_cursor *b,
                                          struct pl_error *err);
