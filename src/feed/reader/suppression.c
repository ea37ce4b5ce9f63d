/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/suppression.h"
#include "base/limits.h"
#include "feed/date.h"
#include "feed/reader/vers.h"
#include "format/digest.h"
#include "version/scheme.h"
#include <stdlib.h>

/* The members of a rule. */
enum member { IDS, PACKAGES, VERSIONS, IMAGE, PRODUCTS, REASON, TEXT, BY, TIME, UNTIL };

static const struct {
    const char *name;
    bool is_list; /* one string stands for a list of one */
} members[] = {
    [IDS] = {"id", true},
    [PACKAGES] = {"packages", true},
    [VERSIONS] = {"versions", false},
    [IMAGE] = {"image", false},
    [PRODUCTS] = {"products", true},
    [REASON] = {"reason", false},
    [TEXT] = {"text", false},
    [BY] = {"by", false},
    [TIME] = {"time", false},
    [UNTIL] = {"until", false},
};

static enum pl_status add_text(struct pl_arena *arena, const char *name, const json_t *value,
                               struct pl_strs *list, struct pl_error *err)
{
    pl_str text = pl_str_trim(pl_json_text(value));
    if (text.len == 0 || text.len > PL_LIMIT_FIELD_BYTES) {
        return pl_error_set(err, PL_E_PARSE, "\"%s\" holds no text, or one that is too long", name);
    }
    *pl_vec_push(arena, list) = pl_arena_dup(arena, text);
    return PL_OK;
}

static enum pl_status read_member(struct pl_arena *arena, const char *name, bool is_list,
                                  const json_t *value, struct pl_strs *list, struct pl_error *err)
{
    if (!json_is_array(value)) {
        return add_text(arena, name, value, list, err);
    }
    size_t count = json_array_size(value);
    if (!is_list || count == 0 || count > PL_LIMIT_SUPPRESSION_ITEMS) {
        return pl_error_set(err, PL_E_PARSE, "\"%s\" is %s", name,
                            !is_list     ? "a list, and has to be a text"
                            : count == 0 ? "an empty list"
                                         : "too long a list");
    }
    enum pl_status st = PL_OK;
    for (size_t i = 0; i < count && st == PL_OK; i++) {
        st = add_text(arena, name, json_array_get(value, i), list, err);
    }
    return st;
}

