/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPM packages as files (rpm's manual, "Package Format"):
 *
 *     lead         96 bytes, which begin with ed ab ee db
 *     signature    a header structure, filled up to a multiple of 8 bytes
 *     header       the header structure that describes the package
 *     payload      its files, which are not looked at
 *
 * In files both headers have a magic of 8 bytes before what format/rpm_header.h reads. A package
 * without the name of a source package is itself one of sources: its arch is "src", as rpm's own
 * file names have it. A package that lies around is not installed: what it says is declared.
 */
#include "catalog/rpm_package.h"

enum { LEAD_BYTES = 96, MAGIC_BYTES = 8, PREAMBLE_BYTES = 8, ENTRY_BYTES = 16 };

/* Takes a header structure off. */
static enum pl_status take_header(pl_span *left, const char *which, struct pl_rpm_header *ret,
                                  struct pl_error *err)
{
    if (left->len < MAGIC_BYTES || memcmp(left->ptr, "\x8e\xad\xe8\x01", 4) != 0) {
        return pl_error_set(err, PL_E_PARSE, "the package has no %s where it belongs", which);
    }
    pl_span blob = {left->ptr + MAGIC_BYTES, left->len - MAGIC_BYTES};
    enum pl_status st = pl_rpm_header_open(blob, ret, err);
    if (st < 0) {
        return pl_error_wrap(err, "%s", which);
    }
    size_t taken = MAGIC_BYTES + PREAMBLE_BYTES + ret->index.len + ret->data.len;
    *left = (pl_span){left->ptr + taken, left->len - taken};
    return PL_OK;
}

static enum pl_status read_rpm_archive(struct pl_sink *sink, const struct pl_catalog_file *file,
                                       struct pl_error *err)
{
    struct pl_rpm_header signature;
    struct pl_rpm_header header;
    struct pl_relations relations pl_autorelations = {.sink = sink};
    pl_span left = file->content;
    if (left.len < LEAD_BYTES || memcmp(left.ptr, "\xed\xab\xee\xdb", 4) != 0) {
        return PL_OK; /* another kind of file with such a name */
    }
    left = (pl_span){left.ptr + LEAD_BYTES, left.len - LEAD_BYTES};
    enum pl_status st = take_header(&left, "signature", &signature, err);
    if (st < 0) {
        return st;
    }
    size_t padding = (8 - (signature.index.len + signature.data.len) % 8) % 8;
    padding = padding < left.len ? padding : left.len;
    left = (pl_span){left.ptr + padding, left.len - padding};
    st = take_header(&left, "header", &header, err);
    if (st < 0) {
        return st;
    }
    pl_rpm_package_add(&relations, PL_SCOPE_DECLARED, &header);
    pl_relations_finish(&relations);
    if (sink->file->components.count > 0 &&
        pl_rpm_header_str(&header, PL_RPM_TAG_SOURCE_RPM).len == 0) {
        sink->file->components.items[0].arch = PL_STR("src");
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_rpm_archive = {
    .name = "rpm-archive",
    .summary = "RPM packages as files, which are not installed",
    .patterns = (const char *const[]){"**/*.rpm", NULL},
    .read = read_rpm_archive,
};
