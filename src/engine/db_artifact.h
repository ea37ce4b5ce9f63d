/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_artifact - one slice or patch of the advisory database in a registry: an image manifest with
 * an artifact type, the empty config, and one blob (image-spec, "Guidelines for Artifact Usage").
 */
#include "engine/db_index.h"
#include "image/registry/push.h"

/* Pushes the blob, unless the registry has it, and then the manifest. `fd` holds the blob; with -1
 * part->blob tells one that should be there already: NOT_FOUND when it is not. Sets part->blob and
 * part->manifest; *ret_is_sent tells whether the blob had to be sent. */
enum pl_status pl_db_artifact_push(struct pl_registry *registry, struct pl_arena *arena,
                                   const struct pl_db_slice_info *slice, int fd,
                                   struct pl_db_part *part, bool *ret_is_sent,
                                   struct pl_error *err);

/* Fetches the part's blob to a file without a name, on the file system of `temp_dir`; TRUST when
 * its digest is another. The caller closes *ret_fd. */
enum pl_status pl_db_artifact_fetch(struct pl_registry *registry, const struct pl_db_part *part,
                                    const char *temp_dir, int *ret_fd, struct pl_error *err);
