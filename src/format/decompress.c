/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both formats are sequences of members (gzip) or frames (zstd) that follow one another; the output
 * is their concatenation. zstd frames may be skippable, which libzstd handles. After the last gzip
 * member padding of zero bytes is common on tapes and tolerated, as gzip itself does.
 *
 * A gzip member (RFC 1952, section 2.3) is a header of ten bytes (1f 8b, method 8, flags, time,
 * extra flags, system), then as the flags say an extra field with its length, a name and a comment
 * that end in NUL and a checksum of the header; deflated data; CRC-32 and length. The header is
 * read here byte by byte, because ISA-L finds a wrong checksum in one that is cut in two.
 */
#include "format/decompress.h"
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

/* 128 MiB: what `zstd --ultra --long` writes by default; larger windows need a flag to read
 * anywhere. */
#define PL_ZSTD_WINDOW_LOG 27

enum gzip_part {
    GZIP_FIXED,
    GZIP_EXTRA_LENGTH,
    GZIP_EXTRA,
    GZIP_NAME,
    GZIP_COMMENT,
    GZIP_CHECK,
    GZIP_DATA
};

/* How far the header of a gzip member was read. */
struct gzip_header {
    enum gzip_part part;
    uint32_t at; /* bytes of this part that were read */
    uint32_t extra_bytes;
    uint32_t crc;
    uint32_t stated_crc;
    uint8_t flags;
};

struct pl_decoder {
    enum pl_compression compression;
    bool is_between; /* at a place where the data may end */
    struct gzip_header header;
    struct inflate_state gzip;
    ZSTD_DCtx *zstd;
};

const char *pl_compression_to_string(enum pl_compression compression)
{
    switch (compression) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_COMPRESSION_LIST(X)
#undef X
    }
    return "none";
}

enum pl_compression pl_compression_detect(pl_span head)
{
    if (head.len >= 2 && head.ptr[0] == 0x1f && head.ptr[1] == 0x8b) {
        return PL_COMPRESSION_GZIP;
    }
    if (head.len >= 4 && memcmp(head.ptr, "\x28\xb5\x2f\xfd", 4) == 0) {
        return PL_COMPRESSION_ZSTD;
    }
    /* A skippable frame, as zstd:chunked and pzstd put first: 0x184D2A5? little-endian. */
    if (head.len >= 4 && (head.ptr[0] & 0xf0) == 0x50 &&
        memcmp(head.ptr + 1, "\x2a\x4d\x18", 3) == 0) {
        return PL_COMPRESSION_ZSTD;
    }
    return PL_COMPRESSION_NONE;
}

struct pl_decoder *pl_decoder_new(enum pl_compression compression)
{
    struct pl_decoder *decoder = pl_mem_alloc(1, sizeof(*decoder));
    decoder->compression = compression;
    decoder->is_between = true;
    if (compression == PL_COMPRESSION_GZIP) {
        isal_inflate_init(&decoder->gzip);
        decoder->gzip.crc_flag = ISAL_GZIP_NO_HDR_VER;
    } else if (compression == PL_COMPRESSION_ZSTD) {
        decoder->zstd = ZSTD_createDCtx();
        if (!decoder->zstd) {
            pl_mem_abort(0);
        }
        ZSTD_DCtx_setParameter(decoder->zstd, ZSTD_d_windowLogMax, PL_ZSTD_WINDOW_LOG);
    }
    return decoder;
}

void pl_decoder_free(struct pl_decoder *decoder)
{
    if (decoder) {
        ZSTD_freeDCtx(decoder->zstd);
        free(decoder);
    }
}

static const char *gzip_reason(int code)
{
    switch (code) {
    case ISAL_INVALID_BLOCK:
        return "invalid block";
    case ISAL_INVALID_SYMBOL:
        return "invalid symbol";
    case ISAL_INVALID_LOOKBACK:
        return "reference to before the start";
    case ISAL_INVALID_WRAPPER:
        return "invalid member header";
    case ISAL_UNSUPPORTED_METHOD:
        return "unsupported method";
    case ISAL_INCORRECT_CHECKSUM:
        return "checksum mismatch";
    default:
        return "damaged";
    }
}

static void skip_zeros(pl_span *input)
{
    while (input->len > 0 && input->ptr[0] == 0) {
        input->ptr++;
        input->len--;
    }
}

/* The part after `part`, leaving out those that the flags do not announce. */
static enum gzip_part next_part(enum gzip_part part, uint8_t flags)
{
    enum { CHECK = 2, EXTRA = 4, NAME = 8, COMMENT = 16 };
    static const uint8_t announced_by[] = {
        [GZIP_EXTRA_LENGTH] = EXTRA, [GZIP_EXTRA] = EXTRA, [GZIP_NAME] = NAME,
        [GZIP_COMMENT] = COMMENT,    [GZIP_CHECK] = CHECK, [GZIP_DATA] = 0};
    do {
        part++;
    } while (part != GZIP_DATA && (flags & announced_by[part]) == 0);
    return part;
}

