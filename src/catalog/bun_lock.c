/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bun.lock (bun.com/docs, "Lockfile"): JSON with comments and trailing commas. "workspaces" has
 * what each project asks for, "" being the root; "packages" has one list for each place in
 * node_modules:
 *
 *     "workspaces": { "": { "name": "x", "dependencies": { "a": "^1.0.0" } } },
 *     "packages": {
 *         "a": ["a@1.2.3", "registry", { "dependencies": { "b": "^2.0.0" } }, "sha512-..."],
 *         "a/b": ["b@2.0.0", "", {}, "sha512-..."] }
 *
 * The first element is the package's own name and version, whatever the alias of its place. What is
 * behind the at sign is no version for members of the workspace, directories, tarballs and git
 * (workspace:, file:, link:, github:, git+ssh:, https:), and their lists look otherwise; none of
 * these states a version. A dependency is found in the place of its parent, or on the way up. What
 * is for development follows from what the projects ask for.
 */
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "catalog/npm_package.h"
#include "format/jsonc.h"

struct package {
    pl_str place;
    pl_str name;
    pl_str version; /* empty when none is stated */
    const json_t *facts; /* the object of the list, or NULL */
    pl_str integrity;
    bool is_direct;
    bool is_reached; /* but by development */
    bool is_required; /* but by options */
};

struct lock {
    struct pl_map packages; /* place to struct package */
    struct {
        PL_VEC_FIELDS(struct package *);
    } all, waiting;
    struct pl_arena arena;
};

static void read_package(struct lock *lock, pl_str place, const json_t *list)
{
    struct package *package = PL_ARENA_NEW(&lock->arena, struct package);
    pl_str rest = PL_STR_EMPTY;
    package->place = place;
    if (pl_npm_split(pl_json_text(json_array_get(list, 0)), &package->name, &rest) &&
        pl_npm_is_version(rest)) {
        package->version = rest;
    }
    for (size_t i = 1; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        if (json_is_object(value)) {
            package->facts = value;
        } else if (pl_str_starts_with(pl_json_text(value), PL_STR("sha"))) {
            package->integrity = pl_json_text(value);
        }
    }
    *pl_map_at(&lock->packages, place) = package;
    *pl_vec_push(&lock->arena, &lock->all) = package;
}

/* The place around this one: a place is names with slashes between, and names may have a scope. */
static pl_str outer(pl_str place)
{
    size_t slash = pl_str_find_last_char(place, '/');
    if (slash == SIZE_MAX) {
        return PL_STR_EMPTY;
    }
    pl_str head = pl_str_sub(place, 0, slash);
    size_t before = pl_str_find_last_char(head, '/');
    pl_str last = before == SIZE_MAX ? head : pl_str_skip(head, before + 1);
    if (!pl_str_starts_with(last, PL_STR("@"))) {
        return head;
    }
    return before == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(head, 0, before);
}

static struct package *find(const struct lock *lock, pl_str place, pl_str name)
{
    enum { MOST_STEPS = 20 }; /* packages nest some ten levels deep */
    char text[1024];
    for (size_t step = 0; step < MOST_STEPS; step++) {
        int len = snprintf(text, sizeof(text), PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(place),
                           place.len > 0 ? "/" : "", PL_STR_ARG(name));
        struct package *found = NULL;
        if (len > 0 && (size_t)len < sizeof(text)) {
            found = pl_map_find(&lock->packages, pl_str_make(text, (size_t)len));
        }
        if (found || place.len == 0) {
            return found;
        }
        place = outer(place);
    }
    return NULL;
}

enum way { BY_DEVELOPMENT, BY_OPTION, BY_NEED };

/* Goes to a package by way of what it was asked for as: at most once for each way. */
static void reach(struct lock *lock, struct package *package, enum way way)
{
    bool is_new = (way != BY_DEVELOPMENT && !package->is_reached) ||
                  (way == BY_NEED && !package->is_required);
    package->is_reached = package->is_reached || way != BY_DEVELOPMENT;
    package->is_required = package->is_required || way == BY_NEED;
    if (is_new) {
        *pl_vec_push(&lock->arena, &lock->waiting) = package;
    }
}

