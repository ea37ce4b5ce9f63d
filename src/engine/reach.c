/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/reach.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "engine/archive_stream.h"
#include "engine/content.h"
#include "engine/fetcher.h"
#include "image/reference.h"
#include <assert.h>

/* Looks every layer up by its diff_id; true when each is known, or there as a directory. */
static bool find_known(struct pl_arena *arena, const struct pl_layer_cache *cache,
                       struct pl_image *image)
{
    bool are_all_here = true;
    for (size_t i = 0; i < image->layers.count && are_all_here; i++) {
        struct pl_image_layer *layer = &image->layers.items[i];
        struct pl_error ignored = PL_ERROR_INIT;
        enum pl_status st =
            pl_layer_cache_find(cache, arena, layer, &layer->part.evidence, &ignored);
        layer->part.is_known = st == PL_OK && layer->part.evidence;
        are_all_here = layer->part.is_known || layer->part.dir;
    }
    return are_all_here;
}

/* Where the layers that the engine spoke of lie in the archive that it made. That they are the same
 * is told by their diff_ids: the engine's id for the image is the digest of its config, which the
 * archive states too, or of its manifest where images are kept in containerd's store. */
static enum pl_status adopt_layers(struct pl_image *image, const struct pl_image *archived,
                                   struct pl_error *err)
{
    bool is_same = image->layers.count == archived->layers.count;
    for (size_t i = 0; i < image->layers.count && is_same; i++) {
        struct pl_image_layer *layer = &image->layers.items[i];
        const struct pl_image_layer *found = &archived->layers.items[i];
        is_same = pl_str_eq(pl_digest_str(&layer->diff_id), pl_digest_str(&found->diff_id));
        layer->part = found->part;
        layer->gap = found->gap;
        layer->info.created_by = found->info.created_by;
    }
    return is_same ? PL_OK
                   : pl_error_set(err, PL_E_TRUST,
                                  "the engine hands out other layers than it says that " PL_STR_FMT
                                  " has",
                                  PL_STR_ARG(image->digest));
}

/* The config says by what each layer was made, which the engine's own answers often do not: kept,
 * the next report says the same when the archive is not needed any more. */
static void keep_config(struct pl_arena *arena, struct pl_store *store,
                        const struct pl_image *archived, const struct pl_image_documents *documents)
{
    pl_str hex = pl_str_skip(archived->digest, strlen("sha256:"));
    const pl_str names[] = {
        pl_arena_format(arena, "blobs/sha256/" PL_STR_FMT, PL_STR_ARG(hex)),
        pl_arena_format(arena, PL_STR_FMT ".json", PL_STR_ARG(hex)),
    };
    struct pl_digest digest;
    pl_str bytes = PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_digest_parse(archived->digest, &digest, NULL) == PL_OK &&
            pl_store_read(store, names[i], PL_LIMIT_CONFIG_BYTES, &bytes, NULL) == PL_OK) {
            documents->put(documents->context, &digest, bytes);
            return;
        }
    }
}

/* Reads the archive that holds all layers as it comes, and the image from it. */
static enum pl_status read_archive(struct pl_arena *arena, const struct pl_source_options *options,
                                   const struct pl_image_documents *documents,
                                   struct pl_source *source, struct pl_error *err)
{
    const struct pl_reached *reached = &source->reached;
    struct pl_fetcher fetcher PL_CLEANUP(pl_fetcher_release) = {0};
    struct pl_ring_reader ring PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    int spill_fd pl_autoclose = pl_content_spill_file();
    enum pl_status st =
        pl_fetcher_start(reached->archive, &(struct pl_digest){.text = ""}, &fetcher, &ring, err);
    if (st < 0) {
        return st;
    }
    ring.most_wait_s = options->layers->limits.layer_seconds;
    struct pl_archive_stream stream = {.fd = -1,
                                       .ring = &ring,
                                       .spill_fd = spill_fd,
                                       .hash_beside = options->layers->jobs > 1,
                                       .limits = options->layers->limits,
                                       .matcher = options->layers->matcher,
                                       .progress = options->layers->progress};
    st = pl_archive_stream_read(arena, &stream, &source->store, err);
    /* Why the archive ended early is what its fetching says, not what its reader found. */
    struct pl_error fetching = PL_ERROR_INIT;
    enum pl_status fetched = pl_fetcher_end(&fetcher, &fetching);
    if (fetched < 0) {
        *err = fetching;
        return fetched;
    }
    if (st < 0) {
        return st;
    }
    struct pl_image image = {0};
    st = pl_image_source_find(PL_STR("docker-archive"))
             ->open(arena, &source->store, reached->archive_selector, options->platform, &image,
                    err);
    if (st == PL_OK) {
        st = adopt_layers(&source->image, &image, err);
    }
    if (st == PL_OK) {
        keep_config(arena, &source->store, &image, documents);
    }
    return st;
}

