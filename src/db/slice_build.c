/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building goes through two sorts. Records are sorted by id; walking them in order, the newest of
 * each id is written, and what it says of packages and other names goes into the second sort, which
 * is then written key by key. Both spill to disk past their budget.
 */
#include "db/slice_build.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/wire.h"
#include "db/record.h"
#include "db/slice_writing.h"
#include "version/range.h"
#include <pthread.h>

/* Memory of each of the two sorts before it spills. */
#define SORT_BUDGET_BYTES ((size_t)64 << 20)

struct pl_slice_builder {
    const char *dir;
    int fd;
    struct pl_table *base; /* or NULL */
    pthread_mutex_t mutex; /* over all below */
    struct pl_sorter *records;
    struct pl_sorter *exploitations;
    uint64_t added;
};

struct pl_slice_builder *pl_slice_builder_new(const char *dir, int fd, struct pl_table *base)
{
    struct pl_slice_builder *builder = pl_mem_alloc(1, sizeof(*builder));
    builder->dir = dir;
    builder->fd = fd;
    builder->base = base;
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
        pl_table_close(builder->base);
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

/* A record on its way into the first sort. */
struct spooling {
    struct pl_arena scratch;
    struct pl_buf spooled;
    struct pl_buf part;
    struct pl_buf list;
    struct pl_map lists; /* of versions as they are encoded, to their numbers */
    uint64_t list_count;
};

static void spooling_release(struct spooling *spooling)
{
    pl_arena_release(&spooling->scratch);
    pl_buf_release(&spooling->spooled);
    pl_buf_release(&spooling->part);
    pl_buf_release(&spooling->list);
    pl_map_release(&spooling->lists);
}

static void put_part(struct spooling *spooling, struct pl_buf *part)
{
    pl_wire_put_str(&spooling->spooled, pl_buf_str(part));
    spooling->spooled.overflowed = spooling->spooled.overflowed || part->overflowed;
    pl_buf_clear(part);
}

/* Equal lists have one number, so that a package that is listed twice is the same twice. */
static uint64_t number_list(struct spooling *spooling, const struct pl_strs *versions)
{
    pl_db_list_encode(&spooling->list, 0, versions);
    void **known =
        pl_map_at(&spooling->lists, pl_arena_dup(&spooling->scratch, pl_buf_str(&spooling->list)));
    if (!*known) {
        uint64_t *number = PL_ARENA_NEW(&spooling->scratch, uint64_t);
        *number = ++spooling->list_count;
        *known = number;
    }
    pl_buf_clear(&spooling->list);
    return *(const uint64_t *)*known;
}

/* Lists of parts stay in the claim: two parts may number theirs alike. */
static void spool_package(struct spooling *spooling, const struct pl_advisory *advisory,
                          const struct pl_affected *affected)
{
    struct pl_db_claim claim = {.affected = *affected, .is_withdrawn = advisory->withdrawn.len > 0};
    if (!advisory->is_part) {
        claim.affected.versions = pl_range_strays(
            &spooling->scratch, pl_version_scheme_for_ecosystem(affected->ecosystem), affected);
    }
    if (claim.affected.versions.count < affected->versions.count) {
        claim.list = number_list(spooling, &affected->versions);
        pl_db_list_encode(&spooling->list, claim.list, &affected->versions);
    }
    pl_db_key_encode(&spooling->part, affected->ecosystem, affected->name);
    put_part(spooling, &spooling->part);
    pl_db_claim_encode(&spooling->part, &claim);
    put_part(spooling, &spooling->part);
    put_part(spooling, &spooling->list);
}

enum pl_status pl_slice_builder_add(struct pl_slice_builder *builder,
                                    const struct pl_advisory *advisory, struct pl_error *err)
{
    enum pl_status st = check_names(advisory, err);
    if (st < 0) {
        return st;
    }
    struct spooling spooling PL_CLEANUP(spooling_release) = {
        .spooled = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES),
        .part = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES),
        .list = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES)};
    pl_wire_put_uint(&spooling.spooled, advisory->is_part);
    pl_db_record_encode(&spooling.part, advisory);
    put_part(&spooling, &spooling.part);
    for (size_t i = 0; i < advisory->affected.count; i++) {
        spool_package(&spooling, advisory, &advisory->affected.items[i]);
    }
    st = pl_buf_status(&spooling.spooled, "the record", err);
    if (st == PL_OK) {
        pthread_mutex_lock(&builder->mutex);
        st = pl_sorter_add(builder->records, advisory->id, pl_buf_str(&spooling.spooled), err);
        builder->added++;
        pthread_mutex_unlock(&builder->mutex);
    }
    return st;
}

