/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tar_writer.h"
#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A name of more than 100 bytes stands in an entry of its own before the member's, with a header,
 * up to 255 bytes of data, and then the header proper. */
enum { BLOCK = 512, MOST_HEADER_BYTES = 3 * BLOCK };

static enum pl_status write_at(int fd, uint64_t offset, const void *bytes, size_t size,
                               struct pl_error *err)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = pwrite(fd, (const char *)bytes + done, size - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return pl_error_sys(err, errno, "writing the archive");
        }
        done += (size_t)count;
    }
    return PL_OK;
}

static void fill_entry(struct archive_entry *entry, const char *name, uint64_t size_bytes)
{
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)size_bytes);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
}

/* The header alone. */
static enum pl_status make_header(const char *name, uint64_t size_bytes, uint8_t *into,
                                  size_t *ret_used, struct pl_error *err)
{
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (!archive || !entry) {
        abort();
    }
    size_t used = 0;
    fill_entry(entry, name, size_bytes);
    archive_write_set_bytes_per_block(archive, 0);
    bool is_made =
        archive_write_set_format_gnutar(archive) == ARCHIVE_OK &&
        archive_write_open_memory(archive, into, MOST_HEADER_BYTES, &used) == ARCHIVE_OK &&
        archive_write_header(archive, entry) == ARCHIVE_OK;
    enum pl_status st = PL_OK;
    if (!is_made) {
        const char *why = archive_error_string(archive);
        st = pl_error_set(err, PL_E_INTERNAL, "the tar header of %s: %s", name,
                          why ? why : "it does not fit");
    }
    *ret_used = used;
    /* It now fills the member up, into what is left of the buffer, and gives up when that is full.
     */
    archive_write_free(archive);
    archive_entry_free(entry);
    return st;
}

enum pl_status pl_tar_writer_begin(struct pl_tar_writer *tar, const char *name,
                                   struct pl_error *err)
{
    uint8_t header[MOST_HEADER_BYTES];
    size_t len = strlen(name);
    if (len > PL_TAR_WRITER_NAME_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "a name of %zu bytes in an archive", len);
    }
    memcpy(tar->name, name, len + 1);
    tar->member_bytes = 0;
    return make_header(tar->name, 0, header, &tar->header_bytes, err);
}

enum pl_status pl_tar_writer_data(struct pl_tar_writer *tar, pl_span bytes, struct pl_error *err)
{
    enum pl_status st = write_at(tar->fd, tar->end + tar->header_bytes + tar->member_bytes,
                                 bytes.ptr, bytes.len, err);
    if (st == PL_OK) {
        tar->member_bytes += bytes.len;
    }
    return st;
}

enum pl_status pl_tar_writer_end(struct pl_tar_writer *tar, struct pl_error *err)
{
    static const uint8_t zeros[BLOCK] = {0};
    uint8_t header[MOST_HEADER_BYTES];
    size_t header_bytes = 0;
    uint64_t end = tar->end + tar->header_bytes + tar->member_bytes;
    size_t padding = (size_t)((BLOCK - tar->member_bytes % BLOCK) % BLOCK);
    enum pl_status st = make_header(tar->name, tar->member_bytes, header, &header_bytes, err);
    assert(st < 0 || header_bytes == tar->header_bytes);
    if (st == PL_OK) {
        st = write_at(tar->fd, end, zeros, padding, err);
    }
    if (st == PL_OK) {
        st = write_at(tar->fd, tar->end, header, header_bytes, err);
    }
    if (st == PL_OK) {
        tar->end = end + padding;
        tar->member_bytes = 0;
    }
    return st;
}

enum pl_status pl_tar_writer_add(struct pl_tar_writer *tar, const char *name, pl_str bytes,
                                 struct pl_error *err)
{
    enum pl_status st = pl_tar_writer_begin(tar, name, err);
    if (st == PL_OK) {
        st = pl_tar_writer_data(tar, pl_str_span(bytes), err);
    }
    return st < 0 ? st : pl_tar_writer_end(tar, err);
}

enum pl_status pl_tar_writer_finish(struct pl_tar_writer *tar, struct pl_error *err)
{
    static const uint8_t zeros[2 * BLOCK] = {0};
    if (ftruncate(tar->fd, (off_t)tar->end) < 0) {
        return pl_error_sys(err, errno, "writing the archive");
    }
    return write_at(tar->fd, tar->end, zeros, sizeof(zeros), err);
}
