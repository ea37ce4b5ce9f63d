/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a platform, a tag and documents, parted by the byte 0xff; the last document is where
 * it begins. In a document "@N" becomes the digest of the Nth one. What is asked for by digest is
 * given, or something else in its place when its first byte is '!'.
 */
#include "base/limits.h"
#include "digest_marks.h"
#include "image/manifest.h"
#include <assert.h>

enum { MOST_DOCUMENTS = 10, LARGEST = 1 << 16 };

struct table {
    pl_str documents[MOST_DOCUMENTS];
    struct pl_digest digests[MOST_DOCUMENTS];
    size_t count;
    size_t reads;
};

static enum pl_status read_table(void *context, const struct pl_descriptor *descriptor,
                                 bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                                 struct pl_error *err)
{
    struct table *table = context;
    table->reads++;
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->digests[i].text, descriptor->digest.text) == 0) {
            *ret = table->documents[i];
            if (ret->len > 0 && ret->ptr[0] == '!') {
                *ret = table->documents[0];
            }
            return PL_OK;
        }
    }
    return pl_error_set(err, is_manifest ? PL_E_NOT_FOUND : PL_E_NET, "is not there");
}

static enum pl_status locate(void *context, const struct pl_descriptor *descriptor,
                             struct pl_part *ret, struct pl_error *err)
{
    (void)context;
    if (descriptor->size_bytes % 7 == 3) {
        return PL_E_NOT_FOUND;
    }
    *ret = (struct pl_part){.fd = -1, .length = descriptor->size_bytes};
    return PL_OK;
}

static void put(struct pl_arena *arena, struct table *table, pl_str content)
{
    pl_str document = fuzz_with_digests(arena, content, table->digests, table->count);
    table->digests[table->count] = pl_digest_of(pl_str_span(document), NULL);
    table->documents[table->count++] = document;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct table table = {.count = 0};
    pl_str input = pl_str_make((const char *)data, size);
    pl_str wish = PL_STR_EMPTY;
    pl_str tag = PL_STR_EMPTY;
    pl_str content = PL_STR_EMPTY;
    struct pl_platform platform = {.os = PL_STR("linux"), .architecture = PL_STR("amd64")};
    if (!pl_str_next_piece(&input, (char)0xff, &wish) ||
        !pl_str_next_piece(&input, (char)0xff, &tag)) {
        return 0;
    }
    platform.is_stated = pl_platform_parse(wish, &platform, NULL) == PL_OK;
    while (table.count < MOST_DOCUMENTS && pl_str_next_piece(&input, (char)0xff, &content)) {
        put(&arena, &table, pl_str_sub(content, 0, LARGEST));
    }
    if (table.count == 0) {
        return 0;
    }
    struct pl_blob_getter blobs = {read_table, locate, &table};
    struct pl_manifest_query query = {&arena, &blobs, &platform, tag};
    const struct pl_digest none = {.text = ""};
    const struct pl_digest *starts[] = {&table.digests[table.count - 1], &none};
    for (size_t i = 0; i < PL_ARRAY_LEN(starts); i++) {
        struct pl_image image = {.digest = PL_STR_EMPTY};
        struct pl_error err = PL_ERROR_INIT;
        enum pl_status st =
            pl_manifest_open(&query, table.documents[table.count - 1], starts[i], &image, &err);
        assert(st == PL_OK || (err.msg[0] != '\0' && image.layers.count == 0));
        for (size_t l = 0; l < image.layers.count; l++) {
            assert(image.layers.items[l].part.fd == -1);
            assert(image.layers.items[l].stored.text[0] != '\0');
        }
    }
    return 0;
}
