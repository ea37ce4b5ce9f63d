/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip (RFC 1952) and zstd (RFC 8878) go through format/decompress.h, whose decoders verify the
 * checksums; xz (The .xz File Format) goes through liblzma under a bound on its dictionary; bzip2,
 * which has no specification but its program ("BZh", the size of the blocks as a digit, and then
 * the first 48 bits of pi as the magic number of a block or those of its square root for an empty
 * file), goes through libarchive, which leaves its checksums to libbz2.
 */
#include "format/stream.h"
#include "base/io.h"
#include "format/decompress.h"
#include "format/xz.h"
#include <archive.h>
#include <archive_entry.h>
#include <lzma.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 << 10, ROOM_BYTES = 2 * BLOCK_BYTES };

/* What `xz -9` writes needs 64 MiB and a little. */
#define XZ_MEMORY_BYTES (80ULL << 20)

enum kind { KIND_PLAIN, KIND_DECODER, KIND_XZ, KIND_BZIP2 };

struct pl_stream {
    enum kind kind;
    int fd;
    uint64_t offset; /* in the file */
    char *name;
    uint64_t max_bytes;
    uint64_t made_bytes;
    struct pl_decoder *decoder;
    lzma_stream xz;
    struct archive *archive;
    pl_span input; /* within `block` */
    bool input_ended;
    bool ended; /* nothing more will be made */
    size_t from; /* what is made and not taken lies in room[from, to) */
    size_t to;
    uint8_t block[BLOCK_BYTES];
    uint8_t room[ROOM_BYTES];
};

