/* SPDX-License-Identifier: Apache-2.0 */
#include "format/zstd_writer.h"
#include "base/io.h"
#include <zstd.h>

enum { OUT_BYTES = 1 << 18 };

struct pl_zstd_writer {
    int fd;
    ZSTD_CCtx *context;
    uint64_t written_bytes;
    char made[OUT_BYTES];
};

struct pl_zstd_writer *pl_zstd_writer_new(int fd, int level, int window_log)
{
    struct pl_zstd_writer *writer = pl_mem_alloc(1, sizeof(*writer));
    writer->fd = fd;
    writer->context = ZSTD_createCCtx();
    if (!writer->context) {
        pl_mem_abort(sizeof(*writer));
    }
    ZSTD_CCtx_setParameter(writer->context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(writer->context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(writer->context, ZSTD_c_checksumFlag, 1);
    return writer;
}

void pl_zstd_writer_free(struct pl_zstd_writer *writer)
{
    if (writer) {
        ZSTD_freeCCtx(writer->context);
        free(writer);
    }
}

/* One call of the compressor: what it makes of the input goes out. */
static enum pl_status step(struct pl_zstd_writer *writer, ZSTD_inBuffer *input,
                           ZSTD_EndDirective directive, size_t *ret_left, struct pl_error *err)
{
    ZSTD_outBuffer output = {.dst = writer->made, .size = sizeof(writer->made)};
    size_t left = ZSTD_compressStream2(writer->context, &output, input, directive);
    if (ZSTD_isError(left)) {
        return pl_error_set(err, PL_E_INTERNAL, "compressing: %s", ZSTD_getErrorName(left));
    }
    writer->written_bytes += output.pos;
    *ret_left = left;
    return pl_io_write(writer->fd, pl_str_make(writer->made, output.pos), err);
}

enum pl_status pl_zstd_writer_put(struct pl_zstd_writer *writer, pl_str bytes, struct pl_error *err)
{
    ZSTD_inBuffer input = {.src = bytes.ptr, .size = bytes.len};
    enum pl_status st = PL_OK;
    size_t left = 0;
    while (st == PL_OK && input.pos < input.size) {
        st = step(writer, &input, ZSTD_e_continue, &left, err);
    }
    return st;
}

enum pl_status pl_zstd_writer_finish(struct pl_zstd_writer *writer, uint64_t *ret_bytes,
                                     struct pl_error *err)
{
    ZSTD_inBuffer input = {.src = "", .size = 0};
    enum pl_status st = PL_OK;
    size_t left = 1;
    while (st == PL_OK && left > 0) {
        st = step(writer, &input, ZSTD_e_end, &left, err);
    }
    if (st == PL_OK) {
        *ret_bytes = writer->written_bytes;
    }
    return st;
}
