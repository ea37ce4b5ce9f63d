/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source is a row of places. A pass over the places reads the documents of one slice and
 * remembers which other feeds have documents where; passes go on until there is nothing left. What
 * has documents of one feed only, as nearly everything does, is passed over once.
 */
#include "feed/source.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "feed/documents.h"
#include "feed/places.h"
#include "feed/pool.h"

enum { COPY_BYTES = 64 << 10 };

struct reading {
    const struct pl_source_options *options;
    const struct pl_feed_taker *taker;
    struct pl_source_result *result;
    struct pl_feed_pool *pool;
    struct pl_fetcher *fetcher;
    struct pl_arena arena; /* of the places */
    struct pl_places places;
    struct pl_place *place; /* at hand */
    struct pl_feed_batch *batch; /* being filled, or NULL */
    struct pl_feed_job job; /* without a slice until a document has told which */
    size_t osv;
    uint64_t documents; /* of this source */
};

void pl_source_result_release(struct pl_source_result *result)
{
    pl_arena_release(&result->arena);
    *result = (struct pl_source_result){0};
}

void pl_source_result_sum(const struct pl_source_result *result, struct pl_tally *ret)
{
    *ret = (struct pl_tally){0};
    for (size_t i = 0; i < result->slices.count; i++) {
        pl_tally_add(ret, &result->slices.items[i]->tally);
    }
}

static struct pl_source_slice *slice_named(struct pl_source_result *result, pl_str name,
                                           const struct pl_feed *feed)
{
    for (size_t i = 0; i < result->slices.count; i++) {
        if (pl_str_eq(result->slices.items[i]->name, name)) {
            return result->slices.items[i];
        }
    }
    struct pl_source_slice *slice = PL_ARENA_NEW(&result->arena, struct pl_source_slice);
    slice->name = pl_arena_dup(&result->arena, name);
    slice->feed = feed;
    *pl_vec_push(&result->arena, &result->slices) = slice;
    return slice;
}

/* The pass is for the slice of this feed at this place. */
static enum pl_status begin_slice(struct reading *reading, size_t feed, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_feed *of = pl_feeds(&count)[feed];
    bool is_named = of->by_place || reading->place->is_slice;
    pl_str name = is_named ? pl_arena_format(&reading->arena, "%s/" PL_STR_FMT, of->name,
                                             PL_STR_ARG(reading->place->name))
                           : pl_str_from(of->name);
    reading->job.feed = feed;
    reading->job.slice = slice_named(reading->result, name, of);
    return reading->taker->begin_slice
               ? reading->taker->begin_slice(reading->taker->context, reading->job.slice->name,
                                             reading->place->has_changes, err)
               : PL_OK;
}

static void submit(struct reading *reading)
{
    if (reading->batch) {
        pl_feed_pool_submit(reading->pool, PL_TAKE(reading->batch));
    }
}

static enum pl_status need_batch(struct reading *reading, struct pl_error *err)
{
    return reading->batch ? PL_OK
                          : pl_feed_pool_batch(reading->pool, &reading->job, &reading->batch, err);
}

/* What was appended of the document goes to a file, and the rest of it after that. */
static enum pl_status take_large(struct reading *reading, const struct pl_documents_item *item,
                                 struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct pl_buf *text = pl_feed_batch_text(reading->batch);
    uint64_t size = pl_feed_batch_open_bytes(reading->batch);
    uint8_t *block pl_autofree = pl_mem_alloc(1, COPY_BYTES);
    enum pl_status st = pl_tempfile_open(reading->options->temp_dir, &fd, err);
    if (st == PL_OK) {
        st = pl_io_write(fd, pl_str_make(text->ptr + text->len - size, size), err);
    }
    pl_feed_batch_drop_open(reading->batch);
    for (size_t got = 1; st == PL_OK && got > 0;) {
        st = item->read(item->context, block, COPY_BYTES, &got, err);
        size += st == PL_OK ? got : 0;
        if (st == PL_OK && size > PL_LIMIT_FEED_DOCUMENT_BYTES) {
            st = pl_error_set(err, PL_E_LIMIT, PL_STR_FMT " is larger than %llu bytes",
                              PL_STR_ARG(item->name), PL_LIMIT_FEED_DOCUMENT_BYTES);
        }
        if (st == PL_OK) {
            st = pl_io_write(fd, pl_str_make((const char *)block, got), err);
        }
    }
    submit(reading);
    if (st == PL_OK) {
        st = need_batch(reading, err);
    }
    if (st == PL_OK) {
        st = pl_feed_batch_map(reading->batch, item->name, fd, size, err);
    }
    if (st == PL_OK) {
        submit(reading);
    }
    return st;
}

