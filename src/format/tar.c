/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tar archive is a sequence of 512-byte headers, each followed by its file's data padded to 512;
 * two blocks of zeros end it (POSIX.1-1988 ustar). GNU writes names over 100 bytes as extra entries
 * of type L and K before the real one; pax (POSIX.1-2001) writes them, and sizes over 8 GiB, as
 * "length key=value" records in an entry of type x. libarchive reads all of them; here its result
 * codes become ours, and its errors keep the offset.
 */
#include "format/tar.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

struct pl_tar {
    struct archive *archive;
    struct archive_entry *entry;
    pl_tar_pull *pull;
    void *context;
    struct pl_error pull_error; /* why the callback failed; libarchive only knows that it did */
};

static la_ssize_t on_read(struct archive *archive, void *context, const void **ret_block)
{
    struct pl_tar *tar = context;
    pl_span block = {NULL, 0};
    if (tar->pull(tar->context, &block, &tar->pull_error) < 0) {
        archive_set_error(archive, EIO, "input failed");
        return -1;
    }
    *ret_block = block.ptr;
    return (la_ssize_t)block.len;
}

enum pl_status pl_tar_open(pl_tar_pull *pull, void *context, struct pl_tar **ret,
                           struct pl_error *err)
{
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = pl_mem_alloc(1, sizeof(*tar));
    tar->pull = pull;
    tar->context = context;
    tar->archive = archive_read_new();
    tar->entry = archive_entry_new();
    if (!tar->archive || !tar->entry) {
        pl_mem_abort(0);
    }
    archive_read_support_format_tar(tar->archive);
    /* A layer without any entry is legal: Docker writes 1,024 zero bytes or none. */
    archive_read_support_format_empty(tar->archive);
    if (archive_read_open(tar->archive, tar, NULL, on_read, NULL) != ARCHIVE_OK) {
        if (tar->pull_error.status < 0) {
            if (err) {
                *err = tar->pull_error;
            }
            return tar->pull_error.status;
        }
        return pl_error_set(err, PL_E_PARSE, "not a tar archive: %s",
                            archive_error_string(tar->archive));
    }
    *ret = PL_TAKE(tar);
    return PL_OK;
}

void pl_tar_close(struct pl_tar *tar)
{
    if (tar) {
        archive_read_free(tar->archive);
        archive_entry_free(tar->entry);
        free(tar);
    }
}

static enum pl_status failed(struct pl_tar *tar, struct pl_error *err)
{
    if (tar->pull_error.status < 0) {
        if (err) {
            *err = tar->pull_error;
        }
        return tar->pull_error.status;
    }
    const char *why = archive_error_string(tar->archive);
    return pl_error_set_at(err, PL_E_PARSE, (uint64_t)archive_filter_bytes(tar->archive, 0),
                           "the tar archive is damaged near byte %lld: %s",
                           (long long)archive_filter_bytes(tar->archive, 0), why ? why : "unknown");
}

static enum pl_tar_type type_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry)) {
        return PL_TAR_HARDLINK;
    }
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return PL_TAR_FILE;
    case AE_IFDIR:
        return PL_TAR_DIRECTORY;
    case AE_IFLNK:
        return PL_TAR_SYMLINK;
    default:
        return PL_TAR_OTHER;
    }
}

enum pl_status pl_tar_next(struct pl_tar *tar, struct pl_tar_entry *ret, struct pl_error *err)
{
    int code = archive_read_next_header2(tar->archive, tar->entry);
    /* Near the end libarchive takes failed input for the end itself. */
    bool is_cut = tar->pull_error.status < 0;
    if (code == ARCHIVE_EOF && !is_cut) {
        return PL_E_NOT_FOUND;
    }
    if (code < ARCHIVE_WARN || is_cut) {
        return failed(tar, err);
    }
    enum pl_tar_type type = type_of(tar->entry);
    const char *link = type == PL_TAR_HARDLINK  ? archive_entry_hardlink(tar->entry)
                       : type == PL_TAR_SYMLINK ? archive_entry_symlink(tar->entry)
                                                : NULL;
    la_int64_t size = archive_entry_size(tar->entry);
    *ret = (struct pl_tar_entry){
        .path = pl_str_from(archive_entry_pathname(tar->entry)),
        .link = pl_str_from(link),
        .type = type,
        .size_bytes = size > 0 ? (uint64_t)size : 0,
        /* The field has room for more bits than a mode has. */
        .mode = archive_entry_perm(tar->entry) & 07777,
    };
    return PL_OK;
}

enum pl_status pl_tar_read(struct pl_tar *tar, pl_span *ret_piece, uint64_t *ret_offset,
                           struct pl_error *err)
{
    const void *piece = NULL;
    size_t len = 0;
    la_int64_t offset = 0;
    int code = archive_read_data_block(tar->archive, &piece, &len, &offset);
    bool is_cut = tar->pull_error.status < 0;
    if (code == ARCHIVE_EOF && !is_cut) {
        return PL_E_NOT_FOUND;
    }
    if (code < ARCHIVE_WARN || is_cut) {
        return failed(tar, err);
    }
    *ret_piece = (pl_span){piece, len};
    *ret_offset = offset > 0 ? (uint64_t)offset : 0;
    return PL_OK;
}
