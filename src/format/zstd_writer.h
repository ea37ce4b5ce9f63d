/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * zstd_writer - writes one zstd frame (RFC 8878) to a file, as its content comes.
 *
 * The frame has a checksum of its content. The same content in the same order gives the same bytes
 * with one version of libzstd. Held are the compressor's tables and window: some 100 MiB at the
 * highest levels.
 */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

struct pl_zstd_writer;

/* The descriptor is borrowed. `window_log` is how far back repetitions are found, as a power of
 * two; 0 leaves that to the level. */
struct pl_zstd_writer *pl_zstd_writer_new(int fd, int level, int window_log);
void pl_zstd_writer_free(struct pl_zstd_writer *writer);
PL_DEFINE_CLEANUP(struct pl_zstd_writer, pl_zstd_writer_free)

enum pl_status pl_zstd_writer_put(struct pl_zstd_writer *writer, pl_str bytes,
                                  struct pl_error *err);
/* Ends the frame; *ret_bytes is what was written in all. */
enum pl_status pl_zstd_writer_finish(struct pl_zstd_writer *writer, uint64_t *ret_bytes,
                                     struct pl_error *err);
