/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/rows.h"
#include "base/map.h"

/* The statements about one vulnerability. Groups that turn out to be one are merged: then `into`
 * leads to the one that is left. */
struct group {
    struct group *into;
    pl_str cve; /* empty: none is known */
    struct pl_statements statements;
};

struct groups {
    PL_VEC_FIELDS(struct group *);
};

struct grouping {
    struct pl_arena *arena;
    struct pl_map by_name; /* struct group */
    struct groups groups;
};

static bool is_cve(pl_str name)
{
    return pl_str_starts_with(name, PL_STR("CVE-"));
}

/* The names under which the vulnerabilities are known that the advisory is about, its own first. */
static struct pl_strs names_of(struct pl_arena *arena, const struct pl_advisory *advisory)
{
    struct pl_strs names = {0};
    const struct pl_strs none = {0};
    const struct pl_strs *lists[] = {&advisory->aliases, &advisory->upstream,
                                     pl_advisory_related_are_names(advisory) ? &advisory->related
                                                                             : &none};
    *pl_vec_push(arena, &names) = advisory->id;
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            pl_strs_add_unique(arena, &names, lists[i]->items[j]);
        }
    }
    return names;
}

static size_t count_cves(const struct pl_strs *names)
{
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        count += is_cve(names->items[i]);
    }
    return count;
}

static struct group *find_group(struct grouping *grouping, pl_str name)
{
    struct group *group = pl_map_find(&grouping->by_name, name);
    while (group && group->into) {
        group = group->into;
    }
    return group;
}

static struct group *add_group(struct grouping *grouping)
{
    struct group *group = PL_ARENA_NEW(grouping->arena, struct group);
    *pl_vec_push(grouping->arena, &grouping->groups) = group;
    return group;
}

/* Both must not be of different CVEs. */
static void merge(struct grouping *grouping, struct group *group, struct group *other)
{
    for (size_t i = 0; i < other->statements.count; i++) {
        *pl_vec_push(grouping->arena, &group->statements) = other->statements.items[i];
    }
    group->cve = group->cve.len > 0 ? group->cve : other->cve;
    other->into = group;
}

static bool can_merge(const struct group *group, const struct group *other)
{
    return group != other &&
           (group->cve.len == 0 || other->cve.len == 0 || pl_str_eq(group->cve, other->cve));
}

/* A statement about one vulnerability joins the group of any of its names, and brings groups
 * together that had not known of one another. */
static void group_by_names(struct grouping *grouping, const struct pl_strs *names,
                           const struct pl_statement *statement)
{
    struct group fresh = {.into = NULL};
    struct group *own = NULL;
    for (size_t i = 0; i < names->count; i++) {
        if (is_cve(names->items[i])) {
            fresh.cve = names->items[i];
        }
    }
    for (size_t i = 0; i < names->count; i++) {
        struct group *known = find_group(grouping, names->items[i]);
        if (!known || !can_merge(own ? own : &fresh, known)) {
            continue;
        }
        if (own) {
            merge(grouping, own, known);
        } else {
            own = known;
            own->cve = own->cve.len > 0 ? own->cve : fresh.cve;
        }
    }
    if (!own) {
        own = add_group(grouping);
        own->cve = fresh.cve;
    }
    *pl_vec_push(grouping->arena, &own->statements) = *statement;
    for (size_t i = 0; i < names->count; i++) {
        void **place = pl_map_at(&grouping->by_name, names->items[i]);
        *place = *place ? *place : own;
    }
}

/* One about several vulnerabilities speaks of each: its own id ties nothing together. */
static void group_by_cves(struct grouping *grouping, const struct pl_strs *names,
                          const struct pl_statement *statement)
{
    for (size_t i = 0; i < names->count; i++) {
        pl_str name = names->items[i];
        if (!is_cve(name)) {
            continue;
        }
        struct group *group = find_group(grouping, name);
        if (!group) {
            group = add_group(grouping);
            group->cve = name;
            *pl_map_at(&grouping->by_name, name) = group;
        }
        *pl_vec_push(grouping->arena, &group->statements) = *statement;
    }
}

