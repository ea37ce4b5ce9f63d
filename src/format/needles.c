/* SPDX-License-Identifier: Apache-2.0 */
#include "format/needles.h"
#include <assert.h>

enum { MOST_WINDOW = 12 };

/* Two bytes as the machine reads them: the table is made on the one it is used on. */
static size_t block_at(const uint8_t *p)
{
    uint16_t block = 0;
    memcpy(&block, p, sizeof(block));
    return block;
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

struct search {
    const struct pl_needles *needles;
    pl_span bytes;
    bool (*found)(void *context, size_t literal, size_t offset);
    void *context;
};

/* Tells what begins where the window begins that ends here; false to end the search. */
static bool compare(const struct search *search, size_t end)
{
    const struct pl_needles *needles = search->needles;
    pl_span bytes = search->bytes;
    size_t start = end - needles->window;
    for (size_t i = needles->first[bytes.ptr[end - 1]]; i > 0; i = needles->next[i - 1]) {
        pl_str literal = needles->literals[i - 1];
        if (literal.len <= bytes.len - start &&
            memcmp(bytes.ptr + start, literal.ptr, literal.len) == 0 &&
            !search->found(search->context, i - 1, start)) {
            return false;
        }
    }
    return true;
}

/* Moves on by what the table says of the bytes before *end. */
static inline bool step(const struct search *search, size_t *end)
{
    size_t skip = search->needles->skips[block_at(search->bytes.ptr + *end - 2)];
    if (skip == 0) {
        if (!compare(search, *end)) {
            return false;
        }
        skip = 1;
    }
    *end += skip;
    return true;
}

/* The first half and the second are searched in turn, a step each: a step waits for the table's
 * entry before it knows where the next begins, and so two of them wait at once. */
void pl_needles_search(const struct pl_needles *needles, pl_span bytes,
                       bool (*found)(void *context, size_t literal, size_t offset), void *context)
{
    const struct search search = {needles, bytes, found, context};
    size_t middle = bytes.len / 2;
    size_t first = needles->window;
    size_t second = middle + 1 > first ? middle + 1 : first;
    bool goes_on = true;
    while (goes_on && first <= middle && second <= bytes.len) {
        goes_on = step(&search, &first) && step(&search, &second);
    }
    while (goes_on && first <= middle) {
        goes_on = step(&search, &first);
    }
    while (goes_on && second <= bytes.len) {
        goes_on = step(&search, &second);
    }
}
