/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etc/products.d/NAME.prod, which the packages NAME-release of SUSE's products install (libzypp's
 * "product files", as YaST and SUSEConnect read them): one for the base product, one for each
 * module and extension that the system has. baseproduct beside them is a link to the first.
 *
 *     <product schemeversion="0">
 *       <vendor>SUSE</vendor>
 *       <name>SLES-LTSS</name>
 *       <version>15.3</version>
 *       <baseversion>15</baseversion>
 *       <patchlevel>3</patchlevel>
 *       <arch>x86_64</arch>
 *       <cpeid>cpe:/o:suse:sles-ltss:15:sp3</cpeid>
 *       ...
 *
 * Without <version> there are <baseversion> and <patchlevel>. A product decides whose advisories
 * are asked (model/suse.h).
 */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "format/xml.h"

static bool is_word(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (pl_char_is_blank(text.ptr[i]) || text.ptr[i] == '\n' || text.ptr[i] == '\r' ||
            text.ptr[i] == ':') {
            return false;
        }
    }
    return text.len > 0 && text.len <= PL_LIMIT_FIELD_BYTES / 4;
}

static pl_str version_of(struct pl_arena *arena, const struct pl_xml_node *product)
{
    pl_str version = pl_xml_text(product, "version");
    pl_str base = pl_xml_text(product, "baseversion");
    pl_str pack = pl_xml_text(product, "patchlevel");
    if (version.len > 0 || base.len == 0) {
        return version;
    }
    return pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(base),
                           pack.len > 0 ? "." : "", PL_STR_ARG(pack));
}

/* In lower case, with '-' for '_'. */
static pl_str identifier(struct pl_arena *arena, pl_str name)
{
    char *text = pl_arena_alloc(arena, name.len, 1);
    for (size_t i = 0; i < name.len; i++) {
        text[i] = name.ptr[i] == '_' ? '-' : pl_char_lower(name.ptr[i]);
    }
    return pl_str_make(text, name.len);
}

static enum pl_status read_suse_product(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    enum pl_status st = pl_xml_parse(&scratch, pl_span_str(file->content), "the file", &root, err);
    if (st < 0) {
        return st;
    }
    pl_str name = pl_xml_is(root, "product") ? pl_xml_text(root, "name") : PL_STR_EMPTY;
    pl_str version = version_of(&scratch, root);
    if (is_word(name) && is_word(version)) {
        pl_str text = pl_arena_format(&scratch, PL_STR_FMT ":" PL_STR_FMT,
                                      PL_STR_ARG(identifier(&scratch, name)), PL_STR_ARG(version));
        struct pl_os os = {.products = pl_sink_str(sink, text)};
        pl_sink_os(sink, &os);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_suse_product = {
    .name = "suse-product",
    .summary = "the products and modules of a SUSE system, from products.d",
    .patterns = (const char *const[]){"etc/products.d/*.prod", NULL},
    .is_of_system = true,
    .read = read_suse_product,
};
