/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_push - puts the generation of the advisory database that is in use into a registry.
 *
 * What the registry has is not sent again. For each slice that differs from what the tag stood for
 * before a patch goes along, and the patches of the last pushes stay as long as they are smaller
 * together than the slice. The index is signed before the tag points at it.
 */
#include "base/progress.h"
#include "base/vec.h"
#include "image/registry/hosts.h"
#include "trust/signature.h"

struct pl_db_push_options {
    const struct pl_registry_options *registry;
    const struct pl_key *key; /* to sign with; or NULL */
    const struct pl_progress *progress;
};

struct pl_db_pushed_slice {
    pl_str name;
    uint64_t size_bytes; /* of its file */
    uint64_t bytes; /* as it travels */
    uint64_t patch_bytes; /* of the patch from what the tag stood for; 0: none was made */
    bool is_sent; /* false: the registry had it */
};

struct pl_db_pushed {
    struct pl_digest digest; /* of the index */
    pl_str generation;
    struct pl_strs tags; /* the one given, and one for the day on which the generation was made */
    uint64_t sent_bytes; /* of slices and patches */
    PL_VEC_FIELDS(struct pl_db_pushed_slice);
};

/* `dir` is the database's; `reference` must have a tag and no digest. CONFLICT when the tag is of
 * something that is no advisory database. *ret lives in `arena`. */
enum pl_status pl_db_push(const char *dir, const struct pl_reference *reference,
                          const struct pl_db_push_options *options, struct pl_arena *arena,
                          struct pl_db_pushed *ret, struct pl_error *err);