static bool is_bzip2(pl_span head)
{
    return head.len >= 10 && memcmp(head.ptr, "BZh", 3) == 0 && head.ptr[3] >= '1' &&
           head.ptr[3] <= '9' &&
           (memcmp(head.ptr + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            memcmp(head.ptr + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

static enum kind kind_of(pl_span head)
{
    if (pl_compression_detect(head) != PL_COMPRESSION_NONE) {
        return KIND_DECODER;
    }
    return pl_xz_detect(head) ? KIND_XZ : is_bzip2(head) ? KIND_BZIP2 : KIND_PLAIN;
}

bool pl_stream_detect(pl_span head)
{
    return kind_of(head) != KIND_PLAIN;
}

static enum pl_status open_bzip2(struct pl_stream *stream, struct pl_error *err)
{
    struct archive_entry *entry = NULL;
    stream->archive = archive_read_new();
    if (!stream->archive) {
        pl_mem_abort(0);
    }
    if (lseek(stream->fd, 0, SEEK_SET) < 0 ||
        archive_read_support_filter_bzip2(stream->archive) != ARCHIVE_OK ||
        archive_read_support_format_raw(stream->archive) != ARCHIVE_OK ||
        archive_read_open_fd(stream->archive, stream->fd, BLOCK_BYTES) != ARCHIVE_OK ||
        archive_read_next_header(stream->archive, &entry) != ARCHIVE_OK) {
        return pl_error_set(err, PL_E_PARSE, "%s: bzip2: %s", stream->name,
                            archive_error_string(stream->archive)
                                ? archive_error_string(stream->archive)
                                : "not readable");
    }
    return PL_OK;
}

enum pl_status pl_stream_open(int fd, const char *name, uint64_t max_bytes, struct pl_stream **ret,
                              struct pl_error *err)
{
    struct pl_stream *stream PL_CLEANUP(pl_stream_closep) = pl_mem_alloc(1, sizeof(*stream));
    stream->fd = fd;
    stream->max_bytes = max_bytes;
    stream->name = strdup(name);
    if (!stream->name) {
        pl_mem_abort(0);
    }
    size_t got = 0;
    enum pl_status st = pl_io_pread(fd, stream->block, BLOCK_BYTES, 0, &got, err);
    if (st < 0) {
        return pl_error_wrap(err, "%s", name);
    }
    stream->input = (pl_span){stream->block, got};
    stream->offset = got;
    stream->input_ended = got < BLOCK_BYTES;
    stream->kind = kind_of(stream->input);
    if (stream->kind == KIND_DECODER) {
        stream->decoder = pl_decoder_new(pl_compression_detect(stream->input));
    } else if (stream->kind == KIND_XZ) {
        stream->xz = (lzma_stream)LZMA_STREAM_INIT;
        if (lzma_stream_decoder(&stream->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED) != LZMA_OK) {
            pl_mem_abort(0);
        }
    } else if (stream->kind == KIND_BZIP2) {
        st = open_bzip2(stream, err);
    }
    if (st == PL_OK) {
        *ret = PL_TAKE(stream);
    }
    return st;
}

void pl_stream_close(struct pl_stream *stream)
{
    if (stream) {
        pl_decoder_free(stream->decoder);
        if (stream->kind == KIND_XZ) {
            lzma_end(&stream->xz);
        }
        archive_read_free(stream->archive);
        free(stream->name);
        free(stream);
    }
}

bool pl_stream_is_compressed(const struct pl_stream *stream)
{
    return stream->kind != KIND_PLAIN;
}

/* More of the file into `block`, when that is used up. */
static enum pl_status refill(struct pl_stream *stream, struct pl_error *err)
{
    size_t got = 0;
    if (stream->input.len > 0 || stream->input_ended) {
        return PL_OK;
    }
    enum pl_status st =
        pl_io_pread(stream->fd, stream->block, BLOCK_BYTES, stream->offset, &got, err);
    if (st < 0) {
        return pl_error_wrap(err, "%s", stream->name);
    }
    stream->offset += got;
    stream->input = (pl_span){stream->block, got};
    stream->input_ended = got == 0;
    return PL_OK;
}

static enum pl_status step_decoder(struct pl_stream *stream, uint8_t *into, size_t size,
                                   size_t *ret_made, struct pl_error *err)
{
    bool had_none = stream->input.len == 0;
    enum pl_status st = pl_decoder_step(stream->decoder, &stream->input, into, size, ret_made, err);
    if (st < 0) {
        return pl_error_wrap(err, "%s", stream->name);
    }
    if (*ret_made == 0 && had_none && stream->input_ended) {
        stream->ended = true;
        if (!pl_decoder_is_complete(stream->decoder)) {
            return pl_error_set(err, PL_E_PARSE, "%s: the compressed data is cut off",
                                stream->name);
        }
    }
    return PL_OK;
}

static enum pl_status step_xz(struct pl_stream *stream, uint8_t *into, size_t size,
                              size_t *ret_made, struct pl_error *err)
{
    lzma_stream *xz = &stream->xz;
    xz->next_in = stream->input.ptr;
    xz->avail_in = stream->input.len;
    xz->next_out = into;
    xz->avail_out = size;
    lzma_ret code = lzma_code(xz, stream->input_ended ? LZMA_FINISH : LZMA_RUN);
    stream->input = (pl_span){xz->next_in, xz->avail_in};
    *ret_made = size - xz->avail_out;
    if (code == LZMA_MEMLIMIT_ERROR) {
        return pl_error_set(err, PL_E_LIMIT, "%s: xz data needs more than %llu MiB of memory",
                            stream->name, XZ_MEMORY_BYTES >> 20);
    }
    stream->ended = code == LZMA_STREAM_END;
    if (code != LZMA_OK && !stream->ended) {
        return pl_error_set(err, PL_E_PARSE, "%s: the xz data is %s", stream->name,
                            code == LZMA_BUF_ERROR ? "cut off" : "damaged");
    }
    return PL_OK;
}

static enum pl_status step_plain(struct pl_stream *stream, uint8_t *into, size_t size,
                                 size_t *ret_made)
{
    size_t made = stream->input.len < size ? stream->input.len : size;
    if (made > 0) {
        memcpy(into, stream->input.ptr, made);
    }
    stream->input = (pl_span){stream->input.ptr + made, stream->input.len - made};
    stream->ended = made == 0;
    *ret_made = made;
    return PL_OK;
}

static enum pl_status step_bzip2(struct pl_stream *stream, uint8_t *into, size_t size,
                                 size_t *ret_made, struct pl_error *err)
{
    la_ssize_t got = archive_read_data(stream->archive, into, size);
    if (got < 0) {
        return pl_error_set(err, PL_E_PARSE, "%s: bzip2: %s", stream->name,
                            archive_error_string(stream->archive)
                                ? archive_error_string(stream->archive)
                                : "damaged");
    }
    stream->ended = got == 0;
    *ret_made = (size_t)got;
    return PL_OK;
}

/* Makes some bytes, or none and sets `ended`. */
static enum pl_status make(struct pl_stream *stream, uint8_t *into, size_t size, size_t *ret_made,
                           struct pl_error *err)
{
    enum pl_status st = PL_OK;
    size_t made = 0;
    while (st == PL_OK && made == 0 && !stream->ended) {
        if (stream->kind == KIND_BZIP2) {
            st = step_bzip2(stream, into, size, &made, err);
            continue;
        }
        st = refill(stream, err);
        if (st < 0) {
            break;
        }
        st = stream->kind == KIND_DECODER ? step_decoder(stream, into, size, &made, err)
             : stream->kind == KIND_XZ    ? step_xz(stream, into, size, &made, err)
                                          : step_plain(stream, into, size, &made);
    }
    if (st < 0) {
        return st;
    }
    stream->made_bytes += made;
    if (stream->made_bytes > stream->max_bytes) {
        return pl_error_set(err, PL_E_LIMIT, "%s opens to more than %llu bytes", stream->name,
                            (unsigned long long)stream->max_bytes);
    }
    *ret_made = made;
    return PL_OK;
}

enum pl_status pl_stream_peek(struct pl_stream *stream, size_t size, pl_span *ret,
                              struct pl_error *err)
{
    size = size < BLOCK_BYTES ? size : BLOCK_BYTES;
    if (stream->from > 0 && stream->to - stream->from < size) {
        memmove(stream->room, stream->room + stream->from, stream->to - stream->from);
        stream->to -= stream->from;
        stream->from = 0;
    }
    while (stream->to - stream->from < size && !stream->ended) {
        size_t made = 0;
        enum pl_status st =
            make(stream, stream->room + stream->to, ROOM_BYTES - stream->to, &made, err);
        if (st < 0) {
            return st;
        }
        stream->to += made;
    }
    *ret = (pl_span){stream->room + stream->from, stream->to - stream->from};
    return PL_OK;
}

enum pl_status pl_stream_pull(void *context, pl_span *ret, struct pl_error *err)
{
    struct pl_stream *stream = context;
    enum pl_status st = pl_stream_peek(stream, 1, ret, err);
    if (st == PL_OK) {
        stream->from = stream->to = 0;
    }
    return st;
}

enum pl_status pl_stream_read(struct pl_stream *stream, uint8_t *into, size_t size, size_t *ret_got,
                              struct pl_error *err)
{
    size_t there = stream->to - stream->from;
    if (there == 0) {
        return make(stream, into, size, ret_got, err);
    }
    size_t got = there < size ? there : size;
    memcpy(into, stream->room + stream->from, got);
    stream->from += got;
    *ret_got = got;
    return PL_OK;
}
