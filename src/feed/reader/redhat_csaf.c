/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat publishes CSAF in two sets (security.access.redhat.com/data/csaf/v2): "vex", a document
 * for each CVE with the state of all products, and "advisories", one for each erratum.
 *
 *   - Products are known by CPE ("cpe:/a:redhat:enterprise_linux:9::appstream"); Red Hat's export
 * in the OSV format names ecosystems by what follows "cpe:/a:redhat:".
 *   - rpm packages have a purl: "pkg:rpm/redhat/curl@7.76.1-26.el9?arch=x86_64&epoch=1". Packages
 * of a module say so in "rpmmod" ("nodejs:18:8090020231019:a75119d5": name, stream, version and
 *     context), or are parts of a product with such a purl ("pkg:rpmmod/redhat/nodejs@18:...").
 *   - What is not fixed has a purl without version, or in older documents none; the id is the
 *     package's name then, "nodejs:18/nodejs" of a module.
 *   - Container images ("pkg:oci") and Java archives ("pkg:maven", "pkg:koji") stand beside them.
 */
#include "feed/reader/csaf.h"
#include "feed/reader/names.h"
#include "model/purl.h"

static pl_str ecosystem(struct pl_arena *arena, const struct pl_csaf_part *product)
{
    pl_str vendor = PL_STR("redhat:");
    pl_str cpe = product->cpe;
    if (!pl_str_starts_with(cpe, PL_STR("cpe:/")) || cpe.len < 8) {
        return PL_STR_EMPTY;
    }
    cpe = pl_str_skip(cpe, strlen("cpe:/a:"));
    if (!pl_str_starts_with(cpe, vendor)) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, "Red Hat:" PL_STR_FMT, PL_STR_ARG(pl_str_skip(cpe, vendor.len)));
}

/* "nodejs:18" of "nodejs:18:8090020231019:a75119d5" */
static pl_str stream_of(pl_str text)
{
    size_t first = pl_str_find_char(text, ':');
    if (first == SIZE_MAX) {
        return PL_STR_EMPTY;
    }
    size_t second = pl_str_find_char(pl_str_skip(text, first + 1), ':');
    return second == SIZE_MAX ? text : pl_str_sub(text, 0, first + 1 + second);
}

/* Of a module that is a component itself: its purl, or its id. */
static pl_str module_stream(struct pl_arena *arena, const struct pl_csaf_part *module)
{
    struct pl_purl purl;
    if (!module) {
        return PL_STR_EMPTY;
    }
    if (module->purl.len > 0 && pl_purl_parse(arena, module->purl, &purl, NULL) == PL_OK) {
        return stream_of(pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(purl.name),
                                         PL_STR_ARG(purl.version)));
    }
    return stream_of(module->id);
}

static void set_purl(struct pl_arena *arena, struct pl_csaf_package *package)
{
    struct pl_purl purl = {.type = PL_STR("rpm"),
                           .namespace = PL_STR("redhat"),
                           .name = package->name,
                           .version = PL_STR_EMPTY,
                           .subpath = PL_STR_EMPTY};
    package->purl = pl_purl_format(arena, &purl);
}

/* "curl", "curl.src", "nodejs:18/nodejs": names of packages that were never built with a fix. */
static const char *bare_package(struct pl_arena *arena, pl_str id,
                                const struct pl_csaf_part *product, struct pl_csaf_package *ret)
{
    if (!pl_str_starts_with(product->cpe, PL_STR("cpe:/o:redhat:"))) {
        return "component that is no rpm package";
    }
    size_t slash = pl_str_find_char(id, '/');
    if (slash != SIZE_MAX) {
        ret->module = stream_of(pl_str_sub(id, 0, slash));
        id = pl_str_skip(id, slash + 1);
        if (ret->module.len == 0) {
            return "component that is no rpm package";
        }
    }
    pl_str name = PL_STR_EMPTY;
    pl_str evr = PL_STR_EMPTY;
    pl_str arch = PL_STR_EMPTY;
    if (pl_str_contains(id, PL_STR(":")) && pl_feed_nevra(id, &name, &evr, &arch)) {
        if (pl_str_eq(arch, PL_STR("src"))) {
            return "source package of an update";
        }
        id = name;
        ret->version = evr;
    } else if (pl_str_ends_with(id, PL_STR(".src"))) {
        id = pl_str_sub(id, 0, id.len - strlen(".src"));
    }
    ret->name = id;
    set_purl(arena, ret);
    return id.len > 0 ? NULL : "component that is no rpm package";
}

static const char *package(struct pl_arena *arena, const struct pl_csaf_place *place,
                           struct pl_csaf_package *ret)
{
    struct pl_purl purl;
    const struct pl_csaf_part *component = place->component;
    ret->module = module_stream(arena, place->module);
    if (component->purl.len == 0) {
        return bare_package(arena, component->id, place->product, ret);
    }
    if (pl_purl_parse(arena, component->purl, &purl, NULL) < 0) {
        return "component whose purl is malformed";
    }
    if (pl_str_eq(purl.type, PL_STR("oci"))) {
        return "container image";
    }
    if (!pl_str_eq(purl.type, PL_STR("rpm"))) {
        return "component that is no rpm package";
    }
    ret->name = purl.name;
    pl_str stream = stream_of(pl_purl_qualifier(&purl, PL_STR("rpmmod")));
    if (stream.len > 0) {
        ret->module = stream;
    }
    if (purl.version.len > 0) {
        if (pl_str_eq(pl_purl_qualifier(&purl, PL_STR("arch")), PL_STR("src"))) {
            return "source package of an update";
        }
        pl_str epoch = pl_purl_qualifier(&purl, PL_STR("epoch"));
        ret->version = pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT,
                                       PL_STR_ARG(epoch.len > 0 ? epoch : PL_STR("0")),
                                       PL_STR_ARG(purl.version));
    }
    set_purl(arena, ret);
    return NULL;
}

static const struct pl_csaf_publisher publisher = {
    .severity_type = "Red Hat",
    .id_prefix = "REDHAT-",
    .ecosystem = ecosystem,
    .package = package,
};

static int bid(const struct pl_feed_document *document)
{
    return pl_csaf_bid(document, "Red Hat Product Security", "access.redhat.com");
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    return pl_csaf_read(sink, document, &publisher, err);
}

const struct pl_feed pl_feed_redhat_csaf = {
    .name = "redhat-csaf",
    .summary = "Red Hat's CSAF documents: VEX for each CVE, and advisories for each erratum",
    .url = "https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt",
    .cve_prefix = "REDHAT-",
    .ecosystems = "Red Hat",
    .bid = bid,
    .read = read_document,
};
