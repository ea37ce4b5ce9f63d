/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source - from what a user writes to something that can be inspected.
 *
 * SCHEME:REST, where the scheme is "dir", "sbom" or the name of an image source
 * (image/sources.def). Without a scheme: a path that exists is recognised by its content (a
 * directory with an OCI layout, any other directory as a root file system, an archive by the parts
 * it holds, a bill of materials by how it begins); any other name is that of an image, for which
 * the engines of this machine are asked and then the registry.
 */
#include "engine/layers.h"

struct pl_source_options {
    const struct pl_platform *platform;
    const struct pl_layers_options *layers;
    const struct pl_registry_options *registry;
};

struct pl_source {
    pl_str name; /* as the user wrote it; the whole of the image's name where it was reached */
    pl_str scheme; /* "dir", "docker-archive", ... as recognised */
    int root_fd; /* of a directory, else -1 */
    int sbom_fd; /* of a bill of materials, else -1 */
    struct pl_store store;
    struct pl_image image;
    struct pl_reached reached;
};

/* To begin with, before anything is open. */
#define PL_SOURCE_INIT                                                                             \
    (struct pl_source)                                                                             \
    {                                                                                              \
        .root_fd = -1, .sbom_fd = -1, .store = {.dir_fd = -1, .file_fd = -1 }                      \
    }

/* Does it say that a file is meant, rather than the name of an image? */
bool pl_source_looks_like_path(pl_str spelling);

/* The source is ready even on failure for pl_source_close. */
enum pl_status pl_source_open(struct pl_arena *arena, pl_str spelling,
                              const struct pl_source_options *options, struct pl_source *ret,
                              struct pl_error *err);
void pl_source_close(struct pl_source *source);
#define pl_autosource PL_CLEANUP(pl_source_close)
