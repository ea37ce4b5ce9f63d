/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both directions walk tables in key order, so that their cost is that of reading each once or
 * twice. Held in memory is what changes, old and new: bounded by PL_LIMIT_DB_PATCH_BYTES, beyond
 * which the whole slice is the better thing to send.
 */
#include "db/patch.h"
#include "base/limits.h"
#include "base/wire.h"
#include "db/table_format.h"
#include "db/table_walk.h"
#include <zstd.h>

#define MAGIC "plimsoll-patch\2"

enum { LEVEL = 19, LEAST_WINDOW_LOG = 10, MOST_WINDOW_LOG = 27 };

/* ---- frames ---- */

/* One frame of `open`, with `prefix` thought before it. */
static enum pl_status compress(pl_str open, pl_str prefix, struct pl_buf *into,
                               struct pl_error *err)
{
    int window_log = LEAST_WINDOW_LOG;
    while (window_log < MOST_WINDOW_LOG && (1ULL << window_log) < open.len + prefix.len) {
        window_log++;
    }
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (!context) {
        pl_mem_abort(open.len);
    }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_refPrefix(context, prefix.ptr, prefix.len);
    size_t bound = ZSTD_compressBound(open.len);
    char *room = pl_buf_reserve(into, bound);
    size_t len = room ? ZSTD_compress2(context, room, bound, open.ptr, open.len) : 0;
    ZSTD_freeCCtx(context);
    if (!room) {
        return pl_buf_status(into, "a patch", err);
    }
    if (ZSTD_isError(len)) {
        return pl_error_set(err, PL_E_INTERNAL, "compressing: %s", ZSTD_getErrorName(len));
    }
    into->len += len;
    return PL_OK;
}

static enum pl_status decompress(pl_str frame, pl_str prefix, struct pl_buf *into,
                                 struct pl_error *err)
{
    unsigned long long open_bytes = ZSTD_getFrameContentSize(frame.ptr, frame.len);
    if (open_bytes > PL_LIMIT_DB_PATCH_BYTES) { /* also what is no frame, or does not say */
        return pl_error_set(err, PL_E_PARSE, "the patch is malformed: a frame has no usable size");
    }
    char *room = pl_buf_reserve(into, (size_t)open_bytes);
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (!room || !context) {
        pl_mem_abort((size_t)open_bytes);
    }
    ZSTD_DCtx_refPrefix(context, prefix.ptr, prefix.len);
    size_t len = ZSTD_decompressDCtx(context, room, (size_t)open_bytes, frame.ptr, frame.len);
    ZSTD_freeDCtx(context);
    if (len != open_bytes) {
        return pl_error_set(err, PL_E_PARSE, "the patch is malformed: a frame cannot be opened");
    }
    into->len = len;
    return PL_OK;
}

/* ---- making ---- */

struct making {
    struct pl_buf instructions;
    struct pl_buf operations; /* of the section at hand */
    uint64_t count; /* of them */
    struct pl_buf key; /* of the last one */
    struct pl_buf old_values;
    struct pl_buf new_values;
};

static void making_release(struct making *making)
{
    pl_buf_release(&making->instructions);
    pl_buf_release(&making->operations);
    pl_buf_release(&making->key);
    pl_buf_release(&making->old_values);
    pl_buf_release(&making->new_values);
}

/* A key that differs; NULL for a value that is not there. */
static enum pl_status note(struct making *making, pl_str key, const pl_str *old, const pl_str *new,
                           struct pl_error *err)
{
    pl_wire_put_next(&making->operations, pl_buf_str(&making->key), key);
    pl_wire_put_uint(&making->operations, new ? new->len + 1 : 0);
    pl_buf_clear(&making->key);
    pl_buf_append(&making->key, key);
    making->count++;
    if (old) {
        pl_buf_append(&making->old_values, *old);
    }
    if (new) {
        pl_buf_append(&making->new_values, *new);
    }
    enum pl_status st = pl_buf_status(&making->operations, "a patch", err);
    if (st == PL_OK) {
        st = pl_buf_status(&making->old_values, "a patch", err);
    }
    return st == PL_OK ? pl_buf_status(&making->new_values, "a patch", err) : st;
}

