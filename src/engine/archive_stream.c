/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/archive_stream.h"
#include "base/answer.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "engine/inspect.h"
#include "format/tar.h"
#include "image/path.h"
#include "model/evidence_codec.h"
#include <stdatomic.h>
#include <sys/mman.h>

/* What a member turned out to be, in the answer between its name and its bytes. */
enum member_kind { MEMBER_LINK, MEMBER_DOCUMENT, MEMBER_EVIDENCE, MEMBER_PROBLEM };

/* A member's bytes as a stream, with the first ones looked at already. */
struct member {
    struct pl_tar *tar;
    pl_span piece;
    uint64_t position; /* in the member, of the end of `piece` */
    bool at_end;
};

static enum pl_status next_piece(struct member *member, struct pl_error *err)
{
    uint64_t offset = 0;
    enum pl_status st = pl_tar_read(member->tar, &member->piece, &offset, err);
    if (st == PL_E_NOT_FOUND) {
        member->at_end = true;
        member->piece = (pl_span){NULL, 0};
        return PL_OK;
    }
    if (st == PL_OK && offset != member->position) {
        return pl_error_set(err, PL_E_PARSE, "a member of the archive is sparse");
    }
    member->position += member->piece.len;
    return st;
}

static enum pl_status read_member(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err)
{
    struct member *member = context;
    size_t got = 0;
    while (got < size && !member->at_end) {
        if (member->piece.len == 0) {
            enum pl_status st = next_piece(member, err);
            if (st < 0) {
                return st;
            }
            continue;
        }
        size_t part = member->piece.len < size - got ? member->piece.len : size - got;
        memcpy(into + got, member->piece.ptr, part);
        member->piece.ptr += part;
        member->piece.len -= part;
        got += part;
    }
    *ret_got = got;
    return PL_OK;
}

static enum pl_status put_document(struct pl_buf *answer, struct member *member,
                                   uint64_t size_bytes, struct pl_error *err)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(PL_LIMIT_CONFIG_BYTES);
    char *room = pl_buf_reserve(&bytes, (size_t)size_bytes);
    size_t got = 0;
    enum pl_status st = read_member(member, (uint8_t *)room, (size_t)size_bytes, &got, err);
    if (st < 0) {
        return st;
    }
    bytes.len = got;
    pl_wire_put_uint(answer, MEMBER_DOCUMENT);
    pl_wire_put_str(answer, pl_buf_str(&bytes));
    return PL_OK;
}

static enum pl_status put_layer(struct pl_buf *answer, const struct pl_archive_stream *stream,
                                struct member *member, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_inspect_layer layer = {.fd = -1,
                                     .hash_beside = stream->hash_beside,
                                     .spill_fd = stream->spill_fd,
                                     .limits = stream->limits,
                                     .matcher = stream->matcher};
    struct pl_blob_reader reader = {read_member, member};
    struct pl_evidence evidence = {0};
    enum pl_status st = pl_inspect_stream(&arena, &reader, &layer, &evidence, err);
    if (st == PL_E_IO) {
        return st;
    }
    if (st < 0) {
        pl_wire_put_uint(answer, MEMBER_PROBLEM);
        pl_wire_put_str(answer, pl_str_from(err->msg));
        return PL_OK;
    }
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(SIZE_MAX / 2);
    pl_evidence_encode(&evidence, &bytes);
    pl_wire_put_uint(answer, MEMBER_EVIDENCE);
    pl_wire_put_str(answer, pl_buf_str(&bytes));
    return PL_OK;
}

static enum pl_status put_member(struct pl_buf *answer, const struct pl_archive_stream *stream,
                                 struct pl_tar *tar, const struct pl_tar_entry *entry,
                                 struct pl_error *err)
{
    char name_bytes[PL_LIMIT_PATH_BYTES];
    pl_str name = PL_STR_EMPTY;
    bool is_symlink = entry->type == PL_TAR_SYMLINK;
    bool is_link = is_symlink || entry->type == PL_TAR_HARDLINK;
    if ((entry->type != PL_TAR_FILE && !is_link) ||
        pl_path_clean(entry->path, name_bytes, &name, NULL) < 0) {
        return PL_OK;
    }
    pl_wire_put_str(answer, name);
    if (is_link) {
        struct pl_arena scratch pl_autoarena = {0};
        pl_wire_put_uint(answer, MEMBER_LINK);
        pl_wire_put_str(answer,
                        pl_path_resolve(&scratch, is_symlink ? name : PL_STR_EMPTY, entry->link));
        return PL_OK;
    }
    struct member member = {.tar = tar};
    enum pl_status st = next_piece(&member, err);
    if (st < 0) {
        return st;
    }
    bool is_json = member.piece.len > 0 &&
                   (member.piece.ptr[0] == '{' || member.piece.ptr[0] == '[') &&
                   entry->size_bytes <= PL_LIMIT_CONFIG_BYTES;
    return is_json ? put_document(answer, &member, entry->size_bytes, err)
                   : put_layer(answer, stream, &member, err);
}

