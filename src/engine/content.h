/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * content - the whole of one file of an image, as memory.
 *
 * Small files lie in memory; larger ones in an unlinked temporary file that is mapped, so that a
 * package database of hundreds of megabytes costs no memory that cannot be given back. The store
 * owns the temporary file's space, and whoever owns the store may set `spill_used_bytes` back to
 * the end of the last content that is still in use; contents are freed in any order.
 */
#include "base/arena.h"
#include "base/budget.h"
#include "base/mem.h"

/* Gives the next piece and where in the file it belongs; PL_E_NOT_FOUND at the end. */
struct pl_content_reader {
    enum pl_status (*read)(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                           struct pl_error *err);
    void *context;
    uint64_t hole_bytes; /* so much of the file is known not to be given */
};

/* An empty unlinked file for a store in a process that cannot open one itself; -1 when TMPDIR takes
 * none, which only matters once a large file is met. The caller closes it. */
int pl_content_spill_file(void);

struct pl_content_store {
    int spill_fd; /* an empty unlinked file, borrowed; -1: large files are refused */
    uint64_t spill_used_bytes;
    uint64_t spill_size_bytes; /* how long it is, which loading alone changes */
    struct pl_arena memory; /* of the last content that was loaded briefly */
};

struct pl_content {
    uint8_t *bytes;
    size_t len;
    size_t mapped_bytes; /* 0: on the heap */
    uint64_t spill_end_bytes; /* where its part of the temporary file ends; 0 in memory */
    bool is_borrowed; /* the store's own memory */
};

/* Reads `size_bytes` (holes become zeros); *ret needs no release on failure. */
enum pl_status pl_content_load(struct pl_content_store *store, const struct pl_budget *budget,
                               const struct pl_content_reader *reader, uint64_t size_bytes,
                               struct pl_content *ret, struct pl_error *err);

/* The same for a content that is done with before the next is loaded, which most are: memory that
 * is used again and again costs no page faults. */
enum pl_status pl_content_load_briefly(struct pl_content_store *store,
                                       const struct pl_budget *budget,
                                       const struct pl_content_reader *reader, uint64_t size_bytes,
                                       struct pl_content *ret, struct pl_error *err);
void pl_content_release(struct pl_content *content);

static inline pl_span pl_content_span(const struct pl_content *content)
{
    return (pl_span){content->bytes, content->len};
}

#define pl_autocontent PL_CLEANUP(pl_content_release)
