/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What docker save wrote has a config and layers, but no manifest (image/source/docker_archive.c).
 * One is made here, in OCI's form: a layer's digest is its diff_id, since it lies there
 * uncompressed; of one that is compressed nevertheless it is computed. The bytes that are made are
 * the same each time, but no registry has seen their digest before.
 */
#include "base/io.h"
#include "base/limits.h"
#include "format/decompress.h"
#include "image/copy/places.h"
#include <string.h>

#define LAYER_TYPE "application/vnd.oci.image.layer.v1.tar"

struct saved {
    struct pl_arena *arena;
    struct pl_store store;
    struct pl_image image;
    struct pl_descriptor config;
    pl_str manifest;
};

static enum pl_status hash_part(const struct pl_part *part, struct pl_digest *ret,
                                struct pl_error *err)
{
    enum { STEP = 128 << 10 };
    uint8_t *piece pl_autofree = pl_mem_alloc(STEP, 1);
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(NULL);
    for (uint64_t at = 0; at < part->length;) {
        size_t wanted = part->length - at < STEP ? (size_t)(part->length - at) : STEP;
        size_t got = 0;
        enum pl_status st = pl_io_pread(part->fd, piece, wanted, part->offset + at, &got, err);
        if (st == PL_OK && got < wanted) {
            st = pl_error_set(err, PL_E_IO, "the archive became shorter while it was read");
        }
        if (st < 0) {
            return st;
        }
        pl_digest_update(state, (pl_span){piece, got});
        at += got;
    }
    *ret = pl_digest_finish(state);
    return PL_OK;
}

/* Digest and type of a layer as it is stored. */
static enum pl_status measure(const struct pl_image_layer *layer, struct pl_descriptor *ret,
                              struct pl_error *err)
{
    const struct pl_part *part = &layer->part;
    uint8_t start[4] = {0};
    size_t wanted = part->length < sizeof(start) ? (size_t)part->length : sizeof(start);
    size_t got = 0;
    *ret = (struct pl_descriptor){
        .digest = layer->diff_id, .size_bytes = part->length, .media_type = PL_STR(LAYER_TYPE)};
    enum pl_status st = pl_io_pread(part->fd, start, wanted, part->offset, &got, err);
    enum pl_compression compression = pl_compression_detect((pl_span){start, got});
    if (st < 0 || compression == PL_COMPRESSION_NONE) {
        return st;
    }
    ret->media_type = compression == PL_COMPRESSION_GZIP ? PL_STR(LAYER_TYPE "+gzip")
                                                         : PL_STR(LAYER_TYPE "+zstd");
    return hash_part(part, &ret->digest, err);
}

static json_t *descriptor_json(const struct pl_descriptor *descriptor)
{
    return json_pack("{s:s%, s:s, s:I}", "mediaType", descriptor->media_type.ptr,
                     descriptor->media_type.len, "digest", descriptor->digest.text, "size",
                     (json_int_t)descriptor->size_bytes);
}

static enum pl_status make_manifest(struct saved *saved, struct pl_error *err)
{
    json_t *layers pl_autojson = json_array();
    for (size_t i = 0; i < saved->image.layers.count; i++) {
        struct pl_image_layer *layer = &saved->image.layers.items[i];
        struct pl_descriptor descriptor = {.size_bytes = 0};
        enum pl_status st = layer->gap.len > 0 ? pl_error_set(err, PL_E_NOT_FOUND, PL_STR_FMT,
                                                              PL_STR_ARG(layer->gap))
                                               : measure(layer, &descriptor, err);
        if (st < 0) {
            return pl_error_wrap(err, "layer %zu", i);
        }
        layer->stored = descriptor.digest;
        json_array_append_new(layers, descriptor_json(&descriptor));
    }
    saved->config =
        (struct pl_descriptor){.digest = pl_digest_of(pl_str_span(saved->image.config), NULL),
                               .size_bytes = saved->image.config.len,
                               .media_type = PL_STR("application/vnd.oci.image.config.v1+json")};
    json_t *manifest pl_autojson =
        json_pack("{s:i, s:s, s:o, s:O}", "schemaVersion", 2, "mediaType",
                  "application/vnd.oci.image.manifest.v1+json", "config",
                  descriptor_json(&saved->config), "layers", layers);
    char *text pl_autofree = json_dumps(manifest, JSON_COMPACT);
    saved->manifest = pl_arena_dup(saved->arena, pl_str_from(text));
    return PL_OK;
}

