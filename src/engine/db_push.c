/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/db_push.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "db/generation.h"
#include "db/pack.h"
#include "db/patch.h"
#include "engine/db_artifact.h"
#include "trust/cosign.h"
#include <errno.h>
#include <fcntl.h>

/* Patches that are kept of one slice: a week of daily pushes. */
enum { KEPT_PATCHES = 7 };

struct pushing {
    const struct pl_db_push_options *options;
    struct pl_arena *arena;
    struct pl_registry *registry;
    int dir_fd;
    struct pl_db_index before; /* what the tag stands for; empty when that is nothing */
    struct pl_db_index index;
    struct pl_db_pushed pushed;
};

/* ---- what was pushed before ---- */

static enum pl_status read_before(struct pushing *pushing, const struct pl_reference *reference,
                                  struct pl_error *err)
{
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    struct pl_document document = {.media_type = PL_STR_EMPTY};
    enum pl_status st = pl_registry_manifest(pushing->registry, pushing->arena, NULL,
                                             reference->tag, &manifest, err);
    if (st == PL_E_NOT_FOUND) {
        return PL_OK;
    }
    if (st == PL_OK) {
        st = pl_document_read(pushing->arena, manifest.bytes, manifest.media_type, &document, err);
    }
    if (st == PL_OK && !pl_db_index_is(&document)) {
        return pl_error_set(err, PL_E_CONFLICT,
                            "the tag is of something that is no advisory database; push to "
                            "another one");
    }
    /* One that a later version wrote is replaced all the same, without patches. */
    if (st == PL_OK) {
        (void)pl_db_index_read(pushing->arena, manifest.bytes, &pushing->before, NULL);
    }
    return st;
}

static const struct pl_db_slice_info *slice_before(const struct pushing *pushing, pl_str name)
{
    const struct pl_db_slice_infos *slices = &pushing->before.manifest.slices;
    for (size_t i = 0; i < slices->count; i++) {
        if (pl_str_eq(slices->items[i].name, name)) {
            return &slices->items[i];
        }
    }
    return NULL;
}

static enum pl_status open_slice(const struct pushing *pushing,
                                 const struct pl_db_slice_info *slice, struct pl_table **ret,
                                 struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st = pl_generation_open_slice(pushing->dir_fd, slice, &fd, err);
    return st == PL_OK ? pl_table_open(fd, slice->name.ptr, ret, err) : st;
}

/* A slice of what was pushed before: from the older generations that are here, or fetched. */
static enum pl_status open_before(const struct pushing *pushing,
                                  const struct pl_db_slice_info *slice, struct pl_table **ret,
                                  struct pl_error *err)
{
    int pack_fd pl_autoclose = -1;
    int table_fd pl_autoclose = -1;
    char digits[PL_DB_DIGITS + 1] = "";
    if (open_slice(pushing, slice, ret, NULL) == PL_OK) {
        return PL_OK;
    }
    const struct pl_db_part *part = pl_db_index_whole(&pushing->before, slice->digits);
    enum pl_status st = pl_db_artifact_fetch(pushing->registry, part, NULL, &pack_fd, err);
    if (st == PL_OK) {
        st = pl_tempfile_open(NULL, &table_fd, err);
    }
    if (st == PL_OK) {
        st = pl_pack_read(pack_fd, slice->name.ptr, table_fd, digits, err);
    }
    if (st == PL_OK && !pl_str_eq(pl_str_from(digits), slice->digits)) {
        st = pl_error_set(err, PL_E_TRUST, "it is another slice than its name says");
    }
    return st == PL_OK ? pl_table_open(table_fd, slice->name.ptr, ret, err) : st;
}

/* ---- slices and patches ---- */

static void keep_part(struct pushing *pushing, const struct pl_db_part *part, bool is_sent)
{
    *pl_vec_push(pushing->arena, &pushing->index.parts) = *part;
    pushing->pushed.sent_bytes += is_sent ? part->blob.size_bytes : 0;
}

