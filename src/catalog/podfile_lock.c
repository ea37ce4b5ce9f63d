/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Podfile.lock of CocoaPods (guides.cocoapods.org, "Using CocoaPods"), which is YAML:
 *
 *     PODS:
 *       - AFNetworking (4.0.1):            a pod, its version, and below it what it needs
 *         - AFNetworking/Security (= 4.0.1)
 *       - AFNetworking/Security (4.0.1)    a subspec, a part of the pod
 *     DEPENDENCIES:
 *       - AFNetworking (~> 4.0)            what the project asks for
 *     EXTERNAL SOURCES:
 *       Own:
 *         :path: "../Own"                  a folder of the project's own
 *
 * Subspecs are components of their own, as the purl of the type has them. The checksums are those
 * of the specifications and not of the pods.
 */
#include "base/map.h"
#include "catalog/distinct.h"
#include "format/yaml.h"

struct lock {
    struct pl_map versions; /* of pods by name: the JSON string "Name (1.0)" */
    struct pl_map direct; /* names */
    const json_t *external;
};

/* "Name (what)" in its parts; the second may be empty. */
static void split(pl_str text, pl_str *ret_name, pl_str *ret_what)
{
    pl_str_cut(text, '(', ret_name, ret_what);
    *ret_name = pl_str_trim(*ret_name);
    size_t end = pl_str_find_char(*ret_what, ')');
    *ret_what = pl_str_trim(end == SIZE_MAX ? *ret_what : pl_str_sub(*ret_what, 0, end));
}

/* The text of an entry: itself, or the key of the mapping that it is. */
static pl_str entry_of(const json_t *item, const json_t **ret_needs)
{
    *ret_needs = NULL;
    if (json_is_string(item)) {
        return pl_json_text(item);
    }
    struct pl_json_member each = {0};
    while (pl_json_next(item, &each)) {
        *ret_needs = each.value;
        return each.key;
    }
    return PL_STR_EMPTY;
}

static bool is_own(const struct lock *lock, pl_str name)
{
    pl_str pod = PL_STR_EMPTY;
    pl_str_cut(name, '/', &pod, &(pl_str){0});
    const json_t *source = json_object_getn(lock->external, pod.ptr, pod.len);
    return json_object_get(source, ":path") != NULL;
}

static void add_needs(struct pl_sink *sink, struct pl_component *component, const struct lock *lock,
                      const json_t *needs)
{
    for (size_t i = 0; i < json_array_size(needs); i++) {
        pl_str name = PL_STR_EMPTY;
        pl_str range = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        char text[1024];
        split(pl_json_text(json_array_get(needs, i)), &name, &range);
        const pl_str *found = pl_map_find(&lock->versions, name);
        if (found) {
            split(*found, &name, &version);
        }
        int len = snprintf(text, sizeof(text), PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(name),
                           version.len > 0 ? "@" : "", PL_STR_ARG(version));
        if (len > 0 && (size_t)len < sizeof(text)) {
            pl_sink_push(sink, &component->depends, pl_str_make(text, (size_t)len));
        }
    }
}

static void add_pods(struct pl_sink *sink, const struct lock *lock, const json_t *pods)
{
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "cocoapods", .scope = PL_SCOPE_DECLARED};
    for (size_t i = 0; i < json_array_size(pods); i++) {
        const json_t *needs = NULL;
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        struct pl_distinct_facts facts = {0};
        split(entry_of(json_array_get(pods, i), &needs), &name, &version);
        if (is_own(lock, name)) {
            continue;
        }
        if (lock->direct.count > 0) {
            facts.relation =
                pl_map_find(&lock->direct, name) ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
        }
        struct pl_component *component = pl_distinct_add(&list, name, version, &facts);
        if (component) {
            add_needs(sink, component, lock, needs);
        }
    }
}

static enum pl_status read_podfile_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse(pl_span_str(file->content), "the file", &document, err);
    if (st < 0) {
        return st;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct lock lock = {.external = pl_json_object(document, "EXTERNAL SOURCES")};
    const json_t *pods = pl_json_array(document, "PODS");
    const json_t *wanted = pl_json_array(document, "DEPENDENCIES");
    for (size_t i = 0; i < json_array_size(pods); i++) {
        const json_t *needs = NULL;
        pl_str *entry = PL_ARENA_NEW(&arena, pl_str);
        pl_str name = PL_STR_EMPTY;
        *entry = entry_of(json_array_get(pods, i), &needs);
        split(*entry, &name, &(pl_str){0});
        *pl_map_at(&lock.versions, name) = entry;
    }
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        pl_str name = PL_STR_EMPTY;
        split(pl_json_text(json_array_get(wanted, i)), &name, &(pl_str){0});
        *pl_map_at(&lock.direct, name) = &lock;
    }
    add_pods(sink, &lock, pods);
    pl_map_release(&lock.versions);
    pl_map_release(&lock.direct);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_podfile_lock = {
    .name = "podfile-lock",
    .summary = "Podfile.lock of CocoaPods",
    .patterns = (const char *const[]){"**/Podfile.lock", NULL},
    .read = read_podfile_lock,
};
