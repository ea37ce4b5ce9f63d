/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evidence_codec.h"
#include "base/limits.h"
#include "base/wire.h"
#include <endian.h>

/* Raise the last byte with any change of the format or of what catalogers find. */
static const char magic[8] = {'P', 'L', 'E', 'V', 'I', 'D', 0, 5};

/* Writing. */

static void put_uint(struct pl_writer *out, uint64_t value)
{
    char bytes[10];
    pl_writer_str(out, pl_str_make(bytes, pl_wire_encode_uint(bytes, value)));
}

static void put_str(struct pl_writer *out, pl_str s)
{
    put_uint(out, s.len);
    pl_writer_str(out, s);
}

static void put_strs(struct pl_writer *out, const struct pl_strs *list)
{
    put_uint(out, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_str(out, list->items[i]);
    }
}

/* Eight bytes each, lowest first: such numbers have no short form. */
static void put_hashes(struct pl_writer *out, const struct pl_path_hashes *list)
{
    put_uint(out, list->count);
    for (size_t i = 0; i < list->count; i++) {
        uint64_t value = htole64(list->items[i]);
        pl_writer_str(out, pl_str_make((const char *)&value, sizeof(value)));
    }
}

/* The lists of a component, in one order for both directions. */
#define COMPONENT_LISTS(X)                                                                         \
    X(licenses) X(files) X(hashes) X(depends) X(qualifiers) X(cpes) X(contains)

static void put_component(struct pl_writer *out, const struct pl_component *component)
{
    put_str(out, component->type);
    put_str(out, component->vendor_id);
    put_str(out, component->name);
    put_str(out, component->version);
    put_str(out, component->arch);
    put_str(out, component->source_name);
    put_str(out, component->source_version);
    put_str(out, component->vendor);
    put_str(out, component->origin);
    put_uint(out, component->scope);
    put_uint(out, component->is_pseudo);
    put_uint(out, component->relation);
    put_uint(out, component->is_dev);
    put_uint(out, component->is_optional);
    put_str(out, component->inside);
    put_str(out, component->basis);
    put_uint(out, component->confidence);
#define X(field) put_strs(out, &component->field);
    COMPONENT_LISTS(X)
#undef X
    put_hashes(out, &component->owned);
    put_uint(out, component->locations.count);
    for (size_t i = 0; i < component->locations.count; i++) {
        put_str(out, component->locations.items[i].path);
        put_str(out, component->locations.items[i].layer);
    }
}

static void put_attachments(struct pl_writer *out, const struct pl_attachments *list)
{
    put_uint(out, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_str(out, list->items[i].type);
        put_str(out, list->items[i].name);
        put_str(out, list->items[i].arch);
        put_strs(out, &list->items[i].values);
        put_hashes(out, &list->items[i].owned);
    }
}

static void put_gaps(struct pl_writer *out, const struct pl_gaps *list)
{
    put_uint(out, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_str(out, list->items[i].path);
        put_str(out, list->items[i].reason);
    }
}

/* Every field of struct pl_os, in one order for both directions. */
#define OS_FIELDS(X)                                                                               \
    X(id)                                                                                          \
    X(version_id)                                                                                  \
    X(name)                                                                                        \
    X(version)                                                                                     \
    X(pretty_name)                                                                                 \
    X(version_codename) X(id_like) X(cpe_name) X(variant_id) X(build_id) X(content_sets) X(products)

static void put_file(struct pl_writer *out, const struct pl_evidence_file *file)
{
    put_str(out, file->path);
    put_uint(out, file->type);
    put_uint(out, file->size_bytes);
    put_uint(out, file->mode);
    put_str(out, file->link);
    put_str(out, file->cataloger);
    put_uint(out, file->components.count);
    for (size_t i = 0; i < file->components.count; i++) {
        put_component(out, &file->components.items[i]);
    }
    put_attachments(out, &file->files);
    put_attachments(out, &file->licenses);
    put_uint(out, file->has_os);
    if (file->has_os) {
#define X(field) put_str(out, file->os.field);
        OS_FIELDS(X)
#undef X
    }
    put_str(out, file->subject.name);
    put_str(out, file->subject.version);
    put_str(out, file->subject.purl);
    put_gaps(out, &file->gaps);
}

void pl_evidence_write(const struct pl_evidence *evidence, struct pl_writer *out)
{
    pl_writer_str(out, pl_str_make(magic, sizeof(magic)));
    put_str(out, evidence->blob_digest);
    put_str(out, evidence->diff_id);
    put_uint(out, evidence->blob_bytes);
    put_uint(out, evidence->tar_bytes);
    put_uint(out, evidence->entries);
    put_uint(out, evidence->files.count);
    for (size_t i = 0; i < evidence->files.count; i++) {
        put_file(out, &evidence->files.items[i]);
    }
    put_strs(out, &evidence->whiteouts);
    put_strs(out, &evidence->opaques);
    put_hashes(out, &evidence->replaced);
    put_gaps(out, &evidence->gaps);
}

