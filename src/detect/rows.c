/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/rows.h"
#include "base/limits.h"
#include "base/map.h"
#include <stdlib.h>

/* A statement, and by which names its advisory calls the vulnerabilities that it is about. */
struct voice {
    const struct pl_statement *statement;
    struct pl_strs names; /* its own id first; each once */
    size_t cves;
    /* What a row of it has as aliases: of an advisory about several, the other CVEs are other
     * findings. */
    struct pl_strs aliases;
    struct pl_strs urls;
};

struct voices {
    PL_VEC_FIELDS(struct voice);
};

struct voice_refs {
    PL_VEC_FIELDS(const struct voice *);
};

/* The statements about one vulnerability. Groups that turn out to be one are merged: then `into`
 * leads to the one that is left. */
struct group {
    struct group *into;
    pl_str cve; /* empty: none is known */
    struct voice_refs voices;
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

static bool is_of_several(const struct voice *voice)
{
    return voice->cves > 1;
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
        for (size_t j = 0; j < lists[i]->count && names.count < PL_LIMIT_ADVISORY_NAMES; j++) {
            *pl_vec_push(arena, &names) = lists[i]->items[j];
        }
    }
    pl_strs_keep_first(&names);
    return names;
}

static struct voice voice_of(struct pl_arena *arena, const struct pl_statement *statement)
{
    struct voice voice = {.statement = statement, .names = names_of(arena, statement->advisory)};
    for (size_t i = 0; i < voice.names.count; i++) {
        voice.cves += is_cve(voice.names.items[i]);
    }
    size_t most = is_of_several(&voice) ? PL_LIMIT_ERRATUM_WORDS : PL_LIMIT_FINDING_WORDS;
    for (size_t i = 0; i < voice.names.count && voice.aliases.count < most; i++) {
        if (!is_of_several(&voice) || !is_cve(voice.names.items[i])) {
            *pl_vec_push(arena, &voice.aliases) = voice.names.items[i];
        }
    }
    const struct pl_advisory_references *references = &statement->advisory->references;
    for (size_t i = 0; i < references->count && voice.urls.count < most; i++) {
        *pl_vec_push(arena, &voice.urls) = references->items[i].url;
    }
    pl_strs_keep_first(&voice.urls);
    return voice;
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
    for (size_t i = 0; i < other->voices.count; i++) {
        *pl_vec_push(grouping->arena, &group->voices) = other->voices.items[i];
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
static void group_by_names(struct grouping *grouping, const struct voice *voice)
{
    const struct pl_strs *names = &voice->names;
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
    *pl_vec_push(grouping->arena, &own->voices) = voice;
    for (size_t i = 0; i < names->count; i++) {
        void **place = pl_map_at(&grouping->by_name, names->items[i]);
        *place = *place ? *place : own;
    }
}

/* One about several vulnerabilities speaks of each: its own id ties nothing together. */
static void group_by_cves(struct grouping *grouping, const struct voice *voice)
{
    for (size_t i = 0; i < voice->names.count; i++) {
        pl_str name = voice->names.items[i];
        if (!is_cve(name)) {
            continue;
        }
        struct group *group = find_group(grouping, name);
        if (!group) {
            group = add_group(grouping);
            group->cve = name;
            *pl_map_at(&grouping->by_name, name) = group;
        }
        *pl_vec_push(grouping->arena, &group->voices) = voice;
    }
}

static bool is_vex(const struct pl_statement *statement)
{
    return pl_db_slice_is_vex(statement->slice);
}

/* 0 for the most trusted. */
static int rank_of(const struct pl_statement *statement)
{
    bool is_nvd = pl_str_starts_with(statement->slice, PL_STR("nvd"));
    return is_vex(statement) ? 0 : statement->is_vendor ? 1 : is_nvd ? 3 : 2;
}

static int compare_voices(const void *a, const void *b)
{
    const struct pl_statement *left = (*(const struct voice *const *)a)->statement;
    const struct pl_statement *right = (*(const struct voice *const *)b)->statement;
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

struct order {
    const struct pl_version_scheme *scheme; /* NULL: there is none */
};

/* By the order of the scheme; what is no version, or without a scheme, by its text and last. */
static int compare_versions(const void *a, const void *b, void *context)
{
    const struct pl_version_scheme *scheme = ((const struct order *)context)->scheme;
    pl_str left = *(const pl_str *)a;
    pl_str right = *(const pl_str *)b;
    bool left_is = scheme && scheme->is_valid(left);
    bool right_is = scheme && scheme->is_valid(right);
    int order = left_is != right_is ? (right_is ? 1 : -1)
                : left_is           ? scheme->compare(left, right)
                                    : 0;
    return order != 0 ? order : pl_str_cmp(left, right);
}

/* Ascending, and of versions that are equal the first by text. */
static void settle_versions(const struct pl_version_scheme *scheme, struct pl_strs *versions)
{
    struct order order = {scheme};
    size_t kept = 0;
    if (versions->count > 1) {
        qsort_r(versions->items, versions->count, sizeof(*versions->items), compare_versions,
                &order);
    }
    for (size_t i = 0; i < versions->count; i++) {
        pl_str version = versions->items[i];
        pl_str before = kept > 0 ? versions->items[kept - 1] : PL_STR_EMPTY;
        bool is_same =
            kept > 0 && (pl_str_eq(before, version) ||
                         (scheme && scheme->is_valid(before) && scheme->is_valid(version) &&
                          scheme->compare(before, version) == 0));
        if (!is_same) {
            versions->items[kept++] = version;
        }
    }
    versions->count = kept;
}

static void append(struct pl_arena *arena, const struct pl_strs *from, size_t most,
                   struct pl_strs *into)
{
    for (size_t i = 0; i < from->count && into->count < most; i++) {
        *pl_vec_push(arena, into) = from->items[i];
    }
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
    append(arena, &last->fixed, SIZE_MAX, &fixed);
    append(arena, &source.fixed, SIZE_MAX, &fixed);
    settle_versions(pl_version_scheme_for_ecosystem(statement->ecosystem), &fixed);
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
        append(arena, &statement->match.fixed, SIZE_MAX, &finding->fix_versions);
    }
    if (finding->title.len == 0) {
        finding->title = statement->advisory->summary;
    }
    finding->is_disputed = finding->is_disputed || statement->advisory->is_disputed;
}

/* The rows of an erratum come one after the other, and all say the same. */
static bool are_same_errata(const struct voice_refs *a, const struct voice_refs *b)
{
    bool is_same = a->count == b->count;
    for (size_t i = 0; i < a->count && is_same; i++) {
        is_same = a->items[i] == b->items[i] && is_of_several(a->items[i]);
    }
    return is_same;
}

static void add_words(struct pl_arena *arena, struct pl_finding *finding,
                      const struct voice_refs *voices)
{
    for (size_t i = 0; i < voices->count; i++) {
        const struct voice *voice = voices->items[i];
        size_t most = is_of_several(voice) ? PL_LIMIT_ERRATUM_WORDS : PL_LIMIT_FINDING_WORDS;
        append(arena, &voice->aliases, most, &finding->aliases);
        append(arena, &voice->urls, most, &finding->references);
    }
    pl_strs_keep_first(&finding->references);
    size_t kept = 0;
    pl_strs_sort(&finding->aliases);
    for (size_t i = 0; i < finding->aliases.count; i++) {
        pl_str alias = finding->aliases.items[i];
        if (!pl_str_eq(alias, finding->id) &&
            (kept == 0 || !pl_str_eq(alias, finding->aliases.items[kept - 1]))) {
            finding->aliases.items[kept++] = alias;
        }
    }
    finding->aliases.count = kept;
}

/* Do all of the most trusted statements say that the package is not affected? */
static bool is_denied(const struct voice_refs *voices)
{
    const struct pl_statement *first = voices->items[0]->statement;
    for (size_t i = 0; i < voices->count; i++) {
        const struct pl_statement *statement = voices->items[i]->statement;
        if (rank_of(statement) == rank_of(first) && statement->affected->state != PL_AFFECT_NOT) {
            return false;
        }
    }
    return true;
}

/* What nobody fixes for all may be fixed for some. */
static void add_paid_fixes(struct pl_arena *arena, const struct voice_refs *voices,
                           struct pl_finding *finding)
{
    for (size_t i = 0; i < voices->count; i++) {
        const struct pl_statement *statement = voices->items[i]->statement;
        if (statement->is_paid && statement->match.fixed.count > 0) {
            append(arena, &statement->match.fixed, SIZE_MAX, &finding->fix_versions);
            finding->fix_state = PL_FIX_SUBSCRIPTION;
        }
    }
}

/* `voices` in order of trust, and not denied. */
static void fill_row(struct pl_arena *arena, const struct pl_component *component, pl_str cve,
                     const struct voice_refs *voices, struct pl_finding *finding)
{
    const struct pl_statement *first = voices->items[0]->statement;
    enum pl_affect state = first->affected->state;
    bool is_malicious = false;
    for (size_t i = 0; i < voices->count; i++) {
        is_malicious =
            is_malicious || pl_advisory_is_malware(voices->items[i]->statement->advisory);
    }
    *finding = (struct pl_finding){
        .kind = is_malicious ? PL_FINDING_MALICIOUS : PL_FINDING_VULNERABILITY,
        .id = cve.len > 0 ? cve : first->advisory->id,
        .component = component,
        .severity = PL_SEVERITY_UNKNOWN,
        .cvss = -1,
        .status =
            state == PL_AFFECT_INVESTIGATED ? PL_FINDING_UNDER_INVESTIGATION : PL_FINDING_AFFECTED,
        .match_ecosystem = first->ecosystem,
        .match_via = first->via,
        .match_range = first->match.range};
    for (size_t i = 0; i < voices->count; i++) {
        const struct pl_statement *statement = voices->items[i]->statement;
        add_source(arena, &finding->sources, statement);
        decide(arena, finding, statement, rank_of(statement) == rank_of(first));
    }
    finding->fix_state = finding->fix_versions.count > 0 ? PL_FIX_FIXED : fix_state_of(state);
    if (finding->fix_state != PL_FIX_FIXED) {
        add_paid_fixes(arena, voices, finding);
    }
    settle_versions(pl_version_scheme_for_ecosystem(first->ecosystem), &finding->fix_versions);
}

struct pl_suppression_mark pl_rows_mark(const struct pl_advisory *advisory,
                                        const struct pl_affected *affected, pl_str slice)
{
    struct pl_suppression_mark mark = {.by = advisory->author, .origin = slice};
    mark.reason = affected->state == PL_AFFECT_NOT            ? PL_SUPPRESSION_NOT_AFFECTED
                  : affected->state == PL_AFFECT_INVESTIGATED ? PL_SUPPRESSION_INVESTIGATED
                                                              : PL_SUPPRESSION_AFFECTED;
    pl_str word = affected->urgency;
    pl_str_cut(affected->urgency, ':', &word, &mark.text);
    mark.text = pl_str_trim(mark.text);
    pl_suppression_reason_from_string(word, &mark.reason);
    return mark;
}

/* What a VEX document denies is a row nevertheless, where others say that it is affected: one that
 * is suppressed. */
static void add_suppressed(struct pl_arena *arena, const struct pl_component *component,
                           const struct group *group, struct pl_findings *ret)
{
    struct voice_refs others = {0};
    struct pl_suppression_marks marks = {0};
    for (size_t i = 0; i < group->voices.count; i++) {
        const struct pl_statement *statement = group->voices.items[i]->statement;
        if (is_vex(statement) && statement->affected->state == PL_AFFECT_NOT) {
            *pl_vec_push(arena, &marks) =
                pl_rows_mark(statement->advisory, statement->affected, statement->slice);
        } else if (!is_vex(statement)) {
            *pl_vec_push(arena, &others) = group->voices.items[i];
        }
    }
    if (others.count == 0 || marks.count == 0 || is_denied(&others)) {
        return;
    }
    struct pl_finding *finding = pl_vec_push(arena, ret);
    fill_row(arena, component, group->cve, &others, finding);
    add_words(arena, finding, &others);
    finding->suppressions = marks;
    finding->status = pl_finding_status_for(marks.items[0].reason);
}

/* Whose words the next row may share. */
struct last_row {
    struct voice_refs voices;
    size_t row; /* its place and 1; 0: there is none */
};

static void add_row(struct pl_arena *arena, const struct pl_component *component,
                    struct group *group, struct last_row *last, struct pl_findings *ret)
{
    struct voice_refs *voices = &group->voices;
    if (voices->count > 1) {
        qsort(voices->items, voices->count, sizeof(*voices->items), compare_voices);
    }
    if (is_denied(voices)) {
        add_suppressed(arena, component, group, ret);
        return;
    }
    struct pl_finding *finding = pl_vec_push(arena, ret);
    fill_row(arena, component, group->cve, voices, finding);
    if (last->row > 0 && are_same_errata(&last->voices, voices)) {
        finding->aliases = ret->items[last->row - 1].aliases;
        finding->references = ret->items[last->row - 1].references;
    } else {
        add_words(arena, finding, voices);
    }
    *last = (struct last_row){*voices, ret->count};
}

void pl_rows_add(struct pl_arena *arena, const struct pl_component *component,
                 const struct pl_statements *statements, struct pl_findings *ret)
{
    struct grouping grouping = {.arena = arena};
    struct voices voices = {0};
    struct last_row last = {.row = 0};
    for (size_t i = 0; i < statements->count; i++) {
        *pl_vec_push(arena, &voices) = voice_of(arena, &statements->items[i]);
    }
    /* Those about one vulnerability first, so that the others find the groups that they belong to.
     */
    for (int of_several = 0; of_several < 2; of_several++) {
        for (size_t i = 0; i < voices.count; i++) {
            const struct voice *voice = &voices.items[i];
            if (is_of_several(voice) == (of_several != 0)) {
                (of_several ? group_by_cves : group_by_names)(&grouping, voice);
            }
        }
    }
    for (size_t i = 0; i < grouping.groups.count; i++) {
        if (!grouping.groups.items[i]->into) {
            add_row(arena, component, grouping.groups.items[i], &last, ret);
        }
    }
    pl_map_release(&grouping.by_name);
}
