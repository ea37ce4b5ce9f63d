/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * answer - what an engine's answers about images say (Docker Engine API 1.41 and later, "Images").
 *
 * Readers of JSON that somebody else may have written: what is absent, null or of another type is
 * empty, what has to be well formed and is not is PL_E_PARSE. All strings are copied into the
 * arena.
 */
#include "format/json.h"
#include "image/image.h"

struct pl_docker_image {
    struct pl_image image; /* digest is the Id; layers with diff_id */
    struct pl_strs tags; /* "nginx:1.25" */
    struct pl_strs digests; /* "nginx@sha256:..." */
    pl_str driver; /* of the storage that it lies in: "overlay2"; empty: not said */
    pl_str top_dir; /* the files of its top layer there: "/var/lib/docker/overlay2/HEX/diff" */
};

/* GET /images/NAME/json */
enum pl_status pl_docker_read_image(struct pl_arena *arena, const json_t *answer,
                                    struct pl_docker_image *ret, struct pl_error *err);

/* GET /images/NAME/history: fills in by what each layer was made, where that can be told. */
void pl_docker_read_history(struct pl_arena *arena, const json_t *answer, struct pl_image *image);

/* GET /images/json: the names of all images, at most PL_LIMIT_ENGINE_NAMES. */
void pl_docker_read_tags(struct pl_arena *arena, const json_t *answer, struct pl_strs *ret);

/* GET /containers/json: the names of all containers, without the slash before them. */
void pl_docker_read_container_names(struct pl_arena *arena, const json_t *answer,
                                    struct pl_strs *ret);
