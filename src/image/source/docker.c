/* SPDX-License-Identifier: Apache-2.0 */
#include "image/docker/image.h"

static enum pl_status reach(struct pl_arena *arena, const struct pl_reach *how, pl_str name,
                            const struct pl_platform *platform, struct pl_reached *ret,
                            struct pl_error *err)
{
    return pl_docker_reach(&pl_docker_kind_docker, arena, how, name, platform, ret, err);
}

const struct pl_image_source pl_image_source_docker = {
    .name = "docker",
    .summary = "an image of the Docker engine: docker:NAME, an id, or NAME@DIGEST",
    .reach = reach,
    .engine_rank = 1,
};
