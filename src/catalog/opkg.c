/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database of opkg (OpenWrt, Yocto), which is modelled after dpkg's (catalog/dpkg.c):
 *
 *     usr/lib/opkg/status             OpenWrt; var/lib/opkg/status: Yocto; opt/lib/opkg: Entware
 *     usr/lib/opkg/info/NAME.list     the paths that it owns, one a line, with its mode and link
 *                                     after a tab
 *     usr/lib/opkg/info/NAME.control  the package's own control file: licence, maintainer
 *
 * Status is as dpkg's, with states of its own (opkg's pkg.c, pkg_state_status_map).
 * OpenWrt's status has no licence, and says that a package came for another one by Auto-Installed.
 */
#include "catalog/dpkg.h"
#include "format/deb822.h"

struct stanza {
    pl_str package;
    pl_str status;
    pl_str version;
    pl_str arch;
    pl_str source;
    pl_str maintainer;
    pl_str license;
    pl_str depends;
    pl_str provides;
    pl_str automatic;
};

static struct stanza read_stanza(pl_str paragraph)
{
    struct stanza stanza = {0};
    const struct pl_deb822_wanted wanted[] = {
        {PL_STR("Package"), &stanza.package},   {PL_STR("Status"), &stanza.status},
        {PL_STR("Version"), &stanza.version},   {PL_STR("Architecture"), &stanza.arch},
        {PL_STR("SourceName"), &stanza.source}, {PL_STR("Maintainer"), &stanza.maintainer},
        {PL_STR("License"), &stanza.license},   {PL_STR("Depends"), &stanza.depends},
        {PL_STR("Provides"), &stanza.provides}, {PL_STR("Auto-Installed"), &stanza.automatic},
    };
    pl_deb822_read(paragraph, wanted, PL_ARRAY_LEN(wanted));
    return stanza;
}

static bool is_present(pl_str status)
{
    static const pl_str present[] = {
        PL_STR_INIT("installed"),       PL_STR_INIT("unpacked"),
        PL_STR_INIT("half-configured"), PL_STR_INIT("post-inst-failed"),
        PL_STR_INIT("removal-failed"),
    };
    pl_str state = pl_dpkg_state(status);
    for (size_t i = 0; i < PL_ARRAY_LEN(present); i++) {
        if (pl_str_eq(state, present[i])) {
            return true;
        }
    }
    return false;
}

static void add_package(struct pl_sink *sink, struct pl_relations *relations,
                        const struct stanza *stanza)
{
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "opkg", stanza->package, stanza->version);
    if (!component) {
        return;
    }
    component->arch = pl_sink_str(sink, stanza->arch);
    component->vendor = pl_sink_str(sink, stanza->maintainer);
    component->source_name = pl_sink_str(sink, stanza->source);
    if (pl_str_eq(stanza->automatic, PL_STR("yes"))) {
        component->relation = PL_RELATION_TRANSITIVE;
    }
    pl_sink_push(sink, &component->licenses, stanza->license);
    pl_relations_package(relations, stanza->package);
    pl_relations_provide_deb822(relations, stanza->provides);
    pl_relations_need_deb822(relations, stanza->depends);
}

static void read_status(struct pl_sink *sink, pl_str text)
{
    struct pl_relations relations pl_autorelations = {.sink = sink};
    pl_str paragraph = PL_STR_EMPTY;
    while (pl_deb822_next_paragraph(&text, &paragraph)) {
        struct stanza stanza = read_stanza(paragraph);
        if (stanza.package.len > 0 && is_present(stanza.status)) {
            add_package(sink, &relations, &stanza);
        }
    }
    pl_relations_finish(&relations);
}

static void read_list(struct pl_sink *sink, pl_str name, pl_str text)
{
    struct pl_attachment *files = pl_sink_files(sink, PL_STR("opkg"), name, PL_STR_EMPTY);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        pl_str path = PL_STR_EMPTY;
        pl_str rest = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &path, &rest);
        if (path.len > 1 && path.ptr[0] == '/' && path.ptr[path.len - 1] != '/') {
            pl_sink_push(sink, &files->values, pl_str_skip(path, 1));
        }
    }
}

static void read_control(struct pl_sink *sink, pl_str name, pl_str text)
{
    struct stanza stanza = read_stanza(text);
    if (stanza.license.len > 0) {
        struct pl_attachment *licenses = pl_sink_licenses(sink, PL_STR("opkg"), name, PL_STR_EMPTY);
        pl_sink_push(sink, &licenses->values, stanza.license);
    }
}

static enum pl_status read_opkg(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    pl_str list = PL_STR(".list");
    pl_str control = PL_STR(".control");
    pl_str text = pl_span_str(file->content);
    pl_str name = pl_str_after_last(file->path, '/');
    if (pl_str_ends_with(name, list)) {
        read_list(sink, pl_str_sub(name, 0, name.len - list.len), text);
    } else if (pl_str_ends_with(name, control)) {
        read_control(sink, pl_str_sub(name, 0, name.len - control.len), text);
    } else {
        read_status(sink, text);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_opkg = {
    .name = "opkg",
    .summary = "opkg packages of OpenWrt and Yocto, from the database of opkg",
    .patterns = (const char *const[]){"**/lib/opkg/status", "**/lib/opkg/info/*.list",
                                      "**/lib/opkg/info/*.control", NULL},
    .read = read_opkg,
};
