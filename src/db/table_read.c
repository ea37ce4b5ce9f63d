/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: a binary search over the last keys of the blocks finds the one block that may hold a
 * key; it is checked, opened if need be, and walked. table_format.h has the layout. The checksum is
 * against damage; nothing relies on it for memory safety.
 */
#include "base/limits.h"
#include "base/wire.h"
#include "db/table_format.h"
#include "format/digest.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zstd.h>

/* Opened blocks that are kept: findings of one scan often lie near each other. */
enum { KEPT_BLOCKS = 64 };

struct section {
    const uint8_t *rows;
    uint64_t blocks;
    pl_str last_keys;
    uint64_t pairs;
};

struct kept_block {
    uint64_t offset; /* in the file; 0 is the header's, so: free */
    uint64_t used_at;
    struct pl_buf opened;
};

struct pl_table {
    const uint8_t *map;
    size_t size;
    char *name;
    struct section sections[PL_TABLE_SECTION_COUNT_];
    pl_str digest;
    ZSTD_DCtx *decompressor;
    struct kept_block kept[KEPT_BLOCKS];
    uint64_t clock;
};

static enum pl_status damaged(const struct pl_table *table, uint64_t pos, const char *what,
                              struct pl_error *err)
{
    return pl_error_set_at(err, PL_E_PARSE, pos,
                           "%s is damaged: %s at byte %llu; \"plimsoll db update\" builds it anew",
                           table->name, what, (unsigned long long)pos);
}

/* A part of the file, or false when it does not lie between header and footer. */
static bool part(const struct pl_table *table, uint64_t offset, uint64_t len, pl_str *ret)
{
    uint64_t end = table->size - TABLE_FOOTER_BYTES;
    if (offset < TABLE_MAGIC_BYTES || offset > end || len > end - offset) {
        return false;
    }
    *ret = pl_str_make((const char *)table->map + offset, (size_t)len);
    return true;
}

static bool read_sections(struct pl_table *table, const uint8_t *footer, uint64_t *ret_index)
{
    const uint8_t *at = footer + TABLE_MAGIC_BYTES + 8;
    for (size_t i = 0; i < PL_TABLE_SECTION_COUNT_; i++, at += TABLE_SECTION_BYTES) {
        struct section *section = &table->sections[i];
        pl_str rows = PL_STR_EMPTY;
        section->blocks = table_get64(at + 8);
        if (section->blocks > table->size / TABLE_ROW_BYTES ||
            !part(table, table_get64(at), section->blocks * TABLE_ROW_BYTES, &rows) ||
            !part(table, table_get64(at + 16), table_get64(at + 24), &section->last_keys)) {
            return false;
        }
        section->rows = (const uint8_t *)rows.ptr;
        section->pairs = table_get64(at + 32);
        if (i == 0) {
            *ret_index = table_get64(at);
        }
    }
    return true;
}

static enum pl_status read_footer(struct pl_table *table, struct pl_error *err)
{
    if (table->size < TABLE_MAGIC_BYTES + TABLE_FOOTER_BYTES ||
        memcmp(table->map, TABLE_MAGIC, TABLE_MAGIC_BYTES) != 0) {
        return pl_error_set(err, PL_E_PARSE, "%s is not an advisory database", table->name);
    }
    uint64_t footer_at = table->size - TABLE_FOOTER_BYTES;
    const uint8_t *footer = table->map + footer_at;
    pl_str checked = pl_str_make((const char *)footer, TABLE_FOOTER_BYTES - 8);
    if (memcmp(footer, TABLE_MAGIC, TABLE_MAGIC_BYTES) != 0 ||
        table_get64(footer + TABLE_FOOTER_BYTES - 8) != pl_str_hash(checked)) {
        return damaged(table, footer_at, "the footer", err);
    }
    uint32_t version = table_get32(footer + TABLE_MAGIC_BYTES);
    if (version != TABLE_VERSION) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "%s has format %u, this program reads %d; \"plimsoll db update\" "
                            "builds it anew",
                            table->name, version, TABLE_VERSION);
    }
    uint64_t index_at = 0;
    pl_str index = PL_STR_EMPTY;
    if (!read_sections(table, footer, &index_at) ||
        !part(table, index_at, footer_at - index_at, &index) ||
        table_get64(footer + TABLE_FOOTER_BYTES - 16) != pl_str_hash(index)) {
        return damaged(table, index_at, "the index", err);
    }
    table->digest = pl_str_make((const char *)footer + TABLE_FOOTER_BYTES - 16 - TABLE_DIGEST_CHARS,
                                TABLE_DIGEST_CHARS);
    return PL_OK;
}