/* Appends the document to the batch; *ret_large when it is too large for one. */
static enum pl_status append(struct reading *reading, const struct pl_documents_item *item,
                             bool *ret_large, struct pl_error *err)
{
    enum { STEP_BYTES = 64 << 10 };
    struct pl_buf *text = pl_feed_batch_text(reading->batch);
    bool is_whole = item->is_whole;
    pl_buf_append(text, item->head);
    while (!is_whole && pl_feed_batch_open_bytes(reading->batch) <= PL_LIMIT_FEED_SMALL_BYTES) {
        size_t got = 0;
        char *room = pl_buf_reserve(text, STEP_BYTES);
        if (!room) {
            return pl_buf_status(text, "a batch of documents", err);
        }
        enum pl_status st = item->read(item->context, (uint8_t *)room, STEP_BYTES, &got, err);
        if (st < 0) {
            return st;
        }
        text->len += got;
        is_whole = got == 0;
    }
    *ret_large = !is_whole;
    return PL_OK;
}

/* The export's own lists of what it has. */
static bool is_list(pl_str name)
{
    return pl_str_eq(name, PL_STR("ecosystems.txt")) || pl_str_eq(name, PL_STR("modified_id.csv"));
}

/* Whose is the document? Known before it is read whole: it is large, or the first of all. */
static size_t bid_for(struct reading *reading, const struct pl_documents_item *item)
{
    if (reading->place->is_export) {
        return reading->osv;
    }
    struct pl_feed_document head = {.name = item->name, .text = item->head};
    size_t feed = pl_feeds_bid(&head);
    if (feed == SIZE_MAX && !reading->place->is_visited && !is_list(item->name)) {
        reading->result->unknown++;
        char name[256];
        snprintf(name, sizeof(name), PL_STR_FMT, PL_STR_ARG(item->name));
        pl_tally_note(&reading->result->unknown_names, pl_feed_pool_sequence(reading->pool), name);
    }
    return feed;
}

static enum pl_status take_document(void *context, const struct pl_documents_item *item,
                                    struct pl_error *err)
{
    enum { PROGRESS_STEP = 256 };
    struct reading *reading = context;
    bool is_large = false;
    enum pl_status st = PL_OK;
    if (reading->place->is_export && !pl_str_ends_with(item->name, PL_STR(".json"))) {
        return PL_OK;
    }
    if (!reading->job.slice) {
        size_t feed = bid_for(reading, item);
        if (feed == SIZE_MAX) {
            return PL_OK;
        }
        st = begin_slice(reading, feed, err);
    }
    if (st == PL_OK) {
        st = need_batch(reading, err);
    }
    if (st == PL_OK) {
        st = append(reading, item, &is_large, err);
    }
    if (st == PL_OK && is_large) {
        size_t feed = bid_for(reading, item);
        if (feed == reading->job.feed) {
            st = take_large(reading, item, err);
        } else {
            pl_feed_batch_drop_open(reading->batch);
            if (feed != SIZE_MAX && !reading->place->is_visited) {
                reading->place->waiting_large[feed] = true;
            }
        }
    } else if (st == PL_OK && pl_feed_batch_end(reading->batch, item->name)) {
        submit(reading);
    }
    if (++reading->documents % PROGRESS_STEP == 0) {
        pl_progress_tell(reading->options->progress, reading->job.slice->name, reading->documents,
                         0);
    }
    return st;
}

/* What its list of changes says is gone. Of a feed that is known by its documents alone, they wait
 * for a change that brings one. */
static enum pl_status remove_gone(struct reading *reading, struct pl_error *err)
{
    const struct pl_place *place = reading->place;
    const struct pl_feed_taker *taker = reading->taker;
    enum pl_status st = PL_OK;
    if (place->gone.count > 0 && !reading->job.slice && place->is_export) {
        st = begin_slice(reading, reading->osv, err);
    }
    for (size_t i = 0; st == PL_OK && reading->job.slice && i < place->gone.count; i++) {
        const struct pl_feed *feed = reading->job.slice->feed;
        pl_str gone = place->gone.items[i];
        gone = feed->id_of_document ? feed->id_of_document(&reading->arena, gone) : gone;
        bool has_prefix = feed->cve_prefix && pl_str_starts_with(gone, PL_STR("CVE-"));
        pl_str id = pl_arena_format(&reading->arena, "%s" PL_STR_FMT,
                                    has_prefix ? feed->cve_prefix : "", PL_STR_ARG(gone));
        st = taker->remove ? taker->remove(taker->context, id, err) : PL_OK;
    }
    return st;
}

