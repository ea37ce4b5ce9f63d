/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/question.h"
#include "base/compiler.h"
#include "detect/product.h"

void pl_matcher_release(struct pl_matcher *matcher)
{
    pl_map_release(&matcher->advisories);
}

struct pl_question pl_question_of(const struct pl_component *component, bool is_system)
{
    return (struct pl_question){.component = component,
                                .name = component->name,
                                .version = component->version,
                                .via = PL_STR("package"),
                                .is_system = is_system,
                                .by = PL_DISTRO_BY_EITHER};
}

static enum pl_status get_advisory(struct pl_matcher *matcher, const struct pl_db_match *match,
                                   const struct pl_advisory **ret, struct pl_error *err)
{
    pl_str key = pl_arena_format(matcher->arena, PL_STR_FMT "\n" PL_STR_FMT,
                                 PL_STR_ARG(match->slice), PL_STR_ARG(match->advisory_id));
    void **known = pl_map_at(&matcher->advisories, key);
    if (!*known) {
        struct pl_advisory *advisory = PL_ARENA_NEW(matcher->arena, struct pl_advisory);
        enum pl_status st = pl_db_match_advisory(matcher->db, matcher->arena, match, advisory, err);
        if (st < 0) {
            return st;
        }
        *known = advisory;
    }
    *ret = *known;
    return PL_OK;
}

void pl_question_note_gap(struct pl_matcher *matcher, const struct pl_component *component,
                          pl_str reason)
{
    const struct pl_location none = {PL_STR_EMPTY, PL_STR_EMPTY};
    const struct pl_location *location =
        component->locations.count > 0 ? &component->locations.items[0] : &none;
    *pl_vec_push(matcher->arena, matcher->gaps) =
        (struct pl_gap){.path = location->path, .layer = location->layer, .reason = reason};
}

static void note_invalid(struct pl_matcher *matcher, const struct pl_question *question,
                         const struct pl_version_scheme *scheme)
{
    pl_question_note_gap(matcher, question->component,
                         pl_arena_format(matcher->arena,
                                         "the version \"" PL_STR_FMT "\" of " PL_STR_FMT
                                         " is none by the rules of %s: not matched",
                                         PL_STR_ARG(question->version), PL_STR_ARG(question->name),
                                         scheme->name));
}

/* The value of the first qualifier that begins with `key`, "rpmmod="; else empty. */
static pl_str qualifier(const struct pl_component *component, pl_str key)
{
    for (size_t i = 0; i < component->qualifiers.count; i++) {
        if (pl_str_starts_with(component->qualifiers.items[i], key)) {
            return pl_str_skip(component->qualifiers.items[i], key.len);
        }
    }
    return PL_STR_EMPTY;
}

/* A program that does not say for which system it was built is for Linux, as images are. */
static bool is_for_system(const struct pl_component *component, pl_str systems)
{
    pl_str own = qualifier(component, PL_STR(PL_GO_SYSTEM));
    pl_str system = PL_STR_EMPTY;
    while (pl_str_next_piece(&systems, ',', &system)) {
        if (pl_str_eq(system, own.len > 0 ? own : PL_STR("linux"))) {
            return true;
        }
    }
    return false;
}

/* A module's package is another one than that of the same name elsewhere: "nodejs:18" is said of
 * packages whose label, "nodejs:18:8080020230718:abc", begins so. */
static bool is_built_so(const struct pl_component *component, pl_str module)
{
    pl_str key = PL_STR(PL_GO_SYSTEM);
    if (pl_str_starts_with(module, key)) {
        return is_for_system(component, pl_str_skip(module, key.len));
    }
    pl_str label = qualifier(component, PL_STR("rpmmod="));
    return pl_str_starts_with(label, module) &&
           (label.len == module.len || label.ptr[module.len] == ':');
}

/* Does the advisory say anything of this version? A verdict without ranges is of every version. */
static bool speaks_of(const struct pl_affected *affected, struct pl_range_match *match)
{
    bool is_of_all = affected->state != PL_AFFECT_KNOWN && affected->ranges.count == 0 &&
                     affected->versions.count == 0;
    if (is_of_all) {
        match->range = PL_STR("*");
    }
    return match->is_affected || is_of_all;
}

