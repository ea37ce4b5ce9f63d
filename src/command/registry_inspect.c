/* SPDX-License-Identifier: Apache-2.0 */
/* Shows what a name in a registry stands for, from its documents alone. */
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "command/registry.h"
#include "format/json_writer.h"
#include "image/registry/referrers.h"
#include <stdio.h>
#include <unistd.h>

enum { MOST_SHOWN_BYTES = 300 };

struct inspection {
    const struct pl_registry_call *call;
    struct pl_arena *arena;
    struct pl_registry *registry;
    pl_str name;
    struct pl_registry_manifest manifest;
    struct pl_document document;
    struct pl_config_facts config; /* of an image */
    struct pl_referrers referrers;
    pl_str problem; /* why the referrers are not known; empty when they are */
};

static enum pl_status into_buffer(void *context, pl_span piece, struct pl_error *err)
{
    pl_buf_append(context, pl_span_str(piece));
    return pl_buf_status(context, "the image's config", err);
}

static enum pl_status read_config_bytes(struct pl_registry *registry, struct pl_arena *arena,
                                        const struct pl_descriptor *descriptor, pl_str *ret,
                                        struct pl_error *err)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(PL_LIMIT_CONFIG_BYTES);
    struct pl_http_sink sink = {into_buffer, &bytes};
    enum pl_status st = pl_registry_blob(registry, descriptor, &sink, err);
    if (st == PL_OK) {
        struct pl_digest got = pl_digest_of(pl_str_span(pl_buf_str(&bytes)), &descriptor->digest);
        st = pl_digest_verify("the image's config", &got, &descriptor->digest, err);
    }
    if (st == PL_OK) {
        *ret = pl_arena_dup(arena, pl_buf_str(&bytes));
    }
    return st < 0 ? pl_error_wrap(err, "the config %s", descriptor->digest.text) : st;
}

/* For pl_manifest_open, which finds the image of a platform. */
static enum pl_status read_part(void *context, const struct pl_descriptor *descriptor,
                                bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                                struct pl_error *err)
{
    (void)ceiling_bytes;
    const struct inspection *inspection = context;
    if (!is_manifest) {
        return read_config_bytes(inspection->registry, inspection->arena, descriptor, ret, err);
    }
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    enum pl_status st = pl_registry_manifest(inspection->registry, inspection->arena, NULL,
                                             pl_digest_str(&descriptor->digest), &manifest, err);
    if (st == PL_OK) {
        *ret = manifest.bytes;
    }
    return st;
}

/* Goes from an index to the manifest of the platform that was stated. */
static enum pl_status choose_platform(struct inspection *inspection, struct pl_error *err)
{
    struct pl_platform platform = {.is_stated = false};
    struct pl_image image = {.digest = PL_STR_EMPTY};
    enum pl_status st = pl_registry_call_platform(inspection->call, &platform, err);
    if (st < 0 || !platform.is_stated) {
        return st;
    }
    struct pl_blob_getter blobs = {read_part, NULL, inspection};
    struct pl_manifest_query query = {inspection->arena, &blobs, &platform, PL_STR_EMPTY};
    st = pl_manifest_open(&query, inspection->manifest.bytes, &inspection->manifest.digest, &image,
                          err);
    return st < 0 ? st
                  : pl_registry_manifest(inspection->registry, inspection->arena, NULL,
                                         image.digest, &inspection->manifest, err);
}

static enum pl_status open_manifest(struct inspection *inspection, struct pl_error *err)
{
    const struct pl_registry_call *call = inspection->call;
    pl_str given = pl_str_from(pl_args_positional(call->args, 1));
    struct pl_reference reference = {.tag = PL_STR_EMPTY};
    if (pl_str_starts_with(given, PL_STR("registry:"))) {
        given = pl_str_skip(given, strlen("registry:"));
    }
    enum pl_status st = pl_reference_parse(call->arena, given, &reference, err);
    if (st == PL_OK) {
        st = pl_registry_open(call->options, &reference, &inspection->registry, err);
    }
    if (st < 0) {
        return st;
    }
    inspection->name = pl_reference_format(inspection->arena, &reference);
    st = pl_registry_manifest(inspection->registry, inspection->arena, NULL,
                              pl_reference_selector(&reference), &inspection->manifest, err);
    return st < 0 ? st : choose_platform(inspection, err);
}

static enum pl_status read_documents(struct inspection *inspection, struct pl_error *err)
{
    const struct pl_registry_manifest *manifest = &inspection->manifest;
    enum pl_status st = pl_document_read(inspection->arena, manifest->bytes, manifest->media_type,
                                         &inspection->document, err);
    if (st == PL_OK && inspection->document.kind == PL_DOCUMENT_IMAGE) {
        pl_str config = PL_STR_EMPTY;
        st = read_config_bytes(inspection->registry, inspection->arena,
                               &inspection->document.config.descriptor, &config, err);
        if (st == PL_OK) {
            st = pl_config_facts_read(inspection->arena, config, &inspection->config, err);
        }
    }
    return st;
}

