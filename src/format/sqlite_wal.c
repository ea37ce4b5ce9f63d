/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The write-ahead log of SQLite (https://www.sqlite.org/fileformat2.html, section 4). Integers are
 * big-endian. A header of 32 bytes:
 *
 *     0 magic 0x377f0682 or 0x377f0683   4 version 3007000   8 page size   12 checkpoint number
 *     16 salt, 8 bytes   24 checksum of the first 24 bytes, 8 bytes
 *
 * Then frames: 24 bytes of header and a page. 0 page number (from 1), 4 database size in pages
 * after a commit or 0 in the middle of a transaction, 8 the log's salt, 16 checksum. The checksum
 * goes on from the frame before over the first 8 bytes and the page, in 32-bit words that are
 * big-endian when the magic is odd (section 4.2).
 *
 * The log is valid up to the first frame whose salt or checksum is wrong: what follows is left from
 * before the last reset. Of that, what comes after the last commit does not count. Frames that were
 * checkpointed already are laid over once more, which changes nothing.
 */
#include "format/sqlite_wal.h"
#include "format/bytes.h"

enum {
    DATABASE_HEADER_BYTES = 100,
    WRITE_VERSION_AT = 18, /* 1: rollback journal, 2: write-ahead log */
    READ_VERSION_AT = 19,
    WAL_HEADER_BYTES = 32,
    FRAME_HEADER_BYTES = 24,
    WAL_MAGIC = 0x377f0682, /* or one more */
    WAL_VERSION = 3007000,
};

struct checksum {
    uint32_t s0;
    uint32_t s1;
    bool is_big_endian;
};

struct wal {
    pl_span frames;
    size_t page_bytes;
    const uint8_t *salt;
    struct checksum sum;
};

/* What the log's committed frames come to. */
struct commit {
    size_t frame_count;
    uint32_t page_count; /* of the database */
};

static bool is_database(pl_span database)
{
    return database.len >= DATABASE_HEADER_BYTES &&
           memcmp(database.ptr, "SQLite format 3", 16) == 0;
}

static size_t database_page_bytes(pl_span database)
{
    size_t stated = pl_bytes_be16(database.ptr + 16);
    return stated == 1 ? 65536 : stated;
}

bool pl_sqlite_is_wal(pl_span database)
{
    return is_database(database) &&
           (database.ptr[WRITE_VERSION_AT] == 2 || database.ptr[READ_VERSION_AT] == 2);
}

void pl_sqlite_leave_wal(uint8_t *database)
{
    database[WRITE_VERSION_AT] = 1;
    database[READ_VERSION_AT] = 1;
}

/* `len` is a multiple of 8. */
static void add_to_checksum(struct checksum *sum, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        const uint8_t *p = bytes + i;
        uint32_t first = sum->is_big_endian ? pl_bytes_be32(p) : pl_bytes_le32(p);
        uint32_t second = sum->is_big_endian ? pl_bytes_be32(p + 4) : pl_bytes_le32(p + 4);
        sum->s0 += first + sum->s1;
        sum->s1 += second + sum->s0;
    }
}

static bool checksum_is(const struct checksum *sum, const uint8_t *stated)
{
    return sum->s0 == pl_bytes_be32(stated) && sum->s1 == pl_bytes_be32(stated + 4);
}

static bool open_wal(pl_span bytes, size_t page_bytes, struct wal *ret_wal)
{
    if (bytes.len < WAL_HEADER_BYTES) {
        return false;
    }
    uint32_t magic = pl_bytes_be32(bytes.ptr);
    if ((magic & ~1U) != WAL_MAGIC || pl_bytes_be32(bytes.ptr + 4) != WAL_VERSION ||
        pl_bytes_be32(bytes.ptr + 8) != page_bytes) {
        return false;
    }
    struct checksum sum = {.is_big_endian = (magic & 1) != 0};
    add_to_checksum(&sum, bytes.ptr, 24);
    if (!checksum_is(&sum, bytes.ptr + 24)) {
        return false;
    }
    *ret_wal = (struct wal){
        .frames = {bytes.ptr + WAL_HEADER_BYTES, bytes.len - WAL_HEADER_BYTES},
        .page_bytes = page_bytes,
        .salt = bytes.ptr + 16,
        .sum = sum,
    };
    return true;
}

static const uint8_t *frame_at(const struct wal *wal, size_t index)
{
    return wal->frames.ptr + index * (FRAME_HEADER_BYTES + wal->page_bytes);
}

static struct commit find_last_commit(const struct wal *wal)
{
    struct commit commit = {0};
    struct checksum sum = wal->sum;
    size_t frame_count = wal->frames.len / (FRAME_HEADER_BYTES + wal->page_bytes);
    for (size_t i = 0; i < frame_count; i++) {
        const uint8_t *frame = frame_at(wal, i);
        add_to_checksum(&sum, frame, 8);
        add_to_checksum(&sum, frame + FRAME_HEADER_BYTES, wal->page_bytes);
        if (memcmp(frame + 8, wal->salt, 8) != 0 || pl_bytes_be32(frame) == 0 ||
            !checksum_is(&sum, frame + 16)) {
            break;
        }
        if (pl_bytes_be32(frame + 4) != 0) {
            commit = (struct commit){i + 1, pl_bytes_be32(frame + 4)};
        }
    }
    return commit;
}

/* Lays the committed pages over the image, which has room for them. */
static void lay_over(const struct wal *wal, const struct commit *commit, char *image)
{
    for (size_t i = 0; i < commit->frame_count; i++) {
        const uint8_t *frame = frame_at(wal, i);
        uint32_t number = pl_bytes_be32(frame);
        if (number <= commit->page_count) { /* else the database shrank afterwards */
            memcpy(image + (number - 1) * wal->page_bytes, frame + FRAME_HEADER_BYTES,
                   wal->page_bytes);
        }
    }
}

enum pl_status pl_sqlite_wal_apply(pl_span database, pl_span wal_bytes, struct pl_buf *image,
                                   struct pl_error *err)
{
    size_t page_bytes = is_database(database) ? database_page_bytes(database) : 0;
    if (page_bytes < 512 || (page_bytes & (page_bytes - 1)) != 0) {
        return pl_error_set(err, PL_E_PARSE, "not an SQLite database");
    }
    struct wal wal;
    struct commit commit = {0};
    size_t size = database.len;
    if (open_wal(wal_bytes, page_bytes, &wal)) {
        commit = find_last_commit(&wal);
    }
    if (commit.frame_count > 0) {
        size = (size_t)commit.page_count * page_bytes;
        if (size > database.len + wal_bytes.len) {
            return pl_error_set(err, PL_E_PARSE,
                                "the write-ahead log speaks of %u pages, more than it and the "
                                "database hold",
                                commit.page_count);
        }
    }
    char *bytes = pl_buf_reserve(image, size);
    if (!bytes) {
        return pl_buf_status(image, "an SQLite database", err);
    }
    size_t kept = size < database.len ? size : database.len;
    memcpy(bytes, database.ptr, kept);
    memset(bytes + kept, 0, size - kept);
    lay_over(&wal, &commit, bytes);
    bytes[WRITE_VERSION_AT] = 1;
    bytes[READ_VERSION_AT] = 1;
    image->len += size;
    return PL_OK;
}
