/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is decompressed in one piece and a second time in small steps of input and of output:
 * both must come to the same end with the same bytes.
 */
#include "base/buf.h"
#include "format/decompress.h"
#include "target.h"

enum { MOST_OUTPUT = 1 << 20 };

struct outcome {
    bool failed;
    bool complete;
    struct pl_buf bytes;
};

static void decode(pl_span input, size_t in_step, size_t out_step, struct outcome *ret)
{
    struct pl_decoder *decoder PL_CLEANUP(pl_decoder_freep) =
        pl_decoder_new(pl_compression_detect(input));
    ret->bytes = PL_BUF_INIT(MOST_OUTPUT);
    while (!ret->bytes.overflowed) {
        pl_span part = {input.ptr, input.len < in_step ? input.len : in_step};
        size_t taken = part.len;
        uint8_t into[4096];
        size_t made = 0;
        struct pl_error err = PL_ERROR_INIT;
        if (pl_decoder_step(decoder, &part, into, out_step, &made, &err) < 0) {
            ret->failed = true;
            return;
        }
        taken -= part.len;
        if (made == 0 && part.len > 0) {
            abort();
        }
        input.ptr += taken;
        input.len -= taken;
        pl_buf_append(&ret->bytes, pl_str_make((const char *)into, made));
        if (made == 0 && input.len == 0) {
            break;
        }
    }
    ret->complete = pl_decoder_is_complete(decoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    pl_span input = {data + 2, size - 2};
    struct outcome whole = {.failed = false};
    struct outcome parts = {.failed = false};
    decode(input, SIZE_MAX, 4096, &whole);
    decode(input, 1u + data[0], 1u + data[1], &parts);
    bool is_cut = whole.bytes.overflowed || parts.bytes.overflowed;
    bool is_whole_good = !whole.failed && whole.complete;
    bool is_parts_good = !parts.failed && parts.complete;
    /* Of damaged input a decoder may give more or less before it notices. libzstd compares a
     * frame's stated size with the real one only on some of its ways, so there it may not notice.
     */
    bool both_agree =
        is_whole_good == is_parts_good || pl_compression_detect(input) == PL_COMPRESSION_ZSTD;
    bool both_good = is_whole_good && is_parts_good;
    if (!is_cut && (!both_agree || (both_good && !pl_str_eq(pl_buf_str(&whole.bytes),
                                                            pl_buf_str(&parts.bytes))))) {
        abort();
    }
    pl_buf_release(&whole.bytes);
    pl_buf_release(&parts.bytes);
    return 0;
}
