/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/vex.h"
#include "base/limits.h"
#include "feed/reader/suppression.h"
#include "feed/reader/vers.h"
#include "model/ecosystem.h"
#include "model/moment.h"
#include <stdlib.h>

#define FIXED_NOWHERE "fixed in a version that is not named"

void pl_vex_add(struct pl_arena *arena, struct pl_vex *vex,
                const struct pl_vex_statement *statement)
{
    size_t place = vex->count;
    struct pl_vex_statement *added = pl_vec_push(arena, vex);
    *added = *statement;
    added->place = place;
}

/* Statements on one thing together, so that the later one is behind the earlier. */
static int compare_subjects(const struct pl_vex_statement *one, const struct pl_vex_statement *two)
{
    int order = pl_str_cmp(one->vulnerability, two->vulnerability);
    order = order != 0 ? order : pl_str_cmp(one->product, two->product);
    order = order != 0 ? order : pl_str_cmp(one->within, two->within);
    order = order != 0 ? order : pl_str_cmp(one->version, two->version);
    return order != 0 ? order : pl_str_cmp(one->range, two->range);
}

static int compare(const void *a, const void *b)
{
    const struct pl_vex_statement *one = a;
    const struct pl_vex_statement *two = b;
    int order = compare_subjects(one, two);
    order = order != 0 ? order : pl_moment_compare(one->time, two->time);
    return order != 0 ? order : (one->place > two->place) - (one->place < two->place);
}

/* Advisories have Go's versions without the letter that its tags begin with. */
static pl_str version_of(pl_str ecosystem, pl_str version)
{
    bool has_letter =
        pl_str_eq(ecosystem, PL_STR("Go")) && pl_str_starts_with(version, PL_STR("v"));
    return has_letter ? pl_str_skip(version, 1) : version;
}

/* Which versions it is said of: none of either means all. False for a range that is none. */
static bool set_versions(struct pl_arena *arena, const struct pl_vex_statement *statement,
                         pl_str version, struct pl_affected *affected)
{
    if (statement->range.len > 0) {
        const struct pl_version_scheme *scheme =
            pl_version_scheme_for_ecosystem(affected->ecosystem);
        struct pl_spans spans = {0};
        if (!scheme || !pl_vers_add(arena, scheme, statement->range, &spans) || spans.count == 0) {
            return false;
        }
        pl_spans_to_ranges(arena, &spans, affected);
    } else if (version.len > 0) {
        *pl_vec_push(arena, &affected->versions) = version_of(affected->ecosystem, version);
    } else if (affected->state == PL_AFFECT_KNOWN) {
        struct pl_range *every = pl_vec_push(arena, &affected->ranges);
        *every = (struct pl_range){.type = PL_RANGE_ECOSYSTEM};
        *pl_vec_push(arena, every) = (struct pl_range_event){PL_EVENT_INTRODUCED, PL_STR("0")};
    }
    return true;
}

/* CycloneDX has words of its own (analysis.justification), of which those that a state of the
 * configuration justifies have none in VEX's list. */
static enum pl_suppression_reason reason_of(const struct pl_vex_statement *statement)
{
    static const struct {
        pl_str word;
        enum pl_suppression_reason reason;
    } words[] = {
        {PL_STR_INIT("code_not_present"), PL_SUPPRESSION_CODE_ABSENT},
        {PL_STR_INIT("code_not_reachable"), PL_SUPPRESSION_CODE_UNUSED},
        {PL_STR_INIT("protected_at_perimeter"), PL_SUPPRESSION_MITIGATED},
        {PL_STR_INIT("protected_at_runtime"), PL_SUPPRESSION_MITIGATED},
        {PL_STR_INIT("protected_by_compiler"), PL_SUPPRESSION_MITIGATED},
        {PL_STR_INIT("protected_by_mitigating_control"), PL_SUPPRESSION_MITIGATED},
    };
    enum pl_suppression_reason reason =
        statement->is_fixed ? PL_SUPPRESSION_FIXED : PL_SUPPRESSION_NOT_AFFECTED;
    if (!statement->is_fixed && statement->state != PL_AFFECT_NOT) {
        return statement->state == PL_AFFECT_INVESTIGATED ? PL_SUPPRESSION_INVESTIGATED
                                                          : PL_SUPPRESSION_AFFECTED;
    }
    if (statement->is_fixed ||
        pl_suppression_reason_from_string(statement->justification, &reason)) {
        return reason;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(statement->justification, words[i].word)) {
            return words[i].reason;
        }
    }
    return reason;
}

