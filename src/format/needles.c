/* SPDX-License-Identifier: Apache-2.0 */
#include "format/needles.h"
#include <assert.h>

enum { MOST_WINDOW = 12 };

static size_t block_at(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

void pl_needles_init(struct pl_needles *needles, const pl_str *literals, size_t count)
{
    assert(count <= PL_NEEDLES_MOST);
    *needles = (struct pl_needles){.literals = literals, .count = count, .window = MOST_WINDOW};
    for (size_t i = 0; i < count; i++) {
        assert(literals[i].len >= PL_NEEDLES_LEAST_BYTES);
        needles->window = literals[i].len < needles->window ? literals[i].len : needles->window;
    }
    /* Two bytes that are in no window: the next window may begin with the second of them. */
    memset(needles->skips, (int)needles->window - 1, sizeof(needles->skips));
    for (size_t i = count; i-- > 0;) {
        const uint8_t *window = (const uint8_t *)literals[i].ptr;
        for (size_t at = 0; at + 2 <= needles->window; at++) {
            uint8_t *skip = &needles->skips[block_at(window + at)];
            size_t to_end = needles->window - 2 - at;
            *skip = to_end < *skip ? (uint8_t)to_end : *skip;
        }
        uint16_t *first = &needles->first[window[needles->window - 1]];
        needles->next[i] = *first;
        *first = (uint16_t)(i + 1);
    }
}

void pl_needles_search(const struct pl_needles *needles, pl_span bytes,
                       bool (*found)(void *context, size_t literal, size_t offset), void *context)
{
    size_t window = needles->window;
    for (size_t end = window; end <= bytes.len;) {
        size_t skip = needles->skips[block_at(bytes.ptr + end - 2)];
        if (skip > 0) {
            end += skip;
            continue;
        }
        size_t start = end - window;
        for (size_t i = needles->first[bytes.ptr[end - 1]]; i > 0; i = needles->next[i - 1]) {
            pl_str literal = needles->literals[i - 1];
            if (literal.len <= bytes.len - start &&
                memcmp(bytes.ptr + start, literal.ptr, literal.len) == 0 &&
                !found(context, i - 1, start)) {
                return;
            }
        }
        end++;
    }
}
