/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/suppression.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "db/record.h"
#include "model/ecosystem.h"
#include "version/operator.h"
#include "version/range.h"

/* The package of a finding, as it was looked up and as it is written. */
struct package {
    const struct pl_component *component;
    pl_str ecosystem;
    pl_str name; /* under which it was looked up */
    pl_str version; /* that was compared */
    struct pl_purl purl;
    bool has_purl;
};

static struct package package_of(struct pl_arena *arena, const struct pl_finding *finding)
{
    const struct pl_component *component = finding->component;
    bool by_source = pl_str_eq(finding->match_via, PL_STR("source-package"));
    struct package package = {.component = component,
                              .ecosystem = finding->match_ecosystem,
                              .name = by_source ? component->source_name : component->name,
                              .version = by_source && component->source_version.len > 0
                                             ? component->source_version
                                             : component->version};
    package.has_purl =
        pl_purl_parse(arena, pl_component_purl(arena, component), &package.purl, NULL) == PL_OK;
    return package;
}

/* Qualifiers that say where a package comes from, and not which one it is. */
static bool is_about_origin(pl_str key)
{
    static const char *const keys[] = {"checksum",       "download_url", "file_name",
                                       "repository_url", "upstream",     "vcs_url"};
    for (size_t i = 0; i < PL_ARRAY_LEN(keys); i++) {
        if (pl_str_eq(key, pl_str_from(keys[i]))) {
            return true;
        }
    }
    return false;
}

/* "distro=debian-12" is the release that the package was looked up in. */
static bool is_release(struct pl_arena *arena, const struct pl_purl *wanted,
                       const struct package *package)
{
    struct pl_package_keys keys = {0};
    if (pl_ecosystem_of_purl(arena, wanted, &keys, NULL) < 0) {
        return false;
    }
    for (size_t i = 0; i < keys.count; i++) {
        if (pl_str_eq(keys.items[i].ecosystem, package->ecosystem)) {
            return true;
        }
    }
    return false;
}

static bool has_qualifiers(struct pl_arena *arena, const struct pl_purl *wanted,
                           const struct package *package)
{
    for (size_t i = 0; i < wanted->qualifier_count; i++) {
        pl_str key = wanted->qualifiers[i].key;
        pl_str value = wanted->qualifiers[i].value;
        bool is_met = is_about_origin(key);
        if (pl_str_eq(key, PL_STR("distro"))) {
            is_met = is_release(arena, wanted, package);
        } else if (pl_str_eq(key, PL_STR("arch"))) {
            is_met = pl_str_eq(value, package->component->arch) ||
                     pl_str_eq(value, PL_STR("source")) || pl_str_eq(value, PL_STR("src"));
        } else if (!is_met) {
            is_met = pl_str_eq(pl_purl_qualifier(&package->purl, key), value);
        }
        if (!is_met) {
            return false;
        }
    }
    return true;
}

/* A system's package goes by its own name or that of its source package, as advisories do. */
static bool is_package(struct pl_arena *arena, const struct pl_purl *wanted,
                       const struct package *package)
{
    const struct pl_purl *own = &package->purl;
    const struct pl_component *component = package->component;
    bool is_system = pl_component_is_system_package(component);
    if (!package->has_purl || !pl_str_eq(wanted->type, own->type)) {
        return false;
    }
    bool is_namespace =
        pl_str_eq(wanted->namespace, own->namespace) || (is_system && wanted->namespace.len == 0);
    bool is_source = is_system && component->source_name.len > 0 &&
                     pl_str_eq(wanted->name, component->source_name);
    bool is_name = pl_str_eq(wanted->name, own->name) || is_source;
    bool is_version = wanted->version.len == 0 || pl_str_eq(wanted->version, own->version) ||
                      pl_str_eq(wanted->version, component->version) ||
                      (is_source && pl_str_eq(wanted->version, component->source_version));
    bool is_subpath = wanted->subpath.len == 0 || pl_str_eq(wanted->subpath, own->subpath);
    return is_namespace && is_name && is_version && is_subpath &&
           has_qualifiers(arena, wanted, package);
}

static bool is_key(pl_str ecosystem, pl_str name, pl_str other)
{
    struct pl_buf one pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct pl_buf two pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    pl_db_key_encode(&one, ecosystem, name);
    pl_db_key_encode(&two, ecosystem, other);
    return !one.overflowed && pl_str_eq(pl_buf_str(&one), pl_buf_str(&two));
}

