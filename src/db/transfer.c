/* SPDX-License-Identifier: Apache-2.0 */
#include "db/transfer.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "db/generation.h"
#include "db/table.h"
#include "format/stream.h"
#include "format/tar.h"
#include "format/tar_writer.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <zstd.h>

#define MANIFEST "manifest.json"

enum { COPY_BYTES = 1 << 18, ZSTD_LEVEL = 12 };

/* ---- out ---- */

static enum pl_status add_slice(struct pl_tar_writer *tar, int dir_fd,
                                const struct pl_db_slice_info *slice, struct pl_error *err)
{
    char name[NAME_MAX + 1];
    snprintf(name, sizeof(name), PL_STR_FMT PL_DB_SLICE_SUFFIX, PL_STR_ARG(slice->digits));
    int fd pl_autoclose = -1;
    enum pl_status st = pl_generation_open_slice(dir_fd, slice, &fd, err);
    uint8_t *block pl_autofree = pl_mem_alloc(COPY_BYTES, 1);
    size_t got = 1;
    if (st == PL_OK) {
        st = pl_tar_writer_begin(tar, name, err);
    }
    while (st == PL_OK && got > 0) {
        st = pl_io_read(fd, block, COPY_BYTES, &got, err);
        if (st == PL_OK && got > 0) {
            st = pl_tar_writer_data(tar, (pl_span){block, got}, err);
        }
    }
    return st == PL_OK ? pl_tar_writer_end(tar, err) : st;
}

static enum pl_status write_archive(int dir_fd, int archive_fd, const struct pl_progress *progress,
                                    struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_tar_writer tar;
    struct pl_db_manifest manifest = {.created = PL_STR_EMPTY};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_MANIFEST_BYTES);
    pl_tar_writer_init(&tar, archive_fd);
    enum pl_status st = pl_generation_read(dir_fd, PL_STR_EMPTY, &arena, &manifest, err);
    if (st == PL_OK) {
        st = pl_db_manifest_write(&manifest, &text, err);
    }
    if (st == PL_OK) {
        st = pl_tar_writer_add(&tar, MANIFEST, pl_buf_str(&text), err);
    }
    for (size_t i = 0; st == PL_OK && i < manifest.slices.count; i++) {
        pl_progress_tell(progress, manifest.slices.items[i].name, i, manifest.slices.count);
        st = add_slice(&tar, dir_fd, &manifest.slices.items[i], err);
    }
    return st == PL_OK ? pl_tar_writer_finish(&tar, err) : st;
}

/* One call of the compressor: what it makes of the input goes out. */
static enum pl_status squeeze(ZSTD_CCtx *context, ZSTD_inBuffer *input, bool is_last, uint8_t *made,
                              int out_fd, uint64_t *written, size_t *ret_left, struct pl_error *err)
{
    ZSTD_outBuffer output = {.dst = made, .size = COPY_BYTES};
    size_t left =
        ZSTD_compressStream2(context, &output, input, is_last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left)) {
        return pl_error_set(err, PL_E_INTERNAL, "compressing: %s", ZSTD_getErrorName(left));
    }
    *written += output.pos;
    *ret_left = left;
    return pl_io_write(out_fd, pl_str_make((const char *)made, output.pos), err);
}

static enum pl_status compress(int in_fd, int out_fd, uint64_t *ret_bytes, struct pl_error *err)
{
    uint8_t *read pl_autofree = pl_mem_alloc(COPY_BYTES, 1);
    uint8_t *made pl_autofree = pl_mem_alloc(COPY_BYTES, 1);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (!context) {
        pl_mem_abort(COPY_BYTES);
    }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    uint64_t written = 0;
    bool is_last = false;
    enum pl_status st = lseek(in_fd, 0, SEEK_SET) < 0
                            ? pl_error_sys(err, errno, "reading the archive again")
                            : PL_OK;
    while (st == PL_OK && !is_last) {
        size_t got = 0;
        st = pl_io_read(in_fd, read, COPY_BYTES, &got, err);
        is_last = got < COPY_BYTES;
        ZSTD_inBuffer input = {.src = read, .size = got};
        size_t left = 1;
        while (st == PL_OK && (input.pos < input.size || (is_last && left > 0))) {
            st = squeeze(context, &input, is_last, made, out_fd, &written, &left, err);
        }
    }
    ZSTD_freeCCtx(context);
    *ret_bytes = written;
    return st;
}

