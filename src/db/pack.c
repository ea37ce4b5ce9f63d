/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measured on 64 MB of records of many feeds (12.8 MB as tables): 12.6 MB as tables in one archive
 * at level 12, 7.9 MB packed at level 12, 7.2 MB at level 19; keys and values in columns of their
 * own save no more than another hundredth. Level 19 takes half a second a megabyte, so that large
 * slices are packed at level 12, which takes a twentieth of that.
 */
#include "db/pack.h"
#include "base/limits.h"
#include "base/wire.h"
#include "db/table_format.h"
#include "format/stream.h"
#include "format/zstd_writer.h"
#include <errno.h>
#include <sys/stat.h>

#define MAGIC "plimsoll-pack\2"

enum {
    LEVEL_SMALL = 19,
    LEVEL_LARGE = 12,
    /* Beyond that many pairs a slice is large: some fifty MB of open content. */
    SMALL_PAIRS = 100000,
    WINDOW_LOG = 25,
    FLUSH_BYTES = 1 << 18,
};

/* ---- out ---- */

struct packer {
    struct pl_zstd_writer *zstd;
    struct pl_buf pending;
    struct pl_buf key;
};

static void packer_release(struct packer *packer)
{
    pl_zstd_writer_free(packer->zstd);
    pl_buf_release(&packer->pending);
    pl_buf_release(&packer->key);
}

static enum pl_status flush(struct packer *packer, struct pl_error *err)
{
    enum pl_status st = pl_buf_status(&packer->pending, "a pair of the database", err);
    if (st == PL_OK) {
        st = pl_zstd_writer_put(packer->zstd, pl_buf_str(&packer->pending), err);
    }
    pl_buf_clear(&packer->pending);
    return st;
}

static enum pl_status pack_section(struct packer *packer, struct pl_table *table,
                                   enum pl_table_section section, struct pl_error *err)
{
    struct pl_table_cursor cursor pl_autocursor;
    bool more = true;
    enum pl_status st = PL_OK;
    pl_table_cursor_init(&cursor, table, section);
    pl_buf_clear(&packer->key);
    pl_wire_put_uint(&packer->pending, section);
    pl_wire_put_uint(&packer->pending, pl_table_count(table, section));
    while (st == PL_OK && more) {
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        st = pl_table_cursor_next(&cursor, &more, &key, &value, err);
        if (st < 0 || !more) {
            break;
        }
        pl_wire_put_next(&packer->pending, pl_buf_str(&packer->key), key);
        pl_wire_put_str(&packer->pending, value);
        pl_buf_clear(&packer->key);
        pl_buf_append(&packer->key, key);
        if (packer->pending.len >= FLUSH_BYTES) {
            st = flush(packer, err);
        }
    }
    return st;
}

enum pl_status pl_pack_write(struct pl_table *table, int fd, uint64_t *ret_bytes,
                             struct pl_error *err)
{
    uint64_t pairs = 0;
    for (unsigned i = 0; i < PL_TABLE_SECTION_COUNT_; i++) {
        pairs += pl_table_count(table, (enum pl_table_section)i);
    }
    struct packer packer PL_CLEANUP(packer_release) = {
        .zstd = pl_zstd_writer_new(fd, pairs > SMALL_PAIRS ? LEVEL_LARGE : LEVEL_SMALL, WINDOW_LOG),
        .pending = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
        .key = PL_BUF_INIT(TABLE_KEY_BYTES)};
    enum pl_table_section sections[PL_TABLE_SECTION_COUNT_];
    size_t count = pl_table_sections(table, sections);
    pl_buf_append(&packer.pending, PL_STR(MAGIC));
    enum pl_status st = PL_OK;
    for (size_t i = 0; st == PL_OK && i < count; i++) {
        st = pack_section(&packer, table, sections[i], err);
    }
    pl_wire_put_uint(&packer.pending, PL_TABLE_SECTION_COUNT_);
    if (st == PL_OK) {
        st = flush(&packer, err);
    }
    return st == PL_OK ? pl_zstd_writer_finish(packer.zstd, ret_bytes, err) : st;
}

/* ---- in ---- */

struct unpacker {
    struct pl_stream *stream;
    struct pl_buf held; /* opened bytes, the first `at` of which are taken */
    size_t at;
    bool is_at_end;
    struct pl_buf key;
    struct pl_table_writer *table;
};

static void unpacker_release(struct unpacker *unpacker)
{
    pl_stream_close(unpacker->stream);
    pl_buf_release(&unpacker->held);
    pl_buf_release(&unpacker->key);
    pl_table_writer_free(unpacker->table);
}

/* Holds at least `size` bytes that are not taken yet, or all that are left. */
static enum pl_status hold(struct unpacker *unpacker, size_t size, struct pl_error *err)
{
    struct pl_buf *held = &unpacker->held;
    if (held->len - unpacker->at < size && unpacker->at > 0) {
        held->len -= unpacker->at;
        memmove(held->ptr, held->ptr + unpacker->at, held->len);
        unpacker->at = 0;
    }
    enum pl_status st = PL_OK;
    while (st == PL_OK && held->len - unpacker->at < size && !unpacker->is_at_end) {
        pl_span piece = {NULL, 0};
        st = pl_stream_pull(unpacker->stream, &piece, err);
        if (st == PL_OK) {
            unpacker->is_at_end = piece.len == 0;
            pl_buf_append(held, pl_span_str(piece));
            st = pl_buf_status(held, "a pair of the database", err);
        }
    }
    return st;
}

static enum pl_status cut_off(struct pl_error *err)
{
    return pl_error_set(err, PL_E_PARSE, "it ends too early, or is no packed slice");
}

