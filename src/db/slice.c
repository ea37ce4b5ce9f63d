/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of a package is a row of claims, each after its advisory's id: the number of bytes it
 * shares with the id before, the rest of the id, and the claim as a string. The value of an alias
 * is such a row of ids alone. docs/internals/db-format.md has it all.
 */
#include "db/slice.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/wire.h"
#include "db/record.h"

/* How many claims a value has, so that room is made once. */
static size_t count_claims(pl_str value)
{
    struct pl_wire wire = pl_wire_over(value);
    size_t count = 0;
    while (pl_wire_more(&wire)) {
        pl_wire_uint(&wire);
        pl_wire_str(&wire);
        pl_wire_str(&wire);
        count++;
    }
    return count;
}

/* Decodes the claims of a value: those of `only_id`, or, when that is empty, all that are not
 * withdrawn. */
static enum pl_status decode_claims(struct pl_arena *arena, pl_str ecosystem, pl_str value,
                                    pl_str only_id, struct pl_db_matches *ret, struct pl_error *err)
{
    bool is_record = only_id.len > 0;
    struct pl_db_matches matches = {0};
    struct pl_wire wire = pl_wire_over(value);
    pl_str id = PL_STR_EMPTY;
    enum pl_status st = PL_OK;
    if (!is_record) {
        matches.capacity = count_claims(value);
        matches.items = PL_ARENA_ARRAY(arena, struct pl_db_match, matches.capacity);
    }
    while (st == PL_OK && pl_wire_more(&wire)) {
        id = pl_wire_next(arena, &wire, id);
        pl_str claim = pl_wire_str(&wire);
        if (wire.bad) {
            break;
        }
        if (is_record && !pl_str_eq(id, only_id)) {
            continue;
        }
        struct pl_db_claim decoded = {0};
        st = pl_db_claim_decode(arena, claim, &decoded, err);
        if (st < 0) {
            pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(id));
        } else if (is_record || !decoded.is_withdrawn) {
            decoded.affected.ecosystem = ecosystem;
            *pl_vec_push(arena, &matches) = (struct pl_db_match){
                .advisory_id = id, .affected = decoded.affected, .list = decoded.list};
        }
    }
    if (st == PL_OK && wire.bad) {
        st = pl_error_set(err, PL_E_PARSE, "its list of advisories is not well formed");
    }
    if (st == PL_OK) {
        *ret = matches;
    }
    return st;
}

enum pl_status pl_slice_lookup(struct pl_table *table, struct pl_arena *arena, pl_str key,
                               struct pl_db_matches *ret, struct pl_error *err)
{
    bool found = false;
    pl_str value = PL_STR_EMPTY;
    struct pl_db_matches matches = {0};
    enum pl_status st = pl_table_find(table, PL_TABLE_KEYS, key, arena, &found, &value, err);
    if (st == PL_OK && found) {
        pl_str ecosystem = PL_STR_EMPTY;
        pl_str name = PL_STR_EMPTY;
        pl_str_cut(key, '\0', &ecosystem, &name);
        st = decode_claims(arena, pl_arena_dup(arena, ecosystem), value, PL_STR_EMPTY, &matches,
                           err);
        if (st < 0) {
            pl_error_wrap(err, "the package " PL_STR_FMT " of " PL_STR_FMT, PL_STR_ARG(name),
                          PL_STR_ARG(ecosystem));
        }
    }
    if (st == PL_OK) {
        *ret = matches;
    }
    return st;
}

enum pl_status pl_slice_covers(struct pl_table *table, pl_str ecosystem, bool *ret,
                               struct pl_error *err)
{
    struct pl_buf prefix pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_NAME_BYTES * 2);
    pl_db_key_encode(&prefix, ecosystem, PL_STR_EMPTY);
    return pl_table_has_prefix(table, PL_TABLE_KEYS, pl_buf_str(&prefix), ret, err);
}

