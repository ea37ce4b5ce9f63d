/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zip (APPNOTE.TXT 6.3): members each with a local header, then a central directory that lists
 * them all, then an end record. libarchive's seeking reader goes by the central directory, opens
 * deflated members, and compares sizes and CRC-32 at the end of each; what it warns of is taken as
 * an error here, since a member that is not what it claims to be is not worth half a reading.
 */
#include "format/zip.h"
#include <archive.h>
#include <archive_entry.h>
#include <limits.h>
#include <sys/stat.h>

enum { BLOCK_BYTES = 1 << 18 };

struct pl_zip {
    struct archive *archive;
    struct archive_entry *entry; /* at hand; libarchive's */
    char *name;
    struct pl_zip_limits limits;
    uint64_t entries;
    uint64_t entry_bytes; /* read of the one at hand */
    uint64_t total_bytes;
};

static enum pl_status failed(struct pl_zip *zip, struct pl_error *err)
{
    const char *reason = archive_error_string(zip->archive);
    const char *entry = zip->entry ? archive_entry_pathname(zip->entry) : NULL;
    return pl_error_set(err, PL_E_PARSE, "%s: %s%s%s", zip->name, entry ? entry : "",
                        entry ? ": " : "", reason ? reason : "not a zip archive");
}

enum pl_status pl_zip_open(int fd, const char *name, const struct pl_zip_limits *limits,
                           struct pl_zip **ret, struct pl_error *err)
{
    struct pl_zip *zip PL_CLEANUP(pl_zip_closep) = pl_mem_alloc(1, sizeof(*zip));
    zip->limits = *limits;
    zip->name = strdup(name);
    zip->archive = archive_read_new();
    if (!zip->name || !zip->archive) {
        pl_mem_abort(sizeof(*zip));
    }
    if (archive_read_support_format_zip_seekable(zip->archive) != ARCHIVE_OK ||
        archive_read_open_fd(zip->archive, fd, BLOCK_BYTES) != ARCHIVE_OK) {
        return failed(zip, err);
    }
    *ret = PL_TAKE(zip);
    return PL_OK;
}

void pl_zip_close(struct pl_zip *zip)
{
    if (zip) {
        archive_read_free(zip->archive);
        free(zip->name);
        free(zip);
    }
}

enum pl_status pl_zip_next(struct pl_zip *zip, bool *ret_more, struct pl_zip_entry *ret,
                           struct pl_error *err)
{
    zip->entry = NULL;
    zip->entry_bytes = 0;
    int status = archive_read_next_header(zip->archive, &zip->entry);
    if (status == ARCHIVE_EOF) {
        zip->entry = NULL;
        *ret_more = false;
        return PL_OK;
    }
    if (status != ARCHIVE_OK) {
        return failed(zip, err);
    }
    const char *name = archive_entry_pathname(zip->entry);
    if (!name) {
        return pl_error_set(err, PL_E_PARSE, "%s: member %llu has no usable name", zip->name,
                            (unsigned long long)zip->entries);
    }
    if (++zip->entries > zip->limits.entries) {
        return pl_error_set(err, PL_E_LIMIT, "%s has more than %llu members", zip->name,
                            (unsigned long long)zip->limits.entries);
    }
    if (archive_entry_is_encrypted(zip->entry)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "%s: %s is encrypted", zip->name, name);
    }
    *ret = (struct pl_zip_entry){.name = pl_str_from(name),
                                 .is_file = archive_entry_filetype(zip->entry) == S_IFREG};
    *ret_more = true;
    return PL_OK;
}

/* Counts what was read of the member, or says which limit it passes. */
static enum pl_status count_bytes(struct pl_zip *zip, size_t got, struct pl_error *err)
{
    zip->entry_bytes += got;
    zip->total_bytes += got;
    if (zip->entry_bytes > zip->limits.entry_bytes) {
        return pl_error_set(err, PL_E_LIMIT, "%s: %s is larger than %llu bytes", zip->name,
                            archive_entry_pathname(zip->entry),
                            (unsigned long long)zip->limits.entry_bytes);
    }
    if (zip->total_bytes > zip->limits.total_bytes) {
        return pl_error_set(err, PL_E_LIMIT, "%s opens to more than %llu bytes", zip->name,
                            (unsigned long long)zip->limits.total_bytes);
    }
    return PL_OK;
}

enum pl_status pl_zip_read_some(struct pl_zip *zip, uint8_t *into, size_t size, size_t *ret_got,
                                struct pl_error *err)
{
    la_ssize_t got = archive_read_data(zip->archive, into, size);
    if (got < 0) {
        return failed(zip, err);
    }
    enum pl_status st = count_bytes(zip, (size_t)got, err);
    if (st == PL_OK) {
        *ret_got = (size_t)got;
    }
    return st;
}
