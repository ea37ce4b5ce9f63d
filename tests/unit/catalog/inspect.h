/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * inspect - runs catalogers over one file's content or over a whole root directory, as an
 * inspection of a layer does, and joins what they found by package name.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "catalog/match.h"
#include "unit/test.h"

/* What one cataloger says of one file. Strings live in `arena`. */
static inline struct pl_evidence_file *inspect_content(struct pl_arena *arena,
                                                       const struct pl_cataloger *cataloger,
                                                       const char *path, pl_str content,
                                                       const pl_str *companion)
{
    struct pl_evidence_file *found = PL_ARENA_NEW(arena, struct pl_evidence_file);
    found->path = pl_arena_dup(arena, pl_str_from(path));
    struct pl_sink sink = {.arena = arena, .file = found, .left_bytes = PL_LIMIT_EVIDENCE_BYTES};
    struct pl_catalog_file beside = {.path = PL_STR("companion")};
    struct pl_catalog_file file = {.path = found->path, .content = pl_str_span(content)};
    if (companion) {
        beside.content = pl_str_span(*companion);
        file.companion = &beside;
    }
    struct pl_error err = PL_ERROR_INIT;
    if (cataloger->read(&sink, &file, &err) < 0) {
        pl_sink_gap(&sink, "%s", err.msg);
    }
    return found;
}

/* All that every prefix of `content` gives must be given without a crash; under AddressSanitizer
 * the copy of the exact length shows a read past the end. */
static inline void inspect_prefixes(const struct pl_cataloger *cataloger, const char *path,
                                    pl_str content, size_t step)
{
    for (size_t len = 0; len <= content.len; len += step) {
        struct pl_arena arena pl_autoarena = {0};
        char *copy pl_autofree = pl_mem_alloc(len, 1);
        if (len > 0) {
            memcpy(copy, content.ptr, len);
        }
        inspect_content(&arena, cataloger, path, pl_str_make(copy, len), NULL);
    }
}
