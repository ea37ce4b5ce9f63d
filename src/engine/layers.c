/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/layers.h"
#include "base/sandbox.h"
#include "engine/content.h"
#include "engine/fetcher.h"
#include "engine/inspect.h"
#include "image/layer_dir.h"
#include <stdatomic.h>
#include <sys/mman.h>

struct run {
    struct pl_arena *arena;
    const struct pl_image *image;
    const struct pl_layers_options *options;
    const struct pl_evidence **evidence;
    struct pl_sandbox_child *children; /* one place for each job */
    struct pl_fetcher *fetchers; /* of the layers at these places, where they are fetched */
    size_t *layer_of; /* which layer the child at a place inspects */
    size_t slots;
    size_t running;
    /* By layer: a file without a name that holds it, because its inspector wants to read it twice;
     * or -1. */
    int *spools;
    size_t *again; /* layers that are to be inspected once more, from there */
    size_t again_count;
    _Atomic uint64_t *read_bytes; /* of all children together, in memory they share; or NULL */
};

/* Evidence of a layer that was not seen at all. */
static const struct pl_evidence *unseen(struct pl_arena *arena, const struct pl_image_layer *layer,
                                        pl_str reason)
{
    struct pl_evidence *evidence = PL_ARENA_NEW(arena, struct pl_evidence);
    evidence->diff_id = layer->info.diff_id;
    evidence->blob_digest = layer->info.digest;
    struct pl_gap *gap = pl_vec_push(arena, &evidence->gaps);
    gap->reason = pl_arena_dup(arena, reason);
    return evidence;
}

static const char *digest_for_people(const struct pl_image_layer *layer)
{
    return layer->stored.text[0] != '\0' ? layer->stored.text : layer->diff_id.text;
}

static struct pl_sandbox_job tree_job(struct pl_inspect_tree *tree)
{
    return (struct pl_sandbox_job){.run = pl_inspect_tree_run,
                                   .context = tree,
                                   .keep_fds = {tree->spill_fd, -1, -1, -1},
                                   .read_below_fd = tree->root_fd,
                                   .most_seconds = pl_inspect_most_seconds(&tree->limits)};
}

static struct pl_sandbox_job layer_job(struct pl_inspect_layer *layer)
{
    const struct pl_ring_reader *ring = layer->ring;
    return (struct pl_sandbox_job){.run = pl_inspect_layer_run,
                                   .context = layer,
                                   .keep_fds = {layer->fd, layer->spill_fd,
                                                ring ? ring->filled_fd : -1,
                                                ring ? ring->freed_fd : -1},
                                   .read_below_fd = -1,
                                   .most_seconds = pl_inspect_most_seconds(&layer->limits)};
}

/* Who fetches a layer hashes it as stored, beside its inspector, who inflates it and hashes what
 * comes out. A plain layer has one digest, and the one who has less to do is then the inspector. */
static bool is_checked_by_fetcher(const struct pl_image_layer *layer)
{
    pl_str type = layer->info.media_type;
    return layer->part.fetch && layer->stored.text[0] != '\0' &&
           !pl_str_ends_with(type, PL_STR(".tar"));
}