void pl_evidence_encode(const struct pl_evidence *evidence, struct pl_buf *buf)
{
    struct pl_writer writer;
    pl_writer_init_buf(&writer, buf);
    pl_evidence_write(evidence, &writer);
    /* The buffer itself keeps that it overflowed. */
    (void)pl_writer_finish(&writer, NULL);
}

/* Reading. The first problem sticks: after it every getter gives zero, and the loops end. */

struct reader {
    struct pl_arena *arena;
    struct pl_wire wire;
    const char *problem; /* what is wrong beyond a cut or a count; NULL: nothing more */
};

static void fail(struct reader *in, const char *problem)
{
    if (!in->wire.bad) {
        in->problem = problem;
        in->wire.bad = true;
    }
}

static pl_str get_str(struct reader *in)
{
    pl_str s = pl_wire_str(&in->wire);
    if (s.len > PL_LIMIT_FIELD_BYTES * 3) {
        fail(in, "a text is too long");
    } else if (pl_str_ascii_prefix(s) < s.len &&
               (pl_str_find_char(s, '\0') != SIZE_MAX || !pl_str_is_utf8(s))) {
        fail(in, "a text is not UTF-8");
    }
    return in->wire.bad ? PL_STR_EMPTY : s;
}

/* Paths are bytes of the image: any but NUL, in clean form. */
static pl_str get_path(struct reader *in)
{
    pl_str s = pl_wire_str(&in->wire);
    pl_str cursor = s;
    pl_str segment = PL_STR_EMPTY;
    bool clean = s.len < PL_LIMIT_PATH_BYTES && pl_str_find_char(s, '\0') == SIZE_MAX &&
                 !pl_str_ends_with(s, PL_STR("/"));
    while (clean && pl_str_next_piece(&cursor, '/', &segment)) {
        clean = segment.len > 0 && !pl_str_eq(segment, PL_STR(".")) &&
                !pl_str_eq(segment, PL_STR(".."));
    }
    if (!clean) {
        fail(in, "a path is not clean");
    }
    return in->wire.bad ? PL_STR_EMPTY : s;
}

/* A count that was checked against the bytes that are left may still be a lie: beyond this a list
 * grows as its items come. */
static size_t to_reserve(size_t count)
{
    enum { MOST_RESERVED = 65536 };
    return count < MOST_RESERVED ? count : MOST_RESERVED;
}

static uint64_t get_up_to(struct reader *in, uint64_t most)
{
    uint64_t value = pl_wire_uint(&in->wire);
    if (value > most) {
        fail(in, "a number is out of its range");
        return 0;
    }
    return value;
}

static void get_list(struct reader *in, struct pl_strs *ret, pl_str (*get)(struct reader *))
{
    size_t count = pl_wire_count(&in->wire, 1);
    pl_vec_reserve(in->arena, ret, to_reserve(count));
    for (size_t i = 0; i < count && !in->wire.bad; i++) {
        *pl_vec_push(in->arena, ret) = get(in);
    }
}

