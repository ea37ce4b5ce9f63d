/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading an OCI image layout (image-spec, image-layout.md): "index.json" lists what is in it, and
 * the annotation org.opencontainers.image.ref.name of an entry is the name of an image; blobs and
 * documents alike lie at "blobs/ALGORITHM/HEX".
 */
#include "image/copy/layout.h"
#include "base/io.h"
#include "base/limits.h"
#include "image/copy/archive.h"
#include "image/copy/places.h"
#include "image/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define REF_NAME "org.opencontainers.image.ref.name"

struct layout {
    struct pl_store store;
    pl_str name;
};

pl_str pl_layout_blob_name(struct pl_arena *arena, const struct pl_digest *digest)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(digest), ':', &algorithm, &hex);
    return pl_arena_format(arena, "blobs/" PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(algorithm),
                           PL_STR_ARG(hex));
}

static enum pl_status open_in_dir(const struct layout *layout, pl_str name,
                                  struct pl_copy_stream *ret, uint64_t *ret_length,
                                  struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct stat info;
    enum pl_status st = pl_tree_open_below(layout->store.dir_fd, name,
                                           O_RDONLY | O_NONBLOCK | O_NOCTTY, true, &fd, err);
    if (st < 0) {
        return st;
    }
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_PARSE, PL_STR_FMT " is no regular file", PL_STR_ARG(name));
    }
    *ret_length = (uint64_t)info.st_size;
    *ret = pl_copy_stream_of_file(pl_fd_take(&fd), true, 0, (uint64_t)info.st_size);
    return PL_OK;
}

static enum pl_status open_part(struct layout *layout, const struct pl_digest *digest,
                                struct pl_copy_stream *ret, uint64_t *ret_length,
                                struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str name = pl_layout_blob_name(&scratch, digest);
    /* Not through the store, which would keep every file open. */
    if (layout->store.dir_fd >= 0) {
        return open_in_dir(layout, name, ret, ret_length, err);
    }
    struct pl_part part = {.fd = -1};
    enum pl_status st = pl_store_find(&layout->store, name, &part, err);
    if (st == PL_OK) {
        *ret_length = part.length;
        *ret = pl_copy_stream_of_file(part.fd, false, part.offset, part.length);
    }
    return st;
}

static enum pl_status open_blob(void *context, const struct pl_descriptor *descriptor,
                                struct pl_copy_stream *ret, struct pl_error *err)
{
    uint64_t length = 0;
    return open_part(context, &descriptor->digest, ret, &length, err);
}

static enum pl_status read_document(void *context, struct pl_arena *arena,
                                    const struct pl_descriptor *descriptor, pl_str *ret,
                                    struct pl_error *err)
{
    struct pl_copy_stream stream = {.read = NULL};
    uint64_t length = 0;
    enum pl_status st = open_part(context, &descriptor->digest, &stream, &length, err);
    if (st < 0) {
        return st;
    }
    size_t got = 0;
    if (length > PL_LIMIT_MANIFEST_BYTES) {
        st = pl_error_set(err, PL_E_LIMIT, "the manifest %s is larger than %llu bytes",
                          descriptor->digest.text, PL_LIMIT_MANIFEST_BYTES);
    } else {
        uint8_t *bytes = pl_arena_alloc(arena, (size_t)length + 1, 1);
        st = stream.read(stream.context, bytes, (size_t)length, &got, err);
        *ret = pl_str_make((const char *)bytes, got);
    }
    stream.close(stream.context);
    return st;
}

static pl_str name_of(const struct pl_document_part *part)
{
    return pl_annotations_find(&part->annotations, PL_STR(REF_NAME));
}

static enum pl_status read_index(struct layout *layout, struct pl_arena *arena,
                                 struct pl_document *ret, struct pl_error *err)
{
    pl_str bytes = PL_STR_EMPTY;
    enum pl_status st =
        pl_store_read(&layout->store, PL_STR("index.json"), PL_LIMIT_MANIFEST_BYTES, &bytes, err);
    if (st == PL_OK) {
        st = pl_document_read(arena, bytes, PL_STR_EMPTY, ret, err);
    }
    if (st == PL_OK && ret->kind != PL_DOCUMENT_INDEX) {
        st = pl_error_set(err, PL_E_PARSE, "it lists no manifests");
    }
    return st < 0 ? pl_error_wrap(err, "index.json") : st;
}

/* The one of that name or digest, or the only one. */
static enum pl_status choose(const struct pl_document *index, pl_str name,
                             const struct pl_document_part **ret, struct pl_error *err)
{
    struct pl_buf offers pl_autobuf = PL_BUF_INIT(300);
    const struct pl_document_part *found = NULL;
    for (size_t i = 0; i < index->parts.count; i++) {
        const struct pl_document_part *part = &index->parts.items[i];
        pl_str own = name_of(part);
        bool is_it = name.len > 0 && (pl_str_eq(own, name) ||
                                      pl_str_eq(pl_digest_str(&part->descriptor.digest), name));
        if (is_it || (name.len == 0 && index->parts.count == 1)) {
            found = part;
        }
        pl_buf_append_format(
            &offers, "%s" PL_STR_FMT, offers.len > 0 ? ", " : "",
            PL_STR_ARG(own.len > 0 ? own : pl_digest_str(&part->descriptor.digest)));
    }
    if (found) {
        *ret = found;
        return PL_OK;
    }
    if (name.len > 0) {
        return pl_error_set(err, PL_E_NOT_FOUND, "it has no image " PL_STR_FMT "; it has: %s",
                            PL_STR_ARG(name), offers.len > 0 ? offers.ptr : "none");
    }
    return index->parts.count == 0
               ? pl_error_set(err, PL_E_NOT_FOUND, "it holds no image")
               : pl_error_set(err, PL_E_USAGE,
                              "it holds %zu images; add one of these after a colon: %s",
                              index->parts.count, offers.ptr);
}

