/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What CycloneDX documents say of vulnerabilities (https://cyclonedx.org/docs/1.6/json/, section
 * "vulnerabilities"; the same in XML): whole bills of materials, or documents with nothing else.
 *
 *   serialNumber, version   "urn:uuid:..." and a number: what others name this document by
 *   metadata.timestamp      of vulnerabilities that have no time of their own
 *   metadata.authors        [{name}]
 *   components              with "bom-ref" and "purl"; they nest, and one is in the metadata
 *   vulnerabilities         each
 *     id, references        a name, and equal ones of others: [{id}]
 *     updated
 *     analysis              {state, justification, detail, response: [...], lastUpdated}
 *     affects               [{ref, versions: [{version or range, status}]}]
 *
 * A ref is a bom-ref of this document, or a link into another one, "urn:cdx:<uuid>/<version>#<ref>"
 * (BOM-Link); many writers use the package URL for the ref, so that what is linked to is known
 * without the other document. States are "exploitable", "in_triage", "false_positive",
 * "not_affected", "resolved", "resolved_with_pedigree"; the status of a version, "affected" unless
 * it says "unaffected" or "unknown", comes before. Without an analysis nobody has judged.
 */
#include "base/limits.h"
#include "base/map.h"
#include "feed/reader/head.h"
#include "feed/reader/names.h"
#include "feed/reader/records.h"
#include "feed/reader/vex.h"
#include "format/json_pieces.h"
#include "format/xml_pieces.h"

static const pl_str xml_namespace = PL_STR_INIT("http://cyclonedx.org/schema/bom/");

/* A statement whose product is not looked up yet. */
struct saying {
    struct pl_vex_statement statement;
    pl_str ref;
};

struct reader {
    struct pl_feed_sink *sink;
    struct pl_arena *arena;
    struct pl_map purls; /* by bom-ref: pl_str */
    struct {
        PL_VEC_FIELDS(struct saying);
    } sayings;
    pl_str serial; /* without "urn:uuid:" */
    pl_str time; /* of the document */
    pl_str author;
    size_t vulnerabilities;
};

/* The parts of a vulnerability, whichever form it has. */
struct judgement {
    struct pl_vex_statement statement; /* of all its targets */
    pl_str state;
    bool has_no_fix; /* "can_not_fix" or "will_not_fix" is among the responses */
    bool has_update; /* and "update" is */
};

static bool is_json(pl_str text)
{
    pl_str trimmed = pl_str_trim(pl_str_sub(text, 0, 64));
    return pl_str_starts_with(trimmed, PL_STR("{"));
}

static int bid(const struct pl_feed_document *document)
{
    pl_str format = PL_STR_EMPTY;
    bool is_one = is_json(document->text) ? pl_head_member(document->text, "bomFormat", &format) &&
                                                pl_str_starts_with(format, PL_STR("\"CycloneDX\""))
                                          : pl_str_contains(document->text, PL_STR("<bom")) &&
                                                pl_str_contains(document->text, xml_namespace);
    return is_one ? 50 : 0;
}

static void add_component(struct reader *reader, pl_str ref, pl_str purl)
{
    if (ref.len > 0 && purl.len > 0) {
        pl_str *kept = PL_ARENA_NEW(reader->arena, pl_str);
        *kept = pl_arena_dup(reader->arena, purl);
        *pl_map_at(&reader->purls, pl_arena_dup(reader->arena, ref)) = kept;
    }
}

/* What the state is for us; false for one that is not known. */
static bool set_state(const struct judgement *judgement, struct pl_vex_statement *into)
{
    static const struct {
        pl_str word;
        enum pl_affect state;
        bool is_fixed;
    } words[] = {
        {PL_STR_INIT("exploitable"), PL_AFFECT_KNOWN, false},
        {PL_STR_INIT("false_positive"), PL_AFFECT_NOT, false},
        {PL_STR_INIT("in_triage"), PL_AFFECT_INVESTIGATED, false},
        {PL_STR_INIT("not_affected"), PL_AFFECT_NOT, false},
        {PL_STR_INIT("resolved"), PL_AFFECT_NOT, true},
        {PL_STR_INIT("resolved_with_pedigree"), PL_AFFECT_NOT, true},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(judgement->state, words[i].word)) {
            into->state = words[i].state;
            into->is_fixed = words[i].is_fixed;
            if (into->state == PL_AFFECT_KNOWN && judgement->has_no_fix && !judgement->has_update) {
                into->state = PL_AFFECT_WONT_FIX;
            }
            return true;
        }
    }
    return false;
}

static void note_response(struct judgement *judgement, pl_str word)
{
    judgement->has_no_fix = judgement->has_no_fix || pl_str_eq(word, PL_STR("can_not_fix")) ||
                            pl_str_eq(word, PL_STR("will_not_fix"));
    judgement->has_update = judgement->has_update || pl_str_eq(word, PL_STR("update"));
}