static enum pl_status push_whole(struct pushing *pushing, const struct pl_db_slice_info *slice,
                                 struct pl_db_pushed_slice *told, struct pl_error *err)
{
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    struct pl_db_part part = {.slice = slice->name, .content = slice->digits, .from = PL_STR_EMPTY};
    const struct pl_db_part *before = pl_db_index_whole(&pushing->before, slice->digits);
    int fd pl_autoclose = -1;
    uint64_t bytes = 0;
    enum pl_status st = PL_E_NOT_FOUND;
    if (before) {
        part.blob = before->blob;
        st = pl_db_artifact_push(pushing->registry, pushing->arena, slice, -1, &part,
                                 &told->is_sent, err);
    }
    if (st == PL_E_NOT_FOUND) {
        st = open_slice(pushing, slice, &table, err);
        if (st == PL_OK) {
            st = pl_tempfile_open(NULL, &fd, err);
        }
        if (st == PL_OK) {
            st = pl_pack_write(table, fd, &bytes, err);
        }
        if (st == PL_OK) {
            st = pl_db_artifact_push(pushing->registry, pushing->arena, slice, fd, &part,
                                     &told->is_sent, err);
        }
    }
    if (st == PL_OK) {
        told->bytes = part.blob.size_bytes;
        keep_part(pushing, &part, told->is_sent);
    }
    return st;
}

/* The patch from what was pushed before; none when it would be larger than the slice. */
static enum pl_status push_patch(struct pushing *pushing, const struct pl_db_slice_info *before,
                                 const struct pl_db_slice_info *slice,
                                 struct pl_db_pushed_slice *told, struct pl_error *err)
{
    struct pl_table *from PL_CLEANUP(pl_table_closep) = NULL;
    struct pl_table *to PL_CLEANUP(pl_table_closep) = NULL;
    struct pl_buf patch pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES * 2);
    struct pl_db_part part = {
        .slice = slice->name, .content = slice->digits, .from = before->digits};
    bool is_sent = false;
    int fd pl_autoclose = -1;
    if (open_before(pushing, before, &from, NULL) < 0) {
        return PL_OK; /* it is gone, or damaged; the whole is there in any case */
    }
    enum pl_status st = open_slice(pushing, slice, &to, err);
    if (st == PL_OK) {
        st = pl_patch_make(from, to, &patch, err);
        if (st == PL_E_LIMIT || (st == PL_OK && patch.len >= told->bytes)) {
            return PL_OK;
        }
    }
    if (st == PL_OK) {
        st = pl_tempfile_open(NULL, &fd, err);
    }
    if (st == PL_OK) {
        st = pl_io_write(fd, pl_buf_str(&patch), err);
    }
    if (st == PL_OK) {
        st =
            pl_db_artifact_push(pushing->registry, pushing->arena, slice, fd, &part, &is_sent, err);
    }
    if (st == PL_OK) {
        told->patch_bytes = part.blob.size_bytes;
        keep_part(pushing, &part, is_sent);
    }
    return st;
}

/* The patches of earlier pushes, from the newest back, for as long as somebody would use them. */
static enum pl_status keep_patches(struct pushing *pushing, const struct pl_db_slice_info *slice,
                                   pl_str content, const struct pl_db_pushed_slice *told,
                                   struct pl_error *err)
{
    uint64_t bytes = told->patch_bytes;
    for (size_t i = told->patch_bytes > 0; i < KEPT_PATCHES; i++) {
        const struct pl_db_part *patch = pl_db_index_patch(&pushing->before, content);
        struct pl_db_part part = {.slice = slice->name};
        bool is_sent = false;
        if (!patch || bytes + patch->blob.size_bytes >= told->bytes ||
            pl_str_eq(patch->from, slice->digits)) {
            break;
        }
        part.content = patch->content;
        part.from = patch->from;
        part.blob = patch->blob;
        enum pl_status st =
            pl_db_artifact_push(pushing->registry, pushing->arena, slice, -1, &part, &is_sent, err);
        if (st < 0) {
            return st == PL_E_NOT_FOUND ? PL_OK : st;
        }
        keep_part(pushing, &part, is_sent);
        bytes += patch->blob.size_bytes;
        content = patch->from;
    }
    return PL_OK;
}

