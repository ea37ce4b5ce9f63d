/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building goes through two sorts. Records are sorted by id; walking them in order, the newest of
 * each id is written, and what it says of packages and other names goes into the second sort, which
 * is then written key by key. Both spill to disk past their budget.
 *
 * A spooled record is: 1 when it is a part of what is said under its id, else 0; the record
 * (db/record.h); and for each package the key and the claim, each a string. In the second sort a
 * key has a letter before it that tells aliases from packages, and its value is the id, for
 * packages followed by a NUL and the claim.
 */
#include "db/slice_build.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/wire.h"
#include "db/info.h"
#include "db/record.h"
#include "db/sorter.h"
#include "db/table.h"
#include <pthread.h>

/* Memory of each of the two sorts before it spills. */
#define SORT_BUDGET_BYTES ((size_t)64 << 20)
/* How many records pass between two reports of progress. */
enum { PROGRESS_STEP = 4096 };

#define ALIAS_LETTER 'a'
#define PACKAGE_LETTER 'p'

struct pl_slice_builder {
    const char *dir;
    int fd;
    pthread_mutex_t mutex; /* over all below */
    struct pl_sorter *records;
    struct pl_sorter *exploitations;
    uint64_t added;
};

struct pl_slice_builder *pl_slice_builder_new(const char *dir, int fd)
{
    struct pl_slice_builder *builder = pl_mem_alloc(1, sizeof(*builder));
    builder->dir = dir;
    builder->fd = fd;
    builder->records = pl_sorter_new(dir, SORT_BUDGET_BYTES);
    builder->exploitations = pl_sorter_new(dir, SORT_BUDGET_BYTES);
    pthread_mutex_init(&builder->mutex, NULL);
    return builder;
}

void pl_slice_builder_free(struct pl_slice_builder *builder)
{
    if (builder) {
        pl_sorter_free(builder->records);
        pl_sorter_free(builder->exploitations);
        pthread_mutex_destroy(&builder->mutex);
        free(builder);
    }
}

static enum pl_status check_names(const struct pl_advisory *advisory, struct pl_error *err)
{
    if (advisory->id.len == 0 || advisory->id.len > PL_LIMIT_ADVISORY_ID_BYTES ||
        pl_str_find_char(advisory->id, '\0') != SIZE_MAX) {
        return pl_error_set(err, PL_E_LIMIT, "an id must have 1 to %d bytes and no NUL",
                            PL_LIMIT_ADVISORY_ID_BYTES);
    }
    for (size_t i = 0; i < advisory->affected.count; i++) {
        const struct pl_affected *affected = &advisory->affected.items[i];
        if (affected->ecosystem.len > PL_LIMIT_ADVISORY_NAME_BYTES ||
            affected->name.len > PL_LIMIT_ADVISORY_NAME_BYTES ||
            pl_str_find_char(affected->ecosystem, '\0') != SIZE_MAX) {
            return pl_error_set(err, PL_E_LIMIT,
                                "the package's name or ecosystem has more than %d bytes",
                                PL_LIMIT_ADVISORY_NAME_BYTES);
        }
    }
    return PL_OK;
}

enum pl_status pl_slice_builder_add(struct pl_slice_builder *builder,
                                    const struct pl_advisory *advisory, struct pl_error *err)
{
    enum pl_status st = check_names(advisory, err);
    if (st < 0) {
        return st;
    }
    struct pl_buf spooled pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    struct pl_buf part pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    pl_wire_put_uint(&spooled, advisory->is_part);
    pl_db_record_encode(&part, advisory);
    pl_wire_put_str(&spooled, pl_buf_str(&part));
    spooled.overflowed = spooled.overflowed || part.overflowed;
    for (size_t i = 0; i < advisory->affected.count; i++) {
        const struct pl_affected *affected = &advisory->affected.items[i];
        pl_buf_clear(&part);
        pl_db_key_encode(&part, affected->ecosystem, affected->name);
        pl_wire_put_str(&spooled, pl_buf_str(&part));
        pl_buf_clear(&part);
        pl_db_claim_encode(&part, affected, advisory->withdrawn.len > 0);
        pl_wire_put_str(&spooled, pl_buf_str(&part));
        spooled.overflowed = spooled.overflowed || part.overflowed;
    }
    st = pl_buf_status(&spooled, "the record", err);
    if (st == PL_OK) {
        pthread_mutex_lock(&builder->mutex);
        st = pl_sorter_add(builder->records, advisory->id, pl_buf_str(&spooled), err);
        builder->added++;
        pthread_mutex_unlock(&builder->mutex);
    }
    return st;
}