static enum pl_status compare_section(struct making *making, struct pl_table *from,
                                      struct pl_table *to, enum pl_table_section section,
                                      struct pl_error *err)
{
    struct pl_table_walk old PL_CLEANUP(pl_table_walk_release) = {.more = false};
    struct pl_table_walk new PL_CLEANUP(pl_table_walk_release) = {.more = false};
    enum pl_status st = pl_table_walk_open(&old, from, section, err);
    if (st == PL_OK) {
        st = pl_table_walk_open(&new, to, section, err);
    }
    pl_buf_clear(&making->operations);
    pl_buf_clear(&making->key);
    making->count = 0;
    while (st == PL_OK && (old.more || new.more)) {
        int order = !old.more ? 1 : !new.more ? -1 : pl_str_cmp(old.key, new.key);
        if (order != 0 || !pl_str_eq(old.value, new.value)) {
            st = note(making, order <= 0 ? old.key : new.key, order <= 0 ? &old.value : NULL,
                      order >= 0 ? &new.value : NULL, err);
        }
        if (st == PL_OK && order <= 0) {
            st = pl_table_walk_next(&old, err);
        }
        if (st == PL_OK && order >= 0) {
            st = pl_table_walk_next(&new, err);
        }
    }
    pl_wire_put_uint(&making->instructions, section);
    pl_wire_put_uint(&making->instructions, making->count);
    pl_buf_append(&making->instructions, pl_buf_str(&making->operations));
    return st == PL_OK ? pl_buf_status(&making->instructions, "a patch", err) : st;
}

enum pl_status pl_patch_make(struct pl_table *from, struct pl_table *to, struct pl_buf *into,
                             struct pl_error *err)
{
    struct making making PL_CLEANUP(making_release) = {
        .instructions = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES),
        .operations = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES),
        .key = PL_BUF_INIT(TABLE_KEY_BYTES),
        .old_values = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES),
        .new_values = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES)};
    struct pl_buf frame pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES * 2);
    enum pl_table_section sections[PL_TABLE_SECTION_COUNT_];
    size_t count = pl_table_sections(to, sections);
    enum pl_status st = PL_OK;
    for (size_t i = 0; st == PL_OK && i < count; i++) {
        st = compare_section(&making, from, to, sections[i], err);
    }
    pl_wire_put_uint(&making.instructions, PL_TABLE_SECTION_COUNT_);
    if (st == PL_OK) {
        st = compress(pl_buf_str(&making.instructions), PL_STR_EMPTY, &frame, err);
    }
    if (st < 0) {
        return st;
    }
    pl_buf_append(into, PL_STR(MAGIC));
    pl_buf_append(into, pl_table_digest(from));
    pl_buf_append(into, pl_table_digest(to));
    pl_wire_put_str(into, pl_buf_str(&frame));
    st = compress(pl_buf_str(&making.new_values), pl_buf_str(&making.old_values), into, err);
    return st == PL_OK ? pl_buf_status(into, "a patch", err) : st;
}

/* ---- applying ---- */

struct applying {
    struct pl_table *from;
    struct pl_table_writer *table;
    struct pl_buf instructions;
    struct pl_buf old_values;
    struct pl_buf new_values;
    struct pl_buf key;
    /* The operation at hand. */
    struct pl_wire at;
    uint64_t left; /* operations of the section, this one among them */
    bool is_there;
    bool is_removal;
    size_t value_bytes;
    struct pl_wire values; /* the new ones that are not taken yet */
};

static void applying_release(struct applying *applying)
{
    pl_table_writer_free(applying->table);
    pl_buf_release(&applying->instructions);
    pl_buf_release(&applying->old_values);
    pl_buf_release(&applying->new_values);
    pl_buf_release(&applying->key);
}

