/* SPDX-License-Identifier: Apache-2.0 */
#include "image/store.h"
#include "base/answer.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "format/tar.h"
#include "image/path.h"
#include "image/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum pl_status pl_store_open_dir(struct pl_arena *arena, const char *path, struct pl_store *ret,
                                 struct pl_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", path);
    }
    *ret = (struct pl_store){.arena = arena, .dir_fd = fd, .file_fd = -1};
    return PL_OK;
}

void pl_store_close(struct pl_store *store)
{
    for (size_t i = 0; i < store->parts.count; i++) {
        int fd = store->parts.items[i].fd;
        if (fd >= 0 && fd != store->file_fd) {
            close(fd);
        }
    }
    store->parts.count = 0;
    if (store->dir_fd >= 0) {
        close(store->dir_fd);
    }
    if (store->file_fd >= 0) {
        close(store->file_fd);
    }
    store->dir_fd = -1;
    store->file_fd = -1;
}

/* The child's side of indexing: the archive is mapped whole and given to the tar reader as one
 * block, so that where a member's data lies follows from the pointer that comes back. */
struct index_job {
    int fd;
    uint64_t size_bytes;
};

struct mapped {
    pl_span all;
    bool is_given;
};

static enum pl_status give_all(void *context, pl_span *ret_block, struct pl_error *err)
{
    struct mapped *mapped = context;
    *ret_block = mapped->is_given ? (pl_span){NULL, 0} : mapped->all;
    mapped->is_given = true;
    return PL_OK;
}

static enum pl_status index_member(struct pl_tar *tar, const struct pl_tar_entry *entry,
                                   const struct mapped *mapped, struct pl_buf *buf,
                                   struct pl_error *err)
{
    char name_bytes[PL_LIMIT_PATH_BYTES];
    pl_str name = PL_STR_EMPTY;
    bool is_link = entry->type == PL_TAR_SYMLINK || entry->type == PL_TAR_HARDLINK;
    if ((entry->type != PL_TAR_FILE && !is_link) ||
        pl_path_clean(entry->path, name_bytes, &name, NULL) < 0) {
        return PL_OK;
    }
    uint64_t offset = 0;
    if (entry->type == PL_TAR_FILE && entry->size_bytes > 0) {
        pl_span piece = {NULL, 0};
        uint64_t at = 0;
        enum pl_status st = pl_tar_read(tar, &piece, &at, err);
        if (st < 0) {
            return st == PL_E_NOT_FOUND ? PL_OK : st;
        }
        bool is_inside = piece.ptr >= mapped->all.ptr &&
                         piece.ptr < mapped->all.ptr + mapped->all.len && at == 0;
        offset = is_inside ? (uint64_t)(piece.ptr - mapped->all.ptr) : 0;
        if (!is_inside || entry->size_bytes > mapped->all.len - offset) {
            return pl_error_set(err, PL_E_PARSE, "the member " PL_STR_FMT " is cut off or sparse",
                                PL_STR_ARG(name));
        }
    }
    /* A hard link names a member from the root, a symbolic link from beside the member. */
    struct pl_arena scratch pl_autoarena = {0};
    pl_str link = entry->type == PL_TAR_SYMLINK
                      ? pl_path_resolve(&scratch, name, entry->link)
                      : pl_path_resolve(&scratch, PL_STR_EMPTY, entry->link);
    pl_wire_put_str(buf, name);
    pl_wire_put_str(buf, is_link ? link : PL_STR_EMPTY);
    pl_wire_put_uint(buf, offset);
    pl_wire_put_uint(buf, is_link ? 0 : entry->size_bytes);
    return PL_OK;
}

