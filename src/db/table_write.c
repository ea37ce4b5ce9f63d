/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing: pairs are collected into a block until it is full, and the block is stored raw or as a
 * zstd frame. A pair is the number of key bytes shared with the pair before, the rest of the key,
 * and the value. Blocks of packages are small, since a look-up must cost microseconds; a package of
 * which much is said gets a block of its own. Records are read for the few findings of a scan, of
 * which many lie near each other, so theirs are larger, and compress better; so are those of lists
 * of versions, which are read to be shown.
 */
#include "base/io.h"
#include "base/limits.h"
#include "base/wire.h"
#include "db/table_format.h"
#include <openssl/evp.h>
#include <zstd.h>

static const struct {
    size_t full_bytes; /* a block is closed when it reaches this */
    size_t raw_bytes; /* a block up to this size is stored as it is */
} policies[PL_TABLE_SECTION_COUNT_] = {
    [PL_TABLE_META] = {4096, 65536},      [PL_TABLE_KEYS] = {4096, 512},
    [PL_TABLE_RECORDS] = {32768, 0},      [PL_TABLE_ALIASES] = {16384, 0},
    [PL_TABLE_EXPLOITATIONS] = {8192, 0}, [PL_TABLE_LISTS] = {32768, 0},
};

enum { ZSTD_LEVEL = 6, INDEX_CEILING = 1 << 30 };

struct section_writer {
    struct pl_buf rows;
    struct pl_buf last_keys;
    uint64_t blocks;
    uint64_t pairs;
    bool closed;
};

struct pl_table_writer {
    int fd;
    uint64_t offset;
    enum pl_table_section section; /* PL_TABLE_SECTION_COUNT_ before the first */
    struct section_writer sections[PL_TABLE_SECTION_COUNT_];
    struct pl_buf block;
    struct pl_buf stored;
    struct pl_buf last_key;
    ZSTD_CCtx *compressor;
    EVP_MD_CTX *digest;
    bool started;
};

struct pl_table_writer *pl_table_writer_new(int fd)
{
    struct pl_table_writer *writer = pl_mem_alloc(1, sizeof(*writer));
    writer->fd = fd;
    writer->section = PL_TABLE_SECTION_COUNT_;
    writer->block = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    writer->stored = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES * 2);
    writer->last_key = PL_BUF_INIT(TABLE_KEY_BYTES);
    for (size_t i = 0; i < PL_TABLE_SECTION_COUNT_; i++) {
        writer->sections[i].rows = PL_BUF_INIT(INDEX_CEILING);
        writer->sections[i].last_keys = PL_BUF_INIT(INDEX_CEILING);
    }
    writer->compressor = ZSTD_createCCtx();
    writer->digest = EVP_MD_CTX_new();
    if (!writer->compressor || !writer->digest) {
        pl_mem_abort(sizeof(*writer));
    }
    return writer;
}

void pl_table_writer_free(struct pl_table_writer *writer)
{
    if (!writer) {
        return;
    }
    for (size_t i = 0; i < PL_TABLE_SECTION_COUNT_; i++) {
        pl_buf_release(&writer->sections[i].rows);
        pl_buf_release(&writer->sections[i].last_keys);
    }
    pl_buf_release(&writer->block);
    pl_buf_release(&writer->stored);
    pl_buf_release(&writer->last_key);
    ZSTD_freeCCtx(writer->compressor);
    EVP_MD_CTX_free(writer->digest);
    free(writer);
}

static enum pl_status write_out(struct pl_table_writer *writer, pl_str bytes, struct pl_error *err)
{
    enum pl_status st = pl_io_write(writer->fd, bytes, err);
    writer->offset += bytes.len;
    return st;
}

static enum pl_status start(struct pl_table_writer *writer, struct pl_error *err)
{
    if (writer->started) {
        return PL_OK;
    }
    if (EVP_DigestInit_ex(writer->digest, EVP_sha256(), NULL) != 1) {
        return pl_error_set(err, PL_E_INTERNAL, "SHA-256 is not available");
    }
    writer->started = true;
    return write_out(writer, pl_str_make(TABLE_MAGIC, TABLE_MAGIC_BYTES), err);
}

/* The block as it will lie in the file: compressed where that is allowed and pays. */
static enum pl_status pack_block(struct pl_table_writer *writer, pl_str *ret, struct pl_error *err)
{
    pl_str open = pl_buf_str(&writer->block);
    *ret = open;
    if (open.len <= policies[writer->section].raw_bytes) {
        return PL_OK;
    }
    size_t bound = ZSTD_compressBound(open.len);
    pl_buf_clear(&writer->stored);
    char *room = pl_buf_reserve(&writer->stored, bound);
    if (!room) {
        return pl_buf_status(&writer->stored, "a block of the database", err);
    }
    size_t len = ZSTD_compressCCtx(writer->compressor, room, bound, open.ptr, open.len, ZSTD_LEVEL);
    if (ZSTD_isError(len)) {
        return pl_error_set(err, PL_E_INTERNAL, "compressing: %s", ZSTD_getErrorName(len));
    }
    if (len < open.len - open.len / 8) {
        *ret = pl_str_make(room, len);
    }
    return PL_OK;
}

