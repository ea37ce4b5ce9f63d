/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/suppressions.h"
#include "base/limits.h"
#include "detect/platform.h"
#include "detect/replaced.h"
#include "detect/rows.h"
#include "detect/suppression.h"
#include "feed/reader/suppression.h"
#include "feed/source.h"
#include "image/reference.h"
#include <pthread.h>

/* Takes records from several threads at once. */
struct collector {
    pthread_mutex_t lock;
    struct pl_arena *arena;
    struct pl_suppressions *rules;
    pl_str origin;
    uint64_t others; /* records that are no word on what others say */
};

static struct pl_strs copy_strs(struct pl_arena *arena, const struct pl_strs *list)
{
    struct pl_strs copy = {0};
    for (size_t i = 0; i < list->count; i++) {
        *pl_vec_push(arena, &copy) = pl_arena_dup(arena, list->items[i]);
    }
    return copy;
}

static struct pl_ranges copy_ranges(struct pl_arena *arena, const struct pl_ranges *ranges)
{
    struct pl_ranges copy = {0};
    for (size_t i = 0; i < ranges->count; i++) {
        struct pl_range *range = pl_vec_push(arena, &copy);
        range->type = ranges->items[i].type;
        for (size_t k = 0; k < ranges->items[i].count; k++) {
            const struct pl_range_event *event = &ranges->items[i].items[k];
            *pl_vec_push(arena, range) =
                (struct pl_range_event){event->type, pl_arena_dup(arena, event->version)};
        }
    }
    return copy;
}

/* A statement of VEX as a rule. */
static void add_statement(struct collector *collector, const struct pl_advisory *advisory,
                          const struct pl_affected *affected)
{
    struct pl_arena *arena = collector->arena;
    const struct pl_strs *lists[] = {&advisory->aliases, &advisory->upstream};
    struct pl_suppression_mark mark = pl_rows_mark(advisory, affected, collector->origin);
    struct pl_suppression *rule = pl_vec_push(arena, collector->rules);
    *rule = (struct pl_suppression){.reason = mark.reason,
                                    .text = pl_arena_dup(arena, mark.text),
                                    .by = pl_arena_dup(arena, mark.by),
                                    .time = pl_arena_dup(arena, advisory->modified),
                                    .origin = collector->origin};
    *pl_vec_push(arena, &rule->names) = pl_arena_dup(arena, advisory->id);
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t k = 0; k < lists[i]->count; k++) {
            *pl_vec_push(arena, &rule->names) = pl_arena_dup(arena, lists[i]->items[k]);
        }
    }
    *pl_vec_push(arena, &rule->claims) =
        (struct pl_affected){.ecosystem = pl_arena_dup(arena, affected->ecosystem),
                             .name = pl_arena_dup(arena, affected->name),
                             .ranges = copy_ranges(arena, &affected->ranges),
                             .versions = copy_strs(arena, &affected->versions)};
}

static enum pl_status take_record(struct collector *collector, pl_str slice,
                                  const struct pl_advisory *advisory, struct pl_error *err)
{
    struct pl_suppression rule = {0};
    enum pl_status st =
        pl_suppression_of_advisory(collector->arena, advisory, collector->origin, &rule, err);
    if (st == PL_OK) {
        *pl_vec_push(collector->arena, collector->rules) = rule;
    }
    if (st != PL_E_NOT_FOUND) {
        return st;
    }
    if (!pl_db_slice_is_vex(slice)) {
        collector->others++;
        return PL_OK;
    }
    for (size_t i = 0; i < advisory->affected.count; i++) {
        add_statement(collector, advisory, &advisory->affected.items[i]);
    }
    return PL_OK;
}

static enum pl_status take(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err)
{
    struct collector *collector = context;
    pthread_mutex_lock(&collector->lock);
    enum pl_status st = take_record(collector, slice, advisory, err);
    if (st == PL_OK && collector->rules->count > PL_LIMIT_SUPPRESSIONS) {
        st = pl_error_set(err, PL_E_DENIED, "there are more than %d suppressions",
                          PL_LIMIT_SUPPRESSIONS);
    }
    pthread_mutex_unlock(&collector->lock);
    return st;
}

static enum pl_status take_exploitation(void *context, pl_str slice,
                                        const struct pl_exploitation *exploitation,
                                        struct pl_error *err)
{
    struct collector *collector = context;
    pthread_mutex_lock(&collector->lock);
    collector->others++;
    pthread_mutex_unlock(&collector->lock);
    return PL_OK;
}

static enum pl_status check_result(const struct collector *collector,
                                   const struct pl_source_result *result, struct pl_error *err)
{
    struct pl_tally sum;
    pl_source_result_sum(result, &sum);
    if (sum.malformed > 0) {
        return pl_error_set(err, PL_E_PARSE, "%s", sum.problems.items[0].text);
    }
    if (collector->others > 0) {
        return pl_error_set(err, PL_E_PARSE,
                            "holds advisories, and neither suppressions nor VEX; "
                            "plimsoll db update takes those");
    }
    return PL_OK;
}

