/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSAF 2.0 (docs.oasis-open.org/csaf/csaf/v2.0): an object of three members.
 *
 *   document         title, tracking (id, dates), the publisher, aggregate_severity
 *   product_tree     branches nest; at their ends products with an id and identifiers: products
 *                    ("AppStream-9.2.0") have a CPE, components ("curl-0:7.76.1-26.el9.x86_64") a
 *                    purl. relationships make one product of a component and what it is a part of;
 *                    that may be a relationship again: a package in a module in a product.
 *   vulnerabilities  each with the ids of products that are fixed, known_affected,
 *                    known_not_affected or under_investigation (3.2.3.9), with scores, with threats
 *                    (category impact: the vendor's word) and remediations. A product that gets no
 *                    fix has one of category no_fix_planned or none_available, whose text says why.
 *
 * Documents reach tens of MB, nearly all of it product ids: the tree and the relationships are
 * stepped through, and one vulnerability at a time is parsed.
 */
#include "feed/reader/csaf.h"
#include "base/map.h"
#include "feed/reader/head.h"

struct reader {
    struct pl_feed_sink *sink;
    const struct pl_csaf_publisher *publisher;
    struct pl_arena *arena;
    struct pl_csaf_tree tree;
    struct pl_map seen; /* what was said already */
    struct pl_advisory advisory;
    double score; /* the highest */
    struct pl_error *err;
};

static pl_str keep(struct reader *reader, const json_t *object, const char *key)
{
    return pl_arena_dup(reader->arena, pl_json_str(object, key));
}

/* What a vendor says of a product that gets no fix, in the words of Red Hat; others use the
 * categories alone. */
enum pl_affect pl_csaf_state(const json_t *remediation)
{
    static const struct {
        pl_str details;
        enum pl_affect state;
    } words[] = {
        {PL_STR_INIT("Will not fix"), PL_AFFECT_WONT_FIX},
        {PL_STR_INIT("Out of support scope"), PL_AFFECT_END_OF_LIFE},
        {PL_STR_INIT("Fix deferred"), PL_AFFECT_DEFERRED},
        {PL_STR_INIT("Under investigation"), PL_AFFECT_INVESTIGATED},
    };
    pl_str category = pl_json_str(remediation, "category");
    pl_str details = pl_str_trim(pl_json_str(remediation, "details"));
    bool is_planned = !pl_str_eq(category, PL_STR("no_fix_planned"));
    if (is_planned && !pl_str_eq(category, PL_STR("none_available"))) {
        return PL_AFFECT_KNOWN;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq_nocase(details, words[i].details)) {
            return words[i].state;
        }
    }
    return is_planned ? PL_AFFECT_KNOWN : PL_AFFECT_WONT_FIX;
}

/* What stands beside the status: states and words by product id, both borrowed from the JSON. */
struct beside {
    struct pl_map states; /* the remediation */
    struct pl_map words; /* the threat */
};

void pl_csaf_by_product(const json_t *list, bool (*is_wanted)(const json_t *item),
                        struct pl_map *into)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        const json_t *ids = pl_json_array(item, "product_ids");
        bool wanted = is_wanted(item);
        for (size_t k = 0; wanted && k < json_array_size(ids); k++) {
            pl_str id = pl_json_text(json_array_get(ids, k));
            if (id.len > 0) {
                *pl_map_at(into, id) = item;
            }
        }
    }
}

bool pl_csaf_says_no_fix(const json_t *remediation)
{
    return pl_csaf_state(remediation) != PL_AFFECT_KNOWN;
}

bool pl_csaf_says_impact(const json_t *threat)
{
    return pl_str_eq(pl_json_str(threat, "category"), PL_STR("impact"));
}

/* Takes a relationship apart; false for what is none, and so is about a product as a whole, and
 * when what it names is not there. */
