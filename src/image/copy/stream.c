/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include "image/copy/ends.h"

enum { PIECE_BYTES = 128 << 10 };

struct pl_copy_checked {
    const struct pl_copy_blob *blob;
    struct pl_copy_stream stream;
    struct pl_digest_state *state;
    uint64_t got_bytes;
    pl_str label; /* for the progress */
    char label_bytes[32];
};

static void name_progress(struct pl_copy_checked *checked)
{
    enum { SHORT_DIGITS = 12 };
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(&checked->blob->descriptor->digest), ':', &(pl_str){0}, &hex);
    int len = snprintf(checked->label_bytes, sizeof(checked->label_bytes), "copying " PL_STR_FMT,
                       PL_STR_ARG(pl_str_sub(hex, 0, SHORT_DIGITS)));
    checked->label = pl_str_make(checked->label_bytes, (size_t)len);
}

enum pl_status pl_copy_open(const struct pl_copy_blob *blob, struct pl_copy_checked **ret,
                            struct pl_error *err)
{
    struct pl_copy_checked *checked PL_CLEANUP(pl_copy_closep) = pl_mem_alloc(1, sizeof(*checked));
    checked->blob = blob;
    checked->state = pl_digest_new(&blob->descriptor->digest);
    name_progress(checked);
    enum pl_status st =
        blob->reader->open(blob->reader->context, blob->descriptor, &checked->stream, err);
    if (st == PL_OK) {
        *ret = PL_TAKE(checked);
    }
    return st;
}

void pl_copy_close(struct pl_copy_checked *checked)
{
    if (checked) {
        if (checked->stream.close) {
            checked->stream.close(checked->stream.context);
        }
        pl_digest_free(checked->state);
        free(checked);
    }
}

/* The stream has its length by now: is there more, and is it what it should be? */
static enum pl_status check_end(struct pl_copy_checked *checked, struct pl_error *err)
{
    const struct pl_descriptor *descriptor = checked->blob->descriptor;
    uint8_t more = 0;
    size_t got = 0;
    enum pl_status st =
        checked->stream.read(checked->stream.context, &more, sizeof(more), &got, err);
    if (st < 0) {
        return st;
    }
    if (got > 0) {
        return pl_error_set(err, PL_E_TRUST,
                            "the blob %s is refused: it has more than the %llu bytes that its "
                            "descriptor says",
                            descriptor->digest.text, (unsigned long long)descriptor->size_bytes);
    }
    struct pl_digest digest = pl_digest_finish(checked->state);
    return pl_digest_verify("the blob", &digest, &descriptor->digest, err);
}

enum pl_status pl_copy_read(struct pl_copy_checked *checked, uint8_t *into, size_t size,
                            size_t *ret_got, struct pl_error *err)
{
    const struct pl_descriptor *descriptor = checked->blob->descriptor;
    uint64_t left = descriptor->size_bytes - checked->got_bytes;
    size_t got = 0;
    if (left == 0) {
        *ret_got = 0;
        return PL_OK;
    }
    enum pl_status st = checked->stream.read(checked->stream.context, into,
                                             size < left ? size : (size_t)left, &got, err);
    if (st < 0) {
        return st;
    }
    if (got == 0) {
        return pl_error_set(err, PL_E_TRUST,
                            "the blob %s is refused: it has %llu bytes, but its descriptor says "
                            "%llu",
                            descriptor->digest.text, (unsigned long long)checked->got_bytes,
                            (unsigned long long)descriptor->size_bytes);
    }
    pl_digest_update(checked->state, (pl_span){into, got});
    checked->got_bytes += got;
    pl_progress_tell(checked->blob->progress, checked->label, checked->got_bytes,
                     descriptor->size_bytes);
    st = got == left ? check_end(checked, err) : PL_OK;
    if (st == PL_OK) {
        *ret_got = got;
    }
    return st;
}

enum pl_status pl_copy_pour(const struct pl_copy_blob *blob,
                            enum pl_status (*take)(void *context, pl_span piece,
                                                   struct pl_error *err),
                            void *context, struct pl_error *err)
{
    struct pl_copy_checked *checked PL_CLEANUP(pl_copy_closep) = NULL;
    uint8_t *piece pl_autofree = pl_mem_alloc(PIECE_BYTES, 1);
    enum pl_status st = pl_copy_open(blob, &checked, err);
    size_t got = 1;
    while (st == PL_OK && got > 0) {
        st = pl_copy_read(checked, piece, PIECE_BYTES, &got, err);
        if (st == PL_OK && got > 0) {
            st = take(context, (pl_span){piece, got}, err);
        }
    }
    return st;
}

struct file_part {
    int fd;
    bool owns_fd;
    uint64_t offset;
    uint64_t left_bytes;
};

static enum pl_status read_file(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                struct pl_error *err)
{
    struct file_part *part = context;
    size_t wanted = size < part->left_bytes ? size : (size_t)part->left_bytes;
    size_t got = 0;
    enum pl_status st = pl_io_pread(part->fd, into, wanted, part->offset, &got, err);
    if (st == PL_OK) {
        part->offset += got;
        part->left_bytes -= got;
        *ret_got = got;
    }
    return st;
}

static void close_file(void *context)
{
    struct file_part *part = context;
    if (part->owns_fd) {
        close(part->fd);
    }
    free(part);
}

struct pl_copy_stream pl_copy_stream_of_file(int fd, bool owns_fd, uint64_t offset, uint64_t length)
{
    struct file_part *part = pl_mem_alloc(1, sizeof(*part));
    *part = (struct file_part){fd, owns_fd, offset, length};
    return (struct pl_copy_stream){.read = read_file, .close = close_file, .context = part};
}
