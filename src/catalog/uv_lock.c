/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uv.lock of uv (docs.astral.sh/uv, "Locking"; uv's crates/uv-resolver/src/lock), TOML:
 *
 *     [manifest]
 *     members = ["app", "library"]                of a workspace
 *     [[package]]
 *     name = "app"
 *     source = { virtual = "." }                  or editable, directory, path, registry, git, url
 *     dependencies = [{ name = "httpx", version = "0.28.1", extra = ["socks"], marker = "..." }]
 *     [package.optional-dependencies]
 *     json = [{ name = "orjson" }]                by extra
 *     [package.dev-dependencies]
 *     dev = [{ name = "pytest" }]                 by group
 *     [[package]]
 *     name = "httpx"
 *     version = "0.28.1"
 *     sdist = { url = "...", hash = "sha256:..." }
 *     wheels = [{ url = "...", hash = "sha256:..." }]
 *
 * A need has a version when the file has several of the name. What is needed always, only with an
 * extra of the project, or only for development is worked out from what the projects ask for.
 */
#include "catalog/python_package.h"
#include "format/toml.h"

/* Why a package is there. */
enum {
    ALWAYS = 1,
    WITH_EXTRA = 2,
    TO_DEVELOP = 4,
};

struct package {
    const json_t *table;
    unsigned reasons;
    bool is_root;
    bool is_direct;
};

/* A list of needs to follow, for one reason. */
struct step {
    const json_t *needs;
    unsigned reason;
    bool is_of_root;
};

struct uv_lock {
    struct pl_python_lock lock;
    struct package *packages;
    size_t count;
    bool has_root;
    struct pl_map members; /* names of the workspace's */
    struct pl_map by_name; /* the last struct package of "NAME", and of "NAME VERSION" */
    struct pl_map followed; /* lists of needs with their reason */
    struct {
        PL_VEC_FIELDS(struct step);
    } steps;
};

static bool is_local(const json_t *table)
{
    static const char *const kinds[] = {"virtual", "editable", "directory", "path"};
    const json_t *source = pl_json_object(table, "source");
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        if (json_object_get(source, kinds[i])) {
            return true;
        }
    }
    return false;
}

static bool is_root(const struct uv_lock *uv, const json_t *table)
{
    const json_t *source = pl_json_object(table, "source");
    if (pl_map_find(&uv->members, pl_json_str(table, "name"))) {
        return is_local(table);
    }
    return pl_str_eq(pl_json_str(source, "virtual"), PL_STR(".")) ||
           pl_str_eq(pl_json_str(source, "editable"), PL_STR("."));
}

static pl_str key_of(struct pl_arena *arena, pl_str name, pl_str version)
{
    return pl_arena_format(arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(name), PL_STR_ARG(version));
}

static void take_step(struct uv_lock *uv, const json_t *needs, unsigned reason, bool is_of_root)
{
    struct {
        const json_t *needs;
        uintptr_t reason;
    } key = {needs, reason};
    pl_str bytes = pl_str_make((const char *)&key, sizeof(key));
    if (json_array_size(needs) == 0 || pl_map_find(&uv->followed, bytes)) {
        return;
    }
    *pl_map_at(&uv->followed, pl_arena_dup(&uv->lock.arena, bytes)) = uv;
    *pl_vec_push(&uv->lock.arena, &uv->steps) =
        (struct step){.needs = needs, .reason = reason, .is_of_root = is_of_root};
}

/* All lists in a table, such as those of all groups. */
static void take_steps(struct uv_lock *uv, const json_t *table, unsigned reason)
{
    struct pl_json_member each = {0};
    while (pl_json_next(table, &each)) {
        take_step(uv, each.value, reason, true);
    }
}

static void reach(struct uv_lock *uv, const json_t *need, const struct step *step)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str name = pl_json_str(need, "name");
    pl_str version = pl_json_str(need, "version");
    struct package *it =
        pl_map_find(&uv->by_name, version.len > 0 ? key_of(&scratch, name, version) : name);
    if (!it) {
        return;
    }
    it->reasons |= step->reason;
    it->is_direct = it->is_direct || step->is_of_root;
    take_step(uv, pl_json_array(it->table, "dependencies"), step->reason, false);
    const json_t *extras = pl_json_array(need, "extra");
    const json_t *optional = pl_json_object(it->table, "optional-dependencies");
    for (size_t i = 0; i < json_array_size(extras); i++) {
        pl_str extra = pl_json_text(json_array_get(extras, i));
        take_step(uv, json_object_getn(optional, extra.ptr, extra.len), step->reason, false);
    }
}

