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
 *     timestamp
 *
 * Of what is said of one product and vulnerability the latest counts ("Data Inheritance" and
 * "Updating Statements"). A version in the package URL limits the statement to that version;
 * "fixed" says so of a version alone. A statement with subcomponents is about these within the
 * product, so that it says nothing of them elsewhere: it is skipped, and so are products which are
 * no package of an ecosystem that has advisories, such as images.
 */
#include "feed/feed.h"
#include "feed/head.h"
#include "format/json.h"
#include "format/json_pieces.h"
#include "model/ecosystem.h"
#include <stdlib.h>

/* One product of one statement, in the document's scratch memory. */
struct word {
    pl_str vulnerability;
    pl_str product;
    pl_str time;
    size_t place; /* in the document */
    pl_str status;
    pl_str reason;
    struct pl_strs aliases;
};

struct words {
    PL_VEC_FIELDS(struct word);
};

static int bid(const struct pl_feed_document *document)
{
    pl_str context = PL_STR_EMPTY;
    return pl_head_member(document->text, "@context", &context) &&
                   pl_str_starts_with(context, PL_STR("\"https://openvex.dev/ns"))
               ? 90
               : 0;
}

static int compare(const void *a, const void *b)
{
    const struct word *one = a;
    const struct word *two = b;
    int order = pl_str_cmp(one->vulnerability, two->vulnerability);
    order = order != 0 ? order : pl_str_cmp(one->product, two->product);
    order = order != 0 ? order : pl_str_cmp(one->time, two->time);
    return order != 0 ? order : (one->place > two->place) - (one->place < two->place);
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

static bool is_status(pl_str status)
{
    static const char *const words[] = {"affected", "fixed", "not_affected", "under_investigation"};
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(status, pl_str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static void read_statement(struct pl_feed_sink *sink, const json_t *statement, pl_str time,
                           size_t index, struct words *words)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    const json_t *vulnerability = pl_json_object(statement, "vulnerability");
    const json_t *products = pl_json_array(statement, "products");
    struct word word = {.vulnerability = keep(arena, vulnerability, "name"),
                        .time = keep(arena, statement, "timestamp"),
                        .status = keep(arena, statement, "status"),
                        .reason = keep(arena, statement, "impact_statement")};
    if (word.vulnerability.len == 0 || !is_status(word.status)) {
        pl_feed_malformed(
            sink, "statement %zu (" PL_STR_FMT ") has no %s", index, PL_STR_ARG(word.vulnerability),
            word.vulnerability.len == 0 ? "vulnerability with a name" : "status that is known");
        return;
    }
    word.time = word.time.len > 0 ? word.time : time;
    word.reason = word.reason.len > 0 ? word.reason : keep(arena, statement, "justification");
    keep_aliases(arena, vulnerability, &word.aliases);
    for (size_t i = 0; i < json_array_size(products); i++) {
        const json_t *product = json_array_get(products, i);
        word.product = pl_arena_dup(arena, pl_json_str(product, "@id"));
        word.place = words->count;
        if (json_array_size(pl_json_array(product, "subcomponents")) > 0) {
            pl_feed_skip(sink, "statement about what is within another product");
        } else if (!pl_str_starts_with(word.product, PL_STR("pkg:"))) {
            pl_feed_skip(sink, "product without a package URL");
        } else {
            *pl_vec_push(arena, words) = word;
        }
    }
}

static enum pl_affect state_of(pl_str status)
{
    if (pl_str_eq(status, PL_STR("affected"))) {
        return PL_AFFECT_KNOWN;
    }
    return pl_str_eq(status, PL_STR("under_investigation")) ? PL_AFFECT_INVESTIGATED
                                                            : PL_AFFECT_NOT;
}

/* Advisories have Go's versions without the letter that its tags begin with. */
static pl_str version_of(pl_str ecosystem, pl_str version)
{
    bool has_letter =
        pl_str_eq(ecosystem, PL_STR("Go")) && pl_str_starts_with(version, PL_STR("v"));
    return has_letter ? pl_str_skip(version, 1) : version;
}

static void add_product(struct pl_feed_sink *sink, const struct word *word,
                        struct pl_advisory *advisory)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct pl_purl purl = {.type = PL_STR_EMPTY};
    struct pl_package_keys keys = {0};
    if (pl_purl_parse(arena, word->product, &purl, NULL) < 0) {
        pl_feed_malformed(sink, PL_STR_FMT ": \"" PL_STR_FMT "\" is no package URL",
                          PL_STR_ARG(word->vulnerability), PL_STR_ARG(word->product));
        return;
    }
    if (pl_ecosystem_of_purl(arena, &purl, &keys, NULL) < 0) {
        pl_feed_skip(sink, "package of no ecosystem that is known, or without its release");
        return;
    }
    if (purl.version.len == 0 && pl_str_eq(word->status, PL_STR("fixed"))) {
        pl_feed_skip(sink, "fixed in a version that is not named");
        return;
    }
    for (size_t i = 0; i < keys.count; i++) {
        struct pl_affected *affected = pl_vec_push(arena, &advisory->affected);
        *affected = (struct pl_affected){.ecosystem = keys.items[i].ecosystem,
                                         .name = keys.items[i].name,
                                         .state = state_of(word->status)};
        if (purl.version.len > 0) {
            *pl_vec_push(arena, &affected->versions) =
                version_of(affected->ecosystem, purl.version);
        } else if (affected->state == PL_AFFECT_KNOWN) {
            struct pl_range *range = pl_vec_push(arena, &affected->ranges);
            *range = (struct pl_range){.type = PL_RANGE_ECOSYSTEM};
            *pl_vec_push(arena, range) = (struct pl_range_event){PL_EVENT_INTRODUCED, PL_STR("0")};
        }
    }
}

/* All that is said of one vulnerability is one record. */
static enum pl_status take_words(struct pl_feed_sink *sink, struct words *words,
                                 struct pl_error *err)
{
    enum pl_status st = PL_OK;
    if (words->count > 0) {
        qsort(words->items, words->count, sizeof(*words->items), compare);
    }
    for (size_t i = 0; i < words->count && st == PL_OK;) {
        const struct word *first = &words->items[i];
        struct pl_advisory advisory = {.id = first->vulnerability,
                                       .modified = first->time,
                                       .details = first->reason,
                                       .aliases = first->aliases,
                                       .is_part = true};
        for (; i < words->count && pl_str_eq(words->items[i].vulnerability, first->vulnerability);
             i++) {
            const struct word *next = i + 1 < words->count ? &words->items[i + 1] : NULL;
            if (next && pl_str_eq(next->vulnerability, words->items[i].vulnerability) &&
                pl_str_eq(next->product, words->items[i].product)) {
                pl_feed_skip(sink, "statement that a later one replaces");
                continue;
            }
            add_product(sink, &words->items[i], &advisory);
        }
        if (advisory.affected.count > 0) {
            st = pl_feed_take(sink, &advisory, err);
        }
    }
    return st;
}

static pl_str time_of_document(pl_str text)
{
    pl_str value = PL_STR_EMPTY;
    if (!pl_head_member(text, "timestamp", &value) || value.len == 0 || value.ptr[0] != '"') {
        return PL_STR_EMPTY;
    }
    value = pl_str_skip(value, 1);
    size_t end = pl_str_find_char(value, '"');
    return end == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(value, 0, end);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const path[] = {"statements", NULL};
    struct pl_json_pieces pieces;
    struct words words = {0};
    pl_str key = PL_STR_EMPTY;
    pl_str text = PL_STR_EMPTY;
    pl_str time = time_of_document(document->text);
    enum pl_status st =
        pl_json_pieces_open(&pieces, pl_feed_scratch(sink), document->text, path, err);
    if (st == PL_E_NOT_FOUND) {
        return pl_error_set(err, PL_E_PARSE, "there is no list of statements");
    }
    for (size_t i = 0; st == PL_OK; i++) {
        st = pl_json_pieces_next(&pieces, &key, &text, err);
        if (st < 0) {
            break;
        }
        json_t *statement pl_autojson = NULL;
        struct pl_error problem = PL_ERROR_INIT;
        if (pl_json_parse(text, "the statement", &statement, &problem) < 0) {
            pl_feed_malformed(sink, "statement %zu: %s", i, problem.msg);
            continue;
        }
        read_statement(sink, statement, time, i, &words);
    }
    return st == PL_E_NOT_FOUND ? take_words(sink, &words, err) : st;
}

const struct pl_feed pl_feed_openvex = {
    .name = "openvex",
    .summary = "statements in OpenVEX on packages, by package URL",
    .url = NULL,
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