/* Takes one byte of the header; NULL, or what is wrong with it. */
static const char *take_header_byte(struct gzip_header *header, uint8_t byte)
{
    enum { FIXED_BYTES = 10, RESERVED = 0xe0 };
    static const uint8_t start[] = {0x1f, 0x8b, 8 /* deflate */};
    uint32_t at = header->at++;
    bool is_done = false;
    if (header->part != GZIP_CHECK) {
        header->crc = crc32_gzip_refl(header->crc, &byte, 1);
    }
    switch (header->part) {
    case GZIP_FIXED:
        if (at < sizeof(start) && byte != start[at]) {
            return at < 2 ? "invalid member header" : "unsupported method";
        }
        header->flags = at == 3 ? byte : header->flags;
        if (at == 3 && (byte & RESERVED) != 0) {
            return "reserved flags are set";
        }
        is_done = at + 1 == FIXED_BYTES;
        break;
    case GZIP_EXTRA_LENGTH:
        header->extra_bytes |= (uint32_t)byte << (8 * at);
        is_done = at == 1;
        break;
    case GZIP_EXTRA:
        is_done = at + 1 == header->extra_bytes;
        break;
    case GZIP_NAME:
    case GZIP_COMMENT:
        is_done = byte == 0;
        break;
    case GZIP_CHECK:
        header->stated_crc |= (uint32_t)byte << (8 * at);
        is_done = at == 1;
        if (is_done && header->stated_crc != (header->crc & 0xffff)) {
            return "checksum mismatch in a member header";
        }
        break;
    case GZIP_DATA:
        break;
    }
    if (is_done) {
        header->part = next_part(header->part, header->flags);
        header->at = 0;
        if (header->part == GZIP_EXTRA && header->extra_bytes == 0) {
            header->part = next_part(header->part, header->flags);
        }
    }
    return NULL;
}

/* Takes the header, or as much of it as there is. */
static enum pl_status take_header(struct pl_decoder *decoder, pl_span *input, struct pl_error *err)
{
    while (input->len > 0 && decoder->header.part != GZIP_DATA) {
        const char *problem = take_header_byte(&decoder->header, input->ptr[0]);
        if (problem) {
            return pl_error_set(err, PL_E_PARSE, "gzip data is damaged: %s", problem);
        }
        input->ptr++;
        input->len--;
        decoder->is_between = false;
    }
    return PL_OK;
}

static enum pl_status step_gzip(struct pl_decoder *decoder, pl_span *input, uint8_t *into,
                                size_t size, size_t *ret_made, struct pl_error *err)
{
    struct inflate_state *state = &decoder->gzip;
    size_t made = 0;
    while (made == 0) {
        if (state->block_state == ISAL_BLOCK_FINISH) {
            skip_zeros(input);
            if (input->len == 0) {
                break;
            }
            isal_inflate_reset(state);
            state->crc_flag = ISAL_GZIP_NO_HDR_VER;
            decoder->header = (struct gzip_header){.part = GZIP_FIXED};
        }
        enum pl_status st = take_header(decoder, input, err);
        if (st < 0) {
            return st;
        }
        if (decoder->header.part != GZIP_DATA) {
            break;
        }
        size_t before = input->len < UINT32_MAX ? input->len : UINT32_MAX;
        /* ISA-L's field is not const, but it only reads. */
        state->next_in = (uint8_t *)(uintptr_t)input->ptr;
        state->avail_in = (uint32_t)before;
        state->next_out = into;
        state->avail_out = (uint32_t)size;
        int code = isal_inflate(state);
        if (code < 0) {
            return pl_error_set(err, PL_E_PARSE, "gzip data is damaged: %s", gzip_reason(code));
        }
        size_t used = before - state->avail_in;
        input->ptr += used;
        input->len -= used;
        made = size - state->avail_out;
        decoder->is_between = state->block_state == ISAL_BLOCK_FINISH;
        if (input->len == 0 && state->block_state != ISAL_BLOCK_FINISH) {
            break;
        }
        if (used == 0 && made == 0) {
            return pl_error_set(err, PL_E_PARSE, "gzip data is damaged: no progress");
        }
    }
    *ret_made = made;
    return PL_OK;
}

/* A frame or a skippable one (RFC 8878, section 3.1). libzstd also reads the formats from before
 * version 0.8, which no standard describes and which it takes or not as the input is cut. */
static bool starts_zstd_frame(uint8_t first)
{
    return first == 0x28 || (first & 0xf0) == 0x50;
}

static enum pl_status step_zstd(struct pl_decoder *decoder, pl_span *input, uint8_t *into,
                                size_t size, size_t *ret_made, struct pl_error *err)
{
    ZSTD_outBuffer out = {.dst = into, .size = size};
    while (out.pos == 0) {
        if (decoder->is_between && input->len > 0 && !starts_zstd_frame(input->ptr[0])) {
            return pl_error_set(err, PL_E_PARSE, "zstd data is damaged: no frame starts there");
        }
        ZSTD_inBuffer in = {.src = input->ptr, .size = input->len};
        size_t left = ZSTD_decompressStream(decoder->zstd, &out, &in);
        if (ZSTD_isError(left)) {
            return pl_error_set(err, PL_E_PARSE, "zstd data is damaged: %s",
                                ZSTD_getErrorName(left));
        }
        if (in.pos > 0 || out.pos > 0) {
            decoder->is_between = left == 0;
        }
        input->ptr += in.pos;
        input->len -= in.pos;
        if (input->len == 0) {
            break;
        }
    }
    *ret_made = out.pos;
    return PL_OK;
}

enum pl_status pl_decoder_step(struct pl_decoder *decoder, pl_span *input, uint8_t *into,
                               size_t size, size_t *ret_made, struct pl_error *err)
{
    if (decoder->compression == PL_COMPRESSION_GZIP) {
        return step_gzip(decoder, input, into, size, ret_made, err);
    }
    if (decoder->compression == PL_COMPRESSION_ZSTD) {
        return step_zstd(decoder, input, into, size, ret_made, err);
    }
    size_t made = input->len < size ? input->len : size;
    memcpy(into, input->ptr, made);
    input->ptr += made;
    input->len -= made;
    *ret_made = made;
    return PL_OK;
}

bool pl_decoder_is_complete(const struct pl_decoder *decoder)
{
    return decoder->is_between;
}
