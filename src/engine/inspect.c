/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/inspect.h"
#include "base/answer.h"
#include "base/io.h"
#include "base/limits.h"
#include "engine/collect.h"
#include "format/tar.h"
#include "image/path.h"
#include "model/evidence_codec.h"

typedef enum pl_status take_entry(struct pl_collector *collector, const struct pl_walk_entry *entry,
                                  const struct pl_content_reader *reader, struct pl_error *err);

static enum pl_walk_type walk_type(enum pl_tar_type type)
{
    switch (type) {
    case PL_TAR_FILE:
        return PL_WALK_FILE;
    case PL_TAR_DIRECTORY:
        return PL_WALK_DIRECTORY;
    case PL_TAR_SYMLINK:
        return PL_WALK_SYMLINK;
    case PL_TAR_HARDLINK:
        return PL_WALK_HARDLINK;
    case PL_TAR_OTHER:
        break;
    }
    return PL_WALK_OTHER;
}

static enum pl_status read_piece(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                                 struct pl_error *err)
{
    return pl_tar_read(context, ret_piece, ret_offset, err);
}

/* Hands every entry of the tar to `take`. An entry whose name leaves the root is a gap. */
static enum pl_status walk_tar(struct pl_blob_stream *stream, struct pl_collector *collector,
                               take_entry *take, struct pl_error *err)
{
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    enum pl_status st = pl_tar_open(pl_blob_next, stream, &tar, err);
    if (st < 0) {
        return st;
    }
    struct pl_content_reader reader = {.read = read_piece, .context = tar};
    char path_bytes[PL_LIMIT_PATH_BYTES];
    char link_bytes[PL_LIMIT_PATH_BYTES];
    for (;;) {
        struct pl_tar_entry entry = {0};
        st = pl_tar_next(tar, &entry, err);
        if (st == PL_E_NOT_FOUND) {
            return PL_OK;
        }
        if (st == PL_OK) {
            st = pl_budget_take_entry(collector->budget, err);
        }
        if (st < 0) {
            return st;
        }
        collector->evidence->entries++;
        struct pl_walk_entry clean = {.link = entry.link,
                                      .type = walk_type(entry.type),
                                      .size_bytes = entry.size_bytes,
                                      .mode = entry.mode};
        struct pl_error odd = PL_ERROR_INIT;
        st = pl_path_clean(entry.path, path_bytes, &clean.path, &odd);
        if (st == PL_OK && clean.type == PL_WALK_HARDLINK) {
            st = pl_path_clean(entry.link, link_bytes, &clean.link, &odd);
        }
        if (st < 0) {
            pl_collector_gap(collector, PL_STR_EMPTY, odd.msg);
            continue;
        }
        if (clean.path.len == 0) {
            continue;
        }
        st = take(collector, &clean, &reader, err);
        if (st < 0) {
            return st;
        }
    }
}