enum pl_status pl_slice_builder_add_exploitation(struct pl_slice_builder *builder,
                                                 const struct pl_exploitation *exploitation,
                                                 struct pl_error *err)
{
    if (exploitation->id.len == 0 || exploitation->id.len > PL_LIMIT_ADVISORY_ID_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "an id must have 1 to %d bytes",
                            PL_LIMIT_ADVISORY_ID_BYTES);
    }
    struct pl_buf value pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    pl_db_exploitation_encode(&value, exploitation);
    enum pl_status st = pl_buf_status(&value, "the entry", err);
    if (st == PL_OK) {
        pthread_mutex_lock(&builder->mutex);
        st = pl_sorter_add(builder->exploitations, exploitation->id, pl_buf_str(&value), err);
        pthread_mutex_unlock(&builder->mutex);
    }
    return st;
}

/* ---- from sorted records to the table ---- */

struct building {
    struct pl_arena arena;
    struct pl_table_writer *table;
    struct pl_sorter *second;
    struct pl_map ecosystems; /* without release; the value only marks presence */
    struct pl_db_meta meta;
    uint64_t groups;
    uint64_t keys;
    uint64_t exploitations;
    /* The best record so far of the id at hand. */
    struct pl_buf id;
    struct pl_buf best;
    pl_str best_modified; /* view into `best` */
    struct pl_buf parts; /* those of the id at hand, each a string */
    size_t part_count;
};