enum pl_status pl_table_open(int fd, const char *name, struct pl_table **ret, struct pl_error *err)
{
    struct stat info = {0};
    if (fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, "%s", name);
    }
    if (!S_ISREG(info.st_mode) || info.st_size < TABLE_MAGIC_BYTES + TABLE_FOOTER_BYTES) {
        return pl_error_set(err, PL_E_PARSE, "%s is not an advisory database", name);
    }
    struct pl_table *table PL_CLEANUP(pl_table_closep) = pl_mem_alloc(1, sizeof(*table));
    for (size_t i = 0; i < KEPT_BLOCKS; i++) {
        table->kept[i].opened = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    }
    table->name = strdup(name);
    table->decompressor = ZSTD_createDCtx();
    if (!table->name || !table->decompressor) {
        pl_mem_abort(sizeof(*table));
    }
    void *map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        return pl_error_sys(err, errno, "mapping %s", name);
    }
    table->map = map;
    table->size = (size_t)info.st_size;
    enum pl_status st = read_footer(table, err);
    if (st == PL_OK) {
        *ret = PL_TAKE(table);
    }
    return st;
}

void pl_table_close(struct pl_table *table)
{
    if (!table) {
        return;
    }
    if (table->map) {
        /* The cast sheds const: munmap takes what mmap gave. */
        munmap((void *)(uintptr_t)table->map, table->size);
    }
    for (size_t i = 0; i < KEPT_BLOCKS; i++) {
        pl_buf_release(&table->kept[i].opened);
    }
    ZSTD_freeDCtx(table->decompressor);
    free(table->name);
    free(table);
}

uint64_t pl_table_count(const struct pl_table *table, enum pl_table_section section)
{
    return table->sections[section].pairs;
}

pl_str pl_table_digest(const struct pl_table *table)
{
    return table->digest;
}

struct row {
    uint64_t offset;
    pl_str stored;
    size_t open_bytes;
    uint64_t checksum; /* of `stored` */
};

static bool last_key(const struct section *section, uint64_t block, pl_str *ret)
{
    const uint8_t *row = section->rows + block * TABLE_ROW_BYTES;
    uint64_t at = table_get64(row + 24);
    uint64_t len = table_get32(row + 32);
    if (at > section->last_keys.len || len > section->last_keys.len - at) {
        return false;
    }
    *ret = pl_str_sub(section->last_keys, (size_t)at, (size_t)len);
    return true;
}

/* Finds the stored bytes of a block; open_block compares them with their checksum. */
static enum pl_status locate(const struct pl_table *table, const struct section *section,
                             uint64_t block, struct row *ret, struct pl_error *err)
{
    const uint8_t *at = section->rows + block * TABLE_ROW_BYTES;
    struct row row = {.offset = table_get64(at), .open_bytes = table_get32(at + 12)};
    /* Blocks that overlapped would make a walk of a forged file longer than the file warrants. */
    const uint8_t *before = at - TABLE_ROW_BYTES;
    if (block > 0 && table_get64(before) + table_get32(before + 8) > row.offset) {
        return damaged(table, row.offset, "the index", err);
    }
    if (!part(table, row.offset, table_get32(at + 8), &row.stored) ||
        row.open_bytes > PL_LIMIT_DB_BLOCK_BYTES) {
        return damaged(table, row.offset, "a block", err);
    }
    row.checksum = table_get64(at + 16);
    *ret = row;
    return PL_OK;
}

