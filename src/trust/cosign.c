/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest's config is that of an image, since clients that know nothing else look for one:
 * no history, and a diff_id for each layer, which is the layer's digest, nothing being compressed.
 */
#include "trust/cosign.h"
#include "base/limits.h"
#include "format/base64.h"
#include "format/json_writer.h"
#include "image/document.h"
#include "image/registry/push.h"
#include "trust/simple_signing.h"

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define PAYLOAD_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"
#define SIGNATURE_ANNOTATION "dev.cosignproject.cosign/signature"

pl_str pl_cosign_tag(struct pl_arena *arena, const struct pl_digest *digest)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(digest), ':', &algorithm, &hex);
    return pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT ".sig", PL_STR_ARG(algorithm),
                           PL_STR_ARG(hex));
}

static enum pl_status take_piece(void *context, pl_span piece, struct pl_error *err)
{
    struct pl_buf *into = context;
    pl_buf_append(into, pl_span_str(piece));
    return pl_buf_status(into, "a signed document", err);
}

/* The document that a layer is, checked against its digest. */
static enum pl_status read_payload(struct pl_registry *registry,
                                   const struct pl_descriptor *descriptor, struct pl_buf *into,
                                   struct pl_error *err)
{
    const struct pl_http_sink sink = {take_piece, into};
    if (descriptor->size_bytes > into->ceiling_bytes) {
        return pl_error_set(err, PL_E_LIMIT, "a signed document has %llu bytes",
                            (unsigned long long)descriptor->size_bytes);
    }
    enum pl_status st = pl_registry_blob(registry, descriptor, &sink, err);
    if (st < 0) {
        return st;
    }
    struct pl_digest got = pl_digest_of(pl_str_span(pl_buf_str(into)), &descriptor->digest);
    return pl_digest_verify("the signed document", &got, &descriptor->digest, err);
}

static enum pl_status check_layer(struct pl_registry *registry, const struct pl_key *key,
                                  const struct pl_document_part *layer,
                                  const struct pl_digest *digest, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_buf payload pl_autobuf = PL_BUF_INIT(PL_LIMIT_SIGNED_PAYLOAD_BYTES);
    pl_str text = pl_annotations_find(&layer->annotations, PL_STR(SIGNATURE_ANNOTATION));
    pl_str signature = PL_STR_EMPTY;
    if (!pl_str_eq(layer->descriptor.media_type, PL_STR(PAYLOAD_TYPE)) || text.len == 0 ||
        !pl_base64_decode(&scratch, text, &signature)) {
        return pl_error_set(err, PL_E_PARSE, "it is no signature of cosign's");
    }
    enum pl_status st = read_payload(registry, &layer->descriptor, &payload, err);
    if (st == PL_OK) {
        st = pl_key_verify(key, pl_buf_str(&payload), signature, err);
    }
    return st == PL_OK ? pl_simple_signing_check(pl_buf_str(&payload), digest, err) : st;
}

/* The manifest of the signatures; without any when there is none. */
static enum pl_status read_signatures(struct pl_registry *registry, struct pl_arena *arena,
                                      const struct pl_digest *digest, struct pl_document *ret,
                                      struct pl_error *err)
{
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    enum pl_status st =
        pl_registry_manifest(registry, arena, NULL, pl_cosign_tag(arena, digest), &manifest, err);
    if (st == PL_E_NOT_FOUND) {
        return PL_OK;
    }
    if (st == PL_OK) {
        st = pl_document_read(arena, manifest.bytes, manifest.media_type, ret, err);
    }
    if (st == PL_OK && (ret->kind == PL_DOCUMENT_INDEX || ret->parts.count > PL_LIMIT_SIGNATURES)) {
        st = pl_error_set(err, PL_E_PARSE, "it is an index, or has more than %d layers",
                          PL_LIMIT_SIGNATURES);
    }
    return st < 0 ? pl_error_wrap(err, "the signatures") : PL_OK;
}

/* Is one of the layers a signature of this key? TRUST if not, with why the last was none. */
static enum pl_status find_signature(struct pl_registry *registry, const struct pl_key *key,
                                     const struct pl_document *signatures,
                                     const struct pl_digest *digest, struct pl_error *err)
{
    struct pl_error why = PL_ERROR_INIT;
    struct pl_arena scratch pl_autoarena = {0};
    for (size_t i = 0; i < signatures->parts.count; i++) {
        why = PL_ERROR_INIT;
        enum pl_status st = check_layer(registry, key, &signatures->parts.items[i], digest, &why);
        if (st == PL_OK) {
            return PL_OK;
        }
        if (st == PL_E_NET || st == PL_E_DENIED) {
            if (err) {
                *err = why;
            }
            return st;
        }
    }
    pl_str id = pl_key_id(&scratch, key);
    if (signatures->parts.count == 0) {
        return pl_error_set(err, PL_E_TRUST, "%s is not signed (there is no tag " PL_STR_FMT ")",
                            digest->text, PL_STR_ARG(pl_cosign_tag(&scratch, digest)));
    }
    return pl_error_set(err, PL_E_TRUST,
                        "none of the %zu signatures of %s is good by the key " PL_STR_FMT ": %s",
                        signatures->parts.count, digest->text, PL_STR_ARG(id), why.msg);
}

