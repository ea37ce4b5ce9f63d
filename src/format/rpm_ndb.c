/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's own database form "ndb" (rpm, lib/backend/ndb). Integers are little-endian:
 *
 *     header   32 bytes: "RpmP", version 0, generation, number of 4096-byte pages of slots, next
 *              package number
 *     slots    16 bytes each, up to the end of those pages (the header takes the room of the first
 *              two): "Slot", package number, first block, number of blocks
 *     blobs    in blocks of 16 bytes: "BlbS", package number, generation, length, then the header,
 *              padding, and a tail of Adler-32, length, "BlbE"
 *
 * A slot whose package number is 0 is free. Slots are in no order. The blob's own package number
 * and length must agree with its slot; the checksum is not computed, for a damaged header shows.
 */
#include "format/rpm_ndb.h"
#include "base/limits.h"
#include "format/bytes.h"

enum {
    HEADER_BYTES = 32,
    PAGE_BYTES = 4096,
    SLOT_BYTES = 16,
    BLOCK_BYTES = 16,
    BLOB_HEAD_BYTES = 16,
    BLOB_TAIL_BYTES = 12,
};

static bool has_magic(const uint8_t *p, const char *magic)
{
    return memcmp(p, magic, 4) == 0;
}

static enum pl_status find_blob(pl_span content, const uint8_t *slot, pl_span *ret_blob,
                                struct pl_error *err)
{
    uint32_t package = pl_bytes_le32(slot + 4);
    uint64_t from = (uint64_t)pl_bytes_le32(slot + 8) * BLOCK_BYTES;
    uint64_t room = (uint64_t)pl_bytes_le32(slot + 12) * BLOCK_BYTES;
    if (from > content.len || room > content.len - from ||
        room < BLOB_HEAD_BYTES + BLOB_TAIL_BYTES) {
        return pl_error_set_at(err, PL_E_PARSE, from, "package %u lies outside of the file",
                               package);
    }
    const uint8_t *head = content.ptr + from;
    uint32_t len = pl_bytes_le32(head + 12);
    if (!has_magic(head, "BlbS") || pl_bytes_le32(head + 4) != package ||
        len > room - BLOB_HEAD_BYTES - BLOB_TAIL_BYTES) {
        return pl_error_set_at(err, PL_E_PARSE, from, "package %u: its slot and blob differ",
                               package);
    }
    *ret_blob = (pl_span){head + BLOB_HEAD_BYTES, len};
    return PL_OK;
}

enum pl_status pl_rpm_ndb_visit(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                                struct pl_error *err)
{
    pl_span content = db->content;
    if (content.len < HEADER_BYTES || !has_magic(content.ptr, "RpmP")) {
        return pl_error_set_at(err, PL_E_PARSE, 0, "not an rpm database of the form ndb");
    }
    uint32_t version = pl_bytes_le32(content.ptr + 4);
    if (version != 0) {
        return pl_error_set_at(err, PL_E_UNSUPPORTED, 4, "ndb version %u; only 0 is known",
                               version);
    }
    uint64_t slots_end = (uint64_t)pl_bytes_le32(content.ptr + 12) * PAGE_BYTES;
    struct pl_error why = PL_ERROR_INIT;
    if (slots_end > content.len) {
        pl_error_set_at(&why, PL_E_PARSE, content.len, "the file ends within its table of slots");
        visitor->damage(visitor->context, &why);
        slots_end = content.len;
    }
    /* Slots that share a blob would multiply the work: all blobs together fit into the file. */
    uint64_t left_bytes = content.len;
    for (size_t at = HEADER_BYTES; at + SLOT_BYTES <= slots_end; at += SLOT_BYTES) {
        const uint8_t *slot = content.ptr + at;
        pl_span blob = {0};
        if (!has_magic(slot, "Slot")) {
            pl_error_set_at(&why, PL_E_PARSE, at, "a slot without its magic");
            visitor->damage(visitor->context, &why);
        } else if (pl_bytes_le32(slot + 4) != 0) {
            if (find_blob(content, slot, &blob, &why) < 0) {
                visitor->damage(visitor->context, &why);
            } else if (blob.len > left_bytes) {
                return pl_error_set_at(err, PL_E_PARSE, at, "packages overlap");
            } else {
                left_bytes -= blob.len;
                visitor->header(visitor->context, blob);
            }
        }
    }
    return PL_OK;
}
