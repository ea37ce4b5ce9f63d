/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index is {"mediaType", "manifests": [DESCRIPTOR, ...]}, a manifest {"mediaType",
 * "artifactType", "config": DESCRIPTOR, "layers": [DESCRIPTOR, ...], "subject": DESCRIPTOR}; both
 * may have "annotations" {NAME: TEXT}. A descriptor is {"mediaType", "digest", "size",
 * "annotations", "urls", "platform": {"os", "architecture", "variant"}}. "mediaType" may be left
 * out by OCI's documents; then an index is told by its "manifests". What is called an artifact has
 * an "artifactType", or a config whose type is not that of an image. Draft 1 of OCI 1.1 had
 * artifact manifests with "blobs" in place of config and layers; some are still stored.
 */
#include "image/document.h"
#include "base/limits.h"

#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

bool pl_media_type_is_index(pl_str media_type)
{
    return pl_str_eq(media_type, PL_STR(OCI_INDEX)) ||
           pl_str_eq(media_type,
                     PL_STR("application/vnd.docker.distribution.manifest.list.v2+json"));
}

bool pl_media_type_is_image_config(pl_str media_type)
{
    return media_type.len == 0 ||
           pl_str_eq(media_type, PL_STR("application/vnd.oci.image.config.v1+json")) ||
           pl_str_eq(media_type, PL_STR("application/vnd.docker.container.image.v1+json")) ||
           pl_str_eq(media_type, PL_STR("application/octet-stream"));
}

bool pl_descriptor_is_attestation(const json_t *json)
{
    pl_str type = pl_json_str(pl_json_object(json, "annotations"), "vnd.docker.reference.type");
    return pl_str_eq(type, PL_STR("attestation-manifest"));
}

enum pl_status pl_descriptor_read(const json_t *json, struct pl_descriptor *ret,
                                  struct pl_error *err)
{
    struct pl_descriptor descriptor = {
        .size_bytes = pl_json_uint(json, "size"),
        .media_type = pl_json_str(json, "mediaType"),
        .artifact_type = pl_json_str(json, "artifactType"),
        .has_urls = json_array_size(pl_json_array(json, "urls")) > 0,
    };
    enum pl_status st = pl_digest_parse(pl_json_str(json, "digest"), &descriptor.digest, err);
    if (st == PL_OK) {
        *ret = descriptor;
    }
    return st;
}

static void read_annotations(struct pl_arena *arena, const json_t *object,
                             struct pl_annotations *into)
{
    const char *name = NULL;
    json_t *value = NULL;
    /* Jansson's iteration takes what it does not change as changeable. */
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (json_is_string(value)) {
            *pl_vec_push(arena, into) = (struct pl_annotation){
                pl_arena_dup(arena, pl_str_from(name)), pl_arena_dup(arena, pl_json_text(value))};
        }
    }
}

pl_str pl_annotations_find(const struct pl_annotations *annotations, pl_str name)
{
    for (size_t i = 0; i < annotations->count; i++) {
        if (pl_str_eq(annotations->items[i].name, name)) {
            return annotations->items[i].value;
        }
    }
    return PL_STR_EMPTY;
}

static enum pl_status read_part(struct pl_arena *arena, const json_t *json,
                                struct pl_document_part *ret, struct pl_error *err)
{
    struct pl_document_part part = {.is_attestation = pl_descriptor_is_attestation(json)};
    enum pl_status st = pl_descriptor_read(json, &part.descriptor, err);
    if (st < 0) {
        return st;
    }
    const json_t *platform = pl_json_object(json, "platform");
    part.descriptor.media_type = pl_arena_dup(arena, part.descriptor.media_type);
    part.descriptor.artifact_type = pl_arena_dup(arena, part.descriptor.artifact_type);
    part.platform = (struct pl_platform){
        .os = pl_arena_dup(arena, pl_json_str(platform, "os")),
        .architecture = pl_arena_dup(arena, pl_json_str(platform, "architecture")),
        .variant = pl_arena_dup(arena, pl_json_str(platform, "variant"))};
    read_annotations(arena, pl_json_object(json, "annotations"), &part.annotations);
    *ret = part;
    return PL_OK;
}

static enum pl_status read_parts(struct pl_arena *arena, const json_t *array, const char *what,
                                 size_t most, struct pl_document_parts *into, struct pl_error *err)
{
    if (json_array_size(array) > most) {
        return pl_error_set(err, PL_E_LIMIT, "it names %zu %ss, at most %zu are read",
                            json_array_size(array), what, most);
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct pl_document_part part = {.is_attestation = false};
        enum pl_status st = read_part(arena, json_array_get(array, i), &part, err);
        if (st < 0) {
            return pl_error_wrap(err, "%s %zu", what, i);
        }
        *pl_vec_push(arena, into) = part;
    }
    return PL_OK;
}

