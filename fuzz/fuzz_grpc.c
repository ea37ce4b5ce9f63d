/* SPDX-License-Identifier: Apache-2.0 */
/* The body of an answer, whole and in pieces of a size that the first byte gives: both hand out the
 * same messages. */
#include "net/grpc.h"
#include "target.h"
#include <assert.h>

struct seen {
    size_t count;
    uint64_t hash;
};

static enum pl_status take(void *context, pl_str message, struct pl_error *err)
{
    (void)err;
    struct seen *seen = context;
    seen->count++;
    seen->hash = seen->hash * 31 + pl_str_hash(message);
    return PL_OK;
}

static enum pl_status feed(const uint8_t *data, size_t size, size_t step, struct seen *seen,
                           bool *ret_is_between)
{
    struct pl_grpc_frames frames PL_CLEANUP(pl_grpc_frames_release) =
        pl_grpc_frames_start(take, seen);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = PL_OK;
    for (size_t at = 0; at < size && st == PL_OK; at += step) {
        size_t length = size - at < step ? size - at : step;
        st = pl_grpc_frames_take(&frames, (pl_span){data + at, length}, &err);
    }
    assert(st == PL_OK || err.msg[0] != '\0');
    *ret_is_between = pl_grpc_frames_is_between(&frames);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct seen whole = {0};
    struct seen pieces = {0};
    bool ends_whole = false;
    bool ends_pieces = false;
    size_t step = (size_t)data[0] + 1;
    enum pl_status first = feed(data + 1, size - 1, SIZE_MAX / 2, &whole, &ends_whole);
    enum pl_status second = feed(data + 1, size - 1, step, &pieces, &ends_pieces);
    assert(first == second && whole.count == pieces.count && whole.hash == pieces.hash);
    assert(first < 0 || ends_whole == ends_pieces);
    return 0;
}