static void reach_all(struct uv_lock *uv)
{
    for (size_t i = 0; i < uv->count; i++) {
        const json_t *table = uv->packages[i].table;
        if (uv->packages[i].is_root) {
            take_step(uv, pl_json_array(table, "dependencies"), ALWAYS, true);
            take_steps(uv, pl_json_object(table, "optional-dependencies"), WITH_EXTRA);
            take_steps(uv, pl_json_object(table, "dev-dependencies"), TO_DEVELOP);
        }
    }
    for (size_t s = 0; s < uv->steps.count; s++) {
        struct step step = uv->steps.items[s];
        for (size_t i = 0; i < json_array_size(step.needs); i++) {
            reach(uv, json_array_get(step.needs, i), &step);
        }
    }
}

static void know_all(struct uv_lock *uv, const json_t *document)
{
    const json_t *tables = pl_json_array(document, "package");
    const json_t *members = pl_json_array(pl_json_object(document, "manifest"), "members");
    for (size_t i = 0; i < json_array_size(members); i++) {
        *pl_map_at(&uv->members, pl_json_text(json_array_get(members, i))) = uv;
    }
    uv->count = json_array_size(tables);
    uv->packages = PL_ARENA_ARRAY(&uv->lock.arena, struct package, uv->count);
    for (size_t i = 0; i < uv->count; i++) {
        struct package *it = &uv->packages[i];
        it->table = json_array_get(tables, i);
        it->is_root = is_root(uv, it->table);
        uv->has_root = uv->has_root || it->is_root;
        pl_str name = pl_json_str(it->table, "name");
        pl_str version = pl_json_str(it->table, "version");
        *pl_map_at(&uv->by_name, name) = it;
        *pl_map_at(&uv->by_name, key_of(&uv->lock.arena, name, version)) = it;
        pl_python_lock_know(&uv->lock, name, version);
    }
}

static void add_package(struct uv_lock *uv, const struct package *package)
{
    const json_t *table = package->table;
    struct pl_distinct_facts facts = {
        .is_dev = package->reasons == TO_DEVELOP,
        .is_optional = (package->reasons & WITH_EXTRA) && !(package->reasons & ALWAYS),
    };
    if (uv->has_root) {
        facts.relation = package->is_direct ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
    }
    struct pl_component *component =
        is_local(table) ? NULL
                        : pl_distinct_add(&uv->lock.list, pl_json_str(table, "name"),
                                          pl_json_str(table, "version"), &facts);
    if (!component) {
        return;
    }
    pl_python_add_hash(uv->lock.list.sink, component,
                       pl_json_str(pl_json_object(table, "sdist"), "hash"));
    pl_python_lock_files(&uv->lock, component, pl_json_array(table, "wheels"), "hash");
    const json_t *needs = pl_json_array(table, "dependencies");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        const json_t *need = json_array_get(needs, i);
        pl_python_lock_depends(&uv->lock, component, pl_json_str(need, "name"),
                               pl_json_str(need, "version"));
    }
}

static enum pl_status read_uv_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(pl_span_str(file->content), "the file", &document, err);
    struct uv_lock uv = {.lock = PL_PYTHON_LOCK_INIT(sink)};
    know_all(&uv, document);
    reach_all(&uv);
    for (size_t i = 0; i < uv.count; i++) {
        add_package(&uv, &uv.packages[i]);
    }
    pl_map_release(&uv.members);
    pl_map_release(&uv.by_name);
    pl_map_release(&uv.followed);
    pl_python_lock_release(&uv.lock);
    return st;
}

const struct pl_cataloger pl_cataloger_uv_lock = {
    .name = "uv-lock",
    .summary = "uv.lock of Python's uv",
    .patterns = (const char *const[]){"**/uv.lock", NULL},
    .read = read_uv_lock,
};
