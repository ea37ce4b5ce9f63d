/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of a key is a row of items in order (docs/internals/db-format.md). What is queued comes
 * in the order of keys, and under a key first the ids that are gone, then the items in their order;
 * the base's items of the key, which have that order as well, are merged with these.
 */
#include "base/limits.h"
#include "base/wire.h"
#include "db/slice_writing.h"

/* In order of their letters, in which they are written. */
static const struct {
    char letter;
    enum pl_table_section section;
} kinds[] = {{PL_SLICE_ALIAS, PL_TABLE_ALIASES},
             {PL_SLICE_PACKAGE, PL_TABLE_KEYS},
             {PL_SLICE_LIST, PL_TABLE_LISTS}};

struct index {
    struct pl_slice_writing *writing;
    struct pl_table_walk bases[PL_ARRAY_LEN(kinds)];
    size_t kind; /* at hand */
    struct pl_buf key; /* at hand, with its letter; empty before the first */
    struct pl_buf value;
    struct pl_buf id_before; /* in the value */
    struct pl_buf item_before;
    /* What the base says of the key at hand. */
    struct pl_arena scratch;
    struct pl_strs gone; /* ids, sorted */
    size_t gone_passed; /* of these, those before the base's item */
    struct pl_wire base_items;
    pl_str base_id;
    struct pl_buf base_item; /* id, NUL and words; empty when there are no more */
};

static void index_release(struct index *index)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(index->bases); i++) {
        pl_table_walk_release(&index->bases[i]);
    }
    pl_buf_release(&index->key);
    pl_buf_release(&index->value);
    pl_buf_release(&index->id_before);
    pl_buf_release(&index->item_before);
    pl_buf_release(&index->base_item);
    pl_arena_release(&index->scratch);
}

/* Does more than the id make an item? */
static bool has_words(const struct index *index)
{
    return kinds[index->kind].letter != PL_SLICE_ALIAS;
}

static void note_ecosystem(struct pl_slice_writing *writing, pl_str key)
{
    pl_str base = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str_cut(key, '\0', &base, &rest);
    pl_str_cut(base, ':', &base, &rest);
    if (!pl_map_find(&writing->ecosystems, base)) {
        *pl_map_at(&writing->ecosystems, pl_arena_dup(&writing->arena, base)) = writing;
    }
}

static enum pl_status write_key(struct index *index, pl_str key, pl_str value, struct pl_error *err)
{
    struct pl_slice_writing *writing = index->writing;
    if (kinds[index->kind].letter == PL_SLICE_PACKAGE) {
        writing->keys++;
        note_ecosystem(writing, key);
    }
    return pl_table_add(writing->table, kinds[index->kind].section, key, value, err);
}

/* Appends one item to the value. The same statement twice (a record that lists a package twice, an
 * alias that is upstream as well) says nothing more. */
static void append_item(struct index *index, pl_str item)
{
    pl_str id = item;
    pl_str words = PL_STR_EMPTY;
    if (index->value.len > 0 && pl_str_eq(pl_buf_str(&index->item_before), item)) {
        return;
    }
    pl_str_cut(item, '\0', &id, &words);
    pl_wire_put_next(&index->value, pl_buf_str(&index->id_before), id);
    if (has_words(index)) {
        pl_wire_put_str(&index->value, words);
    }
    pl_buf_clear(&index->id_before);
    pl_buf_append(&index->id_before, id);
    pl_buf_clear(&index->item_before);
    pl_buf_append(&index->item_before, item);
}

static bool is_gone(struct index *index, pl_str id)
{
    while (index->gone_passed < index->gone.count &&
           pl_str_cmp(index->gone.items[index->gone_passed], id) < 0) {
        index->gone_passed++;
    }
    return index->gone_passed < index->gone.count &&
           pl_str_eq(index->gone.items[index->gone_passed], id);
}

/* Goes to the base's next item that is not gone. */
static void next_base_item(struct index *index)
{
    pl_buf_clear(&index->base_item);
    while (pl_wire_more(&index->base_items)) {
        index->base_id = pl_wire_next(&index->scratch, &index->base_items, index->base_id);
        pl_str words = has_words(index) ? pl_wire_str(&index->base_items) : PL_STR_EMPTY;
        if (!is_gone(index, index->base_id)) {
            pl_buf_append(&index->base_item, index->base_id);
            if (has_words(index)) {
                pl_buf_append_char(&index->base_item, '\0');
                pl_buf_append(&index->base_item, words);
            }
            return;
        }
    }
}

/* Appends the base's items before `item`, all when that is NULL. */
static void pass_base_items(struct index *index, const pl_str *item)
{
    if (index->base_item.len == 0) {
        next_base_item(index);
    }
    while (index->base_item.len > 0 &&
           (!item || pl_str_cmp(pl_buf_str(&index->base_item), *item) < 0)) {
        append_item(index, pl_buf_str(&index->base_item));
        next_base_item(index);
    }
}