static void add_alias(struct reader *reader, pl_str name, struct judgement *judgement)
{
    if (name.len > 0) {
        *pl_vec_push(reader->arena, &judgement->statement.aliases) =
            pl_arena_dup(reader->arena, name);
    }
}

/* Is it worth its targets? */
static bool settle(struct reader *reader, struct judgement *judgement, size_t index)
{
    struct pl_vex_statement *statement = &judgement->statement;
    if (statement->vulnerability.len == 0) {
        pl_feed_malformed(reader->sink, "vulnerability %zu has no id", index);
        return false;
    }
    if (judgement->state.len == 0) {
        pl_feed_skip(reader->sink, "vulnerability without an analysis");
        return false;
    }
    if (!set_state(judgement, statement)) {
        pl_feed_malformed(reader->sink,
                          "vulnerability %zu (" PL_STR_FMT ") has no state that is "
                          "known",
                          index, PL_STR_ARG(statement->vulnerability));
        return false;
    }
    if (statement->justification.len == 0 &&
        pl_str_eq(judgement->state, PL_STR("false_positive"))) {
        statement->justification = PL_STR("false_positive");
    }
    return true;
}

/* Of one version or range of a target, or with neither of the target. */
static void say(struct reader *reader, const struct judgement *judgement, pl_str ref,
                pl_str version, pl_str range, pl_str status)
{
    struct saying *saying = pl_vec_push(reader->arena, &reader->sayings);
    struct pl_vex_statement *statement = &saying->statement;
    *statement = judgement->statement;
    statement->version = pl_arena_dup(reader->arena, version);
    statement->range = pl_arena_dup(reader->arena, range);
    saying->ref = pl_arena_dup(reader->arena, ref);
    if (pl_str_eq(status, PL_STR("unaffected"))) {
        statement->state = PL_AFFECT_NOT;
        statement->is_fixed = false;
    } else if (pl_str_eq(status, PL_STR("unknown"))) {
        statement->state = PL_AFFECT_INVESTIGATED;
        statement->is_fixed = false;
    }
}

/* ---- JSON ---- */

static pl_str keep(struct reader *reader, const json_t *object, const char *key)
{
    return pl_arena_dup(reader->arena, pl_json_str(object, key));
}

static void read_component(struct reader *reader, const json_t *component, unsigned depth)
{
    const json_t *list = pl_json_array(component, "components");
    add_component(reader, pl_json_str(component, "bom-ref"), pl_json_str(component, "purl"));
    for (size_t i = 0; depth < PL_LIMIT_JSON_DEPTH && i < json_array_size(list); i++) {
        read_component(reader, json_array_get(list, i), depth + 1);
    }
}

static void read_judgement(struct reader *reader, const json_t *vulnerability,
                           struct judgement *ret)
{
    struct pl_vex_statement *statement = &ret->statement;
    const json_t *analysis = pl_json_object(vulnerability, "analysis");
    const json_t *responses = pl_json_array(analysis, "response");
    const json_t *references = pl_json_array(vulnerability, "references");
    statement->vulnerability = keep(reader, vulnerability, "id");
    statement->time = keep(reader, analysis, "lastUpdated");
    if (statement->time.len == 0) {
        statement->time = keep(reader, vulnerability, "updated");
    }
    statement->justification = keep(reader, analysis, "justification");
    ret->state = keep(reader, analysis, "state");
    statement->reason = keep(reader, analysis, "detail");
    if (statement->reason.len == 0) {
        statement->reason = pl_str_eq(ret->state, PL_STR("exploitable"))
                                ? keep(reader, vulnerability, "recommendation")
                                : statement->justification;
    }
    for (size_t i = 0; i < json_array_size(responses); i++) {
        note_response(ret, pl_json_text(json_array_get(responses, i)));
    }
    for (size_t i = 0; i < json_array_size(references); i++) {
        add_alias(reader, pl_json_str(json_array_get(references, i), "id"), ret);
    }
}

static void read_vulnerability(struct reader *reader, const json_t *vulnerability, size_t index)
{
    struct judgement judgement = {.state = PL_STR_EMPTY};
    const json_t *affects = pl_json_array(vulnerability, "affects");
    read_judgement(reader, vulnerability, &judgement);
    if (!settle(reader, &judgement, index)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(affects); i++) {
        const json_t *target = json_array_get(affects, i);
        const json_t *versions = pl_json_array(target, "versions");
        pl_str ref = pl_json_str(target, "ref");
        for (size_t k = 0; k < json_array_size(versions); k++) {
            const json_t *item = json_array_get(versions, k);
            say(reader, &judgement, ref, pl_json_str(item, "version"), pl_json_str(item, "range"),
                pl_json_str(item, "status"));
        }
        if (json_array_size(versions) == 0) {
            say(reader, &judgement, ref, PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY);
        }
    }
}

