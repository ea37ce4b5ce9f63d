/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pnpm-lock.yaml (github.com/pnpm/spec, lockfile/): what each project of the workspace asks for, in
 * "importers" or, for a single one, at the top; and the packages by their "dependency path", whose
 * form is that of the lockfileVersion:
 *
 *     up to 5    /name/1.0.0   /@scope/name/1.0.0_peer@2.0.0   registry.example/name/1.0.0
 *     6          /name@1.0.0   /@scope/name@1.0.0(peer@2.0.0)
 *     from 9 on  name@1.0.0    with peers in "snapshots" alone, which has what "packages" had about
 *                              dependencies
 *
 * A dependency is "name: VERSION", the version with its peers, or, for an alias, a path. Packages
 * from elsewhere (tarballs, git, files) have a URL in place of the version and state the version,
 * and before 9 the name, by themselves; directories (link:, file:) state none and are the project's
 * own. "dev: true" is said up to 6; later it follows from which kind of dependency of the projects
 * leads to a package. Of several documents the last is the project's, and the first pnpm's own.
 */
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "catalog/npm_package.h"
#include "format/yaml.h"

struct package {
    pl_str name;
    pl_str version;
    const json_t *stated; /* in "packages" */
    const json_t *snapshot; /* where its dependencies are */
    bool is_direct;
    bool is_reached; /* but by development */
    struct package *next; /* to be gone on from */
};

struct lock {
    struct pl_arena arena;
    struct pl_map packages; /* dependency path to struct package */
    struct package *waiting;
    bool has_snapshots;
    bool has_slashes; /* up to 5: "/name/1.0.0" */
};

/* Without the peers: behind '(' from version 6 on, behind '_' before. */
static pl_str without_peers(const struct lock *lock, pl_str version)
{
    size_t end = pl_str_find_char(version, lock->has_slashes ? '_' : '(');
    return end == SIZE_MAX ? version : pl_str_sub(version, 0, end);
}

/* Where the version begins in a path of version 5: behind the slash after the name. */
static bool split_slashes(pl_str path, pl_str *ret_name, pl_str *ret_version)
{
    /* The host of a registry that is not the usual one. */
    if (!pl_str_starts_with(path, PL_STR("/"))) {
        size_t slash = pl_str_find_char(path, '/');
        path = slash == SIZE_MAX ? path : pl_str_skip(path, slash);
    }
    path = pl_str_skip(path, 1);
    size_t scope = pl_str_starts_with(path, PL_STR("@")) ? pl_str_find_char(path, '/') : 0;
    size_t slash =
        scope == SIZE_MAX ? SIZE_MAX : pl_str_find_char(pl_str_skip(path, scope + 1), '/');
    if (slash == SIZE_MAX) {
        return false;
    }
    slash += scope + 1;
    *ret_name = pl_str_sub(path, 0, slash);
    *ret_version = pl_str_skip(path, slash + 1);
    return true;
}

static bool split_path(const struct lock *lock, pl_str path, pl_str *ret_name, pl_str *ret_version)
{
    if (lock->has_slashes) {
        if (!split_slashes(path, ret_name, ret_version)) {
            return false;
        }
    } else {
        path = pl_str_starts_with(path, PL_STR("/")) ? pl_str_skip(path, 1) : path;
        if (!pl_npm_split(path, ret_name, ret_version)) {
            return false;
        }
    }
    *ret_version = without_peers(lock, *ret_version);
    return true;
}

/* False for what has no version: the project's own directories, and what nobody states one of. */
static bool identify(const struct lock *lock, pl_str path, struct package *package)
{
    if (!split_path(lock, path, &package->name, &package->version)) {
        package->name = PL_STR_EMPTY;
        package->version = PL_STR_EMPTY;
    }
    pl_str name = pl_json_str(package->stated, "name");
    pl_str version = pl_json_str(package->stated, "version");
    if (name.len > 0) {
        package->name = name;
    }
    if (version.len > 0) {
        package->version = version;
    }
    return package->name.len > 0 && pl_npm_is_version(package->version);
}

static void add_path(struct lock *lock, const json_t *packages, pl_str path, const json_t *snapshot)
{
    struct package package = {.snapshot = snapshot, .stated = snapshot};
    if (packages) {
        pl_str without = without_peers(lock, path);
        package.stated = json_object_getn(packages, without.ptr, without.len);
    }
    if (identify(lock, path, &package)) {
        struct package *kept = PL_ARENA_NEW(&lock->arena, struct package);
        *kept = package;
        *pl_map_at(&lock->packages, path) = kept;
    }
}

/* The package that "name: VERSION" means. */
static struct package *find(struct lock *lock, pl_str name, pl_str version)
{
    static const struct {
        const char *before;
        const char *between;
    } forms[] = {{"", "@"}, {"/", "@"}, {"/", "/"}};
    char path[2048];
    struct package *found = pl_map_find(&lock->packages, version);
    for (size_t i = 0; !found && i < PL_ARRAY_LEN(forms); i++) {
        int len = snprintf(path, sizeof(path), "%s" PL_STR_FMT "%s" PL_STR_FMT, forms[i].before,
                           PL_STR_ARG(name), forms[i].between, PL_STR_ARG(version));
        if (len > 0 && (size_t)len < sizeof(path)) {
            found = pl_map_find(&lock->packages, pl_str_make(path, (size_t)len));
        }
    }
    return found;
}

