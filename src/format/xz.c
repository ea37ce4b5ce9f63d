/* SPDX-License-Identifier: Apache-2.0 */
#include "format/xz.h"
#include <lzma.h>

/* What `xz -9` writes needs 64 MiB and a little. */
#define MEMORY_BYTES (80ULL << 20)

bool pl_xz_detect(pl_span head)
{
    return head.len >= 6 && memcmp(head.ptr,
                                   "\xfd"
                                   "7zXZ\0",
                                   6) == 0;
}

static enum pl_status run(lzma_stream *stream, struct pl_buf *into, struct pl_error *err)
{
    enum { STEP_BYTES = 65536 };
    lzma_ret code = LZMA_OK;
    while (code == LZMA_OK) {
        uint8_t made[STEP_BYTES];
        stream->next_out = made;
        stream->avail_out = sizeof(made);
        code = lzma_code(stream, LZMA_FINISH);
        pl_buf_append(into, pl_str_make((const char *)made, sizeof(made) - stream->avail_out));
        if (into->overflowed) {
            return pl_buf_status(into, "xz data", err);
        }
    }
    if (code == LZMA_MEMLIMIT_ERROR) {
        return pl_error_set(err, PL_E_LIMIT, "xz data needs more than %llu MiB of memory",
                            MEMORY_BYTES >> 20);
    }
    return code == LZMA_STREAM_END ? PL_OK
                                   : pl_error_set(err, PL_E_PARSE, "xz data is %s",
                                                  code == LZMA_BUF_ERROR ? "cut off" : "damaged");
}

enum pl_status pl_xz_unpack(pl_span bytes, struct pl_buf *into, struct pl_error *err)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, MEMORY_BYTES, LZMA_CONCATENATED) != LZMA_OK) {
        pl_mem_abort(0);
    }
    stream.next_in = bytes.ptr;
    stream.avail_in = bytes.len;
    enum pl_status st = run(&stream, into, err);
    lzma_end(&stream);
    return st;
}