static enum pl_status read_manifest(struct pl_arena *arena, const json_t *json,
                                    struct pl_document *document, struct pl_error *err)
{
    const json_t *config = pl_json_object(json, "config");
    const json_t *layers = pl_json_array(json, "layers");
    const json_t *blobs = pl_json_array(json, "blobs");
    if (pl_json_array(json, "fsLayers")) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "it is Docker's schema 1, which was given up in 2019");
    }
    if (!blobs && (!config || !layers)) {
        return pl_error_set(err, PL_E_PARSE, "it is neither an index nor a manifest");
    }
    enum pl_status st = config ? read_part(arena, config, &document->config, err) : PL_OK;
    if (st < 0) {
        return pl_error_wrap(err, "its config");
    }
    bool is_image = config && pl_media_type_is_image_config(document->config.descriptor.media_type);
    document->kind = is_image ? PL_DOCUMENT_IMAGE : PL_DOCUMENT_ARTIFACT;
    if (document->artifact_type.len == 0 && !is_image) {
        document->artifact_type = document->config.descriptor.media_type;
    }
    return read_parts(arena, layers ? layers : blobs, "layer", PL_LIMIT_LAYERS, &document->parts,
                      err);
}

static enum pl_status read_document(struct pl_arena *arena, const json_t *json, pl_str media_type,
                                    struct pl_document *ret, struct pl_error *err)
{
    const json_t *manifests = pl_json_array(json, "manifests");
    const json_t *subject = pl_json_object(json, "subject");
    pl_str own = pl_json_str(json, "mediaType");
    pl_str_cut(media_type, ';', &media_type, &(pl_str){0});
    media_type = own.len > 0 ? own : pl_str_trim(media_type);
    struct pl_document document = {.artifact_type =
                                       pl_arena_dup(arena, pl_json_str(json, "artifactType"))};
    enum pl_status st = manifests ? read_parts(arena, manifests, "manifest",
                                               PL_LIMIT_INDEX_MANIFESTS, &document.parts, err)
                                  : read_manifest(arena, json, &document, err);
    if (st == PL_OK && subject) {
        struct pl_descriptor of = {.size_bytes = 0};
        st = pl_descriptor_read(subject, &of, err);
        st = st < 0 ? pl_error_wrap(err, "its subject") : st;
        document.subject = of.digest;
    }
    if (st < 0) {
        return st;
    }
    /* What is no type of a document (text/plain, none) says nothing. */
    bool is_stated = pl_str_ends_with(media_type, PL_STR("json")) &&
                     !pl_str_eq(media_type, PL_STR("application/json"));
    document.media_type = is_stated   ? pl_arena_dup(arena, media_type)
                          : manifests ? PL_STR(OCI_INDEX)
                                      : PL_STR(OCI_MANIFEST);
    read_annotations(arena, pl_json_object(json, "annotations"), &document.annotations);
    *ret = document;
    return PL_OK;
}

enum pl_status pl_document_read(struct pl_arena *arena, pl_str bytes, pl_str media_type,
                                struct pl_document *ret, struct pl_error *err)
{
    json_t *json pl_autojson = NULL;
    enum pl_status st = pl_json_parse(bytes, "the manifest", &json, err);
    return st < 0 ? st : read_document(arena, json, media_type, ret, err);
}

static int compare_names(const void *a, const void *b)
{
    const struct pl_annotation *left = a;
    const struct pl_annotation *right = b;
    return pl_str_cmp(left->name, right->name);
}

enum pl_status pl_config_facts_read(struct pl_arena *arena, pl_str config,
                                    struct pl_config_facts *ret, struct pl_error *err)
{
    json_t *json pl_autojson = NULL;
    enum pl_status st = pl_json_parse(config, "the image's config", &json, err);
    if (st < 0) {
        return st;
    }
    struct pl_config_facts facts = {
        .created = pl_arena_dup(arena, pl_json_str(json, "created")),
        .platform = {.os = pl_arena_dup(arena, pl_json_str(json, "os")),
                     .architecture = pl_arena_dup(arena, pl_json_str(json, "architecture")),
                     .variant = pl_arena_dup(arena, pl_json_str(json, "variant"))},
        .history_count = json_array_size(pl_json_array(json, "history")),
    };
    read_annotations(arena, pl_json_object(pl_json_object(json, "config"), "Labels"),
                     &facts.labels);
    if (facts.labels.count > 1) {
        qsort(facts.labels.items, facts.labels.count, sizeof(*facts.labels.items), compare_names);
    }
    *ret = facts;
    return PL_OK;
}
