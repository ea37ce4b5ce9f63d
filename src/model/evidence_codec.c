/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evidence_codec.h"
#include "base/limits.h"
#include "base/varint.h"

/* Raise the last byte with any change of the format or of what catalogers find. */
static const char magic[8] = {'P', 'L', 'E', 'V', 'I', 'D', 0, 1};

/* Writing. */

static void put_number(struct pl_buf *buf, uint64_t value)
{
    pl_varint_append(buf, value);
}

static void put_str(struct pl_buf *buf, pl_str s)
{
    put_number(buf, s.len);
    pl_buf_append(buf, s);
}

static void put_strs(struct pl_buf *buf, const struct pl_strs *list)
{
    put_number(buf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_str(buf, list->items[i]);
    }
}

static void put_component(struct pl_buf *buf, const struct pl_component *component)
{
    put_str(buf, component->type);
    put_str(buf, component->vendor_id);
    put_str(buf, component->name);
    put_str(buf, component->version);
    put_str(buf, component->arch);
    put_str(buf, component->source_name);
    put_str(buf, component->source_version);
    put_str(buf, component->vendor);
    put_number(buf, component->scope);
    put_number(buf, component->is_pseudo);
    put_strs(buf, &component->licenses);
    put_strs(buf, &component->files);
}

static void put_attachments(struct pl_buf *buf, const struct pl_attachments *list)
{
    put_number(buf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_str(buf, list->items[i].type);
        put_str(buf, list->items[i].name);
        put_str(buf, list->items[i].arch);
        put_strs(buf, &list->items[i].values);
    }
}

static void put_gaps(struct pl_buf *buf, const struct pl_gaps *list)
{
    put_number(buf, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put_str(buf, list->items[i].path);
        put_str(buf, list->items[i].reason);
    }
}

/* Every field of struct pl_os, in one order for both directions. */
#define OS_FIELDS(X)                                                                               \
    X(id)                                                                                          \
    X(version_id)                                                                                  \
    X(name)                                                                                        \
    X(version) X(pretty_name) X(version_codename) X(id_like) X(cpe_name) X(variant_id) X(build_id)

static void put_file(struct pl_buf *buf, const struct pl_evidence_file *file)
{
    put_str(buf, file->path);
    put_number(buf, file->type);
    put_number(buf, file->size_bytes);
    put_number(buf, file->mode);
    put_str(buf, file->link);
    put_str(buf, file->cataloger);
    put_number(buf, file->components.count);
    for (size_t i = 0; i < file->components.count; i++) {
        put_component(buf, &file->components.items[i]);
    }
    put_attachments(buf, &file->files);
    put_attachments(buf, &file->licenses);
    put_number(buf, file->has_os);
    if (file->has_os) {
#define X(field) put_str(buf, file->os.field);
        OS_FIELDS(X)
#undef X
    }
    put_gaps(buf, &file->gaps);
}

void pl_evidence_encode(const struct pl_evidence *evidence, struct pl_buf *buf)
{
    pl_buf_append(buf, pl_str_make(magic, sizeof(magic)));
    put_str(buf, evidence->blob_digest);
    put_str(buf, evidence->diff_id);
    put_number(buf, evidence->blob_bytes);
    put_number(buf, evidence->tar_bytes);
    put_number(buf, evidence->entries);
    put_number(buf, evidence->files.count);
    for (size_t i = 0; i < evidence->files.count; i++) {
        put_file(buf, &evidence->files.items[i]);
    }
    put_strs(buf, &evidence->whiteouts);
    put_strs(buf, &evidence->opaques);
    put_number(buf, evidence->replaced_count);
    uint64_t before = 0;
    for (size_t i = 0; i < evidence->replaced_count; i++) {
        put_number(buf, evidence->replaced[i] - before);
        before = evidence->replaced[i];
    }
    put_gaps(buf, &evidence->gaps);
}

/* Reading. The first problem sticks: after it every getter gives zero, and the loops end. */

struct reader {
    struct pl_arena *arena;
    pl_span all;
    size_t at;
    const char *problem;
};

static void fail(struct reader *in, const char *problem)
{
    if (!in->problem) {
        in->problem = problem;
    }
}

static uint64_t get_number(struct reader *in)
{
    pl_span rest = {in->all.ptr + in->at, in->all.len - in->at};
    uint64_t value = 0;
    if (in->problem || !pl_varint_take(&rest, &value)) {
        fail(in, "a number is cut off or too large");
        return 0;
    }
    in->at = in->all.len - rest.len;
    return value;
}

/* A count of items that take at least `least` bytes each. */
static size_t get_count(struct reader *in, size_t least)
{
    uint64_t count = get_number(in);
    if (count > (in->all.len - in->at) / least) {
        fail(in, "a list claims more items than there are bytes");
        return 0;
    }
    return in->problem ? 0 : (size_t)count;
}

static pl_str get_bytes(struct reader *in)
{
    size_t len = get_count(in, 1);
    pl_str s = {(const char *)in->all.ptr + in->at, len};
    in->at += len;
    return s;
}