static enum pl_status take_component(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                     void *context, struct pl_error *err)
{
    read_component(context, record->json, 0);
    return PL_OK;
}

static enum pl_status take_vulnerability(struct pl_feed_sink *sink,
                                         const struct pl_feed_record *record, void *context,
                                         struct pl_error *err)
{
    struct reader *reader = context;
    reader->vulnerabilities++;
    read_vulnerability(reader, record->json, record->index);
    return PL_OK;
}

static enum pl_status read_metadata(struct reader *reader, pl_str text, struct pl_error *err)
{
    json_t *metadata pl_autojson = NULL;
    enum pl_status st = pl_json_parse(text, "the metadata", &metadata, err);
    if (st == PL_OK) {
        reader->time = keep(reader, metadata, "timestamp");
        reader->author =
            keep(reader, json_array_get(pl_json_array(metadata, "authors"), 0), "name");
        read_component(reader, pl_json_object(metadata, "component"), 0);
    }
    return st;
}

static void set_serial(struct reader *reader, pl_str serial)
{
    pl_str prefix = PL_STR("urn:uuid:");
    reader->serial =
        pl_arena_dup(reader->arena,
                     pl_str_starts_with(serial, prefix) ? pl_str_skip(serial, prefix.len) : serial);
}

static enum pl_status read_json(struct reader *reader, pl_str text, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    struct pl_json_pieces pieces;
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    enum pl_status st = pl_json_pieces_open(&pieces, reader->arena, text, no_path, err);
    while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        if (pl_str_eq(key, PL_STR("serialNumber"))) {
            set_serial(reader, pl_json_piece_text(reader->arena, value));
        } else if (pl_str_eq(key, PL_STR("metadata"))) {
            st = read_metadata(reader, value, err);
        } else if (pl_str_eq(key, PL_STR("components"))) {
            st = pl_feed_records(reader->sink, value, no_path, "component", take_component, reader,
                                 err);
        } else if (pl_str_eq(key, PL_STR("vulnerabilities"))) {
            st = pl_feed_records(reader->sink, value, no_path, "vulnerability", take_vulnerability,
                                 reader, err);
        }
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

/* ---- XML ---- */

static pl_str keep_xml(struct reader *reader, const struct pl_xml_node *node, const char *name)
{
    return pl_arena_dup(reader->arena, pl_xml_text(node, name));
}

static void read_xml_component(struct reader *reader, const struct pl_xml_node *component,
                               unsigned depth)
{
    const struct pl_xml_node *list = pl_xml_child(component, "components");
    add_component(reader, pl_xml_attribute(component, "bom-ref"), pl_xml_text(component, "purl"));
    for (const struct pl_xml_node *it = pl_xml_child(list, "component");
         it && depth < PL_LIMIT_JSON_DEPTH; it = pl_xml_next(it, "component")) {
        read_xml_component(reader, it, depth + 1);
    }
}

static void read_xml_judgement(struct reader *reader, const struct pl_xml_node *vulnerability,
                               struct judgement *ret)
{
    struct pl_vex_statement *statement = &ret->statement;
    const struct pl_xml_node *analysis = pl_xml_child(vulnerability, "analysis");
    const struct pl_xml_node *responses = pl_xml_child(analysis, "responses");
    const struct pl_xml_node *references = pl_xml_child(vulnerability, "references");
    statement->vulnerability = keep_xml(reader, vulnerability, "id");
    statement->time = keep_xml(reader, analysis, "lastUpdated");
    if (statement->time.len == 0) {
        statement->time = keep_xml(reader, vulnerability, "updated");
    }
    statement->justification = keep_xml(reader, analysis, "justification");
    ret->state = keep_xml(reader, analysis, "state");
    statement->reason = keep_xml(reader, analysis, "detail");
    if (statement->reason.len == 0) {
        statement->reason = pl_str_eq(ret->state, PL_STR("exploitable"))
                                ? keep_xml(reader, vulnerability, "recommendation")
                                : statement->justification;
    }
    for (const struct pl_xml_node *it = pl_xml_child(responses, "response"); it;
         it = pl_xml_next(it, "response")) {
        note_response(ret, pl_xml_text(it, NULL));
    }
    for (const struct pl_xml_node *it = pl_xml_child(references, "reference"); it;
         it = pl_xml_next(it, "reference")) {
        add_alias(reader, pl_xml_text(it, "id"), ret);
    }
}

static void read_xml_vulnerability(struct reader *reader, const struct pl_xml_node *vulnerability)
{
    struct judgement judgement = {.state = PL_STR_EMPTY};
    const struct pl_xml_node *affects = pl_xml_child(vulnerability, "affects");
    read_xml_judgement(reader, vulnerability, &judgement);
    if (!settle(reader, &judgement, reader->vulnerabilities++)) {
        return;
    }
    for (const struct pl_xml_node *target = pl_xml_child(affects, "target"); target;
         target = pl_xml_next(target, "target")) {
        const struct pl_xml_node *versions = pl_xml_child(target, "versions");
        const struct pl_xml_node *item = pl_xml_child(versions, "version");
        pl_str ref = pl_xml_text(target, "ref");
        if (!item) {
            say(reader, &judgement, ref, PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY);
        }
        for (; item; item = pl_xml_next(item, "version")) {
            say(reader, &judgement, ref, pl_xml_text(item, "version"), pl_xml_text(item, "range"),
                pl_xml_text(item, "status"));
        }
    }
}

static enum pl_status take_piece(void *context, const struct pl_xml_node *piece,
                                 struct pl_error *err)
{
    struct reader *reader = context;
    if (pl_xml_is(piece, "vulnerability")) {
        read_xml_vulnerability(reader, piece);
    } else if (pl_xml_is(piece, "metadata")) {
        reader->time = keep_xml(reader, piece, "timestamp");
        reader->author =
            keep_xml(reader, pl_xml_child(pl_xml_child(piece, "authors"), "author"), "name");
        read_xml_component(reader, pl_xml_child(piece, "component"), 0);
    } else {
        read_xml_component(reader, piece, 0);
    }
    return PL_OK;
}

/* The serial number stands in the root's tag, which is no piece. */
static pl_str serial_of(pl_str text)
{
    size_t root = pl_str_find(text, PL_STR("<bom"));
    pl_str rest = pl_str_skip(text, root == SIZE_MAX ? text.len : root);
    rest = pl_str_sub(rest, 0, pl_str_find_char(rest, '>'));
    pl_str name = PL_STR("serialNumber=\"");
    size_t at = pl_str_find(rest, name);
    if (at == SIZE_MAX) {
        return PL_STR_EMPTY;
    }
    rest = pl_str_skip(rest, at + name.len);
    return pl_str_sub(rest, 0, pl_str_find_char(rest, '"'));
}

static enum pl_status read_xml(struct reader *reader, pl_str text, struct pl_error *err)
{
    static const char *const wanted[] = {"metadata", "component", "vulnerability", NULL};
    set_serial(reader, serial_of(text));
    return pl_xml_pieces(text, "the document", wanted, take_piece, reader, err);
}

/* ---- both ---- */

/* The package URL that a ref leads to; the ref itself when it leads nowhere. */
static pl_str purl_of(struct reader *reader, pl_str ref)
{
    pl_str link = PL_STR("urn:cdx:");
    const pl_str *known = pl_map_find(&reader->purls, ref);
    if (known || !pl_str_starts_with(ref, link)) {
        return known ? *known : ref;
    }
    pl_str serial = pl_str_skip(ref, link.len);
    size_t hash = pl_str_find_char(serial, '#');
    pl_str fragment = hash == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(serial, hash + 1);
    serial = pl_str_sub(serial, 0, pl_str_find_char(serial, '/'));
    pl_str plain = pl_feed_unescaped(reader->arena, fragment);
    if (reader->serial.len > 0 && pl_str_eq_nocase(serial, reader->serial)) {
        known = pl_map_find(&reader->purls, fragment);
        known = known ? known : pl_map_find(&reader->purls, plain);
    }
    bool is_purl = pl_str_starts_with(fragment, PL_STR("pkg:"));
    return known ? *known : is_purl ? fragment : plain;
}

static enum pl_status take_all(struct reader *reader, struct pl_error *err)
{
    struct pl_vex vex = {.author = reader->author};
    if (reader->vulnerabilities == 0) {
        pl_feed_skip(reader->sink, "bill of materials without vulnerabilities");
    }
    for (size_t i = 0; i < reader->sayings.count; i++) {
        struct pl_vex_statement statement = reader->sayings.items[i].statement;
        statement.product = purl_of(reader, reader->sayings.items[i].ref);
        if (statement.time.len == 0) {
            statement.time = reader->time;
        }
        pl_vex_add(reader->arena, &vex, &statement);
    }
    return pl_vex_take(reader->sink, &vex, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    struct reader reader = {.sink = sink, .arena = pl_feed_scratch(sink)};
    enum pl_status st = is_json(document->text) ? read_json(&reader, document->text, err)
                                                : read_xml(&reader, document->text, err);
    if (st == PL_OK) {
        st = take_all(&reader, err);
    }
    pl_map_release(&reader.purls);
    return st;
}

const struct pl_feed pl_feed_cyclonedx_vex = {
    .name = "cyclonedx-vex",
    .summary = "what CycloneDX documents say of vulnerabilities in packages, by package URL",
    .url = NULL,
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