/* Asks whether the place has the image. `ret` is to be closed. */
static enum pl_status find(struct pl_arena *arena, const struct pl_image_source *kind, pl_str name,
                           const struct pl_source_options *options, struct pl_reached *ret,
                           struct pl_error *err)
{
    assert(kind && kind->reach);
    struct pl_image_documents documents = pl_layer_cache_documents(options->layers->cache.cache);
    struct pl_reach how = {.registry = options->registry,
                           .documents = &documents,
                           .progress = options->layers->progress};
    enum pl_status st = kind->reach(arena, &how, name, options->platform, ret, err);
    return st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(name)) : PL_OK;
}

/* From here on `source` is to be closed; its layers are read where they come all together. */
static enum pl_status take(struct pl_arena *arena, const struct pl_image_source *kind,
                           const struct pl_reached *reached,
                           const struct pl_source_options *options, struct pl_source *source,
                           struct pl_error *err)
{
    struct pl_image_documents documents = pl_layer_cache_documents(options->layers->cache.cache);
    source->scheme = pl_str_from(kind->name);
    source->reached = *reached;
    source->image = reached->image;
    source->name = reached->name.len > 0 ? reached->name : source->name;
    if (reached->archive && !find_known(arena, &options->layers->cache, &source->image)) {
        enum pl_status st = read_archive(arena, options, &documents, source, err);
        if (st < 0) {
            pl_source_close(source); /* another place may be asked */
            return st;
        }
    }
    return PL_OK;
}

enum pl_status pl_source_reach(struct pl_arena *arena, const struct pl_image_source *kind,
                               pl_str name, const struct pl_source_options *options,
                               struct pl_source *source, struct pl_error *err)
{
    struct pl_reached reached = {0};
    enum pl_status st = find(arena, kind, name, options, &reached, err);
    return st < 0 ? st : take(arena, kind, &reached, options, source, err);
}

static void note(struct pl_buf *notes, const struct pl_image_source *engine,
                 const struct pl_error *why)
{
    const char *reason = why->status == PL_E_NOT_FOUND ? "does not have it"
                         : why->status == PL_E_NET     ? "does not answer"
                                                       : why->msg;
    pl_buf_append_format(notes, "; %s: %s", engine->name, reason);
}

/* "dokcer:alpine" was asked for as an image; the scheme it was probably meant to have, or NULL. */
static const char *meant_scheme(pl_str name)
{
    pl_str scheme = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (!pl_str_cut(name, ':', &scheme, &rest)) {
        return NULL;
    }
    size_t count = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    struct pl_nearest nearest = pl_nearest_start(scheme);
    for (size_t i = 0; i < count; i++) {
        pl_nearest_offer(&nearest, sources[i]->name);
    }
    pl_nearest_offer(&nearest, "container");
    pl_nearest_offer(&nearest, "dir");
    return nearest.best;
}

/* The engine that is asked after the one of that rank, or NULL. */
static const struct pl_image_source *next_engine(unsigned rank)
{
    const struct pl_image_source *next = NULL;
    size_t count = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    for (size_t i = 0; i < count; i++) {
        if (sources[i]->engine_rank > rank &&
            (!next || sources[i]->engine_rank < next->engine_rank)) {
            next = sources[i];
        }
    }
    return next;
}

/* NULL when no engine has it; what they said counts only if nobody else has it either. */
static const struct pl_image_source *find_in_engines(struct pl_arena *arena, pl_str name,
                                                     const struct pl_source_options *options,
                                                     struct pl_reached *ret, struct pl_buf *notes)
{
    const struct pl_image_source *engine = NULL;
    while ((engine = next_engine(engine ? engine->engine_rank : 0))) {
        struct pl_error why = PL_ERROR_INIT;
        enum pl_status st = find(arena, engine, name, options, ret, &why);
        if (st == PL_OK) {
            return engine;
        }
        note(notes, engine, &why);
    }
    return NULL;
}

static enum pl_status say_what_was_tried(pl_str name, const struct pl_buf *notes,
                                         struct pl_error *err)
{
    const char *scheme = meant_scheme(name);
    char hint[64] = "";
    if (scheme) {
        snprintf(hint, sizeof(hint), "; was %s: meant?", scheme);
    }
    struct pl_error why = *err;
    return pl_error_set(err, why.status, "%s%s" PL_STR_FMT, why.msg, hint,
                        PL_STR_ARG(pl_buf_str(notes)));
}

enum pl_status pl_source_reach_any(struct pl_arena *arena, pl_str name,
                                   const struct pl_source_options *options,
                                   struct pl_source *source, struct pl_error *err)
{
    struct pl_buf notes pl_autobuf = PL_BUF_INIT(300);
    struct pl_reference reference = {0};
    struct pl_reached reached = {0};
    /* A name that cannot be one is refused before anybody is asked. */
    enum pl_status st = pl_reference_parse(arena, name, &reference, err);
    if (st < 0) {
        return say_what_was_tried(name, &notes, err);
    }
    const struct pl_image_source *place = find_in_engines(arena, name, options, &reached, &notes);
    if (!place) {
        place = pl_image_source_find(PL_STR("registry"));
        st = find(arena, place, name, options, &reached, err);
    }
    /* The place that has it is the one it is taken from: no other is asked when that fails. */
    return st < 0 ? say_what_was_tried(name, &notes, err)
                  : take(arena, place, &reached, options, source, err);
}