static void building_release(struct building *building)
{
    pl_table_writer_free(building->table);
    pl_sorter_free(building->second);
    pl_map_release(&building->ecosystems);
    pl_buf_release(&building->id);
    pl_buf_release(&building->best);
    pl_buf_release(&building->parts);
    pl_arena_release(&building->arena);
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
static void find_modified(struct building *building)
{
    struct pl_wire wire = pl_wire_over(pl_buf_str(&building->best));
    struct pl_wire fields = pl_wire_over(pl_wire_str(&wire));
    building->best_modified = pl_wire_str(&fields);
}

/* Queues what the record says of packages and names under `id`. */
static enum pl_status queue_second(struct building *building, pl_str id, pl_str record,
                                   struct pl_wire *claims, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_advisory advisory = {.id = id};
    struct pl_db_key_refs unused = {0};
    enum pl_status st = pl_db_record_decode(&scratch, record, &advisory, &unused, err);
    struct pl_buf key pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct pl_buf value pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    const struct pl_strs *names[] = {&advisory.aliases, &advisory.upstream};
    for (size_t list = 0; list < PL_ARRAY_LEN(names) && st == PL_OK; list++) {
        for (size_t i = 0; i < names[list]->count && st == PL_OK; i++) {
            if (names[list]->items[i].len > PL_LIMIT_ADVISORY_ID_BYTES) {
                continue; /* no identifier is that long, so nobody will ask for it */
            }
            pl_buf_clear(&key);
            pl_buf_append_char(&key, ALIAS_LETTER);
            pl_buf_append(&key, names[list]->items[i]);
            st = pl_sorter_add(building->second, pl_buf_str(&key), id, err);
        }
    }
    while (st == PL_OK && pl_wire_more(claims)) {
        pl_buf_clear(&key);
        pl_buf_append_char(&key, PACKAGE_LETTER);
        pl_buf_append(&key, pl_wire_str(claims));
        pl_buf_clear(&value);
        pl_buf_append(&value, id);
        pl_buf_append_char(&value, '\0');
        pl_buf_append(&value, pl_wire_str(claims));
        st = pl_sorter_add(building->second, pl_buf_str(&key), pl_buf_str(&value), err);
    }
    return st;
}

/* Lays a part's words on those of the parts before: lists grow, what stands alone is taken where
 * it is missing. */
static void merge_record(struct pl_arena *arena, struct pl_advisory *whole,
                         const struct pl_advisory *part)
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
    } lists[] = {{&whole->aliases, &part->aliases},
                 {&whole->upstream, &part->upstream},
                 {&whole->related, &part->related}};
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        *texts[i].into = texts[i].into->len > 0 ? *texts[i].into : texts[i].from;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i].from->count; j++) {
            pl_strs_add_unique(arena, lists[i].into, lists[i].from->items[j]);
        }
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
static enum pl_status join_parts(struct building *building, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_advisory whole = {.id = PL_STR_EMPTY};
    struct pl_buf claims pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    struct pl_wire parts = pl_wire_over(pl_buf_str(&building->parts));
    while (pl_wire_more(&parts)) {
        struct pl_wire wire = pl_wire_over(pl_wire_str(&parts));
        struct pl_advisory part = {.id = PL_STR_EMPTY};
        struct pl_db_key_refs keys = {0};
        enum pl_status st = pl_db_record_decode(&scratch, pl_wire_str(&wire), &part, &keys, err);
        if (st < 0) {
            return st;
        }
        if (whole.affected.count == 0) {
            struct pl_affecteds none = {0};
            whole = part;
            whole.affected = none;
        } else {
            merge_record(&scratch, &whole, &part);
        }
        for (size_t i = 0; i < keys.count; i++) {
            *pl_vec_push(&scratch, &whole.affected) = (struct pl_affected){
                .ecosystem = keys.items[i].ecosystem, .name = keys.items[i].name};
        }
        pl_buf_append(&claims, pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at)));
    }
    whole.is_part = true;
    struct pl_buf record pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    pl_db_record_encode(&record, &whole);
    pl_buf_clear(&building->best);
    pl_wire_put_str(&building->best, pl_buf_str(&record));
    pl_buf_append(&building->best, pl_buf_str(&claims));
    building->best.overflowed = building->best.overflowed || record.overflowed || claims.overflowed;
    find_modified(building);
    return pl_buf_status(&building->best, "all that is said under one id", err);
}

/* Writes the best record of the id at hand. */
static enum pl_status end_group(struct building *building, struct pl_error *err)
{
    if (building->best.len == 0) {
        return PL_OK;
    }
    enum pl_status st = building->part_count > 1 ? join_parts(building, err) : PL_OK;
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(pl_buf_str(&building->id)));
    }
    struct pl_wire wire = pl_wire_over(pl_buf_str(&building->best));
    pl_str id = pl_buf_str(&building->id);
    pl_str record = pl_wire_str(&wire);
    st = pl_table_add(building->table, PL_TABLE_RECORDS, id, record, err);
    if (st == PL_OK) {
        st = queue_second(building, id, record, &wire, err);
    }
    if (building->meta.modified.len == 0 ||
        compare_times(building->meta.modified, building->best_modified) < 0) {
        building->meta.modified = pl_arena_dup(&building->arena, building->best_modified);
    }
    building->groups++;
    return st;
}

static enum pl_status take_record(struct building *building, pl_str id, pl_str spooled,
                                  struct pl_error *err)
{
    enum pl_status st = PL_OK;
    bool is_new = building->best.len == 0 || !pl_str_eq(pl_buf_str(&building->id), id);
    if (is_new) {
        st = end_group(building, err);
        pl_buf_clear(&building->id);
        pl_buf_append(&building->id, id);
        pl_buf_clear(&building->best);
        pl_buf_clear(&building->parts);
        building->part_count = 0;
    }
    struct pl_wire wire = pl_wire_over(spooled);
    bool is_part = pl_wire_uint(&wire) != 0;
    pl_str rest = pl_str_make((const char *)wire.at, (size_t)(wire.end - wire.at));
    if (is_part) {
        pl_wire_put_str(&building->parts, rest);
        building->part_count++;
    }
    struct pl_wire fields = pl_wire_over(pl_wire_str(&wire));
    pl_str modified = pl_wire_str(&fields);
    int order = is_new ? 1 : compare_times(modified, building->best_modified);
    if (order > 0 || (order == 0 && pl_str_cmp(rest, pl_buf_str(&building->best)) < 0)) {
        pl_buf_clear(&building->best);
        pl_buf_append(&building->best, rest);
        find_modified(building);
    }
    return st == PL_OK ? pl_buf_status(&building->parts, "all that is said under one id", err) : st;
}