enum pl_status pl_suppressions_read(struct pl_arena *arena, const char *source,
                                    struct pl_suppressions *ret, struct pl_error *err)
{
    struct pl_suppressions rules = {0};
    struct collector collector = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                  .arena = arena,
                                  .rules = &rules,
                                  .origin = pl_arena_dup(arena, pl_str_from(source))};
    const struct pl_feed_taker taker = {
        .take = take, .take_exploitation = take_exploitation, .context = &collector};
    /* One reader, so that rules come in the order of the documents. */
    const struct pl_source_options options = {.workers = 1};
    struct pl_source_result result = {0};
    enum pl_status st = pl_source_read(source, &options, &taker, &result, err);
    if (st == PL_OK) {
        st = check_result(&collector, &result, err);
    }
    pl_source_result_release(&result);
    pthread_mutex_destroy(&collector.lock);
    if (st < 0) {
        return pl_error_wrap(err, "%s", source);
    }
    for (size_t i = 0; i < rules.count; i++) {
        *pl_vec_push(arena, ret) = rules.items[i];
    }
    return PL_OK;
}

enum pl_status pl_suppressions_of_db(struct pl_arena *arena, struct pl_db *db,
                                     struct pl_suppressions *ret, struct pl_gaps *gaps,
                                     struct pl_error *err)
{
    struct pl_db_matches matches = {0};
    enum pl_status st = pl_db_lookup(db, arena, PL_STR(PL_SUPPRESSION_ECOSYSTEM),
                                     PL_STR(PL_SUPPRESSION_KEY), &matches, err);
    for (size_t i = 0; i < matches.count && st == PL_OK; i++) {
        struct pl_advisory advisory = {.id = PL_STR_EMPTY};
        struct pl_suppression rule = {0};
        struct pl_error why = PL_ERROR_INIT;
        st = pl_db_match_advisory(db, arena, &matches.items[i], &advisory, err);
        if (st < 0) {
            break;
        }
        if (pl_suppression_of_advisory(arena, &advisory, matches.items[i].slice, &rule, &why) < 0) {
            pl_vec_push(arena, gaps)->reason =
                pl_arena_format(arena, "a suppression of the database does not count: %s", why.msg);
            continue;
        }
        *pl_vec_push(arena, ret) = rule;
    }
    return st;
}

/* The image's name as it may be written: whole, short, and either without tag and digest. */
static void add_image_names(struct pl_arena *arena, pl_str name, pl_str digest, struct pl_strs *ret)
{
    struct pl_reference reference = {0};
    *pl_vec_push(arena, ret) = name;
    if (name.len > PL_LIMIT_REFERENCE_BYTES ||
        pl_reference_parse(arena, name, &reference, NULL) < 0) {
        return;
    }
    *pl_vec_push(arena, ret) = pl_reference_format(arena, &reference);
    *pl_vec_push(arena, ret) = pl_reference_familiar(arena, &reference);
    pl_str repository =
        pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(reference.registry),
                        PL_STR_ARG(reference.repository));
    *pl_vec_push(arena, ret) = repository;
    if (digest.len > 0) {
        *pl_vec_push(arena, ret) = pl_arena_format(arena, PL_STR_FMT "@" PL_STR_FMT,
                                                   PL_STR_ARG(repository), PL_STR_ARG(digest));
    }
    reference.tag = PL_STR_EMPTY;
    reference.digest.text[0] = '\0';
    *pl_vec_push(arena, ret) = pl_reference_familiar(arena, &reference);
}

/* What the subject of a scan goes by. */
struct scope {
    struct pl_arena *arena;
    const struct pl_subject *subject;
    struct pl_strs names;
};

static struct pl_strs names_of_subject(struct pl_arena *arena, const struct pl_subject *subject)
{
    struct pl_strs names = {0};
    pl_str name = subject->name;
    pl_str prefix = pl_arena_format(arena, PL_STR_FMT ":", PL_STR_ARG(subject->source));
    *pl_vec_push(arena, &names) = name;
    if (pl_str_starts_with(name, prefix)) {
        name = pl_str_skip(name, prefix.len);
    }
    if (subject->container) {
        *pl_vec_push(arena, &names) = name;
        name = subject->container->image_name;
    }
    add_image_names(arena, name, subject->digest, &names);
    if (subject->described.name.len > 0) {
        add_image_names(arena, subject->described.name, PL_STR_EMPTY, &names);
    }
    return names;
}

static bool is_image(const struct scope *scope, pl_str pattern)
{
    for (size_t i = 0; i < scope->names.count; i++) {
        if (pl_str_fits(scope->names.items[i], pattern)) {
            return true;
        }
    }
    return false;
}