/* Copies the base's keys before this one, all that are left when it is NULL; what the base says of
 * it itself is kept for the merging. */
static enum pl_status pass_base_keys(struct index *index, const pl_str *key, struct pl_error *err)
{
    struct pl_table_walk *base = &index->bases[index->kind];
    enum pl_status st = PL_OK;
    while (st == PL_OK && base->more && (!key || pl_str_cmp(base->key, *key) < 0)) {
        st = write_key(index, base->key, base->value, err);
        if (st == PL_OK) {
            st = pl_table_walk_next(base, err);
        }
    }
    return st;
}

/* Ends the kinds before this one. */
static enum pl_status go_to_kind(struct index *index, size_t kind, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    for (; st == PL_OK && index->kind < kind; index->kind++) {
        st = pass_base_keys(index, NULL, err);
    }
    return st;
}

static enum pl_status end_key(struct index *index, struct pl_error *err)
{
    if (index->key.len == 0) {
        return PL_OK;
    }
    pass_base_items(index, NULL);
    enum pl_status st = index->base_items.bad
                            ? pl_error_set(err, PL_E_PARSE, "a key of the slice is damaged")
                            : pl_buf_status(&index->value, "what is said of one package", err);
    if (st == PL_OK && index->value.len > 0) {
        st = write_key(index, pl_str_skip(pl_buf_str(&index->key), 1), pl_buf_str(&index->value),
                       err);
    }
    return st;
}

static size_t kind_of(char letter)
{
    size_t kind = 0;
    while (kinds[kind].letter != letter) {
        kind++;
    }
    return kind;
}

static enum pl_status begin_key(struct index *index, pl_str lettered, struct pl_error *err)
{
    pl_str key = pl_str_skip(lettered, 1);
    enum pl_status st = go_to_kind(index, kind_of(lettered.ptr[0]), err);
    if (st == PL_OK) {
        st = pass_base_keys(index, &key, err);
    }
    struct pl_strs none = {0};
    struct pl_table_walk *base = &index->bases[index->kind];
    pl_buf_clear(&index->key);
    pl_buf_append(&index->key, lettered);
    pl_buf_clear(&index->value);
    pl_buf_clear(&index->id_before);
    pl_buf_clear(&index->item_before);
    pl_arena_clear(&index->scratch);
    index->gone = none;
    index->gone_passed = 0;
    index->base_items = pl_wire_over(PL_STR_EMPTY);
    index->base_id = PL_STR_EMPTY;
    pl_buf_clear(&index->base_item);
    if (st == PL_OK && base->more && pl_str_eq(base->key, key)) {
        index->base_items = pl_wire_over(pl_arena_dup(&index->scratch, base->value));
        st = pl_table_walk_next(base, err);
    }
    return st;
}

static void take_item(struct index *index, pl_str marked)
{
    pl_str item = pl_str_skip(marked, 1);
    if (marked.ptr[0] == PL_SLICE_GONE) {
        *pl_vec_push(&index->scratch, &index->gone) = pl_arena_dup(&index->scratch, item);
        return;
    }
    pass_base_items(index, &item);
    append_item(index, item);
}

static enum pl_status write_queued(struct index *index, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    bool more = true;
    while (st == PL_OK && more) {
        pl_str key = PL_STR_EMPTY;
        pl_str item = PL_STR_EMPTY;
        st = pl_sorter_next(index->writing->second, &more, &key, &item, err);
        if (st == PL_OK && !(more && pl_str_eq(pl_buf_str(&index->key), key))) {
            st = end_key(index, err);
            if (st == PL_OK && more) {
                st = begin_key(index, key, err);
            }
        }
        if (st == PL_OK && more) {
            take_item(index, item);
        }
    }
    return st;
}

enum pl_status pl_slice_write_index(struct pl_slice_writing *writing, struct pl_error *err)
{
    struct index index PL_CLEANUP(index_release) = {
        .writing = writing,
        .key = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES),
        .value = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
        .id_before = PL_BUF_INIT(PL_LIMIT_ADVISORY_ID_BYTES),
        .item_before = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
        .base_item = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES)};
    enum pl_status st = pl_sorter_sort(writing->second, err);
    for (size_t i = 0; st == PL_OK && i < PL_ARRAY_LEN(kinds); i++) {
        st = pl_table_walk_open(&index.bases[i], writing->base, kinds[i].section, err);
    }
    if (st == PL_OK) {
        st = write_queued(&index, err);
    }
    return st == PL_OK ? go_to_kind(&index, PL_ARRAY_LEN(kinds), err) : st;
}
