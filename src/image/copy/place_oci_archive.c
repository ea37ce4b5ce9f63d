/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI image layout as a tar archive: the same members as a directory has, blobs first, since it
 * is only known at the end what index.json has to name.
 */
#include "image/copy/archive.h"
#include "image/copy/layout.h"
#include "image/copy/places.h"

struct oci_archive {
    struct pl_copy_archive file;
    pl_str name;
    json_t *index;
};

static enum pl_status has_blob(void *context, const struct pl_descriptor *descriptor, bool *ret,
                               struct pl_error *err)
{
    (void)context;
    (void)descriptor;
    (void)err;
    *ret = false;
    return PL_OK;
}

static enum pl_status write_piece(void *context, pl_span piece, struct pl_error *err)
{
    return pl_tar_writer_data(context, piece, err);
}

static enum pl_status put_blob(void *context, const struct pl_copy_blob *blob, bool *ret_is_taken,
                               struct pl_error *err)
{
    struct oci_archive *archive = context;
    *ret_is_taken = false;
    struct pl_tar_writer *tar = &archive->file.tar;
    pl_str name = pl_layout_blob_name(archive->file.arena, &blob->descriptor->digest);
    enum pl_status st = pl_tar_writer_begin(tar, name.ptr, err);
    if (st == PL_OK) {
        st = pl_copy_pour(blob, write_piece, tar, err);
    }
    return st < 0 ? st : pl_tar_writer_end(tar, err);
}

static enum pl_status put_document(void *context, const struct pl_copy_document *document,
                                   bool is_root, pl_str name, struct pl_error *err)
{
    struct oci_archive *archive = context;
    pl_str member = pl_layout_blob_name(archive->file.arena, &document->digest);
    enum pl_status st = pl_copy_archive_add(&archive->file, member.ptr, document->bytes, err);
    if (st == PL_OK && is_root) {
        st =
            pl_layout_index_add(archive->index, document, name.len > 0 ? name : archive->name, err);
    }
    return st;
}

static enum pl_status finish(void *context, struct pl_error *err)
{
    struct oci_archive *archive = context;
    char *index pl_autofree = json_dumps(archive->index, JSON_COMPACT);
    enum pl_status st =
        pl_copy_archive_add(&archive->file, "oci-layout", PL_STR(PL_LAYOUT_MARK), err);
    if (st == PL_OK) {
        st = pl_copy_archive_add(&archive->file, "index.json", pl_str_from(index), err);
    }
    return st < 0 ? st : pl_copy_archive_finish(&archive->file, err);
}

static void close_archive(void *context)
{
    struct oci_archive *archive = context;
    pl_copy_archive_close(&archive->file);
    json_decref(archive->index);
}

static enum pl_status open_writer(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_writer *ret, struct pl_error *err)
{
    (void)settings;
    struct oci_archive *archive = PL_ARENA_NEW(arena, struct oci_archive);
    const char *path = NULL;
    pl_copy_split_path(arena, rest, &path, &archive->name);
    enum pl_status st = pl_copy_archive_begin(arena, path, &archive->file, err);
    if (st < 0) {
        return st;
    }
    *ret = (struct pl_copy_writer){.has_blob = has_blob,
                                   .put_blob = put_blob,
                                   .put_document = put_document,
                                   .finish = finish,
                                   .close = close_archive,
                                   .context = archive};
    return pl_json_parse(PL_STR(PL_LAYOUT_EMPTY_INDEX), "index.json", &archive->index, err);
}

const struct pl_copy_place pl_copy_place_oci_archive = {
    .scheme = "oci-archive",
    .open_reader = pl_layout_read_archive,
    .open_writer = open_writer,
};
