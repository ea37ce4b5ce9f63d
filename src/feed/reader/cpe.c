/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configurations of NVD's API 2.0 (https://nvd.nist.gov/developers/vulnerabilities, and the
 * JSON schema it names):
 *
 *   configurations   a list; any one of them is enough
 *     operator       "AND": all nodes have to hold, such as an application and what it runs on
 *     negate
 *     nodes          each with operator, negate and
 *       cpeMatch     each with
 *         vulnerable          false: only a condition, such as the operating system
 *         criteria            "cpe:2.3:a:vendor:product:version:update:edition:language:
 *                             sw_edition:target_sw:target_hw:other"
 *         versionStartIncluding, versionStartExcluding, versionEndIncluding, versionEndExcluding
 *                             bounds, for a criteria of any version
 *
 * A version "-" is that of a product which has none, and matches no version (NISTIR 7696, table
 * 6-2). The bounds are of the vendor's own versions, in no order that is stated.
 */
#include "feed/reader/cpe.h"
#include "base/limits.h"

enum { PARTS = 13, PART = 2, VENDOR = 3, PRODUCT = 4, VERSION = 5, UPDATE = 6 };

static bool split(pl_str criteria, pl_str parts[PARTS])
{
    size_t count = 0;
    size_t from = 0;
    for (size_t at = 0; at <= criteria.len; at++) {
        if (at < criteria.len && criteria.ptr[at] == '\\') {
            at++;
        } else if (at == criteria.len || criteria.ptr[at] == ':') {
            if (count == PARTS) {
                return false;
            }
            parts[count++] = pl_str_sub(criteria, from, at - from);
            from = at + 1;
        }
    }
    return count == PARTS && pl_str_eq(parts[0], PL_STR("cpe")) &&
           pl_str_eq(parts[1], PL_STR("2.3")) && parts[VENDOR].len > 0 && parts[PRODUCT].len > 0 &&
           parts[VERSION].len > 0;
}

static pl_str unescape(struct pl_arena *arena, pl_str part)
{
    if (pl_str_find_char(part, '\\') == SIZE_MAX) {
        return part;
    }
    char *into = pl_arena_alloc(arena, part.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < part.len; i++) {
        i += part.ptr[i] == '\\' && i + 1 < part.len;
        into[len++] = part.ptr[i];
    }
    return pl_str_make(into, len);
}

/* From the update on; empty when nothing there narrows it down. */
static pl_str rest_of(const pl_str parts[PARTS])
{
    bool is_any = true;
    for (size_t i = UPDATE; i < PARTS; i++) {
        is_any = is_any && pl_str_eq(parts[i], PL_STR("*"));
    }
    const char *end = parts[PARTS - 1].ptr + parts[PARTS - 1].len;
    return is_any ? PL_STR_EMPTY
                  : pl_str_make(parts[UPDATE].ptr, (size_t)(end - parts[UPDATE].ptr));
}

/* The entry of the product; matches of one product stand together. */
static struct pl_affected *entry_of(struct pl_arena *arena, struct pl_advisory *advisory,
                                    pl_str name, pl_str rest)
{
    if (advisory->affected.count > 0) {
        struct pl_affected *last = &advisory->affected.items[advisory->affected.count - 1];
        if (pl_str_eq(last->name, name) && pl_str_eq(last->cpe_rest, rest)) {
            return last;
        }
    }
    struct pl_affected *affected = pl_vec_push(arena, &advisory->affected);
    *affected = (struct pl_affected){.ecosystem = PL_STR("CPE"), .name = name, .cpe_rest = rest};
    return affected;
}

static const struct {
    const char *key;
    enum pl_event_type type;
    bool is_end;
} bounds[] = {
    {"versionStartIncluding", PL_EVENT_INTRODUCED, false},
    {"versionStartExcluding", PL_EVENT_ABOVE, false},
    {"versionEndExcluding", PL_EVENT_FIXED, true},
    {"versionEndIncluding", PL_EVENT_LAST_AFFECTED, true},
};