static pl_str get_str(struct reader *in)
{
    pl_str s = get_bytes(in);
    if (s.len > PL_LIMIT_FIELD_BYTES * 3) {
        fail(in, "a text is too long");
    } else if (pl_str_ascii_prefix(s) < s.len &&
               (pl_str_find_char(s, '\0') != SIZE_MAX || !pl_str_is_utf8(s))) {
        fail(in, "a text is not UTF-8");
    }
    return in->problem ? PL_STR_EMPTY : s;
}

/* Paths are bytes of the image: any but NUL, in clean form. */
static pl_str get_path(struct reader *in)
{
    pl_str s = get_bytes(in);
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
    return in->problem ? PL_STR_EMPTY : s;
}

static uint64_t get_up_to(struct reader *in, uint64_t most)
{
    uint64_t value = get_number(in);
    if (value > most) {
        fail(in, "a number is out of its range");
        return 0;
    }
    return value;
}

static void get_list(struct reader *in, struct pl_strs *ret, pl_str (*get)(struct reader *))
{
    size_t count = get_count(in, 1);
    for (size_t i = 0; i < count && !in->problem; i++) {
        *pl_vec_push(in->arena, ret) = get(in);
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
    ret->scope = (enum pl_scope)get_up_to(in, PL_SCOPE_DECLARED);
    ret->is_pseudo = get_up_to(in, 1) != 0;
    get_list(in, &ret->licenses, get_str);
    get_list(in, &ret->files, get_str);
}

static void get_attachments(struct reader *in, struct pl_attachments *ret)
{
    size_t count = get_count(in, 4);
    for (size_t i = 0; i < count && !in->problem; i++) {
        struct pl_attachment *attachment = pl_vec_push(in->arena, ret);
        attachment->type = get_str(in);
        attachment->name = get_str(in);
        attachment->arch = get_str(in);
        get_list(in, &attachment->values, get_str);
    }
}

static void get_gaps(struct reader *in, struct pl_gaps *ret)
{
    size_t count = get_count(in, 2);
    for (size_t i = 0; i < count && !in->problem; i++) {
        struct pl_gap *gap = pl_vec_push(in->arena, ret);
        gap->path = get_path(in);
        gap->reason = get_str(in);
    }
}

static void get_file(struct reader *in, struct pl_evidence_file *ret)
{
    ret->path = get_path(in);
    ret->type = (enum pl_entry_type)get_up_to(in, PL_ENTRY_OTHER);
    ret->size_bytes = get_number(in);
    ret->mode = (uint32_t)get_up_to(in, 07777);
    ret->link = get_bytes(in);
    ret->cataloger = get_str(in);
    size_t count = get_count(in, 12);
    for (size_t i = 0; i < count && !in->problem; i++) {
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
    get_gaps(in, &ret->gaps);
}

static void get_replaced(struct reader *in, struct pl_evidence *ret)
{
    size_t count = get_count(in, 1);
    ret->replaced = PL_ARENA_ARRAY(in->arena, uint64_t, count);
    uint64_t before = 0;
    for (size_t i = 0; i < count && !in->problem; i++) {
        uint64_t step = get_number(in);
        if (step > UINT64_MAX - before) {
            fail(in, "path hashes do not ascend");
            return;
        }
        before += step;
        ret->replaced[ret->replaced_count++] = before;
    }
}

enum pl_status pl_evidence_decode(struct pl_arena *arena, pl_span bytes, struct pl_evidence *ret,
                                  struct pl_error *err)
{
    if (bytes.len < sizeof(magic) || memcmp(bytes.ptr, magic, sizeof(magic)) != 0) {
        return pl_error_set_at(err, PL_E_PARSE, 0,
                               "this is no evidence of a layer, or of another version");
    }
    /* One copy, into which every string is a view. */
    struct reader in = {.arena = arena,
                        .all = pl_str_span(pl_arena_dup(arena, pl_span_str(bytes))),
                        .at = sizeof(magic)};
    struct pl_evidence evidence = {0};
    evidence.blob_digest = get_str(&in);
    evidence.diff_id = get_str(&in);
    evidence.blob_bytes = get_number(&in);
    evidence.tar_bytes = get_number(&in);
    evidence.entries = get_number(&in);
    size_t count = get_count(&in, 11);
    for (size_t i = 0; i < count && !in.problem; i++) {
        get_file(&in, pl_vec_push(arena, &evidence.files));
    }
    get_list(&in, &evidence.whiteouts, get_path);
    get_list(&in, &evidence.opaques, get_path);
    get_replaced(&in, &evidence);
    get_gaps(&in, &evidence.gaps);
    if (!in.problem && in.at != bytes.len) {
        fail(&in, "bytes follow the end");
    }
    if (in.problem) {
        return pl_error_set_at(err, PL_E_PARSE, in.at,
                               "the evidence of a layer is damaged at byte %zu: %s", in.at,
                               in.problem);
    }
    *ret = evidence;
    return PL_OK;
}
