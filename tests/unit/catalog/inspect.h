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

/* What a cataloger says of a file whose path lies in `arena`; so do the strings it gives. */
static inline struct pl_evidence_file *inspect_file(struct pl_arena *arena,
                                                    const struct pl_cataloger *cataloger,
                                                    const struct pl_catalog_file *file)
{
    struct pl_evidence_file *found = PL_ARENA_NEW(arena, struct pl_evidence_file);
    found->path = file->path;
    struct pl_sink sink = {.arena = arena, .file = found, .left_bytes = PL_LIMIT_EVIDENCE_BYTES};
    struct pl_error err = PL_ERROR_INIT;
    if (cataloger->read(&sink, file, &err) < 0) {
        pl_sink_gap(&sink, "%s", err.msg);
    }
    return found;
}

static inline int inspect_compare(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_catalog_file *)a)->path,
                      ((const struct pl_catalog_file *)b)->path);
}

/* The same of files that are read together, which are brought into order. */
static inline struct pl_evidence_file **inspect_together(struct pl_arena *arena,
                                                         const struct pl_cataloger *cataloger,
                                                         struct pl_catalog_file *files,
                                                         size_t count)
{
    struct pl_evidence_file **found = PL_ARENA_ARRAY(arena, struct pl_evidence_file *, count);
    struct pl_catalog_together together = {.files = files, .count = count};
    qsort(files, count, sizeof(*files), inspect_compare);
    for (size_t i = 0; i < count; i++) {
        struct pl_catalog_file file = files[i];
        file.together = &together;
        found[i] = inspect_file(arena, cataloger, &file);
    }
    pl_arena_release(&together.arena);
    return found;
}

/* What a cataloger says of a file alone, or of the one of two, the other (or NULL) being `beside`.
 */
static inline struct pl_evidence_file *inspect_content(struct pl_arena *arena,
                                                       const struct pl_cataloger *cataloger,
                                                       const char *path, pl_str content,
                                                       const struct pl_catalog_file *beside)
{
    struct pl_catalog_file files[2] = {
        {.path = pl_arena_dup(arena, pl_str_from(path)), .content = pl_str_span(content)}};
    if (!beside) {
        return inspect_file(arena, cataloger, &files[0]);
    }
    files[1] = *beside;
    pl_str own = files[0].path;
    struct pl_evidence_file **found = inspect_together(arena, cataloger, files, 2);
    return found[pl_str_eq(found[0]->path, own) ? 0 : 1];
}

/* Files of a walk that are to be read together when it is over. */
struct inspect_held {
    const struct pl_cataloger *cataloger;
    struct pl_catalog_file file;
};

struct inspect_held_files {
    PL_VEC_FIELDS(struct inspect_held);
};

static inline void inspect_hold(struct pl_arena *arena, struct inspect_held_files *held,
                                const struct pl_cataloger *cataloger, const char *path,
                                pl_str content)
{
    struct inspect_held *added = pl_vec_push(arena, held);
    added->cataloger = cataloger;
    added->file.path = pl_arena_dup(arena, pl_str_from(path));
    added->file.content = pl_str_span(pl_arena_dup(arena, content));
}

/* Reads the held files of one cataloger; 0 when there are none left. */
static inline size_t inspect_next_held(struct pl_arena *arena, struct inspect_held_files *held,
                                       struct pl_evidence_file ***ret_found)
{
    struct pl_catalog_file *files = PL_ARENA_ARRAY(arena, struct pl_catalog_file, held->count);
    const struct pl_cataloger *cataloger = held->count > 0 ? held->items[0].cataloger : NULL;
    size_t taken = 0;
    size_t kept = 0;
    for (size_t i = 0; i < held->count; i++) {
        if (held->items[i].cataloger == cataloger) {
            files[taken++] = held->items[i].file;
        } else {
            held->items[kept++] = held->items[i];
        }
    }
    held->count = kept;
    *ret_found = taken > 0 ? inspect_together(arena, cataloger, files, taken) : NULL;
    return taken;
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
