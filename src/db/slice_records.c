/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of several records with one id the one modified last is written, unless they are parts
 * (model/advisory.h): those are joined to one.
 */
#include "base/limits.h"
#include "base/wire.h"
#include "db/record.h"
#include "db/slice_writing.h"

/* What was added under the id at hand. */
struct group {
    struct pl_slice_writing *writing;
    struct pl_table_walk base;
    struct pl_buf id;
    struct pl_buf best; /* the best record so far */
    pl_str best_modified; /* view into `best` */
    struct pl_buf parts; /* each a string */
    size_t part_count;
    struct pl_buf key; /* of what is queued */
    struct pl_buf item;
};

static void group_release(struct group *group)
{
    pl_table_walk_release(&group->base);
    pl_buf_release(&group->id);
    pl_buf_release(&group->best);
    pl_buf_release(&group->parts);
    pl_buf_release(&group->key);
    pl_buf_release(&group->item);
}

/* Order of two RFC 3339 times in UTC, as OSV has them. Fractions of a second may be there or not,
 * which is why the texts as a whole do not sort. */
static int compare_times(pl_str a, pl_str b)
{
    enum { TO_SECONDS = 19 }; /* "2024-01-02T03:04:05" */
    int order = pl_str_cmp(pl_str_sub(a, 0, TO_SECONDS), pl_str_sub(b, 0, TO_SECONDS));
    for (size_t i = TO_SECONDS; order == 0 && (i < a.len || i < b.len); i++) {
        char digit_a = i < a.len && pl_char_is_digit(a.ptr[i]) ? a.ptr[i] : '0';
        char digit_b = i < b.len && pl_char_is_digit(b.ptr[i]) ? b.ptr[i] : '0';
        order = digit_a - digit_b;
    }
    return order;
}

/* The time in the record that is in `best`. */
static void find_modified(struct group *group)
{
    struct pl_wire wire = pl_wire_over(pl_buf_str(&group->best));
    struct pl_wire fields = pl_wire_over(pl_wire_str(&wire));
    group->best_modified = pl_wire_str(&fields);
}

/* Adds to a list what it does not have; `seen` holds what it has. */
static void add_names(struct pl_arena *arena, struct pl_map *seen, struct pl_strs *into,
                      const struct pl_strs *from)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!pl_map_find(seen, from->items[i])) {
            *pl_map_at(seen, from->items[i]) = into;
            *pl_vec_push(arena, into) = from->items[i];
        }
    }
}

enum { NAME_LISTS = 3 };

static void release_maps(struct pl_map (*maps)[NAME_LISTS])
{
    for (size_t i = 0; i < NAME_LISTS; i++) {
        pl_map_release(&(*maps)[i]);
    }
}

/* Lays a part's words on those of the parts before: lists grow, what stands alone is taken where
 * it is missing. */
static void merge_record(struct pl_arena *arena, struct pl_map seen[NAME_LISTS],
                         struct pl_advisory *whole, const struct pl_advisory *part)
{
    const struct {
        pl_str *into;
        pl_str from;
    } texts[] = {{&whole->published, part->published}, {&whole->urgency, part->urgency},
                 {&whole->summary, part->summary},     {&whole->details, part->details},
                 {&whole->withdrawn, part->withdrawn}, {&whole->author, part->author}};
    const struct {
        struct pl_strs *into;
        const struct pl_strs *from;
    } lists[NAME_LISTS] = {{&whole->aliases, &part->aliases},
                           {&whole->upstream, &part->upstream},
                           {&whole->related, &part->related}};
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        *texts[i].into = texts[i].into->len > 0 ? *texts[i].into : texts[i].from;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        add_names(arena, &seen[i], lists[i].into, lists[i].from);
    }
    if (compare_times(whole->modified, part->modified) < 0) {
        whole->modified = part->modified;
    }
    if (whole->severities.count == 0) {
        whole->severities = part->severities;
    }
    if (whole->references.count == 0) {
        whole->references = part->references;
    }
    whole->is_disputed = whole->is_disputed || part->is_disputed;
}

