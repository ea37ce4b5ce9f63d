/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * wire - the few primitives that our own binary values are made of: the database's, and evidence.
 *
 * A number is a varint: seven bits a byte, lowest first, the high bit set on all but the last byte,
 * at most ten bytes
 * and 64 bits. A string is its length as a varint and its bytes. Reading is bounds-checked
 * and sticky: past the first fault every read gives zero or empty and `bad` stays set, so that a
 * decoder is checked once, at its end, and its loops are bounded by `bad`.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct pl_wire {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

static inline struct pl_wire pl_wire_over(pl_str bytes)
{
    const uint8_t *start = (const uint8_t *)(bytes.ptr ? bytes.ptr : "");
    return (struct pl_wire){start, start + bytes.len, false};
}

static inline bool pl_wire_more(const struct pl_wire *wire)
{
    return !wire->bad && wire->at < wire->end;
}

static inline uint64_t pl_wire_uint(struct pl_wire *wire)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
        uint8_t byte = *wire->at++;
        if (shift == 63 && byte > 1) {
            break; /* more than 64 bits */
        }
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return wire->bad ? 0 : value;
        }
    }
    wire->bad = true;
    wire->at = wire->end;
    return 0;
}

/* The next `len` bytes as a view. */
static inline pl_str pl_wire_bytes(struct pl_wire *wire, uint64_t len)
{
    if (wire->bad || len > (uint64_t)(wire->end - wire->at)) {
        wire->bad = true;
        wire->at = wire->end;
        return PL_STR_EMPTY;
    }
    pl_str bytes = pl_str_make((const char *)wire->at, (size_t)len);
    wire->at += len;
    return bytes;
}

static inline pl_str pl_wire_str(struct pl_wire *wire)
{
    return pl_wire_bytes(wire, pl_wire_uint(wire));
}

/* A count of items that take at least `least_bytes` each: one that the rest cannot hold is a fault,
 * so that no allocation is larger than the input warrants. */
static inline size_t pl_wire_count(struct pl_wire *wire, size_t least_bytes)
{
    uint64_t count = pl_wire_uint(wire);
    if (count > (uint64_t)(wire->end - wire->at) / least_bytes) {
        wire->bad = true;
        wire->at = wire->end;
        return 0;
    }
    return (size_t)count;
}

/* Writes a number into `into`; gives how many bytes it took. */
static inline size_t pl_wire_encode_uint(char into[10], uint64_t value)
{
    size_t len = 0;
    while (value >= 0x80) {
        into[len++] = (char)((value & 0x7f) | 0x80);
        value >>= 7;
    }
    into[len++] = (char)value;
    return len;
}

static inline void pl_wire_put_uint(struct pl_buf *buf, uint64_t value)
{
    char bytes[10];
    pl_buf_append(buf, pl_str_make(bytes, pl_wire_encode_uint(bytes, value)));
}

static inline void pl_wire_put_str(struct pl_buf *buf, pl_str s)
{
    pl_wire_put_uint(buf, s.len);
    pl_buf_append(buf, s);
}

/* Shared prefixes are counted no further than this, so that what a hostile value makes a reader
 * write is at most 32 times the value. */
enum { PL_WIRE_SHARED_MAX = 63 };

/* How many leading bytes two strings share, up to PL_WIRE_SHARED_MAX. */
static inline size_t pl_wire_shared(pl_str a, pl_str b)
{
    size_t most = a.len < b.len ? a.len : b.len;
    size_t shared = 0;
    most = most < PL_WIRE_SHARED_MAX ? most : PL_WIRE_SHARED_MAX;
    while (shared < most && a.ptr[shared] == b.ptr[shared]) {
        shared++;
    }
    return shared;
}

/* A string as the number of bytes shared with `before`, then the rest of it. */
static inline void pl_wire_put_next(struct pl_buf *buf, pl_str before, pl_str s)
{
    size_t shared = pl_wire_shared(before, s);
    pl_wire_put_uint(buf, shared);
    pl_wire_put_str(buf, pl_str_skip(s, shared));
}

/* Its reading: a view when nothing is shared, else made in the arena. */
static inline pl_str pl_wire_next(struct pl_arena *arena, struct pl_wire *wire, pl_str before)
{
    uint64_t shared = pl_wire_uint(wire);
    pl_str rest = pl_wire_str(wire);
    if (wire->bad || shared > before.len || shared > PL_WIRE_SHARED_MAX) {
        wire->bad = true;
        return PL_STR_EMPTY;
    }
    if (shared == 0) {
        return rest;
    }
    char *joined = pl_arena_alloc(arena, (size_t)shared + rest.len, 1);
    memcpy(joined, before.ptr, (size_t)shared);
    if (rest.len > 0) {
        memcpy(joined + shared, rest.ptr, rest.len);
    }
    return pl_str_make(joined, (size_t)shared + rest.len);
}
