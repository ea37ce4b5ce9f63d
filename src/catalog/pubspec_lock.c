/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pubspec.lock of Dart and Flutter (dart.dev/tools/pub/glossary, "Lockfile"):
 *
 *     packages:
 *       crypto:
 *         dependency: "direct main"       or "direct dev", "direct overridden", "transitive"
 *         description: {name: crypto, sha256: "...", url: "https://pub.dev"}
 *         source: hosted                  or git, path, sdk
 *         version: "3.0.2"
 *
 * What comes with the SDK has the version 0.0.0 and is part of it; a path is the project's own. The
 * hash is that of the package's archive.
 */
#include "catalog/cataloger.h"
#include "format/yaml.h"

static void add_package(struct pl_sink *sink, pl_str name, const json_t *package)
{
    pl_str source = pl_json_str(package, "source");
    if (pl_str_eq(source, PL_STR("sdk")) || pl_str_eq(source, PL_STR("path"))) {
        return;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_DECLARED, "pub", name, pl_json_str(package, "version"));
    if (!component) {
        return;
    }
    pl_str dependency = pl_json_str(package, "dependency");
    if (pl_str_starts_with(dependency, PL_STR("direct"))) {
        component->relation = PL_RELATION_DIRECT;
    } else if (pl_str_eq(dependency, PL_STR("transitive"))) {
        component->relation = PL_RELATION_TRANSITIVE;
    }
    component->is_dev = pl_str_eq(dependency, PL_STR("direct dev"));
    pl_catalog_add_hash(sink, component, PL_STR("sha256"),
                        pl_json_str(pl_json_object(package, "description"), "sha256"));
}

static enum pl_status read_pubspec_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    json_t *lock pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse(pl_span_str(file->content), "the file", &lock, err);
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(lock, "packages"), &each)) {
        add_package(sink, each.key, each.value);
    }
    return st;
}

const struct pl_cataloger pl_cataloger_pubspec_lock = {
    .name = "pubspec-lock",
    .summary = "pubspec.lock of Dart and Flutter",
    .patterns = (const char *const[]){"**/pubspec.lock", NULL},
    .read = read_pubspec_lock,
};
