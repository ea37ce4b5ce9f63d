/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Berkeley DB, access method hash (Oracle Berkeley DB 5.3, dbinc/db_page.h describes the pages). A
 * file is a row of pages of one size, in the byte order of the machine that made it; page 0 says
 * which:
 *
 *     page 0    12 magic 0x00061561   16 version   20 page size   24 encryption   25 page type
 *               26 flags (1: checksums)   32 number of the last page
 *     others     8 own number   16 next page   20 entries   22 free offset   25 page type   26 ...
 *
 * A hash page (type 13, or 2 where unsorted) has after its 26-byte header the offsets of its items,
 * 2 bytes each, key and value in turn. Items are laid from the page's end towards its front, so an
 * item ends where the one before it begins. Its first byte is its kind: 1 means that the bytes
 * follow; 3 means that they are elsewhere: 3 unused bytes, first overflow page, length. An overflow
 * page (type 7) has a piece after its header, of the length at 22, and the next page at 16.
 *
 * In rpm's database a key is a package's number, 4 bytes in the same order, and a value its header.
 * Number 0 holds the largest number given so far. All hash pages are visited in the order of the
 * file and not by bucket, since a page that is in use belongs to some bucket, and a free one has
 * type 0: a damaged bucket table then costs nothing.
 */
#include "format/rpm_bdb.h"
#include "base/buf.h"
#include "base/limits.h"
#include "format/bytes.h"

enum {
    MAGIC_HASH = 0x00061561,
    META_BYTES = 72, /* what all kinds of first pages have in common */
    PAGE_HEADER_BYTES = 26,
    SMALLEST_PAGE = 512, /* of Berkeley DB itself */
    LARGEST_PAGE = 65536,
    OFF_PAGE_ITEM_BYTES = 12,
};
enum page_type { PAGE_HASH_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASH = 13 };
enum item_kind { ITEM_HERE = 1, ITEM_ELSEWHERE = 3 };

struct reader {
    pl_span content;
    const struct pl_rpm_visitor *visitor;
    bool is_big_endian;
    size_t page_bytes;
    size_t page_count;
    size_t left_bytes; /* overflow bytes that may still be read: each belongs to one header */
    struct pl_buf scratch;
};

static uint32_t read32(const struct reader *reader, const uint8_t *p)
{
    return reader->is_big_endian ? pl_bytes_be32(p) : pl_bytes_le32(p);
}

static uint16_t read16(const struct reader *reader, const uint8_t *p)
{
    return reader->is_big_endian ? pl_bytes_be16(p) : pl_bytes_le16(p);
}

static const uint8_t *page_at(const struct reader *reader, size_t number)
{
    return reader->content.ptr + number * reader->page_bytes;
}

static void report(const struct reader *reader, enum pl_status status, size_t page,
                   const char *what)
{
    struct pl_error why = PL_ERROR_INIT;
    pl_error_set_at(&why, status, (uint64_t)page * reader->page_bytes, "page %zu: %s", page, what);
    reader->visitor->damage(reader->visitor->context, &why);
}

static enum pl_status open_database(struct reader *reader, struct pl_error *err)
{
    const uint8_t *meta = reader->content.ptr;
    if (reader->content.len < META_BYTES) {
        return pl_error_set(err, PL_E_PARSE, "Berkeley DB file of only %zu bytes",
                            reader->content.len);
    }
    reader->is_big_endian = pl_bytes_be32(meta + 12) == MAGIC_HASH;
    if (!reader->is_big_endian && pl_bytes_le32(meta + 12) != MAGIC_HASH) {
        return pl_error_set_at(err, PL_E_PARSE, 12, "not a Berkeley DB hash file");
    }
    if (meta[24] != 0 || (meta[26] & 1) != 0) {
        return pl_error_set_at(err, PL_E_UNSUPPORTED, 24,
                               "Berkeley DB file with encryption or checksums, which rpm never "
                               "writes");
    }
    reader->page_bytes = read32(reader, meta + 20);
    if (reader->page_bytes < SMALLEST_PAGE || reader->page_bytes > LARGEST_PAGE ||
        (reader->page_bytes & (reader->page_bytes - 1)) != 0) {
        return pl_error_set_at(err, PL_E_PARSE, 20, "Berkeley DB page size %zu",
                               reader->page_bytes);
    }
    reader->page_count = reader->content.len / reader->page_bytes;
    uint32_t last_page = read32(reader, meta + 32);
    if (last_page >= reader->page_count) {
        report(reader, PL_E_PARSE, last_page, "the file ends before this page, its last");
    }
    return PL_OK;
}

