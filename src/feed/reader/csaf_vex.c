/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSAF documents of the profile VEX (docs.oasis-open.org/csaf/csaf/v2.0, section 4.5), of anybody
 * who is not a distribution with a feed of its own. Products are known by their package URL:
 *
 *   product_tree     products with product_identification_helper.purl. Where that has no version,
 *                    the branch they stand at may: category product_version, or
 *                    product_version_range with "vers:..." or the same without a scheme. A
 *                    relationship (3.2.2.4) makes a product of a component, which statements on it
 *                    are about, and of what it is a component of or installed on, whatever the
 *                    category: they hold there alone, and are left out where neither a package
 *                    URL nor a CPE name tells what that is, or it is more than one thing.
 *   vulnerabilities  cve, or ids of systems that give them; product_status, lists of product ids
 *                    (3.2.3.9); flags with a label, and threats of category impact, say why a
 *                    product is not affected; remediations what to do, or that there will be no
 *                    fix.
 *
 * What is said here is what the openvex feed says, and counts alike (feed/reader/vex.h).
 */
#include "feed/reader/csaf.h"
#include "feed/reader/head.h"
#include "feed/reader/vex.h"

struct reader {
    struct pl_feed_sink *sink;
    struct pl_arena *arena;
    struct pl_csaf_tree tree;
    struct pl_vex vex;
    pl_str time; /* of the document */
    size_t index; /* of the vulnerability at hand */
};

static int bid(const struct pl_feed_document *document)
{
    pl_str value = PL_STR_EMPTY;
    pl_str category = PL_STR_EMPTY;
    return pl_head_member(document->text, "document", &value) &&
                   pl_head_member(value, "csaf_version", NULL) &&
                   pl_head_member(value, "category", &category) &&
                   pl_str_starts_with(category, PL_STR("\"csaf_vex\""))
               ? 50
               : 0;
}

/* What stands beside the lists of a vulnerability, by product id and borrowed from the JSON. */
struct beside {
    struct pl_map remediations; /* that say there will be no fix */
    struct pl_map actions; /* remediations of any kind, those of a vendor's fix first */
    struct pl_map threats; /* of category impact */
    struct pl_map flags;
};

static void beside_release(struct beside *beside)
{
    pl_map_release(&beside->remediations);
    pl_map_release(&beside->actions);
    pl_map_release(&beside->threats);
    pl_map_release(&beside->flags);
}

static bool has_label(const json_t *flag)
{
    return pl_json_str(flag, "label").len > 0;
}

static bool has_details(const json_t *remediation)
{
    return pl_json_str(remediation, "details").len > 0;
}

static bool is_fix(const json_t *remediation)
{
    return has_details(remediation) &&
           pl_str_eq(pl_json_str(remediation, "category"), PL_STR("vendor_fix"));
}

/* A range as CSAF allows it to be written without a scheme (3.1.2.3.2). */
static pl_str range_of(struct pl_arena *arena, pl_str text)
{
    return pl_str_starts_with(text, PL_STR("vers:"))
               ? text
               : pl_arena_format(arena, "vers:vls/" PL_STR_FMT, PL_STR_ARG(text));
}

/* Takes a product of a relationship apart; else the reason to skip it. */
static const char *set_component(const struct pl_csaf_tree *tree, const struct pl_csaf_node **io,
                                 struct pl_vex_statement *statement)
{
    const struct pl_csaf_node *parent = pl_csaf_tree_find(tree, (*io)->parent);
    const struct pl_csaf_node *component = pl_csaf_tree_find(tree, (*io)->component);
    if (!parent || !component) {
        return "product that the product tree does not have";
    }
    bool is_named = parent->said.purl.len + parent->said.cpe.len > 0;
    if (component->component.len > 0 || (parent->component.len > 0 && !is_named)) {
        return "component of a component of another product";
    }
    if (!is_named) {
        return "component of a product without a package URL or CPE name";
    }
    statement->within = parent->said.purl.len > 0 ? parent->said.purl : parent->said.cpe;
    statement->product = (*io)->said.purl.len > 0 ? (*io)->said.purl : component->said.purl;
    *io = component;
    return NULL;
}

static const char *set_product(struct reader *reader, const struct pl_csaf_node *node,
                               struct pl_vex_statement *statement)
{
    const char *why_not = NULL;
    statement->product = node->said.purl;
    if (node->component.len > 0) {
        why_not = set_component(&reader->tree, &node, statement);
    }
    bool has_version = pl_str_find_char(statement->product, '@') != SIZE_MAX;
    if (!has_version && node->said.version.len > 0) {
        if (node->said.is_range) {
            statement->range = range_of(reader->arena, node->said.version);
        } else {
            statement->version = node->said.version;
        }
    }
    return why_not;
}

static void add_statement(struct reader *reader, const struct pl_vex_statement *said, pl_str id,
                          const struct beside *beside)
{
    struct pl_vex_statement statement = *said;
    const struct pl_csaf_node *node = pl_csaf_tree_find(&reader->tree, id);
    const json_t *remediation = pl_map_find(&beside->remediations, id);
    if (!node) {
        pl_feed_skip(reader->sink, "product that the product tree does not have");
        return;
    }
    const char *why_not = set_product(reader, node, &statement);
    if (why_not) {
        pl_feed_skip(reader->sink, why_not);
        return;
    }
    if (statement.state == PL_AFFECT_KNOWN && remediation) {
        statement.state = pl_csaf_state(remediation);
    }
    pl_str word = pl_json_str(pl_map_find(&beside->threats, id), "details");
    pl_str label = pl_json_str(pl_map_find(&beside->flags, id), "label");
    word = word.len > 0 ? word : label;
    if (statement.state != PL_AFFECT_NOT) {
        pl_str action = pl_json_str(pl_map_find(&beside->actions, id), "details");
        word = action.len > 0 ? action : word;
    }
    statement.justification = pl_arena_dup(reader->arena, label);
    statement.reason = pl_arena_dup(reader->arena, word);
    pl_vex_add(reader->arena, &reader->vex, &statement);
}

