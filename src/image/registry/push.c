/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   HEAD /v2/NAME/blobs/DIGEST                         200: nothing is to be done
 *   POST /v2/NAME/blobs/uploads/?mount=DIGEST&from=OTHER   201: taken over, 202: to be sent
 *   POST /v2/NAME/blobs/uploads/                       202 and a Location, which may be anywhere
 *   PUT  LOCATION?digest=DIGEST                        the whole blob: 201
 *   PUT  /v2/NAME/manifests/TAG-or-DIGEST              201, with OCI-Subject where that is kept
 *
 * An upload that broke off is in a state that only the registry knows, and not all of them tell it
 * truly; so it is given up and begun anew.
 */
#include "image/registry/push.h"
#include "base/limits.h"
#include "image/document.h"
#include "image/registry/location.h"
#include "image/registry/referrers.h"
#include "image/registry/session.h"
#include "net/http_retry.h"

enum { MOST_UPLOADS = 4 };

/* One blob on its way. */
struct sending {
    struct pl_registry *registry;
    const struct pl_registry_upload *upload;
    uint64_t at; /* how much was read since the last opening */
    bool is_open;
    bool is_own_error; /* the upload's own, which another try does not mend */
    unsigned status; /* of the answer, where there was one */
    bool is_sent; /* it was the sending that failed, not the asking for a place */
};

static enum pl_status send_own(struct pl_registry *registry, struct pl_arena *arena,
                               const struct pl_registry_request *request,
                               struct pl_http_response *ret, struct pl_error *err)
{
    registry->current = registry->endpoints.count - 1;
    return pl_registry_send(registry, arena, request, ret, err);
}

enum pl_status pl_registry_push_has_blob(struct pl_registry *registry,
                                         const struct pl_digest *digest, bool *ret,
                                         struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PUSH,
        .path = pl_arena_format(&scratch, "blobs/%s", digest->text).ptr,
        .http = {.method = "HEAD"},
    };
    struct pl_http_response response = {0};
    enum pl_status st = send_own(registry, &scratch, &request, &response, err);
    if (st == PL_OK && response.status != 200 && response.status != 404) {
        st = pl_registry_refused(registry, &response, "looking for a blob", err);
    }
    if (st == PL_OK) {
        *ret = response.status == 200;
    }
    return st;
}

static enum pl_status give(void *context, uint64_t offset, uint8_t *into, size_t size,
                           size_t *ret_got, struct pl_error *err)
{
    struct sending *sending = context;
    const struct pl_registry_upload *upload = sending->upload;
    enum pl_status st = PL_OK;
    if (offset == 0 && (!sending->is_open || sending->at > 0)) {
        st = upload->open(upload->context, err);
        sending->is_open = st == PL_OK;
        sending->at = 0;
    }
    if (st == PL_OK && offset != sending->at) {
        st = pl_error_set(err, PL_E_INTERNAL, "an upload was asked for out of order");
    }
    if (st == PL_OK) {
        st = upload->read(upload->context, into, size, ret_got, err);
    }
    if (st == PL_OK) {
        sending->at += *ret_got;
    }
    sending->is_own_error = st < 0;
    return st;
}

/* Where to send it; empty when nothing is to be sent, since the registry took it over. */
static enum pl_status begin(struct sending *sending, struct pl_arena *arena, pl_str mount_from,
                            pl_str *ret, struct pl_error *err)
{
    pl_str path = PL_STR("blobs/uploads/");
    if (mount_from.len > 0) {
        path = pl_registry_location_add(arena, path, "mount",
                                        pl_digest_str(&sending->upload->descriptor->digest));
        path = pl_registry_location_add(arena, path, "from", mount_from);
    }
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PUSH, .path = path.ptr, .http = {.method = "POST"}};
    struct pl_http_response response = {0};
    enum pl_status st = send_own(sending->registry, arena, &request, &response, err);
    if (st == PL_OK && response.status == 201 && mount_from.len > 0) {
        *ret = PL_STR_EMPTY;
        return PL_OK;
    }
    if (st == PL_OK && response.status != 202) {
        st = pl_registry_refused(sending->registry, &response, "beginning an upload", err);
    }
    pl_str location = pl_http_header_value(&response, "location");
    return st < 0 ? st : pl_registry_location(arena, response.url, location, ret, err);
}

static enum pl_status send_whole(struct sending *sending, struct pl_arena *arena, pl_str where,
                                 struct pl_http_response *ret, struct pl_error *err)
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    const struct pl_descriptor *descriptor = sending->upload->descriptor;
    struct pl_http_upload upload = {
        .read = give, .context = sending, .length = descriptor->size_bytes};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PUSH,
        .url = pl_registry_location_add(arena, where, "digest", pl_digest_str(&descriptor->digest))
                   .ptr,
        .http = {.method = "PUT", .headers = headers, .upload = &upload, .is_once = true}};
    struct pl_http_response response = {0};
    enum pl_status st = send_own(sending->registry, arena, &request, &response, err);
    sending->is_sent = true;
    if (st == PL_OK) {
        sending->status = response.status;
        *ret = response;
        st = response.status == 201
                 ? PL_OK
                 : pl_registry_refused(sending->registry, &response, "an upload", err);
    }
    return st;
}

static enum pl_status send_once(struct sending *sending, struct pl_arena *arena, pl_str mount_from,
                                bool *ret_is_mounted, struct pl_http_response *answer,
                                struct pl_error *err)
{
    pl_str where = PL_STR_EMPTY;
    sending->is_sent = false;
    sending->status = 0;
    enum pl_status st = begin(sending, arena, mount_from, &where, err);
    *ret_is_mounted = st == PL_OK && where.len == 0;
    if (st < 0 || *ret_is_mounted) {
        return st;
    }
    /* What is not there is found out before anything is sent. */
    st = sending->upload->open(sending->upload->context, err);
    sending->is_own_error = st < 0;
    sending->is_open = st == PL_OK;
    sending->at = 0;
    return st < 0 ? st : send_whole(sending, arena, where, answer, err);
}

