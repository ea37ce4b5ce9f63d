/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * needles - finds which of many literal strings occur in bytes, in one pass.
 *
 * After Wu and Manber, "A fast algorithm for multi-pattern searching" (1994): a table says for each
 * two bytes how far the search may skip when it sees them, so that of most text one byte in some
 * five is looked at. A struct by value of some 70 KiB without memory of its own: it can be static,
 * and is read-only once made. The literals must outlive it.
 */
#include "base/str.h"

enum { PL_NEEDLES_MOST = 512, PL_NEEDLES_LEAST_BYTES = 8 };

struct pl_needles {
    const pl_str *literals;
    size_t count;
    size_t window; /* of each literal so many bytes from its start take part in the skipping */
    uint8_t skips[65536];
    uint16_t first[256]; /* by the last byte of the window: 1 + the place in the list, 0 for none */
    uint16_t next[PL_NEEDLES_MOST]; /* the same for those that share it */
};

/* Each literal has PL_NEEDLES_LEAST_BYTES at least, and there are PL_NEEDLES_MOST at most. */
void pl_needles_init(struct pl_needles *needles, const pl_str *literals, size_t count);

/* Calls `found` with the place of the literal in the list and the offset of each occurrence, not in
 * the order of offsets; it returns false to end the search. */
void pl_needles_search(const struct pl_needles *needles, pl_span bytes,
                       bool (*found)(void *context, size_t literal, size_t offset), void *context);