/* What is asked beside the image is no reason to say nothing of the image. */
static void read_referrers(struct inspection *inspection)
{
    pl_str type = pl_str_from(pl_args_value(inspection->call->args, "artifact-type", NULL));
    struct pl_error why = PL_ERROR_INIT;
    if (pl_registry_referrers(inspection->registry, inspection->arena, &inspection->manifest.digest,
                              type, &inspection->referrers, &why) < 0) {
        inspection->problem = pl_arena_dup(inspection->arena, pl_str_from(why.msg));
        fprintf(stderr, "plimsoll: %s\n", why.msg);
    }
}

static const char *kind_text(enum pl_document_kind kind)
{
    switch (kind) {
    case PL_DOCUMENT_INDEX:
        return "index";
    case PL_DOCUMENT_IMAGE:
        return "image";
    case PL_DOCUMENT_ARTIFACT:
        break;
    }
    return "artifact";
}

static pl_str platform_text(struct pl_arena *arena, const struct pl_platform *platform)
{
    return platform->os.len > 0 || platform->architecture.len > 0
               ? pl_platform_format(arena, platform)
               : PL_STR_EMPTY;
}

static void write_annotations(struct pl_json_writer *json, const char *key,
                              const struct pl_annotations *annotations)
{
    pl_json_writer_member_object(json, key);
    for (size_t i = 0; i < annotations->count; i++) {
        pl_json_writer_key(json, annotations->items[i].name.ptr);
        pl_json_writer_string(json, annotations->items[i].value);
    }
    pl_json_writer_end_object(json);
}

static void write_descriptor(struct pl_json_writer *json, const struct pl_descriptor *descriptor)
{
    pl_json_writer_member(json, "digest", pl_digest_str(&descriptor->digest));
    pl_json_writer_member(json, "media_type", descriptor->media_type);
    pl_json_writer_member_uint(json, "size", descriptor->size_bytes);
}

