/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * layout - what directories and archives with an OCI image layout have in common. Private to
 * image/copy/.
 */
#include "image/copy/ends.h"

/* What `oci-layout` says. */
#define PL_LAYOUT_MARK "{\"imageLayoutVersion\":\"1.0.0\"}"
#define PL_LAYOUT_EMPTY_INDEX                                                                      \
    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","              \
    "\"manifests\":[]}"

/* "blobs/sha256/HEX" */
pl_str pl_layout_blob_name(struct pl_arena *arena, const struct pl_digest *digest);

/* open_reader of both places. */
enum pl_status pl_layout_read_dir(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err);
enum pl_status pl_layout_read_archive(struct pl_arena *arena, pl_str rest,
                                      const struct pl_copy_settings *settings,
                                      struct pl_copy_reader *ret, struct pl_error *err);

/* Lists the document in index.json, in place of what had the name before; without a name, in place
 * of the same document without one. */
enum pl_status pl_layout_index_add(json_t *index, const struct pl_copy_document *document,
                                   pl_str name, struct pl_error *err);
