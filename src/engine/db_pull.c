/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request for the index, with a key two for its signature, and one for each blob. The index is
 * what was signed; it names every slice by the digits of its content, which are verified when a
 * slice was made, whatever it was made of.
 */
#include "engine/db_pull.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "base/tempfile.h"
#include "db/intake.h"
#include "db/pack.h"
#include "db/patch.h"
#include "engine/db_artifact.h"
#include "trust/cosign.h"

/* Patches that are applied one after the other; each reads and writes the whole slice. */
enum { MOST_PATCHES = 16 };

struct pulling {
    const char *dir;
    const struct pl_db_pull_options *options;
    struct pl_arena *arena;
    struct pl_registry *registry;
    struct pl_db_index index;
    struct pl_db_intake *intake;
    struct pl_db_pulled pulled;
};

/* ---- the index ---- */

static enum pl_status read_index(struct pulling *pulling, const struct pl_reference *reference,
                                 struct pl_error *err)
{
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    const struct pl_key *key = pulling->options->key;
    enum pl_status st = pl_registry_manifest(pulling->registry, pulling->arena, NULL,
                                             pl_reference_selector(reference), &manifest, err);
    if (st == PL_OK && key) {
        st = pl_cosign_verify(pulling->registry, key, &manifest.digest, err);
    }
    if (st == PL_OK) {
        st = pl_db_index_read(pulling->arena, manifest.bytes, &pulling->index, err);
    }
    if (st == PL_OK) {
        pulling->pulled.digest = manifest.digest;
        pulling->pulled.created = pulling->index.manifest.created;
    }
    return st;
}

static enum pl_status unknown_ecosystem(const struct pl_strs *known, pl_str name,
                                        struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_nearest nearest = pl_nearest_start(name);
    for (size_t i = 0; i < known->count; i++) {
        /* In lower case, as the names of a selection are. */
        struct pl_feed_selection folded = {.may_lack = false};
        pl_feed_selection_add_name(&scratch, &folded, known->items[i]);
        pl_nearest_offer(&nearest, pl_arena_dup(&scratch, folded.names.items[0]).ptr);
    }
    return pl_error_set(err, PL_E_NOT_FOUND,
                        "the generation has no slice that speaks of \"" PL_STR_FMT "\"%s%s%s",
                        PL_STR_ARG(name), nearest.best ? "; is it \"" : "",
                        nearest.best ? nearest.best : "", nearest.best ? "\" that was meant?" : "");
}

/* Leaves the slices that were asked for, with what was. */
static enum pl_status select_slices(struct pl_arena *arena,
                                    const struct pl_feed_selection *selection,
                                    struct pl_db_manifest *manifest, struct pl_error *err)
{
    struct pl_db_slice_infos kept = {0};
    struct pl_strs known = {0};
    pl_str text = pl_feed_selection_text(arena, selection);
    if (selection->names.count == 0) {
        return PL_OK;
    }
    for (size_t i = 0; i < manifest->slices.count; i++) {
        struct pl_db_slice_info slice = manifest->slices.items[i];
        bool is_wanted = slice.ecosystems.count == 0;
        for (size_t j = 0; j < slice.ecosystems.count; j++) {
            pl_strs_add_unique(arena, &known, slice.ecosystems.items[j]);
            is_wanted = is_wanted || pl_feed_selection_has(selection, slice.ecosystems.items[j]);
        }
        if (is_wanted) {
            slice.selection = text;
            *pl_vec_push(arena, &kept) = slice;
        }
    }
    pl_str lacking = pl_feed_selection_lacks(selection, &known);
    if (lacking.len > 0 && !selection->may_lack) {
        return unknown_ecosystem(&known, lacking, err);
    }
    manifest->slices = kept;
    pl_db_manifest_seal(manifest);
    return PL_OK;
}

/* Who can write to the registry cannot sign, but could put back what was signed before. */
static enum pl_status check_age(const struct pulling *pulling, struct pl_error *err)
{
    pl_str before = pl_db_intake_in_use(pulling->intake)->created;
    pl_str now = pulling->index.manifest.created;
    if (!pulling->options->key || pulling->options->accept_older || pl_str_cmp(now, before) >= 0) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_TRUST,
                        "the generation there was made " PL_STR_FMT
                        ", before the one in use (" PL_STR_FMT "); --accept-older takes it",
                        PL_STR_ARG(now), PL_STR_ARG(before));
}

/* ---- slices ---- */

static enum pl_status fetch_whole(struct pulling *pulling, const struct pl_db_slice_info *slice,
                                  const struct pl_db_part *part, struct pl_error *err)
{
    int pack_fd pl_autoclose = -1;
    int table_fd = -1;
    char digits[PL_DB_DIGITS + 1] = "";
    enum pl_status st = pl_db_artifact_fetch(pulling->registry, part, pulling->dir, &pack_fd, err);
    if (st == PL_OK) {
        st = pl_db_intake_begin(pulling->intake, &table_fd, err);
    }
    if (st == PL_OK) {
        st = pl_pack_read(pack_fd, slice->name.ptr, table_fd, digits, err);
    }
    return st == PL_OK ? pl_db_intake_keep(pulling->intake, slice, err) : st;
}

/* The patches that lead from a slice that is here to the one that is wanted. */
struct chain {
    struct pl_table *from;
    const struct pl_db_part *patches[MOST_PATCHES]; /* the last one first */
    size_t count;
    uint64_t bytes;
};

static void chain_release(struct chain *chain)
{
    pl_table_close(chain->from);
}