static void write_parts(struct pl_json_writer *json, const struct inspection *inspection)
{
    const struct pl_document *document = &inspection->document;
    bool is_index = document->kind == PL_DOCUMENT_INDEX;
    pl_json_writer_member_array(json, is_index ? "manifests" : "layers");
    for (size_t i = 0; i < document->parts.count; i++) {
        const struct pl_document_part *part = &document->parts.items[i];
        pl_json_writer_begin_object(json);
        write_descriptor(json, &part->descriptor);
        if (is_index) {
            pl_json_writer_member(json, "platform",
                                  platform_text(inspection->arena, &part->platform));
            pl_json_writer_member_bool(json, "attestation", part->is_attestation);
        }
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_config(struct pl_json_writer *json, const struct inspection *inspection)
{
    const struct pl_document *document = &inspection->document;
    if (document->config.descriptor.digest.text[0] == '\0') {
        return;
    }
    pl_json_writer_member_object(json, "config");
    write_descriptor(json, &document->config.descriptor);
    pl_json_writer_end_object(json);
    if (document->kind == PL_DOCUMENT_IMAGE) {
        const struct pl_config_facts *config = &inspection->config;
        pl_json_writer_member(json, "platform",
                              platform_text(inspection->arena, &config->platform));
        pl_json_writer_member(json, "created", config->created);
        write_annotations(json, "labels", &config->labels);
        pl_json_writer_member_uint(json, "history_count", config->history_count);
    }
}

static void write_referrers(struct pl_json_writer *json, const struct inspection *inspection)
{
    const struct pl_referrers *referrers = &inspection->referrers;
    pl_json_writer_key(json, "referrers");
    if (inspection->problem.len > 0) {
        pl_json_writer_null(json);
        return;
    }
    pl_json_writer_begin_array(json);
    for (size_t i = 0; i < referrers->count; i++) {
        const struct pl_referrer *referrer = &referrers->items[i];
        pl_json_writer_begin_object(json);
        write_descriptor(json, &referrer->descriptor);
        pl_json_writer_member(json, "artifact_type", referrer->descriptor.artifact_type);
        write_annotations(json, "annotations", &referrer->annotations);
        if (referrer->problem.len > 0) {
            pl_json_writer_member(json, "problem", referrer->problem);
        }
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void print_json(const struct inspection *inspection, struct pl_writer *writer)
{
    const struct pl_document *document = &inspection->document;
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, "name", inspection->name);
    pl_json_writer_member(&json, "kind", pl_str_from(kind_text(document->kind)));
    pl_json_writer_member(&json, "digest", pl_digest_str(&inspection->manifest.digest));
    pl_json_writer_member(&json, "media_type", document->media_type);
    pl_json_writer_member_uint(&json, "size", inspection->manifest.bytes.len);
    pl_json_writer_member(&json, "artifact_type", document->artifact_type);
    pl_json_writer_member(&json, "subject", pl_digest_str(&document->subject));
    write_config(&json, inspection);
    write_parts(&json, inspection);
    write_annotations(&json, "annotations", &document->annotations);
    write_referrers(&json, inspection);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

static void line(struct pl_writer *writer, const struct inspection *inspection, const char *label,
                 pl_str text)
{
    if (text.len > 0) {
        pl_str shown = pl_utf8_clean(inspection->arena, text, MOST_SHOWN_BYTES);
        pl_writer_format(writer, "%-12s ", label);
        pl_writer_str(writer, shown);
        pl_writer_char(writer, '\n');
    }
}

static void print_part(struct pl_writer *writer, const struct inspection *inspection,
                       const struct pl_descriptor *descriptor, pl_str what)
{
    pl_writer_format(writer, "  %s  %12llu  ", descriptor->digest.text,
                     (unsigned long long)descriptor->size_bytes);
    pl_writer_str(writer, pl_utf8_clean(inspection->arena, what, MOST_SHOWN_BYTES));
    pl_writer_char(writer, '\n');
}

static void print_parts(struct pl_writer *writer, const struct inspection *inspection)
{
    const struct pl_document *document = &inspection->document;
    bool is_index = document->kind == PL_DOCUMENT_INDEX;
    pl_writer_format(writer, "\n%s (%zu):\n", is_index ? "Manifests" : "Layers",
                     document->parts.count);
    for (size_t i = 0; i < document->parts.count; i++) {
        const struct pl_document_part *part = &document->parts.items[i];
        pl_str platform = platform_text(inspection->arena, &part->platform);
        pl_str what = !is_index              ? part->descriptor.media_type
                      : part->is_attestation ? PL_STR("attestation")
                      : platform.len > 0     ? platform
                                             : part->descriptor.media_type;
        print_part(writer, inspection, &part->descriptor, what);
    }
}

static void print_referrers(struct pl_writer *writer, const struct inspection *inspection)
{
    const struct pl_referrers *referrers = &inspection->referrers;
    if (inspection->problem.len > 0) {
        pl_writer_str(writer, PL_STR("\nReferrers: not known\n"));
        return;
    }
    pl_writer_format(writer, "\nReferrers (%zu%s):\n", referrers->count,
                     referrers->is_from_tag && referrers->count > 0
                         ? ", by tag: the registry has no list of its own"
                         : "");
    for (size_t i = 0; i < referrers->count; i++) {
        const struct pl_referrer *referrer = &referrers->items[i];
        print_part(writer, inspection, &referrer->descriptor,
                   referrer->problem.len > 0 ? referrer->problem
                                             : referrer->descriptor.artifact_type);
    }
}

static void print_table(const struct inspection *inspection, struct pl_writer *writer)
{
    const struct pl_document *document = &inspection->document;
    const struct pl_config_facts *config = &inspection->config;
    bool is_image = document->kind == PL_DOCUMENT_IMAGE;
    line(writer, inspection, "Name", inspection->name);
    line(writer, inspection, "Digest", pl_digest_str(&inspection->manifest.digest));
    line(writer, inspection, "Media type", document->media_type);
    pl_writer_format(writer, "%-12s %zu bytes\n", "Size", inspection->manifest.bytes.len);
    line(writer, inspection, "Kind", pl_str_from(kind_text(document->kind)));
    line(writer, inspection, "Type", document->artifact_type);
    line(writer, inspection, "Subject", pl_digest_str(&document->subject));
    line(writer, inspection, "Config", pl_digest_str(&document->config.descriptor.digest));
    if (is_image) {
        line(writer, inspection, "Platform", platform_text(inspection->arena, &config->platform));
        line(writer, inspection, "Created", config->created);
        pl_writer_format(writer, "%-12s %zu steps\n", "History", config->history_count);
        for (size_t i = 0; i < config->labels.count; i++) {
            const struct pl_annotation *label = &config->labels.items[i];
            line(writer, inspection, "Label",
                 pl_arena_format(inspection->arena, PL_STR_FMT "=" PL_STR_FMT,
                                 PL_STR_ARG(label->name), PL_STR_ARG(label->value)));
        }
    }
    print_parts(writer, inspection);
    print_referrers(writer, inspection);
}

static enum pl_status show(struct inspection *inspection, struct pl_error *err)
{
    enum pl_status st = open_manifest(inspection, err);
    if (st == PL_OK && pl_args_flag(inspection->call->args, "raw")) {
        return pl_io_write(STDOUT_FILENO, inspection->manifest.bytes, err);
    }
    if (st == PL_OK) {
        st = read_documents(inspection, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "%s", pl_args_positional(inspection->call->args, 1));
    }
    read_referrers(inspection);
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    pl_writer_init_fd(writer, STDOUT_FILENO);
    if (inspection->call->wants_json) {
        print_json(inspection, writer);
    } else {
        print_table(inspection, writer);
    }
    return pl_writer_finish(writer, err);
}

enum pl_status pl_registry_run_inspect(const struct pl_registry_call *call, struct pl_error *err)
{
    struct inspection inspection = {.call = call, .arena = call->arena};
    enum pl_status st = show(&inspection, err);
    pl_registry_close(inspection.registry);
    return st;
}
