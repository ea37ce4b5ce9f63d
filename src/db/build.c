/* SPDX-License-Identifier: Apache-2.0 */
#include "db/build.h"
#include "base/limits.h"
#include "db/generation.h"
#include "db/slice_build.h"

struct pl_db_builder {
    struct pl_arena arena; /* of the manifest */
    char *dir;
    int dir_fd;
    int lock_fd;
    struct pl_db_manifest manifest;
    char before[PL_DB_DIGITS + 1]; /* the generation that was in use, or empty */
    /* The slice at hand, if any. */
    pl_str slice;
    int file_fd;
    struct pl_slice_builder *building;
};

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
    builder->file_fd = -1;
    builder->dir_fd = pl_fd_take(&dir_fd);
    builder->lock_fd = pl_fd_take(&lock_fd);
    /* What cannot be read cannot be kept: a database of another version is made anew. */
    if (pl_generation_read(builder->dir_fd, PL_STR_EMPTY, &builder->arena, &builder->manifest,
                           NULL) == PL_OK) {
        memcpy(builder->before, builder->manifest.generation, sizeof(builder->before));
    }
    *ret = builder;
    return PL_OK;
}

void pl_db_builder_drop(struct pl_db_builder *builder)
{
    if (builder->building) {
        pl_slice_builder_free(PL_TAKE(builder->building));
        pl_generation_abandon(builder->dir_fd);
    }
    pl_fd_closep(&builder->file_fd);
    builder->file_fd = -1;
}

void pl_db_builder_free(struct pl_db_builder *builder)
{
    if (!builder) {
        return;
    }
    pl_db_builder_drop(builder);
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

enum pl_status pl_db_builder_begin(struct pl_db_builder *builder, pl_str slice,
                                   struct pl_error *err)
{
    pl_db_builder_drop(builder);
    if (slice.len == 0 || slice.len > PL_LIMIT_ADVISORY_NAME_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "the name of a slice must have 1 to %d bytes",
                            PL_LIMIT_ADVISORY_NAME_BYTES);
    }
    enum pl_status st = pl_generation_begin_slice(builder->dir_fd, &builder->file_fd, err);
    if (st < 0) {
        return st;
    }
    builder->slice = pl_arena_dup(&builder->arena, slice);
    builder->building = pl_slice_builder_new(builder->dir, builder->file_fd);
    return PL_OK;
}

enum pl_status pl_db_builder_add(struct pl_db_builder *builder, const struct pl_advisory *advisory,
                                 struct pl_error *err)
{
    return pl_slice_builder_add(builder->building, advisory, err);
}

enum pl_status pl_db_builder_add_exploitation(struct pl_db_builder *builder,
                                              const struct pl_exploitation *exploitation,
                                              struct pl_error *err)
{
    return pl_slice_builder_add_exploitation(builder->building, exploitation, err);
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

static void set_origin(struct pl_db_builder *builder, struct pl_db_slice_info *slice,
                       const struct pl_db_origin *origin)
{
    slice->source = pl_arena_dup(&builder->arena, origin->source);
    slice->etag = pl_arena_dup(&builder->arena, origin->etag);
    slice->last_modified = pl_arena_dup(&builder->arena, origin->last_modified);
    slice->fetched = pl_arena_dup(&builder->arena, origin->fetched);
}

static enum pl_status check_shrink(const struct pl_db_slice_info *before,
                                   const struct pl_db_slice_info *after, struct pl_error *err)
{
    enum { LEAST = 100 /* below that a half is nothing to wonder at */ };
    uint64_t had = before->records + before->exploitations;
    uint64_t has = after->records + after->exploitations;
    if (had < LEAST || has >= had / 2) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_CONFLICT,
                        PL_STR_FMT " shrank from %llu records to %llu, which looks like a broken "
                                   "feed: what was there is kept; --accept-shrink takes it",
                        PL_STR_ARG(before->name), (unsigned long long)had, (unsigned long long)has);
}

enum pl_status pl_db_builder_end(struct pl_db_builder *builder, const struct pl_db_origin *origin,
                                 bool accept_shrink, const struct pl_progress *progress,
                                 struct pl_db_slice_built *ret, struct pl_error *err)
{
    struct pl_db_slice_info slice = {.name = PL_STR_EMPTY};
    struct pl_db_slice_info *before = find_slice(builder, builder->slice);
    uint64_t replaced = 0;
    enum pl_status st = pl_slice_builder_finish(builder->building, progress, &builder->arena,
                                                &slice, &replaced, err);
    if (st == PL_OK && before && !accept_shrink) {
        st = check_shrink(before, &slice, err);
    }
    if (st == PL_OK) {
        st = pl_generation_keep_slice(builder->dir_fd, builder->file_fd, slice.digits.ptr, err);
    }
    if (st < 0) {
        pl_db_builder_drop(builder);
        return st;
    }
    slice.name = builder->slice;
    set_origin(builder, &slice, origin);
    *ret =
        (struct pl_db_slice_built){.records = slice.records,
                                   .keys = slice.keys,
                                   .size_bytes = slice.size_bytes,
                                   .replaced = replaced,
                                   .changed = !before || !pl_str_eq(before->digits, slice.digits)};
    if (before) {
        *before = slice;
    } else {
        *pl_vec_push(&builder->arena, &builder->manifest.slices) = slice;
    }
    pl_slice_builder_free(PL_TAKE(builder->building));
    pl_db_builder_drop(builder);
    return PL_OK;
}

void pl_db_builder_confirm(struct pl_db_builder *builder, pl_str slice,
                           const struct pl_db_origin *origin)
{
    struct pl_db_slice_info *found = find_slice(builder, slice);
    if (found) {
        set_origin(builder, found, origin);
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
    enum pl_status st =
        pl_generation_swap(builder->dir_fd, manifest, keep_count, &built.changed, err);
    if (st < 0) {
        return pl_error_wrap(err, "building the database in %s", builder->dir);
    }
    *ret = built;
    return PL_OK;
}
