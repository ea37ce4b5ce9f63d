/* SPDX-License-Identifier: Apache-2.0 */
#include "image/copy/copy.h"
#include "base/limits.h"
#include "base/map.h"
#include "image/copy/places.h"
#include "image/manifest.h"

/* Indexes within indexes. */
enum { MOST_LEVELS = 4 };

struct walk {
    struct pl_arena *arena; /* of the keys below */
    const struct pl_copy_reader *reader;
    const struct pl_copy_writer *writer;
    const struct pl_copy_settings *settings;
    struct pl_copy_result *result;
    struct pl_map seen; /* digests of blobs and documents that are done */
};

/* True the first time. */
static bool is_first(struct walk *walk, const struct pl_digest *digest)
{
    if (pl_map_find(&walk->seen, pl_digest_str(digest))) {
        return false;
    }
    *pl_map_at(&walk->seen, pl_arena_dup(walk->arena, pl_digest_str(digest))) = walk;
    return true;
}

static enum pl_status send_blob(struct walk *walk, const struct pl_descriptor *descriptor,
                                struct pl_error *err)
{
    struct pl_copy_result *result = walk->result;
    struct pl_copy_blob blob = {walk->reader, descriptor, walk->settings->progress};
    bool is_taken = false;
    struct pl_error failure = PL_ERROR_INIT;
    enum pl_status st = walk->writer->put_blob(walk->writer->context, &blob, &is_taken, &failure);
    if (st == PL_E_NOT_FOUND && descriptor->has_urls) {
        result->foreign_layers++;
        return PL_OK;
    }
    if (st < 0) {
        if (err) {
            *err = failure;
        }
        return st;
    }
    *(is_taken ? &result->taken_blobs : &result->sent_blobs) += 1;
    *(is_taken ? &result->taken_bytes : &result->sent_bytes) += descriptor->size_bytes;
    return PL_OK;
}

static enum pl_status copy_blob(struct walk *walk, const struct pl_descriptor *descriptor,
                                struct pl_error *err)
{
    bool is_there = false;
    if (!is_first(walk, &descriptor->digest)) {
        return PL_OK;
    }
    enum pl_status st = walk->writer->has_blob(walk->writer->context, descriptor, &is_there, err);
    if (st == PL_OK && is_there) {
        walk->result->there_blobs++;
        walk->result->there_bytes += descriptor->size_bytes;
    } else if (st == PL_OK) {
        st = send_blob(walk, descriptor, err);
    }
    return st;
}

static enum pl_status copy_document(struct walk *walk, const struct pl_copy_document *given,
                                    int level, pl_str name, struct pl_error *err);

/* A manifest that an index names. */
static enum pl_status copy_named(struct walk *walk, const struct pl_descriptor *descriptor,
                                 int level, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_copy_document document = {.digest = descriptor->digest,
                                        .media_type = descriptor->media_type};
    if (!is_first(walk, &descriptor->digest)) {
        return PL_OK;
    }
    enum pl_status st =
        walk->reader->document(walk->reader->context, &scratch, descriptor, &document.bytes, err);
    if (st == PL_OK && document.bytes.len != descriptor->size_bytes) {
        st = pl_error_set(err, PL_E_TRUST, "it has %zu bytes, but its descriptor says %llu",
                          document.bytes.len, (unsigned long long)descriptor->size_bytes);
    }
    if (st < 0) {
        return pl_error_wrap(err, "the manifest %s", descriptor->digest.text);
    }
    return copy_document(walk, &document, level + 1, PL_STR_EMPTY, err);
}

static enum pl_status copy_parts(struct walk *walk, const struct pl_document *document, int level,
                                 struct pl_error *err)
{
    enum pl_status st = PL_OK;
    if (document->config.descriptor.digest.text[0] != '\0') {
        st = copy_blob(walk, &document->config.descriptor, err);
    }
    for (size_t i = 0; st == PL_OK && i < document->parts.count; i++) {
        const struct pl_descriptor *descriptor = &document->parts.items[i].descriptor;
        st = document->kind == PL_DOCUMENT_INDEX ? copy_named(walk, descriptor, level, err)
                                                 : copy_blob(walk, descriptor, err);
    }
    return st;
}

