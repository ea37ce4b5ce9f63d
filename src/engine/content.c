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

static enum pl_status load_heap(const struct pl_content_reader *reader, struct pl_content *content,
                                struct pl_error *err)
{
    for (;;) {
        pl_span piece = {NULL, 0};
        uint64_t offset = 0;
        enum pl_status st = reader->read(reader->context, &piece, &offset, err);
        if (st == PL_E_NOT_FOUND) {
            return PL_OK;
        }
        if (st < 0) {
            return st;
        }
        if (offset > content->len || piece.len > content->len - offset) {
            return pl_error_set(err, PL_E_PARSE, "has more data than its stated size of %zu bytes",
                                content->len);
        }
        memcpy(content->bytes + offset, piece.ptr, piece.len);
    }
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
    uint64_t end = 0; /* up to here the file was written */
    if (store->spill_size_bytes < base + room) {
        if (ftruncate(store->spill_fd, (off_t)(base + room)) < 0) {
            return pl_error_sys(err, errno, "making room in a temporary file");
        }
        store->spill_size_bytes = base + room;
    }
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
            st = make_hole(store, base + end, err);
        }
        if (st == PL_OK) {
            st = write_at(store->spill_fd, piece, base + offset, err);
        }
        if (st < 0) {
            return st;
        }
        if (is_end) {
            break;
        }
        end = offset + piece.len > end ? offset + piece.len : end;
    }
    void *mapped =
        mmap(NULL, (size_t)room, PROT_READ | PROT_WRITE, MAP_PRIVATE, store->spill_fd, (off_t)base);
    if (mapped == MAP_FAILED) {
        return pl_error_sys(err, errno, "mapping a temporary file");
    }
    store->spill_used_bytes = base + room;
    *content = (struct pl_content){mapped, (size_t)size_bytes, (size_t)room, base + room};
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
    struct pl_content content pl_autocontent = {pl_mem_alloc((size_t)size_bytes, 1),
                                                (size_t)size_bytes, 0, 0};
    st = load_heap(reader, &content, err);
    if (st < 0) {
        return st;
    }
    *ret = content;
    content.bytes = NULL;
    return PL_OK;
}

void pl_content_release(struct pl_content *content)
{
    if (content->mapped_bytes > 0) {
        munmap(content->bytes, content->mapped_bytes);
    } else {
        free(content->bytes);
    }
    *content = (struct pl_content){0};
}
