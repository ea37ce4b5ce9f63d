/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * reading - reads a text as a bill of materials, as the inspector does.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "sbom/read.h"
#include "unit/test.h"

static inline enum pl_status read_text(struct pl_arena *arena, pl_str text,
                                       struct pl_evidence_file *ret)
{
    *ret = (struct pl_evidence_file){.path = PL_STR("sbom")};
    struct pl_sink sink = {.arena = arena, .file = ret, .left_bytes = PL_LIMIT_EVIDENCE_BYTES};
    struct pl_error err = PL_ERROR_INIT;
    return pl_sbom_read(&sink, pl_str_span(text), &err);
}

/* Every prefix gives facts or an error; under AddressSanitizer the copy of the exact length shows a
 * read past the end. */
static inline void read_prefixes(pl_str text)
{
    for (size_t len = 0; len <= text.len; len++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file file;
        char *copy pl_autofree = pl_mem_alloc(len, 1);
        if (len > 0) {
            memcpy(copy, text.ptr, len);
        }
        read_text(&arena, pl_str_make(copy, len), &file);
    }
}
