/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image content manifests, which Red Hat's build system leaves in its images (release-engineering's
 * atomic-reactor, "Image Content Manifest"): root/buildinfo/content_manifests/NAME.json, in newer
 * images usr/share/buildinfo/content_manifests.
 *
 *     {"metadata": {"icm_version": 1, ...}, "content_sets": ["rhel-8-for-x86_64-baseos-rpms"],
 *      "image_contents": [{"purl": "pkg:golang/...", "dependencies": [{"purl": "pkg:npm/..."}]}]}
 *
 * image_contents are the sources that were fetched for the build, and what they depend on: each
 * names its packages by purl. They were compiled or copied in, with nothing else left that says so.
 * RPM packages are in the database. Content sets name the repositories that packages came from,
 * which decides whose fixed versions hold (model/os.h).
 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "catalog/cataloger.h"
#include "format/json.h"
#include "model/package_type.h"
#include "model/purl.h"

static void add_package(struct pl_sink *sink, struct pl_map *seen, const json_t *entry)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_purl purl;
    struct pl_error err = PL_ERROR_INIT;
    pl_str text = pl_json_str(entry, "purl");
    if (text.len == 0 || pl_map_find(seen, text)) {
        return;
    }
    *pl_map_at(seen, text) = sink;
    if (pl_purl_parse(&scratch, text, &purl, &err) < 0) {
        pl_sink_gap(sink, "'" PL_STR_FMT "' names no package: %s",
                    PL_STR_ARG(pl_str_sub(text, 0, 100)), err.msg);
        return;
    }
    const struct pl_package_type *type = pl_package_type_of_purl(purl.type);
    if (type && !type->is_system && purl.version.len > 0) {
        pl_catalog_component(sink, PL_SCOPE_DECLARED, type->name,
                             pl_package_type_join(type, &scratch, &purl), purl.version);
    }
}

static void note_content_sets(struct pl_sink *sink, const json_t *sets)
{
    struct pl_buf names pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < json_array_size(sets); i++) {
        pl_str name = pl_json_text(json_array_get(sets, i));
        if (name.len > 0 && pl_str_find_char(name, ' ') == SIZE_MAX) {
            pl_buf_append(&names, names.len > 0 ? PL_STR(" ") : PL_STR_EMPTY);
            pl_buf_append(&names, name);
        }
    }
    if (names.len > 0) {
        struct pl_os os = {.content_sets = pl_sink_str(sink, pl_buf_str(&names))};
        pl_sink_os(sink, &os);
    }
}

static enum pl_status read_content_manifest(struct pl_sink *sink,
                                            const struct pl_catalog_file *file,
                                            struct pl_error *err)
{
    json_t *manifest pl_autojson = NULL;
    struct pl_map seen pl_automap = {0};
    enum pl_status st =
        pl_json_parse_loose(pl_span_str(file->content), "the manifest", &manifest, err);
    const json_t *contents = pl_json_array(manifest, "image_contents");
    for (size_t i = 0; i < json_array_size(contents); i++) {
        const json_t *source = json_array_get(contents, i);
        const json_t *needs = pl_json_array(source, "dependencies");
        add_package(sink, &seen, source);
        for (size_t n = 0; n < json_array_size(needs); n++) {
            add_package(sink, &seen, json_array_get(needs, n));
        }
    }
    note_content_sets(sink, pl_json_array(manifest, "content_sets"));
    return st;
}

const struct pl_cataloger pl_cataloger_content_manifest = {
    .name = "content-manifest",
    .summary = "what Red Hat's images were built with, from their content manifests",
    .patterns = (const char *const[]){"root/buildinfo/content_manifests/*.json",
                                      "usr/share/buildinfo/content_manifests/*.json", NULL},
    .read = read_content_manifest,
};
