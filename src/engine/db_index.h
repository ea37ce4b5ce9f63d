/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_index - a generation of the advisory database as an OCI image index (docs/db-registry.md).
 *
 * The index has the artifact type PL_DB_GENERATION_TYPE, the generation's manifest (db/manifest.h)
 * as an annotation, and one entry for each slice, and for each patch that makes a slice out of an
 * earlier one. An entry is the manifest of an artifact with one blob; its annotations tell the blob
 * as well, so that whoever has the index needs no other document.
 */
#include "db/manifest.h"
#include "image/document.h"

#define PL_DB_GENERATION_TYPE "application/vnd.plimsoll.db.generation.v1"
#define PL_DB_SLICE_TYPE "application/vnd.plimsoll.db.slice.v1"
#define PL_DB_PATCH_TYPE "application/vnd.plimsoll.db.patch.v1"

struct pl_db_part {
    pl_str slice; /* its name */
    pl_str content; /* digits of the slice, or of what the patch makes */
    pl_str from; /* digits of the slice that the patch is for; empty: it is no patch */
    struct pl_descriptor blob; /* a slice as db/pack.h has it, or a patch (db/patch.h) */
    struct pl_descriptor manifest; /* of the artifact */
};

struct pl_db_parts {
    PL_VEC_FIELDS(struct pl_db_part);
};

struct pl_db_index {
    struct pl_db_manifest manifest;
    struct pl_db_parts parts; /* for each slice the whole, then its patches, the newest first */
};

/* LIMIT when it is larger than registries take. *ret lives in `arena`. */
enum pl_status pl_db_index_write(struct pl_arena *arena, const struct pl_db_index *index,
                                 pl_str *ret, struct pl_error *err);

/* Is it one, as far as can be told from outside? */
bool pl_db_index_is(const struct pl_document *document);

/* Strings live in `arena`. UNSUPPORTED for an index or manifest of something else; PARSE for one
 * that is malformed, or that lacks a slice which its generation has. */
enum pl_status pl_db_index_read(struct pl_arena *arena, pl_str bytes, struct pl_db_index *ret,
                                struct pl_error *err);

/* The slice of that content as a whole; NULL when it is not there. */
const struct pl_db_part *pl_db_index_whole(const struct pl_db_index *index, pl_str content);
/* The patch that makes that content and is listed first; NULL when there is none. */
const struct pl_db_part *pl_db_index_patch(const struct pl_db_index *index, pl_str content);

/* The annotations by which a part is told, in the index and in its own manifest. */
void pl_db_part_annotate(struct pl_arena *arena, const struct pl_db_part *part,
                         const struct pl_db_slice_info *slice, struct pl_annotations *into);
