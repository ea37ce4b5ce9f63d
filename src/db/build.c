/* SPDX-License-Identifier: Apache-2.0 */
#include "db/build.h"
#include "base/limits.h"
#include "db/changes.h"
#include "db/generation.h"
#include "db/slice_build.h"
#include <pthread.h>

/* A slice from its begin to its end. */
struct slice {
    pl_str name; /* lies in the builder's arena */
    struct pl_slice_file file;
    struct pl_slice_builder *building; /* NULL: there is none */
};

/* A slice that a thread writes, and what came of it. */
struct ending {
    struct slice slice;
    pthread_t thread;
    int dir_fd;
    bool is_under_way;
    uint64_t had; /* records before, when it may not lose half of them; else 0 */
    struct pl_db_origin origin; /* lies in the builder's arena */
    struct pl_arena arena; /* of what follows */
    struct pl_db_slice_info info;
    uint64_t replaced;
    struct pl_error failure;
    enum pl_status status;
};

struct pl_db_builder {
    struct pl_arena arena; /* of the manifest */
    char *dir;
    int dir_fd;
    int lock_fd;
    struct pl_db_manifest manifest;
    struct pl_db_manifest pending; /* of a builder that was killed */
    char before[PL_DB_DIGITS + 1]; /* the generation that was in use, or empty */
    struct slice slice; /* at hand */
    /* Those before it, the oldest at `first`: what is settled next. */
    struct ending endings[PL_DB_BUILDER_ENDINGS];
    size_t first;
    size_t ending_count;
    unsigned begun; /* slices, so that each has a file of its own */
};

/* Is the slice's file there, and whole as far as can be told without reading all of it? */
static bool is_there(const struct pl_db_builder *builder, const struct pl_db_slice_info *slice)
{
    int fd pl_autoclose = -1;
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    return pl_generation_open_slice(builder->dir_fd, slice, &fd, NULL) == PL_OK &&
           pl_table_open(fd, slice->digits.ptr, &table, NULL) == PL_OK;
}

/* A slice whose file is missing or cut short is not known any more, so that it is fetched again. */
static void leave_out_missing(struct pl_db_builder *builder)
{
    struct pl_db_slice_infos *slices = &builder->manifest.slices;
    size_t kept = 0;
    for (size_t i = 0; i < slices->count; i++) {
        if (is_there(builder, &slices->items[i])) {
            slices->items[kept++] = slices->items[i];
        }
    }
    slices->count = kept;
}

enum pl_status pl_db_builder_new(const char *dir, struct pl_db_builder **ret, struct pl_error *err)
{
    int dir_fd pl_autoclose = -1;
    int lock_fd pl_autoclose = -1;
    enum pl_status st = pl_generation_lock(dir, &dir_fd, &lock_fd, err);
    if (st < 0) {
        return st;
    }
    struct pl_db_builder *builder = pl_mem_alloc(1, sizeof(*builder));
    builder->dir = strdup(dir);
    if (!builder->dir) {
        pl_mem_abort(strlen(dir));
    }
    builder->slice.file.fd = -1;
    builder->dir_fd = pl_fd_take(&dir_fd);
    builder->lock_fd = pl_fd_take(&lock_fd);
    /* What cannot be read cannot be kept: a database of another version is made anew. */
    if (pl_generation_read(builder->dir_fd, PL_STR_EMPTY, &builder->arena, &builder->manifest,
                           NULL) == PL_OK) {
        memcpy(builder->before, builder->manifest.generation, sizeof(builder->before));
        leave_out_missing(builder);
    }
    (void)pl_generation_read_pending(builder->dir_fd, &builder->arena, &builder->pending, NULL);
    *ret = builder;
    return PL_OK;
}

static void give_up(int dir_fd, struct slice *slice)
{
    pl_slice_builder_free(PL_TAKE(slice->building));
    pl_generation_abandon(dir_fd, &slice->file);
}

void pl_db_builder_drop(struct pl_db_builder *builder)
{
    give_up(builder->dir_fd, &builder->slice);
}

/* Until the thread that writes the slice before has ended. */
static void await(struct ending *ending)
{
    if (ending->is_under_way) {
        pthread_join(ending->thread, NULL);
        ending->is_under_way = false;
    }
}

