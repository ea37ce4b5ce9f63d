/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * digest_marks - lets documents name others by digest without the fuzzer having to invent one.
 */
#include "base/buf.h"
#include "format/digest.h"
#include "target.h"

/* A copy of the document in which "@0" to "@9" are the digests of those before it. */
static inline pl_str fuzz_with_digests(struct pl_arena *arena, pl_str document,
                                       const struct pl_digest *digests, size_t count)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 18);
    for (size_t i = 0; i < document.len; i++) {
        bool is_mark =
            document.ptr[i] == '@' && i + 1 < document.len && pl_char_is_digit(document.ptr[i + 1]);
        size_t number = is_mark ? (size_t)(document.ptr[i + 1] - '0') : SIZE_MAX;
        if (number < count) {
            pl_buf_append(&text, pl_digest_str(&digests[number]));
            i++;
        } else {
            pl_buf_append_char(&text, document.ptr[i]);
        }
    }
    return pl_arena_dup(arena, pl_buf_str(&text));
}
