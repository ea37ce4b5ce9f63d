/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format (containers-registries.conf(5)), in TOML, version 2:
 *
 *   [[registry]]
 *   prefix = "HOST[:PORT][/PATH]"      or "*.DOMAIN"; without it, what location says
 *   location = "HOST[:PORT][/PATH]"    asked for in place of the prefix
 *   insecure, blocked                  booleans
 *   mirror-by-digest-only              a boolean
 *   [[registry.mirror]]                tried in order before the location
 *   location, insecure
 *   pull-from-mirror                   "all", "digest-only" or "tag-only"
 *
 * Only the rule with the longest prefix counts. Version 1 has the lists registries.insecure and
 * registries.block, each with a member "registries", and may not be mixed with version 2. What
 * concerns names without a host (unqualified-search-registries, aliases) is not read: such names
 * mean Docker Hub here, always. Members not known are passed over, as the field's own reader does.
 */
#include "image/registry/registries_conf.h"
#include "base/limits.h"
#include "format/toml.h"

static enum pl_status damaged(const char *name, const char *what, pl_str which,
                              struct pl_error *err)
{
    return pl_error_set(err, PL_E_PARSE, "%s: %s: \"" PL_STR_FMT "\"", name, what,
                        PL_STR_ARG(pl_str_sub(which, 0, 120)));
}

static enum pl_status read_bool(const json_t *table, const char *key, const char *name, bool *ret,
                                struct pl_error *err)
{
    const json_t *value = json_object_get(table, key);
    if (value && !json_is_boolean(value)) {
        return damaged(name, "not a boolean", pl_str_from(key), err);
    }
    *ret = json_is_true(value);
    return PL_OK;
}

/* HOST[:PORT][/PATH] without slashes at its end, the host in lower case. */
static enum pl_status read_place(struct pl_arena *arena, const json_t *value, const char *name,
                                 pl_str *ret, struct pl_error *err)
{
    pl_str place = pl_json_text(value);
    while (pl_str_ends_with(place, PL_STR("/"))) {
        place.len--;
    }
    if (value && !json_is_string(value)) {
        return pl_error_set(err, PL_E_PARSE, "%s: a prefix or location is not a string", name);
    }
    if (place.len > PL_LIMIT_REFERENCE_BYTES) {
        return damaged(name, "too long", place, err);
    }
    if (pl_str_contains(place, PL_STR("://"))) {
        return damaged(name, "a place has no scheme", place, err);
    }
    char *copy = pl_arena_alloc(arena, place.len + 1, 1);
    size_t host = pl_str_find_char(place, '/');
    for (size_t i = 0; i < place.len; i++) {
        copy[i] = i < host ? pl_char_lower(place.ptr[i]) : place.ptr[i];
    }
    *ret = pl_str_make(copy, place.len);
    return PL_OK;
}

static bool has_wildcard(pl_str prefix)
{
    return pl_str_starts_with(prefix, PL_STR("*."));
}

/* `by_digest_only` is the rule's. */
static enum pl_status read_mirror(struct pl_arena *arena, const json_t *table, bool by_digest_only,
                                  const char *name, struct pl_registry_location *ret,
                                  struct pl_error *err)
{
    struct pl_registry_location mirror = {.is_for_digests = true, .is_for_tags = !by_digest_only};
    pl_str pull = pl_json_str(table, "pull-from-mirror");
    enum pl_status st =
        read_place(arena, json_object_get(table, "location"), name, &mirror.name, err);
    if (st == PL_OK) {
        st = read_bool(table, "insecure", name, &mirror.is_insecure, err);
    }
    if (st < 0) {
        return st;
    }
    if (mirror.name.len == 0) {
        return damaged(name, "a mirror without", PL_STR("location"), err);
    }
    if (pull.len > 0 && by_digest_only) {
        return damaged(name, "pull-from-mirror and mirror-by-digest-only exclude each other",
                       mirror.name, err);
    }
    if (pl_str_eq(pull, PL_STR("digest-only"))) {
        mirror.is_for_tags = false;
    } else if (pl_str_eq(pull, PL_STR("tag-only"))) {
        mirror.is_for_digests = false;
    } else if (pull.len > 0 && !pl_str_eq(pull, PL_STR("all"))) {
        return damaged(name, "pull-from-mirror is none of all, digest-only, tag-only", pull, err);
    }
    *ret = mirror;
    return PL_OK;
}

static enum pl_status check_prefix(const struct pl_registry_rule *rule, const char *name,
                                   struct pl_error *err)
{
    pl_str prefix = rule->prefix;
    if (prefix.len == 0) {
        return damaged(name, "a registry without", PL_STR("prefix and location"), err);
    }
    size_t star = pl_str_find_last_char(prefix, '*');
    if (star != SIZE_MAX &&
        (star != 0 || !has_wildcard(prefix) || prefix.len < 3 ||
         pl_str_find_char(prefix, '/') != SIZE_MAX || pl_str_find_char(prefix, ':') != SIZE_MAX)) {
        return damaged(name, "a wildcard may only stand as in *.example.com", prefix, err);
    }
    if (rule->primary.name.len == 0 && star == SIZE_MAX) {
        return damaged(name, "a registry without a location", prefix, err);
    }
    return PL_OK;
}

