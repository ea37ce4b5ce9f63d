/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_pull - makes a generation of the advisory database that a registry has the one in use.
 *
 * Slices that are here already are not fetched; of one that is here in an earlier state the patches
 * are, when they are smaller than the slice, and the whole when a patch does not do. Whatever
 * fails leaves the generation in use as it was, and nothing behind.
 */
#include "base/progress.h"
#include "db/build.h"
#include "feed/selection.h"
#include "image/registry/hosts.h"
#include "trust/signature.h"

struct pl_db_pull_options {
    const struct pl_registry_options *registry;
    const struct pl_key *key; /* whose signature is demanded; or NULL */
    /* Of the slices only those that speak of these ecosystems, with all releases that they have,
     * and those that tell of exploitation for all. */
    const struct pl_feed_selection *selection;
    bool accept_older; /* with a key: takes a generation that was made before the one in use */
    size_t keep_count; /* older generations that stay */
    const struct pl_progress *progress;
    /* Told what went another way than it should have, and how it went on; or NULL. */
    void (*note)(void *context, const char *text);
    void *note_context;
};

struct pl_db_pulled_slice {
    pl_str name;
    size_t patches; /* that made it; 0: it came as a whole */
    uint64_t bytes; /* that were fetched */
};

struct pl_db_pulled {
    struct pl_db_built built;
    struct pl_digest digest; /* of the index */
    pl_str created; /* RFC 3339 */
    size_t here; /* slices that were not fetched */
    uint64_t bytes; /* of slices and patches, together */
    PL_VEC_FIELDS(struct pl_db_pulled_slice);
};

/* `dir` is the database's. TRUST when the signature or any digest is not as it should be, or, with
 * a key, when the generation is older than the one in use; NOT_FOUND when no slice speaks of an
 * ecosystem that may not lack. *ret lives in `arena`. */
enum pl_status pl_db_pull(const char *dir, const struct pl_reference *reference,
                          const struct pl_db_pull_options *options, struct pl_arena *arena,
                          struct pl_db_pulled *ret, struct pl_error *err);