static enum pl_status write_records(struct pl_slice_builder *builder, struct building *building,
                                    const struct pl_progress *progress, struct pl_error *err)
{
    enum pl_status st = pl_sorter_sort(builder->records, err);
    bool more = true;
    for (uint64_t done = 0; st == PL_OK && more; done++) {
        pl_str id = PL_STR_EMPTY;
        pl_str spooled = PL_STR_EMPTY;
        st = pl_sorter_next(builder->records, &more, &id, &spooled, err);
        if (st == PL_OK && more) {
            st = take_record(building, id, spooled, err);
        }
        if (done % PROGRESS_STEP == 0) {
            pl_progress_tell(progress, PL_STR("writing"), done, builder->added);
        }
    }
    return st == PL_OK ? end_group(building, err) : st;
}

static void note_ecosystem(struct building *building, pl_str key)
{
    pl_str base = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str_cut(key, '\0', &base, &rest);
    pl_str_cut(base, ':', &base, &rest);
    if (!pl_map_find(&building->ecosystems, base)) {
        *pl_map_at(&building->ecosystems, pl_arena_dup(&building->arena, base)) = building;
    }
}

/* Appends one id, and for packages its claim, to the value of a key. */
static void append_item(struct pl_buf *value, struct pl_buf *id_before, bool is_package,
                        pl_str item)
{
    pl_str id = item;
    pl_str claim = PL_STR_EMPTY;
    pl_str_cut(item, '\0', &id, &claim);
    pl_wire_put_next(value, pl_buf_str(id_before), id);
    if (is_package) {
        pl_wire_put_str(value, claim);
    }
    pl_buf_clear(id_before);
    pl_buf_append(id_before, id);
}

static enum pl_status write_key(struct building *building, pl_str lettered, pl_str value,
                                struct pl_error *err)
{
    bool is_package = lettered.ptr[0] == PACKAGE_LETTER;
    pl_str key = pl_str_skip(lettered, 1);
    if (is_package) {
        building->keys++;
        note_ecosystem(building, key);
    }
    return pl_table_add(building->table, is_package ? PL_TABLE_KEYS : PL_TABLE_ALIASES, key, value,
                        err);
}

static enum pl_status write_second(struct building *building, struct pl_error *err)
{
    struct pl_buf key pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    struct pl_buf id_before pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_ID_BYTES);
    struct pl_buf item_before pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    struct pl_buf value pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES);
    enum pl_status st = pl_sorter_sort(building->second, err);
    bool more = true;
    while (st == PL_OK && more) {
        pl_str next_key = PL_STR_EMPTY;
        pl_str item = PL_STR_EMPTY;
        st = pl_sorter_next(building->second, &more, &next_key, &item, err);
        if (st < 0) {
            break;
        }
        bool same_key = more && pl_str_eq(pl_buf_str(&key), next_key);
        if (!same_key && key.len > 0) {
            st = pl_buf_status(&value, "what is said of one package", err);
            if (st == PL_OK) {
                st = write_key(building, pl_buf_str(&key), pl_buf_str(&value), err);
            }
        }
        if (!same_key) {
            pl_buf_clear(&key);
            pl_buf_append(&key, next_key);
            pl_buf_clear(&value);
            pl_buf_clear(&id_before);
            pl_buf_clear(&item_before);
        }
        /* The same statement twice (a record that lists a package twice, an alias that is upstream
         * as well) says nothing more. */
        if (more && !(same_key && pl_str_eq(pl_buf_str(&item_before), item))) {
            append_item(&value, &id_before, next_key.ptr[0] == PACKAGE_LETTER, item);
            pl_buf_clear(&item_before);
            pl_buf_append(&item_before, item);
        }
    }
    return st;
}