static enum pl_status push_slice(struct pushing *pushing, const struct pl_db_slice_info *slice,
                                 struct pl_error *err)
{
    struct pl_db_pushed_slice told = {.name = slice->name, .size_bytes = slice->size_bytes};
    const struct pl_db_slice_info *before = slice_before(pushing, slice->name);
    enum pl_status st = push_whole(pushing, slice, &told, err);
    bool is_changed = before && !pl_str_eq(before->digits, slice->digits);
    if (st == PL_OK && is_changed) {
        st = push_patch(pushing, before, slice, &told, err);
    }
    /* Without a patch to it, what lies before leads nowhere. */
    if (st == PL_OK && before && (!is_changed || told.patch_bytes > 0)) {
        st = keep_patches(pushing, slice, before->digits, &told, err);
    }
    if (st == PL_OK) {
        *pl_vec_push(pushing->arena, &pushing->pushed) = told;
    }
    return st;
}

/* ---- the index ---- */

/* The tag of the day: "2026-11-22" beside "latest", "prod-2026-11-22" beside "prod". */
static pl_str day_tag(struct pl_arena *arena, pl_str tag, pl_str created)
{
    enum { DAY_CHARS = 10 };
    pl_str day = pl_str_sub(created, 0, DAY_CHARS);
    return pl_str_eq(tag, PL_STR("latest")) ? day
                                            : pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT,
                                                              PL_STR_ARG(tag), PL_STR_ARG(day));
}

static enum pl_status push_index(struct pushing *pushing, const struct pl_reference *reference,
                                 struct pl_error *err)
{
    struct pl_db_pushed *pushed = &pushing->pushed;
    const struct pl_key *key = pushing->options->key;
    pl_str day = day_tag(pushing->arena, reference->tag, pushing->index.manifest.created);
    pl_str bytes = PL_STR_EMPTY;
    enum pl_status st = pl_db_index_write(pushing->arena, &pushing->index, &bytes, err);
    if (st < 0) {
        return st;
    }
    struct pl_registry_manifest manifest = {bytes, pl_digest_of(pl_str_span(bytes), NULL),
                                            PL_STR("application/vnd.oci.image.index.v1+json")};
    pushed->digest = manifest.digest;
    pushed->generation =
        pl_arena_dup(pushing->arena, pl_str_from(pushing->index.manifest.generation));
    if (key) {
        st = pl_registry_push_manifest(pushing->registry, &manifest, PL_STR_EMPTY, err);
        if (st == PL_OK) {
            st = pl_cosign_sign(pushing->registry, reference, key, &manifest.digest, err);
        }
    }
    if (pl_reference_is_tag(day)) {
        *pl_vec_push(pushing->arena, &pushed->tags) = day;
    }
    *pl_vec_push(pushing->arena, &pushed->tags) = reference->tag;
    for (size_t i = 0; st == PL_OK && i < pushed->tags.count; i++) {
        st = pl_registry_push_manifest(pushing->registry, &manifest, pushed->tags.items[i], err);
    }
    return st;
}

static enum pl_status push(struct pushing *pushing, const struct pl_reference *reference,
                           struct pl_error *err)
{
    const struct pl_db_slice_infos *slices = &pushing->index.manifest.slices;
    enum pl_status st = pl_generation_read(pushing->dir_fd, PL_STR_EMPTY, pushing->arena,
                                           &pushing->index.manifest, err);
    if (st == PL_OK) {
        st = pl_registry_open(pushing->options->registry, reference, &pushing->registry, err);
    }
    if (st == PL_OK) {
        st = read_before(pushing, reference, err);
    }
    for (size_t i = 0; st == PL_OK && i < slices->count; i++) {
        pl_progress_tell(pushing->options->progress, slices->items[i].name, i, slices->count);
        st = push_slice(pushing, &slices->items[i], err);
    }
    return st == PL_OK ? push_index(pushing, reference, err) : st;
}

enum pl_status pl_db_push(const char *dir, const struct pl_reference *reference,
                          const struct pl_db_push_options *options, struct pl_arena *arena,
                          struct pl_db_pushed *ret, struct pl_error *err)
{
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct pushing pushing = {.options = options, .arena = arena, .dir_fd = dir_fd};
    if (dir_fd < 0) {
        return pl_error_sys(err, errno, "opening the advisory database %s", dir);
    }
    if (reference->digest.text[0] != '\0' || reference->tag.len == 0) {
        return pl_error_set(err, PL_E_USAGE,
                            "a database is pushed to a tag; its digest comes out of it");
    }
    enum pl_status st = push(&pushing, reference, err);
    pl_registry_close(pushing.registry);
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(pl_reference_familiar(arena, reference)));
    }
    *ret = pushing.pushed;
    return PL_OK;
}
