/* SPDX-License-Identifier: Apache-2.0 */
/*
 * {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
 *  "artifactType": PL_DB_GENERATION_TYPE,
 *  "manifests": [{"mediaType", "artifactType", "digest", "size", "annotations": {...}}, ...],
 *  "annotations": {"org.opencontainers.image.created": TIME, "vnd.plimsoll.db.generation": DIGITS,
 *                  "vnd.plimsoll.db.manifest": the manifest, itself JSON, as text}}
 *
 * What a slice is called and has in it is the manifest's to say; the entries' annotations repeat it
 * for people and tools that look into a registry, and tie the entry to its slice by the digits of
 * the content. Sizes are decimal, since annotations are strings. Clients that know OCI 1.0 alone
 * lose the artifact types of what they copy; then the annotations tell what is what.
 */
#include "engine/db_index.h"
#include "base/limits.h"
#include "base/map.h"
#include "format/json_writer.h"

#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define PREFIX "vnd.plimsoll.db."

/* ---- out ---- */

static void annotate(struct pl_arena *arena, struct pl_annotations *into, pl_str name, pl_str value)
{
    *pl_vec_push(arena, into) = (struct pl_annotation){name, value};
}

static pl_str number(struct pl_arena *arena, uint64_t value)
{
    return pl_arena_format(arena, "%llu", (unsigned long long)value);
}

void pl_db_part_annotate(struct pl_arena *arena, const struct pl_db_part *part,
                         const struct pl_db_slice_info *slice, struct pl_annotations *into)
{
    annotate(arena, into, PL_STR(PREFIX "slice"), part->slice);
    annotate(arena, into, PL_STR(PREFIX "content"), part->content);
    if (part->from.len > 0) {
        annotate(arena, into, PL_STR(PREFIX "from"), part->from);
    } else {
        annotate(arena, into, PL_STR(PREFIX "records"),
                 number(arena, slice->records + slice->exploitations));
        annotate(arena, into, PL_STR(PREFIX "size"), number(arena, slice->size_bytes));
    }
    annotate(arena, into, PL_STR(PREFIX "blob"), pl_digest_str(&part->blob.digest));
    annotate(arena, into, PL_STR(PREFIX "blob-size"), number(arena, part->blob.size_bytes));
}

static const struct pl_db_slice_info *find_slice(const struct pl_db_manifest *manifest,
                                                 pl_str content)
{
    for (size_t i = 0; i < manifest->slices.count; i++) {
        if (pl_str_eq(manifest->slices.items[i].digits, content)) {
            return &manifest->slices.items[i];
        }
    }
    return NULL;
}

static void write_annotations(struct pl_json_writer *json, struct pl_arena *arena,
                              const struct pl_annotations *annotations)
{
    pl_json_writer_member_object(json, "annotations");
    for (size_t i = 0; i < annotations->count; i++) {
        pl_json_writer_key(json, pl_arena_dup(arena, annotations->items[i].name).ptr);
        pl_json_writer_string(json, annotations->items[i].value);
    }
    pl_json_writer_end_object(json);
}

static void write_part(struct pl_json_writer *json, struct pl_arena *arena,
                       const struct pl_db_manifest *manifest, const struct pl_db_part *part)
{
    static const struct pl_db_slice_info unknown = {.records = 0};
    const struct pl_db_slice_info *slice = find_slice(manifest, part->content);
    struct pl_annotations annotations = {0};
    pl_db_part_annotate(arena, part, slice ? slice : &unknown, &annotations);
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "mediaType", part->manifest.media_type);
    pl_json_writer_member(json, "artifactType", part->manifest.artifact_type);
    pl_json_writer_member(json, "digest", pl_digest_str(&part->manifest.digest));
    pl_json_writer_member_uint(json, "size", part->manifest.size_bytes);
    write_annotations(json, arena, &annotations);
    pl_json_writer_end_object(json);
}

enum pl_status pl_db_index_write(struct pl_arena *arena, const struct pl_db_index *index,
                                 pl_str *ret, struct pl_error *err)
{
    struct pl_buf manifest pl_autobuf = PL_BUF_INIT(PL_LIMIT_DB_MANIFEST_BYTES);
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_MANIFEST_BYTES);
    struct pl_annotations annotations = {0};
    struct pl_writer writer;
    struct pl_json_writer json;
    enum pl_status st = pl_db_manifest_write(&index->manifest, &manifest, err);
    if (st < 0) {
        return st;
    }
    annotate(arena, &annotations, PL_STR("org.opencontainers.image.created"),
             index->manifest.created);
    annotate(arena, &annotations, PL_STR(PREFIX "generation"),
             pl_str_from(index->manifest.generation));
    annotate(arena, &annotations, PL_STR(PREFIX "manifest"), pl_buf_str(&manifest));
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_uint(&json, "schemaVersion", 2);
    pl_json_writer_member(&json, "mediaType", PL_STR(OCI_INDEX));
    pl_json_writer_member(&json, "artifactType", PL_STR(PL_DB_GENERATION_TYPE));
    pl_json_writer_member_array(&json, "manifests");
    for (size_t i = 0; i < index->parts.count; i++) {
        write_part(&json, arena, &index->manifest, &index->parts.items[i]);
    }
    pl_json_writer_end_array(&json);
    write_annotations(&json, arena, &annotations);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    st = pl_writer_finish(&writer, err);
    if (st < 0) {
        return pl_error_wrap(err, "the index of the generation");
    }
    *ret = pl_arena_dup(arena, pl_buf_str(&text));
    return PL_OK;
}