enum pl_status pl_slice_versions(struct pl_table *table, struct pl_arena *arena,
                                 const struct pl_db_match *match, struct pl_strs *ret,
                                 struct pl_error *err)
{
    struct pl_buf key pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_NAME_BYTES * 2 + 1);
    bool found = false;
    pl_str value = PL_STR_EMPTY;
    pl_str id = PL_STR_EMPTY;
    pl_db_key_encode(&key, match->affected.ecosystem, match->affected.name);
    enum pl_status st =
        pl_table_find(table, PL_TABLE_LISTS, pl_buf_str(&key), arena, &found, &value, err);
    if (st < 0) {
        return st;
    }
    struct pl_wire wire = pl_wire_over(found ? value : PL_STR_EMPTY);
    while (pl_wire_more(&wire)) {
        uint64_t list = 0;
        struct pl_strs versions = {0};
        id = pl_wire_next(arena, &wire, id);
        pl_str bytes = pl_wire_str(&wire);
        if (wire.bad || !pl_str_eq(id, match->advisory_id)) {
            continue;
        }
        st = pl_db_list_decode(arena, bytes, &list, &versions, err);
        if (st < 0 || list == match->list) {
            *ret = st < 0 ? *ret : versions;
            return st;
        }
    }
    return pl_error_set(err, PL_E_PARSE, "a list of versions is not there");
}

/* Fetches what the record says of each of its packages, in its order. */
static enum pl_status fill_affected(struct pl_table *table, struct pl_arena *arena, pl_str id,
                                    const struct pl_db_key_refs *keys, struct pl_affecteds *ret,
                                    struct pl_error *err)
{
    struct pl_map seen pl_automap = {0};
    enum pl_status st = PL_OK;
    for (size_t i = 0; i < keys->count && st == PL_OK; i++) {
        const struct pl_db_key_ref *ref = &keys->items[i];
        if (ref->ecosystem.len > PL_LIMIT_ADVISORY_NAME_BYTES ||
            ref->name.len > PL_LIMIT_ADVISORY_NAME_BYTES) {
            return pl_error_set(err, PL_E_PARSE, "a package's name is too long");
        }
        char bytes[2 * PL_LIMIT_ADVISORY_NAME_BYTES + 2];
        struct pl_buf key = {
            .ptr = bytes, .capacity = sizeof(bytes), .ceiling_bytes = sizeof(bytes) - 1};
        pl_db_key_encode(&key, ref->ecosystem, ref->name);
        if (pl_map_find(&seen, pl_buf_str(&key))) {
            continue;
        }
        *pl_map_at(&seen, pl_arena_dup(arena, pl_buf_str(&key))) = table;
        bool found = false;
        pl_str value = PL_STR_EMPTY;
        struct pl_db_matches matches = {0};
        st = pl_table_find(table, PL_TABLE_KEYS, pl_buf_str(&key), arena, &found, &value, err);
        if (st == PL_OK && found) {
            st = decode_claims(arena, ref->ecosystem, value, id, &matches, err);
        }
        for (size_t k = 0; k < matches.count && st == PL_OK; k++) {
            struct pl_db_match *match = &matches.items[k];
            if (match->list > 0) {
                st = pl_slice_versions(table, arena, match, &match->affected.versions, err);
            }
            *pl_vec_push(arena, ret) = match->affected;
        }
    }
    return st;
}

enum pl_status pl_slice_has(struct pl_table *table, pl_str id, bool *ret, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str value = PL_STR_EMPTY;
    return pl_table_find(table, PL_TABLE_RECORDS, id, &scratch, ret, &value, err);
}

enum pl_status pl_slice_advisory(struct pl_table *table, struct pl_arena *arena, pl_str id,
                                 bool with_affected, struct pl_advisory *ret, struct pl_error *err)
{
    bool found = false;
    pl_str value = PL_STR_EMPTY;
    enum pl_status st = pl_table_find(table, PL_TABLE_RECORDS, id, arena, &found, &value, err);
    if (st == PL_OK && !found) {
        return pl_error_set(err, PL_E_NOT_FOUND, "the database has no advisory \"" PL_STR_FMT "\"",
                            PL_STR_ARG(id));
    }
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    struct pl_db_key_refs keys = {0};
    if (st == PL_OK) {
        st = pl_db_record_decode(arena, value, &advisory, &keys, err);
    }
    if (st == PL_OK && with_affected) {
        st = fill_affected(table, arena, id, &keys, &advisory.affected, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(id));
    }
    advisory.id = pl_arena_dup(arena, id);
    *ret = advisory;
    return PL_OK;
}