static enum pl_status read_root(void *context, struct pl_arena *arena, pl_str name,
                                struct pl_copy_document *ret, struct pl_error *err)
{
    struct layout *layout = context;
    struct pl_document index = {.kind = PL_DOCUMENT_INDEX};
    const struct pl_document_part *part = NULL;
    enum pl_status st = read_index(layout, arena, &index, err);
    if (st == PL_OK) {
        st = choose(&index, name.len > 0 ? name : layout->name, &part, err);
    }
    pl_str bytes = PL_STR_EMPTY;
    if (st == PL_OK) {
        st = read_document(layout, arena, &part->descriptor, &bytes, err);
    }
    if (st == PL_OK) {
        *ret =
            (struct pl_copy_document){bytes, part->descriptor.digest, part->descriptor.media_type};
    }
    return st;
}

static enum pl_status list_names(void *context, struct pl_arena *arena, struct pl_strs *ret,
                                 struct pl_error *err)
{
    struct pl_document index = {.kind = PL_DOCUMENT_INDEX};
    enum pl_status st = read_index(context, arena, &index, err);
    for (size_t i = 0; st == PL_OK && i < index.parts.count; i++) {
        pl_str name = name_of(&index.parts.items[i]);
        if (name.len > 0) {
            *pl_vec_push(arena, ret) = name;
        }
    }
    return st;
}

static void close_layout(void *context)
{
    struct layout *layout = context;
    pl_store_close(&layout->store);
}

static enum pl_status open_reader(struct pl_arena *arena, struct pl_store *store, pl_str name,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    struct layout *layout = PL_ARENA_NEW(arena, struct layout);
    layout->store = *store;
    layout->name = name;
    *store = (struct pl_store){.dir_fd = -1, .file_fd = -1};
    *ret = (struct pl_copy_reader){.root = read_root,
                                   .document = read_document,
                                   .open = open_blob,
                                   .names = list_names,
                                   .close = close_layout,
                                   .context = layout};
    if (!pl_store_has(&layout->store, PL_STR("index.json"))) {
        pl_copy_reader_close(ret);
        return pl_error_set(err, PL_E_PARSE, "it is no OCI image layout: it has no index.json");
    }
    return PL_OK;
}

static enum pl_status open_archive(struct pl_arena *arena, const char *path, struct pl_store *ret,
                                   struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = pl_copy_open_archive(path, &fd, err);
    if (st == PL_OK) {
        st = pl_store_open_archive(arena, pl_fd_take(&fd), ret, err);
    }
    return st < 0 ? pl_error_wrap(err, "%s", path) : st;
}

static enum pl_status open_at(struct pl_arena *arena, pl_str place,
                              enum pl_status (*open)(struct pl_arena *arena, const char *path,
                                                     struct pl_store *ret, struct pl_error *err),
                              struct pl_copy_reader *ret, struct pl_error *err)
{
    const char *path = NULL;
    pl_str name = PL_STR_EMPTY;
    struct pl_store store pl_autostore = {.dir_fd = -1, .file_fd = -1};
    pl_copy_split_path(arena, place, &path, &name);
    enum pl_status st = open(arena, path, &store, err);
    if (st == PL_OK) {
        st = open_reader(arena, &store, name, ret, err);
        st = st < 0 ? pl_error_wrap(err, "%s", path) : st;
    }
    return st;
}

enum pl_status pl_layout_read_dir(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    (void)settings;
    return open_at(arena, rest, pl_store_open_dir, ret, err);
}

enum pl_status pl_layout_read_archive(struct pl_arena *arena, pl_str rest,
                                      const struct pl_copy_settings *settings,
                                      struct pl_copy_reader *ret, struct pl_error *err)
{
    (void)settings;
    return open_at(arena, rest, open_archive, ret, err);
}

enum pl_status pl_layout_index_add(json_t *index, const struct pl_copy_document *document,
                                   pl_str name, struct pl_error *err)
{
    json_t *manifests = json_object_get(index, "manifests");
    if (!json_is_array(manifests)) {
        return pl_error_set(err, PL_E_PARSE, "index.json lists no manifests");
    }
    for (size_t i = json_array_size(manifests); i-- > 0;) {
        const json_t *entry = json_array_get(manifests, i);
        pl_str own = pl_json_str(pl_json_object(entry, "annotations"), REF_NAME);
        pl_str digest = pl_json_str(entry, "digest");
        bool is_same = name.len > 0
                           ? pl_str_eq(own, name)
                           : own.len == 0 && pl_str_eq(digest, pl_digest_str(&document->digest));
        if (is_same) {
            json_array_remove(manifests, i);
        }
    }
    json_t *entry = json_object();
    json_object_set_new(entry, "mediaType",
                        json_stringn(document->media_type.ptr, document->media_type.len));
    json_object_set_new(entry, "digest", json_string(document->digest.text));
    json_object_set_new(entry, "size", json_integer((json_int_t)document->bytes.len));
    if (name.len > 0) {
        json_t *annotations = json_object();
        json_object_set_new(annotations, REF_NAME, json_stringn(name.ptr, name.len));
        json_object_set_new(entry, "annotations", annotations);
    }
    json_array_append_new(manifests, entry);
    return PL_OK;
}