/* ---- in ---- */

static pl_str find(const struct pl_annotations *annotations, const char *name)
{
    return pl_annotations_find(annotations, pl_str_from(name));
}

/* *ret_is_ours is false for an entry of a kind that a later version may have added. */
static enum pl_status read_part(const struct pl_document_part *entry, bool *ret_is_ours,
                                struct pl_db_part *ret, struct pl_error *err)
{
    pl_str type = entry->descriptor.artifact_type;
    if (type.len == 0 && find(&entry->annotations, PREFIX "slice").len > 0) {
        type = find(&entry->annotations, PREFIX "from").len > 0 ? PL_STR(PL_DB_PATCH_TYPE)
                                                                : PL_STR(PL_DB_SLICE_TYPE);
    }
    bool is_patch = pl_str_eq(type, PL_STR(PL_DB_PATCH_TYPE));
    *ret_is_ours = is_patch || pl_str_eq(type, PL_STR(PL_DB_SLICE_TYPE));
    if (!*ret_is_ours) {
        return PL_OK;
    }
    struct pl_db_part part = {.slice = find(&entry->annotations, PREFIX "slice"),
                              .content = find(&entry->annotations, PREFIX "content"),
                              .from = find(&entry->annotations, PREFIX "from"),
                              .blob = {.media_type = type},
                              .manifest = entry->descriptor};
    if (!pl_db_are_digits(part.content) ||
        (is_patch ? !pl_db_are_digits(part.from) : part.from.len > 0)) {
        return pl_error_set(err, PL_E_PARSE, "an entry does not say what it holds");
    }
    enum pl_status st =
        pl_digest_parse(find(&entry->annotations, PREFIX "blob"), &part.blob.digest, err);
    if (st == PL_OK && !pl_str_to_uint(find(&entry->annotations, PREFIX "blob-size"),
                                       PL_LIMIT_DOWNLOAD_BYTES, &part.blob.size_bytes)) {
        st = pl_error_set(err, PL_E_PARSE, "an entry does not say how large its blob is");
    }
    if (st == PL_OK) {
        *ret = part;
    }
    return st;
}

static enum pl_status read_parts(struct pl_arena *arena, const struct pl_document *document,
                                 struct pl_db_parts *into, struct pl_error *err)
{
    for (size_t i = 0; i < document->parts.count; i++) {
        struct pl_db_part part = {.slice = PL_STR_EMPTY};
        bool is_ours = false;
        enum pl_status st = read_part(&document->parts.items[i], &is_ours, &part, err);
        if (st < 0) {
            return st;
        }
        if (is_ours) {
            *pl_vec_push(arena, into) = part;
        }
    }
    return PL_OK;
}

static enum pl_status check_complete(const struct pl_db_index *index, struct pl_error *err)
{
    struct pl_map wholes pl_automap = {0};
    for (size_t i = 0; i < index->parts.count; i++) {
        if (index->parts.items[i].from.len == 0) {
            *pl_map_at(&wholes, index->parts.items[i].content) = &index->parts.items[i];
        }
    }
    for (size_t i = 0; i < index->manifest.slices.count; i++) {
        const struct pl_db_slice_info *slice = &index->manifest.slices.items[i];
        if (!pl_map_find(&wholes, slice->digits)) {
            return pl_error_set(err, PL_E_PARSE, "it lacks the slice " PL_STR_FMT,
                                PL_STR_ARG(slice->name));
        }
    }
    return PL_OK;
}

bool pl_db_index_is(const struct pl_document *document)
{
    return document->kind == PL_DOCUMENT_INDEX &&
           (document->artifact_type.len > 0
                ? pl_str_eq(document->artifact_type, PL_STR(PL_DB_GENERATION_TYPE))
                : find(&document->annotations, PREFIX "generation").len > 0);
}

enum pl_status pl_db_index_read(struct pl_arena *arena, pl_str bytes, struct pl_db_index *ret,
                                struct pl_error *err)
{
    struct pl_document document = {.media_type = PL_STR_EMPTY};
    struct pl_db_index index = {.parts = {0}};
    enum pl_status st = pl_document_read(arena, bytes, PL_STR_EMPTY, &document, err);
    if (st < 0) {
        return st;
    }
    if (!pl_db_index_is(&document)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "it is no advisory database but %s " PL_STR_FMT,
                            document.kind == PL_DOCUMENT_IMAGE ? "an image" : "something else",
                            PL_STR_ARG(document.artifact_type));
    }
    st = pl_db_manifest_parse(arena, find(&document.annotations, PREFIX "manifest"),
                              &index.manifest, err);
    if (st == PL_OK) {
        st = read_parts(arena, &document, &index.parts, err);
    }
    if (st == PL_OK) {
        st = check_complete(&index, err);
    }
    if (st == PL_OK) {
        *ret = index;
    }
    return st;
}

const struct pl_db_part *pl_db_index_whole(const struct pl_db_index *index, pl_str content)
{
    for (size_t i = 0; i < index->parts.count; i++) {
        const struct pl_db_part *part = &index->parts.items[i];
        if (part->from.len == 0 && pl_str_eq(part->content, content)) {
            return part;
        }
    }
    return NULL;
}

const struct pl_db_part *pl_db_index_patch(const struct pl_db_index *index, pl_str content)
{
    for (size_t i = 0; i < index->parts.count; i++) {
        const struct pl_db_part *part = &index->parts.items[i];
        if (part->from.len > 0 && pl_str_eq(part->content, content)) {
            return part;
        }
    }
    return NULL;
}