static enum pl_status read_members(struct pl_arena *arena, const json_t *object,
                                   struct pl_strs *lists, struct pl_error *err)
{
    struct pl_json_member each = {0};
    while (pl_json_next(object, &each)) {
        size_t at = 0;
        while (at < PL_ARRAY_LEN(members) && !pl_str_eq(each.key, pl_str_from(members[at].name))) {
            at++;
        }
        if (at == PL_ARRAY_LEN(members)) {
            return pl_error_set(err, PL_E_PARSE, "\"%.*s\" is no member of a suppression",
                                (int)(each.key.len < 80 ? each.key.len : 80), each.key.ptr);
        }
        enum pl_status st =
            read_member(arena, members[at].name, members[at].is_list, each.value, &lists[at], err);
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

static pl_str first_of(const struct pl_strs *list)
{
    return list->count > 0 ? list->items[0] : PL_STR_EMPTY;
}

static enum pl_status read_packages(struct pl_arena *arena, const struct pl_strs *texts,
                                    struct pl_purls *ret, struct pl_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        struct pl_error why = PL_ERROR_INIT;
        if (pl_purl_parse(arena, texts->items[i], pl_vec_push(arena, ret), &why) < 0) {
            return pl_error_set(err, PL_E_PARSE, "\"%.*s\" is no package URL: %s",
                                (int)(texts->items[i].len < 200 ? texts->items[i].len : 200),
                                texts->items[i].ptr, why.msg);
        }
    }
    return PL_OK;
}

/* "vers:npm/>=1|<2" names the scheme by the package's type; where writers put another word, the
 * packages have one. */
static enum pl_status read_versions(struct pl_arena *arena, struct pl_suppression *rule,
                                    struct pl_error *err)
{
    pl_str prefix = PL_STR("vers:");
    struct pl_spans spans = {0};
    struct pl_affected affected = {.ecosystem = PL_STR_EMPTY};
    if (!pl_str_starts_with(rule->versions, prefix)) {
        return PL_OK;
    }
    pl_str type = pl_str_skip(rule->versions, prefix.len);
    type = pl_str_sub(type, 0, pl_str_find_char(type, '/'));
    const struct pl_version_scheme *scheme = pl_version_scheme_find(type);
    if (!scheme && rule->packages.count > 0) {
        scheme = pl_version_scheme_find(rule->packages.items[0].type);
    }
    if (!scheme || !pl_vers_add(arena, scheme, rule->versions, &spans)) {
        return pl_error_set(err, PL_E_PARSE, "\"%.*s\" is no range of versions",
                            (int)(rule->versions.len < 80 ? rule->versions.len : 80),
                            rule->versions.ptr);
    }
    pl_spans_to_ranges(arena, &spans, &affected);
    rule->ranges = affected.ranges;
    return PL_OK;
}

static bool is_day(pl_str text)
{
    return text.len == sizeof("YYYY-MM-DD") - 1 && pl_date_leads(text);
}

static enum pl_status check_rule(const struct pl_suppression *rule, pl_str reason,
                                 struct pl_error *err)
{
    if (rule->names.count == 0) {
        return pl_error_set(err, PL_E_PARSE, "\"id\" is missing: which vulnerability is meant?");
    }
    if (reason.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "\"reason\" is missing");
    }
    if (rule->until.len > 0 && !is_day(rule->until)) {
        return pl_error_set(err, PL_E_PARSE, "\"until\" is no day as in 2026-12-31");
    }
    if (rule->versions.len > PL_LIMIT_RANGE_BYTES) {
        return pl_error_set(err, PL_E_PARSE, "\"versions\" is too long");
    }
    return PL_OK;
}

enum pl_status pl_suppression_read(struct pl_arena *arena, const json_t *object,
                                   struct pl_suppression *ret, struct pl_error *err)
{
    struct pl_strs lists[PL_ARRAY_LEN(members)] = {{0}};
    if (!json_is_object(object)) {
        return pl_error_set(err, PL_E_PARSE, "a suppression is no mapping");
    }
    enum pl_status st = read_members(arena, object, lists, err);
    if (st < 0) {
        return st;
    }
    struct pl_suppression rule = {.names = lists[IDS],
                                  .versions = first_of(&lists[VERSIONS]),
                                  .image = first_of(&lists[IMAGE]),
                                  .products = lists[PRODUCTS],
                                  .text = first_of(&lists[TEXT]),
                                  .by = first_of(&lists[BY]),
                                  .time = first_of(&lists[TIME]),
                                  .until = first_of(&lists[UNTIL])};
    pl_str reason = first_of(&lists[REASON]);
    if (reason.len > 0 && !pl_suppression_reason_from_string(reason, &rule.reason)) {
        return pl_error_set(err, PL_E_PARSE,
                            "\"%.*s\" is no reason that is known; docs/suppressions.md lists them",
                            (int)(reason.len < 80 ? reason.len : 80), reason.ptr);
    }
    st = read_packages(arena, &lists[PACKAGES], &rule.packages, err);
    if (st == PL_OK) {
        st = check_rule(&rule, reason, err);
    }
    if (st == PL_OK) {
        st = read_versions(arena, &rule, err);
    }
    if (st == PL_OK) {
        *ret = rule;
    }
    return st;
}

enum pl_status pl_suppression_of_advisory(struct pl_arena *arena,
                                          const struct pl_advisory *advisory, pl_str origin,
                                          struct pl_suppression *ret, struct pl_error *err)
{
    json_t *object pl_autojson = NULL;
    struct pl_suppression rule = {0};
    if (!pl_str_starts_with(advisory->id, PL_STR(PL_SUPPRESSION_ID_PREFIX))) {
        return pl_error_set(err, PL_E_NOT_FOUND, PL_STR_FMT " is no suppression",
                            PL_STR_ARG(advisory->id));
    }
    enum pl_status st = pl_json_parse(advisory->details, "the suppression", &object, err);
    if (st == PL_OK) {
        st = pl_suppression_read(arena, object, &rule, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(advisory->id));
    }
    rule.origin = origin;
    *ret = rule;
    return PL_OK;
}