static enum pl_status start_layer(struct run *run, size_t index, size_t left, struct pl_error *err)
{
    size_t slot = 0;
    while (run->children[slot].pid > 0) {
        slot++;
    }
    const struct pl_image_layer *layer = &run->image->layers.items[index];
    bool is_spooled = run->spools[index] >= 0;
    const struct pl_fetch *fetch = is_spooled ? NULL : layer->part.fetch;
    int spill_fd pl_autoclose = pl_content_spill_file();
    struct pl_ring_reader ring PL_CLEANUP(pl_ring_reader_release) = PL_RING_READER_INIT;
    bool is_checked = fetch && is_checked_by_fetcher(layer);
    struct pl_digest unchecked = {.text = ""};
    enum pl_status st = fetch ? pl_fetcher_start(fetch, is_checked ? &layer->stored : &unchecked,
                                                 &run->fetchers[slot], &ring, err)
                              : PL_OK;
    if (st < 0) {
        return st;
    }
    ring.most_wait_s = run->options->limits.layer_seconds;
    struct pl_inspect_layer inspect = {
        .fd = fetch        ? -1
              : is_spooled ? run->spools[index]
                           : layer->part.fd,
        .ring = fetch ? &ring : NULL,
        .offset = layer->part.offset,
        .length = fetch || is_spooled ? UINT64_MAX : layer->part.length,
        .stored = layer->stored,
        .is_stored_checked = is_checked,
        .diff_id = layer->diff_id,
        .hash_beside = left < run->options->jobs,
        .keeps_paths = run->options->keeps_paths,
        .spill_fd = spill_fd,
        .read_bytes = run->read_bytes,
        .limits = run->options->limits,
        .matcher = run->options->matcher,
    };
    struct pl_inspect_tree tree = {.root_fd = layer->part.dir ? layer->part.dir->fd : -1,
                                   .is_layer = true,
                                   .is_rootless = layer->part.dir && layer->part.dir->is_rootless,
                                   .keeps_paths = run->options->keeps_paths,
                                   .spill_fd = spill_fd,
                                   .limits = run->options->limits,
                                   .matcher = run->options->matcher};
    struct pl_sandbox_job job = layer->part.dir ? tree_job(&tree) : layer_job(&inspect);
    pl_buf_release(&run->children[slot].answer);
    st = pl_sandbox_start(&run->children[slot], &job,
                          pl_inspect_answer_ceiling(&run->options->limits), err);
    if (st == PL_OK) {
        run->layer_of[slot] = index;
        run->running++;
    }
    return st;
}

/* The answer of the child that ended first; its place is free again. */
struct ended_layer {
    size_t index;
    struct pl_buf answer;
    bool has_died;
    struct pl_error why;
    enum pl_status fetched; /* how its fetching ended */
    bool is_unchecked; /* it was fetched, but not to the end, where its digest is checked */
    struct pl_error fetch_error;
};

/* Bytes as stored, of all layers. */
static void tell_progress(void *context)
{
    const struct run *run = context;
    uint64_t total = 0;
    for (size_t i = 0; i < run->image->layers.count; i++) {
        total += run->image->layers.items[i].part.length;
    }
    uint64_t done = atomic_load_explicit(run->read_bytes, memory_order_relaxed);
    pl_progress_tell(run->options->progress, PL_STR("inspecting layers"),
                     done < total ? done : total, total);
}

static void wait_layer(struct run *run, struct ended_layer *ret)
{
    struct pl_sandbox_tick tick = {tell_progress, run};
    size_t slot = 0;
    ret->why = PL_ERROR_INIT;
    ret->has_died = pl_sandbox_wait_any(run->children, run->slots, run->read_bytes ? &tick : NULL,
                                        &slot, &ret->why) < 0;
    ret->index = run->layer_of[slot];
    ret->fetched = PL_OK;
    ret->is_unchecked = false;
    ret->fetch_error = PL_ERROR_INIT;
    if (run->fetchers[slot].child.pid > 0) {
        ret->fetched = pl_fetcher_end(&run->fetchers[slot], &ret->fetch_error);
        ret->is_unchecked = !run->fetchers[slot].is_whole;
    }
    ret->answer = run->children[slot].answer;
    run->children[slot].answer = (struct pl_buf){0};
    run->running--;
}

/* What a layer whose fetching failed comes to: where there is none, the report goes on without it;
 * where it could not be had, there is no report. */
