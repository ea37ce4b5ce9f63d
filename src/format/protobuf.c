/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire format (Protocol Buffers, "Encoding"). A message is a row of fields, each a tag and a
 * value. The tag is a varint, NUMBER << 3 | KIND, with NUMBER from 1 to 2^29 - 1. Kinds are 0
 * varint, 1 eight bytes, 2 a varint length and that many bytes, 3 and 4 the start and end of a
 * group, 5 four bytes; fixed ones are little endian. A varint has seven bits a byte, lowest first;
 * the highest bit says that more follow; ten bytes hold 64 bits, and what is above them is dropped
 * as the other readers drop it.
 * Fields may come in any order and repeatedly; of one that is not repeated the last counts. There
 * is no mark at a message's end: its length comes from outside.
 */
#include "format/protobuf.h"
#include "format/bytes.h"

enum {
    GROUP_START = 3,
    GROUP_END = 4,
    MOST_VARINT_BYTES = 10,
    /* Groups within groups, all of which are passed over. */
    MOST_GROUPS = 32,
};

#define HIGHEST_NUMBER ((1U << 29) - 1)

static enum pl_status take_varint(pl_str *message, uint64_t *ret, struct pl_error *err)
{
    uint64_t value = 0;
    for (size_t i = 0; i < message->len && i < MOST_VARINT_BYTES; i++) {
        uint8_t byte = (uint8_t)message->ptr[i];
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *message = pl_str_skip(*message, i + 1);
            *ret = value;
            return PL_OK;
        }
    }
    return pl_error_set(err, PL_E_PARSE, "protobuf: a number %s",
                        message->len < MOST_VARINT_BYTES ? "breaks off" : "has more than 10 bytes");
}

static enum pl_status take_fixed(pl_str *message, size_t size, uint64_t *ret, struct pl_error *err)
{
    if (message->len < size) {
        return pl_error_set(err, PL_E_PARSE, "protobuf: a number breaks off");
    }
    const uint8_t *bytes = (const uint8_t *)message->ptr;
    *ret = pl_bytes_le32(bytes);
    if (size == 8) {
        *ret |= (uint64_t)pl_bytes_le32(bytes + 4) << 32;
    }
    *message = pl_str_skip(*message, size);
    return PL_OK;
}

static enum pl_status take_bytes(pl_str *message, pl_str *ret, struct pl_error *err)
{
    uint64_t length = 0;
    enum pl_status st = take_varint(message, &length, err);
    if (st < 0) {
        return st;
    }
    if (length > message->len) {
        return pl_error_set(err, PL_E_PARSE, "protobuf: a field of %llu bytes where %zu are left",
                            (unsigned long long)length, message->len);
    }
    *ret = pl_str_sub(*message, 0, (size_t)length);
    *message = pl_str_skip(*message, (size_t)length);
    return PL_OK;
}

static enum pl_status take_tag(pl_str *message, uint32_t *ret_number, unsigned *ret_kind,
                               struct pl_error *err)
{
    uint64_t tag = 0;
    enum pl_status st = take_varint(message, &tag, err);
    if (st < 0) {
        return st;
    }
    uint64_t number = tag >> 3;
    if (number == 0 || number > HIGHEST_NUMBER) {
        return pl_error_set(err, PL_E_PARSE, "protobuf: there is no field number %llu",
                            (unsigned long long)number);
    }
    *ret_number = (uint32_t)number;
    *ret_kind = (unsigned)(tag & 7);
    return PL_OK;
}

/* Takes a value of any kind but a group's. */
static enum pl_status take_value(pl_str *message, unsigned kind, struct pl_protobuf_field *field,
                                 struct pl_error *err)
{
    switch (kind) {
    case PL_PROTOBUF_VARINT:
        return take_varint(message, &field->value, err);
    case PL_PROTOBUF_FIXED64:
        return take_fixed(message, 8, &field->value, err);
    case PL_PROTOBUF_BYTES:
        return take_bytes(message, &field->bytes, err);
    case PL_PROTOBUF_FIXED32:
        return take_fixed(message, 4, &field->value, err);
    default:
        return pl_error_set(err, PL_E_PARSE, "protobuf: a value of the kind %u", kind);
    }
}

/* After a group's start: all up to its end, which bears the same number. */
static enum pl_status skip_group(pl_str *message, uint32_t number, struct pl_error *err)
{
    uint32_t open[MOST_GROUPS] = {number};
    size_t depth = 1;
    while (depth > 0) {
        struct pl_protobuf_field passed;
        unsigned kind = 0;
        enum pl_status st = take_tag(message, &number, &kind, err);
        if (st < 0) {
            return st;
        }
        if (kind == GROUP_START) {
            if (depth == MOST_GROUPS) {
                return pl_error_set(err, PL_E_LIMIT, "protobuf: more than %d groups in each other",
                                    MOST_GROUPS);
            }
            open[depth++] = number;
        } else if (kind == GROUP_END) {
            if (open[--depth] != number) {
                return pl_error_set(err, PL_E_PARSE, "protobuf: the group %u ends as %u",
                                    (unsigned)open[depth], (unsigned)number);
            }
        } else {
            st = take_value(message, kind, &passed, err);
            if (st < 0) {
                return st;
            }
        }
    }
    return PL_OK;
}

enum pl_status pl_protobuf_next(pl_str *message, struct pl_protobuf_field *ret,
                                struct pl_error *err)
{
    pl_str left = *message;
    while (left.len > 0) {
        struct pl_protobuf_field field = {.bytes = PL_STR_EMPTY};
        unsigned kind = 0;
        enum pl_status st = take_tag(&left, &field.number, &kind, err);
        if (st == PL_OK && kind == GROUP_START) {
            st = skip_group(&left, field.number, err);
            if (st == PL_OK) {
                continue;
            }
        } else if (st == PL_OK) {
            field.kind = (enum pl_protobuf_kind)kind;
            st = take_value(&left, kind, &field, err);
        }
        if (st == PL_OK) {
            *message = left;
            *ret = field;
        }
        return st;
    }
    *message = left;
    *ret = (struct pl_protobuf_field){.bytes = PL_STR_EMPTY};
    return PL_OK;
}

static void put_varint(struct pl_buf *message, uint64_t value)
{
    while (value >= 0x80) {
        pl_buf_append_char(message, (char)(value | 0x80));
        value >>= 7;
    }
    pl_buf_append_char(message, (char)value);
}

void pl_protobuf_put_varint(struct pl_buf *message, uint32_t number, uint64_t value)
{
    put_varint(message, (uint64_t)number << 3 | PL_PROTOBUF_VARINT);
    put_varint(message, value);
}

void pl_protobuf_put_bytes(struct pl_buf *message, uint32_t number, pl_str bytes)
{
    put_varint(message, (uint64_t)number << 3 | PL_PROTOBUF_BYTES);
    put_varint(message, bytes.len);
    pl_buf_append(message, bytes);
}
