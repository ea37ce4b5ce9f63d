/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container - what a container holds now, and what of it is not its image's.
 *
 * The image is inspected as any image is (its layers are often known already), the container's own
 * file system as one tree; the two inventories are then compared (engine/since_image.h). What
 * mounts hold is no part of the comparison; they stand in the facts. When the image is gone or
 * cannot be read, what the container holds is given all the same, with a gap.
 */
#include "engine/merge.h"
#include "engine/source.h"
#include "model/container.h"

struct pl_container_view {
    const struct pl_container *facts;
    const struct pl_container_changes *changes;
    struct pl_image image; /* without layers when the engine no longer has it */
    struct pl_merged merged; /* components marked */
    struct pl_components removed; /* the image's components that the container lacks */
};

/* `name` is what follows "container:". */
enum pl_status pl_container_view(struct pl_arena *arena, pl_str name,
                                 const struct pl_source_options *options,
                                 struct pl_container_view *ret, struct pl_error *err);