enum pl_status pl_slice_builder_remove(struct pl_slice_builder *builder, pl_str id,
                                       struct pl_error *err)
{
    pthread_mutex_lock(&builder->mutex);
    enum pl_status st = pl_sorter_add(builder->records, id, PL_STR_EMPTY, err);
    pthread_mutex_unlock(&builder->mutex);
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

/* ---- writing ---- */

static void writing_release(struct pl_slice_writing *writing)
{
    pl_table_writer_free(writing->table);
    pl_sorter_free(writing->second);
    pl_map_release(&writing->ecosystems);
    pl_arena_release(&writing->arena);
}

static enum pl_status write_meta(struct pl_slice_writing *writing, struct pl_error *err)
{
    struct pl_db_meta *meta = &writing->meta;
    for (size_t i = 0; i < writing->ecosystems.capacity; i++) {
        if (writing->ecosystems.slots[i].key.ptr) {
            *pl_vec_push(&writing->arena, &meta->ecosystems) = writing->ecosystems.slots[i].key;
        }
    }
    pl_strs_sort(&meta->ecosystems);
    struct pl_buf value pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_BLOCK_BYTES / 4);
    pl_db_meta_encode(&value, meta);
    enum pl_status st = pl_buf_status(&value, "the list of ecosystems", err);
    return st < 0 ? st
                  : pl_table_add(writing->table, PL_TABLE_META, PL_STR(PL_DB_META_KEY),
                                 pl_buf_str(&value), err);
}

static enum pl_status write_exploitation(struct pl_slice_writing *writing, pl_str id, pl_str value,
                                         struct pl_error *err)
{
    writing->exploitations++;
    return pl_table_add(writing->table, PL_TABLE_EXPLOITATIONS, id, value, err);
}

/* Of several entries of one id the first in order of their bytes is kept. */
static enum pl_status write_exploitations(struct pl_slice_writing *writing,
                                          struct pl_sorter *exploitations, struct pl_error *err)
{
    struct pl_buf last pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_ID_BYTES);
    enum pl_status st = pl_sorter_sort(exploitations, err);
    bool more = true;
    while (st == PL_OK && more) {
        pl_str id = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        st = pl_sorter_next(exploitations, &more, &id, &value, err);
        if (st == PL_OK && more && !pl_str_eq(pl_buf_str(&last), id)) {
            st = write_exploitation(writing, id, value, err);
            pl_buf_clear(&last);
            pl_buf_append(&last, id);
        }
    }
    return st;
}

static enum pl_status write_table(struct pl_slice_builder *builder,
                                  struct pl_slice_writing *writing, char digits[33],
                                  struct pl_error *err)
{
    enum pl_status st = pl_slice_write_records(writing, builder->records, err);
    /* The first sort's memory is given back before the second one's is sorted. */
    pl_sorter_free(PL_TAKE(builder->records));
    if (st == PL_OK) {
        st = pl_slice_write_index(writing, err);
    }
    if (st == PL_OK) {
        st = write_exploitations(writing, builder->exploitations, err);
    }
    if (st == PL_OK) {
        st = write_meta(writing, err);
    }
    return st == PL_OK ? pl_table_finish(writing->table, digits, err) : st;
}

enum pl_status pl_slice_builder_finish(struct pl_slice_builder *builder, struct pl_arena *arena,
                                       struct pl_db_slice_info *ret, uint64_t *ret_replaced,
                                       struct pl_error *err)
{
    struct pl_slice_writing writing PL_CLEANUP(writing_release) = {
        .table = pl_table_writer_new(builder->fd),
        .second = pl_sorter_new(builder->dir, SORT_BUDGET_BYTES),
        .base = builder->base};
    char digits[PL_DB_DIGITS + 1] = {0};
    enum pl_status st = write_table(builder, &writing, digits, err);
    if (st < 0) {
        return st;
    }
    off_t size = lseek(builder->fd, 0, SEEK_CUR);
    struct pl_db_slice_info info = {.digits = pl_arena_dup(arena, pl_str_from(digits)),
                                    .records = writing.records,
                                    .keys = writing.keys,
                                    .exploitations = writing.exploitations,
                                    .size_bytes = size > 0 ? (uint64_t)size : 0,
                                    .modified = pl_arena_dup(arena, writing.meta.modified)};
    for (size_t i = 0; i < writing.meta.ecosystems.count; i++) {
        *pl_vec_push(arena, &info.ecosystems) =
            pl_arena_dup(arena, writing.meta.ecosystems.items[i]);
    }
    *ret_replaced = builder->added - writing.taken;
    *ret = info;
    return PL_OK;
}