/* The reason and, where there are words beside it, these behind a colon. */
static pl_str word_of(struct pl_arena *arena, const struct pl_vex_statement *statement)
{
    pl_str word = pl_str_from(pl_suppression_reason_to_string(reason_of(statement)));
    bool is_bare = statement->reason.len == 0 || pl_str_eq(statement->reason, word);
    return is_bare ? word
                   : pl_arena_format(arena, PL_STR_FMT ": " PL_STR_FMT, PL_STR_ARG(word),
                                     PL_STR_ARG(statement->reason));
}

static void add_packages(struct pl_feed_sink *sink, const struct pl_vex_statement *statement,
                         const struct pl_purl *purl, const struct pl_package_keys *keys,
                         struct pl_advisory *advisory)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    pl_str version =
        statement->version.len > 0 ? statement->version : pl_purl_full_version(arena, purl);
    if (statement->is_fixed && version.len + statement->range.len == 0) {
        pl_feed_skip(sink, FIXED_NOWHERE);
        return;
    }
    for (size_t i = 0; i < keys->count; i++) {
        struct pl_affected affected = {.ecosystem = keys->items[i].ecosystem,
                                       .name = keys->items[i].name,
                                       .state =
                                           statement->is_fixed ? PL_AFFECT_NOT : statement->state,
                                       .urgency = PL_STR_EMPTY};
        if (affected.state == PL_AFFECT_NOT || statement->reason.len > 0) {
            affected.urgency = word_of(arena, statement);
        }
        if (!set_versions(arena, statement, version, &affected)) {
            pl_feed_malformed(sink, PL_STR_FMT ": \"" PL_STR_FMT "\" is no range of versions",
                              PL_STR_ARG(statement->vulnerability), PL_STR_ARG(statement->range));
            return;
        }
        *pl_vec_push(arena, &advisory->affected) = affected;
    }
}

/* What is not filed under a package, but is a rule. `purl` is the package, or NULL when that is the
 * whole of `product`. */
static enum pl_status take_rule(struct pl_feed_sink *sink, const struct pl_vex_statement *statement,
                                const struct pl_purl *purl, pl_str product, pl_str author,
                                struct pl_error *err)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct pl_suppression rule = {.versions = statement->range,
                                  .reason = reason_of(statement),
                                  .text = statement->reason,
                                  .by = author,
                                  .time = statement->time};
    if (pl_str_eq(rule.text, pl_str_from(pl_suppression_reason_to_string(rule.reason)))) {
        rule.text = PL_STR_EMPTY; /* no words beside the reason */
    }
    *pl_vec_push(arena, &rule.names) = statement->vulnerability;
    for (size_t i = 0; i < statement->aliases.count && i < PL_LIMIT_SUPPRESSION_ITEMS - 1; i++) {
        *pl_vec_push(arena, &rule.names) = statement->aliases.items[i];
    }
    if (product.len > 0) {
        *pl_vec_push(arena, &rule.products) = product;
    }
    if (purl) {
        struct pl_purl *package = pl_vec_push(arena, &rule.packages);
        *package = *purl;
        package->version = statement->version.len > 0 ? statement->version : purl->version;
        /* An image is what was built; a system has many builds. */
        bool is_image_said = product.len > 0 && !pl_str_starts_with(product, PL_STR("cpe:"));
        if (statement->is_fixed && package->version.len + rule.versions.len == 0 &&
            !is_image_said) {
            pl_feed_skip(sink, FIXED_NOWHERE);
            return PL_OK;
        }
    }
    return pl_suppression_take(sink, &rule, err);
}