static enum pl_status write_meta(struct building *building, struct pl_error *err)
{
    struct pl_db_meta *meta = &building->meta;
    for (size_t i = 0; i < building->ecosystems.capacity; i++) {
        if (building->ecosystems.slots[i].key.ptr) {
            *pl_vec_push(&building->arena, &meta->ecosystems) = building->ecosystems.slots[i].key;
        }
    }
    pl_strs_sort(&meta->ecosystems);
    struct pl_buf value pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES / 4);
    pl_db_meta_encode(&value, meta);
    enum pl_status st = pl_buf_status(&value, "the list of ecosystems", err);
    return st < 0 ? st
                  : pl_table_add(building->table, PL_TABLE_META, PL_STR(PL_DB_META_KEY),
                                 pl_buf_str(&value), err);
}

/* Of several entries of one id the first in order of their bytes is kept. */
static enum pl_status write_exploitations(struct pl_slice_builder *builder,
                                          struct building *building, struct pl_error *err)
{
    struct pl_buf last pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_ID_BYTES);
    enum pl_status st = pl_sorter_sort(builder->exploitations, err);
    bool more = true;
    while (st == PL_OK && more) {
        pl_str id = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        st = pl_sorter_next(builder->exploitations, &more, &id, &value, err);
        if (st < 0 || !more || pl_str_eq(pl_buf_str(&last), id)) {
            continue;
        }
        st = pl_table_add(building->table, PL_TABLE_EXPLOITATIONS, id, value, err);
        pl_buf_clear(&last);
        pl_buf_append(&last, id);
        building->exploitations++;
    }
    return st;
}

static enum pl_status write_table(struct pl_slice_builder *builder, struct building *building,
                                  const struct pl_progress *progress, char digits[33],
                                  struct pl_error *err)
{
    enum pl_status st = write_records(builder, building, progress, err);
    /* The first sort's memory is given back before the second one's is sorted. */
    pl_sorter_free(PL_TAKE(builder->records));
    if (st == PL_OK) {
        st = write_second(building, err);
    }
    if (st == PL_OK) {
        st = write_exploitations(builder, building, err);
    }
    if (st == PL_OK) {
        st = write_meta(building, err);
    }
    return st == PL_OK ? pl_table_finish(building->table, digits, err) : st;
}

enum pl_status pl_slice_builder_finish(struct pl_slice_builder *builder,
                                       const struct pl_progress *progress, struct pl_arena *arena,
                                       struct pl_db_slice_info *ret, uint64_t *ret_replaced,
                                       struct pl_error *err)
{
    struct building building PL_CLEANUP(building_release) = {
        .table = pl_table_writer_new(builder->fd),
        .second = pl_sorter_new(builder->dir, SORT_BUDGET_BYTES),
        .id = PL_BUF_INIT(PL_LIMIT_ADVISORY_ID_BYTES),
        .best = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES),
        .parts = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES)};
    char digits[PL_DB_DIGITS + 1] = {0};
    enum pl_status st = write_table(builder, &building, progress, digits, err);
    if (st < 0) {
        return st;
    }
    off_t size = lseek(builder->fd, 0, SEEK_CUR);
    struct pl_db_slice_info info = {.digits = pl_arena_dup(arena, pl_str_from(digits)),
                                    .records = building.groups,
                                    .keys = building.keys,
                                    .exploitations = building.exploitations,
                                    .size_bytes = size > 0 ? (uint64_t)size : 0,
                                    .modified = pl_arena_dup(arena, building.meta.modified)};
    for (size_t i = 0; i < building.meta.ecosystems.count; i++) {
        *pl_vec_push(arena, &info.ecosystems) =
            pl_arena_dup(arena, building.meta.ecosystems.items[i]);
    }
    *ret_replaced = builder->added - building.groups;
    *ret = info;
    return PL_OK;
}
