/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, lock files and metadata of Java: the first byte picks the reader. */
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
    size_t which = (size_t)(data[0] - 'a') % (PL_ARRAY_LEN(readers) + 1);
    if (which == PL_ARRAY_LEN(readers)) {
        guess(data + 1, size - 1);
        return 0;
    }
    fuzz_cataloger(readers[which].cataloger, readers[which].path, (pl_span){data + 1, size - 1},
                   NULL);
    return 0;
}
