/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * image - an image that an engine has: `reach` of the sources that are engines (image/image.h).
 *
 * What is known of an image without its bytes is asked at once. The layers are directories, where
 * the engine's storage can be read (image/docker/store.h); in any case there is the archive that
 * `docker save` would write, streamed and not kept. The client lives no longer than the questions.
 */
#include "image/docker/client.h"
#include "image/image.h"

/* NOT_FOUND when the engine has no such image, with near names that it has, and how to ask a
 * registry; else as pl_docker_open. `name` is a name, an id or the beginning of one, or
 * NAME@DIGEST. */
enum pl_status pl_docker_reach(const struct pl_docker_kind *kind, struct pl_arena *arena,
                               const struct pl_reach *how, pl_str name,
                               const struct pl_platform *platform, struct pl_reached *ret,
                               struct pl_error *err);

/* "; near it are A, B and C": at most three of `known`, first those that differ in the tag alone,
 * then the nearest by edits. Empty when there are none. */
pl_str pl_docker_near_names(struct pl_arena *arena, pl_str name, const struct pl_strs *known);
