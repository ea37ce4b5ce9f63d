/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ends - the two ends of a copy: where an image is read from, and where it is written to.
 *
 * Each kind of place is one file that fills one of these tables, or both; image/copy/places.c lists
 * them. The walk over the image (copy.c) is written once. An end is used by one thread.
 */
#include "image/document.h"
#include "image/registry/client.h"

/* An index or a manifest, as its digest addresses it. */
struct pl_copy_document {
    pl_str bytes;
    struct pl_digest digest;
    pl_str media_type;
};

/* A blob's bytes, in order. */
struct pl_copy_stream {
    /* 0 bytes at the end. */
    enum pl_status (*read)(void *context, uint8_t *into, size_t size, size_t *ret_got,
                           struct pl_error *err);
    void (*close)(void *context);
    void *context;
};

struct pl_copy_reader {
    /* What the place's own selector stands for, or `name` when that is not empty. The strings live
     * in `arena`; that the bytes have their digest is for the caller to check. */
    enum pl_status (*root)(void *context, struct pl_arena *arena, pl_str name,
                           struct pl_copy_document *ret, struct pl_error *err);
    /* A manifest or index that another one names. */
    enum pl_status (*document)(void *context, struct pl_arena *arena,
                               const struct pl_descriptor *descriptor, pl_str *ret,
                               struct pl_error *err);
    /* NOT_FOUND when it is not there. One stream at a time. */
    enum pl_status (*open)(void *context, const struct pl_descriptor *descriptor,
                           struct pl_copy_stream *ret, struct pl_error *err);
    /* All names that `root` takes; NULL where there are none. */
    enum pl_status (*names)(void *context, struct pl_arena *arena, struct pl_strs *ret,
                            struct pl_error *err);
    void (*close)(void *context);
    void *context;
    /* Of a registry, to find out whether both ends are in the same; else NULL. */
    const struct pl_reference *reference;
    bool is_made; /* there is no manifest in the place: `root` gives one that was made */
};

/* A blob that is to be written. Opened as often as its writer has to begin anew. */
struct pl_copy_blob {
    const struct pl_copy_reader *reader;
    const struct pl_descriptor *descriptor;
    const struct pl_progress *progress; /* or NULL */
};

/* Writes a blob or a document, names an image, and in the end makes all of it seen at once. What
 * `finish` was not called for, or failed, leaves nothing behind when closed. */
struct pl_copy_writer {
    enum pl_status (*has_blob)(void *context, const struct pl_descriptor *descriptor, bool *ret,
                               struct pl_error *err);
    /* *ret_is_taken: it was taken over from elsewhere in the place, and not sent. */
    enum pl_status (*put_blob)(void *context, const struct pl_copy_blob *blob, bool *ret_is_taken,
                               struct pl_error *err);
    /* After all that it names. `is_root` tells the outermost one, which gets the name (or the
     * place's own, when that is empty). */
    enum pl_status (*put_document)(void *context, const struct pl_copy_document *document,
                                   bool is_root, pl_str name, struct pl_error *err);
    /* In place of all of the above, for a place that holds no manifests. */
    enum pl_status (*put_image)(void *context, const struct pl_copy_reader *reader,
                                const struct pl_image *image, const struct pl_progress *progress,
                                uint64_t *ret_bytes, struct pl_error *err);
    enum pl_status (*finish)(void *context, struct pl_error *err);
    void (*close)(void *context);
    void *context;
};

/* What both ends are opened with; borrowed for as long as they are used. */
struct pl_copy_settings {
    const struct pl_registry_options *registry;
    const struct pl_platform *platform;
    const struct pl_progress *progress;
    bool wants_all_names; /* the source is a repository rather than an image */
};

static inline void pl_copy_reader_close(struct pl_copy_reader *reader)
{
    if (reader->close) {
        reader->close(reader->context);
        reader->close = NULL;
    }
}
#define pl_autocopyreader PL_CLEANUP(pl_copy_reader_close)

static inline void pl_copy_writer_close(struct pl_copy_writer *writer)
{
    if (writer->close) {
        writer->close(writer->context);
        writer->close = NULL;
    }
}
#define pl_autocopywriter PL_CLEANUP(pl_copy_writer_close)

/* A blob's stream that is held to its descriptor: the last bytes are only given when the digest of
 * all of them is right, so that whoever writes them never has a wrong whole. */
struct pl_copy_checked;

enum pl_status pl_copy_open(const struct pl_copy_blob *blob, struct pl_copy_checked **ret,
                            struct pl_error *err);
/* TRUST when it is longer or shorter than its descriptor says, or of another digest. */
enum pl_status pl_copy_read(struct pl_copy_checked *checked, uint8_t *into, size_t size,
                            size_t *ret_got, struct pl_error *err);
void pl_copy_close(struct pl_copy_checked *checked);
PL_DEFINE_CLEANUP(struct pl_copy_checked, pl_copy_close)

/* All of it, piece by piece. */
enum pl_status pl_copy_pour(const struct pl_copy_blob *blob,
                            enum pl_status (*take)(void *context, pl_span piece,
                                                   struct pl_error *err),
                            void *context, struct pl_error *err);

/* A stream over a part of a file; `owns_fd`: closed with it. */
struct pl_copy_stream pl_copy_stream_of_file(int fd, bool owns_fd, uint64_t offset,
                                             uint64_t length);
