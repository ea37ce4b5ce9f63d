/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, lock files and metadata of Java: the first byte picks the reader. Of several poms each
 * follows a line "= PATH". */
#include "catalog.h"
#include "catalog/java_manifest.h"

#define READERS(X)                                                                                 \
    X(gradle_lock, "gradle.lockfile")                                                              \
    X(java_archive, "META-INF/maven/g/a/pom.properties")                                           \
    X(java_release, "opt/java/release")                                                            \
    X(pom, "pom.xml")                                                                              \
    X(sbt_lock, "build.sbt.lock")

#define X(name, path) extern const struct pl_cataloger pl_cataloger_##name;
READERS(X)
#undef X

/* The first line is the file's name. */
static void guess(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_java_manifest manifest = {0};
    pl_str name = PL_STR_EMPTY;
    pl_str text = PL_STR_EMPTY;
    char *copy pl_autofree = pl_mem_alloc(size, 1);
    memcpy(copy, data, size);
    pl_str_cut(pl_str_make(copy, size), '\n', &name, &text);
    pl_java_manifest_read(&arena, text, &manifest);
    pl_java_guess(&manifest, name);
}

static int compare_paths(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_catalog_file *)a)->path,
                      ((const struct pl_catalog_file *)b)->path);
}

/* Each path once, in order. */
static size_t order(struct pl_catalog_file *files, size_t count)
{
    size_t kept = 0;
    qsort(files, count, sizeof(*files), compare_paths);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !pl_str_eq(files[kept - 1].path, files[i].path)) {
            files[kept++] = files[i];
        }
    }
    return kept;
}

static void read_poms(const uint8_t *data, size_t size)
{
    enum { FILES_MOST = 32 };
    struct pl_catalog_file files[FILES_MOST] = {{.path = PL_STR_INIT("")}};
    pl_str rest = pl_str_make((const char *)data, size);
    pl_str line = PL_STR_EMPTY;
    size_t count = 0;
    while (pl_str_next_line(&rest, &line)) {
        if (count < FILES_MOST && pl_str_starts_with(line, PL_STR("= "))) {
            files[count].path = pl_str_skip(line, 2);
            files[count++].content = pl_str_span(pl_str_make(rest.ptr, 0));
        } else if (count > 0) {
            files[count - 1].content.len =
                (size_t)(line.ptr + line.len - (const char *)files[count - 1].content.ptr);
        }
    }
    fuzz_together(&pl_cataloger_pom, files, order(files, count));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const struct pl_cataloger *cataloger;
        const char *path;
    } readers[] = {
#define X(name, path) {&pl_cataloger_##name, path},
        READERS(X)
#undef X
    };
    if (size < 2) {
        return 0;
    }
    /* Letters, so that seeds can be written by hand. */
    size_t which = (size_t)(data[0] - 'a') % (PL_ARRAY_LEN(readers) + 2);
    if (which >= PL_ARRAY_LEN(readers)) {
        (which == PL_ARRAY_LEN(readers) ? guess : read_poms)(data + 1, size - 1);
        return 0;
    }
    fuzz_cataloger(readers[which].cataloger, readers[which].path, (pl_span){data + 1, size - 1},
                   NULL);
    return 0;
}
