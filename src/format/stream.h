/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * stream - the bytes of a file, opened when it is compressed: gzip, zstd, xz or bzip2, told by its
 * first bytes.
 *
 * Held are one block and the decoder's window (xz at most 80 MiB). Checksums of the formats are
 * verified, and an end before its time is PL_E_PARSE. Not shared between threads.
 */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

struct pl_stream;

/* Reads `fd` from its start; it stays the caller's and must outlive the stream. More than
 * `max_bytes` of opened bytes are PL_E_LIMIT. `name` is for messages. */
enum pl_status pl_stream_open(int fd, const char *name, uint64_t max_bytes, struct pl_stream **ret,
                              struct pl_error *err);
void pl_stream_close(struct pl_stream *stream);
PL_DEFINE_CLEANUP(struct pl_stream, pl_stream_close)

bool pl_stream_is_compressed(const struct pl_stream *stream);

/* The first bytes that are not taken yet, at least `size` of them (up to 64 KiB) unless there are
 * no more. Good until the next call. */
enum pl_status pl_stream_peek(struct pl_stream *stream, size_t size, pl_span *ret,
                              struct pl_error *err);

/* Takes the next piece, empty at the end; good until the next call. Fits pl_tar_pull. */
enum pl_status pl_stream_pull(void *stream, pl_span *ret, struct pl_error *err);

/* Takes up to `size` bytes; 0 at the end. */
enum pl_status pl_stream_read(struct pl_stream *stream, uint8_t *into, size_t size, size_t *ret_got,
                              struct pl_error *err);

/* Are these the first bytes of a file that pl_stream_open opens? */
bool pl_stream_detect(pl_span head);