static bool resolve(const struct reader *reader, pl_str id, struct pl_csaf_place *ret)
{
    const struct pl_csaf_tree *tree = &reader->tree;
    const struct pl_csaf_node *node = pl_csaf_tree_find(tree, id);
    const struct pl_csaf_node *parent = node ? pl_csaf_tree_find(tree, node->parent) : NULL;
    const struct pl_csaf_node *component = node ? pl_csaf_tree_find(tree, node->component) : NULL;
    if (!parent || !component) {
        return false;
    }
    if (parent->parent.len > 0) {
        const struct pl_csaf_node *module = pl_csaf_tree_find(tree, parent->component);
        ret->module = module ? &module->said : NULL;
        parent = pl_csaf_tree_find(tree, parent->parent);
    }
    ret->component = &component->said;
    ret->product = parent ? &parent->said : NULL;
    return parent != NULL;
}

/* Has this been said? The same package comes once for each architecture. */
static bool is_said(struct reader *reader, const struct pl_affected *affected, pl_str version)
{
    pl_str key = pl_arena_format(
        reader->arena, PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n%d",
        PL_STR_ARG(affected->ecosystem), PL_STR_ARG(affected->name), PL_STR_ARG(affected->module),
        PL_STR_ARG(version), (int)affected->state);
    void **place = pl_map_at(&reader->seen, key);
    bool is_there = *place != NULL;
    *place = reader;
    return is_there;
}

static void add_range(struct reader *reader, struct pl_affected *affected, pl_str fixed)
{
    struct pl_range range = {.type = PL_RANGE_ECOSYSTEM};
    *pl_vec_push(reader->arena, &range) =
        (struct pl_range_event){.type = PL_EVENT_INTRODUCED, .version = PL_STR("0")};
    if (fixed.len > 0) {
        *pl_vec_push(reader->arena, &range) =
            (struct pl_range_event){.type = PL_EVENT_FIXED, .version = fixed};
    }
    *pl_vec_push(reader->arena, &affected->ranges) = range;
}

static const char *add_statement(struct reader *reader, pl_str id, enum pl_affect state,
                                 bool is_fixed, const struct beside *beside)
{
    const struct pl_csaf_publisher *publisher = reader->publisher;
    struct pl_csaf_place place = {.is_fixed = is_fixed};
    struct pl_csaf_package package = {.name = PL_STR_EMPTY,
                                      .version = PL_STR_EMPTY,
                                      .module = PL_STR_EMPTY,
                                      .purl = PL_STR_EMPTY};
    if (!resolve(reader, id, &place)) {
        return "statement about a product as a whole";
    }
    const char *reason = publisher->package(reader->arena, &place, &package);
    if (reason) {
        return reason;
    }
    if (is_fixed && package.version.len == 0) {
        return "fix without a version";
    }
    /* What else an erratum ships, and which was not affected: of no use, for the build is newer
     * than what anybody says to be affected. */
    if (state == PL_AFFECT_NOT && package.version.len > 0) {
        return "build of an update that is not affected";
    }
    struct pl_affected affected = {
        .ecosystem = publisher->ecosystem(reader->arena, place.product),
        .name = package.name,
        .purl = package.purl,
        .module = package.module,
        .urgency = PL_STR_EMPTY,
        .cpe_rest = PL_STR_EMPTY,
        .state = state,
    };
    if (affected.ecosystem.len == 0) {
        return "product without packages of a distribution";
    }
    const json_t *remediation = pl_map_find(&beside->states, id);
    if (state == PL_AFFECT_KNOWN && !is_fixed && remediation) {
        affected.state = pl_csaf_state(remediation);
    }
    const json_t *threat = pl_map_find(&beside->words, id);
    pl_str word = pl_json_str(threat, "details");
    if (!pl_str_eq_nocase(word, reader->advisory.urgency)) {
        affected.urgency = pl_arena_dup(reader->arena, word);
    }
    if (!is_said(reader, &affected, package.version)) {
        add_range(reader, &affected, is_fixed ? package.version : PL_STR_EMPTY);
        *pl_vec_push(reader->arena, &reader->advisory.affected) = affected;
    }
    return NULL;
}