/* Leaves the chain without a table when there is none that is smaller than the whole. */
static void find_chain(const struct pulling *pulling, const struct pl_db_part *whole,
                       struct chain *chain)
{
    pl_str content = whole->content;
    while (chain->count < MOST_PATCHES) {
        const struct pl_db_part *patch = pl_db_index_patch(&pulling->index, content);
        if (!patch || patch->blob.size_bytes >= whole->blob.size_bytes - chain->bytes) {
            return;
        }
        chain->bytes += patch->blob.size_bytes;
        chain->patches[chain->count++] = patch;
        content = patch->from;
        if (pl_db_intake_open(pulling->intake, content, &chain->from, NULL) == PL_OK) {
            return;
        }
    }
}

static enum pl_status apply_one(struct pulling *pulling, const struct pl_db_part *part,
                                struct pl_table *from, int table_fd, struct pl_error *err)
{
    struct pl_buf patch pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_PATCH_BYTES * 2);
    int patch_fd pl_autoclose = -1;
    char digits[PL_DB_DIGITS + 1] = "";
    enum pl_status st = pl_db_artifact_fetch(pulling->registry, part, pulling->dir, &patch_fd, err);
    if (st == PL_OK && lseek(patch_fd, 0, SEEK_SET) == 0) {
        st = pl_io_read_all(patch_fd, "the patch", &patch, err);
    }
    return st == PL_OK ? pl_patch_apply(from, pl_buf_str(&patch), table_fd, digits, err) : st;
}

static enum pl_status apply_chain(struct pulling *pulling, const struct pl_db_slice_info *slice,
                                  struct chain *chain, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    for (size_t i = chain->count; st == PL_OK && i > 0; i--) {
        int between_fd pl_autoclose = -1;
        int table_fd = -1;
        st = i > 1 ? pl_tempfile_open(pulling->dir, &between_fd, err)
                   : pl_db_intake_begin(pulling->intake, &table_fd, err);
        table_fd = i > 1 ? between_fd : table_fd;
        if (st == PL_OK) {
            st = apply_one(pulling, chain->patches[i - 1], chain->from, table_fd, err);
        }
        pl_table_close(PL_TAKE(chain->from));
        if (st == PL_OK && i > 1) {
            st = pl_table_open(table_fd, slice->name.ptr, &chain->from, err);
        } else if (st == PL_OK) {
            st = pl_db_intake_keep(pulling->intake, slice, err);
        }
    }
    return st;
}

static void note(const struct pulling *pulling, const struct pl_db_slice_info *slice,
                 const struct pl_error *why)
{
    struct pl_arena scratch pl_autoarena = {0};
    if (pulling->options->note) {
        pl_str text = pl_arena_format(&scratch, PL_STR_FMT " is fetched as a whole: %s",
                                      PL_STR_ARG(slice->name), why->msg);
        pulling->options->note(pulling->options->note_context, text.ptr);
    }
}

static enum pl_status get_slice(struct pulling *pulling, const struct pl_db_slice_info *slice,
                                struct pl_error *err)
{
    struct pl_table *here PL_CLEANUP(pl_table_closep) = NULL;
    struct chain chain PL_CLEANUP(chain_release) = {.from = NULL};
    struct pl_db_pulled_slice got = {.name = slice->name};
    if (pl_db_intake_open(pulling->intake, slice->digits, &here, NULL) == PL_OK) {
        pulling->pulled.here++;
        return PL_OK;
    }
    const struct pl_db_part *whole = pl_db_index_whole(&pulling->index, slice->digits);
    find_chain(pulling, whole, &chain);
    if (chain.from) {
        struct pl_error why = PL_ERROR_INIT;
        got.patches = chain.count;
        got.bytes = chain.bytes;
        if (apply_chain(pulling, slice, &chain, &why) < 0) {
            note(pulling, slice, &why);
            got.patches = 0;
        }
    }
    if (got.patches == 0) {
        got.bytes += whole->blob.size_bytes;
        enum pl_status st = fetch_whole(pulling, slice, whole, err);
        if (st < 0) {
            return st;
        }
    }
    pulling->pulled.bytes += got.bytes;
    *pl_vec_push(pulling->arena, &pulling->pulled) = got;
    return PL_OK;
}

static enum pl_status pull(struct pulling *pulling, const struct pl_reference *reference,
                           struct pl_error *err)
{
    struct pl_db_manifest *manifest = &pulling->index.manifest;
    enum pl_status st = read_index(pulling, reference, err);
    if (st == PL_OK) {
        st = select_slices(pulling->arena, pulling->options->selection, manifest, err);
    }
    if (st == PL_OK) {
        st = pl_db_intake_new(pulling->dir, &pulling->intake, err);
    }
    if (st == PL_OK) {
        st = check_age(pulling, err);
    }
    for (size_t i = 0; st == PL_OK && i < manifest->slices.count; i++) {
        pl_progress_tell(pulling->options->progress, manifest->slices.items[i].name, i,
                         manifest->slices.count);
        st = get_slice(pulling, &manifest->slices.items[i], err);
    }
    return st == PL_OK
               ? pl_db_intake_finish(pulling->intake, manifest, pulling->options->keep_count,
                                     &pulling->pulled.built, err)
               : st;
}

enum pl_status pl_db_pull(const char *dir, const struct pl_reference *reference,
                          const struct pl_db_pull_options *options, struct pl_arena *arena,
                          struct pl_db_pulled *ret, struct pl_error *err)
{
    struct pulling pulling = {.dir = dir, .options = options, .arena = arena};
    enum pl_status st = pl_registry_open(options->registry, reference, &pulling.registry, err);
    if (st == PL_OK) {
        st = pull(&pulling, reference, err);
    }
    pl_db_intake_free(pulling.intake);
    pl_registry_close(pulling.registry);
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(pl_reference_familiar(arena, reference)));
    }
    *ret = pulling.pulled;
    return PL_OK;
}
