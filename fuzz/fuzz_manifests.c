/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is the parts of an image, parted by the byte 0xff: a platform, then name and content in
 * turn. The name "@" stands for the content's own address, so that the fuzzer need not invent
 * digests; in a content, "@N" between quotes becomes the digest of the Nth part.
 */
#include "digest_marks.h"
#include "image/image.h"

enum { MOST_PARTS = 12, LARGEST_PART = 1 << 16 };

static bool next_field(pl_str *cursor, pl_str *ret)
{
    return pl_str_next_piece(cursor, (char)0xff, ret);
}

static void fill_store(struct pl_arena *arena, struct pl_store *store, pl_str input)
{
    pl_str name = PL_STR_EMPTY;
    pl_str content = PL_STR_EMPTY;
    struct pl_digest digests[MOST_PARTS];
    while (store->parts.count < MOST_PARTS && next_field(&input, &name) &&
           next_field(&input, &content)) {
        struct pl_part part = {.fd = -1};
        part.document = fuzz_with_digests(arena, pl_str_sub(content, 0, LARGEST_PART), digests,
                                          store->parts.count);
        part.name = name;
        part.length = part.document.len;
        struct pl_digest *digest = &digests[store->parts.count];
        *digest = pl_digest_of(pl_str_span(part.document), NULL);
        if (pl_str_eq(name, PL_STR("@"))) {
            part.name = pl_arena_format(arena, "blobs/sha256/%s", digest->text + strlen("sha256:"));
        } else if (pl_str_starts_with(name, PL_STR("->"))) {
            part.name = pl_str_skip(name, 2);
            part.link = content;
        }
        *pl_vec_push(arena, &store->parts) = part;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_store store = {.arena = &arena, .dir_fd = -1, .file_fd = -1};
    pl_str input = pl_str_make((const char *)data, size);
    pl_str wish = PL_STR_EMPTY;
    pl_str selector = PL_STR_EMPTY;
    if (!next_field(&input, &wish) || !next_field(&input, &selector)) {
        return 0;
    }
    struct pl_platform platform = pl_platform_host();
    (void)pl_platform_parse(wish, &platform, NULL);
    fill_store(&arena, &store, input);
    size_t count = 0;
    const struct pl_image_source *const *sources = pl_image_sources(&count);
    for (size_t i = 0; i < count; i++) {
        if (!sources[i]->open) {
            continue; /* its images lie elsewhere */
        }
        struct pl_image image = {.digest = PL_STR_EMPTY};
        struct pl_error err = PL_ERROR_INIT;
        /* With and without a place for the error's text. */
        if (sources[i]->open &&
            sources[i]->open(&arena, &store, selector, &platform, &image, &err) < 0) {
            (void)sources[i]->open(&arena, &store, selector, &platform, &image, NULL);
        }
    }
    return 0;
}