/* False when a bound is malformed or stated twice. */
static bool read_bounds(struct pl_arena *arena, const json_t *match, struct pl_range *range)
{
    size_t counts[2] = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(bounds); i++) {
        const json_t *value = json_object_get(match, bounds[i].key);
        pl_str version = pl_json_text(value);
        if (!value || json_is_null(value)) {
            continue;
        }
        if (version.len == 0 || version.len > PL_LIMIT_VERSION_BYTES ||
            ++counts[bounds[i].is_end] > 1) {
            return false;
        }
        if (bounds[i].is_end && counts[0] == 0) {
            *pl_vec_push(arena, range) = (struct pl_range_event){PL_EVENT_INTRODUCED, PL_STR("0")};
        }
        *pl_vec_push(arena, range) = (struct pl_range_event){bounds[i].type, version};
    }
    return true;
}

/* Why the database has no use for the match; NULL when it has. */
static const char *reason_to_skip(const json_t *match, const pl_str parts[PARTS], bool has_bounds)
{
    if (!json_is_true(json_object_get(match, "vulnerable"))) {
        return "condition that something runs on another product";
    }
    if (pl_str_eq(parts[PART], PL_STR("o"))) {
        return "operating system";
    }
    if (pl_str_eq(parts[PART], PL_STR("h"))) {
        return "hardware";
    }
    if (!has_bounds && pl_str_eq(parts[VERSION], PL_STR("-"))) {
        return "product without versions";
    }
    return NULL;
}

static bool take_match(struct pl_feed_sink *sink, struct pl_arena *arena, const json_t *match,
                       struct pl_advisory *advisory, struct pl_error *err)
{
    pl_str parts[PARTS];
    struct pl_range range = {.type = PL_RANGE_ECOSYSTEM};
    pl_str criteria = pl_json_str(match, "criteria");
    if (!split(criteria, parts) || parts[VERSION].len > PL_LIMIT_VERSION_BYTES) {
        pl_error_set(err, PL_E_PARSE, "\"" PL_STR_FMT "\" is no name of CPE 2.3",
                     PL_STR_ARG(criteria));
        return false;
    }
    if (!read_bounds(arena, match, &range)) {
        pl_error_set(err, PL_E_PARSE, "the bounds of " PL_STR_FMT " are malformed",
                     PL_STR_ARG(criteria));
        return false;
    }
    const char *reason = reason_to_skip(match, parts, range.count > 0);
    if (reason) {
        pl_feed_skip(sink, reason);
        return true;
    }
    pl_str name = pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT,
                                  PL_STR_ARG(unescape(arena, parts[VENDOR])),
                                  PL_STR_ARG(unescape(arena, parts[PRODUCT])));
    if (name.len > PL_LIMIT_ADVISORY_NAME_BYTES) {
        pl_error_set(err, PL_E_LIMIT, "a product's name is too long");
        return false;
    }
    struct pl_affected *affected = entry_of(arena, advisory, name, rest_of(parts));
    if (range.count == 0 && !pl_str_eq(parts[VERSION], PL_STR("*"))) {
        *pl_vec_push(arena, &affected->versions) = unescape(arena, parts[VERSION]);
        return true;
    }
    if (range.count == 0) {
        *pl_vec_push(arena, &range) = (struct pl_range_event){PL_EVENT_INTRODUCED, PL_STR("0")};
    }
    *pl_vec_push(arena, &affected->ranges) = range;
    return true;
}

bool pl_cpe_configurations(struct pl_feed_sink *sink, struct pl_arena *arena, const json_t *cve,
                           struct pl_advisory *advisory, struct pl_error *err)
{
    const json_t *configurations = pl_json_array(cve, "configurations");
    for (size_t i = 0; i < json_array_size(configurations); i++) {
        const json_t *configuration = json_array_get(configurations, i);
        const json_t *nodes = pl_json_array(configuration, "nodes");
        bool is_negated = json_is_true(json_object_get(configuration, "negate"));
        for (size_t k = 0; k < json_array_size(nodes); k++) {
            const json_t *node = json_array_get(nodes, k);
            const json_t *matches = pl_json_array(node, "cpeMatch");
            if (is_negated || json_is_true(json_object_get(node, "negate"))) {
                pl_feed_skip(sink, "everything but a product");
                continue;
            }
            for (size_t m = 0; m < json_array_size(matches); m++) {
                if (!take_match(sink, arena, json_array_get(matches, m), advisory, err)) {
                    return false;
                }
            }
        }
    }
    return true;
}