enum pl_status pl_cosign_verify(struct pl_registry *registry, const struct pl_key *key,
                                const struct pl_digest *digest, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_document signatures = {.media_type = PL_STR_EMPTY};
    enum pl_status st = read_signatures(registry, &arena, digest, &signatures, err);
    return st == PL_OK ? find_signature(registry, key, &signatures, digest, err) : st;
}

static enum pl_status write_config(struct pl_arena *arena, const struct pl_document_parts *layers,
                                   pl_str *ret, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_MANIFEST_BYTES);
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_key(&json, "architecture");
    pl_json_writer_string(&json, PL_STR_EMPTY);
    pl_json_writer_key(&json, "os");
    pl_json_writer_string(&json, PL_STR_EMPTY);
    pl_json_writer_member_object(&json, "config");
    pl_json_writer_end_object(&json);
    pl_json_writer_member_object(&json, "rootfs");
    pl_json_writer_member(&json, "type", PL_STR("layers"));
    pl_json_writer_member_array(&json, "diff_ids");
    for (size_t i = 0; i < layers->count; i++) {
        pl_json_writer_string(&json, pl_digest_str(&layers->items[i].descriptor.digest));
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    enum pl_status st = pl_writer_finish(&writer, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(arena, pl_buf_str(&text));
    }
    return st;
}

static void write_descriptor(struct pl_json_writer *json, const struct pl_descriptor *descriptor)
{
    pl_json_writer_member(json, "mediaType", descriptor->media_type);
    pl_json_writer_member(json, "digest", pl_digest_str(&descriptor->digest));
    pl_json_writer_member_uint(json, "size", descriptor->size_bytes);
}

static enum pl_status write_manifest(struct pl_arena *arena, const struct pl_descriptor *config,
                                     const struct pl_document_parts *layers, pl_str *ret,
                                     struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_MANIFEST_BYTES);
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_uint(&json, "schemaVersion", 2);
    pl_json_writer_member(&json, "mediaType", PL_STR(OCI_MANIFEST));
    pl_json_writer_member_object(&json, "config");
    write_descriptor(&json, config);
    pl_json_writer_end_object(&json);
    pl_json_writer_member_array(&json, "layers");
    for (size_t i = 0; i < layers->count; i++) {
        const struct pl_document_part *layer = &layers->items[i];
        pl_json_writer_begin_object(&json);
        write_descriptor(&json, &layer->descriptor);
        pl_json_writer_member_object(&json, "annotations");
        for (size_t j = 0; j < layer->annotations.count; j++) {
            const struct pl_annotation *annotation = &layer->annotations.items[j];
            pl_json_writer_member(&json, pl_arena_dup(arena, annotation->name).ptr,
                                  annotation->value);
        }
        pl_json_writer_end_object(&json);
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    enum pl_status st = pl_writer_finish(&writer, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(arena, pl_buf_str(&text));
    }
    return st;
}

/* The signature as one more layer, whose document is pushed. */
static enum pl_status add_signature(struct pl_registry *registry, struct pl_arena *arena,
                                    const struct pl_reference *reference, const struct pl_key *key,
                                    const struct pl_digest *digest,
                                    struct pl_document_parts *layers, struct pl_error *err)
{
    struct pl_document_part layer = {.is_attestation = false};
    pl_str payload = PL_STR_EMPTY;
    pl_str signature = PL_STR_EMPTY;
    pl_str name = pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(reference->registry),
                                  PL_STR_ARG(reference->repository));
    enum pl_status st = pl_simple_signing_write(arena, name, digest, &payload, err);
    if (st == PL_OK) {
        st = pl_key_sign(key, arena, payload, &signature, err);
    }
    if (st == PL_OK) {
        st = pl_registry_push_bytes(registry, payload, &layer.descriptor.digest, err);
    }
    if (st < 0) {
        return st;
    }
    layer.descriptor.media_type = PL_STR(PAYLOAD_TYPE);
    layer.descriptor.size_bytes = payload.len;
    *pl_vec_push(arena, &layer.annotations) =
        (struct pl_annotation){PL_STR(SIGNATURE_ANNOTATION), pl_base64_encode(arena, signature)};
    *pl_vec_push(arena, layers) = layer;
    return PL_OK;
}

enum pl_status pl_cosign_sign(struct pl_registry *registry, const struct pl_reference *reference,
                              const struct pl_key *key, const struct pl_digest *digest,
                              struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_document signatures = {.media_type = PL_STR_EMPTY};
    struct pl_descriptor config = {.media_type = PL_STR(OCI_CONFIG)};
    pl_str text = PL_STR_EMPTY;
    enum pl_status st = read_signatures(registry, &arena, digest, &signatures, err);
    if (st == PL_OK && find_signature(registry, key, &signatures, digest, NULL) == PL_OK) {
        return PL_OK;
    }
    if (st == PL_OK) {
        st = add_signature(registry, &arena, reference, key, digest, &signatures.parts, err);
    }
    if (st == PL_OK) {
        st = write_config(&arena, &signatures.parts, &text, err);
    }
    if (st == PL_OK) {
        config.size_bytes = text.len;
        st = pl_registry_push_bytes(registry, text, &config.digest, err);
    }
    if (st == PL_OK) {
        st = write_manifest(&arena, &config, &signatures.parts, &text, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_registry_manifest manifest = {text, pl_digest_of(pl_str_span(text), NULL),
                                            PL_STR(OCI_MANIFEST)};
    return pl_registry_push_manifest(registry, &manifest, pl_cosign_tag(&arena, digest), err);
}