/* Should a product be in several lists, which is not allowed, then the last of these counts. */
static void read_statuses(struct reader *reader, const json_t *vulnerability,
                          struct pl_vex_statement *said)
{
    static const struct {
        const char *name;
        enum pl_affect state;
        bool is_fixed;
    } statuses[] = {
        {"known_not_affected", PL_AFFECT_NOT, false},
        {"fixed", PL_AFFECT_NOT, true},
        {"first_fixed", PL_AFFECT_NOT, true},
        {"under_investigation", PL_AFFECT_INVESTIGATED, false},
        {"first_affected", PL_AFFECT_KNOWN, false},
        {"last_affected", PL_AFFECT_KNOWN, false},
        {"known_affected", PL_AFFECT_KNOWN, false},
    };
    struct beside beside PL_CLEANUP(beside_release) = {.flags = {0}};
    pl_csaf_by_product(pl_json_array(vulnerability, "remediations"), pl_csaf_says_no_fix,
                       &beside.remediations);
    pl_csaf_by_product(pl_json_array(vulnerability, "remediations"), has_details, &beside.actions);
    pl_csaf_by_product(pl_json_array(vulnerability, "remediations"), is_fix, &beside.actions);
    pl_csaf_by_product(pl_json_array(vulnerability, "threats"), pl_csaf_says_impact,
                       &beside.threats);
    pl_csaf_by_product(pl_json_array(vulnerability, "flags"), has_label, &beside.flags);
    const json_t *status = pl_json_object(vulnerability, "product_status");
    for (size_t i = 0; i < PL_ARRAY_LEN(statuses); i++) {
        const json_t *ids = pl_json_array(status, statuses[i].name);
        said->state = statuses[i].state;
        said->is_fixed = statuses[i].is_fixed;
        for (size_t k = 0; k < json_array_size(ids); k++) {
            add_statement(reader, said, pl_json_text(json_array_get(ids, k)), &beside);
        }
    }
    for (size_t i = 0; i < json_array_size(pl_json_array(status, "recommended")); i++) {
        pl_feed_skip(reader->sink, "version that is recommended");
    }
}

/* Numbers of bug trackers stand among the ids as well, and are no names of vulnerabilities. */
static void read_ids(struct reader *reader, const json_t *vulnerability,
                     struct pl_vex_statement *into)
{
    const json_t *ids = pl_json_array(vulnerability, "ids");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        pl_str text = pl_json_str(json_array_get(ids, i), "text");
        if (pl_str_starts_with(text, PL_STR("CVE-")) || pl_str_starts_with(text, PL_STR("GHSA-"))) {
            text = pl_arena_dup(reader->arena, text);
            if (into->vulnerability.len == 0) {
                into->vulnerability = text;
            } else {
                *pl_vec_push(reader->arena, &into->aliases) = text;
            }
        }
    }
}

static enum pl_status take_vulnerability(void *context, pl_str key, pl_str value, size_t depth,
                                         struct pl_error *err)
{
    struct reader *reader = context;
    struct pl_vex_statement said = {.time = reader->time};
    struct pl_error problem = PL_ERROR_INIT;
    json_t *vulnerability pl_autojson = NULL;
    size_t index = reader->index++;
    if (pl_json_parse(value, "the vulnerability", &vulnerability, &problem) < 0) {
        pl_feed_malformed(reader->sink, "vulnerability %zu: %s", index, problem.msg);
        return PL_OK;
    }
    said.vulnerability = pl_arena_dup(reader->arena, pl_json_str(vulnerability, "cve"));
    read_ids(reader, vulnerability, &said);
    if (said.vulnerability.len == 0) {
        pl_feed_malformed(reader->sink, "vulnerability %zu has no name", index);
        return PL_OK;
    }
    read_statuses(reader, vulnerability, &said);
    return PL_OK;
}

static enum pl_status read_members(struct reader *reader, const struct pl_csaf_members *members,
                                   struct pl_error *err)
{
    json_t *head pl_autojson = NULL;
    enum pl_status st = pl_json_parse(members->document, "the document's head", &head, err);
    if (st < 0) {
        return st;
    }
    const json_t *tracking = pl_json_object(head, "tracking");
    reader->vex.author =
        pl_arena_dup(reader->arena, pl_json_str(pl_json_object(head, "publisher"), "name"));
    reader->time = pl_arena_dup(reader->arena, pl_json_str(tracking, "current_release_date"));
    st = pl_csaf_tree_read(&reader->tree, members->tree, err);
    if (st == PL_OK && members->vulnerabilities.len > 0) {
        st = pl_csaf_for_each(reader->arena, members->vulnerabilities, take_vulnerability, reader,
                              0, err);
    }
    return st == PL_OK ? pl_vex_take(reader->sink, &reader->vex, err) : st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    struct reader reader = {
        .sink = sink, .arena = pl_feed_scratch(sink), .tree = {.arena = pl_feed_scratch(sink)}};
    struct pl_csaf_members members;
    enum pl_status st = pl_csaf_members(reader.arena, document->text, &members, err);
    if (st == PL_OK) {
        st = read_members(&reader, &members, err);
    }
    pl_csaf_tree_release(&reader.tree);
    return st;
}

const struct pl_feed pl_feed_csaf_vex = {
    .name = "csaf-vex",
    .summary = "statements in CSAF documents of the profile VEX on packages, by package URL",
    .url = NULL,
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
