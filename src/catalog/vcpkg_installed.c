/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database of what vcpkg has installed (vcpkg-tool, statusparagraph.cpp), vcpkg/status in the
 * folder "installed" or "vcpkg_installed", in the form of Debian's control files:
 *
 *     Package: zlib
 *     Version: 1.2.13
 *     Port-Version: 1
 *     Architecture: x64-linux                     the triplet
 *     Depends: vcpkg-cmake
 *     Status: install ok installed
 *
 * A feature of a package is a paragraph of its own with the field "Feature". Changes stand in
 * files beside it until the next run takes them in.
 */
#include "catalog/cataloger.h"
#include "format/deb822.h"

static void add_needs(struct pl_sink *sink, struct pl_component *component, pl_str list)
{
    pl_str need = PL_STR_EMPTY;
    while (pl_str_next_piece(&list, ',', &need)) {
        pl_str triplet = PL_STR_EMPTY;
        pl_str_cut(need, ':', &need, &triplet);
        pl_sink_push(sink, &component->depends, pl_str_trim(need));
    }
}

static void take_paragraph(struct pl_sink *sink, pl_str paragraph)
{
    enum { PACKAGE, VERSION, PORT, ARCHITECTURE, DEPENDS, STATUS, FEATURE, COUNT };
    struct pl_arena scratch pl_autoarena = {0};
    pl_str values[COUNT] = {0};
    const struct pl_deb822_wanted wanted[COUNT] = {
        {PL_STR("Package"), &values[PACKAGE]},   {PL_STR("Version"), &values[VERSION]},
        {PL_STR("Port-Version"), &values[PORT]}, {PL_STR("Architecture"), &values[ARCHITECTURE]},
        {PL_STR("Depends"), &values[DEPENDS]},   {PL_STR("Status"), &values[STATUS]},
        {PL_STR("Feature"), &values[FEATURE]},
    };
    pl_deb822_read(paragraph, wanted, COUNT);
    if (values[FEATURE].len > 0 || !pl_str_eq(values[STATUS], PL_STR("install ok installed"))) {
        return;
    }
    pl_str version = values[VERSION];
    if (values[PORT].len > 0 && version.len > 0 && !pl_str_eq(values[PORT], PL_STR("0"))) {
        version = pl_arena_format(&scratch, PL_STR_FMT "#" PL_STR_FMT, PL_STR_ARG(version),
                                  PL_STR_ARG(values[PORT]));
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "vcpkg", values[PACKAGE], version);
    if (component) {
        component->arch = pl_sink_str(sink, values[ARCHITECTURE]);
        add_needs(sink, component, values[DEPENDS]);
    }
}

static enum pl_status read_vcpkg_installed(struct pl_sink *sink, const struct pl_catalog_file *file,
                                           struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    pl_str paragraph = PL_STR_EMPTY;
    while (pl_deb822_next_paragraph(&text, &paragraph)) {
        take_paragraph(sink, paragraph);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_vcpkg_installed = {
    .name = "vcpkg-installed",
    .summary = "What vcpkg has installed, from its database",
    .patterns =
        (const char *const[]){"**/installed/vcpkg/status", "**/vcpkg_installed/vcpkg/status", NULL},
    .read = read_vcpkg_installed,
};