static void read_statuses(struct reader *reader, const json_t *vulnerability)
{
    static const struct {
        const char *name;
        enum pl_affect state;
        bool is_fixed;
    } statuses[] = {
        {"fixed", PL_AFFECT_KNOWN, true},
        {"first_fixed", PL_AFFECT_KNOWN, true},
        {"recommended", PL_AFFECT_KNOWN, true},
        {"known_affected", PL_AFFECT_KNOWN, false},
        {"under_investigation", PL_AFFECT_INVESTIGATED, false},
        {"known_not_affected", PL_AFFECT_NOT, false},
    };
    struct beside beside = {.states = {0}};
    pl_csaf_by_product(pl_json_array(vulnerability, "remediations"), pl_csaf_says_no_fix,
                       &beside.states);
    pl_csaf_by_product(pl_json_array(vulnerability, "threats"), pl_csaf_says_impact, &beside.words);
    const json_t *status = pl_json_object(vulnerability, "product_status");
    for (size_t i = 0; i < PL_ARRAY_LEN(statuses); i++) {
        const json_t *ids = pl_json_array(status, statuses[i].name);
        for (size_t k = 0; k < json_array_size(ids); k++) {
            const char *reason = add_statement(reader, pl_json_text(json_array_get(ids, k)),
                                               statuses[i].state, statuses[i].is_fixed, &beside);
            if (reason) {
                pl_feed_skip(reader->sink, reason);
            }
        }
    }
    pl_map_release(&beside.states);
    pl_map_release(&beside.words);
}

/* The vector with the highest score of all, for one advisory has one severity. */
static void read_scores(struct reader *reader, const json_t *vulnerability)
{
    static const char *const members[] = {"cvss_v4", "cvss_v3", "cvss_v2"};
    static const char *const types[] = {"CVSS_V4", "CVSS_V3", "CVSS_V2"};
    const json_t *scores = pl_json_array(vulnerability, "scores");
    for (size_t i = 0; i < json_array_size(scores); i++) {
        for (size_t k = 0; k < PL_ARRAY_LEN(members); k++) {
            const json_t *cvss = pl_json_object(json_array_get(scores, i), members[k]);
            pl_str vector = pl_json_str(cvss, "vectorString");
            double score = -1;
            if (vector.len > 0 && pl_cvss_score(vector, &score, NULL) == PL_OK &&
                score > reader->score) {
                reader->score = score;
                reader->advisory.severities.count = 0;
                *pl_vec_push(reader->arena, &reader->advisory.severities) =
                    (struct pl_severity_vector){.type = pl_str_from(types[k]),
                                                .score = pl_arena_dup(reader->arena, vector)};
            }
        }
    }
}

static pl_str note_of(const json_t *object, const char *category)
{
    const json_t *notes = pl_json_array(object, "notes");
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const json_t *note = json_array_get(notes, i);
        if (pl_str_eq(pl_json_str(note, "category"), pl_str_from(category))) {
            return pl_json_str(note, "text");
        }
    }
    return PL_STR_EMPTY;
}

static enum pl_status take_vulnerability(void *context, pl_str key, pl_str value, size_t depth,
                                         struct pl_error *err)
{
    struct reader *reader = context;
    json_t *vulnerability pl_autojson = NULL;
    struct pl_advisory *advisory = &reader->advisory;
    enum pl_status st = pl_json_parse(value, "a vulnerability", &vulnerability, err);
    if (st < 0) {
        return st;
    }
    pl_str cve = pl_json_str(vulnerability, "cve");
    if (cve.len > 0) {
        pl_strs_add_unique(reader->arena, &advisory->upstream, pl_arena_dup(reader->arena, cve));
        if (pl_str_eq(cve, advisory->id)) {
            advisory->details = pl_arena_dup(reader->arena, note_of(vulnerability, "description"));
        }
    }
    read_scores(reader, vulnerability);
    read_statuses(reader, vulnerability);
    return PL_OK;
}

static void read_references(struct reader *reader, const json_t *document)
{
    const json_t *references = pl_json_array(document, "references");
    for (size_t i = 0; i < json_array_size(references); i++) {
        const json_t *reference = json_array_get(references, i);
        bool is_self = pl_str_eq(pl_json_str(reference, "category"), PL_STR("self"));
        pl_str url = keep(reader, reference, "url");
        if (url.len > 0) {
            *pl_vec_push(reader->arena, &reader->advisory.references) =
                (struct pl_advisory_reference){.type = is_self ? PL_STR("ADVISORY") : PL_STR("WEB"),
                                               .url = url};
        }
    }
}