static enum pl_status add_statement(struct pl_matcher *matcher, const struct pl_question *question,
                                    const struct pl_db_match *hit,
                                    const struct pl_range_match *match, pl_str ecosystem,
                                    struct pl_statements *statements, struct pl_error *err)
{
    const struct pl_advisory *advisory = NULL;
    enum pl_status st = get_advisory(matcher, hit, &advisory, err);
    if (st == PL_OK && pl_advisory_is_security(advisory)) {
        *pl_vec_push(matcher->arena, statements) =
            (struct pl_statement){.advisory = advisory,
                                  .affected = &hit->affected,
                                  .slice = hit->slice,
                                  .ecosystem = ecosystem,
                                  .via = question->via,
                                  .match = *match,
                                  .is_vendor = question->is_system,
                                  .is_paid = question->support && question->support->is_second &&
                                             !question->support->is_subscribed};
    }
    return st;
}

static bool is_open(const struct pl_affected *affected, const struct pl_range_match *match)
{
    return affected->state != PL_AFFECT_NOT && match->fixed.count == 0;
}

/* Who speaks second is heard about what the first left without a fix, and about what the first does
 * not speak of. */
static bool is_settled(const struct pl_question *question, pl_str id)
{
    const struct pl_support *support = question->support;
    if (!support || !support->is_second) {
        return false;
    }
    const void *known = pl_map_find(&support->spoken, id);
    return known == &support->closed || (known && support->is_subscribed);
}

static void note_spoken(const struct pl_question *question, pl_str id, bool is_left_open)
{
    struct pl_support *support = question->support;
    if (support && !support->is_second) {
        void **known = pl_map_at(&support->spoken, id);
        *known = is_left_open || *known == &support->open ? &support->open : &support->closed;
    }
}

/* SUSE's export to OSV names source packages; its CSAF and OVAL documents name binary ones. */
static bool is_named_so(const struct pl_question *question, pl_str slice)
{
    bool names_sources = pl_str_starts_with(slice, PL_STR("osv/"));
    return question->by == PL_DISTRO_BY_EITHER ||
           names_sources == (question->by == PL_DISTRO_BY_SOURCE);
}

enum pl_status pl_question_ask(struct pl_matcher *matcher, const struct pl_question *question,
                               pl_str ecosystem, struct pl_statements *statements,
                               struct pl_error *err)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_for_ecosystem(ecosystem);
    if (!scheme) {
        return PL_OK;
    }
    struct pl_db_matches hits = {0};
    enum pl_status st =
        pl_db_lookup(matcher->db, matcher->arena, ecosystem, question->name, &hits, err);
    bool is_noted = false;
    for (size_t i = 0; st == PL_OK && i < hits.count; i++) {
        const struct pl_affected *affected = &hits.items[i].affected;
        if ((affected->module.len > 0 && !is_built_so(question->component, affected->module)) ||
            !pl_product_is_meant(affected->cpe_rest) ||
            !is_named_so(question, hits.items[i].slice) ||
            is_settled(question, hits.items[i].advisory_id)) {
            continue;
        }
        struct pl_range_match match =
            pl_range_match(matcher->arena, scheme, affected, question->version);
        if (match.is_invalid && !is_noted) {
            note_invalid(matcher, question, scheme);
            is_noted = true;
        }
        bool is_meant = speaks_of(affected, &match);
        note_spoken(question, hits.items[i].advisory_id, is_meant && is_open(affected, &match));
        if (is_meant) {
            st = add_statement(matcher, question, &hits.items[i], &match, ecosystem, statements,
                               err);
        }
    }
    return st;
}

enum pl_status pl_question_ask_each(struct pl_matcher *matcher, const struct pl_question *question,
                                    const pl_str *ecosystems, size_t count,
                                    struct pl_statements *statements, struct pl_error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum pl_status st = pl_question_ask(matcher, question, ecosystems[i], statements, err);
        if (st < 0) {
            return pl_error_wrap(err, "matching " PL_STR_FMT,
                                 PL_STR_ARG(question->component->name));
        }
    }
    return PL_OK;
}
