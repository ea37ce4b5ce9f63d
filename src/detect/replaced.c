/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/replaced.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/moment.h"
#include <stdlib.h>

struct entry {
    pl_str subject;
    pl_str time;
    size_t place;
};

/* With their lengths, so that no two lists of texts are one. */
static void append(struct pl_buf *subject, pl_str text)
{
    pl_buf_append_format(subject, "%zu:" PL_STR_FMT, text.len, PL_STR_ARG(text));
}

static void append_claim(struct pl_buf *subject, const struct pl_affected *claim)
{
    append(subject, claim->ecosystem);
    append(subject, claim->name);
    for (size_t i = 0; i < claim->versions.count; i++) {
        append(subject, claim->versions.items[i]);
    }
    for (size_t i = 0; i < claim->ranges.count; i++) {
        const struct pl_range *range = &claim->ranges.items[i];
        for (size_t k = 0; k < range->count; k++) {
            pl_buf_append_format(subject, "%d", (int)range->items[k].type);
            append(subject, range->items[k].version);
        }
    }
}

/* Is this every version? Readers write it as no range at all, and as one from 0 on. */
static bool is_every_version(const struct pl_affected *claim)
{
    const struct pl_range *range = claim->ranges.items;
    return claim->versions.count == 0 &&
           (claim->ranges.count == 0 || (claim->ranges.count == 1 && range->count == 1 &&
                                         range->items[0].type == PL_EVENT_INTRODUCED &&
                                         pl_str_eq(range->items[0].version, PL_STR("0"))));
}

/* Who speaks of what; empty where that is too long to be told. */
static pl_str subject_of(struct pl_arena *arena, const struct pl_suppression *rule)
{
    struct pl_buf subject pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    append(&subject, rule->by);
    append(&subject, rule->names.items[0]);
    append(&subject, rule->image);
    append(&subject, rule->versions);
    for (size_t i = 0; i < rule->products.count; i++) {
        append(&subject, rule->products.items[i]);
    }
    pl_buf_append_char(&subject, '|');
    for (size_t i = 0; i < rule->packages.count; i++) {
        append(&subject, pl_purl_format(arena, &rule->packages.items[i]));
    }
    for (size_t i = 0; i < rule->claims.count; i++) {
        const struct pl_affected *claim = &rule->claims.items[i];
        const struct pl_affected every = {.ecosystem = claim->ecosystem, .name = claim->name};
        append_claim(&subject, is_every_version(claim) ? &every : claim);
    }
    return subject.overflowed ? PL_STR_EMPTY : pl_arena_dup(arena, pl_buf_str(&subject));
}

static int compare(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *two = b;
    int order = pl_str_cmp(one->subject, two->subject);
    order = order != 0 ? order : pl_moment_compare(one->time, two->time);
    return order != 0 ? order : (one->place > two->place) - (one->place < two->place);
}

bool *pl_suppressions_replaced(struct pl_arena *arena, const struct pl_suppressions *rules)
{
    bool *replaced = PL_ARENA_ARRAY(arena, bool, rules->count);
    struct entry *entries = PL_ARENA_ARRAY(arena, struct entry, rules->count);
    size_t count = 0;
    for (size_t i = 0; i < rules->count; i++) {
        const struct pl_suppression *rule = &rules->items[i];
        pl_str subject = rule->by.len > 0 && rule->time.len > 0 && rule->names.count > 0
                             ? subject_of(arena, rule)
                             : PL_STR_EMPTY;
        if (subject.len > 0) {
            entries[count++] = (struct entry){subject, rule->time, i};
        }
    }
    if (count > 0) {
        qsort(entries, count, sizeof(*entries), compare);
    }
    for (size_t i = 0; i + 1 < count; i++) {
        if (pl_str_eq(entries[i].subject, entries[i + 1].subject)) {
            replaced[entries[i].place] = true;
        }
    }
    return replaced;
}