static enum pl_status take_document(struct reader *reader, pl_str text)
{
    json_t *document pl_autojson = NULL;
    struct pl_advisory *advisory = &reader->advisory;
    enum pl_status st = pl_json_parse(text, "the document's head", &document, reader->err);
    if (st < 0) {
        return st;
    }
    const json_t *tracking = pl_json_object(document, "tracking");
    advisory->id = keep(reader, tracking, "id");
    advisory->modified = keep(reader, tracking, "current_release_date");
    advisory->published = keep(reader, tracking, "initial_release_date");
    advisory->summary = keep(reader, document, "title");
    advisory->urgency = keep(reader, pl_json_object(document, "aggregate_severity"), "text");
    read_references(reader, document);
    return PL_OK;
}

static enum pl_status read_members(struct reader *reader, const struct pl_csaf_members *members)
{
    enum pl_status st = take_document(reader, members->document);
    if (st == PL_OK) {
        st = pl_csaf_tree_read(&reader->tree, members->tree, reader->err);
    }
    if (st == PL_OK && members->vulnerabilities.len > 0) {
        st = pl_csaf_for_each(reader->arena, members->vulnerabilities, take_vulnerability, reader,
                              0, reader->err);
    }
    return st;
}

/* A document about one CVE bears its name, which is the vulnerability's and not the record's. */
static void name_advisory(struct reader *reader)
{
    struct pl_advisory *advisory = &reader->advisory;
    if (pl_str_starts_with(advisory->id, PL_STR("CVE-"))) {
        pl_strs_add_unique(reader->arena, &advisory->upstream, advisory->id);
        advisory->id = pl_arena_format(reader->arena, "%s" PL_STR_FMT, reader->publisher->id_prefix,
                                       PL_STR_ARG(advisory->id));
    } else if (reader->publisher->advisory_id) {
        advisory->id = reader->publisher->advisory_id(reader->arena, advisory->id);
    }
}

enum pl_status pl_csaf_read(struct pl_feed_sink *sink, const struct pl_feed_document *document,
                            const struct pl_csaf_publisher *publisher, struct pl_error *err)
{
    struct reader reader = {.sink = sink,
                            .publisher = publisher,
                            .arena = pl_feed_scratch(sink),
                            .tree = {.arena = pl_feed_scratch(sink)},
                            .score = -1,
                            .err = err};
    struct pl_csaf_members members;
    enum pl_status st = pl_csaf_members(reader.arena, document->text, &members, err);
    if (st == PL_OK) {
        st = read_members(&reader, &members);
    }
    pl_csaf_tree_release(&reader.tree);
    pl_map_release(&reader.seen);
    if (st < 0) {
        return st;
    }
    struct pl_advisory *advisory = &reader.advisory;
    name_advisory(&reader);
    if (advisory->urgency.len > 0) {
        *pl_vec_push(reader.arena, &advisory->severities) = (struct pl_severity_vector){
            .type = pl_str_from(publisher->severity_type), .score = advisory->urgency};
    }
    if (advisory->upstream.count == 0) {
        pl_feed_skip(sink, "document without a vulnerability");
        return PL_OK;
    }
    if (advisory->affected.count == 0) {
        pl_feed_skip(sink, "document that names no package");
        return PL_OK;
    }
    return pl_feed_take(sink, advisory, err);
}

/* Long notes may stand before the publisher, and the head of a document ends among them; what comes
 * before those are the severity's and the copyright's own addresses. */
int pl_csaf_bid(const struct pl_feed_document *document, const char *name, const char *mark)
{
    pl_str value = PL_STR_EMPTY;
    pl_str publisher = PL_STR_EMPTY;
    if (!pl_head_member(document->text, "document", &value) ||
        !pl_head_member(value, "csaf_version", NULL)) {
        return 0;
    }
    if (pl_head_member(value, "publisher", &publisher)) {
        pl_str said = PL_STR_EMPTY;
        return pl_head_member(publisher, "name", &said) &&
                       pl_str_starts_with(pl_str_skip(said, 1), pl_str_from(name))
                   ? 90
                   : 0;
    }
    pl_str before = pl_str_sub(value, 0, pl_str_find(value, PL_STR("\"notes\"")));
    return pl_str_contains(before, pl_str_from(mark)) ? 80 : 0;
}