/* False when the text cannot be in JSON, not being UTF-8: a rule must not lose what narrows it. */
static bool set_text(json_t *object, enum member member, pl_str text)
{
    return text.len == 0 ||
           json_object_set_new(object, members[member].name, json_stringn(text.ptr, text.len)) == 0;
}

static bool set_list(json_t *object, enum member member, const struct pl_strs *list)
{
    bool is_good = true;
    if (list->count == 0) {
        return true;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list->count && is_good; i++) {
        pl_str text = list->items[i];
        is_good =
            text.len > 0 && json_array_append_new(array, json_stringn(text.ptr, text.len)) == 0;
    }
    return json_object_set_new(object, members[member].name, array) == 0 && is_good;
}

/* The rule as text, which the reader takes again; empty when it cannot be one. */
static pl_str write_rule(struct pl_arena *arena, const struct pl_suppression *rule)
{
    json_t *object pl_autojson = json_object();
    struct pl_strs packages = {0};
    for (size_t i = 0; i < rule->packages.count; i++) {
        *pl_vec_push(arena, &packages) = pl_purl_format(arena, &rule->packages.items[i]);
    }
    bool is_good =
        set_list(object, IDS, &rule->names) && set_list(object, PACKAGES, &packages) &&
        set_text(object, VERSIONS, rule->versions) && set_text(object, IMAGE, rule->image) &&
        set_list(object, PRODUCTS, &rule->products) &&
        set_text(object, REASON, pl_str_from(pl_suppression_reason_to_string(rule->reason))) &&
        set_text(object, TEXT, rule->text) && set_text(object, BY, rule->by) &&
        set_text(object, TIME, rule->time) && set_text(object, UNTIL, rule->until);
    char *text pl_autofree = is_good ? json_dumps(object, JSON_COMPACT) : NULL;
    return pl_arena_dup(arena, pl_str_from(text));
}

enum pl_status pl_suppression_take(struct pl_feed_sink *sink, const struct pl_suppression *rule,
                                   struct pl_error *err)
{
    enum { ID_DIGITS = 16 };
    struct pl_arena *arena = pl_feed_scratch(sink);
    struct pl_advisory advisory = {.upstream = rule->names, .author = rule->by};
    struct pl_affected everything = {.ecosystem = PL_STR(PL_SUPPRESSION_ECOSYSTEM),
                                     .name = PL_STR(PL_SUPPRESSION_KEY),
                                     .state = PL_AFFECT_NOT};
    struct pl_suppression again = {0};
    struct pl_error problem = PL_ERROR_INIT;
    advisory.id = PL_STR(PL_SUPPRESSION_ID_PREFIX);
    advisory.details = write_rule(arena, rule);
    if (pl_suppression_of_advisory(arena, &advisory, PL_STR_EMPTY, &again, &problem) < 0) {
        pl_feed_malformed(sink, "a suppression that cannot be kept: %s", problem.msg);
        return PL_OK;
    }
    struct pl_digest digest = pl_digest_of(pl_str_span(advisory.details), NULL);
    advisory.id = pl_arena_format(arena, PL_SUPPRESSION_ID_PREFIX "%.*s", ID_DIGITS,
                                  digest.text + strlen("sha256:"));
    advisory.summary = pl_arena_format(arena, "%s: %s%s" PL_STR_FMT,
                                       pl_suppression_hides(rule->reason) ? "Suppressed" : "VEX",
                                       pl_suppression_reason_to_string(rule->reason),
                                       rule->text.len > 0 ? ", " : "", PL_STR_ARG(rule->text));
    *pl_vec_push(arena, &advisory.affected) = everything;
    return pl_feed_take(sink, &advisory, err);
}
