/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of packages in distroless images of Azure Linux (CBL-Mariner), which have no database:
 * var/lib/rpmmanifest/container-manifest-2, made by `rpm -qa --qf` with ten fields between tabs:
 *
 *     name, version-release, time of installation, time of building, vendor, epoch or "(none)",
 *     size, architecture, epoch as a number, source package
 *
 * container-manifest-1, beside it, has only NAME-VERSION-RELEASE.ARCH of the same packages.
 */
#include "catalog/rpm_package.h"

enum field { NAME, VERSION, VENDOR = 4, EPOCH = 5, ARCH = 7, SOURCE = 9, FIELDS_ };

/* What is not set. */
static pl_str value_of(pl_str field)
{
    return pl_str_eq(field, PL_STR("(none)")) ? PL_STR_EMPTY : field;
}

static void add_package(struct pl_sink *sink, const pl_str *fields)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str epoch = value_of(fields[EPOCH]);
    pl_str version = value_of(fields[VERSION]);
    if (epoch.len > 0 && version.len > 0) {
        version = pl_arena_format(&scratch, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(epoch),
                                  PL_STR_ARG(version));
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "rpm", value_of(fields[NAME]), version);
    if (!component) {
        return;
    }
    component->arch = pl_sink_str(sink, value_of(fields[ARCH]));
    component->vendor = pl_sink_str(sink, value_of(fields[VENDOR]));
    component->is_pseudo = pl_str_eq(component->name, PL_STR("gpg-pubkey"));
    pl_rpm_package_set_source(sink, component, fields[SOURCE]);
}

static enum pl_status read_rpm_manifest(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    size_t number = 0;
    size_t odd = 0;
    size_t first_odd = 0;
    while (pl_str_next_line(&text, &line)) {
        pl_str fields[FIELDS_];
        size_t count = 0;
        number++;
        if (pl_str_trim(line).len == 0) {
            continue;
        }
        while (count < FIELDS_ && pl_str_next_piece(&line, '\t', &fields[count])) {
            count++;
        }
        if (count == FIELDS_) {
            add_package(sink, fields);
        } else if (odd++ == 0) {
            first_odd = number;
        }
    }
    return odd == 0 ? PL_OK
                    : pl_error_set(err, PL_E_PARSE,
                                   "%zu lines have not the ten fields of a package, first line %zu",
                                   odd, first_odd);
}

const struct pl_cataloger pl_cataloger_rpm_manifest = {
    .name = "rpm-manifest",
    .summary = "RPM packages of distroless images of Azure Linux, from their manifest",
    .patterns = (const char *const[]){"var/lib/rpmmanifest/container-manifest-2", NULL},
    .read = read_rpm_manifest,
};
