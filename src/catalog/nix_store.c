/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories in the Nix store: each is an output of a package, and its name says which (see
 * catalog/nix_name.h). Nothing in it does: there is no metadata about licences or sources.
 *
 * Not every one is a package. What has no version is none; nor are sources, the vendored
 * dependencies of one build, and environments that only link to packages, which are told by their
 * last word. A path ending in .drv is a derivation and read by catalog/nix_derivation.c, which
 * comes before this one by name; it is never a directory.
 */
#include "catalog/cataloger.h"
#include "catalog/nix_name.h"

static bool is_software(pl_str version)
{
    static const char *const others[] = {
        "env",    "source", "src",     "vendor", "go-modules", "npm-deps", "yarn-deps", "drv",
        "tar.gz", "tar.xz", "tar.bz2", "zip",    "patch",      "patches",  "config",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
        pl_str suffix = pl_str_from(others[i]);
        size_t before = version.len - suffix.len;
        if (pl_str_ends_with(version, suffix) &&
            (before == 0 || memchr("-.", version.ptr[before - 1], 2))) {
            return false;
        }
    }
    return true;
}

static enum pl_status read_nix_store(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    struct pl_nix_name it;
    if (!pl_nix_name_parse(file->path, &it) || it.version.len == 0 || !is_software(it.version)) {
        return PL_OK;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "nix", it.name, it.version);
    if (component && it.output.len > 0) {
        char qualifier[32] = "output=";
        size_t len = strlen(qualifier);
        memcpy(qualifier + len, it.output.ptr, it.output.len);
        pl_sink_push(sink, &component->qualifiers, pl_str_make(qualifier, len + it.output.len));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nix_store = {
    .name = "nix-store",
    .summary = "packages in the Nix store, from the names of its directories",
    .patterns = (const char *const[]){"nix/store/*", NULL},
    .is_of_directories = true,
    .read = read_nix_store,
};
