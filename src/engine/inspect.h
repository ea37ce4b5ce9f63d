/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * inspect - the jobs that run inside the sandbox, and how their answers are read.
 *
 * A job gets descriptors that are open already and answers with bytes: a status, the text of an
 * error, and evidence. The parent reads the answer with pl_inspect_answer, which trusts nothing.
 */
#include "base/budget.h"
#include "base/buf.h"
#include "catalog/match.h"
#include "format/digest.h"
#include "image/blob.h"
#include "model/evidence.h"

/* One layer that lies in a file as one piece, or comes through a ring. */
struct pl_inspect_layer {
    int fd;
    struct pl_ring_reader *ring; /* or NULL; where it comes from in place of `fd` */
    uint64_t offset;
    uint64_t length;
    struct pl_digest stored; /* what addresses the blob; empty: nothing does */
    bool is_stored_checked; /* by whoever fetches it: it is not hashed again */
    struct pl_digest diff_id; /* what the image's config says; empty: nothing */
    bool hash_beside;
    bool keeps_paths; /* of the files that packages own: see struct pl_component */
    int spill_fd; /* an empty unlinked file, or -1 */
    _Atomic uint64_t *read_bytes; /* in shared memory: how far the child is; or NULL */
    struct pl_budget_limits limits;
    const struct pl_catalog_matcher *matcher;
};

/* A job for the sandbox; `context` is a struct pl_inspect_layer. */
void pl_inspect_layer_run(void *context, int answer_fd);

/* A directory that holds a root file system, or one layer as overlayfs has it. */
struct pl_inspect_tree {
    int root_fd;
    bool is_layer;
    bool is_rootless; /* of a layer: overlayfs's attributes are user.overlay.*, not trusted.* */
    bool keeps_paths;
    _Atomic uint64_t *entries; /* in shared memory: how many were seen; or NULL */
    int spill_fd;
    struct pl_budget_limits limits;
    const struct pl_catalog_matcher *matcher;
};

void pl_inspect_tree_run(void *context, int answer_fd);

/* Inspects a layer's stream into evidence: what pl_inspect_layer_run does, for a stream from
 * elsewhere. A damaged layer gives PL_OK with a gap, when the bytes are those that are addressed.
 * PL_E_CONFLICT when a ring would have to be read twice: see MOST_WALKS. */
enum pl_status pl_inspect_stream(struct pl_arena *arena, const struct pl_blob_reader *reader,
                                 const struct pl_inspect_layer *layer, struct pl_evidence *ret,
                                 struct pl_error *err);

/* Writes and reads an answer. Evidence that is read lies in `arena`, its strings in `answer`, which
 * has to live as long. */
void pl_inspect_send(int answer_fd, enum pl_status status, const struct pl_error *failure,
                     const struct pl_evidence *evidence);
enum pl_status pl_inspect_answer(struct pl_arena *arena, pl_span answer, struct pl_evidence *ret,
                                 struct pl_error *err);

/* The most bytes that an answer may have under these limits. */
size_t pl_inspect_answer_ceiling(const struct pl_budget_limits *limits);

/* After this wall time an inspector that did not end by its own budget has been taken over. */
unsigned pl_inspect_most_seconds(const struct pl_budget_limits *limits);