static enum pl_status close_block(struct pl_table_writer *writer, struct pl_error *err)
{
    if (writer->block.len == 0) {
        return PL_OK;
    }
    pl_str stored = PL_STR_EMPTY;
    enum pl_status st = pack_block(writer, &stored, err);
    if (st < 0) {
        return st;
    }
    if (EVP_DigestUpdate(writer->digest, writer->block.ptr, writer->block.len) != 1) {
        return pl_error_set(err, PL_E_INTERNAL, "SHA-256 failed");
    }
    struct section_writer *section = &writer->sections[writer->section];
    table_put64(&section->rows, writer->offset);
    table_put32(&section->rows, (uint32_t)stored.len);
    table_put32(&section->rows, (uint32_t)writer->block.len);
    table_put64(&section->rows, pl_str_hash(stored));
    table_put64(&section->rows, section->last_keys.len);
    table_put32(&section->rows, (uint32_t)writer->last_key.len);
    table_put32(&section->rows, 0);
    pl_buf_append(&section->last_keys, pl_buf_str(&writer->last_key));
    section->blocks++;
    st = write_out(writer, stored, err);
    pl_buf_clear(&writer->block);
    return st;
}

static enum pl_status enter_section(struct pl_table_writer *writer, enum pl_table_section section,
                                    struct pl_error *err)
{
    enum pl_status st = start(writer, err);
    if (st < 0 || writer->section == section) {
        return st;
    }
    if (writer->section != PL_TABLE_SECTION_COUNT_) {
        st = close_block(writer, err);
        writer->sections[writer->section].closed = true;
    }
    if (st == PL_OK && writer->sections[section].closed) {
        return pl_error_set(err, PL_E_INTERNAL, "a section of the table was written twice");
    }
    writer->section = section;
    pl_buf_clear(&writer->last_key);
    char tag = (char)section;
    if (st == PL_OK && EVP_DigestUpdate(writer->digest, &tag, 1) != 1) {
        return pl_error_set(err, PL_E_INTERNAL, "SHA-256 failed");
    }
    return st;
}

enum pl_status pl_table_add(struct pl_table_writer *writer, enum pl_table_section section,
                            pl_str key, pl_str value, struct pl_error *err)
{
    enum pl_status st = enter_section(writer, section, err);
    if (st < 0) {
        return st;
    }
    struct section_writer *entered = &writer->sections[section];
    if (entered->pairs > 0 && pl_str_cmp(pl_buf_str(&writer->last_key), key) >= 0) {
        return pl_error_set(err, PL_E_INTERNAL, "keys of the table are not ascending");
    }
    if (key.len > TABLE_KEY_BYTES || value.len > PL_LIMIT_DB_BLOCK_BYTES / 2) {
        return pl_error_set(err, PL_E_LIMIT,
                            "\"" PL_STR_FMT "\" is too large for the database: %zu bytes of key, "
                            "%zu bytes of content",
                            PL_STR_ARG(pl_str_sub(key, 0, 100)), key.len, value.len);
    }
    /* A large value is given a block of its own, so that its neighbours stay cheap to read. */
    size_t full = policies[section].full_bytes;
    if (writer->block.len > 0 && value.len >= full) {
        st = close_block(writer, err);
    }
    if (st < 0) {
        return st;
    }
    pl_str before = writer->block.len > 0 ? pl_buf_str(&writer->last_key) : PL_STR_EMPTY;
    pl_wire_put_next(&writer->block, before, key);
    pl_wire_put_str(&writer->block, value);
    pl_buf_clear(&writer->last_key);
    pl_buf_append(&writer->last_key, key);
    entered->pairs++;
    st = pl_buf_status(&writer->block, "a block of the database", err);
    if (st == PL_OK && writer->block.len >= full) {
        st = close_block(writer, err);
    }
    return st;
}

static void digest_to_hex(const unsigned char *bytes, char ret[TABLE_DIGEST_CHARS + 1])
{
    for (size_t i = 0; i < TABLE_DIGEST_CHARS / 2; i++) {
        snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
    }
}

enum pl_status pl_table_finish(struct pl_table_writer *writer, char ret_digest[33],
                               struct pl_error *err)
{
    enum pl_status st = start(writer, err);
    if (st == PL_OK && writer->section != PL_TABLE_SECTION_COUNT_) {
        st = close_block(writer, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_buf index pl_autobuf = PL_BUF_INIT(INDEX_CEILING);
    struct pl_buf footer pl_autobuf = PL_BUF_INIT(TABLE_FOOTER_BYTES);
    pl_buf_append(&footer, pl_str_make(TABLE_MAGIC, TABLE_MAGIC_BYTES));
    table_put32(&footer, TABLE_VERSION);
    table_put32(&footer, 0);
    for (size_t i = 0; i < PL_TABLE_SECTION_COUNT_; i++) {
        struct section_writer *section = &writer->sections[i];
        table_put64(&footer, writer->offset + index.len);
        table_put64(&footer, section->blocks);
        pl_buf_append(&index, pl_buf_str(&section->rows));
        table_put64(&footer, writer->offset + index.len);
        table_put64(&footer, section->last_keys.len);
        table_put64(&footer, section->pairs);
        pl_buf_append(&index, pl_buf_str(&section->last_keys));
    }
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    if (EVP_DigestFinal_ex(writer->digest, digest, NULL) != 1) {
        return pl_error_set(err, PL_E_INTERNAL, "SHA-256 failed");
    }
    char digits[TABLE_DIGEST_CHARS + 1] = {0};
    digest_to_hex(digest, digits);
    pl_buf_append(&footer, pl_str_from(digits));
    table_put64(&footer, pl_str_hash(pl_buf_str(&index)));
    table_put64(&footer, pl_str_hash(pl_buf_str(&footer)));
    st = pl_buf_status(&index, "the index of the database", err);
    if (st == PL_OK) {
        st = write_out(writer, pl_buf_str(&index), err);
    }
    if (st == PL_OK) {
        st = write_out(writer, pl_buf_str(&footer), err);
    }
    if (st == PL_OK) {
        memcpy(ret_digest, digits, sizeof(digits));
    }
    return st;
}
