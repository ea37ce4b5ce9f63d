/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * decompress - gzip (RFC 1952, through ISA-L) and zstd (RFC 8878, through libzstd) as a stream.
 *
 * A decoder takes what input there is and makes as much output as there is room for. It holds a
 * window of some hundred kilobytes (gzip) to PL_ZSTD_WINDOW_LOG (zstd) and never the whole.
 * Checksums of the format are verified.
 */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

#define PL_COMPRESSION_LIST(X)                                                                     \
    X(PL_COMPRESSION_NONE, "none")                                                                 \
    X(PL_COMPRESSION_GZIP, "gzip")                                                                 \
    X(PL_COMPRESSION_ZSTD, "zstd")

enum pl_compression {
#define X(name, text) name,
    PL_COMPRESSION_LIST(X)
#undef X
};

const char *pl_compression_to_string(enum pl_compression compression);

/* By the first bytes: gzip's and zstd's magic numbers, else none. */
enum pl_compression pl_compression_detect(pl_span head);

struct pl_decoder;

struct pl_decoder *pl_decoder_new(enum pl_compression compression);
void pl_decoder_free(struct pl_decoder *decoder);
PL_DEFINE_CLEANUP(struct pl_decoder, pl_decoder_free)

/* Takes bytes off *input and writes up to `size` bytes. *ret_made 0 with input left over never
 * happens; 0 with none left means: give more, or it was the end. PL_E_PARSE for damaged data. */
enum pl_status pl_decoder_step(struct pl_decoder *decoder, pl_span *input, uint8_t *into,
                               size_t size, size_t *ret_made, struct pl_error *err);

/* To be asked when there is no more input: did the data end where a stream may end? */
bool pl_decoder_is_complete(const struct pl_decoder *decoder);
