/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * message - the messages of containerd's API, of which only the fields are read that are needed to
 * find an image. What is handed out borrows from the message.
 */
#include "base/error.h"
#include "base/str.h"

struct pl_containerd_image {
    pl_str name; /* "docker.io/library/nginx:1.25" */
    pl_str media_type; /* of what `digest` addresses: an index or a manifest */
    pl_str digest;
    uint64_t size_bytes;
};

/* A GetImageResponse. PL_E_PARSE when it has no image. */
enum pl_status pl_containerd_parse_image(pl_str message, struct pl_containerd_image *ret,
                                         struct pl_error *err);

/* Takes the next image off a ListImagesResponse; one without a name at its end. */
enum pl_status pl_containerd_next_image(pl_str *message, struct pl_containerd_image *ret,
                                        struct pl_error *err);

/* The size in an InfoResponse. */
enum pl_status pl_containerd_parse_size(pl_str message, uint64_t *ret, struct pl_error *err);

/* The bytes in a ReadContentResponse; may be none. */
enum pl_status pl_containerd_parse_data(pl_str message, pl_str *ret, struct pl_error *err);

/* The "root" that the last plugin in a PluginsResponse exports; empty when there is none. */
enum pl_status pl_containerd_parse_root(pl_str message, pl_str *ret, struct pl_error *err);
