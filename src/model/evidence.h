/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * evidence - what the bytes of one layer (or directory) say, with nothing judged in it.
 *
 * A plain value in an arena, keyed by the layer's digest: it is made in a sandboxed child, sent
 * through a pipe, and can be cached and sent between machines. It holds, for each file that a
 * cataloger read, the facts found there; and what is needed to lay layers over one another: which
 * paths are removed (whiteouts), emptied (opaque directories) or replaced.
 *
 * Paths have no leading slash, no empty, "." or ".." segment.
 *
 * Facts come in four sorts: components; files and licences that belong to a component, named by its
 * package name because they stand in other files than the package database (dpkg's .list,
 * copyright); the operating system. The merge (engine/merge.h) joins them by name.
 */
#include "model/component.h"
#include "model/gap.h"
#include "model/os.h"

/* Strings that belong to the package `name` of purl type `type`, found apart from its component.
 * `arch` is empty when the place does not say (bash.list), else exact (libc6:amd64.list). */
struct pl_attachment {
    pl_str type;
    pl_str name;
    pl_str arch;
    struct pl_strs values; /* of files, only where somebody asked for the paths */
    struct pl_path_hashes owned; /* of files, unless `values` says the same */
};

struct pl_attachments {
    PL_VEC_FIELDS(struct pl_attachment);
};

/* How a path that a cataloger wants looks in this layer. */
#define PL_ENTRY_LIST(X)                                                                           \
    X(PL_ENTRY_FILE, "file")                                                                       \
    X(PL_ENTRY_SYMLINK, "symlink")                                                                 \
    X(PL_ENTRY_OTHER, "other") /* a directory or device in a file's place */

enum pl_entry_type {
#define X(name, text) name,
    PL_ENTRY_LIST(X)
#undef X
};

/* What a bill of materials says it is about; empty strings elsewhere. */
struct pl_evidence_subject {
    pl_str name;
    pl_str version; /* of an image often its digest */
    pl_str purl;
};

/* One wanted path of this layer. Whatever it holds is void if an upper layer hides the path. */
struct pl_evidence_file {
    pl_str path;
    enum pl_entry_type type;
    uint64_t size_bytes;
    uint32_t mode; /* permission bits with setuid, setgid and sticky */
    pl_str link; /* target of a symlink, as written */
    pl_str cataloger;
    struct pl_components components;
    struct pl_attachments files; /* which paths belong to which package */
    struct pl_attachments licenses; /* which licences a package states */
    bool has_os;
    struct pl_os os;
    struct pl_evidence_subject subject;
    struct pl_gaps gaps; /* path is filled in, layer is not */
};

struct pl_evidence_files {
    PL_VEC_FIELDS(struct pl_evidence_file);
};

struct pl_evidence {
    pl_str blob_digest; /* "sha256:..." of the bytes as stored; empty for a directory */
    pl_str diff_id; /* of the uncompressed tar; empty for a directory */
    uint64_t blob_bytes;
    uint64_t tar_bytes;
    uint64_t entries;
    struct pl_evidence_files files; /* in order of path */
    struct pl_strs whiteouts; /* paths removed from the layers below */
    struct pl_strs opaques; /* directories whose lower content is hidden; "" is the root */
    /* pl_str_hash of the path of each entry that is no directory, ascending: such an entry hides
     * what lower layers have at and under its path. */
    struct pl_path_hashes replaced;
    struct pl_gaps gaps; /* of the layer as a whole: a limit, a damaged end */
};

/* Has the layer an entry at `path` that is no directory? `path_hash` is pl_str_hash of it. */
bool pl_evidence_replaces(const struct pl_evidence *layer, uint64_t path_hash);

/* Receives facts while one file is read. Filled in by whoever runs the catalogers. */
struct pl_sink {
    struct pl_arena *arena; /* of the evidence */
    struct pl_evidence_file *file;
    uint64_t left_bytes; /* of the evidence budget */
};

/* Adds a zeroed component to the file's evidence; fill it in with strings made by pl_sink_str. NULL
 * past PL_LIMIT_COMPONENTS, with the gap already noted. Good until the next call. */
struct pl_component *pl_sink_component(struct pl_sink *sink);

/* A copy in the evidence's arena: cut at PL_LIMIT_FIELD_BYTES, bytes that are not UTF-8 replaced by
 * U+FFFD, NULs removed. Empty once the evidence budget is used up, with a gap noted once. */
pl_str pl_sink_str(struct pl_sink *sink, pl_str s);

/* A copy that is text, which all strings of evidence but paths and links must be: bytes that are
 * not UTF-8 replaced by U+FFFD, NULs removed. Counts towards no budget. */
pl_str pl_evidence_text(struct pl_arena *arena, pl_str s);

/* Appends a copy made by pl_sink_str to a list, and counts the list's own memory too: the way to
 * add an unbounded number of short strings. Empty strings, and what the budget no longer allows,
 * are left out. */
void pl_sink_push(struct pl_sink *sink, struct pl_strs *list, pl_str s);

/* Starts an attachment; add its values with pl_sink_push. */
struct pl_attachment *pl_sink_files(struct pl_sink *sink, pl_str type, pl_str name, pl_str arch);
struct pl_attachment *pl_sink_licenses(struct pl_sink *sink, pl_str type, pl_str name, pl_str arch);

/* States the operating system; the strings must have gone through pl_sink_str. */
void pl_sink_os(struct pl_sink *sink, const struct pl_os *os);

/* Something in this file could not be read; the text says what, where and why. */
void pl_sink_gap(struct pl_sink *sink, const char *format, ...) PL_PRINTF(2, 3);
