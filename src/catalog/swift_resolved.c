/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package.resolved of the Swift Package Manager (swiftpm's PackageGraph/ResolvedPackagesStore), in
 * JSON, versions 2 and 3, and 1:
 *
 *     { "version": 2, "pins": [
 *         { "identity": "swift-nio", "kind": "remoteSourceControl",
 *           "location": "https://github.com/apple/swift-nio.git",
 *           "state": { "revision": "b14b...", "version": "2.40.0" } },
 *         { "identity": "mona.LinkedList", "kind": "registry", "location": "",
 *           "state": { "version": "1.2.0" } } ] }
 *     { "version": 1, "object": { "pins": [
 *         { "package": "Nimble", "repositoryURL": "https://github.com/Quick/Nimble.git",
 *           "state": { "branch": null, "revision": "c93f...", "version": "9.2.1" } } ] } }
 *
 * A package is named by where its repository is. What follows a branch has no version, and what
 * lies in a local repository is one's own.
 */
#include "catalog/distinct.h"
#include "format/json.h"

/* The host and path of a URL, or of what scp takes ("git@host:path"), without ".git". */
static pl_str name_of(struct pl_arena *arena, pl_str location)
{
    pl_str name = location;
    size_t scheme = pl_str_find(name, PL_STR("://"));
    name = pl_str_skip(name, scheme == SIZE_MAX ? 0 : scheme + 3);
    size_t at = pl_str_find_char(name, '@');
    size_t slash = pl_str_find_char(name, '/');
    if (at != SIZE_MAX && (slash == SIZE_MAX || at < slash)) {
        name = pl_str_skip(name, at + 1);
    }
    while (pl_str_ends_with(name, PL_STR("/"))) {
        name.len--;
    }
    if (pl_str_ends_with(name, PL_STR(".git"))) {
        name.len -= 4;
    }
    pl_str host = PL_STR_EMPTY;
    pl_str path = PL_STR_EMPTY;
    if (scheme == SIZE_MAX && pl_str_cut(name, ':', &host, &path)) {
        return pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(host),
                               PL_STR_ARG(path));
    }
    return name;
}

/* "scope.name" of a registry. */
static pl_str registry_name(struct pl_arena *arena, pl_str identity)
{
    pl_str scope = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    return pl_str_cut(identity, '.', &scope, &name)
               ? pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(scope),
                                 PL_STR_ARG(name))
               : identity;
}

static void add_pin(struct pl_distinct *list, const json_t *pin)
{
    pl_str kind = pl_json_str(pin, "kind");
    pl_str version = pl_json_str(pl_json_object(pin, "state"), "version");
    pl_str location = pl_json_str(pin, "location");
    location = location.len > 0 ? location : pl_json_str(pin, "repositoryURL");
    if (version.len == 0 || pl_str_starts_with(kind, PL_STR("local")) ||
        pl_str_starts_with(kind, PL_STR("file"))) {
        return;
    }
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_distinct_facts facts = {0};
    pl_str name = pl_str_eq(kind, PL_STR("registry"))
                      ? registry_name(&scratch, pl_json_str(pin, "identity"))
                      : name_of(&scratch, location);
    pl_distinct_add(list, name, version, &facts);
}

static enum pl_status read_swift_resolved(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the file", &document, err);
    struct pl_distinct list pl_autodistinct = {
        .sink = sink, .type = "swift", .scope = PL_SCOPE_DECLARED};
    const json_t *old = pl_json_object(document, "object");
    const json_t *pins = pl_json_array(old ? old : document, "pins");
    for (size_t i = 0; i < json_array_size(pins); i++) {
        add_pin(&list, json_array_get(pins, i));
    }
    return st;
}

const struct pl_cataloger pl_cataloger_swift_resolved = {
    .name = "swift-resolved",
    .summary = "Package.resolved of the Swift Package Manager",
    .patterns = (const char *const[]){"**/Package.resolved", NULL},
    .read = read_swift_resolved,
};
