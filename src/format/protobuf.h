/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * protobuf - the wire format of Protocol Buffers, field by field and without a schema.
 *
 * Reading is a cursor over the message's bytes: which field means what is the caller's, who skips
 * the ones it does not know by asking for the next. What is handed out borrows from the message.
 * Writing appends to a buffer in the order of the calls. Nothing here allocates.
 */
#include "base/buf.h"

/* How a field's value stands on the wire. Groups, which proto3 gave up, are passed over. */
enum pl_protobuf_kind {
    PL_PROTOBUF_VARINT = 0,
    PL_PROTOBUF_FIXED64 = 1,
    PL_PROTOBUF_BYTES = 2, /* bytes, text, a message, packed numbers */
    PL_PROTOBUF_FIXED32 = 5,
};

struct pl_protobuf_field {
    uint32_t number; /* from 1 on; 0 at the end of the message */
    enum pl_protobuf_kind kind;
    uint64_t value; /* of the numeric kinds */
    pl_str bytes; /* of PL_PROTOBUF_BYTES */
};

/* Takes the next field off *message; `number` 0 at its end. PL_E_PARSE when the bytes break the
 * format; *message is then as it was. */
enum pl_status pl_protobuf_next(pl_str *message, struct pl_protobuf_field *ret,
                                struct pl_error *err);

/* Is it the field `number`, of bytes? A known field of another kind is passed over as an unknown
 * one is. */
static inline bool pl_protobuf_is_bytes(const struct pl_protobuf_field *field, uint32_t number)
{
    return field->number == number && field->kind == PL_PROTOBUF_BYTES;
}

static inline bool pl_protobuf_is_varint(const struct pl_protobuf_field *field, uint32_t number)
{
    return field->number == number && field->kind == PL_PROTOBUF_VARINT;
}

/* A field with its number; also where the value is the default one that proto3 leaves out. */
void pl_protobuf_put_varint(struct pl_buf *message, uint32_t number, uint64_t value);
void pl_protobuf_put_bytes(struct pl_buf *message, uint32_t number, pl_str bytes);
