/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry of PEAR and PECL, extensions and libraries of PHP (pear.php.net manual, "package.xml
 * 2.0"; PEAR's Registry.php): for each package a file in the folder ".registry", below
 * ".channel.NAME" when its channel is not pear.php.net. It holds package.xml as serialize() writes
 * it:
 *
 *     name, channel, version => { release, api }, license => text, or { attribs, _content },
 *     dependencies => { required => { package => { name, channel }, or a list of these } }
 *
 * and before version 2.0
 *
 *     package, version => text, release_license
 *
 * Its purl has the channel for a namespace.
 */
#include "catalog/cataloger.h"
#include "format/php_serialize.h"

static const char default_channel[] = "pear.php.net";

static pl_str full_name(struct pl_arena *arena, pl_str channel, pl_str name)
{
    if (name.len == 0) {
        return name;
    }
    return pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT,
                           PL_STR_ARG(channel.len > 0 ? channel : pl_str_from(default_channel)),
                           PL_STR_ARG(name));
}

static void add_need(struct pl_sink *sink, struct pl_component *component, const json_t *need)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_sink_push(sink, &component->depends,
                 full_name(&scratch, pl_json_str(need, "channel"), pl_json_str(need, "name")));
}

static void add_needs(struct pl_sink *sink, struct pl_component *component, const json_t *package)
{
    const json_t *required = pl_json_object(pl_json_object(package, "dependencies"), "required");
    const json_t *needs = pl_json_object(required, "package");
    if (pl_json_str(needs, "name").len > 0) {
        add_need(sink, component, needs);
        return;
    }
    struct pl_json_member each = {0};
    while (pl_json_next(needs, &each)) {
        add_need(sink, component, each.value);
    }
}

/* The text itself, or what a tag with attributes has in it. */
static pl_str text_of(const json_t *package, const char *key, const char *inner)
{
    pl_str text = pl_json_str(package, key);
    return text.len > 0 ? text : pl_json_str(pl_json_object(package, key), inner);
}

static enum pl_status read_pear(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    json_t *package pl_autojson = NULL;
    enum pl_status st = pl_php_unserialize(pl_span_str(file->content), "the file", &package, err);
    if (st < 0) {
        return st;
    }
    pl_str name = pl_json_str(package, "name");
    pl_str license = text_of(package, "license", "_content");
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "pear",
                             full_name(&scratch, pl_json_str(package, "channel"),
                                       name.len > 0 ? name : pl_json_str(package, "package")),
                             text_of(package, "version", "release"));
    if (component) {
        pl_sink_push(sink, &component->licenses,
                     license.len > 0 ? license : pl_json_str(package, "release_license"));
        add_needs(sink, component, package);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_pear = {
    .name = "pear",
    .summary = "The registry of PHP's PEAR and PECL",
    .patterns = (const char *const[]){"**/.registry/*.reg", "**/.registry/.channel.*/*.reg", NULL},
    .read = read_pear,
};
