/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/content.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include <errno.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 65536 /* a multiple of every page size in use */ };

int pl_content_spill_file(void)
{
    int fd = -1;
    return pl_tempfile_open(NULL, &fd, NULL) < 0 ? -1 : fd;
}

static enum pl_status write_at(int fd, pl_span bytes, uint64_t offset, struct pl_error *err)
{
    while (bytes.len > 0) {
        ssize_t count = pwrite(fd, bytes.ptr, bytes.len, (off_t)offset);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return pl_error_sys(err, errno, "writing a temporary file");
        }
        bytes.ptr += count;
        bytes.len -= (size_t)count;
        offset += (uint64_t)count;
    }
    return PL_OK;
}

/* What lay here before must read as zeros from `offset` on: cut, and made as long as it was. */
static enum pl_status make_hole(struct pl_content_store *store, uint64_t offset,
                                struct pl_error *err)
{
    if (ftruncate(store->spill_fd, (off_t)offset) < 0 ||
        ftruncate(store->spill_fd, (off_t)store->spill_size_bytes) < 0) {
        return pl_error_sys(err, errno, "making room in a temporary file");
    }
    return PL_OK;
}

/* Where a file goes to: memory, or a place in the temporary file. */
struct destination {
    uint8_t *memory; /* NULL: the file */
    bool is_zeroed; /* the memory was not used before */
    struct pl_content_store *store;
    uint64_t base;
};

static enum pl_status put(const struct destination *to, pl_span piece, uint64_t offset,
                          struct pl_error *err)
{
    if (!to->memory) {
        return write_at(to->store->spill_fd, piece, to->base + offset, err);
    }
    memcpy(to->memory + offset, piece.ptr, piece.len);
    return PL_OK;
}

static enum pl_status leave_hole(const struct destination *to, uint64_t offset, uint64_t end,
                                 struct pl_error *err)
{
    if (!to->memory) {
        return make_hole(to->store, to->base + offset, err);
    }
    if (!to->is_zeroed) {
        memset(to->memory + offset, 0, end - offset);
    }
    return PL_OK;
}

/* Holes become zeros. */
static enum pl_status load(const struct destination *to, const struct pl_content_reader *reader,
                           uint64_t size_bytes, struct pl_error *err)
{
    uint64_t end = 0; /* up to here it was written */
    for (;;) {
        pl_span piece = {NULL, 0};
        uint64_t offset = 0;
        enum pl_status st = reader->read(reader->context, &piece, &offset, err);
        bool is_end = st == PL_E_NOT_FOUND;
        if (is_end) {
            offset = size_bytes;
            piece.len = 0;
            st = PL_OK;
        }
        if (st == PL_OK && (offset > size_bytes || piece.len > size_bytes - offset)) {
            st = pl_error_set(err, PL_E_PARSE, "has more data than its stated size of %llu bytes",
                              (unsigned long long)size_bytes);
        }
        if (st == PL_OK && offset > end) {
            st = leave_hole(to, end, offset, err);
        }
        if (st == PL_OK && piece.len > 0) {
            st = put(to, piece, offset, err);
        }
        if (st < 0 || is_end) {
            return st;
        }
        end = offset + piece.len > end ? offset + piece.len : end;
    }
}

/* The temporary file is not emptied between files: it is cheaper to write over pages that are
 * there than to make them anew. */
