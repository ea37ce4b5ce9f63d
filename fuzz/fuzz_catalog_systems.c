/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Databases of package managers beside dpkg, apk and rpm: the first line is a path, after which one
 * of these catalogers reads the rest, as the matcher finds it.
 */
#include "catalog.h"
#include "catalog/match.h"

static const char *const names[] = {
    "bottlerocket", "conda-meta",   "content-manifest", "homebrew", "nix-derivation",
    "nix-store",    "opkg",         "pacman",           "portage",  "redhat-repo",
    "suse-product", "rpm-manifest", "script-program",
};

static bool is_of_family(const struct pl_cataloger *cataloger)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (strcmp(cataloger->name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pl_catalog_matcher *matcher;
    char path[PL_LIMIT_PATH_BYTES + 1];
    matcher = matcher ? matcher : pl_catalog_matcher_new();
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    if (!end || len >= sizeof(path) || memchr(data, 0, len)) {
        return 0;
    }
    memcpy(path, data, len);
    path[len] = '\0';
    const struct pl_cataloger *cataloger = pl_catalog_match(matcher, pl_str_from(path));
    if (cataloger && is_of_family(cataloger)) {
        fuzz_cataloger(cataloger, path, (pl_span){end + 1, size - len - 1}, NULL);
    }
    return 0;
}
