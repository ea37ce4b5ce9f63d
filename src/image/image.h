/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * image - one image of one platform: its config and its layers, lowest first.
 *
 * What the manifest and the config say, checked against the digests that address them; the layers'
 * own bytes are checked when they are inspected. Everything lives in the arena it was opened with
 * and is good while the store it came from is open.
 */
#include "base/progress.h"
#include "format/digest.h"
#include "image/fetch.h"
#include "image/store.h"
#include "model/report.h"

struct pl_registry_options;

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
    pl_str config; /* its bytes */
    pl_str created; /* as the config says, RFC 3339; may be empty */
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

/* What is kept between runs of documents that a digest addresses (manifests, configs): the engine's
 * cache. `find` gives bytes that were checked against the digest. */
struct pl_image_documents {
    bool (*find)(void *context, struct pl_arena *arena, const struct pl_digest *digest,
                 pl_str *ret);
    void (*put)(void *context, const struct pl_digest *digest, pl_str bytes);
    void *context;
};

/* What a source that reaches out needs to know. */
struct pl_reach {
    const struct pl_registry_options *registry; /* image/registry/hosts.h */
    const struct pl_image_documents *documents;
    const struct pl_progress *progress;
};

/* An image that was reached. */
struct pl_reached {
    /* Layers with `part.fetch` or `part.dir`, or with `diff_id` alone, see `archive`. */
    struct pl_image image;
    pl_str name; /* the whole of its name, where it has one: "docker.io/library/nginx:1.25" */
    /* Not NULL where the layers come only all together, as the archive of `docker save`: to be
     * fetched when one of them is neither known by its diff_id nor there as a directory. */
    const struct pl_fetch *archive;
    pl_str archive_selector; /* which image in it; empty: the only one */
    void (*close)(void *context); /* to be called once the layers are done; or NULL */
    void *context;
};

/* A way an image lies in a store, or is reached; one file each in image/source/, listed in
 * image/sources.def. */
struct pl_image_source {
    const char *name; /* "docker-archive" */
    const char *summary;
    /* Not NULL for an image that lies elsewhere: `name` is what follows the scheme. Then nothing
     * below counts but `engine_rank`. */
    enum pl_status (*reach)(struct pl_arena *arena, const struct pl_reach *how, pl_str name,
                            const struct pl_platform *platform, struct pl_reached *ret,
                            struct pl_error *err);
    /* Of an engine of this machine, else 0: the engines are asked for a name without a scheme
     * before any registry is, the lowest rank first. No two have the same. */
    unsigned engine_rank;
    bool is_directory; /* the store is a directory, else an archive */
    /* The part that tells this layout, for recognition without a scheme. */
    const char *marker;
    /* Which image: `selector` is what follows the path in SCHEME:PATH:SELECTOR, or empty. */
    enum pl_status (*open)(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                           const struct pl_platform *platform, struct pl_image *ret,
                           struct pl_error *err);
};

const struct pl_image_source *const *pl_image_sources(size_t *ret_count);
/* NULL when there is none of that name. */
const struct pl_image_source *pl_image_source_find(pl_str name);

/* What an OCI image layout holds (image-spec, image-layout.md); shared by directory and archive. */
enum pl_status pl_oci_layout_open(struct pl_arena *arena, struct pl_store *store, pl_str selector,
                                  const struct pl_platform *platform, struct pl_image *ret,
                                  struct pl_error *err);
