/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * table_format - the numbers that the writer and the reader of a table share.
 *
 *   header   16 bytes: "plimsoll-db" and zeros
 *   blocks   as stored, one after the other
 *   index    for each section one row a block, then the last keys of the blocks
 *   footer   always TABLE_FOOTER_BYTES at the end of the file
 *
 * Fixed numbers are little-endian. Index row, 40 bytes: offset u64, stored bytes u32, open bytes
 * u32, checksum of the stored bytes u64, place of the last key in the key bytes u64, its length
 * u32, zero u32. A block is stored as it is when both sizes are equal, else as one zstd frame.
 * Footer: magic, version u32, zero u32, for each section {offset of rows u64, blocks u64, offset of
 * key bytes u64, key bytes u64, pairs u64}, 32 digits of the content, checksum of the index u64,
 * checksum of the footer before it u64.
 */
#include "base/str.h"
#include "db/table.h"

#define TABLE_MAGIC "plimsoll-db\0\0\0\0\0"

enum {
    TABLE_MAGIC_BYTES = 16,
    TABLE_VERSION = 3,
    TABLE_ROW_BYTES = 40,
    TABLE_SECTION_BYTES = 40,
    TABLE_DIGEST_CHARS = 32,
    TABLE_FOOTER_BYTES = TABLE_MAGIC_BYTES + 8 + PL_TABLE_SECTION_COUNT_ * TABLE_SECTION_BYTES +
                         TABLE_DIGEST_CHARS + 8 + 8,
    /* A key of the database: ecosystem and name, id or alias. */
    TABLE_KEY_BYTES = 8192,
};

static inline uint32_t table_get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t table_get64(const uint8_t *p)
{
    return (uint64_t)table_get32(p) | (uint64_t)table_get32(p + 4) << 32;
}

static inline void table_put32(struct pl_buf *buf, uint32_t value)
{
    char bytes[4] = {(char)value, (char)(value >> 8), (char)(value >> 16), (char)(value >> 24)};
    pl_buf_append(buf, pl_str_make(bytes, sizeof(bytes)));
}

static inline void table_put64(struct pl_buf *buf, uint64_t value)
{
    table_put32(buf, (uint32_t)value);
    table_put32(buf, (uint32_t)(value >> 32));
}
