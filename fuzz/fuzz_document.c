/* SPDX-License-Identifier: Apache-2.0 */
/* As a document, a config, and an index of referrers: what was added to one is found in it, and
 * what was there before still is. */
#include "image/registry/referrers.h"
#include "target.h"

static void check_append(struct pl_arena *arena, pl_str text)
{
    static const pl_str manifest =
        PL_STR_INIT("{\"artifactType\":\"a/b\",\"blobs\":[],\"annotations\":{\"k\":\"v\"}}");
    struct pl_registry_manifest pushed = {.bytes = manifest,
                                          .digest = pl_digest_of(pl_str_span(manifest), NULL)};
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    struct pl_referrers before = {.count = 0};
    struct pl_referrers after = {.count = 0};
    pl_str grown = PL_STR_EMPTY;
    if (pl_document_read(arena, manifest, PL_STR_EMPTY, &document, NULL) < 0) {
        abort();
    }
    if (pl_referrers_read(arena, text, &before, NULL) < 0 ||
        pl_referrers_append(arena, text, &pushed, &document, &grown, NULL) < 0 || grown.len == 0) {
        return;
    }
    if (pl_referrers_read(arena, grown, &after, NULL) < 0 || after.count != before.count + 1) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    struct pl_config_facts facts = {.history_count = 0};
    pl_str text = pl_str_make((const char *)data, size);
    if (pl_document_read(&arena, text, PL_STR("application/json"), &document, NULL) == PL_OK &&
        document.media_type.len == 0) {
        abort();
    }
    pl_config_facts_read(&arena, text, &facts, NULL);
    check_append(&arena, text);
    return 0;
}