/* Makes one spooled record of all parts of the id at hand: their packages one after the other. */
static enum pl_status join_parts(struct group *group, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map seen[NAME_LISTS] PL_CLEANUP(release_maps) = {{0}};
    struct pl_advisory whole = {.id = PL_STR_EMPTY};
    struct pl_buf claims pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    struct pl_wire parts = pl_wire_over(pl_buf_str(&group->parts));
    for (bool is_first = true; pl_wire_more(&parts); is_first = false) {
        struct pl_wire wire = pl_wire_over(pl_wire_str(&parts));
        struct pl_advisory part = {.id = PL_STR_EMPTY};
        struct pl_db_key_refs keys = {0};
        enum pl_status st = pl_db_record_decode(&scratch, pl_wire_str(&wire), &part, &keys, err);
        if (st < 0) {
            return st;
        }
        if (is_first) {
            struct pl_strs none = {0};
            struct pl_affecteds no_packages = {0};
            whole = part;
            whole.aliases = whole.upstream = whole.related = none;
            whole.affected = no_packages;
        }
        merge_record(&scratch, seen, &whole, &part);
        for (size_t i = 0; i < keys.count; i++) {
            *pl_vec_push(&scratch, &whole.affected) = (struct pl_affected){
                .ecosystem = keys.items[i].ecosystem, .name = keys.items[i].name};
        }
        pl_buf_append(&claims, pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at)));
    }
    whole.is_part = true;
    struct pl_buf record pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    pl_db_record_encode(&record, &whole);
    pl_buf_clear(&group->best);
    pl_wire_put_str(&group->best, pl_buf_str(&record));
    pl_buf_append(&group->best, pl_buf_str(&claims));
    group->best.overflowed = group->best.overflowed || record.overflowed || claims.overflowed;
    find_modified(group);
    return pl_buf_status(&group->best, "all that is said under one id", err);
}

/* Queues that `id` is known by this key, or with GONE that the base's word of it counts no more. */
static enum pl_status queue(struct group *group, char letter, pl_str key, char mark, pl_str id,
                            const pl_str *said, struct pl_error *err)
{
    pl_buf_clear(&group->key);
    pl_buf_append_char(&group->key, letter);
    pl_buf_append(&group->key, key);
    pl_buf_clear(&group->item);
    pl_buf_append_char(&group->item, mark);
    pl_buf_append(&group->item, id);
    if (said) {
        pl_buf_append_char(&group->item, '\0');
        pl_buf_append(&group->item, *said);
    }
    enum pl_status st = pl_buf_status(&group->key, "the name of a package", err);
    st = st < 0 ? st : pl_buf_status(&group->item, "what is said of a package", err);
    return st < 0 ? st
                  : pl_sorter_add(group->writing->second, pl_buf_str(&group->key),
                                  pl_buf_str(&group->item), err);
}

static enum pl_status queue_names(struct group *group, const struct pl_advisory *advisory,
                                  char mark, struct pl_error *err)
{
    const struct pl_strs *names[] = {&advisory->aliases, &advisory->upstream, &advisory->related};
    size_t lists = PL_ARRAY_LEN(names) - (pl_advisory_related_are_names(advisory) ? 0 : 1);
    enum pl_status st = PL_OK;
    for (size_t list = 0; list < lists && st == PL_OK; list++) {
        for (size_t i = 0; i < names[list]->count && st == PL_OK; i++) {
            /* No identifier is that long, so nobody will ask for it. */
            if (names[list]->items[i].len <= PL_LIMIT_ADVISORY_ID_BYTES) {
                st = queue(group, PL_SLICE_ALIAS, names[list]->items[i], mark, advisory->id, NULL,
                           err);
            }
        }
    }
    return st;
}

/* Takes back what the base's record says of packages and names. */
static enum pl_status queue_gone(struct group *group, pl_str id, pl_str record,
                                 struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    struct pl_db_key_refs refs = {0};
    struct pl_buf key pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    enum pl_status st = pl_db_record_decode(&scratch, record, &advisory, &refs, err);
    advisory.id = id;
    if (st == PL_OK) {
        st = queue_names(group, &advisory, PL_SLICE_GONE, err);
    }
    for (size_t i = 0; st == PL_OK && i < refs.count; i++) {
        pl_buf_clear(&key);
        pl_db_key_encode(&key, refs.items[i].ecosystem, refs.items[i].name);
        st = queue(group, PL_SLICE_PACKAGE, pl_buf_str(&key), PL_SLICE_GONE, id, NULL, err);
        if (st == PL_OK) {
            st = queue(group, PL_SLICE_LIST, pl_buf_str(&key), PL_SLICE_GONE, id, NULL, err);
        }
    }
    return st;
}

/* Queues what the record says of packages and names. */
static enum pl_status queue_there(struct group *group, pl_str id, pl_str record,
                                  struct pl_wire *claims, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    struct pl_db_key_refs unused = {0};
    enum pl_status st = pl_db_record_decode(&scratch, record, &advisory, &unused, err);
    advisory.id = id;
    if (st == PL_OK) {
        st = queue_names(group, &advisory, PL_SLICE_THERE, err);
    }
    while (st == PL_OK && pl_wire_more(claims)) {
        pl_str key = pl_wire_str(claims);
        pl_str claim = pl_wire_str(claims);
        pl_str list = pl_wire_str(claims);
        st = queue(group, PL_SLICE_PACKAGE, key, PL_SLICE_THERE, id, &claim, err);
        if (st == PL_OK && list.len > 0) {
            st = queue(group, PL_SLICE_LIST, key, PL_SLICE_THERE, id, &list, err);
        }
    }
    return st;
}