/* Checks the stored bytes and gives the open ones: the map's own when they are stored raw, else
 * `into`. */
static enum pl_status open_block(const struct pl_table *table, const struct row *row,
                                 struct pl_buf *into, pl_str *ret, struct pl_error *err)
{
    if (row->checksum != pl_str_hash(row->stored)) {
        return damaged(table, row->offset, "a block", err);
    }
    if (row->stored.len == row->open_bytes) {
        *ret = row->stored;
        return PL_OK;
    }
    /* The frame states its size as well: one that lies is refused before anything is reserved. */
    if (ZSTD_getFrameContentSize(row->stored.ptr, row->stored.len) != row->open_bytes) {
        return damaged(table, row->offset, "a compressed block", err);
    }
    pl_buf_clear(into);
    char *room = pl_buf_reserve(into, row->open_bytes);
    size_t got = room ? ZSTD_decompressDCtx(table->decompressor, room, row->open_bytes,
                                            row->stored.ptr, row->stored.len)
                      : 0;
    if (!room || got != row->open_bytes) {
        return damaged(table, row->offset, "a compressed block", err);
    }
    into->len = got;
    *ret = pl_buf_str(into);
    return PL_OK;
}

/* Where a section begins in the file. */
static uint64_t start_of(const struct pl_table *table, size_t section)
{
    return table_get64(table->sections[section].rows);
}

size_t pl_table_sections(const struct pl_table *table,
                         enum pl_table_section ret[PL_TABLE_SECTION_COUNT_])
{
    size_t count = 0;
    for (size_t i = 0; i < PL_TABLE_SECTION_COUNT_; i++) {
        if (table->sections[i].blocks == 0) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && start_of(table, ret[at - 1]) > start_of(table, i); at--) {
            ret[at] = ret[at - 1];
        }
        ret[at] = (enum pl_table_section)i;
    }
    return count;
}

static enum pl_status digest_section(const struct pl_table *table, size_t index,
                                     struct pl_digest_state *state, struct pl_error *err)
{
    const struct section *section = &table->sections[index];
    struct pl_buf opened pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    uint8_t tag = (uint8_t)index;
    pl_digest_update(state, (pl_span){&tag, 1});
    for (uint64_t block = 0; block < section->blocks; block++) {
        struct row row = {0};
        pl_str open = PL_STR_EMPTY;
        enum pl_status st = locate(table, section, block, &row, err);
        if (st == PL_OK) {
            st = open_block(table, &row, &opened, &open, err);
        }
        if (st < 0) {
            return st;
        }
        pl_digest_update(state, pl_str_span(open));
    }
    return PL_OK;
}

enum pl_status pl_table_verify(const struct pl_table *table, struct pl_error *err)
{
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(NULL);
    enum pl_table_section sections[PL_TABLE_SECTION_COUNT_];
    size_t count = pl_table_sections(table, sections);
    for (size_t i = 0; i < count; i++) {
        enum pl_status st = digest_section(table, sections[i], state, err);
        if (st < 0) {
            return st;
        }
    }
    struct pl_digest digest = pl_digest_finish(state);
    pl_str digits = pl_digest_str(&digest);
    digits = pl_str_skip(digits, pl_str_find_char(digits, ':') + 1);
    if (!pl_str_eq(pl_str_sub(digits, 0, TABLE_DIGEST_CHARS), table->digest)) {
        return pl_error_set(err, PL_E_TRUST, "%s does not have the content that its digest says",
                            table->name);
    }
    return PL_OK;
}

