/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deno.lock (docs.deno.com, "Integrity checking and lock files"): packages of npm and of JSR by
 * name and version, what the project asks for, and which version each thing asked for became.
 *
 *     versions 4, 5   "specifiers": { "npm:chalk@5": "5.3.0" },  "npm": {...}, "jsr": {...}
 *     version 3       the same within "packages", with "npm:chalk@5": "npm:chalk@5.3.0"
 *     version 2       "npm": { "specifiers": {...}, "packages": {...} }
 *
 *     "npm": { "a@1.0.0_peer@2.0.0": { "integrity": "sha512-...", "dependencies": ["b@2.0.0"] } }
 *     "jsr": { "@std/bytes@1.0.2": { "integrity": "hex of SHA-256", "dependencies": [...] } }
 *
 * Peers are behind an underscore, which a version cannot have; in dependencies of version 3 an
 * object says "name": "key". "remote" has single files by URL, which are no packages.
 */
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "catalog/npm_package.h"

/* The name and version of a key, without peers. */
static bool identify(pl_str key, pl_str *ret_name, pl_str *ret_version)
{
    if (!pl_npm_split(key, ret_name, ret_version)) {
        return false;
    }
    pl_str_cut(*ret_version, '_', ret_version, &(pl_str){0});
    return ret_version->len > 0;
}

/* What a specifier ("npm:chalk@5") became. */
static void add_specifier(struct pl_sink *sink, struct pl_component *component,
                          const json_t *specifiers, pl_str specifier)
{
    pl_str name = specifier;
    pl_str range = PL_STR_EMPTY;
    pl_str scheme = PL_STR_EMPTY;
    pl_str version = pl_json_text(json_object_getn(specifiers, specifier.ptr, specifier.len));
    if (pl_str_starts_with(specifier, PL_STR("npm:")) ||
        pl_str_starts_with(specifier, PL_STR("jsr:"))) {
        pl_str_cut(specifier, ':', &scheme, &specifier);
        name = specifier;
    }
    if (pl_npm_split(specifier, &name, &range) && version.len == 0 && scheme.len == 0) {
        version = range; /* an exact "name@1.0.0" of an npm package */
    }
    if (pl_str_contains(version, PL_STR(":"))) { /* version 3 repeats the name */
        pl_str_cut(version, ':', &scheme, &version);
        pl_npm_split(version, &name, &version);
    }
    pl_str_cut(version, '_', &version, &(pl_str){0});
    pl_need_add(sink, component, name, version);
}

static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const json_t *specifiers, const json_t *wanted)
{
    struct pl_json_member each = {0};
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        add_specifier(sink, component, specifiers, pl_json_text(json_array_get(wanted, i)));
    }
    while (pl_json_next(wanted, &each)) {
        add_specifier(sink, component, specifiers, pl_json_text(each.value));
    }
}

static bool is_direct(const json_t *direct, pl_str name, pl_str version)
{
    char key[1024];
    int len = snprintf(key, sizeof(key), PL_STR_FMT "@" PL_STR_FMT, PL_STR_ARG(name),
                       PL_STR_ARG(version));
    return len > 0 && (size_t)len < sizeof(key) && json_object_getn(direct, key, (size_t)len);
}

static void add_packages(struct pl_sink *sink, const char *type, const json_t *packages,
                         const json_t *specifiers, const json_t *direct)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = type, .scope = PL_SCOPE_DECLARED};
    struct pl_json_member each = {0};
    while (pl_json_next(packages, &each)) {
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        struct pl_distinct_facts facts = {0};
        if (!identify(each.key, &name, &version)) {
            pl_sink_gap(sink, "'" PL_STR_FMT "' is no package with a version",
                        PL_STR_ARG(pl_str_sub(each.key, 0, 100)));
            continue;
        }
        if (json_object_size(direct) > 0) {
            facts.relation =
                is_direct(direct, name, version) ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
        }
        struct pl_component *component = pl_distinct_add(&list, name, version, &facts);
        if (component) {
            pl_str integrity = pl_json_str(each.value, "integrity");
            pl_catalog_add_integrity(sink, component, integrity);
            pl_catalog_add_hash(sink, component, PL_STR("sha256"), integrity);
            add_depends(sink, component, specifiers, json_object_get(each.value, "dependencies"));
            add_depends(sink, component, specifiers,
                        json_object_get(each.value, "optionalDependencies"));
        }
    }
}

/* Notes what the specifiers of a list became, as "name@version". */
static void note_direct(json_t *direct, const json_t *specifiers, const json_t *wanted)
{
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        char key[1024];
        pl_str specifier = pl_json_text(json_array_get(wanted, i));
        pl_str version = pl_json_text(json_object_getn(specifiers, specifier.ptr, specifier.len));
        pl_str name = PL_STR_EMPTY;
        pl_str range = PL_STR_EMPTY;
        pl_str_cut(specifier, ':', &range, &specifier);
        pl_str_cut(version, '_', &version, &(pl_str){0});
        if (!pl_npm_split(specifier, &name, &range)) {
            name = specifier;
        }
        if (pl_str_contains(version, PL_STR(":"))) {
            pl_str_cut(version, ':', &range, &version);
            pl_npm_split(version, &name, &version);
        }
        int len = snprintf(key, sizeof(key), PL_STR_FMT "@" PL_STR_FMT, PL_STR_ARG(name),
                           PL_STR_ARG(version));
        if (len > 0 && (size_t)len < sizeof(key)) {
            json_object_setn_new_nocheck(direct, key, (size_t)len, json_true());
        }
    }
}

static void note_project(json_t *direct, const json_t *specifiers, const json_t *project)
{
    note_direct(direct, specifiers, pl_json_array(project, "dependencies"));
    note_direct(direct, specifiers,
                pl_json_array(pl_json_object(project, "packageJson"), "dependencies"));
}

static enum pl_status read_deno_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    json_t *lock pl_autojson = NULL;
    if (pl_npm_is_in_package(file->path)) {
        return PL_OK;
    }
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &lock, err);
    if (st < 0) {
        return st;
    }
    const json_t *version_3 = pl_json_object(lock, "packages");
    const json_t *place = version_3 ? version_3 : lock;
    const json_t *npm = pl_json_object(place, "npm");
    const json_t *specifiers = pl_json_object(place, "specifiers");
    const json_t *version_2 = pl_json_object(npm, "packages");
    if (version_2) {
        specifiers = pl_json_object(npm, "specifiers");
        npm = version_2;
    }
    const json_t *workspace = pl_json_object(lock, "workspace");
    json_t *direct pl_autojson = json_object();
    struct pl_json_member each = {0};
    note_project(direct, specifiers, workspace);
    while (pl_json_next(json_object_get(workspace, "members"), &each)) {
        note_project(direct, specifiers, each.value);
    }
    add_packages(sink, "npm", npm, specifiers, direct);
    add_packages(sink, "jsr", pl_json_object(place, "jsr"), specifiers, direct);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_deno_lock = {
    .name = "deno-lock",
    .summary = "deno.lock: packages of npm and JSR that Deno locked",
    .patterns = (const char *const[]){"**/deno.lock", NULL},
    .read = read_deno_lock,
};
