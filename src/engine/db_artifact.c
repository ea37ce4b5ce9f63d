/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/db_artifact.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "format/json_writer.h"
#include <errno.h>
#include <sys/stat.h>

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_EMPTY "application/vnd.oci.empty.v1+json"

enum { BLOCK_BYTES = 1 << 17 };

/* ---- out ---- */

static enum pl_status rewind_file(void *context, struct pl_error *err)
{
    const int *fd = context;
    return lseek(*fd, 0, SEEK_SET) < 0 ? pl_error_sys(err, errno, "reading a temporary file again")
                                       : PL_OK;
}

static enum pl_status read_file(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                struct pl_error *err)
{
    const int *fd = context;
    return pl_io_read(*fd, into, size, ret_got, err);
}

/* Digest and size of what the file holds. */
static enum pl_status describe(int fd, struct pl_descriptor *ret, struct pl_error *err)
{
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(NULL);
    uint8_t *block pl_autofree = pl_mem_alloc(BLOCK_BYTES, 1);
    enum pl_status st = rewind_file(&fd, err);
    uint64_t size_bytes = 0;
    size_t got = 1;
    while (st == PL_OK && got > 0) {
        st = pl_io_read(fd, block, BLOCK_BYTES, &got, err);
        if (st == PL_OK) {
            pl_digest_update(state, (pl_span){block, got});
            size_bytes += got;
        }
    }
    if (st == PL_OK) {
        ret->digest = pl_digest_finish(state);
        ret->size_bytes = size_bytes;
    }
    return st;
}

static enum pl_status push_blob(struct pl_registry *registry, int fd, struct pl_descriptor *blob,
                                bool *ret_is_sent, struct pl_error *err)
{
    bool is_there = false;
    bool is_mounted = false;
    enum pl_status st = fd >= 0 ? describe(fd, blob, err) : PL_OK;
    if (st == PL_OK) {
        st = pl_registry_push_has_blob(registry, &blob->digest, &is_there, err);
    }
    if (st < 0 || is_there) {
        *ret_is_sent = false;
        return st;
    }
    if (fd < 0) {
        return pl_error_set(err, PL_E_NOT_FOUND, "the blob %s is not there any more",
                            blob->digest.text);
    }
    const struct pl_registry_upload upload = {blob, rewind_file, read_file, &fd};
    st = pl_registry_push_blob(registry, &upload, PL_STR_EMPTY, &is_mounted, err);
    *ret_is_sent = st == PL_OK;
    return st;
}

static void write_descriptor(struct pl_json_writer *json, pl_str media_type, pl_str digest,
                             uint64_t size_bytes)
{
    pl_json_writer_member(json, "mediaType", media_type);
    pl_json_writer_member(json, "digest", digest);
    pl_json_writer_member_uint(json, "size", size_bytes);
}

static enum pl_status write_manifest(struct pl_arena *arena, const struct pl_db_part *part,
                                     const struct pl_db_slice_info *slice,
                                     const struct pl_digest *config, pl_str *ret,
                                     struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_MANIFEST_BYTES);
    struct pl_annotations annotations = {0};
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_db_part_annotate(arena, part, slice, &annotations);
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_uint(&json, "schemaVersion", 2);
    pl_json_writer_member(&json, "mediaType", PL_STR(OCI_MANIFEST));
    pl_json_writer_member(&json, "artifactType", part->manifest.artifact_type);
    pl_json_writer_member_object(&json, "config");
    write_descriptor(&json, PL_STR(OCI_EMPTY), pl_digest_str(config), 2);
    pl_json_writer_end_object(&json);
    pl_json_writer_member_array(&json, "layers");
    pl_json_writer_begin_object(&json);
    write_descriptor(&json, part->blob.media_type, pl_digest_str(&part->blob.digest),
                     part->blob.size_bytes);
    pl_json_writer_end_object(&json);
    pl_json_writer_end_array(&json);
    pl_json_writer_member_object(&json, "annotations");
    for (size_t i = 0; i < annotations.count; i++) {
        pl_json_writer_key(&json, annotations.items[i].name.ptr);
        pl_json_writer_string(&json, annotations.items[i].value);
    }
    pl_json_writer_end_object(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    enum pl_status st = pl_writer_finish(&writer, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(arena, pl_buf_str(&text));
    }
    return st;
}

enum pl_status pl_db_artifact_push(struct pl_registry *registry, struct pl_arena *arena,
                                   const struct pl_db_slice_info *slice, int fd,
                                   struct pl_db_part *part, bool *ret_is_sent, struct pl_error *err)
{
    pl_str type = part->from.len > 0 ? PL_STR(PL_DB_PATCH_TYPE) : PL_STR(PL_DB_SLICE_TYPE);
    struct pl_digest config = {.text = ""};
    pl_str bytes = PL_STR_EMPTY;
    part->blob.media_type = type;
    part->manifest =
        (struct pl_descriptor){.media_type = PL_STR(OCI_MANIFEST), .artifact_type = type};
    enum pl_status st = push_blob(registry, fd, &part->blob, ret_is_sent, err);
    if (st == PL_OK) {
        st = pl_registry_push_bytes(registry, PL_STR("{}"), &config, err);
    }
    if (st == PL_OK) {
        st = write_manifest(arena, part, slice, &config, &bytes, err);
    }
    if (st == PL_OK) {
        struct pl_registry_manifest manifest = {bytes, pl_digest_of(pl_str_span(bytes), NULL),
                                                PL_STR(OCI_MANIFEST)};
        part->manifest.digest = manifest.digest;
        part->manifest.size_bytes = bytes.len;
        st = pl_registry_push_manifest(registry, &manifest, PL_STR_EMPTY, err);
    }
    return st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(part->slice)) : st;
}

/* ---- in ---- */

struct fetching {
    int fd;
    struct pl_digest_state *state;
};

static enum pl_status take_piece(void *context, pl_span piece, struct pl_error *err)
{
    struct fetching *fetching = context;
    pl_digest_update(fetching->state, piece);
    return pl_io_write(fetching->fd, pl_span_str(piece), err);
}

enum pl_status pl_db_artifact_fetch(struct pl_registry *registry, const struct pl_db_part *part,
                                    const char *temp_dir, int *ret_fd, struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct pl_digest_state *state PL_CLEANUP(pl_digest_freep) = pl_digest_new(&part->blob.digest);
    enum pl_status st = pl_tempfile_open(temp_dir, &fd, err);
    struct fetching fetching = {fd, state};
    const struct pl_http_sink sink = {take_piece, &fetching};
    if (st == PL_OK) {
        st = pl_registry_blob(registry, &part->blob, &sink, err);
    }
    if (st == PL_OK) {
        struct pl_digest got = pl_digest_finish(state);
        st = pl_digest_verify("the blob", &got, &part->blob.digest, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(part->slice));
    }
    *ret_fd = pl_fd_take(&fd);
    return PL_OK;
}