static void follow_field(struct lock *lock, pl_str place, const json_t *facts, const char *field,
                         enum way way, bool is_project)
{
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(facts, field), &each)) {
        struct package *found = find(lock, place, each.key);
        if (found) {
            found->is_direct = found->is_direct || is_project;
            reach(lock, found, way);
        }
    }
}

static void follow(struct lock *lock, const json_t *workspaces)
{
    struct pl_json_member each = {0};
    while (pl_json_next(workspaces, &each)) {
        pl_str place = each.key.len == 0 ? PL_STR_EMPTY : pl_json_str(each.value, "name");
        follow_field(lock, place, each.value, "dependencies", BY_NEED, true);
        follow_field(lock, place, each.value, "peerDependencies", BY_NEED, true);
        follow_field(lock, place, each.value, "optionalDependencies", BY_OPTION, true);
        follow_field(lock, place, each.value, "devDependencies", BY_DEVELOPMENT, true);
    }
    while (lock->waiting.count > 0) {
        const struct package *package = lock->waiting.items[--lock->waiting.count];
        enum way way = package->is_required ? BY_NEED : BY_OPTION;
        follow_field(lock, package->place, package->facts, "dependencies", way, false);
        follow_field(lock, package->place, package->facts, "peerDependencies", way, false);
        follow_field(lock, package->place, package->facts, "optionalDependencies", BY_OPTION,
                     false);
    }
}

static void add_depends(struct lock *lock, struct pl_sink *sink, struct pl_component *component,
                        const struct package *package, const char *field)
{
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(package->facts, field), &each)) {
        pl_str name = each.key;
        const struct package *found = find(lock, package->place, name);
        pl_need_add(sink, component, found ? found->name : name,
                    found ? found->version : PL_STR_EMPTY);
    }
}

static void add_packages(struct lock *lock, struct pl_sink *sink)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "npm", .scope = PL_SCOPE_DECLARED};
    for (size_t i = 0; i < lock->all.count; i++) {
        const struct package *package = lock->all.items[i];
        struct pl_distinct_facts facts = {
            .is_dev = !package->is_reached,
            .is_optional = package->is_reached && !package->is_required,
            .relation = package->is_direct ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE,
        };
        struct pl_component *component =
            package->version.len == 0
                ? NULL
                : pl_distinct_add(&list, package->name, package->version, &facts);
        if (component) {
            pl_catalog_add_integrity(sink, component, package->integrity);
            add_depends(lock, sink, component, package, "dependencies");
            add_depends(lock, sink, component, package, "optionalDependencies");
        }
    }
}

static enum pl_status read_bun_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                    struct pl_error *err)
{
    struct lock lock = {0};
    json_t *document pl_autojson = NULL;
    if (pl_npm_is_in_package(file->path)) {
        return PL_OK;
    }
    pl_str text = pl_jsonc_to_json(&lock.arena, pl_span_str(file->content));
    enum pl_status st = pl_json_parse_loose(text, "the file", &document, err);
    if (st == PL_OK) {
        struct pl_json_member each = {0};
        while (pl_json_next(json_object_get(document, "packages"), &each)) {
            read_package(&lock, each.key, each.value);
        }
        follow(&lock, pl_json_object(document, "workspaces"));
        add_packages(&lock, sink);
    }
    pl_map_release(&lock.packages);
    pl_arena_release(&lock.arena);
    return st;
}

const struct pl_cataloger pl_cataloger_bun_lock = {
    .name = "bun-lock",
    .summary = "bun.lock, the text form of Bun's lock file",
    .patterns = (const char *const[]){"**/bun.lock", NULL},
    .read = read_bun_lock,
};
