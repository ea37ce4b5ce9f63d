/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock files of npm (docs.npmjs.com, "package-lock.json"): package-lock.json, the same under
 * the name npm-shrinkwrap.json, and node_modules/.package-lock.json, in which npm (from version 7
 * on) keeps what it has installed.
 *
 * lockfileVersion 1 nests as node_modules does; "requires" says what a package needs, found in the
 * nearest level around it:
 *
 *     "dependencies": { "a": { "version": "1.0.0", "integrity": "sha512-...", "dev": true,
 *         "requires": { "b": "^2.0.0" }, "dependencies": { "b": { ... } } } }
 *
 * 2 and 3 list paths (2 has the other as well, which is passed over); "" is the project:
 *
 *     "packages": { "": { "dependencies": { "a": "^1" } },
 *         "node_modules/a": { "version": "1.0.0", "license": "MIT", ... },
 *         "node_modules/a/node_modules/b": { "name": "if-other", ... },
 *         "packages/member": { ... }, "node_modules/member": { "link": true } }
 *
 * Below node_modules is what was installed, elsewhere are members of the workspace. An alias has
 * its real name in "name", or in version 1 in the version, "npm:real@1.0.0". A package from git has
 * its URL in the version of lockfileVersion 1, and the version itself later. "devOptional" is
 * needed for development and, optionally, otherwise. The hidden lock file of an installation has no
 * project.
 */
#include "base/limits.h"
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "catalog/npm_package.h"

/* Levels around a package of version 1. Nesting takes two of the document's levels each. */
struct level {
    const json_t *dependencies;
    const struct level *outer;
};

static const pl_str below = PL_STR_INIT("node_modules/");

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static pl_str version_1_of(const json_t *package, pl_str *name)
{
    pl_str version = pl_json_str(package, "version");
    pl_str rest = PL_STR_EMPTY;
    if (pl_str_starts_with(version, PL_STR("npm:")) &&
        pl_npm_split(pl_str_skip(version, 4), name, &rest)) {
        return rest;
    }
    return version;
}

static const json_t *find_1(const struct level *level, pl_str name)
{
    for (; level; level = level->outer) {
        const json_t *found = json_object_getn(level->dependencies, name.ptr, name.len);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void add_requires_1(struct pl_sink *sink, struct pl_component *component,
                           const struct level *level, const json_t *package)
{
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(package, "requires"), &each)) {
        pl_str name = each.key;
        const json_t *found = find_1(level, name);
        pl_str version = found ? version_1_of(found, &name) : PL_STR_EMPTY;
        pl_need_add(sink, component, name, version);
    }
}

/* The recursion is as deep as the document nests, which is bounded. */
static void add_level_1(struct pl_distinct *list, const struct level *level)
{
    struct pl_json_member each = {0};
    while (pl_json_next(level->dependencies, &each)) {
        pl_str name = each.key;
        pl_str version = version_1_of(each.value, &name);
        const json_t *inner = pl_json_object(each.value, "dependencies");
        struct level own = {.dependencies = inner, .outer = level};
        struct pl_distinct_facts facts = {
            .is_dev = is_true(each.value, "dev"),
            .is_optional = is_true(each.value, "optional"),
        };
        struct pl_component *component = pl_str_starts_with(version, PL_STR("file:"))
                                             ? NULL
                                             : pl_distinct_add(list, name, version, &facts);
        if (component) {
            pl_catalog_add_integrity(list->sink, component, pl_json_str(each.value, "integrity"));
            add_requires_1(list->sink, component, inner ? &own : level, each.value);
        }
        if (inner) {
            add_level_1(list, &own);
        }
    }
}

/* One package up, or one directory up within a workspace; false at the top. */
static bool go_up(pl_str *path)
{
    if (path->len == 0) {
        return false;
    }
    size_t slash = pl_str_find_last_char(*path, '/');
    *path = slash == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(*path, 0, slash);
    pl_str parent = pl_str_sub(below, 0, below.len - 1);
    if (pl_str_ends_with(*path, parent)) {
        path->len -= parent.len;
        path->len -= path->len > 0 ? 1 : 0;
    }
    return true;
}

/* The package that `name` means to the one at `path`: the nearest on the way up. */
static const json_t *find_in(const json_t *packages, pl_str path, pl_str name)
{
    enum { MOST_STEPS = 20 }; /* packages nest some ten levels deep */
    char at[1024];
    for (size_t step = 0; step < MOST_STEPS; step++) {
        int len = snprintf(at, sizeof(at), PL_STR_FMT "%s" PL_STR_FMT PL_STR_FMT, PL_STR_ARG(path),
                           path.len > 0 ? "/" : "", PL_STR_ARG(below), PL_STR_ARG(name));
        const json_t *found = NULL;
        if (len > 0 && (size_t)len < sizeof(at)) {
            found = json_object_getn(packages, at, (size_t)len);
        }
        if (found || !go_up(&path)) {
            return found;
        }
    }
    return NULL;
}