void pl_db_builder_free(struct pl_db_builder *builder)
{
    if (!builder) {
        return;
    }
    pl_db_builder_drop(builder);
    for (size_t i = 0; i < PL_ARRAY_LEN(builder->endings); i++) {
        await(&builder->endings[i]);
        if (builder->endings[i].slice.building) {
            give_up(builder->dir_fd, &builder->endings[i].slice);
        }
        pl_arena_release(&builder->endings[i].arena);
    }
    pl_fd_closep(&builder->lock_fd);
    pl_fd_closep(&builder->dir_fd);
    pl_arena_release(&builder->arena);
    free(builder->dir);
    free(builder);
}

const struct pl_db_manifest *pl_db_builder_manifest(const struct pl_db_builder *builder)
{
    return &builder->manifest;
}

/* Begins a slice over `base`, which becomes the slice's; NULL: with nothing in it. */
static enum pl_status begin(struct pl_db_builder *builder, pl_str name, struct pl_table *base,
                            struct pl_error *err)
{
    pl_db_builder_drop(builder);
    enum pl_status st =
        pl_generation_begin_slice(builder->dir_fd, builder->begun++, &builder->slice.file, err);
    if (st < 0) {
        pl_table_close(base);
        return st;
    }
    builder->slice.name = pl_arena_dup(&builder->arena, name);
    builder->slice.building = pl_slice_builder_new(builder->dir, builder->slice.file.fd, base);
    return PL_OK;
}

enum pl_status pl_db_builder_begin(struct pl_db_builder *builder, pl_str slice,
                                   struct pl_error *err)
{
    if (slice.len == 0 || slice.len > PL_LIMIT_ADVISORY_NAME_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "the name of a slice must have 1 to %d bytes",
                            PL_LIMIT_ADVISORY_NAME_BYTES);
    }
    return begin(builder, slice, NULL, err);
}

static struct pl_db_slice_info *find_slice(struct pl_db_builder *builder, pl_str name)
{
    for (size_t i = 0; i < builder->manifest.slices.count; i++) {
        if (pl_str_eq(builder->manifest.slices.items[i].name, name)) {
            return &builder->manifest.slices.items[i];
        }
    }
    return NULL;
}

enum pl_status pl_db_builder_begin_on(struct pl_db_builder *builder, pl_str slice,
                                      struct pl_error *err)
{
    const struct pl_db_slice_info *known = find_slice(builder, slice);
    if (!known) {
        return pl_error_set(err, PL_E_NOT_FOUND, "the database has no slice \"" PL_STR_FMT "\"",
                            PL_STR_ARG(slice));
    }
    int fd pl_autoclose = -1;
    struct pl_table *base = NULL;
    enum pl_status st = pl_generation_open_slice(builder->dir_fd, known, &fd, err);
    if (st == PL_OK) {
        st = pl_table_open(fd, known->digits.ptr, &base, err);
    }
    return st < 0 ? st : begin(builder, slice, base, err);
}

enum pl_status pl_db_builder_add(struct pl_db_builder *builder, const struct pl_advisory *advisory,
                                 struct pl_error *err)
{
    return pl_slice_builder_add(builder->slice.building, advisory, err);
}

enum pl_status pl_db_builder_remove_record(struct pl_db_builder *builder, pl_str id,
                                           struct pl_error *err)
{
    return pl_slice_builder_remove(builder->slice.building, id, err);
}

enum pl_status pl_db_builder_add_exploitation(struct pl_db_builder *builder,
                                              const struct pl_exploitation *exploitation,
                                              struct pl_error *err)
{
    return pl_slice_builder_add_exploitation(builder->slice.building, exploitation, err);
}

static struct pl_db_origin keep_origin(struct pl_db_builder *builder,
                                       const struct pl_db_origin *origin)
{
    return (struct pl_db_origin){.source = pl_arena_dup(&builder->arena, origin->source),
                                 .etag = pl_arena_dup(&builder->arena, origin->etag),
                                 .selection = pl_arena_dup(&builder->arena, origin->selection),
                                 .cursor = pl_arena_dup(&builder->arena, origin->cursor),
                                 .last_modified =
                                     pl_arena_dup(&builder->arena, origin->last_modified),
                                 .fetched = pl_arena_dup(&builder->arena, origin->fetched)};
}

