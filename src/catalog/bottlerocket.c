/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory of Bottlerocket, which has no package manager: application-inventory.json in its
 * root, made from the RPM packages that it was built of:
 *
 *     {"Content": [{"Name": "glibc", "Version": "2.43", "Release": "1.17.br1", "Epoch": "1",
 *                   "Architecture": "x86_64", "Publisher": "bottlerocket-core-kit"}]}
 */
#include "catalog/cataloger.h"
#include "format/json.h"

static void add_package(struct pl_sink *sink, const json_t *entry)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str version = pl_json_str(entry, "Version");
    pl_str release = pl_json_str(entry, "Release");
    if (version.len > 0 && release.len > 0) {
        version = pl_arena_format(&scratch, PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(version),
                                  PL_STR_ARG(release));
    }
    struct pl_component *component = pl_catalog_component(sink, PL_SCOPE_INSTALLED, "bottlerocket",
                                                          pl_json_str(entry, "Name"), version);
    if (!component) {
        return;
    }
    component->arch = pl_sink_str(sink, pl_json_str(entry, "Architecture"));
    component->vendor = pl_sink_str(sink, pl_json_str(entry, "Publisher"));
    pl_str epoch = pl_json_str(entry, "Epoch");
    if (epoch.len > 0) {
        pl_sink_push(sink, &component->qualifiers,
                     pl_arena_format(&scratch, "epoch=" PL_STR_FMT, PL_STR_ARG(epoch)));
    }
}

static enum pl_status read_bottlerocket(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    json_t *inventory pl_autojson = NULL;
    enum pl_status st =
        pl_json_parse_loose(pl_span_str(file->content), "the inventory", &inventory, err);
    if (st < 0) {
        return st;
    }
    const json_t *content = pl_json_array(inventory, "Content");
    if (!content) {
        return pl_error_set(err, PL_E_PARSE, "the inventory has no list \"Content\"");
    }
    for (size_t i = 0; i < json_array_size(content); i++) {
        add_package(sink, json_array_get(content, i));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_bottlerocket = {
    .name = "bottlerocket",
    .summary = "packages that Bottlerocket is built of, from its inventory",
    .patterns = (const char *const[]){"**/usr/share/bottlerocket/application-inventory.json", NULL},
    .read = read_bottlerocket,
};