enum pl_status pl_store_next_member(struct pl_tar *tar, size_t *count, struct pl_tar_entry *ret,
                                    struct pl_error *err)
{
    enum pl_status st = pl_tar_next(tar, ret, err);
    if (st == PL_OK && ++*count > PL_LIMIT_ARCHIVE_MEMBERS) {
        st = pl_error_set(err, PL_E_LIMIT, "more than %d members: this is no image archive",
                          PL_LIMIT_ARCHIVE_MEMBERS);
    }
    return st;
}

static enum pl_status index_all(const struct index_job *job, struct pl_buf *buf,
                                struct pl_error *err)
{
    struct mapped mapped = {0};
    void *at = mmap(NULL, (size_t)job->size_bytes, PROT_READ, MAP_PRIVATE, job->fd, 0);
    if (at == MAP_FAILED) {
        return pl_error_sys(err, errno, "mapping the archive");
    }
    mapped.all = (pl_span){at, (size_t)job->size_bytes};
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    enum pl_status st = pl_tar_open(give_all, &mapped, &tar, err);
    size_t members = 0;
    while (st == PL_OK) {
        struct pl_tar_entry entry = {0};
        st = pl_store_next_member(tar, &members, &entry, err);
        if (st == PL_OK) {
            st = index_member(tar, &entry, &mapped, buf, err);
        }
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

/* The answer: the status and the error's text, then name, link, offset and length of each member.
 */
static void run_index(void *context, int answer_fd)
{
    struct pl_buf members pl_autobuf = PL_BUF_INIT(PL_LIMIT_ARCHIVE_MEMBERS * 1024);
    struct pl_buf answer pl_autobuf = PL_BUF_INIT(PL_LIMIT_ARCHIVE_MEMBERS * 1025);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = index_all(context, &members, &err);
    if (st == PL_OK) {
        st = pl_buf_status(&members, "the list of members", &err);
    }
    pl_answer_put(&answer, st, &err);
    pl_buf_append(&answer, pl_buf_str(&members));
    (void)pl_io_write(answer_fd, pl_buf_str(&answer), NULL);
}

static enum pl_status read_index(struct pl_store *store, pl_str bytes, uint64_t size_bytes,
                                 struct pl_error *err)
{
    struct pl_wire answer = pl_wire_over(bytes);
    enum pl_status st = pl_answer_take(&answer, err);
    while (st == PL_OK && pl_wire_more(&answer)) {
        struct pl_part part = {.fd = store->file_fd};
        part.name = pl_arena_dup(store->arena, pl_wire_str(&answer));
        part.link = pl_arena_dup(store->arena, pl_wire_str(&answer));
        part.offset = pl_wire_uint(&answer);
        part.length = pl_wire_uint(&answer);
        if (answer.bad || part.offset > size_bytes || part.length > size_bytes - part.offset ||
            store->parts.count >= PL_LIMIT_ARCHIVE_MEMBERS) {
            st = pl_error_set(err, PL_E_PARSE, "the reader of the archive gave a bad answer");
        } else {
            *pl_vec_push(store->arena, &store->parts) = part;
        }
    }
    return st;
}

enum pl_status pl_store_open_archive(struct pl_arena *arena, int fd, struct pl_store *ret,
                                     struct pl_error *err)
{
    struct pl_store store pl_autostore = {.arena = arena, .dir_fd = -1, .file_fd = fd};
    struct stat info = {0};
    if (fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, "looking at the archive");
    }
    if (!S_ISREG(info.st_mode) || info.st_size == 0) {
        return pl_error_set(err, PL_E_PARSE, "the archive is empty or no regular file");
    }
    struct index_job index = {.fd = fd, .size_bytes = (uint64_t)info.st_size};
    struct pl_sandbox_job job = {.run = run_index,
                                 .context = &index,
                                 .keep_fds = {fd, -1, -1, -1},
                                 .read_below_fd = -1,
                                 .most_seconds = PL_LIMIT_LAYER_SECONDS};
    struct pl_sandbox_child child = {0};
    enum pl_status st = pl_sandbox_start(&child, &job, PL_LIMIT_ARCHIVE_MEMBERS * 1025, err);
    if (st < 0) {
        return st;
    }
    size_t which = 0;
    st = pl_sandbox_wait_any(&child, 1, NULL, &which, err);
    if (st == PL_OK) {
        st = read_index(&store, pl_buf_str(&child.answer), index.size_bytes, err);
    }
    pl_sandbox_release(&child, 1);
    if (st < 0) {
        return st;
    }
    *ret = store;
    store = (struct pl_store){.dir_fd = -1, .file_fd = -1};
    return PL_OK;
}

static struct pl_part *find_part(struct pl_store *store, pl_str name)
{
    /* The last member of a name counts, as with tar itself. */
    for (size_t i = store->parts.count; i-- > 0;) {
        if (pl_str_eq(store->parts.items[i].name, name)) {
            return &store->parts.items[i];
        }
    }
    return NULL;
}

static enum pl_status open_in_dir(struct pl_store *store, pl_str name, struct pl_part *ret,
                                  struct pl_error *err)
{
    int fd pl_autoclose = -1;
    enum pl_status st =
        pl_tree_open_below(store->dir_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, true, &fd, err);
    if (st < 0) {
        return st;
    }
    struct stat info = {0};
    if (fstat(fd, &info) < 0) {
        return pl_error_sys(err, errno, PL_STR_FMT, PL_STR_ARG(name));
    }
    if (!S_ISREG(info.st_mode)) {
        return pl_error_set(err, PL_E_PARSE, PL_STR_FMT " is no regular file", PL_STR_ARG(name));
    }
    struct pl_part *part = pl_vec_push(store->arena, &store->parts);
    *part = (struct pl_part){.name = pl_arena_dup(store->arena, name),
                             .fd = pl_fd_take(&fd),
                             .length = (uint64_t)info.st_size};
    *ret = *part;
    return PL_OK;
}

enum pl_status pl_store_find(struct pl_store *store, pl_str name, struct pl_part *ret,
                             struct pl_error *err)
{
    enum { MOST_LINKS = 8 };
    pl_str wanted = name;
    for (int links = 0; links < MOST_LINKS; links++) {
        const struct pl_part *part = find_part(store, wanted);
        if (!part && store->dir_fd >= 0) {
            return open_in_dir(store, wanted, ret, err);
        }
        if (!part) {
            return pl_error_set(err, PL_E_NOT_FOUND, "it has no member " PL_STR_FMT,
                                PL_STR_ARG(wanted));
        }
        if (part->link.len == 0) {
            *ret = *part;
            return PL_OK;
        }
        wanted = part->link;
    }
    return pl_error_set(err, PL_E_PARSE, "the member " PL_STR_FMT " links round in a circle",
                        PL_STR_ARG(name));
}

bool pl_store_has(struct pl_store *store, pl_str name)
{
    struct pl_part part = {0};
    return pl_store_find(store, name, &part, NULL) == PL_OK;
}

enum pl_status pl_store_read(struct pl_store *store, pl_str name, size_t ceiling_bytes, pl_str *ret,
                             struct pl_error *err)
{
    struct pl_part part = {0};
    enum pl_status st = pl_store_find(store, name, &part, err);
    if (st < 0) {
        return st;
    }
    if (part.document.ptr) {
        *ret = part.document;
        return PL_OK;
    }
    if (part.fd < 0 || part.length > ceiling_bytes) {
        return pl_error_set(err, PL_E_LIMIT, PL_STR_FMT " is larger than %zu bytes",
                            PL_STR_ARG(name), ceiling_bytes);
    }
    char *bytes = pl_arena_alloc(store->arena, (size_t)part.length + 1, 1);
    size_t got = 0;
    st = pl_io_pread(part.fd, bytes, (size_t)part.length, part.offset, &got, err);
    if (st < 0) {
        return st;
    }
    *ret = pl_str_make(bytes, got);
    return PL_OK;
}