static enum pl_status write_record(struct pl_slice_writing *writing, pl_str id, pl_str record,
                                   struct pl_error *err)
{
    struct pl_wire fields = pl_wire_over(record);
    pl_str modified = pl_wire_str(&fields);
    if (writing->meta.modified.len == 0 || compare_times(writing->meta.modified, modified) < 0) {
        writing->meta.modified = pl_arena_dup(&writing->arena, modified);
    }
    writing->records++;
    return pl_table_add(writing->table, PL_TABLE_RECORDS, id, record, err);
}

/* Copies the base's records before `id`, all when that is NULL; its own of that id is taken back.
 */
static enum pl_status pass_base(struct group *group, const pl_str *id, struct pl_error *err)
{
    struct pl_table_walk *base = &group->base;
    enum pl_status st = PL_OK;
    while (st == PL_OK && base->more) {
        int order = id ? pl_str_cmp(base->key, *id) : -1;
        if (order > 0) {
            break;
        }
        st = order < 0 ? write_record(group->writing, base->key, base->value, err)
                       : queue_gone(group, base->key, base->value, err);
        if (st == PL_OK) {
            st = pl_table_walk_next(base, err);
        }
    }
    return st;
}

/* Writes the best record of the id at hand. */
static enum pl_status end_group(struct group *group, struct pl_error *err)
{
    if (group->best.len == 0) {
        return PL_OK;
    }
    enum pl_status st = group->part_count > 1 ? join_parts(group, err) : PL_OK;
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(pl_buf_str(&group->id)));
    }
    struct pl_wire wire = pl_wire_over(pl_buf_str(&group->best));
    pl_str id = pl_buf_str(&group->id);
    pl_str record = pl_wire_str(&wire);
    st = write_record(group->writing, id, record, err);
    group->writing->taken++;
    return st == PL_OK ? queue_there(group, id, record, &wire, err) : st;
}

static enum pl_status begin_group(struct group *group, pl_str id, struct pl_error *err)
{
    enum pl_status st = end_group(group, err);
    pl_buf_clear(&group->id);
    pl_buf_append(&group->id, id);
    pl_buf_clear(&group->best);
    pl_buf_clear(&group->parts);
    group->part_count = 0;
    return st == PL_OK ? pass_base(group, &id, err) : st;
}

static enum pl_status take_record(struct group *group, pl_str id, pl_str spooled,
                                  struct pl_error *err)
{
    bool is_new = group->best.len == 0 || !pl_str_eq(pl_buf_str(&group->id), id);
    enum pl_status st = is_new ? begin_group(group, id, err) : PL_OK;
    if (st < 0 || spooled.len == 0) {
        return st;
    }
    struct pl_wire wire = pl_wire_over(spooled);
    bool is_part = pl_wire_uint(&wire) != 0;
    pl_str rest = pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at));
    if (is_part) {
        pl_wire_put_str(&group->parts, rest);
        group->part_count++;
    }
    struct pl_wire fields = pl_wire_over(pl_wire_str(&wire));
    pl_str modified = pl_wire_str(&fields);
    int order = is_new ? 1 : compare_times(modified, group->best_modified);
    if (order > 0 || (order == 0 && pl_str_cmp(rest, pl_buf_str(&group->best)) < 0)) {
        pl_buf_clear(&group->best);
        pl_buf_append(&group->best, rest);
        find_modified(group);
    }
    return pl_buf_status(&group->parts, "all that is said under one id", err);
}

enum pl_status pl_slice_write_records(struct pl_slice_writing *writing, struct pl_sorter *records,
                                      struct pl_error *err)
{
    struct group group PL_CLEANUP(group_release) = {.writing = writing,
                                                    .id = PL_BUF_INIT(PL_LIMIT_ADVISORY_ID_BYTES),
                                                    .best = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
                                                    .parts = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
                                                    .key = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES),
                                                    .item = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES)};
    enum pl_status st = pl_sorter_sort(records, err);
    if (st == PL_OK) {
        st = pl_table_walk_open(&group.base, writing->base, PL_TABLE_RECORDS, err);
    }
    bool more = true;
    while (st == PL_OK && more) {
        pl_str id = PL_STR_EMPTY;
        pl_str spooled = PL_STR_EMPTY;
        st = pl_sorter_next(records, &more, &id, &spooled, err);
        if (st == PL_OK && more) {
            st = take_record(&group, id, spooled, err);
        }
    }
    if (st == PL_OK) {
        st = end_group(&group, err);
    }
    return st == PL_OK ? pass_base(&group, NULL, err) : st;
}
