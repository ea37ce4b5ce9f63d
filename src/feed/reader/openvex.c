/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenVEX 0.2 (https://github.com/openvex/spec, OPENVEX-SPEC.md): what somebody says of products
 * and vulnerabilities. One object with "@context": "https://openvex.dev/ns/v0.2.0" and
 *
 *   timestamp      of statements that have none of their own
 *   statements     each
 *     vulnerability   {name: "CVE-...", aliases: [...]}
 *     products        each {"@id": package URL, subcomponents: [{"@id"}]}
 *     status          "not_affected", "affected", "fixed", "under_investigation"
 *     justification, impact_statement   why it is not affected
 *     action_statement   what to do where it is
 *     status_notes       how the status was determined
 *     timestamp
 *
 * A statement with subcomponents is about these within the product. What counts of repeated
 * statements ("Data Inheritance" and "Updating Statements"), feed/reader/vex.h says.
 */
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "feed/reader/vex.h"
#include "format/json_pieces.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str context = PL_STR_EMPTY;
    return pl_head_member(document->text, "@context", &context) &&
                   pl_str_starts_with(context, PL_STR("\"https://openvex.dev/ns"))
               ? 90
               : 0;
}

static pl_str keep(struct pl_arena *arena, const json_t *object, const char *key)
{
    return pl_arena_dup(arena, pl_json_str(object, key));
}

static void keep_aliases(struct pl_arena *arena, const json_t *vulnerability, struct pl_strs *ret)
{
    const json_t *list = pl_json_array(vulnerability, "aliases");
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str text = pl_json_text(json_array_get(list, i));
        if (text.len > 0 && !pl_str_contains(text, PL_STR("://"))) {
            *pl_vec_push(arena, ret) = pl_arena_dup(arena, text);
        }
    }
}

/* False for a status that is not known. */
static bool set_state(pl_str status, struct pl_vex_statement *into)
{
    static const struct {
        pl_str status;
        enum pl_affect state;
        bool is_fixed;
    } words[] = {
        {PL_STR_INIT("affected"), PL_AFFECT_KNOWN, false},
        {PL_STR_INIT("fixed"), PL_AFFECT_NOT, true},
        {PL_STR_INIT("not_affected"), PL_AFFECT_NOT, false},
        {PL_STR_INIT("under_investigation"), PL_AFFECT_INVESTIGATED, false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(status, words[i].status)) {
            into->state = words[i].state;
            into->is_fixed = words[i].is_fixed;
            return true;
        }
    }
    return false;
}

static void add_product(struct pl_arena *arena, const json_t *product,
                        const struct pl_vex_statement *said, struct pl_vex *vex)
{
    const json_t *parts = pl_json_array(product, "subcomponents");
    struct pl_vex_statement statement = *said;
    pl_str id = keep(arena, product, "@id");
    for (size_t i = 0; i < json_array_size(parts); i++) {
        statement.product = keep(arena, json_array_get(parts, i), "@id");
        statement.within = id.len > 0 ? id : PL_STR("#");
        pl_vex_add(arena, vex, &statement);
    }
    if (json_array_size(parts) == 0) {
        statement.product = id;
        pl_vex_add(arena, vex, &statement);
    }
}

/* Of the whole document. */
struct reader {
    pl_str time;
    struct pl_vex vex;
};

static enum pl_status take_statement(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                     void *context, struct pl_error *err)
{
    static const char *const reasons[] = {"justification", "action_statement", "status_notes"};
    struct reader *reader = context;
    struct pl_arena *arena = pl_feed_scratch(sink);
    const json_t *item = record->json;
    const json_t *vulnerability = pl_json_object(item, "vulnerability");
    const json_t *products = pl_json_array(item, "products");
    struct pl_vex_statement said = {.vulnerability = keep(arena, vulnerability, "name"),
                                    .time = keep(arena, item, "timestamp"),
                                    .reason = keep(arena, item, "impact_statement")};
    bool is_named = said.vulnerability.len > 0;
    if (!is_named || !set_state(pl_json_str(item, "status"), &said)) {
        pl_feed_malformed(sink, "statement %zu (" PL_STR_FMT ") has no %s", record->index,
                          PL_STR_ARG(said.vulnerability),
                          is_named ? "status that is known" : "vulnerability with a name");
        return PL_OK;
    }
    said.time = said.time.len > 0 ? said.time : reader->time;
    said.justification = keep(arena, item, "justification");
    for (size_t i = 0; i < PL_ARRAY_LEN(reasons) && said.reason.len == 0; i++) {
        said.reason = keep(arena, item, reasons[i]);
    }
    keep_aliases(arena, vulnerability, &said.aliases);
    for (size_t i = 0; i < json_array_size(products); i++) {
        add_product(arena, json_array_get(products, i), &said, &reader->vex);
    }
    return PL_OK;
}

/* A text of the document itself, which may stand behind the statements. */
static pl_str text_of_document(struct pl_arena *arena, pl_str text, const char *key)
{
    pl_str value = PL_STR_EMPTY;
    if (!pl_head_member(text, key, &value) || value.len == 0 || value.ptr[0] != '"') {
        return PL_STR_EMPTY;
    }
    size_t end = 1;
    while (end < value.len && value.ptr[end] != '"') {
        end += value.ptr[end] == '\\' ? 2 : 1;
    }
    return end < value.len ? pl_json_piece_text(arena, pl_str_sub(value, 0, end + 1))
                           : PL_STR_EMPTY;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const path[] = {"statements", NULL};
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct reader reader = {
        .vex = {.author = text_of_document(arena, document->text, "author"), .has_images = true},
        .time = text_of_document(arena, document->text, "timestamp")};
    enum pl_status st =
        pl_feed_records(sink, document->text, path, "statement", take_statement, &reader, err);
    return st == PL_OK ? pl_vex_take(sink, &reader.vex, err) : st;
}

const struct pl_feed pl_feed_openvex = {
    .name = "openvex",
    .summary = "statements in OpenVEX on packages, by package URL",
    .url = NULL,
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