/* 0 for the most trusted. */
static int rank_of(const struct pl_statement *statement)
{
    bool is_nvd = pl_str_starts_with(statement->slice, PL_STR("nvd"));
    bool is_vex = pl_str_starts_with(statement->slice, PL_STR("openvex"));
    return is_vex ? 0 : statement->is_vendor ? 1 : is_nvd ? 3 : 2;
}

static int compare_statements(const void *a, const void *b)
{
    const struct pl_statement *left = a;
    const struct pl_statement *right = b;
    int order = rank_of(left) - rank_of(right);
    order = order != 0 ? order : pl_str_cmp(left->slice, right->slice);
    return order != 0 ? order : pl_str_cmp(left->advisory->id, right->advisory->id);
}

static enum pl_fix_state fix_state_of(enum pl_affect state)
{
    switch (state) {
    case PL_AFFECT_KNOWN:
    case PL_AFFECT_NOT:
        break;
    case PL_AFFECT_INVESTIGATED:
        return PL_FIX_UNKNOWN;
    case PL_AFFECT_DEFERRED:
        return PL_FIX_DEFERRED;
    case PL_AFFECT_WONT_FIX:
        return PL_FIX_WONT_FIX;
    case PL_AFFECT_END_OF_LIFE:
        return PL_FIX_END_OF_LIFE;
    }
    return PL_FIX_NOT_FIXED;
}

static struct pl_finding_source source_of(const struct pl_statement *statement)
{
    struct pl_finding_source source = {.id = statement->advisory->id,
                                       .slice = statement->slice,
                                       .cvss = -1,
                                       .state = statement->affected->state,
                                       .range = statement->match.range,
                                       .fixed = statement->match.fixed};
    source.severity = pl_advisory_severity(statement->advisory, statement->affected, &source.cvss);
    if (pl_advisory_is_malware(statement->advisory)) {
        source.severity = PL_SEVERITY_MALICIOUS;
    }
    return source;
}

/* An advisory that lists a package several times is one source. */
static void add_source(struct pl_arena *arena, struct pl_finding_sources *sources,
                       const struct pl_statement *statement)
{
    struct pl_finding_source source = source_of(statement);
    struct pl_finding_source *last =
        sources->count > 0 ? &sources->items[sources->count - 1] : NULL;
    if (!last || !pl_str_eq(last->id, source.id) || !pl_str_eq(last->slice, source.slice)) {
        *pl_vec_push(arena, sources) = source;
        return;
    }
    struct pl_strs fixed = {0};
    for (size_t i = 0; i < last->fixed.count; i++) {
        pl_strs_add_unique(arena, &fixed, last->fixed.items[i]);
    }
    for (size_t i = 0; i < source.fixed.count; i++) {
        pl_strs_add_unique(arena, &fixed, source.fixed.items[i]);
    }
    last->fixed = fixed;
}

/* The statements of the most trusted rank decide; later ones say what those leave open. */
static void decide(struct pl_arena *arena, struct pl_finding *finding,
                   const struct pl_statement *statement, bool is_open)
{
    const struct pl_finding_source *source = &finding->sources.items[finding->sources.count - 1];
    if (is_open || finding->severity == PL_SEVERITY_UNKNOWN) {
        finding->severity =
            source->severity < finding->severity ? source->severity : finding->severity;
    }
    if ((is_open || finding->cvss < 0) && source->cvss > finding->cvss) {
        finding->cvss = source->cvss;
    }
    if (!statement->is_paid && (is_open || finding->fix_versions.count == 0)) {
        for (size_t i = 0; i < source->fixed.count; i++) {
            pl_strs_add_unique(arena, &finding->fix_versions, source->fixed.items[i]);
        }
    }
    if (finding->title.len == 0) {
        finding->title = statement->advisory->summary;
    }
    finding->is_disputed = finding->is_disputed || statement->advisory->is_disputed;
}

static void add_words(struct pl_arena *arena, struct pl_finding *finding,
                      const struct pl_statement *statement, const struct pl_strs *names)
{
    bool is_of_several = count_cves(names) > 1;
    for (size_t i = 0; i < names->count; i++) {
        /* Of an advisory about several, the other CVEs are other findings. */
        if (!pl_str_eq(names->items[i], finding->id) &&
            !(is_of_several && is_cve(names->items[i]))) {
            pl_strs_add_unique(arena, &finding->aliases, names->items[i]);
        }
    }
    const struct pl_advisory_references *references = &statement->advisory->references;
    for (size_t i = 0; i < references->count; i++) {
        pl_strs_add_unique(arena, &finding->references, references->items[i].url);
    }
}

