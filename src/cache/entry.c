/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry is the magic number, the key's length as a varint, the key, and one zstd frame (RFC
 * 8878), which has the value's size in its header and a checksum at its end.
 */
#include "cache/entry.h"
#include "base/wire.h"
#include <zstd.h>

static const pl_str magic = PL_STR_INIT("PLCACHE\1");

enum {
    /* Fast to write and small enough: evidence shrinks to about a seventh. */
    LEVEL = 1,
    MOST_VARINT_BYTES = 10,
};

/* The key and the frame of an entry's bytes. */
static bool split_entry(pl_str bytes, pl_str *ret_key, pl_str *ret_frame)
{
    if (!pl_str_starts_with(bytes, magic)) {
        return false;
    }
    struct pl_wire wire = pl_wire_over(pl_str_skip(bytes, magic.len));
    *ret_key = pl_wire_str(&wire);
    *ret_frame = pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at));
    return !wire.bad && ret_key->len <= PL_CACHE_KEY_BYTES;
}

static bool open_frame(struct pl_arena *arena, pl_str frame, size_t ceiling_bytes, pl_str *ret)
{
    unsigned long long size = ZSTD_getFrameContentSize(frame.ptr, frame.len);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
        size > ceiling_bytes) {
        return false;
    }
    char *value = pl_arena_alloc(arena, (size_t)size + 1, 1);
    size_t got = ZSTD_decompress(value, (size_t)size, frame.ptr, frame.len);
    if (ZSTD_isError(got) || got != size) {
        return false;
    }
    *ret = pl_str_make(value, got);
    return true;
}

bool pl_cache_entry_key(pl_str bytes, pl_str *ret)
{
    pl_str frame = PL_STR_EMPTY;
    return split_entry(bytes, ret, &frame);
}

bool pl_cache_entry_read(struct pl_arena *arena, pl_str bytes, pl_str key, size_t ceiling_bytes,
                         pl_str *ret)
{
    pl_str stored_key = PL_STR_EMPTY;
    pl_str frame = PL_STR_EMPTY;
    return split_entry(bytes, &stored_key, &frame) && pl_str_eq(stored_key, key) &&
           open_frame(arena, frame, ceiling_bytes, ret);
}

size_t pl_cache_entry_bound(pl_str key, pl_str value)
{
    return magic.len + MOST_VARINT_BYTES + key.len + ZSTD_compressBound(value.len);
}

bool pl_cache_entry_pack(struct pl_buf *into, pl_str key, pl_str value)
{
    pl_buf_append(into, magic);
    pl_wire_put_str(into, key);
    size_t bound = ZSTD_compressBound(value.len);
    char *room = pl_buf_reserve(into, bound);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t made = 0;
    if (room && context) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        made = ZSTD_compress2(context, room, bound, value.ptr, value.len);
    }
    ZSTD_freeCCtx(context);
    if (!room || made == 0 || ZSTD_isError(made)) {
        return false;
    }
    into->len += made;
    return true;
}
