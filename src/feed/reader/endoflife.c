/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Until when releases get fixes, by endoflife.date (https://endoflife.date/docs/api/v1/). One
 * object with schema_version, generated_at and
 *
 *   result     products, or one of them; each
 *     name     "debian", "alpine-linux", "nodejs"
 *     label    "Debian"
 *     releases each
 *       name         "10", "3.19", "22.04"
 *       label        "10 (Buster)"
 *       releaseDate  YYYY-MM-DD
 *       eolFrom      end of security support, YYYY-MM-DD or null
 *       eoesFrom     end of extended support, where a product has such a thing
 *
 * The form before that has an array of releases for one product, which the file is called after
 * ("debian.json"): cycle, releaseDate, eol (a date, or whether it has come), extendedSupport.
 *
 * A statement is put as an advisory is: the release, as "debian:10" of ecosystem "End of life", is
 * at its end from this day on. Distributions bear their os-release ID, and the day is the end of
 * what is free; only Debian's extended support (LTS) is.
 */
#include "feed/date.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "model/ecosystem.h"

static const struct product {
    const char *name;
    const char *id; /* of os-release */
    bool has_free_extension;
} products[] = {
    {"alpine-linux", "alpine", false},
    {"amazon-linux", "amzn", false},
    {"debian", "debian", true},
    {"opensuse", "opensuse-leap", false},
    {"oracle-linux", "ol", false},
    {"rocky-linux", "rocky", false},
    {"suse-linux-micro", "sle-micro", false},
    {"vmware-photon", "photon", false},
};

static bool is_array(pl_str text)
{
    return pl_head_first_element(text).len > 0;
}

static int bid(const struct pl_feed_document *document)
{
    if (is_array(document->text)) {
        pl_str first = pl_head_first_element(document->text);
        return pl_head_member(first, "cycle", NULL) && pl_head_member(first, "eol", NULL) ? 60 : 0;
    }
    return pl_head_member(document->text, "schema_version", NULL) &&
                   pl_head_member(document->text, "generated_at", NULL) &&
                   pl_head_member(document->text, "result", NULL)
               ? 80
               : 0;
}

static struct product product_of(pl_str name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(products); i++) {
        if (pl_str_eq(name, pl_str_from(products[i].name))) {
            return products[i];
        }
    }
    return (struct product){NULL, NULL, false};
}

/* The members of either form. */
struct release {
    pl_str name;
    pl_str label;
    pl_str published;
    pl_str end;
    pl_str extended;
};

static enum pl_status take_release(struct pl_feed_sink *sink, struct pl_arena *arena,
                                   pl_str product, pl_str label, const struct release *release,
                                   struct pl_error *err)
{
    struct product known = product_of(product);
    pl_str end = pl_date_of(release->end);
    if (known.has_free_extension && pl_str_cmp(pl_date_of(release->extended), end) > 0) {
        end = pl_date_of(release->extended);
    }
    if (product.len == 0 || release->name.len == 0) {
        pl_feed_malformed(sink, "a release of \"" PL_STR_FMT "\" has no name", PL_STR_ARG(product));
        return PL_OK;
    }
    if (end.len == 0) {
        pl_feed_skip(sink, "release whose end is not known");
        return PL_OK;
    }
    struct pl_advisory advisory = {
        .id = pl_arena_format(arena, "EOL-" PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(product),
                              PL_STR_ARG(release->name)),
        .published = pl_date_of(release->published),
        .summary = pl_arena_format(arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(label),
                                   PL_STR_ARG(release->label))};
    struct pl_affected *affected = pl_vec_push(arena, &advisory.affected);
    struct pl_range *range = pl_vec_push(arena, &affected->ranges);
    pl_str id = known.id ? pl_str_from(known.id) : product;
    affected->ecosystem = PL_STR(PL_END_OF_LIFE_ECOSYSTEM);
    affected->name = pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(id),
                                     PL_STR_ARG(release->name));
    affected->state = PL_AFFECT_END_OF_LIFE;
    range->type = PL_RANGE_ECOSYSTEM;
    *pl_vec_push(arena, range) = (struct pl_range_event){PL_EVENT_INTRODUCED, end};
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status take_product(struct pl_feed_sink *sink, struct pl_arena *arena,
                                   const json_t *product, struct pl_error *err)
{
    const json_t *list = pl_json_array(product, "releases");
    pl_str name = pl_json_str(product, "name");
    enum pl_status st = PL_OK;
    if (name.len == 0 || !list) {
        pl_feed_malformed(sink, "the product \"" PL_STR_FMT "\" has no %s", PL_STR_ARG(name),
                          name.len == 0 ? "name" : "releases");
        return PL_OK;
    }
    for (size_t i = 0; i < json_array_size(list) && st == PL_OK; i++) {
        const json_t *item = json_array_get(list, i);
        const struct release release = {.name = pl_json_str(item, "name"),
                                        .label = pl_json_str(item, "label"),
                                        .published = pl_json_str(item, "releaseDate"),
                                        .end = pl_json_str(item, "eolFrom"),
                                        .extended = pl_json_str(item, "eoesFrom")};
        st = take_release(sink, arena, name, pl_json_str(product, "label"), &release, err);
    }
    return st;
}

static enum pl_status take_element(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                   void *context, struct pl_error *err)
{
    return take_product(sink, record->arena, record->json, err);
}

/* `context` is the product's name. */
static enum pl_status take_cycle(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                 void *context, struct pl_error *err)
{
    const pl_str *product = context;
    const struct release release = {.name = pl_json_str(record->json, "cycle"),
                                    .label = pl_json_str(record->json, "cycle"),
                                    .published = pl_json_str(record->json, "releaseDate"),
                                    .end = pl_json_str(record->json, "eol"),
                                    .extended = pl_json_str(record->json, "extendedSupport")};
    return take_release(sink, record->arena, *product, *product, &release, err);
}

/* The document of a single product, which is small. */
static enum pl_status read_product(struct pl_feed_sink *sink, pl_str text, struct pl_error *err)
{
    json_t *root pl_autojson = NULL;
    enum pl_status st = pl_json_parse(text, "the product", &root, err);
    return st == PL_OK
               ? take_product(sink, pl_feed_scratch(sink), pl_json_object(root, "result"), err)
               : st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    static const char *const result[] = {"result", NULL};
    pl_str value = PL_STR_EMPTY;
    if (is_array(document->text)) {
        pl_str product = pl_str_after_last(document->name, '/');
        product = pl_str_sub(product, 0, pl_str_find_char(product, '.'));
        return pl_feed_records(sink, document->text, no_path, "release", take_cycle, &product, err);
    }
    bool is_one =
        pl_head_member(document->text, "result", &value) && pl_str_starts_with(value, PL_STR("{"));
    return is_one
               ? read_product(sink, document->text, err)
               : pl_feed_records(sink, document->text, result, "product", take_element, NULL, err);
}

const struct pl_feed pl_feed_endoflife = {
    .name = "endoflife",
    .summary = "endoflife.date: until when releases of distributions and products get fixes",
    .url = "https://endoflife.date/api/v1/products/full",
    .ecosystems = PL_END_OF_LIFE_ECOSYSTEM,
    .bid = bid,
    .read = read_document,
};