/* Puts the pieces of an item together in the scratch buffer. */
static enum pl_status gather(struct reader *reader, const uint8_t *item, pl_span *ret_value,
                             struct pl_error *err)
{
    uint32_t number = read32(reader, item + 4);
    size_t total = read32(reader, item + 8);
    if (total > reader->left_bytes) {
        return pl_error_set(err, PL_E_PARSE, "an item of %zu bytes is larger than what is left",
                            total);
    }
    reader->left_bytes -= total;
    pl_buf_clear(&reader->scratch);
    while (reader->scratch.len < total) {
        if (number == 0 || number >= reader->page_count) {
            return pl_error_set(err, PL_E_PARSE, "its item goes on at page %u, which is not there",
                                number);
        }
        const uint8_t *page = page_at(reader, number);
        size_t piece = read16(reader, page + 22);
        if (page[25] != PAGE_OVERFLOW || piece == 0 ||
            piece > reader->page_bytes - PAGE_HEADER_BYTES) {
            return pl_error_set(err, PL_E_PARSE, "its item goes on at page %u, no overflow page",
                                number);
        }
        size_t missing = total - reader->scratch.len;
        pl_buf_append(&reader->scratch, pl_str_make((const char *)page + PAGE_HEADER_BYTES,
                                                    piece < missing ? piece : missing));
        number = read32(reader, page + 16);
    }
    *ret_value = pl_str_span(pl_buf_str(&reader->scratch));
    return pl_buf_status(&reader->scratch, "an item", err);
}

/* The bytes of item `index` with its kind before them. */
static bool find_item(const struct reader *reader, const uint8_t *page, size_t index,
                      pl_span *ret_item)
{
    size_t first_free = PAGE_HEADER_BYTES + 2 * (index + 1);
    const uint8_t *offset = page + PAGE_HEADER_BYTES + 2 * index;
    size_t begin = read16(reader, offset);
    size_t end = index == 0 ? reader->page_bytes : read16(reader, offset - 2);
    if (begin < first_free || begin >= end || end > reader->page_bytes) {
        return false;
    }
    *ret_item = (pl_span){page + begin, end - begin};
    return true;
}

static bool is_counter(pl_span key)
{
    return key.len == 5 && key.ptr[0] == ITEM_HERE && memcmp(key.ptr + 1, "\0\0\0\0", 4) == 0;
}

static void visit_value(struct reader *reader, size_t number, pl_span item)
{
    pl_span value = {item.ptr + 1, item.len - 1};
    struct pl_error err = PL_ERROR_INIT;
    if (item.ptr[0] == ITEM_ELSEWHERE && item.len >= OFF_PAGE_ITEM_BYTES) {
        if (gather(reader, item.ptr, &value, &err) < 0) {
            report(reader, err.status, number, err.msg);
            return;
        }
    } else if (item.ptr[0] != ITEM_HERE) {
        report(reader, PL_E_PARSE, number, "an item of a kind that rpm does not write");
        return;
    }
    reader->visitor->header(reader->visitor->context, value);
}

static void visit_page(struct reader *reader, size_t number)
{
    const uint8_t *page = page_at(reader, number);
    size_t entries = read16(reader, page + 20);
    if (entries > (reader->page_bytes - PAGE_HEADER_BYTES) / 2) {
        report(reader, PL_E_PARSE, number, "more items than fit");
        return;
    }
    for (size_t i = 0; i + 1 < entries; i += 2) {
        pl_span key;
        pl_span value;
        if (!find_item(reader, page, i, &key) || !find_item(reader, page, i + 1, &value)) {
            report(reader, PL_E_PARSE, number, "an item lies outside of the page");
            return;
        }
        if (!is_counter(key)) {
            visit_value(reader, number, value);
        }
    }
}

enum pl_status pl_rpm_bdb_visit(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                                struct pl_error *err)
{
    struct reader reader = {
        .content = db->content,
        .visitor = visitor,
        .left_bytes = db->content.len,
        .scratch = PL_BUF_INIT(PL_LIMIT_RPM_HEADER_BYTES),
    };
    enum pl_status status = open_database(&reader, err);
    for (size_t number = 1; status == PL_OK && number < reader.page_count; number++) {
        uint8_t type = page_at(&reader, number)[25];
        if (type == PAGE_HASH || type == PAGE_HASH_UNSORTED) {
            visit_page(&reader, number);
        }
    }
    pl_buf_release(&reader.scratch);
    return status;
}