/* The same through the kept blocks; *ret_in_map tells whether the view outlives the next call. */
static enum pl_status open_kept(struct pl_table *table, const struct row *row, pl_str *ret,
                                bool *ret_in_map, struct pl_error *err)
{
    *ret_in_map = row->stored.len == row->open_bytes;
    struct kept_block *oldest = &table->kept[0];
    for (size_t i = 0; i < KEPT_BLOCKS && !*ret_in_map; i++) {
        struct kept_block *kept = &table->kept[i];
        if (kept->offset == row->offset && kept->opened.len == row->open_bytes) {
            kept->used_at = ++table->clock;
            *ret = pl_buf_str(&kept->opened);
            return PL_OK;
        }
        oldest = kept->used_at < oldest->used_at ? kept : oldest;
    }
    enum pl_status st = open_block(table, row, &oldest->opened, ret, err);
    if (!*ret_in_map) {
        oldest->offset = st == PL_OK ? row->offset : 0;
        oldest->used_at = ++table->clock;
    }
    return st;
}

struct pair {
    size_t shared; /* with the key before */
    pl_str rest;
    pl_str value;
};

static bool take_pair(pl_str *left, struct pair *ret)
{
    struct pl_wire wire = pl_wire_over(*left);
    uint64_t shared = pl_wire_uint(&wire);
    ret->shared = shared <= PL_WIRE_SHARED_MAX ? (size_t)shared : SIZE_MAX;
    ret->rest = pl_wire_str(&wire);
    ret->value = pl_wire_str(&wire);
    *left = pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at));
    return !wire.bad;
}

/* Takes one pair off an open block; `key` holds the key before and becomes this one. */
static bool next_pair(pl_str *left, struct pl_buf *key, pl_str *ret_value)
{
    struct pair pair = {0};
    if (!take_pair(left, &pair) || pair.shared > key->len) {
        return false;
    }
    key->len = pair.shared;
    pl_buf_append(key, pair.rest);
    *ret_value = pair.value;
    return !key->overflowed;
}

