/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two slices are walked section by section, side by side. Blocks that are equal are passed over
 * unopened (db/table_walk.h), which is most of them. A feed may say something else of a package
 * without saying that the record was modified, so claims are compared as well. Of what is known of
 * exploitation only the catalogues count: chances change daily for nearly all ids.
 */
#include "db/compare.h"
#include "base/wire.h"
#include "db/record.h"
#include "db/table_walk.h"

/* One pair of a section on both sides; the value of one side may be missing. */
struct both {
    pl_str key;
    pl_str before;
    pl_str after;
    bool was_there;
    bool is_there;
};

static enum pl_db_change change_of(const struct both *both)
{
    return !both->was_there ? PL_DB_ADDED : both->is_there ? PL_DB_CHANGED : PL_DB_REMOVED;
}

typedef enum pl_status take_difference(const struct pl_db_compare_sink *sink,
                                       const struct both *both, struct pl_error *err);

static enum pl_status walk_section(struct pl_table *before, struct pl_table *after,
                                   enum pl_table_section section, take_difference *take,
                                   const struct pl_db_compare_sink *sink, struct pl_error *err)
{
    struct pl_table_walk old PL_CLEANUP(pl_table_walk_release) = {.more = false};
    struct pl_table_walk new PL_CLEANUP(pl_table_walk_release) = {.more = false};
    enum pl_status st = pl_table_walk_open(&old, before, section, err);
    if (st == PL_OK) {
        st = pl_table_walk_open(&new, after, section, err);
    }
    while (st == PL_OK && (old.more || new.more)) {
        int order = !old.more ? 1 : !new.more ? -1 : pl_str_cmp(old.key, new.key);
        const struct both both = {.key = order <= 0 ? old.key : new.key,
                                  .before = order <= 0 ? old.value : PL_STR_EMPTY,
                                  .after = order >= 0 ? new.value : PL_STR_EMPTY,
                                  .was_there = order <= 0,
                                  .is_there = order >= 0};
        if (order != 0 || !pl_str_eq(old.value, new.value)) {
            st = take(sink, &both, err);
        }
        if (st == PL_OK) {
            st = order == 0  ? pl_table_walk_next_both(&old, &new, err)
                 : order < 0 ? pl_table_walk_next(&old, err)
                             : pl_table_walk_next(&new, err);
        }
    }
    return st;
}

static enum pl_status take_record(const struct pl_db_compare_sink *sink, const struct both *both,
                                  struct pl_error *err)
{
    return sink->record(sink->context, change_of(both), both->key, err);
}

/* A row of (id, words), walked in order of both. */
struct row {
    struct pl_arena *arena;
    struct pl_wire wire;
    pl_str id;
    pl_str words;
    bool more;
};

static void next_item(struct row *row)
{
    row->more = pl_wire_more(&row->wire);
    if (row->more) {
        row->id = pl_wire_next(row->arena, &row->wire, row->id);
        row->words = pl_wire_str(&row->wire);
    }
}

static int compare_items(const struct row *a, const struct row *b)
{
    if (!a->more || !b->more) {
        return (int)b->more - (int)a->more;
    }
    int order = pl_str_cmp(a->id, b->id);
    return order != 0 ? order : pl_str_cmp(a->words, b->words);
}

/* Tells the ids of which the two rows say different things. */
static enum pl_status take_items(const struct pl_db_compare_sink *sink, const struct both *both,
                                 struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct row rows[] = {{.arena = &scratch, .wire = pl_wire_over(both->before)},
                         {.arena = &scratch, .wire = pl_wire_over(both->after)}};
    enum pl_status st = PL_OK;
    next_item(&rows[0]);
    next_item(&rows[1]);
    while (st == PL_OK && (rows[0].more || rows[1].more)) {
        int order = compare_items(&rows[0], &rows[1]);
        if (order != 0) {
            st = sink->record(sink->context, PL_DB_CHANGED, rows[order > 0].id, err);
        }
        if (order <= 0) {
            next_item(&rows[0]);
        }
        if (order >= 0) {
            next_item(&rows[1]);
        }
    }
    if (st == PL_OK && (rows[0].wire.bad || rows[1].wire.bad)) {
        st = pl_error_set(err, PL_E_PARSE, "what is said of a package is not well formed");
    }
    return st;
}

static enum pl_status take_package(const struct pl_db_compare_sink *sink, const struct both *both,
                                   struct pl_error *err)
{
    enum pl_status st = sink->package(sink->context, both->key, err);
    return st == PL_OK ? take_items(sink, both, err) : st;
}

static bool is_same_in_catalogue(const struct pl_exploitation *a, const struct pl_exploitation *b)
{
    return pl_str_eq(a->kev_catalogue, b->kev_catalogue) && pl_str_eq(a->kev_added, b->kev_added) &&
           pl_str_eq(a->kev_due, b->kev_due) && a->kev_ransomware == b->kev_ransomware;
}

static enum pl_status take_exploitation(const struct pl_db_compare_sink *sink,
                                        const struct both *both, struct pl_error *err)
{
    struct pl_exploitation before = {.kev_catalogue = PL_STR_EMPTY};
    struct pl_exploitation after = {.kev_catalogue = PL_STR_EMPTY};
    enum pl_status st =
        both->was_there ? pl_db_exploitation_decode(both->before, &before, err) : PL_OK;
    if (st == PL_OK && both->is_there) {
        st = pl_db_exploitation_decode(both->after, &after, err);
    }
    return st < 0 || is_same_in_catalogue(&before, &after) ? st : take_record(sink, both, err);
}

enum pl_status pl_db_compare(struct pl_table *before, struct pl_table *after,
                             const struct pl_db_compare_sink *sink, struct pl_error *err)
{
    static const struct {
        enum pl_table_section section;
        take_difference *take;
    } sections[] = {{PL_TABLE_KEYS, take_package},
                    {PL_TABLE_LISTS, take_items},
                    {PL_TABLE_RECORDS, take_record},
                    {PL_TABLE_EXPLOITATIONS, take_exploitation}};
    enum pl_status st = PL_OK;
    for (size_t i = 0; st == PL_OK && i < PL_ARRAY_LEN(sections); i++) {
        st = walk_section(before, after, sections[i].section, sections[i].take, sink, err);
    }
    return st;
}