static bool is_claim(struct pl_arena *arena, const struct pl_affected *claim,
                     const struct package *package)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_for_ecosystem(package->ecosystem);
    if (!pl_str_eq(claim->ecosystem, package->ecosystem) ||
        !is_key(package->ecosystem, claim->name, package->name)) {
        return false;
    }
    bool is_bare = claim->ranges.count == 0 && claim->versions.count == 0;
    return is_bare ||
           (scheme && pl_range_match(arena, scheme, claim, package->version).is_affected);
}

/* Ranges in the ecosystem's syntax; where it has none (packages of distributions), comparisons with
 * commas between them. */
static bool is_in_range(struct pl_arena *arena, const struct pl_suppression *rule,
                        const struct package *package)
{
    static const struct pl_operator_spelling spellings[] = {
        {"<<", PL_OPERATOR_LT},   {">>", PL_OPERATOR_GT}, {"<=", PL_OPERATOR_LE},
        {">=", PL_OPERATOR_GE},   {"!=", PL_OPERATOR_NE}, {"==", PL_OPERATOR_EQ},
        {"<", PL_OPERATOR_LT},    {">", PL_OPERATOR_GT},  {"=", PL_OPERATOR_EQ},
        {NULL, PL_OPERATOR_NONE},
    };
    const struct pl_version_scheme *scheme = pl_version_scheme_for_ecosystem(package->ecosystem);
    if (!scheme || !scheme->is_valid(package->version)) {
        return false;
    }
    if (rule->ranges.count > 0) {
        const struct pl_affected in = {.ranges = rule->ranges};
        return pl_range_match(arena, scheme, &in, package->version).is_affected;
    }
    pl_str range = rule->versions;
    if (scheme->contains) {
        return scheme->contains(range, package->version) == PL_CONTAINMENT_IN;
    }
    const struct pl_operator_plain plain = {spellings, scheme->is_valid, scheme->compare};
    return pl_operator_plain_contains(&plain, range, package->version) == PL_CONTAINMENT_IN;
}

static bool means(struct pl_arena *arena, const struct pl_suppression *rule,
                  const struct package *package)
{
    bool is_meant = rule->packages.count == 0 && rule->claims.count == 0;
    for (size_t i = 0; i < rule->packages.count && !is_meant; i++) {
        is_meant = is_package(arena, &rule->packages.items[i], package);
    }
    for (size_t i = 0; i < rule->claims.count && !is_meant; i++) {
        is_meant = is_claim(arena, &rule->claims.items[i], package);
    }
    return is_meant && (rule->versions.len == 0 || is_in_range(arena, rule, package));
}

bool pl_suppression_means_package(struct pl_arena *arena, const struct pl_suppression *rule,
                                  const struct pl_finding *finding)
{
    const struct package package = package_of(arena, finding);
    return means(arena, rule, &package);
}

/* The rules that have a name in common, by their places, in order. */
struct places {
    PL_VEC_FIELDS(size_t);
};

struct application {
    struct pl_arena *arena;
    const struct pl_suppression_query *query;
    struct pl_map by_name; /* struct places */
    struct pl_suppression_record *records;
    /* The finding at hand, its number from 1 on, its package once a rule asks for it, and for each
     * rule the number of the finding that it was asked of last. */
    struct pl_finding *finding;
    size_t number;
    struct package package;
    bool has_package;
    size_t *asked;
};

/* Ids are written in either case; their letters are ASCII. */
static pl_str fold(struct pl_arena *arena, pl_str name)
{
    char *text = pl_arena_alloc(arena, name.len, 1);
    for (size_t i = 0; i < name.len; i++) {
        text[i] = pl_char_lower(name.ptr[i]);
    }
    return pl_str_make(text, name.len);
}

static void index_rules(struct application *application)
{
    const struct pl_suppressions *rules = application->query->rules;
    for (size_t i = 0; i < rules->count; i++) {
        const struct pl_strs *names = &rules->items[i].names;
        for (size_t k = 0; k < names->count; k++) {
            pl_str name = fold(application->arena, names->items[k]);
            void **place = pl_map_at(&application->by_name, name);
            struct places *places =
                *place ? *place : PL_ARENA_NEW(application->arena, struct places);
            *place = places;
            if (places->count == 0 || places->items[places->count - 1] != i) {
                *pl_vec_push(application->arena, places) = i;
            }
        }
    }
}