static void set_origin(struct pl_db_slice_info *slice, const struct pl_db_origin *origin)
{
    slice->source = origin->source;
    slice->etag = origin->etag;
    slice->selection = origin->selection;
    slice->cursor = origin->cursor;
    slice->last_modified = origin->last_modified;
    slice->fetched = origin->fetched;
}

static enum pl_status check_shrink(const struct ending *ending, struct pl_error *err)
{
    enum { LEAST = 100 /* below that a half is nothing to wonder at */ };
    uint64_t has = ending->info.records + ending->info.exploitations;
    if (ending->had < LEAST || has >= ending->had / 2) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_CONFLICT,
                        PL_STR_FMT " shrank from %llu records to %llu, which looks like a broken "
                                   "feed: what was there is kept; --accept-shrink takes it",
                        PL_STR_ARG(ending->slice.name), (unsigned long long)ending->had,
                        (unsigned long long)has);
}

static void *write_slice(void *context)
{
    struct ending *ending = context;
    struct pl_error *err = &ending->failure;
    enum pl_status st = pl_slice_builder_finish(ending->slice.building, &ending->arena,
                                                &ending->info, &ending->replaced, err);
    if (st == PL_OK) {
        st = check_shrink(ending, err);
    }
    if (st == PL_OK) {
        st = pl_generation_keep_slice(ending->dir_fd, &ending->slice.file, ending->info.digits.ptr,
                                      err);
    }
    ending->status = st;
    return NULL;
}

bool pl_db_builder_is_full(const struct pl_db_builder *builder)
{
    return builder->ending_count == PL_DB_BUILDER_ENDINGS;
}

enum pl_status pl_db_builder_end(struct pl_db_builder *builder, const struct pl_db_origin *origin,
                                 bool accept_shrink, struct pl_error *err)
{
    if (pl_db_builder_is_full(builder) || !builder->slice.building) {
        return pl_error_set(err, PL_E_INTERNAL, "a slice is ended that may not be");
    }
    struct ending *ending =
        &builder->endings[(builder->first + builder->ending_count++) % PL_DB_BUILDER_ENDINGS];
    const struct pl_db_slice_info *before = find_slice(builder, builder->slice.name);
    bool may_shrink = accept_shrink || !before || !pl_str_eq(before->selection, origin->selection);
    struct pl_arena arena = ending->arena;
    pl_arena_clear(&arena);
    *ending = (struct ending){.slice = builder->slice,
                              .dir_fd = builder->dir_fd,
                              .had = may_shrink ? 0 : before->records + before->exploitations,
                              .origin = keep_origin(builder, origin),
                              .arena = arena,
                              .failure = PL_ERROR_INIT};
    builder->slice = (struct slice){.file = {.fd = -1}};
    ending->is_under_way = pthread_create(&ending->thread, NULL, write_slice, ending) == 0;
    if (!ending->is_under_way) {
        write_slice(ending);
    }
    return PL_OK;
}

/* What was written becomes part of the manifest. */
static void enter(struct pl_db_builder *builder, const struct ending *ending,
                  struct pl_db_slice_built *ret)
{
    struct pl_db_slice_info *before = find_slice(builder, ending->slice.name);
    struct pl_db_slice_info slice = ending->info;
    struct pl_strs none = {0};
    slice.name = ending->slice.name;
    slice.digits = pl_arena_dup(&builder->arena, ending->info.digits);
    slice.modified = pl_arena_dup(&builder->arena, ending->info.modified);
    slice.ecosystems = none;
    for (size_t i = 0; i < ending->info.ecosystems.count; i++) {
        *pl_vec_push(&builder->arena, &slice.ecosystems) =
            pl_arena_dup(&builder->arena, ending->info.ecosystems.items[i]);
    }
    set_origin(&slice, &ending->origin);
    *ret =
        (struct pl_db_slice_built){.records = slice.records,
                                   .keys = slice.keys,
                                   .size_bytes = slice.size_bytes,
                                   .replaced = ending->replaced,
                                   .changed = !before || !pl_str_eq(before->digits, slice.digits)};
    if (before) {
        *before = slice;
    } else {
        *pl_vec_push(&builder->arena, &builder->manifest.slices) = slice;
    }
}

