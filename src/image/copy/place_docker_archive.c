/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `docker load` reads: "HEX.json" with the config, "HEX.tar" with each layer uncompressed,
 * named by its diff_id, and "manifest.json" [{"Config", "RepoTags", "Layers"}]. There is no place
 * for a manifest; the config stays as it is, byte for byte, and with it the image's id and the
 * diff_ids, which the layers are held to as they come out of their compression.
 */
#include "base/map.h"
#include "format/json.h"
#include "image/copy/archive.h"
#include "image/copy/opened.h"
#include "image/copy/places.h"
#include "image/reference.h"

struct docker_archive {
    struct pl_copy_archive file;
    pl_str name; /* as people write it, with its tag; or empty */
};

static pl_str hex_of(const struct pl_digest *digest)
{
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(digest), ':', &(pl_str){0}, &hex);
    return hex;
}

/* A layer's bytes on their way into the archive. */
struct opened {
    struct pl_tar_writer *tar;
    struct pl_digest_state *state;
};

static enum pl_status write_opened(void *context, pl_span piece, struct pl_error *err)
{
    const struct opened *opened = context;
    pl_digest_update(opened->state, piece);
    return pl_tar_writer_data(opened->tar, piece, err);
}

static enum pl_status put_layer(struct docker_archive *archive, const struct pl_copy_blob *blob,
                                const struct pl_image_layer *layer, pl_str name,
                                struct pl_error *err)
{
    struct pl_tar_writer *tar = &archive->file.tar;
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(&layer->diff_id);
    struct opened opened = {tar, state};
    enum pl_status st = pl_tar_writer_begin(tar, name.ptr, err);
    if (st == PL_OK) {
        st = pl_copy_pour_opened(blob, write_opened, &opened, err);
    }
    if (st == PL_OK) {
        struct pl_digest got = pl_digest_finish(state);
        st = pl_digest_verify("the layer, uncompressed,", &got, &layer->diff_id, err);
    }
    return st < 0 ? st : pl_tar_writer_end(tar, err);
}

static void add_name(json_t *array, pl_str name)
{
    json_array_append_new(array, json_stringn(name.ptr, name.len));
}

static enum pl_status put_layers(struct docker_archive *archive,
                                 const struct pl_copy_reader *reader, const struct pl_image *image,
                                 const struct pl_progress *progress, json_t *names,
                                 uint64_t *ret_bytes, struct pl_error *err)
{
    /* The same layer may stand in an image more than once. */
    struct pl_map written pl_automap = {0};
    for (size_t i = 0; i < image->layers.count; i++) {
        const struct pl_image_layer *layer = &image->layers.items[i];
        pl_str name = pl_arena_format(archive->file.arena, PL_STR_FMT ".tar",
                                      PL_STR_ARG(hex_of(&layer->diff_id)));
        struct pl_descriptor descriptor = {.digest = layer->stored,
                                           .size_bytes = layer->info.size_bytes,
                                           .media_type = layer->info.media_type};
        struct pl_copy_blob blob = {reader, &descriptor, progress};
        void **place = pl_map_at(&written, name);
        add_name(names, name);
        if (*place) {
            continue;
        }
        *place = archive;
        enum pl_status st = put_layer(archive, &blob, layer, name, err);
        if (st < 0) {
            return pl_error_wrap(err, "layer %zu", i);
        }
        *ret_bytes += descriptor.size_bytes;
    }
    return PL_OK;
}

static enum pl_status put_image(void *context, const struct pl_copy_reader *reader,
                                const struct pl_image *image, const struct pl_progress *progress,
                                uint64_t *ret_bytes, struct pl_error *err)
{
    struct docker_archive *archive = context;
    struct pl_digest id = pl_digest_of(pl_str_span(image->config), NULL);
    pl_str config =
        pl_arena_format(archive->file.arena, PL_STR_FMT ".json", PL_STR_ARG(hex_of(&id)));
    json_t *names pl_autojson = json_array();
    json_t *tags pl_autojson = json_array();
    enum pl_status st = put_layers(archive, reader, image, progress, names, ret_bytes, err);
    if (st == PL_OK) {
        st = pl_copy_archive_add(&archive->file, config.ptr, image->config, err);
    }
    if (st < 0) {
        return st;
    }
    if (archive->name.len > 0) {
        add_name(tags, archive->name);
    }
    json_t *manifest pl_autojson =
        json_pack("[{s:s, s:O, s:O}]", "Config", config.ptr, "RepoTags", tags, "Layers", names);
    char *text pl_autofree = json_dumps(manifest, JSON_COMPACT);
    return pl_copy_archive_add(&archive->file, "manifest.json", pl_str_from(text), err);
}

static enum pl_status finish(void *context, struct pl_error *err)
{
    struct docker_archive *archive = context;
    return pl_copy_archive_finish(&archive->file, err);
}

static void close_archive(void *context)
{
    struct docker_archive *archive = context;
    pl_copy_archive_close(&archive->file);
}

static enum pl_status open_writer(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_writer *ret, struct pl_error *err)
{
    (void)settings;
    struct docker_archive *archive = PL_ARENA_NEW(arena, struct docker_archive);
    struct pl_reference reference = {.tag = PL_STR_EMPTY};
    const char *path = NULL;
    pl_str name = PL_STR_EMPTY;
    pl_copy_split_path(arena, rest, &path, &name);
    enum pl_status st = name.len > 0 ? pl_reference_parse(arena, name, &reference, err) : PL_OK;
    if (st == PL_OK && reference.digest.text[0] != '\0') {
        st = pl_error_set(err, PL_E_USAGE,
                          PL_STR_FMT ": an archive of Docker's names images by tag alone",
                          PL_STR_ARG(name));
    }
    if (st == PL_OK) {
        st = pl_copy_archive_begin(arena, path, &archive->file, err);
    }
    if (st < 0) {
        return st;
    }
    archive->name = name.len > 0 ? pl_reference_familiar(arena, &reference) : PL_STR_EMPTY;
    *ret = (struct pl_copy_writer){
        .put_image = put_image, .finish = finish, .close = close_archive, .context = archive};
    return PL_OK;
}

static enum pl_status open_reader(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    const char *path = NULL;
    pl_str selector = PL_STR_EMPTY;
    int fd pl_autoclose = -1;
    pl_copy_split_path(arena, rest, &path, &selector);
    enum pl_status st = pl_copy_open_archive(path, &fd, err);
    if (st == PL_OK) {
        st = pl_copy_docker_reader(arena, pl_fd_take(&fd), selector, settings, ret, err);
    }
    return st < 0 ? pl_error_wrap(err, "%s", path) : st;
}

const struct pl_copy_place pl_copy_place_docker_archive = {
    .scheme = "docker-archive",
    .open_reader = open_reader,
    .open_writer = open_writer,
};