/* Do all of the most trusted statements say that the package is not affected? */
static bool is_denied(const struct group *group)
{
    const struct pl_statement *first = &group->statements.items[0];
    for (size_t i = 0; i < group->statements.count; i++) {
        const struct pl_statement *statement = &group->statements.items[i];
        if (rank_of(statement) == rank_of(first) && statement->affected->state != PL_AFFECT_NOT) {
            return false;
        }
    }
    return true;
}

/* What nobody fixes for all may be fixed for some. */
static void add_paid_fixes(struct pl_arena *arena, const struct pl_statements *statements,
                           struct pl_finding *finding)
{
    for (size_t i = 0; i < statements->count; i++) {
        const struct pl_strs *fixed = &statements->items[i].match.fixed;
        for (size_t j = 0; statements->items[i].is_paid && j < fixed->count; j++) {
            pl_strs_add_unique(arena, &finding->fix_versions, fixed->items[j]);
            finding->fix_state = PL_FIX_SUBSCRIPTION;
        }
    }
}

static void add_row(struct pl_arena *arena, const struct pl_component *component,
                    struct group *group, struct pl_findings *ret)
{
    struct pl_statements *statements = &group->statements;
    if (statements->count > 1) {
        qsort(statements->items, statements->count, sizeof(*statements->items), compare_statements);
    }
    if (is_denied(group)) {
        return;
    }
    const struct pl_statement *first = &statements->items[0];
    enum pl_affect state = first->affected->state;
    bool is_malicious = false;
    for (size_t i = 0; i < statements->count; i++) {
        is_malicious = is_malicious || pl_advisory_is_malware(statements->items[i].advisory);
    }
    struct pl_finding *finding = pl_vec_push(arena, ret);
    *finding = (struct pl_finding){
        .kind = is_malicious ? PL_FINDING_MALICIOUS : PL_FINDING_VULNERABILITY,
        .id = group->cve.len > 0 ? group->cve : first->advisory->id,
        .component = component,
        .severity = PL_SEVERITY_UNKNOWN,
        .cvss = -1,
        .status =
            state == PL_AFFECT_INVESTIGATED ? PL_FINDING_UNDER_INVESTIGATION : PL_FINDING_AFFECTED,
        .match_ecosystem = first->ecosystem,
        .match_via = first->via,
        .match_range = first->match.range};
    for (size_t i = 0; i < statements->count; i++) {
        const struct pl_statement *statement = &statements->items[i];
        struct pl_strs names = names_of(arena, statement->advisory);
        add_source(arena, &finding->sources, statement);
        decide(arena, finding, statement, rank_of(statement) == rank_of(first));
        add_words(arena, finding, statement, &names);
    }
    pl_strs_sort(&finding->aliases);
    finding->fix_state = finding->fix_versions.count > 0 ? PL_FIX_FIXED : fix_state_of(state);
    if (finding->fix_state != PL_FIX_FIXED) {
        add_paid_fixes(arena, statements, finding);
    }
}

void pl_rows_add(struct pl_arena *arena, const struct pl_component *component,
                 const struct pl_statements *statements, struct pl_findings *ret)
{
    struct grouping grouping = {.arena = arena};
    /* Those about one vulnerability first, so that the others find the groups that they belong to.
     */
    for (int of_several = 0; of_several < 2; of_several++) {
        for (size_t i = 0; i < statements->count; i++) {
            const struct pl_statement *statement = &statements->items[i];
            struct pl_strs names = names_of(arena, statement->advisory);
            if ((count_cves(&names) > 1) != (of_several != 0)) {
                continue;
            }
            (of_several ? group_by_cves : group_by_names)(&grouping, &names, statement);
        }
    }
    for (size_t i = 0; i < grouping.groups.count; i++) {
        if (!grouping.groups.items[i]->into) {
            add_row(arena, component, grouping.groups.items[i], ret);
        }
    }
    pl_map_release(&grouping.by_name);
}
