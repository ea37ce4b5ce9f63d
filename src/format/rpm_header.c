/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header structure of rpm (its manual, "Package Format", Header structure). All integers are
 * big-endian on every machine:
 *
 *     number of index entries       4 bytes
 *     size of the data store        4 bytes
 *     index entries                 16 bytes each: tag, type, offset into the store, count
 *     data store
 *
 * Types: 3 INT16, 4 INT32, 6 STRING, 7 BIN, 8 STRING_ARRAY, 9 I18NSTRING. Strings end in NUL and
 * an array of them is simply one after the other, so that only walking finds the n-th.
 *
 * The first entry is as a rule a "region" (tag 61 to 63): it says which entries were signed when
 * the package was built. Entries after the region, "dribbles", were added at installation and win
 * over those of the same tag in it. Whether the region is whole matters to who checks signatures,
 * not to who reads tags, so it is looked at as an entry like any other, and a tag is sought from
 * the end.
 */
#include "format/rpm_header.h"
#include "base/limits.h"
#include "format/bytes.h"

enum { PREAMBLE_BYTES = 8, ENTRY_BYTES = 16 };
enum value_type {
    TYPE_INT16 = 3,
    TYPE_INT32 = 4,
    TYPE_STRING = 6,
    TYPE_STRING_ARRAY = 8,
    TYPE_I18NSTRING = 9,
};

enum pl_status pl_rpm_header_open(pl_span blob, struct pl_rpm_header *ret_header,
                                  struct pl_error *err)
{
    if (blob.len < PREAMBLE_BYTES) {
        return pl_error_set(err, PL_E_PARSE, "rpm header of %zu bytes, shorter than its preamble",
                            blob.len);
    }
    uint32_t entries = pl_bytes_be32(blob.ptr);
    uint32_t data_bytes = pl_bytes_be32(blob.ptr + 4);
    if (entries > PL_LIMIT_RPM_TAGS || data_bytes > PL_LIMIT_RPM_HEADER_BYTES) {
        return pl_error_set(err, PL_E_LIMIT,
                            "rpm header with %u entries and %u bytes of data; rpm itself takes no "
                            "more than %d and %d",
                            entries, data_bytes, PL_LIMIT_RPM_TAGS, PL_LIMIT_RPM_HEADER_BYTES);
    }
    size_t index_bytes = (size_t)entries * ENTRY_BYTES;
    if (blob.len - PREAMBLE_BYTES < index_bytes + data_bytes) {
        return pl_error_set(err, PL_E_PARSE,
                            "rpm header with %u entries and %u bytes of data in only %zu bytes",
                            entries, data_bytes, blob.len);
    }
    const uint8_t *index = blob.ptr + PREAMBLE_BYTES;
    *ret_header = (struct pl_rpm_header){
        .index = {index, index_bytes},
        .data = {index + index_bytes, data_bytes},
    };
    return PL_OK;
}

/* The data from the entry's offset to the end of the store, as far as its kind allows. */
static bool find(const struct pl_rpm_header *header, enum pl_rpm_tag tag,
                 struct pl_rpm_values *ret_values, enum value_type *ret_type)
{
    for (size_t at = header->index.len; at >= ENTRY_BYTES; at -= ENTRY_BYTES) {
        const uint8_t *entry = header->index.ptr + at - ENTRY_BYTES;
        uint32_t offset = pl_bytes_be32(entry + 8);
        if (pl_bytes_be32(entry) == tag && offset <= header->data.len) {
            *ret_type = pl_bytes_be32(entry + 4);
            ret_values->left = (pl_span){header->data.ptr + offset, header->data.len - offset};
            ret_values->count = pl_bytes_be32(entry + 12);
            return true;
        }
    }
    return false;
}

static struct pl_rpm_values find_fixed(const struct pl_rpm_header *header, enum pl_rpm_tag tag,
                                       enum value_type wanted, size_t value_bytes)
{
    struct pl_rpm_values values = {0};
    enum value_type type = wanted;
    if (!find(header, tag, &values, &type) || type != wanted ||
        values.left.len / value_bytes < values.count) {
        return (struct pl_rpm_values){0};
    }
    return values;
}

struct pl_rpm_values pl_rpm_header_uint32s(const struct pl_rpm_header *header, enum pl_rpm_tag tag)
{
    return find_fixed(header, tag, TYPE_INT32, 4);
}

struct pl_rpm_values pl_rpm_header_uint16s(const struct pl_rpm_header *header, enum pl_rpm_tag tag)
{
    return find_fixed(header, tag, TYPE_INT16, 2);
}

struct pl_rpm_values pl_rpm_header_strs(const struct pl_rpm_header *header, enum pl_rpm_tag tag)
{
    struct pl_rpm_values values = {0};
    enum value_type type = TYPE_STRING;
    if (!find(header, tag, &values, &type)) {
        return values;
    }
    if (type == TYPE_STRING) {
        values.count = 1;
    } else if (type != TYPE_STRING_ARRAY && type != TYPE_I18NSTRING) {
        values.count = 0;
    }
    return values;
}

pl_str pl_rpm_header_str(const struct pl_rpm_header *header, enum pl_rpm_tag tag)
{
    struct pl_rpm_values values = pl_rpm_header_strs(header, tag);
    pl_str value = PL_STR_EMPTY;
    pl_rpm_values_next_str(&values, &value);
    return value;
}

bool pl_rpm_header_uint32(const struct pl_rpm_header *header, enum pl_rpm_tag tag,
                          uint32_t *ret_value)
{
    struct pl_rpm_values values = pl_rpm_header_uint32s(header, tag);
    return pl_rpm_values_next_uint32(&values, ret_value);
}

static void advance(struct pl_rpm_values *values, size_t bytes)
{
    values->left.ptr += bytes;
    values->left.len -= bytes;
    values->count--;
}

bool pl_rpm_values_next_str(struct pl_rpm_values *values, pl_str *ret_value)
{
    if (values->count == 0 || values->left.len == 0) {
        return false;
    }
    const uint8_t *end = memchr(values->left.ptr, '\0', values->left.len);
    if (!end) {
        values->count = 0;
        return false;
    }
    *ret_value = pl_str_make((const char *)values->left.ptr, (size_t)(end - values->left.ptr));
    advance(values, ret_value->len + 1);
    return true;
}

bool pl_rpm_values_next_uint32(struct pl_rpm_values *values, uint32_t *ret_value)
{
    if (values->count == 0) {
        return false;
    }
    *ret_value = pl_bytes_be32(values->left.ptr);
    advance(values, 4);
    return true;
}

bool pl_rpm_values_next_uint16(struct pl_rpm_values *values, uint16_t *ret_value)
{
    if (values->count == 0) {
        return false;
    }
    *ret_value = pl_bytes_be16(values->left.ptr);
    advance(values, 2);
    return true;
}