static void get_hashes(struct reader *in, struct pl_path_hashes *ret)
{
    size_t count = pl_wire_count(&in->wire, sizeof(*ret->items));
    pl_str bytes = pl_wire_bytes(&in->wire, count * sizeof(*ret->items));
    if (in->wire.bad || count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(in->arena, uint64_t, count);
    ret->count = count;
    memcpy(ret->items, bytes.ptr, bytes.len);
    for (size_t i = 0; i < count; i++) {
        ret->items[i] = le64toh(ret->items[i]);
    }
}

/* Of a bill of materials: where it says that a package is, which is text and no path here. */
static void get_locations(struct reader *in, struct pl_locations *ret)
{
    size_t count = pl_wire_count(&in->wire, 2);
    pl_vec_reserve(in->arena, ret, to_reserve(count));
    for (size_t i = 0; i < count && !in->wire.bad; i++) {
        struct pl_location *location = pl_vec_push(in->arena, ret);
        location->path = get_str(in);
        location->layer = get_str(in);
    }
}

static void get_component(struct reader *in, struct pl_component *ret)
{
    ret->type = get_str(in);
    ret->vendor_id = get_str(in);
    ret->name = get_str(in);
    ret->version = get_str(in);
    ret->arch = get_str(in);
    ret->source_name = get_str(in);
    ret->source_version = get_str(in);
    ret->vendor = get_str(in);
    ret->origin = get_str(in);
    ret->scope = (enum pl_scope)get_up_to(in, PL_SCOPE_DECLARED);
    ret->is_pseudo = get_up_to(in, 1) != 0;
    ret->relation = (enum pl_relation)get_up_to(in, PL_RELATION_TRANSITIVE);
    ret->is_dev = get_up_to(in, 1) != 0;
    ret->is_optional = get_up_to(in, 1) != 0;
    ret->inside = get_str(in);
    ret->basis = get_str(in);
    ret->confidence = (unsigned)get_up_to(in, 100);
#define X(field) get_list(in, &ret->field, get_str);
    COMPONENT_LISTS(X)
#undef X
    get_hashes(in, &ret->owned);
    get_locations(in, &ret->locations);
}

static void get_attachments(struct reader *in, struct pl_attachments *ret)
{
    size_t count = pl_wire_count(&in->wire, 5);
    pl_vec_reserve(in->arena, ret, to_reserve(count));
    for (size_t i = 0; i < count && !in->wire.bad; i++) {
        struct pl_attachment *attachment = pl_vec_push(in->arena, ret);
        attachment->type = get_str(in);
        attachment->name = get_str(in);
        attachment->arch = get_str(in);
        get_list(in, &attachment->values, get_str);
        get_hashes(in, &attachment->owned);
    }
}

static void get_gaps(struct reader *in, struct pl_gaps *ret)
{
    size_t count = pl_wire_count(&in->wire, 2);
    pl_vec_reserve(in->arena, ret, to_reserve(count));
    for (size_t i = 0; i < count && !in->wire.bad; i++) {
        struct pl_gap *gap = pl_vec_push(in->arena, ret);
        gap->path = get_path(in);
        gap->reason = get_str(in);
    }
}

static void get_file(struct reader *in, struct pl_evidence_file *ret)
{
    ret->path = get_path(in);
    ret->type = (enum pl_entry_type)get_up_to(in, PL_ENTRY_OTHER);
    ret->size_bytes = pl_wire_uint(&in->wire);
    ret->mode = (uint32_t)get_up_to(in, 07777);
    ret->link = pl_wire_str(&in->wire);
    ret->cataloger = get_str(in);
    size_t count = pl_wire_count(&in->wire, 25);
    pl_vec_reserve(in->arena, &ret->components, to_reserve(count));
    for (size_t i = 0; i < count && !in->wire.bad; i++) {
        get_component(in, pl_vec_push(in->arena, &ret->components));
    }
    get_attachments(in, &ret->files);
    get_attachments(in, &ret->licenses);
    ret->has_os = get_up_to(in, 1) != 0;
    if (ret->has_os) {
#define X(field) ret->os.field = get_str(in);
        OS_FIELDS(X)
#undef X
    }
    ret->subject.name = get_str(in);
    ret->subject.version = get_str(in);
    ret->subject.purl = get_str(in);
    get_gaps(in, &ret->gaps);
}

static void get_replaced(struct reader *in, struct pl_evidence *ret)
{
    get_hashes(in, &ret->replaced);
    for (size_t i = 1; i < ret->replaced.count; i++) {
        if (ret->replaced.items[i] < ret->replaced.items[i - 1]) {
            fail(in, "path hashes do not ascend");
            return;
        }
    }
}

enum pl_status pl_evidence_decode(struct pl_arena *arena, pl_span bytes, struct pl_evidence *ret,
                                  struct pl_error *err)
{
    if (bytes.len < sizeof(magic) || memcmp(bytes.ptr, magic, sizeof(magic)) != 0) {
        return pl_error_set_at(err, PL_E_PARSE, 0,
                               "this is no evidence of a layer, or of another version");
    }
    struct reader in = {.arena = arena,
                        .wire = pl_wire_over(pl_str_skip(pl_span_str(bytes), sizeof(magic)))};
    struct pl_evidence evidence = {0};
    evidence.blob_digest = get_str(&in);
    evidence.diff_id = get_str(&in);
    evidence.blob_bytes = pl_wire_uint(&in.wire);
    evidence.tar_bytes = pl_wire_uint(&in.wire);
    evidence.entries = pl_wire_uint(&in.wire);
    size_t count = pl_wire_count(&in.wire, 14);
    pl_vec_reserve(arena, &evidence.files, to_reserve(count));
    for (size_t i = 0; i < count && !in.wire.bad; i++) {
        get_file(&in, pl_vec_push(arena, &evidence.files));
    }
    get_list(&in, &evidence.whiteouts, get_path);
    get_list(&in, &evidence.opaques, get_path);
    get_replaced(&in, &evidence);
    get_gaps(&in, &evidence.gaps);
    if (pl_wire_more(&in.wire)) {
        fail(&in, "bytes follow the end");
    }
    if (in.wire.bad) {
        size_t at = (size_t)(in.wire.at - bytes.ptr);
        return pl_error_set_at(err, PL_E_PARSE, at,
                               "the evidence of a layer is damaged before byte %zu: %s", at,
                               in.problem ? in.problem : "it is cut off, or a count is too large");
    }
    *ret = evidence;
    return PL_OK;
}