static enum pl_status read_root(void *context, struct pl_arena *arena, pl_str name,
                                struct pl_copy_document *ret, struct pl_error *err)
{
    (void)arena;
    (void)name;
    (void)err;
    const struct saved *saved = context;
    *ret =
        (struct pl_copy_document){saved->manifest, pl_digest_of(pl_str_span(saved->manifest), NULL),
                                  PL_STR("application/vnd.oci.image.manifest.v1+json")};
    return PL_OK;
}

static enum pl_status read_document(void *context, struct pl_arena *arena,
                                    const struct pl_descriptor *descriptor, pl_str *ret,
                                    struct pl_error *err)
{
    (void)context;
    (void)arena;
    (void)ret;
    return pl_error_set(err, PL_E_NOT_FOUND, "there is no manifest %s", descriptor->digest.text);
}

/* The config, which lies in memory. */
struct bytes_left {
    pl_str left;
};

static enum pl_status read_bytes(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                 struct pl_error *err)
{
    (void)err;
    struct bytes_left *bytes = context;
    pl_str piece = pl_str_sub(bytes->left, 0, size);
    memcpy(into, piece.ptr, piece.len);
    bytes->left = pl_str_skip(bytes->left, piece.len);
    *ret_got = piece.len;
    return PL_OK;
}

static enum pl_status open_blob(void *context, const struct pl_descriptor *descriptor,
                                struct pl_copy_stream *ret, struct pl_error *err)
{
    const struct saved *saved = context;
    const char *wanted = descriptor->digest.text;
    if (strcmp(wanted, saved->config.digest.text) == 0) {
        struct bytes_left *bytes = pl_mem_alloc(1, sizeof(*bytes));
        bytes->left = saved->image.config;
        *ret = (struct pl_copy_stream){.read = read_bytes, .close = free, .context = bytes};
        return PL_OK;
    }
    for (size_t i = 0; i < saved->image.layers.count; i++) {
        const struct pl_image_layer *layer = &saved->image.layers.items[i];
        if (strcmp(wanted, layer->stored.text) == 0) {
            *ret = pl_copy_stream_of_file(layer->part.fd, false, layer->part.offset,
                                          layer->part.length);
            return PL_OK;
        }
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "there is no blob %s", wanted);
}

static void close_saved(void *context)
{
    struct saved *saved = context;
    pl_store_close(&saved->store);
}

enum pl_status pl_copy_docker_reader(struct pl_arena *arena, int fd, pl_str selector,
                                     const struct pl_copy_settings *settings,
                                     struct pl_copy_reader *ret, struct pl_error *err)
{
    struct saved *saved = PL_ARENA_NEW(arena, struct saved);
    const struct pl_image_source *kind = pl_image_source_find(PL_STR("docker-archive"));
    saved->arena = arena;
    saved->store = (struct pl_store){.dir_fd = -1, .file_fd = -1};
    *ret = (struct pl_copy_reader){.root = read_root,
                                   .document = read_document,
                                   .open = open_blob,
                                   .close = close_saved,
                                   .context = saved,
                                   .is_made = true};
    enum pl_status st = pl_store_open_archive(arena, fd, &saved->store, err);
    if (st == PL_OK) {
        st = kind->open(arena, &saved->store, selector, settings->platform, &saved->image, err);
    }
    if (st == PL_OK) {
        st = make_manifest(saved, err);
    }
    if (st < 0) {
        pl_copy_reader_close(ret);
    }
    return st;
}