static bool is_image(const struct pl_purl *purl)
{
    return pl_str_eq(purl->type, PL_STR("oci")) || pl_str_eq(purl->type, PL_STR("docker"));
}

/* Either to the advisory or, as a rule, to the sink. */
static enum pl_status add_product(struct pl_feed_sink *sink,
                                  const struct pl_vex_statement *statement,
                                  const struct pl_vex *vex, struct pl_advisory *advisory,
                                  struct pl_error *err)
{
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct pl_purl purl = {.type = PL_STR_EMPTY};
    struct pl_package_keys keys = {0};
    if (!pl_str_starts_with(statement->product, PL_STR("pkg:"))) {
        bool is_name = vex->has_images && statement->within.len == 0 &&
                       statement->product.len > 0 &&
                       !pl_str_contains(statement->product, PL_STR("://"));
        if (is_name) {
            return take_rule(sink, statement, NULL, statement->product, vex->author, err);
        }
        pl_feed_skip(sink, "product without a package URL");
    } else if (pl_purl_parse(arena, statement->product, &purl, NULL) < 0) {
        pl_feed_malformed(sink, PL_STR_FMT ": \"" PL_STR_FMT "\" is no package URL",
                          PL_STR_ARG(statement->vulnerability), PL_STR_ARG(statement->product));
    } else if (pl_str_starts_with(statement->within, PL_STR("#"))) {
        pl_feed_skip(sink, "statement about what is within another product");
    } else if (statement->within.len > 0) {
        return take_rule(sink, statement, &purl, statement->within, vex->author, err);
    } else if (is_image(&purl)) {
        return take_rule(sink, statement, NULL, statement->product, vex->author, err);
    } else if (pl_ecosystem_of_purl(arena, &purl, &keys, NULL) < 0) {
        return take_rule(sink, statement, &purl, PL_STR_EMPTY, vex->author, err);
    } else {
        add_packages(sink, statement, &purl, &keys, advisory);
    }
    return PL_OK;
}

/* Hands over what is gathered, if that is anything, and begins anew for `next`. */
static enum pl_status pass_on(struct pl_feed_sink *sink, const struct pl_vex *vex,
                              const struct pl_vex_statement *next, struct pl_advisory *advisory,
                              struct pl_error *err)
{
    enum pl_status st = advisory->affected.count > 0 ? pl_feed_take(sink, advisory, err) : PL_OK;
    *advisory = (struct pl_advisory){.id = next->vulnerability,
                                     .modified = next->time,
                                     .details = next->reason,
                                     .aliases = next->aliases,
                                     .author = vex->author,
                                     .is_part = true};
    return st;
}

/* All that is said of one vulnerability at one time is one record, a part of that on the
 * vulnerability. */
enum pl_status pl_vex_take(struct pl_feed_sink *sink, struct pl_vex *vex, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    if (vex->count > 0) {
        qsort(vex->items, vex->count, sizeof(*vex->items), compare);
    }
    for (size_t i = 0; i < vex->count && st == PL_OK; i++) {
        const struct pl_vex_statement *one = &vex->items[i];
        if (i + 1 < vex->count && compare_subjects(one, one + 1) == 0) {
            pl_feed_skip(sink, "statement that a later one replaces");
            continue;
        }
        if (!pl_str_eq(one->vulnerability, advisory.id) ||
            !pl_str_eq(one->time, advisory.modified)) {
            st = pass_on(sink, vex, one, &advisory, err);
        }
        if (st == PL_OK) {
            st = add_product(sink, one, vex, &advisory, err);
        }
        advisory.details = advisory.details.len > 0 ? advisory.details : one->reason;
    }
    return st == PL_OK && advisory.affected.count > 0 ? pl_feed_take(sink, &advisory, err) : st;
}