static enum pl_status walk_place(struct reading *reading, struct pl_place *place,
                                 struct pl_error *err)
{
    int fd pl_autoclose = -1;
    struct pl_documents documents = {.temp_dir = reading->options->temp_dir,
                                     .take = take_document,
                                     .context = reading,
                                     .count = reading->documents};
    reading->place = place;
    reading->job.is_sure = place->is_export;
    reading->job.is_first = !place->is_visited;
    reading->job.others = place->waiting;
    enum pl_status st = pl_place_open(place, reading->options, reading->fetcher, &fd, err);
    if (st == PL_OK && fd < 0) {
        place->is_visited = true;
        reading->result->unchanged++;
        return PL_OK;
    }
    if (st == PL_OK && (place->kind == PL_PLACE_FILE || place->kind == PL_PLACE_URL)) {
        st = pl_documents_walk_file(&documents, fd, place->path.ptr, err);
    } else if (st == PL_OK) {
        st = pl_documents_walk_dir(&documents, fd, place->path.ptr,
                                   place->kind == PL_PLACE_FLAT_DIR, err);
    }
    submit(reading);
    if (st == PL_OK && !place->is_visited) {
        st = remove_gone(reading, err);
    }
    /* A server's page that says "sign in" is no feed without news. */
    if (st == PL_OK && place->kind == PL_PLACE_URL && !reading->job.slice && !place->has_changes) {
        st = pl_error_set(err, PL_E_PARSE, "%s holds no documents of a known feed",
                          pl_http_url_for_people(&reading->arena, place->path).ptr);
    }
    place->is_visited = true;
    if (st == PL_OK && place->kind == PL_PLACE_URL && !place->is_export) {
        place->fd = pl_fd_take(&fd);
    }
    return st;
}

/* Has the slice at hand, if there is one, anything at this place, as far as is known? */
static bool concerns(const struct reading *reading, const struct pl_place *place)
{
    if (!reading->job.slice) {
        return !place->is_visited;
    }
    bool is_bound = reading->job.feed == reading->osv || reading->place->is_slice;
    if ((is_bound && place != reading->place) || place->is_slice != reading->place->is_slice ||
        (place->is_export && reading->job.feed != reading->osv)) {
        return false;
    }
    return !place->is_visited || place->waiting[reading->job.feed];
}

/* A feed whose documents wait at some place; SIZE_MAX when there is none. */
static size_t next_waiting(struct reading *reading)
{
    for (size_t i = 0; i < reading->places.count; i++) {
        for (size_t k = 0; k < PL_FEEDS_MOST; k++) {
            if (reading->places.items[i].waiting[k]) {
                reading->place = &reading->places.items[i];
                return k;
            }
        }
    }
    return SIZE_MAX;
}

/* A URL that cannot be read does not keep others from being read, if somebody wants to know. What
 * fails where the records go ends the work. */
static enum pl_status give_up(struct reading *reading, struct pl_place *place,
                              const struct pl_error *failure, struct pl_error *err)
{
    const struct pl_source_memory *memory = reading->options->memory;
    const struct pl_feed_taker *taker = reading->taker;
    enum pl_status st = pl_feed_pool_drain(reading->pool, err);
    if (st < 0) {
        return st;
    }
    if (reading->job.slice && taker->drop_slice) {
        taker->drop_slice(taker->context);
    }
    if (!memory || place->kind != PL_PLACE_URL) {
        if (err) {
            *err = *failure;
        }
        return failure->status;
    }
    place->is_visited = true;
    memset(place->waiting, 0, sizeof(place->waiting));
    memset(place->waiting_large, 0, sizeof(place->waiting_large));
    reading->result->failed++;
    reading->job.slice = NULL;
    memory->failed(memory->context, place->path, failure);
    return PL_OK;
}

