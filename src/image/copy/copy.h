/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * copy - an image from one place to another, digests kept.
 *
 * Manifests and indexes are copied byte for byte, blobs as they are, checked against their digests
 * on the way and never held whole; what the destination has already is not sent. By default an
 * index goes over with everything it leads to. Where the destination holds no manifests
 * (docker-archive) one platform's image is copied and its id kept. A destination in files is whole
 * or as it was before; a registry may be left with blobs that nothing names, which it collects.
 */
#include "image/copy/ends.h"

/* One image that was named in the destination. */
struct pl_copied {
    pl_str name; /* its tag, with all of a repository; else empty */
    struct pl_digest digest;
    pl_str media_type;
};

struct pl_copy_result {
    PL_VEC_FIELDS(struct pl_copied);
    uint64_t documents;
    uint64_t sent_blobs;
    uint64_t sent_bytes;
    uint64_t there_blobs; /* the destination had them */
    uint64_t there_bytes;
    uint64_t taken_blobs; /* it took them over from another of its repositories */
    uint64_t taken_bytes;
    uint64_t foreign_layers; /* lie elsewhere, and were left there */
    bool is_manifest_made; /* the source has none */
    bool is_id_alone; /* the destination holds none: `digest` is the image's id */
};

/* With `settings->wants_all_names` all images of the source under their names. What the result
 * points to lives in `arena`. */
enum pl_status pl_copy(struct pl_arena *arena, pl_str source, pl_str destination,
                       const struct pl_copy_settings *settings, struct pl_copy_result *ret,
                       struct pl_error *err);