static enum pl_status finish_unfetched(struct run *run, const struct ended_layer *ended,
                                       struct pl_error *err)
{
    const struct pl_image_layer *layer = &run->image->layers.items[ended->index];
    if (ended->fetched == PL_E_NOT_FOUND) {
        run->evidence[ended->index] =
            unseen(run->arena, layer, pl_str_from(ended->fetch_error.msg));
        return PL_OK;
    }
    *err = ended->fetch_error;
    return pl_error_wrap(err, "layer %zu (%s)", ended->index, digest_for_people(layer));
}

/* Is it of this layer? What an inspector says is kept under what it says it read. */
static enum pl_status check_digests(const struct pl_image_layer *layer,
                                    const struct pl_evidence *evidence, struct pl_error *err)
{
    struct pl_digest got = {.text = ""};
    enum pl_status st = PL_OK;
    if (layer->stored.text[0] != '\0') {
        st = pl_digest_parse(evidence->blob_digest, &got, err);
        st = st < 0 ? st : pl_digest_verify("the layer", &got, &layer->stored, err);
    }
    if (st == PL_OK && layer->diff_id.text[0] != '\0' && evidence->diff_id.len > 0) {
        st = pl_digest_parse(evidence->diff_id, &got, err);
        st = st < 0 ? st : pl_digest_verify("the uncompressed layer", &got, &layer->diff_id, err);
    }
    return st;
}

/* A child that died took only its own layer with it. */
static enum pl_status finish_layer(struct run *run, struct ended_layer *ended, struct pl_error *err)
{
    const struct pl_image_layer *layer = &run->image->layers.items[ended->index];
    /* The evidence consists of views into the answer. */
    struct pl_buf answer = ended->answer;
    pl_arena_adopt(run->arena, answer.ptr);
    if (ended->fetched < 0) {
        return finish_unfetched(run, ended, err);
    }
    if (ended->has_died) {
        run->evidence[ended->index] = unseen(run->arena, layer, pl_str_from(ended->why.msg));
        return PL_OK;
    }
    struct pl_evidence *evidence = PL_ARENA_NEW(run->arena, struct pl_evidence);
    enum pl_status st =
        pl_inspect_answer(run->arena, pl_str_span(pl_buf_str(&answer)), evidence, err);
    if (st == PL_E_CONFLICT && layer->part.fetch && run->spools[ended->index] < 0) {
        run->again[run->again_count++] = ended->index;
        return PL_OK;
    }
    if (st == PL_OK && ended->is_unchecked) {
        st = pl_error_set(err, PL_E_TRUST, "its inspector answered without reading all of it");
    }
    if (st == PL_OK) {
        st = check_digests(layer, evidence, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "layer %zu (%s)", ended->index, digest_for_people(layer));
    }
    if (evidence->diff_id.len == 0) {
        evidence->diff_id = layer->info.diff_id;
    }
    run->evidence[ended->index] = evidence;
    if (!layer->part.dir) {
        pl_layer_cache_keep(&run->options->cache, layer, evidence);
    } else if (!pl_layer_dir_is_there(layer->part.dir)) {
        /* What was already removed looks like what never was. */
        struct pl_gap *gap = pl_vec_push(run->arena, &evidence->gaps);
        gap->reason = PL_STR("was removed by the engine while it was read; parts are missing");
    }
    return PL_OK;
}

/* A layer of a compressed archive was inspected while that was streamed. */
static enum pl_status adopt(struct run *run, size_t index, struct pl_error *err)
{
    const struct pl_image_layer *layer = &run->image->layers.items[index];
    if (layer->part.problem.len > 0) {
        run->evidence[index] = unseen(run->arena, layer, layer->part.problem);
        return PL_OK;
    }
    const struct pl_evidence *evidence = layer->part.evidence;
    enum pl_status st = check_digests(layer, evidence, err);
    if (st < 0) {
        return pl_error_wrap(err, "layer %zu (%s)", index, digest_for_people(layer));
    }
    run->evidence[index] = evidence;
    if (!layer->part.is_known) {
        pl_layer_cache_keep(&run->options->cache, layer, evidence);
    }
    return PL_OK;
}