static enum pl_status stream_members(const struct pl_archive_stream *stream, struct pl_buf *answer,
                                     struct pl_error *err)
{
    struct pl_budget budget;
    pl_budget_start(&budget, &stream->limits);
    struct pl_blob_range range = {.fd = stream->fd,
                                  .left_bytes = UINT64_MAX,
                                  .read_bytes = stream->read_bytes,
                                  .ring = stream->ring};
    struct pl_blob_options options = {.reader = {pl_blob_range_read, &range}, .budget = &budget};
    struct pl_blob_stream *blob PL_CLEANUP(pl_blob_closep) = NULL;
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    enum pl_status st = pl_blob_open(&options, &blob, err);
    if (st == PL_OK) {
        st = pl_tar_open(pl_blob_next, blob, &tar, err);
    }
    size_t members = 0;
    while (st == PL_OK) {
        struct pl_tar_entry entry = {0};
        st = pl_store_next_member(tar, &members, &entry, err);
        if (st == PL_OK) {
            st = put_member(answer, stream, tar, &entry, err);
        }
        if (st == PL_OK) {
            st = pl_buf_status(answer, "what the archive's members hold", err);
        }
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

static void run_stream(void *context, int answer_fd)
{
    const struct pl_archive_stream *stream = context;
    struct pl_buf members pl_autobuf = PL_BUF_INIT(pl_inspect_answer_ceiling(&stream->limits));
    struct pl_buf head pl_autobuf = PL_BUF_INIT(1024);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = stream_members(stream, &members, &err);
    pl_answer_put(&head, st, &err);
    if (pl_io_write(answer_fd, pl_buf_str(&head), NULL) == PL_OK && st == PL_OK) {
        (void)pl_io_write(answer_fd, pl_buf_str(&members), NULL);
    }
}

static enum pl_status take_member(struct pl_arena *arena, struct pl_wire *answer,
                                  struct pl_part *ret, struct pl_error *err)
{
    pl_str name = pl_wire_str(answer);
    uint64_t kind = pl_wire_uint(answer);
    pl_str bytes = pl_wire_str(answer);
    if (answer->bad || kind > MEMBER_PROBLEM) {
        return pl_error_set(err, PL_E_PARSE, "the reader of the archive gave a bad answer");
    }
    ret->fd = -1;
    ret->name = name;
    switch ((enum member_kind)kind) {
    case MEMBER_LINK:
        ret->link = bytes;
        break;
    case MEMBER_DOCUMENT:
        ret->document = bytes;
        ret->length = bytes.len;
        break;
    case MEMBER_PROBLEM:
        ret->problem = bytes;
        break;
    case MEMBER_EVIDENCE: {
        struct pl_evidence *evidence = PL_ARENA_NEW(arena, struct pl_evidence);
        enum pl_status st = pl_evidence_decode(arena, pl_str_span(bytes), evidence, err);
        if (st < 0) {
            return st;
        }
        ret->evidence = evidence;
        ret->length = evidence->blob_bytes;
        break;
    }
    }
    return PL_OK;
}

static enum pl_status take_answer(struct pl_arena *arena, pl_str bytes, struct pl_store *store,
                                  struct pl_error *err)
{
    struct pl_wire answer = pl_wire_over(bytes);
    enum pl_status st = pl_answer_take(&answer, err);
    while (st == PL_OK && pl_wire_more(&answer) && store->parts.count < PL_LIMIT_ARCHIVE_MEMBERS) {
        struct pl_part part = {0};
        st = take_member(arena, &answer, &part, err);
        if (st == PL_OK) {
            *pl_vec_push(arena, &store->parts) = part;
        }
    }
    return st;
}

static void tell_progress(void *context)
{
    const struct pl_archive_stream *stream = context;
    pl_progress_tell(stream->progress, PL_STR("reading the archive"),
                     atomic_load_explicit(stream->read_bytes, memory_order_relaxed),
                     stream->size_bytes);
}

static enum pl_status read_with(struct pl_arena *arena, struct pl_archive_stream *stream,
                                struct pl_store *ret, struct pl_error *err)
{
    const struct pl_ring_reader *ring = stream->ring;
    struct pl_sandbox_job job = {.run = run_stream,
                                 .context = stream,
                                 .keep_fds = {stream->fd, stream->spill_fd,
                                              ring ? ring->filled_fd : -1,
                                              ring ? ring->freed_fd : -1},
                                 .read_below_fd = -1,
                                 .most_seconds = pl_inspect_most_seconds(&stream->limits)};
    struct pl_sandbox_child child = {0};
    enum pl_status st =
        pl_sandbox_start(&child, &job, pl_inspect_answer_ceiling(&stream->limits), err);
    if (st < 0) {
        return st;
    }
    size_t which = 0;
    struct pl_sandbox_tick tick = {tell_progress, stream};
    st = pl_sandbox_wait_any(&child, 1, stream->read_bytes ? &tick : NULL, &which, err);
    struct pl_store store = {.arena = arena, .dir_fd = -1, .file_fd = -1};
    if (st == PL_OK) {
        st = take_answer(arena, pl_buf_str(&child.answer), &store, err);
        pl_arena_adopt(arena, PL_TAKE(child.answer.ptr));
    }
    pl_sandbox_release(&child, 1);
    if (st == PL_OK) {
        *ret = store;
    }
    return st;
}

enum pl_status pl_archive_stream_read(struct pl_arena *arena,
                                      const struct pl_archive_stream *stream, struct pl_store *ret,
                                      struct pl_error *err)
{
    struct pl_archive_stream copy = *stream;
    size_t size = sizeof(*copy.read_bytes);
    void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    copy.read_bytes = shared == MAP_FAILED || !stream->progress ? NULL : shared;
    enum pl_status st = read_with(arena, &copy, ret, err);
    if (shared != MAP_FAILED) {
        munmap(shared, size);
    }
    return st;
}
