/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * document - what an index or a manifest says, as it stands there: nothing is followed, and nothing
 * is left out because it is no image.
 *
 * For copying, showing and looking through what refers to what; image/manifest.h finds the image of
 * one platform. Formats: image-spec, image-index.md and manifest.md; Docker's "manifest list" and
 * "image manifest v2, schema 2". All strings live in the arena given.
 */
#include "format/json.h"
#include "image/manifest.h"

enum pl_document_kind {
    PL_DOCUMENT_INDEX,
    PL_DOCUMENT_IMAGE,
    PL_DOCUMENT_ARTIFACT, /* a manifest whose config is not an image's */
};

struct pl_annotation {
    pl_str name;
    pl_str value;
};

struct pl_annotations {
    PL_VEC_FIELDS(struct pl_annotation);
};

/* What a document names: a manifest of an index, or a blob. */
struct pl_document_part {
    struct pl_descriptor descriptor;
    struct pl_platform platform; /* empty where none is stated */
    bool is_attestation; /* BuildKit's, about another manifest of the same index */
    struct pl_annotations annotations;
};

struct pl_document_parts {
    PL_VEC_FIELDS(struct pl_document_part);
};

struct pl_document {
    enum pl_document_kind kind;
    pl_str media_type;
    pl_str artifact_type; /* of the manifest, else of its config where that is no image's */
    struct pl_document_part config; /* its digest is empty where there is none */
    struct pl_document_parts parts; /* of an index its manifests, else the layers */
    struct pl_digest subject; /* what it refers to; empty: nothing */
    struct pl_annotations annotations;
};

/* `media_type` is what came with it (a descriptor's, a Content-Type), and counts where the document
 * does not say itself. UNSUPPORTED for Docker's schema 1, PARSE for what is neither. */
enum pl_status pl_document_read(struct pl_arena *arena, pl_str bytes, pl_str media_type,
                                struct pl_document *ret, struct pl_error *err);

/* The value of that name, or empty. */
pl_str pl_annotations_find(const struct pl_annotations *annotations, pl_str name);

/* What an image's config says beside its layers. */
struct pl_config_facts {
    pl_str created;
    struct pl_platform platform;
    struct pl_annotations labels; /* sorted by name */
    size_t history_count;
};

enum pl_status pl_config_facts_read(struct pl_arena *arena, pl_str config,
                                    struct pl_config_facts *ret, struct pl_error *err);

/* One descriptor, whose strings are the JSON document's. */
enum pl_status pl_descriptor_read(const json_t *json, struct pl_descriptor *ret,
                                  struct pl_error *err);
bool pl_descriptor_is_attestation(const json_t *json);
/* Indexes and manifest lists. */
bool pl_media_type_is_index(pl_str media_type);
/* Also the ones that old clients wrote, and none. */
bool pl_media_type_is_image_config(pl_str media_type);