/* The first block whose last key is not below `key`; blocks when there is none. */
static bool search(const struct section *section, pl_str key, uint64_t *ret)
{
    uint64_t low = 0;
    uint64_t high = section->blocks;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        pl_str last = PL_STR_EMPTY;
        if (!last_key(section, middle, &last)) {
            return false;
        }
        if (pl_str_cmp(last, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret = low;
    return true;
}

/* The first pair of a block whose key is not below the one asked for. */
struct place {
    bool is_there;
    size_t same; /* leading bytes that the two keys share */
    size_t key_len;
    pl_str value;
};

/* Walks without making the keys: one that shares more with the key before than that does with the
 * one asked for is below it as well. False when the block is damaged. */
static bool seek(pl_str left, pl_str key, struct place *ret)
{
    struct place at = {.value = PL_STR_EMPTY};
    struct pair pair = {0};
    while (left.len > 0 && !at.is_there) {
        if (!take_pair(&left, &pair) || pair.shared > at.key_len) {
            return false;
        }
        at.key_len = pair.shared + pair.rest.len;
        if (pair.shared > at.same) {
            continue;
        }
        pl_str wanted = pl_str_skip(key, pair.shared);
        size_t most = wanted.len < pair.rest.len ? wanted.len : pair.rest.len;
        size_t same = 0;
        while (same < most && wanted.ptr[same] == pair.rest.ptr[same]) {
            same++;
        }
        at.same = pair.shared + same;
        at.is_there = same == wanted.len ||
                      (same < pair.rest.len &&
                       (unsigned char)pair.rest.ptr[same] > (unsigned char)wanted.ptr[same]);
        at.value = pair.value;
    }
    *ret = at;
    return true;
}

/* Seeks in the one block that may have the key; *ret_in_map tells whether the value is a view that
 * outlives the next call. */
static enum pl_status seek_in_section(struct pl_table *table, enum pl_table_section section,
                                      pl_str key, struct place *ret, bool *ret_in_map,
                                      struct pl_error *err)
{
    const struct section *in = &table->sections[section];
    uint64_t block = 0;
    struct row row = {0};
    pl_str left = PL_STR_EMPTY;
    *ret = (struct place){.value = PL_STR_EMPTY};
    if (!search(in, key, &block)) {
        return damaged(table, table->size - TABLE_FOOTER_BYTES, "the index", err);
    }
    if (block == in->blocks) {
        return PL_OK;
    }
    enum pl_status st = locate(table, in, block, &row, err);
    if (st == PL_OK) {
        st = open_kept(table, &row, &left, ret_in_map, err);
    }
    if (st == PL_OK && !seek(left, key, ret)) {
        st = damaged(table, row.offset, "a block", err);
    }
    return st;
}

enum pl_status pl_table_find(struct pl_table *table, enum pl_table_section section, pl_str key,
                             struct pl_arena *arena, bool *ret_found, pl_str *ret_value,
                             struct pl_error *err)
{
    struct place place = {0};
    bool in_map = false;
    enum pl_status st = seek_in_section(table, section, key, &place, &in_map, err);
    if (st < 0) {
        return st;
    }
    *ret_found = place.is_there && place.same == key.len && place.key_len == key.len;
    if (*ret_found) {
        *ret_value = in_map ? place.value : pl_arena_dup(arena, place.value);
    }
    return PL_OK;
}

enum pl_status pl_table_has_prefix(struct pl_table *table, enum pl_table_section section,
                                   pl_str prefix, bool *ret, struct pl_error *err)
{
    struct place place = {0};
    bool in_map = false;
    enum pl_status st = seek_in_section(table, section, prefix, &place, &in_map, err);
    if (st == PL_OK) {
        *ret = place.is_there && place.same == prefix.len;
    }
    return st;
}

void pl_table_cursor_init(struct pl_table_cursor *cursor, struct pl_table *table,
                          enum pl_table_section section)
{
    *cursor = (struct pl_table_cursor){.table = table,
                                       .section = section,
                                       .opened = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
                                       .key = PL_BUF_INIT(TABLE_KEY_BYTES)};
}

void pl_table_cursor_release(struct pl_table_cursor *cursor)
{
    pl_buf_release(&cursor->opened);
    pl_buf_release(&cursor->key);
}

enum pl_status pl_table_cursor_next(struct pl_table_cursor *cursor, bool *ret_more, pl_str *ret_key,
                                    pl_str *ret_value, struct pl_error *err)
{
    struct pl_table *table = cursor->table;
    const struct section *in = &table->sections[cursor->section];
    while (cursor->left.len == 0) {
        if (cursor->block == in->blocks) {
            *ret_more = false;
            return PL_OK;
        }
        struct row row = {0};
        enum pl_status st = locate(table, in, cursor->block, &row, err);
        if (st == PL_OK) {
            st = open_block(table, &row, &cursor->opened, &cursor->left, err);
        }
        if (st < 0) {
            return st;
        }
        cursor->block++;
        pl_buf_clear(&cursor->key);
    }
    if (!next_pair(&cursor->left, &cursor->key, ret_value)) {
        return damaged(table, table->size - TABLE_FOOTER_BYTES, "a block", err);
    }
    *ret_more = true;
    *ret_key = pl_buf_str(&cursor->key);
    return PL_OK;
}

/* The stored bytes of the block that the cursor comes to; empty at the end. */
static enum pl_status stored_next(const struct pl_table_cursor *cursor, struct row *ret,
                                  struct pl_error *err)
{
    const struct section *in = &cursor->table->sections[cursor->section];
    *ret = (struct row){.stored = PL_STR_EMPTY};
    return cursor->block < in->blocks ? locate(cursor->table, in, cursor->block, ret, err) : PL_OK;
}

enum pl_status pl_table_cursors_pass_same(struct pl_table_cursor *a, struct pl_table_cursor *b,
                                          struct pl_error *err)
{
    while (a->left.len == 0 && b->left.len == 0) {
        struct row in_a = {0};
        struct row in_b = {0};
        enum pl_status st = stored_next(a, &in_a, err);
        if (st == PL_OK) {
            st = stored_next(b, &in_b, err);
        }
        if (st < 0 || in_a.stored.len == 0 || in_a.open_bytes != in_b.open_bytes ||
            !pl_str_eq(in_a.stored, in_b.stored)) {
            return st;
        }
        a->block++;
        b->block++;
    }
    return PL_OK;
}
