/* SPDX-License-Identifier: Apache-2.0 */
/* Each of containerd's answers, with each reader: what is handed out lies within the message. */
#include "image/containerd/message.h"
#include "target.h"
#include <assert.h>

static void check_within(pl_str part, pl_str whole)
{
    assert(part.len == 0 ||
           (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str message = pl_str_make((const char *)data, size);
    struct pl_error err = PL_ERROR_INIT;
    struct pl_containerd_image image;
    if (pl_containerd_parse_image(message, &image, &err) == PL_OK) {
        assert(image.name.len > 0);
        check_within(image.name, message);
        check_within(image.digest, message);
        check_within(image.media_type, message);
    }
    pl_str left = message;
    size_t before = left.len + 1;
    while (pl_containerd_next_image(&left, &image, &err) == PL_OK && image.name.len > 0) {
        assert(left.len < before);
        before = left.len;
    }
    uint64_t bytes = 0;
    (void)pl_containerd_parse_size(message, &bytes, &err);
    pl_str text = PL_STR_EMPTY;
    if (pl_containerd_parse_data(message, &text, &err) == PL_OK) {
        check_within(text, message);
    }
    text = PL_STR_EMPTY;
    if (pl_containerd_parse_root(message, &text, &err) == PL_OK) {
        check_within(text, message);
    }
    return 0;
}