static enum pl_status malformed(const char *what, struct pl_error *err)
{
    return pl_error_set(err, PL_E_PARSE, "the patch is malformed: %s", what);
}

static enum pl_status next_operation(struct applying *applying, struct pl_error *err)
{
    applying->is_there = applying->left > 0;
    if (!applying->is_there) {
        return PL_OK;
    }
    applying->left--;
    struct pl_wire *at = &applying->at;
    uint64_t shared = pl_wire_uint(at);
    pl_str rest = pl_wire_str(at);
    uint64_t value = pl_wire_uint(at);
    if (at->bad || shared > applying->key.len || shared > PL_WIRE_SHARED_MAX ||
        value > PL_LIMIT_DB_PATCH_BYTES) {
        return malformed("its instructions", err);
    }
    /* Ascending, or the walk beside the old table would miss some. */
    pl_str after = pl_str_skip(pl_buf_str(&applying->key), (size_t)shared);
    if (applying->key.len > 0 && pl_str_cmp(after, rest) >= 0) {
        return malformed("its keys are not in order", err);
    }
    applying->key.len = (size_t)shared;
    pl_buf_append(&applying->key, rest);
    applying->is_removal = value == 0;
    applying->value_bytes = value > 0 ? (size_t)value - 1 : 0;
    return pl_buf_status(&applying->key, "a key of the database", err);
}

/* The next section that the instructions speak of; *ret_more is false at their end. */
static enum pl_status next_section(struct applying *applying, bool *ret_more,
                                   enum pl_table_section *ret, struct pl_error *err)
{
    uint64_t section = pl_wire_uint(&applying->at);
    *ret_more = section != PL_TABLE_SECTION_COUNT_;
    if (!*ret_more && !applying->at.bad) {
        return pl_wire_more(&applying->at) ? malformed("it goes on after its end", err) : PL_OK;
    }
    applying->left = pl_wire_uint(&applying->at);
    if (applying->at.bad || section > PL_TABLE_SECTION_COUNT_) {
        return malformed("a section that does not exist", err);
    }
    pl_buf_clear(&applying->key);
    *ret = (enum pl_table_section)section;
    return next_operation(applying, err);
}

/* Hands each pair of the old table to `step`, each operation, or both of them where they are of one
 * key: `old` is NULL for a key that is new, `is_changed` false for one that stays. */
static enum pl_status each_pair(struct applying *applying,
                                enum pl_status (*step)(struct applying *applying,
                                                       enum pl_table_section section,
                                                       const struct pl_table_walk *old,
                                                       bool is_changed, struct pl_error *err),
                                struct pl_error *err)
{
    bool more = true;
    enum pl_status st = PL_OK;
    /* Each section once: what the instructions cost is bounded by the table. */
    bool is_done[PL_TABLE_SECTION_COUNT_] = {false};
    applying->at = pl_wire_over(pl_buf_str(&applying->instructions));
    while (st == PL_OK) {
        enum pl_table_section section = PL_TABLE_META;
        st = next_section(applying, &more, &section, err);
        if (st < 0 || !more) {
            break;
        }
        if (is_done[section]) {
            return malformed("a section comes twice", err);
        }
        is_done[section] = true;
        struct pl_table_walk old PL_CLEANUP(pl_table_walk_release) = {.more = false};
        st = pl_table_walk_open(&old, applying->from, section, err);
        while (st == PL_OK && (old.more || applying->is_there)) {
            int order = !old.more             ? 1
                        : !applying->is_there ? -1
                                              : pl_str_cmp(old.key, pl_buf_str(&applying->key));
            st = step(applying, section, order <= 0 ? &old : NULL, order >= 0, err);
            if (st == PL_OK && order <= 0) {
                st = pl_table_walk_next(&old, err);
            }
            if (st == PL_OK && order >= 0) {
                st = next_operation(applying, err);
            }
        }
    }
    return st;
}