/* The tar ends with two blocks of zeros, but the blob goes on to its own end. */
static enum pl_status read_to_end(struct pl_blob_stream *stream, struct pl_error *err)
{
    pl_span block = {NULL, 1};
    while (block.len > 0) {
        enum pl_status st = pl_blob_next(stream, &block, err);
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

static enum pl_status verify(const struct pl_blob_result *result,
                             const struct pl_inspect_layer *layer, struct pl_error *err)
{
    enum pl_status st = PL_OK;
    if (layer->stored.text[0] != '\0') {
        st = pl_digest_verify("the layer", &result->stored, &layer->stored, err);
    }
    if (st == PL_OK && layer->diff_id.text[0] != '\0' && result->diff_id.text[0] != '\0') {
        st = pl_digest_verify("the uncompressed layer", &result->diff_id, &layer->diff_id, err);
    }
    return st;
}

/* After a failed walk: a layer whose stored bytes are those addressed is damaged as it is
 * published, and the report goes on without the rest of it. Anything else stays the failure it was.
 */
static enum pl_status settle_damage(struct pl_blob_stream *stream,
                                    const struct pl_inspect_layer *layer, enum pl_status walked,
                                    struct pl_collector *collector, struct pl_blob_result *result,
                                    struct pl_error *err)
{
    if (walked != PL_E_PARSE && walked != PL_E_LIMIT) {
        return walked;
    }
    struct pl_error drained = PL_ERROR_INIT;
    enum pl_status st = pl_blob_drain_stored(stream, &drained);
    if (st < 0) {
        *err = drained;
        return st;
    }
    *result = pl_blob_finish(stream);
    if (layer->stored.text[0] != '\0') {
        st = pl_digest_verify("the layer", &result->stored, &layer->stored, &drained);
        if (st < 0) {
            *err = drained;
            return st;
        }
    }
    char reason[sizeof(err->msg) + 96];
    snprintf(reason, sizeof(reason), "%s; what follows in this layer was not seen", err->msg);
    pl_collector_gap(collector, PL_STR_EMPTY, reason);
    return PL_OK;
}

static enum pl_status walk_once(const struct pl_blob_reader *reader,
                                const struct pl_inspect_layer *layer,
                                struct pl_collector *collector, struct pl_blob_result *result,
                                struct pl_error *err)
{
    struct pl_blob_options options = {.reader = *reader,
                                      .budget = collector->budget,
                                      .stored_like = &layer->stored,
                                      .stored_known =
                                          layer->is_stored_checked ? &layer->stored : NULL,
                                      .diff_like = &layer->diff_id,
                                      .hash_beside = layer->hash_beside};
    struct pl_blob_stream *stream PL_CLEANUP(pl_blob_closep) = NULL;
    enum pl_status st = pl_blob_open(&options, &stream, err);
    if (st < 0) {
        return st;
    }
    st = walk_tar(stream, collector, pl_collector_layer_entry, err);
    if (st == PL_OK) {
        st = read_to_end(stream, err);
    }
    if (st < 0) {
        return settle_damage(stream, layer, st, collector, result, err);
    }
    *result = pl_blob_finish(stream);
    return verify(result, layer, err);
}

/* Walks beyond the first, for hard links to what stood before them. */
enum { MOST_WALKS = 4 };

/* Walks once more for what wanted hard links point to; only possible when the bytes lie in a file.
 */
static enum pl_status walk_links(const struct pl_inspect_layer *layer,
                                 struct pl_collector *collector, struct pl_error *err)
{
    size_t before = SIZE_MAX;
    for (int walks = 0; walks < MOST_WALKS && pl_collector_needs_links(collector) &&
                        collector->links.count < before;
         walks++) {
        before = collector->links.count;
        struct pl_blob_range range = {
            .fd = layer->fd, .offset = layer->offset, .left_bytes = layer->length};
        struct pl_blob_options options = {.reader = {pl_blob_range_read, &range},
                                          .budget = collector->budget};
        struct pl_budget again;
        pl_budget_start(&again, &layer->limits);
        *collector->budget = again;
        struct pl_blob_stream *stream PL_CLEANUP(pl_blob_closep) = NULL;
        enum pl_status st = pl_blob_open(&options, &stream, err);
        if (st == PL_OK) {
            uint64_t entries = collector->evidence->entries;
            st = walk_tar(stream, collector, pl_collector_link_target, err);
            collector->evidence->entries = entries;
        }
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

enum pl_status pl_inspect_stream(struct pl_arena *arena, const struct pl_blob_reader *reader,
                                 const struct pl_inspect_layer *layer, struct pl_evidence *ret,
                                 struct pl_error *err)
{
    struct pl_evidence evidence = {0};
    struct pl_budget budget;
    pl_budget_start(&budget, &layer->limits);
    struct pl_collector collector pl_autocollector = {0};
    pl_collector_init(&collector, arena, &evidence, layer->matcher, &budget, layer->spill_fd);
    collector.keeps_paths = layer->keeps_paths;
    struct pl_blob_result result = {0};
    enum pl_status st = walk_once(reader, layer, &collector, &result, err);
    /* A layer that could not be read to its end once is not walked again. */
    bool is_whole = st == PL_OK && result.diff_id.text[0] != '\0';
    if (is_whole && layer->ring && pl_collector_needs_links(&collector)) {
        return pl_error_set(err, PL_E_CONFLICT, "hard links want the layer to be read twice");
    }
    if (is_whole && layer->fd >= 0) {
        st = walk_links(layer, &collector, err);
        if (st == PL_E_LIMIT) {
            pl_collector_gap(&collector, PL_STR_EMPTY, err->msg);
            st = PL_OK;
        }
    }
    if (st < 0) {
        return st;
    }
    pl_collector_finish(&collector);
    struct pl_path_hashes *replaced = &evidence.replaced;
    replaced->items = PL_ARENA_ARRAY(arena, uint64_t, replaced->count);
    if (replaced->count > 0) {
        memcpy(replaced->items, collector.replaced, replaced->count * sizeof(*replaced->items));
    }
    evidence.blob_digest = pl_arena_dup(arena, pl_digest_str(&result.stored));
    evidence.diff_id = pl_arena_dup(arena, pl_digest_str(&result.diff_id));
    evidence.blob_bytes = result.stored_bytes;
    evidence.tar_bytes = result.tar_bytes;
    *ret = evidence;
    return PL_OK;
}

void pl_inspect_layer_run(void *context, int answer_fd)
{
    const struct pl_inspect_layer *layer = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_blob_range range = {.fd = layer->fd,
                                  .offset = layer->offset,
                                  .left_bytes = layer->length,
                                  .read_bytes = layer->read_bytes,
                                  .ring = layer->ring};
    struct pl_blob_reader reader = {pl_blob_range_read, &range};
    struct pl_evidence evidence = {0};
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = pl_inspect_stream(&arena, &reader, layer, &evidence, &err);
    pl_inspect_send(answer_fd, st, &err, &evidence);
}

void pl_inspect_send(int answer_fd, enum pl_status status, const struct pl_error *failure,
                     const struct pl_evidence *evidence)
{
    struct pl_buf head pl_autobuf = PL_BUF_INIT(1024);
    struct pl_writer writer;
    pl_answer_put(&head, status, failure);
    pl_writer_init_fd(&writer, answer_fd);
    pl_writer_str(&writer, pl_buf_str(&head));
    if (status == PL_OK) {
        pl_evidence_write(evidence, &writer);
    }
    /* When the pipe is gone the parent is gone, and nobody is left to be told. */
    (void)pl_writer_finish(&writer, NULL);
}

enum pl_status pl_inspect_answer(struct pl_arena *arena, pl_span answer, struct pl_evidence *ret,
                                 struct pl_error *err)
{
    struct pl_wire wire = pl_wire_over(pl_span_str(answer));
    enum pl_status st = pl_answer_take(&wire, err);
    return st < 0 ? st
                  : pl_evidence_decode(arena, (pl_span){wire.at, (size_t)(wire.end - wire.at)}, ret,
                                       err);
}

size_t pl_inspect_answer_ceiling(const struct pl_budget_limits *limits)
{
    /* Numbers and lengths come on top of the strings that the budget counts. */
    return (size_t)limits->evidence_bytes * 2 + (1 << 20);
}

unsigned pl_inspect_most_seconds(const struct pl_budget_limits *limits)
{
    /* Each walk has the whole budget, and the catalogers' own work comes on top. */
    enum { WALKS = 2 * (1 + MOST_WALKS), MOST_SECONDS = 1 << 30 };
    bool is_usual = limits->layer_seconds < MOST_SECONDS / WALKS;
    return is_usual ? (unsigned)limits->layer_seconds * WALKS : MOST_SECONDS;
}
