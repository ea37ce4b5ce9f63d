/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zip (APPNOTE.TXT 6.3; sections in brackets): the members, each behind a local header [4.3.7];
 * the central directory, a header for each member [4.3.12]; the end record [4.3.16], which says
 * where the directory is. Numbers are little-endian.
 *
 *     end record, from 50 4b 05 06:   8 members, 12 size and 16 place of the directory,
 *                                     20 length of the comment that ends the file
 *     directory,  from 50 4b 01 02:   8 flags, 10 method, 16 CRC-32, 20 packed, 24 open size,
 *                                     28 30 32 lengths of name, extra, comment; 42 local header
 *     local,      from 50 4b 03 04:   26 28 lengths of name and extra, which may differ
 *
 * What does not fit in 32 bits is all ones there and stands in an extra field [4.5.3] or in the
 * end record of Zip64 [4.3.14], which a locator before the end record points to.
 *
 * The directory ends where the end records begin: counting back from there finds it even if
 * something stands before the archive, whose places then are all off by that. Sizes are those of
 * the directory; local headers of archives that were written as a stream have none.
 */
#include "format/zip_memory.h"
#include "format/bytes.h"
#include "format/inflate.h"
#include <isa-l/crc.h>

enum {
    END_BYTES = 22,
    END64_BYTES = 56,
    LOCATOR_BYTES = 20,
    ENTRY_BYTES = 46,
    LOCAL_BYTES = 30,
    COMMENT_BYTES = 65535,
    STORED = 0,
    DEFLATED = 8,
    /* Deflate codes 258 bytes in two bits at best; some bytes more for what is tiny. */
    RATIO = 1032,
    RATIO_GRACE_BYTES = 64,
};

static const char entry_sign[4] = "PK\1\2";
static const char local_sign[4] = "PK\3\4";
static const char end_sign[4] = "PK\5\6";
static const char end64_sign[4] = "PK\6\6";
static const char locator_sign[4] = "PK\6\7";

struct end {
    uint64_t at; /* of the first end record */
    uint64_t members;
    uint64_t size;
    uint64_t place;
};

/* From the end on; a comment must reach to the end of the file, unless none does. */
static bool find_end(pl_span bytes, size_t *ret_at)
{
    bool is_found = false;
    if (bytes.len < END_BYTES) {
        return false;
    }
    size_t last = bytes.len - END_BYTES;
    size_t first = last > COMMENT_BYTES ? last - COMMENT_BYTES : 0;
    for (size_t at = last;; at--) {
        const uint8_t *p = bytes.ptr + at;
        if (p[0] == 'P' && memcmp(p, end_sign, sizeof(end_sign)) == 0) {
            if (pl_bytes_le16(p + 20) == last - at) {
                *ret_at = at;
                return true;
            }
            if (!is_found) {
                *ret_at = at;
                is_found = true;
            }
        }
        if (at == first) {
            return is_found;
        }
    }
}

/* The end record of Zip64, where a locator says or directly before the locator (when something
 * stands before the archive). */
static void use_end64(pl_span bytes, struct end *end)
{
    if (end->at < LOCATOR_BYTES + END64_BYTES) {
        return;
    }
    const uint8_t *locator = bytes.ptr + end->at - LOCATOR_BYTES;
    if (memcmp(locator, locator_sign, sizeof(locator_sign)) != 0) {
        return;
    }
    const uint64_t places[] = {pl_bytes_le64(locator + 8), end->at - LOCATOR_BYTES - END64_BYTES};
    for (size_t i = 0; i < 2; i++) {
        if (places[i] > end->at - LOCATOR_BYTES - END64_BYTES) {
            continue;
        }
        const uint8_t *p = bytes.ptr + places[i];
        if (memcmp(p, end64_sign, sizeof(end64_sign)) == 0) {
            *end = (struct end){.at = places[i],
                                .members = pl_bytes_le64(p + 32),
                                .size = pl_bytes_le64(p + 40),
                                .place = pl_bytes_le64(p + 48)};
            return;
        }
    }
}

bool pl_zip_memory_is_one(pl_span bytes)
{
    size_t at = 0;
    return (bytes.len >= 4 && memcmp(bytes.ptr, local_sign, sizeof(local_sign)) == 0) ||
           find_end(bytes, &at);
}

enum pl_status pl_zip_memory_open(pl_span bytes, struct pl_zip_memory *ret, struct pl_error *err)
{
    size_t at = 0;
    if (!find_end(bytes, &at)) {
        return pl_error_set(err, PL_E_PARSE,
                            "it has no central directory: it is no zip archive, or was cut off");
    }
    const uint8_t *p = bytes.ptr + at;
    struct end end = {.at = at,
                      .members = pl_bytes_le16(p + 10),
                      .size = pl_bytes_le32(p + 12),
                      .place = pl_bytes_le32(p + 16)};
    use_end64(bytes, &end);
    if (end.size > end.at || end.place > end.at - end.size) {
        return pl_error_set_at(err, PL_E_PARSE, end.at,
                               "its central directory is not where it is said to be");
    }
    uint64_t begin = end.at - end.size;
    *ret = (struct pl_zip_memory){.bytes = bytes,
                                  .directory = {bytes.ptr + begin, (size_t)end.size},
                                  .shift_bytes = begin - end.place,
                                  .left = end.members};
    return PL_OK;
}