/* pkg:oci/NAME@DIGEST?repository_url=... and pkg:docker/NAMESPACE/NAME@TAG (purl-spec, types oci
 * and docker): a digest decides alone. */
static bool is_image_purl(const struct scope *scope, const struct pl_purl *purl)
{
    pl_str repository = pl_purl_qualifier(purl, PL_STR("repository_url"));
    pl_str tag = pl_purl_qualifier(purl, PL_STR("tag"));
    if (pl_str_starts_with(purl->version, PL_STR("sha256:"))) {
        return pl_str_eq(purl->version, scope->subject->digest);
    }
    tag = purl->version.len > 0 ? purl->version : tag;
    pl_str path = repository;
    if (pl_str_eq(purl->type, PL_STR("docker"))) {
        path = pl_arena_format(scope->arena, PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT,
                               PL_STR_ARG(repository), repository.len > 0 ? "/" : "",
                               PL_STR_ARG(purl->namespace), purl->namespace.len > 0 ? "/" : "",
                               PL_STR_ARG(purl->name));
    }
    path = pl_arena_format(scope->arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(path),
                           tag.len > 0 ? ":" : "", PL_STR_ARG(tag));
    return path.len > 0 && is_image(scope, path);
}

/* Is it what a bill of materials says that it is about? */
static bool is_described(const struct scope *scope, const struct pl_purl *purl)
{
    struct pl_purl own = {.type = PL_STR_EMPTY};
    return pl_purl_parse(scope->arena, scope->subject->described.purl, &own, NULL) == PL_OK &&
           pl_str_eq(purl->type, own.type) && pl_str_eq(purl->namespace, own.namespace) &&
           pl_str_eq(purl->name, own.name) &&
           (purl->version.len == 0 || pl_str_eq(purl->version, own.version));
}

/* What a VEX document calls the product: a package URL, or the name of an image, which has to be
 * the subject's own, with the tag or digest that it states; or the CPE name of a system. */
static bool is_product(const struct scope *scope, pl_str product)
{
    struct pl_purl purl = {.type = PL_STR_EMPTY};
    if (pl_str_starts_with(product, PL_STR("cpe:"))) {
        return pl_platform_is(scope->arena, scope->subject, product);
    }
    if (!pl_str_starts_with(product, PL_STR("pkg:"))) {
        size_t at = pl_str_find(product, PL_STR("@sha256:"));
        return at != SIZE_MAX ? pl_str_eq(pl_str_skip(product, at + 1), scope->subject->digest)
                              : is_image(scope, product);
    }
    if (pl_purl_parse(scope->arena, product, &purl, NULL) < 0) {
        return false;
    }
    bool is_of_image =
        pl_str_eq(purl.type, PL_STR("oci")) || pl_str_eq(purl.type, PL_STR("docker"));
    return is_described(scope, &purl) || (is_of_image && is_image_purl(scope, &purl));
}

/* By `image` and `products`. */
static bool is_for(const struct scope *scope, const struct pl_suppression *rule)
{
    bool is_any = rule->products.count == 0;
    for (size_t i = 0; i < rule->products.count && !is_any; i++) {
        is_any = is_product(scope, rule->products.items[i]);
    }
    return is_any && (rule->image.len == 0 || is_image(scope, rule->image));
}

void pl_suppressions_settle(struct pl_arena *arena, const struct pl_suppressions *rules,
                            size_t given, pl_str today, struct pl_report *report)
{
    struct pl_suppressions meant = {0};
    struct pl_suppression_records records = {0};
    if (rules->count == 0) {
        pl_suppression_split(arena, &report->findings, &report->suppressed);
        return;
    }
    const struct scope scope = {arena, &report->subject, names_of_subject(arena, &report->subject)};
    const bool *replaced = pl_suppressions_replaced(arena, rules);
    size_t *places = PL_ARENA_ARRAY(arena, size_t, rules->count);
    for (size_t i = 0; i < rules->count; i++) {
        if (!replaced[i] && is_for(&scope, &rules->items[i])) {
            places[meant.count] = i;
            *pl_vec_push(arena, &meant) = rules->items[i];
        } else if (i < given) {
            *pl_vec_push(arena, &report->suppressions) = (struct pl_suppression_record){
                rules->items[i], replaced[i] ? PL_SUPPRESSION_REPLACED : PL_SUPPRESSION_UNUSED, 0};
        }
    }
    const struct pl_suppression_query query = {.rules = &meant, .today = today};
    pl_suppression_apply(arena, &query, &report->findings, &records);
    for (size_t i = 0; i < records.count; i++) {
        if (places[i] < given || records.items[i].use != PL_SUPPRESSION_UNUSED) {
            *pl_vec_push(arena, &report->suppressions) = records.items[i];
        }
    }
    pl_suppression_split(arena, &report->findings, &report->suppressed);
}
