/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * inflate - whole compressed streams in memory, through ISA-L.
 */
#include "base/buf.h"

/* zlib (RFC 1950): appends what the stream at the start of `bytes` holds; what follows it is not
 * looked at. PL_E_PARSE for damaged or unfinished data, PL_E_LIMIT past the ceiling of `into`. */
enum pl_status pl_inflate_zlib(pl_span bytes, struct pl_buf *into, struct pl_error *err);

/* Deflate without any wrapper (RFC 1951) of known size: fills `size` bytes of `into`, which has
 * room for one more. PL_E_PARSE for damaged data or another size. */
enum pl_status pl_inflate_raw(pl_span bytes, uint8_t *into, size_t size, struct pl_error *err);