/* Projects of version 6 on say {specifier, version}, others the version itself. */
static pl_str version_of(const json_t *wanted)
{
    return json_is_object(wanted) ? pl_json_str(wanted, "version") : pl_json_text(wanted);
}

static void reach(struct lock *lock, struct package *package)
{
    if (!package->is_reached) {
        package->is_reached = true;
        package->next = lock->waiting;
        lock->waiting = package;
    }
}

static void add_wanted(struct lock *lock, const json_t *wanted, bool is_dev, bool is_project)
{
    struct pl_json_member each = {0};
    while (pl_json_next(wanted, &each)) {
        struct package *found = find(lock, each.key, version_of(each.value));
        if (found) {
            found->is_direct = found->is_direct || is_project;
            if (!is_dev) {
                reach(lock, found);
            }
        }
    }
}

static void add_project(struct lock *lock, const json_t *project)
{
    add_wanted(lock, json_object_get(project, "dependencies"), false, true);
    add_wanted(lock, json_object_get(project, "optionalDependencies"), false, true);
    add_wanted(lock, json_object_get(project, "devDependencies"), true, true);
}

static void follow(struct lock *lock, const json_t *document)
{
    struct pl_json_member each = {0};
    add_project(lock, document);
    while (pl_json_next(json_object_get(document, "importers"), &each)) {
        add_project(lock, each.value);
    }
    while (lock->waiting) {
        struct package *package = lock->waiting;
        lock->waiting = package->next;
        add_wanted(lock, json_object_get(package->snapshot, "dependencies"), false, false);
        add_wanted(lock, json_object_get(package->snapshot, "optionalDependencies"), false, false);
    }
}

static void add_depends(struct lock *lock, struct pl_sink *sink, struct pl_component *component,
                        const json_t *wanted)
{
    struct pl_json_member each = {0};
    while (pl_json_next(wanted, &each)) {
        pl_str name = each.key;
        const struct package *found = find(lock, name, version_of(each.value));
        pl_need_add(sink, component, found ? found->name : name,
                    found ? found->version : PL_STR_EMPTY);
    }
}

static void add_package(struct lock *lock, struct pl_distinct *list, const struct package *package)
{
    const json_t *said = lock->has_snapshots ? package->snapshot : package->stated;
    struct pl_distinct_facts facts = {
        .is_dev =
            lock->has_snapshots ? !package->is_reached : json_is_true(json_object_get(said, "dev")),
        .is_optional = json_is_true(json_object_get(said, "optional")),
        .relation = package->is_direct ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE,
    };
    struct pl_component *component = pl_distinct_add(list, package->name, package->version, &facts);
    if (!component) {
        return;
    }
    const json_t *resolution = pl_json_object(package->stated, "resolution");
    pl_catalog_add_integrity(list->sink, component, pl_json_str(resolution, "integrity"));
    add_depends(lock, list->sink, component, pl_json_object(package->snapshot, "dependencies"));
    add_depends(lock, list->sink, component,
                pl_json_object(package->snapshot, "optionalDependencies"));
}

static void add_document(struct pl_sink *sink, const json_t *document)
{
    pl_str version = pl_json_str(document, "lockfileVersion");
    uint64_t major = 0;
    pl_str_take_uint(&version, UINT32_MAX, &major);
    struct lock lock = {
        .has_snapshots = pl_json_object(document, "snapshots") != NULL,
        .has_slashes = major < 6,
    };
    struct pl_distinct list = {.sink = sink, .type = "npm", .scope = PL_SCOPE_DECLARED};
    const json_t *packages = pl_json_object(document, "packages");
    const json_t *paths = lock.has_snapshots ? json_object_get(document, "snapshots") : packages;
    struct pl_json_member each = {0};
    while (pl_json_next(paths, &each)) {
        add_path(&lock, lock.has_snapshots ? packages : NULL, each.key, each.value);
    }
    follow(&lock, document);
    while (pl_json_next(paths, &each)) {
        const struct package *package = pl_map_find(&lock.packages, each.key);
        if (package) {
            add_package(&lock, &list, package);
        }
    }
    pl_distinct_release(&list);
    pl_map_release(&lock.packages);
    pl_arena_release(&lock.arena);
}

static enum pl_status read_pnpm_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    json_t *documents pl_autojson = NULL;
    if (pl_npm_is_in_package(file->path)) {
        return PL_OK;
    }
    enum pl_status st = pl_yaml_parse_all(pl_span_str(file->content), "the file", &documents, err);
    if (st == PL_OK && json_array_size(documents) > 0) {
        add_document(sink, json_array_get(documents, json_array_size(documents) - 1));
    }
    return st;
}

const struct pl_cataloger pl_cataloger_pnpm_lock = {
    .name = "pnpm-lock",
    .summary = "pnpm-lock.yaml, lockfile versions 5, 6 and 9",
    .patterns = (const char *const[]){"**/pnpm-lock.yaml", NULL},
    .read = read_pnpm_lock,
};