/* Starts a layer, once a place is free for it. What the ended one answered is read while the new
 * one runs. */
static enum pl_status replace_layer(struct run *run, size_t index, size_t left,
                                    struct pl_error *err)
{
    if (run->running < run->slots) {
        return start_layer(run, index, left, err);
    }
    struct ended_layer ended;
    wait_layer(run, &ended);
    enum pl_status started = start_layer(run, index, left, err);
    if (started < 0) {
        pl_buf_release(&ended.answer);
        return started;
    }
    return finish_layer(run, &ended, err);
}

static int compare_sizes(const void *a, const void *b)
{
    const struct pl_image_layer *left = *(const struct pl_image_layer *const *)a;
    const struct pl_image_layer *right = *(const struct pl_image_layer *const *)b;
    if (left->part.length != right->part.length) {
        return left->part.length < right->part.length ? 1 : -1;
    }
    return (left > right) - (left < right);
}

/* The largest first, so that no core waits at the end for a large layer on another. */
static size_t *order_by_size(struct pl_arena *scratch, const struct pl_image *image)
{
    size_t count = image->layers.count;
    const struct pl_image_layer **sorted =
        PL_ARENA_ARRAY(scratch, const struct pl_image_layer *, count);
    size_t *order = PL_ARENA_ARRAY(scratch, size_t, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &image->layers.items[i];
    }
    if (count > 1) {
        qsort(sorted, count, sizeof(*sorted), compare_sizes);
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = (size_t)(sorted[i] - image->layers.items);
    }
    return order;
}

/* What needs no inspector: a layer that is not there or is known already. */
static enum pl_status settle_layer(struct run *run, size_t index, struct pl_error *err)
{
    const struct pl_image_layer *layer = &run->image->layers.items[index];
    const struct pl_part *part = &layer->part;
    if (layer->gap.len > 0) {
        run->evidence[index] = unseen(run->arena, layer, layer->gap);
        return PL_OK;
    }
    if (part->evidence || part->problem.len > 0) {
        return adopt(run, index, err);
    }
    enum pl_status st =
        pl_layer_cache_find(&run->options->cache, run->arena, layer, &run->evidence[index], err);
    if (st < 0) {
        return pl_error_wrap(err, "layer %zu (%s)", index, digest_for_people(layer));
    }
    if (!run->evidence[index] && part->fd < 0 && !part->fetch && !part->dir) {
        run->evidence[index] = unseen(run->arena, layer, PL_STR("is no layer but a JSON document"));
    }
    return PL_OK;
}