static enum pl_status check_document(const struct pl_copy_document *document, struct pl_error *err)
{
    struct pl_digest got = pl_digest_of(pl_str_span(document->bytes), &document->digest);
    return pl_digest_verify("the manifest", &got, &document->digest, err);
}

/* Level 0 is the outermost one, which gets the name. */
static enum pl_status copy_document(struct walk *walk, const struct pl_copy_document *given,
                                    int level, pl_str name, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    if (level > MOST_LEVELS) {
        return pl_error_set(err, PL_E_LIMIT, "indexes nest deeper than %d levels", MOST_LEVELS);
    }
    if (++walk->result->documents > PL_LIMIT_COPIED_DOCUMENTS) {
        return pl_error_set(err, PL_E_LIMIT, "more than %d manifests are to be copied",
                            PL_LIMIT_COPIED_DOCUMENTS);
    }
    enum pl_status st = check_document(given, err);
    if (st == PL_OK) {
        st = pl_document_read(&scratch, given->bytes, given->media_type, &document, err);
        st = st < 0 ? pl_error_wrap(err, "the manifest %s", given->digest.text) : st;
    }
    if (st == PL_OK) {
        st = copy_parts(walk, &document, level, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_copy_document copied = {given->bytes, given->digest, document.media_type};
    st = walk->writer->put_document(walk->writer->context, &copied, level == 0, name, err);
    if (st == PL_OK && level == 0) {
        *pl_vec_push(walk->arena, walk->result) =
            (struct pl_copied){pl_arena_dup(walk->arena, name), given->digest,
                               pl_arena_dup(walk->arena, document.media_type)};
    }
    return st;
}

/* For pl_manifest_open: finds the image of one platform. */
struct lookup {
    const struct walk *walk;
    struct pl_arena *arena;
};

static enum pl_status into_buffer(void *context, pl_span piece, struct pl_error *err)
{
    pl_buf_append(context, pl_span_str(piece));
    return pl_buf_status(context, "it", err);
}

static enum pl_status look_up(void *context, const struct pl_descriptor *descriptor,
                              bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                              struct pl_error *err)
{
    const struct lookup *lookup = context;
    const struct pl_copy_reader *reader = lookup->walk->reader;
    if (is_manifest) {
        return reader->document(reader->context, lookup->arena, descriptor, ret, err);
    }
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(ceiling_bytes);
    struct pl_copy_blob blob = {reader, descriptor, NULL};
    enum pl_status st = pl_copy_pour(&blob, into_buffer, &bytes, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(lookup->arena, pl_buf_str(&bytes));
    }
    return st;
}

static enum pl_status find_image(const struct walk *walk, struct pl_arena *arena,
                                 const struct pl_copy_document *root, struct pl_image *ret,
                                 struct pl_error *err)
{
    struct lookup lookup = {walk, arena};
    /* Layers are opened by their descriptors, later. */
    struct pl_blob_getter blobs = {look_up, NULL, &lookup};
    struct pl_manifest_query query = {arena, &blobs, walk->settings->platform, PL_STR_EMPTY};
    return pl_manifest_open(&query, root->bytes, &root->digest, ret, err);
}

static enum pl_status copy_image(struct walk *walk, struct pl_arena *arena,
                                 const struct pl_copy_document *root, struct pl_error *err)
{
    struct pl_image image = {.digest = PL_STR_EMPTY};
    struct pl_copy_result *result = walk->result;
    uint64_t bytes = 0;
    enum pl_status st = find_image(walk, arena, root, &image, err);
    if (st == PL_OK) {
        st = walk->writer->put_image(walk->writer->context, walk->reader, &image,
                                     walk->settings->progress, &bytes, err);
    }
    if (st == PL_OK) {
        result->is_id_alone = true;
        result->sent_blobs += image.layers.count + 1;
        result->sent_bytes += bytes + image.config.len;
        *pl_vec_push(walk->arena, result) =
            (struct pl_copied){.digest = pl_digest_of(pl_str_span(image.config), NULL)};
    }
    return st;
}

/* The manifest of the platform that the user stated in place of the index. */
static enum pl_status choose_platform(const struct walk *walk, struct pl_arena *arena,
                                      struct pl_copy_document *root, struct pl_error *err)
{
    struct pl_image image = {.digest = PL_STR_EMPTY};
    enum pl_status st = find_image(walk, arena, root, &image, err);
    if (st < 0 || pl_str_eq(image.digest, pl_digest_str(&root->digest))) {
        return st;
    }
    struct pl_descriptor descriptor = {.size_bytes = 0};
    struct pl_copy_document chosen = {.media_type = PL_STR_EMPTY};
    st = pl_digest_parse(image.digest, &descriptor.digest, err);
    if (st == PL_OK) {
        st = walk->reader->document(walk->reader->context, arena, &descriptor, &chosen.bytes, err);
    }
    if (st == PL_OK) {
        chosen.digest = descriptor.digest;
        *root = chosen;
    }
    return st;
}

static enum pl_status copy_root(struct walk *walk, pl_str name, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_copy_document root = {.media_type = PL_STR_EMPTY};
    enum pl_status st = walk->reader->root(walk->reader->context, &scratch, name, &root, err);
    if (st == PL_OK) {
        st = check_document(&root, err);
    }
    if (st == PL_OK && walk->writer->put_image) {
        return copy_image(walk, &scratch, &root, err);
    }
    if (st == PL_OK && walk->settings->platform->is_stated) {
        st = choose_platform(walk, &scratch, &root, err);
    }
    if (st == PL_OK) {
        st = copy_document(walk, &root, 0, name, err);
    }
    return st < 0 && name.len > 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(name)) : st;
}

static enum pl_status copy_all(struct walk *walk, struct pl_error *err)
{
    struct pl_strs names = {0};
    if (!walk->reader->names || walk->writer->put_image) {
        return pl_error_set(err, PL_E_USAGE, "--all-tags is for registries and OCI image layouts");
    }
    enum pl_status st = walk->reader->names(walk->reader->context, walk->arena, &names, err);
    if (st == PL_OK && names.count == 0) {
        st = pl_error_set(err, PL_E_NOT_FOUND, "it has no tags");
    }
    for (size_t i = 0; st == PL_OK && i < names.count; i++) {
        st = copy_root(walk, names.items[i], err);
    }
    return st;
}

static enum pl_status copy_between(struct walk *walk, struct pl_error *err)
{
    walk->result->is_manifest_made = walk->reader->is_made;
    enum pl_status st =
        walk->settings->wants_all_names ? copy_all(walk, err) : copy_root(walk, PL_STR_EMPTY, err);
    if (st == PL_OK) {
        st = walk->writer->finish(walk->writer->context, err);
    }
    pl_map_release(&walk->seen);
    return st;
}

enum pl_status pl_copy(struct pl_arena *arena, pl_str source, pl_str destination,
                       const struct pl_copy_settings *settings, struct pl_copy_result *ret,
                       struct pl_error *err)
{
    const struct pl_copy_place *from = NULL;
    const struct pl_copy_place *to = NULL;
    pl_str from_rest = PL_STR_EMPTY;
    pl_str to_rest = PL_STR_EMPTY;
    enum pl_status st = pl_copy_place_find(source, &from, &from_rest, err);
    if (st == PL_OK) {
        st = pl_copy_place_find(destination, &to, &to_rest, err);
    }
    if (st == PL_OK && !to->open_writer) {
        st = pl_error_set(err, PL_E_USAGE, "%s: can be copied from, but not to", to->scheme);
    }
    struct pl_copy_reader reader pl_autocopyreader = {.close = NULL};
    struct pl_copy_writer writer pl_autocopywriter = {.close = NULL};
    if (st == PL_OK) {
        st = from->open_reader(arena, from_rest, settings, &reader, err);
        st = st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(source)) : st;
    }
    if (st == PL_OK) {
        st = to->open_writer(arena, to_rest, settings, &writer, err);
        st = st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(destination)) : st;
    }
    if (st < 0) {
        return st;
    }
    struct pl_copy_result result = {0};
    struct walk walk = {arena, &reader, &writer, settings, &result, {0}};
    st = copy_between(&walk, err);
    if (st == PL_OK) {
        *ret = result;
    }
    return st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(source)) : st;
}
