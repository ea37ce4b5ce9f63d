/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * evidence_codec - a layer's evidence as bytes, and back.
 *
 * The bytes cross the pipe from the sandboxed child and are what a cache or another machine keeps.
 * They start with a magic number and the format's version; numbers are LEB128 varints, strings are
 * their length and their bytes, lists their count and their items, in the order of the fields in
 * model/evidence.h. The reader trusts nothing: counts are checked against the bytes that are left
 * before anything is allocated, strings must be UTF-8 where text is meant, paths must be clean, the
 * path hashes ascending, and nothing may follow the end.
 */
#include "base/buf.h"
#include "base/writer.h"
#include "model/evidence.h"

/* Written piece by piece: the whole is never held. Failures are left to pl_writer_finish. */
void pl_evidence_write(const struct pl_evidence *evidence, struct pl_writer *writer);

/* Appends; overflow is left to pl_buf_status. */
void pl_evidence_encode(const struct pl_evidence *evidence, struct pl_buf *buf);

/* Lists are made in `arena`, strings are views into `bytes`, which must live as long. PL_E_PARSE
 * with the offset for anything that does not fit. */
enum pl_status pl_evidence_decode(struct pl_arena *arena, pl_span bytes, struct pl_evidence *ret,
                                  struct pl_error *err);
