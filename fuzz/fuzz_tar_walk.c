/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a layer as stored, plain or compressed, read by all catalogers under small limits.
 * Hashing in place and without a spill file: both have their own tests.
 */
#include "engine/inspect.h"
#include "model/evidence_codec.h"
#include "target.h"
#include <stdio.h>

static enum pl_status read_input(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                 struct pl_error *err)
{
    pl_span *rest = context;
    size_t part = rest->len < size ? rest->len : size;
    if (part > 0) {
        memcpy(into, rest->ptr, part);
        rest->ptr += part;
        rest->len -= part;
    }
    *ret_got = part;
    return PL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pl_catalog_matcher *matcher;
    if (!matcher) {
        matcher = pl_catalog_matcher_new();
    }
    struct pl_arena arena pl_autoarena = {0};
    pl_span rest = {data, size};
    struct pl_blob_reader reader = {read_input, &rest};
    struct pl_inspect_layer layer = {.fd = -1, .spill_fd = -1, .matcher = matcher};
    pl_budget_limits_default(&layer.limits);
    layer.limits.layer_bytes = 16 << 20;
    layer.limits.layer_entries = 1000;
    layer.limits.file_bytes = 1 << 20;
    layer.limits.evidence_bytes = 1 << 20;
    struct pl_evidence evidence = {.files = {0}};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_inspect_stream(&arena, &reader, &layer, &evidence, &err) < 0) {
        return 0;
    }
    /* What the inspector finds must pass the reader that trusts nothing. */
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(64 << 20);
    struct pl_evidence again = {.files = {0}};
    pl_evidence_encode(&evidence, &bytes);
    if (pl_evidence_decode(&arena, pl_str_span(pl_buf_str(&bytes)), &again, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    return 0;
}
