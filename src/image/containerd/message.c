/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd's API (containerd, api/services/ and api/types/), messages of Protocol Buffers:
 *   images.v1:  GetImageResponse {image = 1}, ListImagesResponse {repeated image = 1},
 *               Image {name = 1, labels = 2, target = 3, times 7 and 8}
 *   types:      Descriptor {media_type = 1, digest = 2, size = 3, annotations = 5}
 *   content.v1: InfoResponse {info = 1}, Info {digest = 1, size = 2, times 3 and 4, labels = 5},
 *               ReadContentResponse {offset = 1, data = 2}
 *   introspection.v1: PluginsResponse {repeated plugin = 1},
 *               Plugin {type = 1, id = 2, ..., exports = 5}, a map
 * An entry of a map is a message {key = 1, value = 2}. Fields at their default are left out.
 */
#include "image/containerd/message.h"
#include "format/protobuf.h"

/* The last field `number` of a message, which counts; empty without one. */
static enum pl_status find_bytes(pl_str message, uint32_t number, bool *ret_has, pl_str *ret,
                                 struct pl_error *err)
{
    pl_str found = PL_STR_EMPTY;
    bool has = false;
    for (;;) {
        struct pl_protobuf_field field;
        enum pl_status st = pl_protobuf_next(&message, &field, err);
        if (st < 0) {
            return st;
        }
        if (field.number == 0) {
            *ret = found;
            *ret_has = has;
            return PL_OK;
        }
        if (pl_protobuf_is_bytes(&field, number)) {
            found = field.bytes;
            has = true;
        }
    }
}

static enum pl_status parse_target(pl_str message, struct pl_containerd_image *image,
                                   struct pl_error *err)
{
    for (;;) {
        struct pl_protobuf_field field;
        enum pl_status st = pl_protobuf_next(&message, &field, err);
        if (st < 0 || field.number == 0) {
            return st;
        }
        if (pl_protobuf_is_bytes(&field, 1)) {
            image->media_type = field.bytes;
        } else if (pl_protobuf_is_bytes(&field, 2)) {
            image->digest = field.bytes;
        } else if (pl_protobuf_is_varint(&field, 3)) {
            image->size_bytes = field.value;
        }
    }
}

static enum pl_status parse_image(pl_str message, struct pl_containerd_image *ret,
                                  struct pl_error *err)
{
    struct pl_containerd_image image = {PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY, 0};
    for (;;) {
        struct pl_protobuf_field field;
        enum pl_status st = pl_protobuf_next(&message, &field, err);
        if (st == PL_OK && pl_protobuf_is_bytes(&field, 3)) {
            st = parse_target(field.bytes, &image, err);
        }
        if (st < 0) {
            return st;
        }
        if (pl_protobuf_is_bytes(&field, 1)) {
            image.name = field.bytes;
        } else if (field.number == 0) {
            *ret = image;
            return PL_OK;
        }
    }
}

enum pl_status pl_containerd_next_image(pl_str *message, struct pl_containerd_image *ret,
                                        struct pl_error *err)
{
    for (;;) {
        struct pl_protobuf_field field;
        struct pl_containerd_image image = {PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY, 0};
        enum pl_status st = pl_protobuf_next(message, &field, err);
        if (st == PL_OK && pl_protobuf_is_bytes(&field, 1)) {
            st = parse_image(field.bytes, &image, err);
        }
        if (st < 0) {
            return st;
        }
        if (field.number == 0 || image.name.len > 0) {
            *ret = image;
            return PL_OK;
        }
    }
}

enum pl_status pl_containerd_parse_image(pl_str message, struct pl_containerd_image *ret,
                                         struct pl_error *err)
{
    struct pl_containerd_image image;
    enum pl_status st = pl_containerd_next_image(&message, &image, err);
    if (st < 0) {
        return st;
    }
    if (image.name.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "its answer names no image");
    }
    *ret = image;
    return PL_OK;
}

enum pl_status pl_containerd_parse_size(pl_str message, uint64_t *ret, struct pl_error *err)
{
    pl_str info = PL_STR_EMPTY;
    bool has_info = false;
    enum pl_status st = find_bytes(message, 1, &has_info, &info, err);
    if (st == PL_OK && !has_info) {
        st = pl_error_set(err, PL_E_PARSE, "its answer says nothing of the blob");
    }
    uint64_t size = 0;
    while (st == PL_OK) {
        struct pl_protobuf_field field;
        st = pl_protobuf_next(&info, &field, err);
        if (st == PL_OK && field.number == 0) {
            *ret = size;
            break;
        }
        if (st == PL_OK && pl_protobuf_is_varint(&field, 2)) {
            size = field.value;
        }
    }
    return st;
}

enum pl_status pl_containerd_parse_data(pl_str message, pl_str *ret, struct pl_error *err)
{
    bool has_data = false;
    return find_bytes(message, 2, &has_data, ret, err);
}

enum pl_status pl_containerd_parse_root(pl_str message, pl_str *ret, struct pl_error *err)
{
    pl_str plugin = PL_STR_EMPTY;
    bool has_one = false;
    enum pl_status st = find_bytes(message, 1, &has_one, &plugin, err);
    pl_str root = PL_STR_EMPTY;
    while (st == PL_OK) {
        struct pl_protobuf_field field;
        st = pl_protobuf_next(&plugin, &field, err);
        if (st < 0 || field.number == 0) {
            break;
        }
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        if (pl_protobuf_is_bytes(&field, 5)) {
            st = find_bytes(field.bytes, 1, &has_one, &key, err);
        }
        if (st == PL_OK && pl_str_eq(key, PL_STR("root"))) {
            st = find_bytes(field.bytes, 2, &has_one, &value, err);
            root = value;
        }
    }
    if (st == PL_OK) {
        *ret = root;
    }
    return st;
}