/* The 64-bit numbers in place of those that are all ones, in this order [4.5.3]. */
static void use_extra64(struct pl_zip_member *member, const uint8_t *extra, size_t len)
{
    uint64_t *const wide[] = {&member->size_bytes, &member->packed_bytes, &member->header_at};
    while (len >= 4) {
        size_t size = pl_bytes_le16(extra + 2);
        const uint8_t *p = extra + 4;
        if (size > len - 4) {
            return;
        }
        if (pl_bytes_le16(extra) == 1) {
            for (size_t i = 0, at = 0; i < 3 && at + 8 <= size; i++) {
                if (*wide[i] == UINT32_MAX) {
                    *wide[i] = pl_bytes_le64(p + at);
                    at += 8;
                }
            }
            return;
        }
        extra += 4 + size;
        len -= 4 + size;
    }
}

enum pl_status pl_zip_memory_next(struct pl_zip_memory *zip, bool *ret_more,
                                  struct pl_zip_member *ret, struct pl_error *err)
{
    if (zip->directory.len == 0) {
        *ret_more = false;
        /* Archives with more than 65535 members and no Zip64 state the rest of a division. */
        if (zip->left != 0 && (zip->seen & 0xffff) != ((zip->left + zip->seen) & 0xffff)) {
            return pl_error_set(err, PL_E_PARSE, "its central directory lacks %llu members",
                                (unsigned long long)zip->left);
        }
        return PL_OK;
    }
    const uint8_t *p = zip->directory.ptr;
    size_t left = zip->directory.len;
    size_t at = (size_t)(p - zip->bytes.ptr);
    if (left < ENTRY_BYTES || memcmp(p, entry_sign, sizeof(entry_sign)) != 0) {
        return pl_error_set_at(err, PL_E_PARSE, at,
                               "its central directory is damaged at byte %zu, after %llu members",
                               at, (unsigned long long)zip->seen);
    }
    size_t name = pl_bytes_le16(p + 28);
    size_t extra = pl_bytes_le16(p + 30);
    size_t size = ENTRY_BYTES + name + extra + pl_bytes_le16(p + 32);
    if (size > left) {
        return pl_error_set_at(err, PL_E_PARSE, at,
                               "its central directory breaks off at byte %zu, after %llu members",
                               at, (unsigned long long)zip->seen);
    }
    *ret = (struct pl_zip_member){
        .name = pl_str_make((const char *)p + ENTRY_BYTES, name),
        .is_encrypted = (p[8] & 1) != 0,
        .method = pl_bytes_le16(p + 10),
        .crc = pl_bytes_le32(p + 16),
        .packed_bytes = pl_bytes_le32(p + 20),
        .size_bytes = pl_bytes_le32(p + 24),
        .header_at = pl_bytes_le32(p + 42),
    };
    use_extra64(ret, p + ENTRY_BYTES + name, extra);
    zip->directory = (pl_span){p + size, left - size};
    zip->seen++;
    zip->left -= zip->left > 0 ? 1 : 0;
    *ret_more = true;
    return PL_OK;
}

/* What lies behind the local header. */
static bool find_packed(const struct pl_zip_memory *zip, const struct pl_zip_member *member,
                        pl_span *ret)
{
    uint64_t most = zip->bytes.len;
    uint64_t at = member->header_at;
    if (at > most - zip->shift_bytes || most - zip->shift_bytes - at < LOCAL_BYTES) {
        return false;
    }
    at += zip->shift_bytes;
    const uint8_t *p = zip->bytes.ptr + at;
    if (memcmp(p, local_sign, sizeof(local_sign)) != 0) {
        return false;
    }
    at += LOCAL_BYTES + (uint64_t)pl_bytes_le16(p + 26) + pl_bytes_le16(p + 28);
    if (at > most || member->packed_bytes > most - at) {
        return false;
    }
    *ret = (pl_span){zip->bytes.ptr + at, (size_t)member->packed_bytes};
    return true;
}

static enum pl_status failed(const struct pl_zip_member *member, enum pl_status status,
                             const char *what, struct pl_error *err)
{
    return pl_error_set(err, status, PL_STR_FMT ": %s",
                        PL_STR_ARG(pl_str_sub(member->name, 0, 200)), what);
}

enum pl_status pl_zip_memory_read(const struct pl_zip_memory *zip,
                                  const struct pl_zip_member *member, uint64_t most_bytes,
                                  void **ret_memory, pl_span *ret, struct pl_error *err)
{
    pl_span packed;
    pl_span content;
    void *memory pl_autofree = NULL;
    if (member->is_encrypted) {
        return failed(member, PL_E_UNSUPPORTED, "it is encrypted", err);
    }
    if (member->method != STORED && member->method != DEFLATED) {
        return failed(member, PL_E_UNSUPPORTED, "its compression is not read", err);
    }
    if (!find_packed(zip, member, &packed)) {
        return failed(member, PL_E_PARSE, "it is not where the central directory says", err);
    }
    if (member->size_bytes > most_bytes) {
        return failed(member, PL_E_LIMIT, "it is too large", err);
    }
    if (member->method == STORED) {
        if (member->size_bytes != member->packed_bytes) {
            return failed(member, PL_E_PARSE, "it has two sizes", err);
        }
        content = packed;
    } else {
        if (member->size_bytes / RATIO > packed.len + RATIO_GRACE_BYTES) {
            return failed(member, PL_E_PARSE, "it cannot be as large as is said", err);
        }
        memory = pl_mem_alloc((size_t)member->size_bytes + 1, 1);
        content = (pl_span){memory, (size_t)member->size_bytes};
        enum pl_status st = pl_inflate_raw(packed, memory, content.len, err);
        if (st < 0) {
            return failed(member, st, "its data is damaged or of another size", err);
        }
    }
    if (crc32_gzip_refl(0, content.ptr, content.len) != member->crc) {
        return failed(member, PL_E_PARSE, "its checksum is wrong", err);
    }
    *ret_memory = PL_TAKE(memory);
    *ret = content;
    return PL_OK;
}
