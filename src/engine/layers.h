/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * layers - has every layer of an image inspected, several at once.
 *
 * Each layer gets a sandboxed child of its own; at most `jobs` run at a time. A layer that lies
 * elsewhere is fetched by a process of its own into the child's ring, and touches no disk; one that
 * is known from the cache is neither fetched nor read. One that an engine keeps unpacked is read as
 * a directory; since its bytes are held to no digest, what was found is not kept. While fewer
 * layers than jobs are left, a child hashes in a second thread, so that the last layer, or the only
 * one, uses two cores as well.
 */
#include "base/budget.h"
#include "base/progress.h"
#include "catalog/match.h"
#include "engine/layer_cache.h"
#include "image/image.h"

struct pl_layers_options {
    unsigned jobs; /* 1 or more */
    struct pl_budget_limits limits;
    const struct pl_catalog_matcher *matcher;
    bool keeps_paths; /* of the files that packages own; such evidence is not to be cached */
    const struct pl_progress *progress;
    struct pl_layer_cache cache;
};

/* `ret` has room for the image's layers and gets the evidence of each, in `arena`; a layer that is
 * not there, or whose inspector died, gets evidence of nothing but a gap. Fails with PL_E_TRUST for
 * a layer whose bytes are not those that address it, and as its fetching did. */
enum pl_status pl_layers_inspect(struct pl_arena *arena, const struct pl_image *image,
                                 const struct pl_layers_options *options,
                                 const struct pl_evidence **ret, struct pl_error *err);

/* The evidence of a directory. */
enum pl_status pl_tree_inspect(struct pl_arena *arena, int root_fd,
                               const struct pl_layers_options *options,
                               const struct pl_evidence **ret, struct pl_error *err);