enum pl_status pl_db_builder_settle(struct pl_db_builder *builder, bool *ret_any,
                                    struct pl_db_slice_built *ret, struct pl_error *err)
{
    *ret_any = builder->ending_count > 0;
    if (!*ret_any) {
        return PL_OK;
    }
    struct ending *ending = &builder->endings[builder->first];
    builder->first = (builder->first + 1) % PL_DB_BUILDER_ENDINGS;
    builder->ending_count--;
    await(ending);
    if (ending->status == PL_OK) {
        enter(builder, ending, ret);
    } else if (err) {
        *err = ending->failure;
    }
    give_up(builder->dir_fd, &ending->slice);
    return ending->status;
}

void pl_db_builder_checkpoint(struct pl_db_builder *builder)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_db_manifest manifest = {.created = builder->manifest.created};
    for (size_t i = 0; i < builder->manifest.slices.count; i++) {
        *pl_vec_push(&scratch, &manifest.slices) = builder->manifest.slices.items[i];
    }
    pl_db_manifest_seal(&manifest);
    pl_generation_keep_pending(builder->dir_fd, &manifest);
}

size_t pl_db_builder_resume(struct pl_db_builder *builder, pl_str source, pl_str selection)
{
    size_t count = 0;
    for (size_t i = 0; i < builder->pending.slices.count; i++) {
        const struct pl_db_slice_info *slice = &builder->pending.slices.items[i];
        struct pl_db_slice_info *known = find_slice(builder, slice->name);
        bool is_news = !known || !pl_str_eq(known->digits, slice->digits);
        if (!is_news || !pl_str_eq(slice->source, source) ||
            !pl_str_eq(slice->selection, selection) || !is_there(builder, slice)) {
            continue;
        }
        if (!known) {
            known = pl_vec_push(&builder->arena, &builder->manifest.slices);
        }
        *known = *slice;
        count++;
    }
    return count;
}

void pl_db_builder_confirm(struct pl_db_builder *builder, pl_str slice,
                           const struct pl_db_origin *origin)
{
    struct pl_db_slice_info *found = find_slice(builder, slice);
    if (found) {
        const struct pl_db_origin kept = keep_origin(builder, origin);
        set_origin(found, &kept);
    }
}

bool pl_db_builder_remove(struct pl_db_builder *builder, pl_str slice)
{
    struct pl_db_slice_infos *slices = &builder->manifest.slices;
    struct pl_db_slice_info *found = find_slice(builder, slice);
    if (found) {
        size_t after = (size_t)(slices->items + slices->count - (found + 1));
        memmove(found, found + 1, after * sizeof(*found));
        slices->count--;
    }
    return found;
}

enum pl_status pl_db_builder_finish(struct pl_db_builder *builder, pl_str created,
                                    size_t keep_count, struct pl_db_built *ret,
                                    struct pl_error *err)
{
    struct pl_db_manifest *manifest = &builder->manifest;
    struct pl_db_built built = {.changed = false};
    pl_db_builder_drop(builder);
    if (builder->ending_count > 0) {
        return pl_error_set(err, PL_E_INTERNAL, "a slice of the database is not settled");
    }
    pl_db_manifest_seal(manifest);
    if (strcmp(manifest->generation, builder->before) != 0) {
        manifest->created = pl_arena_dup(&builder->arena, created);
    }
    for (size_t i = 0; i < manifest->slices.count; i++) {
        built.records += manifest->slices.items[i].records;
        built.keys += manifest->slices.items[i].keys;
        built.size_bytes += manifest->slices.items[i].size_bytes;
    }
    memcpy(built.generation, manifest->generation, sizeof(built.generation));
    enum pl_status st = pl_db_changes_keep(builder->dir, builder->dir_fd, manifest, err);
    if (st == PL_OK) {
        st = pl_generation_swap(builder->dir_fd, manifest, keep_count, &built.changed, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "building the database in %s", builder->dir);
    }
    *ret = built;
    return PL_OK;
}
