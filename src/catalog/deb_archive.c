/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian packages as files (deb(5)): an ar archive of
 *
 *     debian-binary      "2.0\n"
 *     control.tar        also .gz, .xz, .zst: the member "control" is the package's description
 *     data.tar           its files, which are not looked at
 *
 * An ar archive is "!<arch>\n" and members: a header of 60 bytes of text (name 16, time 12, owner
 * and group 6 each, mode 8, size 10, then "`\n"), the content, and a line feed after an odd size.
 *
 * A package that lies around is not installed: what it says is declared.
 */
#include "base/limits.h"
#include "catalog/dpkg.h"
#include "format/decompress.h"
#include "format/tar.h"
#include "format/xz.h"

enum { MEMBER_HEADER_BYTES = 60 };

struct member {
    pl_str name;
    pl_span content;
};

/* False at the end and at what is no member. */
static bool next_member(pl_span *archive, struct member *ret)
{
    pl_str head = pl_str_sub(pl_span_str(*archive), 0, MEMBER_HEADER_BYTES);
    uint64_t size = 0;
    if (head.len < MEMBER_HEADER_BYTES || !pl_str_ends_with(head, PL_STR("`\n")) ||
        !pl_str_to_uint(pl_str_trim(pl_str_sub(head, 48, 10)), SIZE_MAX, &size) ||
        size > archive->len - MEMBER_HEADER_BYTES) {
        return false;
    }
    ret->name = pl_str_trim(pl_str_sub(head, 0, 16));
    if (pl_str_ends_with(ret->name, PL_STR("/"))) {
        ret->name = pl_str_sub(ret->name, 0, ret->name.len - 1);
    }
    ret->content = (pl_span){archive->ptr + MEMBER_HEADER_BYTES, size};
    size_t taken = MEMBER_HEADER_BYTES + size;
    taken += size % 2 == 1 && taken < archive->len ? 1 : 0;
    *archive = (pl_span){archive->ptr + taken, archive->len - taken};
    return true;
}

static enum pl_status decode(pl_span packed, enum pl_compression compression, struct pl_buf *into,
                             struct pl_error *err)
{
    struct pl_decoder *decoder PL_CLEANUP(pl_decoder_freep) = pl_decoder_new(compression);
    uint8_t block[16 << 10];
    size_t made = 0;
    do {
        enum pl_status st = pl_decoder_step(decoder, &packed, block, sizeof(block), &made, err);
        if (st < 0) {
            return st;
        }
        if (made > PL_LIMIT_DEB_CONTROL_BYTES - into->len) {
            return pl_error_set(err, PL_E_LIMIT, "unpacks to more than %d bytes",
                                PL_LIMIT_DEB_CONTROL_BYTES);
        }
        pl_buf_append(into, pl_str_make((const char *)block, made));
    } while (made > 0);
    return pl_decoder_is_complete(decoder) ? PL_OK
                                           : pl_error_set(err, PL_E_PARSE, "ends too early");
}

static enum pl_status unpack(pl_span packed, struct pl_buf *into, pl_span *ret,
                             struct pl_error *err)
{
    enum pl_status st = PL_OK;
    enum pl_compression compression = pl_compression_detect(packed);
    *ret = packed;
    if (pl_xz_detect(packed)) {
        st = pl_xz_unpack(packed, into, err);
    } else if (compression != PL_COMPRESSION_NONE) {
        st = decode(packed, compression, into, err);
    } else {
        return PL_OK;
    }
    *ret = pl_str_span(pl_buf_str(into));
    return st;
}

/* Gives the whole once. */
static enum pl_status pull_once(void *context, pl_span *ret_block, struct pl_error *err)
{
    pl_span *left = context;
    *ret_block = *left;
    *left = (pl_span){left->ptr, 0};
    return PL_OK;
}

static enum pl_status read_entry(struct pl_tar *tar, struct pl_buf *into, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    for (;;) {
        pl_span piece;
        uint64_t offset = 0;
        st = pl_tar_read(tar, &piece, &offset, err);
        if (st == PL_E_NOT_FOUND) {
            return PL_OK;
        }
        if (st < 0) {
            return st;
        }
        if (offset != into->len || piece.len > PL_LIMIT_DEB_CONTROL_BYTES - into->len) {
            return pl_error_set(err, PL_E_LIMIT, "the control file has holes or is too large");
        }
        pl_buf_append(into, pl_span_str(piece));
    }
}

static enum pl_status find_control(pl_span archive, struct pl_buf *into, struct pl_error *err)
{
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    struct pl_tar_entry entry;
    enum pl_status st = pl_tar_open(pull_once, &archive, &tar, err);
    while (st == PL_OK) {
        st = pl_tar_next(tar, &entry, err);
        if (st == PL_E_NOT_FOUND) {
            return pl_error_set(err, PL_E_PARSE, "has no control file");
        }
        pl_str path = entry.path;
        if (st == PL_OK && pl_str_starts_with(path, PL_STR("./"))) {
            path = pl_str_skip(path, 2);
        }
        if (st == PL_OK && entry.type == PL_TAR_FILE && pl_str_eq(path, PL_STR("control"))) {
            return read_entry(tar, into, err);
        }
    }
    return st;
}

static enum pl_status read_control_archive(struct pl_sink *sink, pl_span packed,
                                           struct pl_error *err)
{
    struct pl_buf plain pl_autobuf = PL_BUF_INIT(PL_LIMIT_DEB_CONTROL_BYTES);
    struct pl_buf control pl_autobuf = PL_BUF_INIT(PL_LIMIT_DEB_CONTROL_BYTES);
    pl_span archive;
    enum pl_status st = unpack(packed, &plain, &archive, err);
    if (st == PL_OK) {
        st = find_control(archive, &control, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "control.tar");
    }
    pl_dpkg_add_control(sink, PL_SCOPE_DECLARED, pl_buf_str(&control));
    return PL_OK;
}

static enum pl_status read_deb_archive(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    pl_span archive = file->content;
    struct member member;
    if (!pl_str_starts_with(pl_span_str(archive), PL_STR("!<arch>\n"))) {
        return PL_OK; /* another kind of file with such a name */
    }
    archive = (pl_span){archive.ptr + 8, archive.len - 8};
    while (next_member(&archive, &member)) {
        if (pl_str_starts_with(member.name, PL_STR("control.tar"))) {
            return read_control_archive(sink, member.content, err);
        }
    }
    return pl_error_set(err, PL_E_PARSE, "the package has no member control.tar");
}

const struct pl_cataloger pl_cataloger_deb_archive = {
    .name = "deb-archive",
    .summary = "Debian packages as files, which are not installed",
    .patterns = (const char *const[]){"**/*.deb", "**/*.udeb", NULL},
    .read = read_deb_archive,
};