/* The name below the last node_modules; empty for what is not directly below one. */
static pl_str name_in(pl_str path, const json_t *package)
{
    pl_str name = PL_STR_EMPTY;
    for (size_t at = 0; at + below.len <= path.len;) {
        if (pl_str_starts_with(pl_str_skip(path, at), below)) {
            name = pl_str_skip(path, at + below.len);
        }
        size_t slash = pl_str_find_char(pl_str_skip(path, at), '/');
        at = slash == SIZE_MAX ? path.len : at + slash + 1;
    }
    pl_str real = pl_json_str(package, "name");
    return name.len > 0 && real.len > 0 ? real : name;
}

static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const json_t *packages, pl_str path, const json_t *wanted)
{
    if (sink->left_bytes == 0) {
        return;
    }
    struct pl_json_member each = {0};
    while (pl_json_next(wanted, &each)) {
        pl_str name = each.key;
        const json_t *found = find_in(packages, path, name);
        pl_str real = pl_json_str(found, "name");
        pl_need_add(sink, component, real.len > 0 ? real : name, pl_json_str(found, "version"));
    }
}

/* Packages by the address of their value in the document. */
struct direct {
    struct pl_map set;
    struct pl_arena arena;
};

static pl_str key_of(const json_t *const *package)
{
    return pl_str_make((const char *)package, sizeof(*package));
}

/* Marks what the project, or a member of its workspace, asks for. */
static void find_direct(const json_t *packages, pl_str path, const json_t *project,
                        struct direct *direct)
{
    static const char *const fields[] = {"dependencies", "devDependencies", "optionalDependencies",
                                         "peerDependencies"};
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        struct pl_json_member each = {0};
        while (pl_json_next(json_object_get(project, fields[i]), &each)) {
            const json_t *found = find_in(packages, path, each.key);
            if (found && !pl_map_find(&direct->set, key_of(&found))) {
                *pl_map_at(&direct->set, pl_arena_dup(&direct->arena, key_of(&found))) =
                    (void *)(uintptr_t)packages;
            }
        }
    }
}

static void add_package(struct pl_distinct *list, const json_t *packages, pl_str path,
                        const json_t *package, const struct direct *direct)
{
    pl_str name = name_in(path, package);
    if (name.len == 0 || is_true(package, "link")) {
        return;
    }
    bool is_either = is_true(package, "devOptional");
    struct pl_distinct_facts facts = {
        .is_dev = is_true(package, "dev"),
        .is_optional = is_true(package, "optional") || is_either,
    };
    if (direct->set.count > 0) {
        facts.relation = pl_map_find(&direct->set, key_of(&package)) ? PL_RELATION_DIRECT
                                                                     : PL_RELATION_TRANSITIVE;
    }
    struct pl_component *component =
        pl_distinct_add(list, name, pl_json_str(package, "version"), &facts);
    if (!component) {
        return;
    }
    pl_npm_add_licenses(list->sink, component, package);
    pl_catalog_add_integrity(list->sink, component, pl_json_str(package, "integrity"));
    add_depends(list->sink, component, packages, path, pl_json_object(package, "dependencies"));
    add_depends(list->sink, component, packages, path,
                pl_json_object(package, "optionalDependencies"));
}

static void add_packages(struct pl_distinct *list, const json_t *packages)
{
    struct direct direct = {0};
    struct pl_json_member each = {0};
    while (pl_json_next(packages, &each)) {
        pl_str path = each.key;
        if (name_in(path, each.value).len == 0) {
            find_direct(packages, path, each.value, &direct);
        }
    }
    while (pl_json_next(packages, &each)) {
        add_package(list, packages, each.key, each.value, &direct);
    }
    pl_map_release(&direct.set);
    pl_arena_release(&direct.arena);
}

static enum pl_status read_npm_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    bool is_hidden = pl_str_ends_with(file->path, PL_STR("node_modules/.package-lock.json"));
    if (!is_hidden && pl_npm_is_in_package(file->path)) {
        return PL_OK;
    }
    json_t *lock pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &lock, err);
    if (st < 0) {
        return st;
    }
    struct pl_distinct list pl_autodistinct = {
        .sink = sink,
        .type = "npm",
        .scope = is_hidden ? PL_SCOPE_INSTALLED : PL_SCOPE_DECLARED,
    };
    const json_t *packages = pl_json_object(lock, "packages");
    if (packages) {
        add_packages(&list, packages);
    } else {
        struct level outermost = {.dependencies = pl_json_object(lock, "dependencies")};
        add_level_1(&list, &outermost);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_npm_lock = {
    .name = "npm-lock",
    .summary = "npm's lock files: package-lock.json, npm-shrinkwrap.json, and its own record of "
               "what it installed",
    .patterns = (const char *const[]){"**/package-lock.json", "**/npm-shrinkwrap.json",
                                      "**/node_modules/.package-lock.json", NULL},
    .read = read_npm_lock,
};