/* Reads one slice, from all places that have some of it. */
static enum pl_status pass(struct reading *reading, struct pl_error *err)
{
    reading->job.slice = NULL;
    size_t feed = next_waiting(reading);
    enum pl_status st = feed == SIZE_MAX ? PL_OK : begin_slice(reading, feed, err);
    bool is_begun = st == PL_OK && reading->job.slice;
    for (size_t i = 0; i < reading->places.count && st == PL_OK; i++) {
        struct pl_place *place = &reading->places.items[i];
        if (!concerns(reading, place)) {
            continue;
        }
        struct pl_error failure = PL_ERROR_INIT;
        st = walk_place(reading, place, &failure);
        if (st < 0) {
            st = give_up(reading, place, &failure, err);
        }
        is_begun = reading->job.slice != NULL;
        if (is_begun) {
            place->waiting[reading->job.feed] = place->waiting_large[reading->job.feed] = false;
        }
    }
    if (!is_begun) {
        return st;
    }
    if (st == PL_OK) {
        st = pl_feed_pool_drain(reading->pool, err);
    }
    for (size_t i = 0; i < reading->places.count && st == PL_OK; i++) {
        struct pl_place *place = &reading->places.items[i];
        for (size_t k = 0; k < PL_FEEDS_MOST; k++) {
            place->waiting[k] = place->waiting[k] || place->waiting_large[k];
        }
    }
    if (st == PL_OK && reading->taker->end_slice) {
        st = reading->taker->end_slice(reading->taker->context, err);
    }
    return st;
}

static bool is_work_left(struct reading *reading)
{
    for (size_t i = 0; i < reading->places.count; i++) {
        if (!reading->places.items[i].is_visited) {
            return true;
        }
    }
    return next_waiting(reading) != SIZE_MAX;
}

static enum pl_status read_places(struct reading *reading, const char *source, struct pl_error *err)
{
    uint64_t unknown_before = reading->result->unknown;
    uint64_t other_before = reading->result->unchanged + reading->result->failed;
    size_t slices_before = reading->result->slices.count;
    struct pl_tally sum;
    pl_source_result_sum(reading->result, &sum);
    uint64_t before = sum.documents;
    enum pl_status st =
        pl_places_find(&reading->arena, source, reading->options, reading->taker->selection,
                       reading->fetcher, &reading->places, err);
    reading->result->unknown += reading->places.refused_count;
    for (size_t i = 0; i < reading->places.refused.count; i++) {
        pl_tally_note(&reading->result->unknown_names, i,
                      pl_arena_dup(&reading->arena, reading->places.refused.items[i]).ptr);
    }
    while (st == PL_OK && is_work_left(reading)) {
        st = pass(reading, err);
    }
    if (st < 0) {
        return st;
    }
    pl_source_result_sum(reading->result, &sum);
    if (sum.documents > before || reading->result->slices.count > slices_before ||
        reading->result->unchanged + reading->result->failed > other_before) {
        return PL_OK;
    }
    bool asked = reading->taker->selection && reading->taker->selection->names.count > 0;
    uint64_t unknown = reading->result->unknown - unknown_before;
    if (unknown > 0) {
        return pl_error_set(
            err, PL_E_NOT_FOUND, "%s holds %llu documents, none of them of a known feed: %s",
            source, (unsigned long long)unknown, reading->result->unknown_names.items[0].text);
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "%s holds no documents%s", source,
                        asked ? " of the ecosystems asked for" : "");
}

enum pl_status pl_source_read(const char *source, const struct pl_source_options *options,
                              const struct pl_feed_taker *taker, struct pl_source_result *result,
                              struct pl_error *err)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = options->workers ? options->workers
                       : processors > 0 ? (unsigned)processors
                                        : 1;
    struct reading reading = {
        .options = options, .taker = taker, .result = result, .osv = pl_feeds_find(PL_STR("osv"))};
    reading.pool = pl_feed_pool_new(workers, taker, result, result->documents_seen);
    reading.fetcher = pl_fetcher_new(options->temp_dir);
    enum pl_status st = read_places(&reading, source, err);
    result->documents_seen = pl_feed_pool_sequence(reading.pool);
    pl_feed_pool_free(reading.pool);
    result->fetched_bytes += pl_fetcher_bytes(reading.fetcher);
    pl_fetcher_free(reading.fetcher);
    for (size_t i = 0; i < reading.places.count; i++) {
        if (reading.places.items[i].fd >= 0) {
            close(reading.places.items[i].fd);
        }
    }
    pl_arena_release(&reading.arena);
    return st;
}