/* A connection that broke, a registry that was busy, or one that lost the upload. What it says of
 * the bytes themselves will be the same next time. */
static bool is_worth_another(const struct sending *sending, enum pl_status st)
{
    bool is_lost = sending->status == 404 || sending->status == 416;
    return sending->is_sent && !sending->is_own_error &&
           ((st == PL_E_NET && sending->status == 0) || is_lost ||
            pl_http_is_retry_status(sending->status));
}

enum pl_status pl_registry_push_blob(struct pl_registry *registry,
                                     const struct pl_registry_upload *upload, pl_str mount_from,
                                     bool *ret_is_mounted, struct pl_error *err)
{
    struct sending sending = {.registry = registry, .upload = upload};
    for (unsigned tries = 1;; tries++) {
        struct pl_arena scratch pl_autoarena = {0};
        struct pl_http_response answer = {0};
        struct pl_error failure = PL_ERROR_INIT;
        enum pl_status st = send_once(&sending, &scratch, tries == 1 ? mount_from : PL_STR_EMPTY,
                                      ret_is_mounted, &answer, &failure);
        bool is_last = tries >= MOST_UPLOADS || !is_worth_another(&sending, st);
        if (st < 0 && !is_last) {
            /* A server that wants to be left alone for too long makes this the last try. */
            is_last = pl_http_pause(&PL_HTTP_TIMINGS_DEFAULT, tries,
                                    sending.status ? &answer : NULL, &failure) < 0;
        }
        if (st == PL_OK || is_last) {
            if (st < 0 && tries > 1) {
                pl_error_wrap(&failure, "sent %u times", tries);
            }
            if (st < 0 && err) {
                *err = failure;
            }
            return st;
        }
    }
}

struct in_memory {
    pl_str bytes;
    pl_str left;
};

static enum pl_status open_memory(void *context, struct pl_error *err)
{
    (void)err;
    struct in_memory *memory = context;
    memory->left = memory->bytes;
    return PL_OK;
}

static enum pl_status read_memory(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err)
{
    (void)err;
    struct in_memory *memory = context;
    pl_str piece = pl_str_sub(memory->left, 0, size);
    memcpy(into, piece.ptr, piece.len);
    memory->left = pl_str_skip(memory->left, piece.len);
    *ret_got = piece.len;
    return PL_OK;
}

enum pl_status pl_registry_push_bytes(struct pl_registry *registry, pl_str bytes,
                                      struct pl_digest *ret, struct pl_error *err)
{
    struct pl_descriptor descriptor = {.digest = pl_digest_of(pl_str_span(bytes), NULL),
                                       .size_bytes = bytes.len};
    struct in_memory memory = {.bytes = bytes};
    struct pl_registry_upload upload = {&descriptor, open_memory, read_memory, &memory};
    bool is_there = false;
    enum pl_status st = pl_registry_push_has_blob(registry, &descriptor.digest, &is_there, err);
    if (st == PL_OK && !is_there) {
        st = pl_registry_push_blob(registry, &upload, PL_STR_EMPTY, &is_there, err);
    }
    if (st == PL_OK) {
        *ret = descriptor.digest;
    }
    return st;
}

enum pl_status pl_registry_put_manifest(struct pl_registry *registry,
                                        const struct pl_registry_manifest *manifest,
                                        pl_str selector, bool *ret_keeps_referrers,
                                        struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    const char *headers[] = {
        pl_arena_format(&scratch, "Content-Type: " PL_STR_FMT, PL_STR_ARG(manifest->media_type))
            .ptr,
        NULL};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PUSH,
        .path = pl_arena_format(&scratch, "manifests/" PL_STR_FMT, PL_STR_ARG(selector)).ptr,
        .http = {.method = "PUT",
                 .headers = headers,
                 .body = manifest->bytes,
                 .has_body = true,
                 .max_bytes = PL_LIMIT_MANIFEST_BYTES}};
    struct pl_http_response response = {0};
    enum pl_status st = send_own(registry, &scratch, &request, &response, err);
    if (st == PL_OK && (response.status < 200 || response.status > 299)) {
        st = pl_registry_refused(registry, &response, "pushing the manifest", err);
    }
    struct pl_digest said = {.text = ""};
    pl_str header = pl_http_header_value(&response, "docker-content-digest");
    if (st == PL_OK && pl_digest_parse(header, &said, NULL) == PL_OK &&
        pl_digest_is_alike(&said, &manifest->digest)) {
        st = pl_digest_verify("what the registry took as the manifest", &said, &manifest->digest,
                              err);
    }
    if (st == PL_OK) {
        *ret_keeps_referrers = pl_http_header_value(&response, "oci-subject").len > 0;
    }
    return st;
}

enum pl_status pl_registry_push_manifest(struct pl_registry *registry,
                                         const struct pl_registry_manifest *manifest, pl_str tag,
                                         struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    pl_str selector = tag.len > 0 ? tag : pl_digest_str(&manifest->digest);
    bool is_kept = false;
    enum pl_status st =
        pl_document_read(&scratch, manifest->bytes, manifest->media_type, &document, err);
    if (st == PL_OK) {
        st = pl_registry_put_manifest(registry, manifest, selector, &is_kept, err);
    }
    if (st < 0 || document.subject.text[0] == '\0' || is_kept) {
        return st;
    }
    return pl_registry_referrers_note(registry, manifest, &document, err);
}
