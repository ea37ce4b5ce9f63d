/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is an encoded evidence without its magic number. What decodes must encode, and what was
 * encoded must decode again and encode to the same bytes.
 */
#include "model/evidence_codec.h"
#include "target.h"

enum { CEILING = 64 << 20 };

static bool recode(struct pl_arena *arena, pl_str bytes, struct pl_buf *ret)
{
    struct pl_evidence evidence = {.files = {0}};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_evidence_decode(arena, pl_str_span(bytes), &evidence, &err) < 0) {
        return false;
    }
    pl_evidence_encode(&evidence, ret);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf input pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_buf first pl_autobuf = PL_BUF_INIT(CEILING);
    struct pl_buf second pl_autobuf = PL_BUF_INIT(CEILING);
    /* The magic number is the head of what any evidence encodes to. */
    enum { MAGIC_BYTES = 8 };
    pl_evidence_encode(&(struct pl_evidence){.files = {0}}, &input);
    input.len = MAGIC_BYTES;
    pl_buf_append(&input, pl_str_make((const char *)data, size));
    if (recode(&arena, pl_buf_str(&input), &first) &&
        (!recode(&arena, pl_buf_str(&first), &second) ||
         !pl_str_eq(pl_buf_str(&first), pl_buf_str(&second)))) {
        abort();
    }
    return 0;
}