static enum pl_status gather_old(struct applying *applying, enum pl_table_section section,
                                 const struct pl_table_walk *old, bool is_changed,
                                 struct pl_error *err)
{
    (void)section;
    if (old && is_changed) {
        pl_buf_append(&applying->old_values, old->value);
    }
    return pl_buf_status(&applying->old_values, "what the patch changes", err);
}

static enum pl_status write_new(struct applying *applying, enum pl_table_section section,
                                const struct pl_table_walk *old, bool is_changed,
                                struct pl_error *err)
{
    if (!is_changed) {
        return pl_table_add(applying->table, section, old->key, old->value, err);
    }
    if (applying->is_removal) {
        return PL_OK;
    }
    pl_str value = pl_wire_bytes(&applying->values, applying->value_bytes);
    if (applying->values.bad) {
        return malformed("its values are cut off", err);
    }
    enum pl_status st =
        pl_table_add(applying->table, section, pl_buf_str(&applying->key), value, err);
    /* What the writer holds for a bug of its caller is the patch's fault here. */
    return st == PL_E_INTERNAL ? malformed("its keys are not in order", err) : st;
}

/* Opens the parts of the patch; *ret_to is the digits of what it makes. */
static enum pl_status open_patch(struct applying *applying, pl_str patch, pl_str *ret_values,
                                 pl_str *ret_to, struct pl_error *err)
{
    pl_str magic = PL_STR(MAGIC);
    if (!pl_str_starts_with(patch, magic)) {
        return pl_error_set(err, PL_E_PARSE,
                            "it is no patch of a slice, or one of another version");
    }
    struct pl_wire wire = pl_wire_over(pl_str_skip(patch, magic.len));
    pl_str from = pl_wire_bytes(&wire, TABLE_DIGEST_CHARS);
    pl_str to = pl_wire_bytes(&wire, TABLE_DIGEST_CHARS);
    pl_str instructions = pl_wire_str(&wire);
    pl_str values = pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at));
    if (wire.bad) {
        return malformed("it is cut off", err);
    }
    if (!pl_str_eq(from, pl_table_digest(applying->from))) {
        return pl_error_set(err, PL_E_CONFLICT, "the patch is for another slice");
    }
    *ret_values = values;
    *ret_to = to;
    return decompress(instructions, PL_STR_EMPTY, &applying->instructions, err);
}

enum pl_status pl_patch_apply(struct pl_table *from, pl_str patch, int table_fd,
                              char ret_digits[33], struct pl_error *err)
{
    struct applying applying PL_CLEANUP(applying_release) = {
        .from = from,
        .table = pl_table_writer_new(table_fd),
        .instructions = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES),
        .old_values = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES),
        .new_values = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES),
        .key = PL_BUF_INIT(TABLE_KEY_BYTES)};
    pl_str values = PL_STR_EMPTY;
    pl_str to = PL_STR_EMPTY;
    char digits[TABLE_DIGEST_CHARS + 1] = {0};
    enum pl_status st = open_patch(&applying, patch, &values, &to, err);
    if (st == PL_OK) {
        st = each_pair(&applying, gather_old, err);
    }
    if (st == PL_OK) {
        st = decompress(values, pl_buf_str(&applying.old_values), &applying.new_values, err);
    }
    if (st == PL_OK) {
        applying.values = pl_wire_over(pl_buf_str(&applying.new_values));
        st = each_pair(&applying, write_new, err);
    }
    if (st == PL_OK) {
        st = pl_table_finish(applying.table, digits, err);
    }
    if (st == PL_OK && !pl_str_eq(pl_str_from(digits), to)) {
        st = pl_error_set(err, PL_E_TRUST, "the patch does not make what it says");
    }
    if (st == PL_OK) {
        memcpy(ret_digits, digits, sizeof(digits));
    }
    return st;
}
