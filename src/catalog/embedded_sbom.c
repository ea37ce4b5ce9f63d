/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials that images carry of what is in them: CycloneDX and SPDX (sbom/read.h), under
 * the names that both formats recommend (*.cdx.json, *.spdx.json ...), as Bitnami lays them beside
 * its programs (opt/bitnami/NAME/.spdx-NAME.spdx, which is JSON), as Python wheels do
 * (*.dist-info/sboms/), and as bom.json or sbom.json.
 *
 * What such a document says is taken for installed, where the document lies. Left out is what
 * others say with more right: packages of the system, which its own package manager lists; the
 * system; and packages that have no package URL, which are told. Wolfi's documents on its own
 * packages (var/lib/db/sbom) say nothing beyond the packages but where their sources came from,
 * which is not installed.
 */
#include "catalog/cataloger.h"
#include "model/package_type.h"
#include "sbom/read.h"

static bool is_left_out(const struct pl_component *component)
{
    const struct pl_package_type *type = pl_package_type_find(component->type);
    return !type || type->is_system || pl_str_eq(component->type, PL_STR("binary"));
}

/* bom.json is a name that others use as well: only what looks like a bill of materials is read. */
static bool looks_like_one(pl_str path, pl_str content)
{
    static const char *const plain_names[] = {"bom.json", "bom.xml", "sbom.json"};
    pl_str name = pl_str_after_last(path, '/');
    for (size_t i = 0; i < PL_ARRAY_LEN(plain_names); i++) {
        if (pl_str_eq(name, pl_str_from(plain_names[i]))) {
            return pl_str_contains(content, PL_STR("CycloneDX")) ||
                   pl_str_contains(content, PL_STR("cyclonedx.org/schema/bom")) ||
                   pl_str_contains(content, PL_STR("spdxVersion"));
        }
    }
    return true;
}

static enum pl_status read_embedded_sbom(struct pl_sink *sink, const struct pl_catalog_file *file,
                                         struct pl_error *err)
{
    pl_str content = pl_span_str(file->content);
    if (pl_str_starts_with(file->path, PL_STR("var/lib/db/sbom/")) ||
        !looks_like_one(file->path, content)) {
        return PL_OK;
    }
    enum pl_status st = pl_sbom_read(sink, file->content, err);
    struct pl_components *components = &sink->file->components;
    size_t kept = 0;
    for (size_t i = 0; i < components->count; i++) {
        struct pl_component *component = &components->items[i];
        if (!is_left_out(component)) {
            component->scope = PL_SCOPE_INSTALLED;
            component->locations = (struct pl_locations){0};
            components->items[kept++] = *component;
        }
    }
    components->count = kept;
    sink->file->has_os = false;
    return st;
}

const struct pl_cataloger pl_cataloger_embedded_sbom = {
    .name = "embedded-sbom",
    .summary = "packages that a bill of materials within the image lists: CycloneDX, SPDX",
    .patterns =
        (const char *const[]){"**/*.cdx.json", "**/*.cdx.xml", "**/*.spdx", "**/*.spdx.json",
                              "**/bom.json", "**/bom.xml", "**/sbom.json", NULL},
    .read = read_embedded_sbom,
};
