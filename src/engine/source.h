/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source - from what a user writes to something that can be inspected.
 *
 * SCHEME:PATH, where the scheme is "dir" or the name of an image source (image/sources.def), or a
 * bare path that is recognised by its content: a directory with an OCI layout, any other directory
 * (a root file system), an archive by the parts it holds.
 */
#include "engine/layers.h"

struct pl_source {
    pl_str name; /* as the user wrote it */
    pl_str scheme; /* "dir", "docker-archive", ... as recognised */
    int root_fd; /* of a directory, else -1 */
    struct pl_store store;
    struct pl_image image;
};

/* The source is ready even on failure for pl_source_close. */
enum pl_status pl_source_open(struct pl_arena *arena, pl_str spelling,
                              const struct pl_platform *platform,
                              const struct pl_layers_options *options, struct pl_source *ret,
                              struct pl_error *err);
void pl_source_close(struct pl_source *source);
#define pl_autosource PL_CLEANUP(pl_source_close)