static enum pl_status take_uint(struct unpacker *unpacker, uint64_t *ret, struct pl_error *err)
{
    enum { MOST_BYTES = 10 };
    enum pl_status st = hold(unpacker, MOST_BYTES, err);
    if (st < 0) {
        return st;
    }
    pl_str left = pl_str_skip(pl_buf_str(&unpacker->held), unpacker->at);
    struct pl_wire wire = pl_wire_over(left);
    uint64_t value = pl_wire_uint(&wire);
    if (wire.bad) {
        return cut_off(err);
    }
    unpacker->at += left.len - (size_t)(wire.end - wire.at);
    *ret = value;
    return PL_OK;
}

/* A string of at most `most` bytes, good until the next call. */
static enum pl_status take_str(struct unpacker *unpacker, size_t most, pl_str *ret,
                               struct pl_error *err)
{
    uint64_t len = 0;
    enum pl_status st = take_uint(unpacker, &len, err);
    if (st == PL_OK && len > most) {
        return pl_error_set(err, PL_E_LIMIT, "it has a key or value of %llu bytes",
                            (unsigned long long)len);
    }
    if (st == PL_OK) {
        st = hold(unpacker, (size_t)len, err);
    }
    if (st < 0) {
        return st;
    }
    pl_str bytes = pl_str_sub(pl_buf_str(&unpacker->held), unpacker->at, (size_t)len);
    if (bytes.len < len) {
        return cut_off(err);
    }
    unpacker->at += bytes.len;
    *ret = bytes;
    return PL_OK;
}

static enum pl_status unpack_pair(struct unpacker *unpacker, enum pl_table_section section,
                                  struct pl_error *err)
{
    uint64_t shared = 0;
    pl_str text = PL_STR_EMPTY;
    enum pl_status st = take_uint(unpacker, &shared, err);
    if (st == PL_OK && shared > unpacker->key.len) {
        return pl_error_set(err, PL_E_PARSE, "its keys are not well formed");
    }
    if (st == PL_OK) {
        st = take_str(unpacker, TABLE_KEY_BYTES, &text, err);
    }
    if (st == PL_OK) {
        unpacker->key.len = (size_t)shared;
        pl_buf_append(&unpacker->key, text);
        st = pl_buf_status(&unpacker->key, "a key of the database", err);
    }
    if (st == PL_OK) {
        st = take_str(unpacker, PL_LIMIT_DB_BLOCK_BYTES / 2, &text, err);
    }
    if (st == PL_OK) {
        st = pl_table_add(unpacker->table, section, pl_buf_str(&unpacker->key), text, err);
    }
    /* What the writer holds for a bug of its caller is the pack's fault here. */
    return st == PL_E_INTERNAL ? pl_error_set(err, PL_E_PARSE, "its keys are not in order") : st;
}

static enum pl_status unpack(struct unpacker *unpacker, struct pl_error *err)
{
    pl_str magic = PL_STR(MAGIC);
    enum pl_status st = hold(unpacker, magic.len, err);
    if (st == PL_OK && !pl_str_starts_with(pl_buf_str(&unpacker->held), magic)) {
        st = pl_error_set(err, PL_E_PARSE, "it is no packed slice, or one of another version");
    }
    unpacker->at = magic.len;
    while (st == PL_OK) {
        uint64_t section = 0;
        uint64_t count = 0;
        st = take_uint(unpacker, &section, err);
        if (st == PL_OK && section == PL_TABLE_SECTION_COUNT_) {
            break;
        }
        if (st == PL_OK && section > PL_TABLE_SECTION_COUNT_) {
            st = pl_error_set(err, PL_E_PARSE, "it has a section that does not exist");
        }
        if (st == PL_OK) {
            st = take_uint(unpacker, &count, err);
        }
        pl_buf_clear(&unpacker->key);
        for (uint64_t i = 0; st == PL_OK && i < count; i++) {
            st = unpack_pair(unpacker, (enum pl_table_section)section, err);
        }
    }
    if (st == PL_OK) {
        st = hold(unpacker, 1, err);
    }
    return st == PL_OK && unpacker->held.len > unpacker->at
               ? pl_error_set(err, PL_E_PARSE, "it goes on after its end")
               : st;
}

/* What a pack of that size may open to: far more than any real one, and no bomb. */
static uint64_t most_open_bytes(uint64_t packed_bytes)
{
    uint64_t grown = packed_bytes > PL_LIMIT_DB_SLICE_BYTES / PL_LIMIT_RATIO
                         ? PL_LIMIT_DB_SLICE_BYTES
                         : packed_bytes * PL_LIMIT_RATIO;
    return grown < PL_LIMIT_RATIO_GRACE ? PL_LIMIT_RATIO_GRACE : grown;
}

enum pl_status pl_pack_read(int fd, const char *name, int table_fd, char ret_digits[33],
                            struct pl_error *err)
{
    struct stat info = {0};
    if (fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, "%s", name);
    }
    struct unpacker unpacker PL_CLEANUP(unpacker_release) = {
        .held = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
        .key = PL_BUF_INIT(TABLE_KEY_BYTES),
        .table = pl_table_writer_new(table_fd)};
    enum pl_status st =
        pl_stream_open(fd, name, most_open_bytes((uint64_t)info.st_size), &unpacker.stream, err);
    if (st == PL_OK) {
        st = unpack(&unpacker, err);
    }
    if (st == PL_OK) {
        st = pl_table_finish(unpacker.table, ret_digits, err);
    }
    return st < 0 ? pl_error_wrap(err, "%s", name) : st;
}
