/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * entry - the bytes of a cache's entry: a key and a value, under a checksum. Private to cache/.
 */
#include "base/arena.h"
#include "base/buf.h"

/* The longest key that an entry may have. */
enum { PL_CACHE_KEY_BYTES = 1024 };

/* The value, in `arena`, when the entry is whole, is of this key, and has at most `ceiling_bytes`.
 */
bool pl_cache_entry_read(struct pl_arena *arena, pl_str bytes, pl_str key, size_t ceiling_bytes,
                         pl_str *ret);

/* The key, a view into `bytes`, of which the beginning is enough. */
bool pl_cache_entry_key(pl_str bytes, pl_str *ret);

/* The most bytes that an entry takes. */
size_t pl_cache_entry_bound(pl_str key, pl_str value);
/* False when there is no memory for it, or `into` is too small; what it holds is of no use then. */
bool pl_cache_entry_pack(struct pl_buf *into, pl_str key, pl_str value);
