/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: a field lies within them, reading ends, and what was read can be written and is read
 * back as the same. */
#include "format/protobuf.h"
#include "target.h"
#include <assert.h>

static void check_rewritten(const struct pl_protobuf_field *field)
{
    struct pl_buf again pl_autobuf = PL_BUF_INIT(1 << 24);
    if (field->kind == PL_PROTOBUF_VARINT) {
        pl_protobuf_put_varint(&again, field->number, field->value);
    } else if (field->kind == PL_PROTOBUF_BYTES) {
        pl_protobuf_put_bytes(&again, field->number, field->bytes);
    } else {
        return;
    }
    pl_str message = pl_buf_str(&again);
    struct pl_protobuf_field read = {0};
    assert(pl_protobuf_next(&message, &read, NULL) == PL_OK && message.len == 0);
    assert(read.number == field->number && read.kind == field->kind);
    assert(read.value == field->value && pl_str_eq(read.bytes, field->bytes));
}

static void walk(pl_str message, int depth)
{
    const char *start = message.ptr;
    const char *end = message.ptr + message.len;
    for (;;) {
        size_t before = message.len;
        struct pl_protobuf_field field = {0};
        struct pl_error err = PL_ERROR_INIT;
        enum pl_status st = pl_protobuf_next(&message, &field, &err);
        if (st < 0) {
            assert(message.len == before && err.msg[0] != '\0');
            return;
        }
        if (field.number == 0) {
            assert(message.len == 0);
            return;
        }
        assert(message.len < before);
        check_rewritten(&field);
        if (field.kind == PL_PROTOBUF_BYTES && field.bytes.len > 0) {
            assert(field.bytes.ptr >= start && field.bytes.ptr + field.bytes.len <= end);
            if (depth > 0) {
                walk(field.bytes, depth - 1);
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    walk(pl_str_make((const char *)data, size), 4);
    return 0;
}
