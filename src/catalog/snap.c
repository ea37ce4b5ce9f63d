/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snaps (snapcraft.io/docs, "The snap format"): meta/snap.yaml in each says what it is.
 *
 *     name: core            architectures: [amd64]      license: GPL-3.0
 *     version: 16-2.61      base: core22
 *
 * It lies where a snap is mounted (snap/NAME/REVISION) or unpacked. The architecture is stated when
 * it is one and not "all". The version is free text.
 */
#include "catalog/cataloger.h"
#include "format/yaml.h"

static enum pl_status read_snap(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    json_t *snap pl_autojson = NULL;
    enum pl_status st = pl_yaml_parse(pl_span_str(file->content), "the file", &snap, err);
    if (st < 0) {
        return st;
    }
    struct pl_component *component = pl_catalog_component(
        sink, PL_SCOPE_INSTALLED, "snap", pl_json_str(snap, "name"), pl_json_str(snap, "version"));
    if (!component) {
        return PL_OK;
    }
    const json_t *architectures = pl_json_array(snap, "architectures");
    pl_str arch = pl_json_text(json_array_get(architectures, 0));
    if (json_array_size(architectures) == 1 && !pl_str_eq(arch, PL_STR("all"))) {
        component->arch = pl_sink_str(sink, arch);
    }
    pl_sink_push(sink, &component->licenses, pl_json_str(snap, "license"));
    pl_sink_push(sink, &component->depends, pl_json_str(snap, "base"));
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_snap = {
    .name = "snap",
    .summary = "Snaps, from the snap.yaml of each",
    .patterns = (const char *const[]){"**/meta/snap.yaml", NULL},
    .read = read_snap,
};
