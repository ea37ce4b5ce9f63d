/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * reach - opens images that lie elsewhere: in a registry, in an engine.
 */
#include "engine/source.h"

enum pl_status pl_source_reach(struct pl_arena *arena, const struct pl_image_source *kind,
                               pl_str name, const struct pl_source_options *options,
                               struct pl_source *source, struct pl_error *err);

/* For a name without a scheme: the engines of this machine one after the other, then the registry.
 * When nobody has it, the error is the registry's, with what the engines said. */
enum pl_status pl_source_reach_any(struct pl_arena *arena, pl_str name,
                                   const struct pl_source_options *options,
                                   struct pl_source *source, struct pl_error *err);
