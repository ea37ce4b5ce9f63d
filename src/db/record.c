/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record is, in this order: the strings modified, published, withdrawn, urgency, summary and
 * details; the string lists aliases, upstream and related; the severities and the references as
 * lists of pairs; the packages it names as pairs of ecosystem and name; and a number of flags (bit
 * 0: disputed, bit 1: a part, bit 2: with an author, which follows). A list is its count and its
 * items.
 *
 * A claim is: a number of flags (bit 0: withdrawn, bit 1: with a module, bit 2: with the rest of a
 * CPE, bit 3: with the number of a list, from bit 4 on the state); the name as the feed writes it;
 * purl; urgency; what bits 1 to 3 announce; the severities; the ranges, each its type, its count of
 * events and the events as type and version; and the enumerated versions, each shortened by what it
 * shares with the one before, as version lists run into hundreds and differ in their tails. A list
 * is its number, and the versions likewise.
 *
 * What is known of exploitation is: the catalogue, and if that is not empty the day it was added,
 * the day it is due and 1 for ransomware; 1 when it is scored, and then chance and percentile in
 * hundred- thousandths and the day of the score.
 *
 * Ids are in none of them: they are the key, or stand beside a claim.
 */
#include "db/record.h"
#include "base/wire.h"

enum { RECORD_DISPUTED = 1, RECORD_PART = 2, RECORD_AUTHOR = 4 };
enum {
    CLAIM_WITHDRAWN = 1,
    CLAIM_MODULE = 2,
    CLAIM_CPE = 4,
    CLAIM_LIST = 8,
    CLAIM_STATE_SHIFT = 4
};

static void put_strs(struct pl_buf *buf, const struct pl_strs *list)
{
    pl_wire_put_uint(buf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        pl_wire_put_str(buf, list->items[i]);
    }
}

