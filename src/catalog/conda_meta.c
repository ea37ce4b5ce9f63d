/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages installed in a conda environment (conda's "PrefixRecord"): PREFIX/conda-meta/ holds a
 * JSON file for each, NAME-VERSION-BUILD.json:
 *
 *     "name", "version", "build", "subdir", "channel", "license", "md5", "sha256"
 *     "depends": ["python >=3.9", "libzlib 1.2.11 h90dfc92_1014", "__glibc >=2.17"]
 *     "files": ["lib/libz.so"]           relative to PREFIX
 *     "requested_spec": "zlib"           what somebody asked for; "None" or absent: nobody did
 *
 * A name with two underscores in front is a fact about the machine and no package. Build, subdir
 * and channel are qualifiers of its purl (purl-spec, types/conda-definition).
 */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "format/json.h"

static void add_qualifier(struct pl_sink *sink, struct pl_component *component, const char *key,
                          pl_str value)
{
    struct pl_arena scratch pl_autoarena = {0};
    if (value.len > 0) {
        pl_sink_push(sink, &component->qualifiers,
                     pl_arena_format(&scratch, "%s=" PL_STR_FMT, key, PL_STR_ARG(value)));
    }
}

/* The channel's name: "conda-forge" of "https://conda.anaconda.org/conda-forge/linux-64". */
static pl_str channel_name(pl_str channel, pl_str subdir)
{
    pl_str slash = PL_STR("/");
    while (pl_str_ends_with(channel, slash)) {
        channel = pl_str_sub(channel, 0, channel.len - 1);
    }
    if (subdir.len > 0 && pl_str_ends_with(channel, subdir) && channel.len > subdir.len &&
        channel.ptr[channel.len - subdir.len - 1] == '/') {
        channel = pl_str_sub(channel, 0, channel.len - subdir.len - 1);
    }
    size_t scheme = pl_str_find(channel, PL_STR("://"));
    if (scheme == SIZE_MAX) {
        return channel;
    }
    pl_str host = PL_STR_EMPTY;
    pl_str path = PL_STR_EMPTY;
    return pl_str_cut(pl_str_skip(channel, scheme + 3), '/', &host, &path) ? path : PL_STR_EMPTY;
}

static void add_depends(struct pl_sink *sink, struct pl_component *component, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str words = pl_json_text(json_array_get(list, i));
        pl_str name = PL_STR_EMPTY;
        if (pl_str_next_word(&words, &name) && !pl_str_starts_with(name, PL_STR("__"))) {
            pl_sink_push(sink, &component->depends, name);
        }
    }
}

static void add_files(struct pl_sink *sink, struct pl_component *component, pl_str prefix,
                      const json_t *list)
{
    char path[PL_LIMIT_PATH_BYTES];
    size_t lost = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str file = pl_json_text(json_array_get(list, i));
        if (prefix.len + file.len > sizeof(path)) {
            lost++;
            continue;
        }
        memcpy(path, prefix.ptr, prefix.len);
        memcpy(path + prefix.len, file.ptr, file.len);
        pl_sink_push(sink, &component->files, pl_str_make(path, prefix.len + file.len));
    }
    if (lost > 0) {
        pl_sink_gap(sink, "%zu files of package '" PL_STR_FMT "' have no possible path", lost,
                    PL_STR_ARG(pl_str_sub(component->name, 0, 100)));
    }
}

static enum pl_status read_conda_meta(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    json_t *record pl_autojson = NULL;
    enum pl_status st = pl_json_parse_loose(pl_span_str(file->content), "the record", &record, err);
    if (st < 0) {
        return st;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "conda", pl_json_str(record, "name"),
                             pl_json_str(record, "version"));
    if (!component) {
        return PL_OK;
    }
    pl_str subdir = pl_json_str(record, "subdir");
    add_qualifier(sink, component, "build", pl_json_str(record, "build"));
    add_qualifier(sink, component, "channel", channel_name(pl_json_str(record, "channel"), subdir));
    add_qualifier(sink, component, "subdir", subdir);
    pl_sink_push(sink, &component->licenses, pl_str_trim(pl_json_str(record, "license")));
    pl_catalog_add_hash(sink, component, PL_STR("md5"), pl_json_str(record, "md5"));
    pl_catalog_add_hash(sink, component, PL_STR("sha256"), pl_json_str(record, "sha256"));
    pl_str asked = pl_json_str(record, "requested_spec");
    bool is_asked = asked.len > 0 && !pl_str_eq(asked, PL_STR("None"));
    if (is_asked || json_array_size(pl_json_array(record, "requested_specs")) > 0) {
        component->relation = PL_RELATION_DIRECT;
    }
    add_depends(sink, component, pl_json_array(record, "depends"));
    pl_str dir = pl_str_sub(file->path, 0, pl_str_find_last_char(file->path, '/'));
    size_t slash = pl_str_find_last_char(dir, '/');
    add_files(sink, component, pl_str_sub(dir, 0, slash == SIZE_MAX ? 0 : slash + 1),
              pl_json_array(record, "files"));
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_conda_meta = {
    .name = "conda-meta",
    .summary = "packages installed by conda, mamba, pixi",
    .patterns = (const char *const[]){"**/conda-meta/*.json", NULL},
    .read = read_conda_meta,
};