static enum pl_status finish_running(struct run *run, struct pl_error *err)
{
    while (run->running > 0) {
        struct ended_layer ended;
        wait_layer(run, &ended);
        enum pl_status st = finish_layer(run, &ended, err);
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

/* Hard links to what stood before them in a layer are rare in what catalogers read. Such a layer is
 * fetched a second time, into a file, and inspected from there. */
static enum pl_status inspect_again(struct run *run, struct pl_error *err)
{
    for (size_t i = 0; i < run->again_count; i++) {
        size_t index = run->again[i];
        const struct pl_image_layer *layer = &run->image->layers.items[index];
        enum pl_status st = pl_fetcher_spool(layer->part.fetch, &run->spools[index], err);
        if (st == PL_OK) {
            st = start_layer(run, index, 1, err);
        }
        if (st == PL_OK) {
            st = finish_running(run, err);
        }
        if (st < 0) {
            return pl_error_wrap(err, "layer %zu (%s)", index, digest_for_people(layer));
        }
    }
    return PL_OK;
}

static enum pl_status inspect_all(struct run *run, const size_t *order, struct pl_error *err)
{
    size_t count = run->image->layers.count;
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        enum pl_status st = settle_layer(run, i, err);
        if (st < 0) {
            return st;
        }
        left += run->evidence[i] ? 0 : 1;
    }
    for (size_t at = 0; at < count; at++) {
        if (!run->evidence[order[at]]) {
            enum pl_status st = replace_layer(run, order[at], left--, err);
            if (st < 0) {
                return st;
            }
        }
    }
    enum pl_status st = finish_running(run, err);
    return st < 0 ? st : inspect_again(run, err);
}

enum pl_status pl_layers_inspect(struct pl_arena *arena, const struct pl_image *image,
                                 const struct pl_layers_options *options,
                                 const struct pl_evidence **ret, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct run run = {.arena = arena,
                      .image = image,
                      .options = options,
                      .evidence = ret,
                      .slots = options->jobs};
    run.children = PL_ARENA_ARRAY(&scratch, struct pl_sandbox_child, run.slots);
    run.fetchers = PL_ARENA_ARRAY(&scratch, struct pl_fetcher, run.slots);
    run.spools = PL_ARENA_ARRAY(&scratch, int, image->layers.count);
    run.again = PL_ARENA_ARRAY(&scratch, size_t, image->layers.count);
    for (size_t i = 0; i < image->layers.count; i++) {
        run.spools[i] = -1;
    }
    run.layer_of = PL_ARENA_ARRAY(&scratch, size_t, run.slots);
    void *shared = mmap(NULL, sizeof(*run.read_bytes), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    run.read_bytes = shared == MAP_FAILED || !options->progress ? NULL : shared;
    enum pl_status st = inspect_all(&run, order_by_size(&scratch, image), err);
    pl_sandbox_release(run.children, run.slots);
    for (size_t i = 0; i < run.slots; i++) {
        pl_fetcher_release(&run.fetchers[i]);
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        if (run.spools[i] >= 0) {
            close(run.spools[i]);
        }
    }
    if (shared != MAP_FAILED) {
        munmap(shared, sizeof(*run.read_bytes));
    }
    return st;
}

struct tree_progress {
    const struct pl_progress *progress;
    _Atomic uint64_t *entries;
};

static void tell_entries(void *context)
{
    const struct tree_progress *tree = context;
    pl_progress_tell(tree->progress, PL_STR("looking at files"),
                     atomic_load_explicit(tree->entries, memory_order_relaxed), 0);
}

enum pl_status pl_tree_inspect(struct pl_arena *arena, int root_fd,
                               const struct pl_layers_options *options,
                               const struct pl_evidence **ret, struct pl_error *err)
{
    int spill_fd pl_autoclose = pl_content_spill_file();
    void *shared =
        mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct tree_progress progress = {options->progress, shared == MAP_FAILED ? NULL : shared};
    struct pl_inspect_tree tree = {.root_fd = root_fd,
                                   .entries = progress.entries,
                                   .keeps_paths = options->keeps_paths,
                                   .spill_fd = spill_fd,
                                   .limits = options->limits,
                                   .matcher = options->matcher};
    struct pl_sandbox_job job = tree_job(&tree);
    struct pl_sandbox_child child = {0};
    enum pl_status st =
        pl_sandbox_start(&child, &job, pl_inspect_answer_ceiling(&options->limits), err);
    size_t slot = 0;
    if (st == PL_OK) {
        struct pl_sandbox_tick tick = {tell_entries, &progress};
        st = pl_sandbox_wait_any(&child, 1, progress.entries ? &tick : NULL, &slot, err);
    }
    if (progress.entries) {
        munmap(shared, sizeof(uint64_t));
    }
    struct pl_evidence *evidence = PL_ARENA_NEW(arena, struct pl_evidence);
    if (st == PL_OK) {
        st = pl_inspect_answer(arena, pl_str_span(pl_buf_str(&child.answer)), evidence, err);
        pl_arena_adopt(arena, PL_TAKE(child.answer.ptr));
    }
    pl_sandbox_release(&child, 1);
    if (st == PL_OK) {
        *ret = evidence;
    }
    return st;
}