static void get_strs(struct pl_arena *arena, struct pl_wire *wire, struct pl_strs *ret)
{
    size_t count = pl_wire_count(wire, 1);
    *ret = (struct pl_strs){0};
    if (count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(arena, pl_str, count);
    ret->count = ret->capacity = count;
    for (size_t i = 0; i < count; i++) {
        ret->items[i] = pl_wire_str(wire);
    }
}

static void put_severities(struct pl_buf *buf, const struct pl_severity_vectors *list)
{
    pl_wire_put_uint(buf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        pl_wire_put_str(buf, list->items[i].type);
        pl_wire_put_str(buf, list->items[i].score);
    }
}

static void get_severities(struct pl_arena *arena, struct pl_wire *wire,
                           struct pl_severity_vectors *ret)
{
    size_t count = pl_wire_count(wire, 2);
    *ret = (struct pl_severity_vectors){0};
    if (count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(arena, struct pl_severity_vector, count);
    ret->count = ret->capacity = count;
    for (size_t i = 0; i < count; i++) {
        ret->items[i].type = pl_wire_str(wire);
        ret->items[i].score = pl_wire_str(wire);
    }
}

void pl_db_record_encode(struct pl_buf *buf, const struct pl_advisory *advisory)
{
    pl_wire_put_str(buf, advisory->modified);
    pl_wire_put_str(buf, advisory->published);
    pl_wire_put_str(buf, advisory->withdrawn);
    pl_wire_put_str(buf, advisory->urgency);
    pl_wire_put_str(buf, advisory->summary);
    pl_wire_put_str(buf, advisory->details);
    put_strs(buf, &advisory->aliases);
    put_strs(buf, &advisory->upstream);
    put_strs(buf, &advisory->related);
    put_severities(buf, &advisory->severities);
    pl_wire_put_uint(buf, advisory->references.count);
    for (size_t i = 0; i < advisory->references.count; i++) {
        pl_wire_put_str(buf, advisory->references.items[i].type);
        pl_wire_put_str(buf, advisory->references.items[i].url);
    }
    pl_wire_put_uint(buf, advisory->affected.count);
    for (size_t i = 0; i < advisory->affected.count; i++) {
        pl_wire_put_str(buf, advisory->affected.items[i].ecosystem);
        pl_wire_put_str(buf, advisory->affected.items[i].name);
    }
    pl_wire_put_uint(buf, (advisory->is_disputed ? RECORD_DISPUTED : 0) |
                              (advisory->is_part ? RECORD_PART : 0) |
                              (advisory->author.len > 0 ? RECORD_AUTHOR : 0));
    if (advisory->author.len > 0) {
        pl_wire_put_str(buf, advisory->author);
    }
}

static void get_references(struct pl_arena *arena, struct pl_wire *wire,
                           struct pl_advisory_references *ret)
{
    size_t count = pl_wire_count(wire, 2);
    if (count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(arena, struct pl_advisory_reference, count);
    ret->count = ret->capacity = count;
    for (size_t i = 0; i < count; i++) {
        ret->items[i].type = pl_wire_str(wire);
        ret->items[i].url = pl_wire_str(wire);
    }
}

static void get_key_refs(struct pl_arena *arena, struct pl_wire *wire, struct pl_db_key_refs *ret)
{
    size_t count = pl_wire_count(wire, 2);
    if (count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(arena, struct pl_db_key_ref, count);
    ret->count = ret->capacity = count;
    for (size_t i = 0; i < count; i++) {
        ret->items[i].ecosystem = pl_wire_str(wire);
        ret->items[i].name = pl_wire_str(wire);
    }
}

enum pl_status pl_db_record_decode(struct pl_arena *arena, pl_str bytes, struct pl_advisory *ret,
                                   struct pl_db_key_refs *ret_keys, struct pl_error *err)
{
    struct pl_wire wire = pl_wire_over(bytes);
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    struct pl_db_key_refs keys = {0};
    advisory.modified = pl_wire_str(&wire);
    advisory.published = pl_wire_str(&wire);
    advisory.withdrawn = pl_wire_str(&wire);
    advisory.urgency = pl_wire_str(&wire);
    advisory.summary = pl_wire_str(&wire);
    advisory.details = pl_wire_str(&wire);
    get_strs(arena, &wire, &advisory.aliases);
    get_strs(arena, &wire, &advisory.upstream);
    get_strs(arena, &wire, &advisory.related);
    get_severities(arena, &wire, &advisory.severities);
    get_references(arena, &wire, &advisory.references);
    get_key_refs(arena, &wire, &keys);
    uint64_t flags = pl_wire_uint(&wire);
    advisory.is_disputed = (flags & RECORD_DISPUTED) != 0;
    advisory.is_part = (flags & RECORD_PART) != 0;
    advisory.author = flags & RECORD_AUTHOR ? pl_wire_str(&wire) : PL_STR_EMPTY;
    if (wire.bad || wire.at != wire.end) {
        return pl_error_set(err, PL_E_PARSE, "the record is not well formed");
    }
    *ret = advisory;
    *ret_keys = keys;
    return PL_OK;
}

static void put_versions(struct pl_buf *buf, const struct pl_strs *list)
{
    pl_str before = PL_STR_EMPTY;
    pl_wire_put_uint(buf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        pl_wire_put_next(buf, before, list->items[i]);
        before = list->items[i];
    }
}

void pl_db_claim_encode(struct pl_buf *buf, const struct pl_db_claim *claim)
{
    const struct pl_affected *affected = &claim->affected;
    pl_wire_put_uint(buf, (claim->is_withdrawn ? CLAIM_WITHDRAWN : 0) |
                              (affected->module.len > 0 ? CLAIM_MODULE : 0) |
                              (affected->cpe_rest.len > 0 ? CLAIM_CPE : 0) |
                              (claim->list > 0 ? CLAIM_LIST : 0) |
                              (uint64_t)affected->state << CLAIM_STATE_SHIFT);
    pl_wire_put_str(buf, affected->name);
    pl_wire_put_str(buf, affected->purl);
    pl_wire_put_str(buf, affected->urgency);
    if (affected->module.len > 0) {
        pl_wire_put_str(buf, affected->module);
    }
    if (affected->cpe_rest.len > 0) {
        pl_wire_put_str(buf, affected->cpe_rest);
    }
    if (claim->list > 0) {
        pl_wire_put_uint(buf, claim->list);
    }
    put_severities(buf, &affected->severities);
    pl_wire_put_uint(buf, affected->ranges.count);
    for (size_t i = 0; i < affected->ranges.count; i++) {
        const struct pl_range *range = &affected->ranges.items[i];
        pl_wire_put_uint(buf, (uint64_t)range->type);
        pl_wire_put_uint(buf, range->count);
        for (size_t k = 0; k < range->count; k++) {
            pl_wire_put_uint(buf, (uint64_t)range->items[k].type);
            pl_wire_put_str(buf, range->items[k].version);
        }
    }
    put_versions(buf, &affected->versions);
}

static void get_range(struct pl_arena *arena, struct pl_wire *wire, struct pl_range *ret)
{
    uint64_t type = pl_wire_uint(wire);
    size_t count = pl_wire_count(wire, 2);
    wire->bad = wire->bad || type > PL_RANGE_GIT;
    if (wire->bad || count == 0) {
        return;
    }
    ret->type = (enum pl_range_type)type;
    ret->items = PL_ARENA_ARRAY(arena, struct pl_range_event, count);
    ret->count = ret->capacity = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t event = pl_wire_uint(wire);
        wire->bad = wire->bad || event > PL_EVENT_LIMIT;
        ret->items[i].type = wire->bad ? PL_EVENT_INTRODUCED : (enum pl_event_type)event;
        ret->items[i].version = pl_wire_str(wire);
    }
}

static void get_ranges(struct pl_arena *arena, struct pl_wire *wire, struct pl_ranges *ret)
{
    size_t count = pl_wire_count(wire, 2);
    if (count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(arena, struct pl_range, count);
    ret->count = ret->capacity = count;
    for (size_t i = 0; i < count && !wire->bad; i++) {
        get_range(arena, wire, &ret->items[i]);
    }
}

/* How many bytes the versions take that share a prefix with the one before; the rest are views. */
static size_t joined_bytes(struct pl_wire wire, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count && !wire.bad; i++) {
        uint64_t shared = pl_wire_uint(&wire);
        pl_str rest = pl_wire_str(&wire);
        if (shared > PL_WIRE_SHARED_MAX) {
            return 0;
        }
        total += shared > 0 ? (size_t)shared + rest.len : 0;
    }
    return wire.bad ? 0 : total;
}

/* Packages with hundreds of versions are what a look-up spends its time on, so the strings are
 * made in one piece of memory. */
static void get_versions(struct pl_arena *arena, struct pl_wire *wire, struct pl_strs *ret)
{
    size_t count = pl_wire_count(wire, 2);
    if (count == 0) {
        return;
    }
    size_t room = joined_bytes(*wire, count);
    char *joined = pl_arena_alloc(arena, room, 1);
    ret->items = PL_ARENA_ARRAY(arena, pl_str, count);
    ret->count = ret->capacity = count;
    pl_str before = PL_STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        size_t shared = (size_t)pl_wire_uint(wire);
        pl_str rest = pl_wire_str(wire);
        if (wire->bad || shared > before.len || (shared > 0 && shared + rest.len > room)) {
            wire->bad = true;
            return;
        }
        if (shared > 0) {
            memcpy(joined, before.ptr, shared);
            memcpy(joined + shared, rest.ptr, rest.len);
            before = pl_str_make(joined, shared + rest.len);
            joined += before.len;
            room -= before.len;
        } else {
            before = rest;
        }
        ret->items[i] = before;
    }
}

enum pl_status pl_db_claim_decode(struct pl_arena *arena, pl_str bytes, struct pl_db_claim *ret,
                                  struct pl_error *err)
{
    struct pl_wire wire = pl_wire_over(bytes);
    struct pl_affected affected = {.ecosystem = PL_STR_EMPTY};
    uint64_t flags = pl_wire_uint(&wire);
    affected.name = pl_wire_str(&wire);
    affected.purl = pl_wire_str(&wire);
    affected.urgency = pl_wire_str(&wire);
    affected.module = flags & CLAIM_MODULE ? pl_wire_str(&wire) : PL_STR_EMPTY;
    affected.cpe_rest = flags & CLAIM_CPE ? pl_wire_str(&wire) : PL_STR_EMPTY;
    uint64_t list = flags & CLAIM_LIST ? pl_wire_uint(&wire) : 0;
    wire.bad = wire.bad || flags >> CLAIM_STATE_SHIFT > PL_AFFECT_END_OF_LIFE;
    affected.state = wire.bad ? PL_AFFECT_KNOWN : (enum pl_affect)(flags >> CLAIM_STATE_SHIFT);
    get_severities(arena, &wire, &affected.severities);
    get_ranges(arena, &wire, &affected.ranges);
    get_versions(arena, &wire, &affected.versions);
    if (wire.bad || wire.at != wire.end) {
        return pl_error_set(err, PL_E_PARSE, "what it says of a package is not well formed");
    }
    *ret = (struct pl_db_claim){
        .affected = affected, .list = list, .is_withdrawn = (flags & CLAIM_WITHDRAWN) != 0};
    return PL_OK;
}

void pl_db_list_encode(struct pl_buf *buf, uint64_t list, const struct pl_strs *versions)
{
    pl_wire_put_uint(buf, list);
    put_versions(buf, versions);
}

enum pl_status pl_db_list_decode(struct pl_arena *arena, pl_str bytes, uint64_t *ret_list,
                                 struct pl_strs *ret_versions, struct pl_error *err)
{
    struct pl_wire wire = pl_wire_over(bytes);
    struct pl_strs versions = {0};
    uint64_t list = pl_wire_uint(&wire);
    get_versions(arena, &wire, &versions);
    if (wire.bad || wire.at != wire.end) {
        return pl_error_set(err, PL_E_PARSE, "a list of versions is not well formed");
    }
    *ret_list = list;
    *ret_versions = versions;
    return PL_OK;
}

/* Chances are kept as hundred-thousandths, which is what EPSS states. */
enum { CHANCE_UNITS = 100000 };

static void put_chance(struct pl_buf *buf, double chance)
{
    double units = chance * CHANCE_UNITS + 0.5;
    pl_wire_put_uint(buf, units > 0 && units <= CHANCE_UNITS + 1 ? (uint64_t)units : 0);
}

static double get_chance(struct pl_wire *wire)
{
    uint64_t units = pl_wire_uint(wire);
    wire->bad = wire->bad || units > CHANCE_UNITS;
    return (double)units / CHANCE_UNITS;
}

void pl_db_exploitation_encode(struct pl_buf *buf, const struct pl_exploitation *exploitation)
{
    bool is_scored = exploitation->epss >= 0;
    pl_wire_put_str(buf, exploitation->kev_catalogue);
    if (exploitation->kev_catalogue.len > 0) {
        pl_wire_put_str(buf, exploitation->kev_added);
        pl_wire_put_str(buf, exploitation->kev_due);
        pl_wire_put_uint(buf, exploitation->kev_ransomware);
    }
    pl_wire_put_uint(buf, is_scored);
    if (is_scored) {
        put_chance(buf, exploitation->epss);
        put_chance(buf, exploitation->epss_percentile);
        pl_wire_put_str(buf, exploitation->epss_date);
    }
}

enum pl_status pl_db_exploitation_decode(pl_str bytes, struct pl_exploitation *ret,
                                         struct pl_error *err)
{
    struct pl_wire wire = pl_wire_over(bytes);
    struct pl_exploitation entry = {.epss = -1};
    entry.kev_catalogue = pl_wire_str(&wire);
    if (entry.kev_catalogue.len > 0) {
        entry.kev_added = pl_wire_str(&wire);
        entry.kev_due = pl_wire_str(&wire);
        entry.kev_ransomware = pl_wire_uint(&wire) != 0;
    }
    if (pl_wire_uint(&wire) != 0) {
        entry.epss = get_chance(&wire);
        entry.epss_percentile = get_chance(&wire);
        entry.epss_date = pl_wire_str(&wire);
    }
    if (wire.bad || wire.at != wire.end) {
        return pl_error_set(err, PL_E_PARSE,
                            "what is known of its exploitation is not well formed");
    }
    *ret = entry;
    return PL_OK;
}