enum pl_status pl_db_export(const char *dir, int fd, const struct pl_progress *progress,
                            uint64_t *ret_bytes, struct pl_error *err)
{
    int archive_fd pl_autoclose = -1;
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0) {
        return pl_error_sys(err, errno, "opening the advisory database %s", dir);
    }
    enum pl_status st = pl_tempfile_open(dir, &archive_fd, err);
    if (st == PL_OK) {
        st = write_archive(dir_fd, archive_fd, progress, err);
    }
    return st == PL_OK ? compress(archive_fd, fd, ret_bytes, err) : st;
}

/* ---- in ---- */

static enum pl_status read_member(struct pl_tar *tar, uint64_t size_bytes, struct pl_buf *into,
                                  struct pl_error *err)
{
    enum pl_status st = PL_OK;
    while (st == PL_OK) {
        pl_span piece = {NULL, 0};
        uint64_t offset = 0;
        st = pl_tar_read(tar, &piece, &offset, err);
        if (st == PL_OK && offset != into->len) {
            return pl_error_set(err, PL_E_PARSE, "a member has holes");
        }
        if (st == PL_OK) {
            pl_buf_append(into, pl_span_str(piece));
            st = pl_buf_status(into, "a member", err);
        }
    }
    if (st == PL_E_NOT_FOUND && into->len != size_bytes) {
        return pl_error_set(err, PL_E_PARSE, "a member is cut off");
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

/* The file that is being written must be the slice that its name says. */
static enum pl_status check_slice(int fd, const struct pl_db_slice_info *slice,
                                  struct pl_error *err)
{
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    enum pl_status st = pl_table_open(fd, slice->digits.ptr, &table, err);
    if (st == PL_OK && !pl_str_eq(pl_table_digest(table), slice->digits)) {
        st = pl_error_set(err, PL_E_TRUST, "it is another slice than its name says");
    }
    return st == PL_OK ? pl_table_verify(table, err) : st;
}

static enum pl_status take_slice(int dir_fd, struct pl_tar *tar,
                                 const struct pl_db_slice_info *slice, struct pl_error *err)
{
    struct pl_slice_file file = {.fd = -1};
    enum pl_status st = pl_generation_begin_slice(dir_fd, 0, &file, err);
    while (st == PL_OK) {
        pl_span piece = {NULL, 0};
        uint64_t offset = 0;
        st = pl_tar_read(tar, &piece, &offset, err);
        if (st == PL_OK) {
            st = pl_io_write(file.fd, pl_span_str(piece), err);
        }
    }
    st = st == PL_E_NOT_FOUND ? check_slice(file.fd, slice, err) : st;
    if (st == PL_OK) {
        st = pl_generation_keep_slice(dir_fd, &file, slice->digits.ptr, err);
    }
    pl_generation_abandon(dir_fd, &file);
    return st < 0 ? pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(slice->name)) : PL_OK;
}

static const struct pl_db_slice_info *slice_of_member(const struct pl_db_manifest *manifest,
                                                      pl_str member)
{
    pl_str suffix = PL_STR(PL_DB_SLICE_SUFFIX);
    for (size_t i = 0; i < manifest->slices.count; i++) {
        pl_str digits = manifest->slices.items[i].digits;
        if (member.len == digits.len + suffix.len && pl_str_starts_with(member, digits) &&
            pl_str_ends_with(member, suffix)) {
            return &manifest->slices.items[i];
        }
    }
    return NULL;
}

/* All members; the manifest comes first. */
static enum pl_status read_archive(int dir_fd, struct pl_tar *tar, struct pl_arena *arena,
                                   const struct pl_progress *progress,
                                   struct pl_db_manifest *manifest, struct pl_error *err)
{
    bool has_manifest = false;
    for (uint64_t done = 0;; done++) {
        struct pl_tar_entry entry = {0};
        enum pl_status st = pl_tar_next(tar, &entry, err);
        if (st == PL_E_NOT_FOUND) {
            return has_manifest
                       ? PL_OK
                       : pl_error_set(err, PL_E_PARSE, "it is no export of an advisory database");
        }
        if (st == PL_OK && !has_manifest) {
            struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_MANIFEST_BYTES);
            if (entry.type != PL_TAR_FILE || !pl_str_eq(entry.path, PL_STR(MANIFEST))) {
                return pl_error_set(err, PL_E_PARSE,
                                    "it is no export of an advisory database: " MANIFEST
                                    " does not come first");
            }
            st = read_member(tar, entry.size_bytes, &text, err);
            st = st < 0 ? st : pl_db_manifest_parse(arena, pl_buf_str(&text), manifest, err);
            has_manifest = st == PL_OK;
        } else if (st == PL_OK && entry.type == PL_TAR_FILE) {
            const struct pl_db_slice_info *slice = slice_of_member(manifest, entry.path);
            pl_progress_tell(progress, PL_STR("importing"), done, manifest->slices.count);
            st = slice ? take_slice(dir_fd, tar, slice, err) : PL_OK;
        }
        if (st < 0) {
            return st;
        }
    }
}

