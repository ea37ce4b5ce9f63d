/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "image/manifest.h"
#include "image/registry/client.h"
#include <time.h>

/* Of one image while it is opened, and of its layers until they are done. */
struct remote {
    struct pl_arena *arena;
    struct pl_registry *registry;
    const struct pl_image_documents *documents;
};

/* A layer to be fetched. */
struct remote_layer {
    struct pl_fetch fetch;
    struct pl_registry *registry;
    struct pl_descriptor descriptor;
};

static enum pl_status fetch_layer(void *context, const struct pl_fetch_sink *sink,
                                  struct pl_error *err)
{
    struct remote_layer *layer = context;
    struct pl_http_sink http = {sink->take, sink->context};
    pl_registry_after_fork(layer->registry);
    return pl_registry_blob(layer->registry, &layer->descriptor, &http, err);
}

static void prepare_layer(void *context)
{
    const struct remote_layer *layer = context;
    pl_registry_greet(layer->registry, &layer->descriptor.digest);
}

static enum pl_status locate_layer(void *context, const struct pl_descriptor *descriptor,
                                   struct pl_part *ret, struct pl_error *err)
{
    const struct remote *remote = context;
    enum pl_status st = pl_registry_check_foreign(remote->registry, descriptor, err);
    if (st < 0) {
        return st;
    }
    struct remote_layer *layer = PL_ARENA_NEW(remote->arena, struct remote_layer);
    layer->fetch =
        (struct pl_fetch){.prepare = prepare_layer, .run = fetch_layer, .context = layer};
    layer->registry = remote->registry;
    layer->descriptor = *descriptor;
    *ret = (struct pl_part){.fd = -1, .length = descriptor->size_bytes, .fetch = &layer->fetch};
    return PL_OK;
}

/* A config as it comes, for as long as may be. */
struct document {
    struct pl_buf bytes;
    time_t started_s;
};

static time_t monotonic_s(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static enum pl_status into_document(void *context, pl_span bytes, struct pl_error *err)
{
    struct document *document = context;
    pl_buf_append(&document->bytes, pl_span_str(bytes));
    if (monotonic_s() - document->started_s > PL_LIMIT_DOCUMENT_SECONDS) {
        return pl_error_set(err, PL_E_NET, "it took longer than %d seconds",
                            PL_LIMIT_DOCUMENT_SECONDS);
    }
    return PL_OK;
}

static void release_document(struct document *document)
{
    pl_buf_release(&document->bytes);
}

static enum pl_status read_config(const struct remote *remote,
                                  const struct pl_descriptor *descriptor, size_t ceiling_bytes,
                                  pl_str *ret, struct pl_error *err)
{
    if (descriptor->size_bytes > ceiling_bytes) {
        return pl_error_set(err, PL_E_LIMIT, "it is larger than %zu bytes", ceiling_bytes);
    }
    struct document document PL_CLEANUP(release_document) = {PL_BUF_INIT(ceiling_bytes),
                                                             monotonic_s()};
    struct pl_http_sink sink = {into_document, &document};
    enum pl_status st = pl_registry_blob(remote->registry, descriptor, &sink, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(remote->arena, pl_buf_str(&document.bytes));
    }
    return st;
}

static enum pl_status read_document(void *context, const struct pl_descriptor *descriptor,
                                    bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                                    struct pl_error *err)
{
    const struct remote *remote = context;
    const struct pl_image_documents *documents = remote->documents;
    if (is_manifest) {
        struct pl_registry_manifest manifest = {0};
        enum pl_status st =
            pl_registry_manifest(remote->registry, remote->arena, documents,
                                 pl_digest_str(&descriptor->digest), &manifest, err);
        if (st == PL_OK) {
            *ret = manifest.bytes;
        }
        return st;
    }
    if (documents->find(documents->context, remote->arena, &descriptor->digest, ret)) {
        return PL_OK;
    }
    enum pl_status st = read_config(remote, descriptor, ceiling_bytes, ret, err);
    struct pl_digest got = pl_digest_of(pl_str_span(*ret), &descriptor->digest);
    if (st == PL_OK && pl_digest_verify("it", &got, &descriptor->digest, NULL) == PL_OK) {
        documents->put(documents->context, &descriptor->digest, *ret);
    }
    return st;
}

static void close_remote(void *context)
{
    pl_registry_close(context);
}

static enum pl_status reach(struct pl_arena *arena, const struct pl_reach *how, pl_str name,
                            const struct pl_platform *platform, struct pl_reached *ret,
                            struct pl_error *err)
{
    struct pl_reference reference = {0};
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    enum pl_status st = pl_reference_parse(arena, name, &reference, err);
    if (st == PL_OK) {
        st = pl_registry_open(how->registry, &reference, &registry, err);
    }
    struct pl_registry_manifest manifest = {0};
    if (st == PL_OK) {
        st = pl_registry_manifest(registry, arena, how->documents,
                                  pl_reference_selector(&reference), &manifest, err);
    }
    if (st < 0) {
        return st;
    }
    struct remote remote = {arena, registry, how->documents};
    struct pl_blob_getter blobs = {read_document, locate_layer, &remote};
    struct pl_manifest_query query = {arena, &blobs, platform, PL_STR_EMPTY};
    struct pl_reached reached = {.name = pl_reference_format(arena, &reference),
                                 .close = close_remote};
    st = pl_manifest_open(&query, manifest.bytes, &manifest.digest, &reached.image, err);
    if (st == PL_OK) {
        reached.context = PL_TAKE(registry);
        *ret = reached;
    }
    return st;
}

const struct pl_image_source pl_image_source_registry = {
    .name = "registry",
    .summary = "an image in a registry: registry:NAME[:TAG][@DIGEST]",
    .reach = reach,
};
