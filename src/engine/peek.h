/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * peek - a file whose first bytes are looked at before it is known whether it is wanted, and of
 * which not all is read.
 *
 * The half of a program that is code is nothing to a cataloger, and with large programs it is worth
 * something not to copy it: what the program's own headers call code is given as a hole, which
 * reads as zeros.
 */
#include "engine/content.h"
#include "format/elf.h"

struct pl_peek {
    const struct pl_content_reader *reader; /* the file's own, borrowed */
    pl_span first; /* what is given next; good until the file's reader is asked again */
    uint64_t first_offset;
    bool has_first;
    struct pl_elf_range unread;
};

/* Reads the file's first piece; PL_E_NOT_FOUND when it is empty. */
enum pl_status pl_peek_start(struct pl_peek *peek, const struct pl_content_reader *reader,
                             struct pl_error *err);

/* Leaves out what the first piece calls code. */
void pl_peek_skip_code(struct pl_peek *peek);

/* The whole file, from its first piece on; `peek` must outlive it. */
struct pl_content_reader pl_peek_reader(struct pl_peek *peek);
