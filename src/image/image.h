/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * image - one image of one platform: its config and its layers, lowest first.
 *
 * What the manifest and the config say, checked against the digests that address them; the layers'
 * own bytes are checked when they are inspected. Everything lives in the arena it was opened with
 * and is good while the store it came from is open.
 */
#include "format/digest.h"
#include "image/store.h"
#include "model/report.h"

/* OS/ARCHITECTURE[/VARIANT] as OCI names them (Go's GOOS and GOARCH). */
struct pl_platform {
    pl_str os;
    pl_str architecture;
    pl_str variant;
    bool is_stated; /* by the user, rather than this machine's */
};

struct pl_image_layer {
    struct pl_layer_info info;
    struct pl_digest stored; /* empty: the blob is not addressed by a digest */
    struct pl_digest diff_id; /* empty: the config does not say */
    struct pl_part part;
    pl_str gap; /* not empty: the layer is not here, and why */
};

struct pl_image_layers {
    PL_VEC_FIELDS(struct pl_image_layer);
};

struct pl_image {
    pl_str digest; /* of the manifest; of the config where there is no manifest */
    struct pl_platform platform;
    struct pl_image_layers layers;
};

/* The platform of this machine. */
struct pl_platform pl_platform_host(void);
/* "linux/arm64/v8" */
enum pl_status pl_platform_parse(pl_str text, struct pl_platform *ret, struct pl_error *err);
pl_str pl_platform_format(struct pl_arena *arena, const struct pl_platform *platform);
/* A variant that is not stated on either side matches. */
bool pl_platform_matches(const struct pl_platform *wanted, const struct pl_platform *offered);

/* Reads an image's config (image-spec, config.md): platform, and diff_id and history of the layers,
 * which must be as many as `image` has; when it has none yet, they are made. */
enum pl_status pl_image_read_config(struct pl_arena *arena, pl_str config, struct pl_image *image,
                                    struct pl_error *err);

/* A way an image lies in a store; one file each in image/source/, listed in image/sources.def. */
struct pl_image_source {
    const char *name; /* "docker-archive" */
    const char *summary;
    bool is_directory; /* the store is a directory, else an archive */
    /* The part that tells this layout, for recognition without a scheme. */
    const char *marker;
    /* Which image: `selector` is what follows the path in SCHEME:PATH:SELECTOR, or empty. */
    enum pl_status (*open)(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                           const struct pl_platform *platform, struct pl_image *ret,
                           struct pl_error *err);
};

const struct pl_image_source *const *pl_image_sources(size_t *ret_count);

/* What an OCI image layout holds (image-spec, image-layout.md); shared by directory and archive. */
enum pl_status pl_oci_layout_open(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                                  const struct pl_platform *platform, struct pl_image *ret,
                                  struct pl_error *err);