enum pl_status pl_slice_named(struct pl_table *table, struct pl_arena *arena, pl_str name,
                              struct pl_strs *ret, struct pl_error *err)
{
    bool found = false;
    pl_str value = PL_STR_EMPTY;
    struct pl_strs ids = {0};
    enum pl_status st = pl_table_find(table, PL_TABLE_ALIASES, name, arena, &found, &value, err);
    if (st < 0) {
        return st;
    }
    struct pl_wire wire = pl_wire_over(found ? value : PL_STR_EMPTY);
    pl_str id = PL_STR_EMPTY;
    while (pl_wire_more(&wire)) {
        id = pl_wire_next(arena, &wire, id);
        *pl_vec_push(arena, &ids) = id;
    }
    if (wire.bad) {
        return pl_error_set(err, PL_E_PARSE,
                            "the list of advisories that name " PL_STR_FMT " is not well formed",
                            PL_STR_ARG(name));
    }
    *ret = ids;
    return PL_OK;
}

enum pl_status pl_slice_exploitation(struct pl_table *table, struct pl_arena *arena, pl_str id,
                                     bool *ret_found, struct pl_exploitation *ret,
                                     struct pl_error *err)
{
    pl_str value = PL_STR_EMPTY;
    enum pl_status st =
        pl_table_find(table, PL_TABLE_EXPLOITATIONS, id, arena, ret_found, &value, err);
    if (st == PL_OK && *ret_found) {
        st = pl_db_exploitation_decode(value, ret, err);
    }
    return st;
}

/* Does `text`, already lower case, occur in `in`? */
static bool occurs(pl_str in, pl_str text)
{
    for (size_t from = 0; from + text.len <= in.len; from++) {
        size_t same = 0;
        while (same < text.len && pl_char_lower(in.ptr[from + same]) == text.ptr[same]) {
            same++;
        }
        if (same == text.len) {
            return true;
        }
    }
    return false;
}

static bool occurs_in_any(const struct pl_strs *list, pl_str text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (occurs(list->items[i], text)) {
            return true;
        }
    }
    return false;
}

static enum pl_status is_hit(struct pl_arena *scratch, pl_str id, pl_str record, pl_str text,
                             bool *ret, struct pl_error *err)
{
    struct pl_advisory advisory = {.id = id};
    struct pl_db_key_refs keys = {0};
    enum pl_status st = pl_db_record_decode(scratch, record, &advisory, &keys, err);
    if (st < 0) {
        return st;
    }
    bool hit = occurs(id, text) || occurs(advisory.summary, text) ||
               occurs_in_any(&advisory.aliases, text) || occurs_in_any(&advisory.upstream, text) ||
               (pl_advisory_related_are_names(&advisory) && occurs_in_any(&advisory.related, text));
    for (size_t i = 0; i < keys.count && !hit; i++) {
        hit = occurs(keys.items[i].name, text);
    }
    *ret = hit;
    return PL_OK;
}

/* A search walks over everything: some hundred megabytes a second, which is quick enough for a
 * person and needs no index in the file. Records come in the order of their ids. */
enum pl_status pl_slice_search(struct pl_table *table, struct pl_arena *arena, pl_str text,
                               size_t limit, struct pl_strs *ret, struct pl_error *err)
{
    pl_str folded = pl_arena_lower(arena, text);
    struct pl_strs ids = {0};
    struct pl_table_cursor cursor pl_autocursor = {0};
    struct pl_arena scratch pl_autoarena = {0};
    pl_table_cursor_init(&cursor, table, PL_TABLE_RECORDS);
    while (ids.count < limit) {
        bool more = false;
        pl_str id = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        enum pl_status st = pl_table_cursor_next(&cursor, &more, &id, &value, err);
        if (st < 0) {
            return st;
        }
        if (!more) {
            break;
        }
        bool hit = false;
        pl_arena_clear(&scratch);
        st = is_hit(&scratch, id, value, folded, &hit, err);
        if (st < 0) {
            return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(id));
        }
        if (hit) {
            *pl_vec_push(arena, &ids) = pl_arena_dup(arena, id);
        }
    }
    *ret = ids;
    return PL_OK;
}
