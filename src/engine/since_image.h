/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * since_image - which of a container's components are its image's own, and which of the image's are
 * gone.
 *
 * A component is as in the image when that has it too, with the same version and architecture and
 * (but for packages of the system) at the same place, and no file of it was changed or deleted
 * since. Each of the image's components answers for one of the container's at most: of several
 * versions of a package, those that both have are each other's; what is left over is altered as
 * long as both sides have some, and after that new or removed.
 */
#include "model/container.h"
#include "model/evidence.h"

struct pl_image_view {
    const struct pl_components *components;
    /* The evidence of its layers, which says what is a file and what a directory. */
    const struct pl_evidence *const *layers;
    size_t layer_count;
};

/* Sets `since_image` of each of `components`, and the layers of those that the image has at the
 * same place. What the container lacks is added to `removed`, in the order of the image's. Both
 * lists of components are sorted. */
void pl_since_image_mark(struct pl_arena *arena, const struct pl_image_view *image,
                         const struct pl_container_changes *changes,
                         struct pl_components *components, struct pl_components *removed);