static enum pl_status check_complete(int dir_fd, const struct pl_db_manifest *manifest,
                                     struct pl_error *err)
{
    for (size_t i = 0; i < manifest->slices.count; i++) {
        char name[NAME_MAX + 1];
        snprintf(name, sizeof(name), PL_STR_FMT PL_DB_SLICE_SUFFIX,
                 PL_STR_ARG(manifest->slices.items[i].digits));
        if (faccessat(dir_fd, name, F_OK, 0) < 0) {
            return pl_error_set(err, PL_E_PARSE, "it lacks " PL_STR_FMT " (%s)",
                                PL_STR_ARG(manifest->slices.items[i].name), name);
        }
    }
    return PL_OK;
}

enum pl_status pl_db_import(const char *dir, int fd, const char *name, size_t keep_count,
                            const struct pl_progress *progress, struct pl_db_built *ret,
                            struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_stream *stream PL_CLEANUP(pl_stream_closep) = NULL;
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    struct pl_db_manifest manifest = {.created = PL_STR_EMPTY};
    struct pl_db_built built = {.changed = false};
    int dir_fd pl_autoclose = -1;
    int lock_fd pl_autoclose = -1;
    enum pl_status st = pl_generation_lock(dir, &dir_fd, &lock_fd, err);
    if (st == PL_OK) {
        st = pl_stream_open(fd, name, PL_LIMIT_DOWNLOAD_BYTES, &stream, err);
    }
    if (st == PL_OK) {
        st = pl_tar_open(pl_stream_pull, stream, &tar, err);
    }
    if (st == PL_OK) {
        st = read_archive(dir_fd, tar, &arena, progress, &manifest, err);
    }
    if (st == PL_OK) {
        st = check_complete(dir_fd, &manifest, err);
    }
    if (st == PL_OK) {
        st = pl_generation_swap(dir_fd, &manifest, keep_count, &built.changed, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "%s", name);
    }
    for (size_t i = 0; i < manifest.slices.count; i++) {
        built.records += manifest.slices.items[i].records;
        built.keys += manifest.slices.items[i].keys;
        built.size_bytes += manifest.slices.items[i].size_bytes;
    }
    memcpy(built.generation, manifest.generation, sizeof(built.generation));
    *ret = built;
    return PL_OK;
}
