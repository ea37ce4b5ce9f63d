/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The package.json of an installed package (docs.npmjs.com, "package.json"): what is directly below
 * a node_modules directory, where Node looks for packages (nodejs.org/api/modules.html, "Loading
 * from node_modules folders"), below the folders where Debian puts them, and Yarn and its like
 * where images and corepack unpack them.
 *
 *     { "name": "@scope/name", "version": "1.2.3", "license": "MIT", "dependencies": { ... } }
 *
 * Deeper ones (node_modules/a/dist/esm/package.json) mark the type of modules and are no packages,
 * and one outside of these folders is a project, of which nobody says that it is installed.
 * Licences were objects and lists once. What a package.json needs in order to be a package is a
 * name and a version; without them it is none, and that is no gap, for tools leave such files. Up
 * to version 6 npm wrote the hash of the package into it, as "_integrity".
 *
 * Of bundled packages (bundledDependencies) the files lie there like all others.
 */
#include "catalog/need.h"
#include "catalog/npm_package.h"

static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const json_t *dependencies)
{
    struct pl_json_member each = {0};
    while (pl_json_next(dependencies, &each)) {
        pl_need_add(sink, component, each.key, PL_STR_EMPTY);
    }
}

static enum pl_status read_npm_installed(struct pl_sink *sink, const struct pl_catalog_file *file,
                                         struct pl_error *err)
{
    json_t *package pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &package, err);
    if (st < 0) {
        return st;
    }
    pl_str name = pl_json_str(package, "name");
    pl_str version = pl_str_trim(pl_json_str(package, "version"));
    if (name.len == 0 || version.len == 0) {
        return PL_OK;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "npm", name, version);
    if (!component) {
        return PL_OK;
    }
    pl_npm_add_licenses(sink, component, package);
    pl_catalog_add_integrity(sink, component, pl_json_str(package, "_integrity"));
    add_depends(sink, component, pl_json_object(package, "dependencies"));
    add_depends(sink, component, pl_json_object(package, "optionalDependencies"));
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_npm_installed = {
    .name = "npm-installed",
    .summary = "Installed JavaScript packages, from the package.json of each in node_modules",
    .patterns =
        (const char *const[]){
            "**/node_modules/*/package.json",
            "**/node_modules/@*/*/package.json",
            "usr/share/nodejs/*/package.json",
            "usr/share/nodejs/@*/*/package.json",
            "usr/lib/*/nodejs/*/package.json",
            "usr/lib/*/nodejs/@*/*/package.json",
            "opt/yarn-*/package.json",
            "**/corepack/v1/*/*/package.json",
            NULL,
        },
    .read = read_npm_installed,
};
