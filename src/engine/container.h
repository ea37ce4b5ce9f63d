/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container - what a container holds now, and what of it is not its image's.
 *
 * The image is inspected as any image is (its layers are often known already), the container's own
 * file system as one tree; the two inventories are then compared. A component is as in the image
 * when that has it too, with the same version and architecture and (but for packages of the system)
 * at the same place, and no file of it was changed or deleted since. Each of the image's components
 * answers for one of the container's: of several versions of a package, those that both have are
 * each other's, then what is left over is altered as long as both sides have some, and after that
 * new or removed. What mounts hold is no part of the comparison; they stand in the facts.
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