static enum pl_status load_spilled(struct pl_content_store *store,
                                   const struct pl_content_reader *reader, uint64_t size_bytes,
                                   struct pl_content *content, struct pl_error *err)
{
    if (store->spill_fd < 0) {
        return pl_error_set(
            err, PL_E_LIMIT,
            "is too large to be read without a temporary file, and none could be made: "
            "set TMPDIR to a directory that can be written");
    }
    uint64_t base = store->spill_used_bytes;
    uint64_t room = (size_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    if (store->spill_size_bytes < base + room) {
        if (ftruncate(store->spill_fd, (off_t)(base + room)) < 0) {
            return pl_error_sys(err, errno, "making room in a temporary file");
        }
        store->spill_size_bytes = base + room;
    }
    const struct destination to = {.store = store, .base = base};
    enum pl_status st = load(&to, reader, size_bytes, err);
    if (st < 0) {
        return st;
    }
    void *mapped =
        mmap(NULL, (size_t)room, PROT_READ | PROT_WRITE, MAP_PRIVATE, store->spill_fd, (off_t)base);
    if (mapped == MAP_FAILED) {
        return pl_error_sys(err, errno, "mapping a temporary file");
    }
    store->spill_used_bytes = base + room;
    *content = (struct pl_content){.bytes = mapped,
                                   .len = (size_t)size_bytes,
                                   .mapped_bytes = (size_t)room,
                                   .spill_end_bytes = base + room};
    return PL_OK;
}

enum pl_status pl_content_load(struct pl_content_store *store, const struct pl_budget *budget,
                               const struct pl_content_reader *reader, uint64_t size_bytes,
                               struct pl_content *ret, struct pl_error *err)
{
    enum pl_status st = pl_budget_check_file(budget, size_bytes, err);
    if (st < 0) {
        return st;
    }
    if (size_bytes > PL_LIMIT_MEMORY_FILE_BYTES) {
        return load_spilled(store, reader, size_bytes, ret, err);
    }
    struct pl_content content pl_autocontent = {.bytes = pl_mem_alloc((size_t)size_bytes, 1),
                                                .len = (size_t)size_bytes};
    const struct destination to = {.memory = content.bytes, .is_zeroed = true};
    st = load(&to, reader, size_bytes, err);
    if (st < 0) {
        return st;
    }
    *ret = content;
    content.bytes = NULL;
    return PL_OK;
}

/* Pages that nothing is put into cost nothing. */
static enum pl_status load_mapped(const struct pl_content_reader *reader, uint64_t size_bytes,
                                  struct pl_content *ret, struct pl_error *err)
{
    size_t room = (size_t)((size_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
    void *mapped = mmap(NULL, room, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        return pl_error_sys(err, errno, "making room for a file of %llu bytes",
                            (unsigned long long)size_bytes);
    }
    struct pl_content content pl_autocontent = {
        .bytes = mapped, .len = (size_t)size_bytes, .mapped_bytes = room};
    const struct destination to = {.memory = content.bytes, .is_zeroed = true};
    enum pl_status st = load(&to, reader, size_bytes, err);
    if (st == PL_OK) {
        *ret = content;
        content = (struct pl_content){0};
    }
    return st;
}

enum pl_status pl_content_load_briefly(struct pl_content_store *store,
                                       const struct pl_budget *budget,
                                       const struct pl_content_reader *reader, uint64_t size_bytes,
                                       struct pl_content *ret, struct pl_error *err)
{
    enum pl_status st = pl_budget_check_file(budget, size_bytes, err);
    if (st < 0) {
        return st;
    }
    uint64_t hole_bytes = reader->hole_bytes < size_bytes ? reader->hole_bytes : size_bytes;
    if (size_bytes - hole_bytes > PL_LIMIT_BRIEF_FILE_BYTES) {
        return load_spilled(store, reader, size_bytes, ret, err);
    }
    if (size_bytes > PL_LIMIT_REUSED_BYTES) {
        return load_mapped(reader, size_bytes, ret, err);
    }
    pl_arena_clear(&store->memory);
    const struct destination to = {.memory = pl_arena_take(&store->memory, (size_t)size_bytes)};
    st = load(&to, reader, size_bytes, err);
    if (st == PL_OK) {
        *ret =
            (struct pl_content){.bytes = to.memory, .len = (size_t)size_bytes, .is_borrowed = true};
    }
    return st;
}

void pl_content_release(struct pl_content *content)
{
    if (content->mapped_bytes > 0) {
        munmap(content->bytes, content->mapped_bytes);
    } else if (!content->is_borrowed) {
        free(content->bytes);
    }
    *content = (struct pl_content){0};
}