static bool is_expired(const struct application *application, const struct pl_suppression *rule)
{
    pl_str today = application->query->today;
    return rule->until.len > 0 && today.len > 0 && pl_str_cmp(rule->until, today) < 0;
}

/* A rule may be hit by several names of one finding, one after the other. */
static bool is_marked(const struct pl_suppression_marks *marks,
                      const struct pl_suppression_mark *mark)
{
    for (size_t i = 0; i < marks->count; i++) {
        const struct pl_suppression_mark *known = &marks->items[i];
        if (known->reason == mark->reason && pl_str_eq(known->text, mark->text) &&
            pl_str_eq(known->by, mark->by) && pl_str_eq(known->origin, mark->origin) &&
            pl_str_eq(known->until, mark->until)) {
            return true;
        }
    }
    return false;
}

/* Who is sure that it is there outweighs who is still looking. */
static enum pl_finding_status status_with(const struct pl_finding *finding,
                                          enum pl_suppression_reason reason)
{
    bool is_confirmed = false;
    for (size_t i = 0; i < finding->assessments.count; i++) {
        is_confirmed =
            is_confirmed || finding->assessments.items[i].reason == PL_SUPPRESSION_AFFECTED;
    }
    return reason == PL_SUPPRESSION_INVESTIGATED && is_confirmed ? PL_FINDING_AFFECTED
                                                                 : pl_finding_status_for(reason);
}

static void hit(struct application *application, size_t place)
{
    struct pl_finding *finding = application->finding;
    struct pl_suppression_record *record = &application->records[place];
    if (is_expired(application, &record->rule)) {
        record->use = PL_SUPPRESSION_EXPIRED;
        record->findings++;
        return;
    }
    const struct pl_suppression_mark mark = pl_suppression_mark_of(&record->rule);
    bool hides = pl_suppression_hides(mark.reason);
    struct pl_suppression_marks *marks = hides ? &finding->suppressions : &finding->assessments;
    record->use = PL_SUPPRESSION_USED;
    record->findings++;
    if (is_marked(marks, &mark) || marks->count == PL_LIMIT_SUPPRESSION_ITEMS) {
        return;
    }
    if (hides ? marks->count == 0 : finding->suppressions.count == 0) {
        finding->status = status_with(finding, mark.reason);
    }
    *pl_vec_push(application->arena, marks) = mark;
}

static void apply_name(struct application *application, pl_str name)
{
    struct places *places = pl_map_find(&application->by_name, fold(application->arena, name));
    for (size_t i = 0; places && i < places->count; i++) {
        size_t place = places->items[i];
        if (application->asked[place] == application->number) {
            continue;
        }
        application->asked[place] = application->number;
        if (!application->has_package) {
            application->package = package_of(application->arena, application->finding);
            application->has_package = true;
        }
        if (means(application->arena, &application->query->rules->items[place],
                  &application->package)) {
            hit(application, place);
        }
    }
}

void pl_suppression_apply(struct pl_arena *arena, const struct pl_suppression_query *query,
                          struct pl_findings *findings, struct pl_suppression_records *ret)
{
    size_t count = query->rules->count;
    struct application application = {.arena = arena, .query = query};
    if (count == 0) {
        return;
    }
    application.asked = PL_ARENA_ARRAY(arena, size_t, count);
    application.records = PL_ARENA_ARRAY(arena, struct pl_suppression_record, count);
    for (size_t i = 0; i < count; i++) {
        application.records[i].rule = query->rules->items[i];
        application.records[i].use = PL_SUPPRESSION_UNUSED;
    }
    index_rules(&application);
    for (size_t i = 0; i < findings->count; i++) {
        struct pl_finding *finding = &findings->items[i];
        if (!finding->component) {
            continue;
        }
        application.finding = finding;
        application.number = i + 1;
        application.has_package = false;
        apply_name(&application, finding->id);
        for (size_t k = 0; k < finding->aliases.count; k++) {
            apply_name(&application, finding->aliases.items[k]);
        }
    }
    pl_map_release(&application.by_name);
    for (size_t i = 0; i < count; i++) {
        *pl_vec_push(arena, ret) = application.records[i];
    }
}

void pl_suppression_split(struct pl_arena *arena, struct pl_findings *findings,
                          struct pl_findings *ret_suppressed)
{
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].suppressions.count > 0) {
            *pl_vec_push(arena, ret_suppressed) = findings->items[i];
        } else {
            findings->items[kept++] = findings->items[i];
        }
    }
    findings->count = kept;
}