static enum pl_status read_rule(struct pl_arena *arena, const json_t *table, const char *name,
                                struct pl_registry_rule *ret, struct pl_error *err)
{
    struct pl_registry_rule rule = {.primary = {.is_for_tags = true, .is_for_digests = true}};
    bool by_digest_only = false;
    if (!json_is_object(table)) {
        return pl_error_set(err, PL_E_PARSE, "%s: a registry is no table", name);
    }
    enum pl_status st =
        read_place(arena, json_object_get(table, "location"), name, &rule.primary.name, err);
    if (st == PL_OK) {
        st = read_place(arena, json_object_get(table, "prefix"), name, &rule.prefix, err);
    }
    if (st == PL_OK) {
        st = read_bool(table, "insecure", name, &rule.primary.is_insecure, err);
    }
    if (st == PL_OK) {
        st = read_bool(table, "blocked", name, &rule.is_blocked, err);
    }
    if (st == PL_OK) {
        st = read_bool(table, "mirror-by-digest-only", name, &by_digest_only, err);
    }
    if (st < 0) {
        return st;
    }
    rule.prefix = rule.prefix.len > 0 ? rule.prefix : rule.primary.name;
    st = check_prefix(&rule, name, err);
    const json_t *mirrors = json_object_get(table, "mirror");
    if (st == PL_OK && mirrors && !json_is_array(mirrors)) {
        st = damaged(name, "mirror is not an array of tables", rule.prefix, err);
    }
    for (size_t i = 0; st == PL_OK && i < json_array_size(mirrors); i++) {
        struct pl_registry_location mirror = {0};
        st = read_mirror(arena, json_array_get(mirrors, i), by_digest_only, name, &mirror, err);
        *pl_vec_push(arena, &rule.mirrors) = mirror;
    }
    if (st == PL_OK) {
        *ret = rule;
    }
    return st;
}

/* The slot of a rule of the same prefix, or a new one. */
static struct pl_registry_rule *slot_for(struct pl_arena *arena, struct pl_registry_rules *rules,
                                         pl_str prefix)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (pl_str_eq(rules->items[i].prefix, prefix)) {
            return &rules->items[i];
        }
    }
    return pl_vec_push(arena, rules);
}

/* One list of version 1. */
static enum pl_status read_list(struct pl_arena *arena, const json_t *document, const char *list,
                                const char *name, struct pl_registry_rules *rules,
                                struct pl_error *err)
{
    const json_t *parent = pl_json_object(document, "registries");
    const json_t *hosts = pl_json_array(pl_json_object(parent, list), "registries");
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        pl_str host = PL_STR_EMPTY;
        enum pl_status st = read_place(arena, json_array_get(hosts, i), name, &host, err);
        if (st < 0) {
            return st;
        }
        struct pl_registry_rule *rule = slot_for(arena, rules, host);
        rule->prefix = host;
        rule->primary.name = host;
        rule->primary.is_for_tags = true;
        rule->primary.is_for_digests = true;
        rule->is_blocked = rule->is_blocked || strcmp(list, "block") == 0;
        rule->primary.is_insecure = rule->primary.is_insecure || strcmp(list, "insecure") == 0;
    }
    return PL_OK;
}

static enum pl_status read_document(struct pl_arena *arena, const json_t *document,
                                    const char *name, struct pl_registry_rules *rules,
                                    struct pl_error *err)
{
    const json_t *tables = json_object_get(document, "registry");
    if (tables && !json_is_array(tables)) {
        return pl_error_set(err, PL_E_PARSE,
                            "%s: registry is not an array of tables; write [[registry]]", name);
    }
    if (json_array_size(tables) > PL_LIMIT_REGISTRY_RULES) {
        return pl_error_set(err, PL_E_LIMIT, "%s has more than %d registries", name,
                            PL_LIMIT_REGISTRY_RULES);
    }
    for (size_t i = 0; i < json_array_size(tables); i++) {
        struct pl_registry_rule rule = {0};
        enum pl_status st = read_rule(arena, json_array_get(tables, i), name, &rule, err);
        if (st < 0) {
            return st;
        }
        *slot_for(arena, rules, rule.prefix) = rule;
    }
    if (!json_object_get(document, "registries")) {
        return PL_OK;
    }
    if (tables) {
        return pl_error_set(err, PL_E_PARSE,
                            "%s mixes [[registry]] of version 2 with [registries] of version 1",
                            name);
    }
    enum pl_status st = read_list(arena, document, "insecure", name, rules, err);
    return st < 0 ? st : read_list(arena, document, "block", name, rules, err);
}

enum pl_status pl_registries_conf_parse(struct pl_arena *arena, pl_str text, const char *name,
                                        struct pl_registry_rules *rules, struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(text, name, &document, err);
    return st < 0 ? st : read_document(arena, document, name, rules, err);
}

/* How much of the name the prefix stands for; 0: nothing. */
static size_t covered(pl_str prefix, pl_str whole)
{
    size_t len = prefix.len;
    if (has_wildcard(prefix)) {
        /* Any number of labels before the domain, and at least one. */
        size_t host = pl_str_find_char(whole, '/');
        size_t port = pl_str_find_char(pl_str_sub(whole, 0, host), ':');
        len = port < host ? port : host;
        pl_str domain = pl_str_skip(prefix, 1);
        return len != SIZE_MAX && len > domain.len &&
                       pl_str_ends_with(pl_str_sub(whole, 0, len), domain)
                   ? len
                   : 0;
    }
    if (!pl_str_starts_with(whole, prefix)) {
        return 0;
    }
    char next = whole.len > len ? whole.ptr[len] : '/';
    return next == '/' || next == ':' || next == '@' ? len : 0;
}

const struct pl_registry_rule *pl_registry_rule_find(const struct pl_registry_rules *rules,
                                                     pl_str whole, size_t *ret_covered)
{
    const struct pl_registry_rule *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < rules->count; i++) {
        size_t len = covered(rules->items[i].prefix, whole);
        if (len > most) {
            most = len;
            best = &rules->items[i];
        }
    }
    *ret_covered = most;
    return best;
}
