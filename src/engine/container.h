/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container - what a container holds now, and what of it is not its image's.
 *
 * The image is inspected as any image is (its layers are often known already), the container's own
 * file system as one tree; the two inventories are then compared. A component is the image's own
 * when it is there with the same version at the same place and no file of it was changed since.
 * Mounted volumes are no part of it; they stand in the facts.
 */
#include "engine/merge.h"
#include "engine/source.h"
#include "model/container.h"

struct pl_container_view {
    const struct pl_container *facts;
    const struct pl_container_changes *changes;
    struct pl_image image; /* without layers when the engine no longer has it */
    struct pl_merged merged; /* components marked */
    struct pl_strs removed; /* purls of the image's components that the container lacks */
};

/* `name` is what follows "container:". */
enum pl_status pl_container_view(struct pl_arena *arena, pl_str name,
                                 const struct pl_source_options *options,
                                 struct pl_container_view *ret, struct pl_error *err);
