/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * catalog - runs one cataloger over the input, for the fuzz targets of catalogers.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "catalog/cataloger.h"
#include "target.h"

/* Reads each of these files, which are in order of path, with a view of all. */
static inline void fuzz_together(const struct pl_cataloger *cataloger,
                                 const struct pl_catalog_file *files, size_t count)
{
    struct pl_catalog_together together = {.files = files, .count = count};
    for (size_t i = 0; i < count; i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file found = {.path = files[i].path};
        struct pl_sink sink = {.arena = &arena, .file = &found, .left_bytes = 1 << 20};
        struct pl_catalog_file file = files[i];
        struct pl_error err = PL_ERROR_INIT;
        file.together = &together;
        cataloger->read(&sink, &file, &err);
    }
    pl_arena_release(&together.arena);
}

/* Reads the content alone, or with the file `beside`, whose path comes after. */
static inline void fuzz_cataloger(const struct pl_cataloger *cataloger, const char *path,
                                  pl_span content, const struct pl_catalog_file *beside)
{
    /* A copy of exactly the size: a cataloger may change what it is given. */
    uint8_t *copy pl_autofree = pl_mem_alloc(content.len, 1);
    if (content.len > 0) {
        memcpy(copy, content.ptr, content.len);
    }
    struct pl_catalog_file files[2] = {{.path = pl_str_from(path), .content = {copy, content.len}}};
    if (beside) {
        files[1] = *beside;
        fuzz_together(cataloger, files, 2);
        return;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file found = {.path = files[0].path};
    struct pl_sink sink = {.arena = &arena, .file = &found, .left_bytes = 1 << 20};
    struct pl_error err = PL_ERROR_INIT;
    cataloger->read(&sink, &files[0], &err);
}

/* A cataloger, and a path that it reads. */
struct fuzz_reader {
    const struct pl_cataloger *cataloger;
    const char *path;
};

/* The first byte picks the cataloger, 'a' the first one, so that seeds can be written by hand. */
static inline int fuzz_one_of(const struct fuzz_reader *readers, size_t count, const uint8_t *data,
                              size_t size)
{
    if (size > 0) {
        const struct fuzz_reader *reader = &readers[(size_t)(data[0] - 'a') % count];
        fuzz_cataloger(reader->cataloger, reader->path, (pl_span){data + 1, size - 1}, NULL);
    }
    return 0;
}

/* The input up to the first 0xff byte, and what follows it. */
static inline pl_span fuzz_split(const uint8_t *data, size_t size, pl_span *ret_rest)
{
    const uint8_t *at = size > 0 ? memchr(data, 0xff, size) : NULL;
    size_t len = at ? (size_t)(at - data) : size;
    *ret_rest = at ? (pl_span){at + 1, size - len - 1} : (pl_span){data + size, 0};
    return (pl_span){data, len};
}
