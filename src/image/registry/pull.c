/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading from a repository (distribution specification, "Pull" and "Content Discovery"):
 *   HEAD, GET /v2/NAME/manifests/TAG-or-DIGEST   with what we understand in Accept
 *   HEAD, GET /v2/NAME/blobs/DIGEST
 *   GET /v2/NAME/tags/list                       in pages, the next one in the Link header
 */
#include "base/limits.h"
#include "base/nearest.h"
#include "format/json.h"
#include "image/registry/listing.h"
#include "image/registry/session.h"

/* Schema 1 stands last, to be refused by its name rather than as something unknown. */
const char *const pl_registry_accept_manifests[] = {
    "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws;q=0.1",
    NULL,
};

static enum pl_status ask_manifest(struct pl_registry *registry, struct pl_arena *arena,
                                   const char *method, pl_str selector,
                                   struct pl_http_response *ret, struct pl_error *err)
{
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PULL,
        .path = pl_arena_format(arena, "manifests/" PL_STR_FMT, PL_STR_ARG(selector)).ptr,
        .http = {.method = method,
                 .headers = pl_registry_accept_manifests,
                 .max_bytes = PL_LIMIT_MANIFEST_BYTES},
    };
    return pl_registry_send(registry, arena, &request, ret, err);
}

static enum pl_status take_tags(void *context, const json_t *page, struct pl_error *err)
{
    (void)err;
    struct pl_registry_names *names = context;
    const json_t *tags = pl_json_array(page, "tags");
    for (size_t i = 0; i < json_array_size(tags); i++) {
        pl_registry_names_add(names, pl_json_text(json_array_get(tags, i)));
    }
    return PL_OK;
}

/* A word of advice is worth a few pages, and no registry may draw it out. */
struct hint {
    struct pl_registry_names names;
    unsigned pages;
};

static enum pl_status take_hint(void *context, const json_t *page, struct pl_error *err)
{
    enum { MOST_HINT_PAGES = 10 };
    struct hint *hint = context;
    enum pl_status st = take_tags(&hint->names, page, err);
    return st == PL_OK && ++hint->pages >= MOST_HINT_PAGES ? PL_E_LIMIT : st;
}

/* "tag 1.26: not found; is it 1.25 that was meant?" `digest` is what the tag was said to stand for,
 * or empty. */
static enum pl_status no_such_manifest(struct pl_registry *registry, pl_str selector,
                                       const struct pl_digest *digest,
                                       const struct pl_http_response *response,
                                       struct pl_error *err)
{
    enum { MOST_NAMED = 5 };
    struct pl_arena scratch pl_autoarena = {0};
    struct hint hint = {.names = {.arena = &scratch}};
    if (selector.len > 0 && pl_str_find_char(selector, ':') == SIZE_MAX) {
        struct pl_registry_list list = {.action = PL_REGISTRY_PULL,
                                        .path = "tags/list",
                                        .what = "the list of tags",
                                        .take = take_hint,
                                        .context = &hint};
        (void)pl_registry_list(registry, &list, NULL);
    }
    const struct pl_strs tags = hint.names.names;
    if (tags.count == 0) {
        return pl_registry_refused(registry, response, "the manifest", err);
    }
    struct pl_nearest nearest = pl_nearest_start(selector);
    struct pl_buf some pl_autobuf = PL_BUF_INIT(200);
    for (size_t i = 0; i < tags.count; i++) {
        pl_str tag = tags.items[i];
        if (pl_str_eq(tag, selector)) {
            return pl_error_set(err, PL_E_NOT_FOUND,
                                "the registry lists the tag " PL_STR_FMT
                                ", but does not have what it stands for%s%s",
                                PL_STR_ARG(selector), digest->text[0] ? ": " : "", digest->text);
        }
        pl_nearest_offer(&nearest, tag.ptr);
        /* The last ones: registries list in order, and newer versions sort later. */
        if (tags.count - i <= MOST_NAMED) {
            pl_buf_append_format(&some, "%s" PL_STR_FMT, some.len > 0 ? ", " : "", PL_STR_ARG(tag));
        }
    }
    if (nearest.best) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "there is no tag " PL_STR_FMT "; the nearest is %s",
                            PL_STR_ARG(selector), nearest.best);
    }
    return pl_error_set(err, PL_E_NOT_FOUND,
                        "there is no tag " PL_STR_FMT " among the %zu, such as " PL_STR_FMT,
                        PL_STR_ARG(selector), tags.count, PL_STR_ARG(pl_buf_str(&some)));
}

/* The digest of what a tag stands for, without its bytes. Empty when the registry does not say. */
static enum pl_status resolve(struct pl_registry *registry, pl_str tag, struct pl_digest *ret,
                              struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_http_response response = {0};
    enum pl_status st = ask_manifest(registry, &scratch, "HEAD", tag, &response, err);
    if (st == PL_OK && response.status == 200) {
        (void)pl_digest_parse(pl_http_header_value(&response, "docker-content-digest"), ret, NULL);
    }
    return st;
}

static enum pl_status check_manifest(const struct pl_http_response *response, pl_str selector,
                                     struct pl_digest *ret, struct pl_error *err)
{
    /* Asked for by digest, that is what counts; by tag, what the registry says of it. */
    pl_str stated = pl_str_find_char(selector, ':') != SIZE_MAX
                        ? selector
                        : pl_http_header_value(response, "docker-content-digest");
    struct pl_digest wanted = {.text = ""};
    if (stated.len > 0) {
        enum pl_status st = pl_digest_parse(stated, &wanted, err);
        if (st < 0) {
            return pl_error_wrap(err, "the manifest's digest");
        }
    }
    *ret = pl_digest_of(pl_str_span(response->body), &wanted);
    return stated.len > 0 ? pl_digest_verify("the manifest", ret, &wanted, err) : PL_OK;
}

/* A page for people, of a proxy or a login, is no manifest. */
static enum pl_status check_json(const struct pl_registry *registry,
                                 const struct pl_http_response *response, struct pl_error *err)
{
    pl_str start = pl_str_trim(pl_str_sub(response->body, 0, 64));
    if (start.len > 0 && start.ptr[0] == '{') {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_PARSE,
                        PL_STR_FMT " answers with something that is no manifest (" PL_STR_FMT
                                   "); is it a registry?",
                        PL_STR_ARG(registry->reference.registry),
                        PL_STR_ARG(pl_http_header_value(response, "content-type")));
}

enum pl_status pl_registry_manifest(struct pl_registry *registry, struct pl_arena *arena,
                                    const struct pl_image_documents *documents, pl_str selector,
                                    struct pl_registry_manifest *ret, struct pl_error *err)
{
    struct pl_digest digest = {.text = ""};
    pl_str asked = selector;
    if (pl_str_find_char(selector, ':') != SIZE_MAX) {
        enum pl_status st = pl_digest_parse(selector, &digest, err);
        if (st < 0) {
            return st;
        }
    } else if (documents) {
        enum pl_status st = resolve(registry, selector, &digest, err);
        if (st < 0) {
            return st;
        }
        asked = digest.text[0] != '\0' ? pl_digest_str(&digest) : selector;
    }
    struct pl_registry_manifest manifest = {.digest = digest};
    if (documents && digest.text[0] != '\0' &&
        documents->find(documents->context, arena, &digest, &manifest.bytes)) {
        *ret = manifest;
        return PL_OK;
    }
    struct pl_http_response response = {0};
    enum pl_status st = ask_manifest(registry, arena, "GET", asked, &response, err);
    if (st < 0) {
        return st;
    }
    if (response.status == 404) {
        return no_such_manifest(registry, selector, &digest, &response, err);
    }
    if (response.status != 200) {
        return pl_registry_refused(registry, &response, "the manifest", err);
    }
    st = check_json(registry, &response, err);
    if (st == PL_OK) {
        st = check_manifest(&response, asked, &manifest.digest, err);
    }
    if (st < 0) {
        return st;
    }
    manifest.bytes = response.body;
    manifest.media_type = pl_http_header_value(&response, "content-type");
    if (documents) {
        documents->put(documents->context, &manifest.digest, manifest.bytes);
    }
    *ret = manifest;
    return PL_OK;
}

enum pl_status pl_registry_blob(struct pl_registry *registry,
                                const struct pl_descriptor *descriptor,
                                const struct pl_http_sink *sink, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PULL,
        .path = pl_arena_format(&scratch, "blobs/%s", descriptor->digest.text).ptr,
        .http = {.sink = sink, .max_bytes = descriptor->size_bytes},
    };
    struct pl_http_response response = {0};
    enum pl_status st = pl_registry_send(registry, &scratch, &request, &response, err);
    if (st == PL_E_LIMIT) {
        return pl_error_set(err, PL_E_TRUST,
                            "it is refused: it has more than the %llu bytes that its descriptor "
                            "says",
                            (unsigned long long)descriptor->size_bytes);
    }
    if (st < 0) {
        return st;
    }
    if (response.status == 404) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "is missing from the registry (" PL_STR_FMT " answers with 404)",
                            PL_STR_ARG(pl_registry_base(registry)));
    }
    if (response.status != 200 && response.status != 206) {
        return pl_registry_refused(registry, &response, "the blob", err);
    }
    if (response.body_bytes != descriptor->size_bytes) {
        return pl_error_set(
            err, PL_E_TRUST, "it is refused: it has %llu bytes, but its descriptor says %llu",
            (unsigned long long)response.body_bytes, (unsigned long long)descriptor->size_bytes);
    }
    return PL_OK;
}

void pl_registry_greet(struct pl_registry *registry, const struct pl_digest *blob)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PULL,
        .path = pl_arena_format(&scratch, "blobs/%s", blob->text).ptr,
        .http = {.method = "HEAD", .keeps_redirect = true},
    };
    struct pl_http_response response = {0};
    if (!registry->sessions[registry->current].http) {
        (void)pl_registry_send(registry, &scratch, &request, &response, NULL);
    }
}

static enum pl_status has_blob(struct pl_registry *registry, const struct pl_digest *digest,
                               bool *ret, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PULL,
        .path = pl_arena_format(&scratch, "blobs/%s", digest->text).ptr,
        .http = {.method = "HEAD"},
    };
    struct pl_http_response response = {0};
    enum pl_status st = pl_registry_send(registry, &scratch, &request, &response, err);
    if (st == PL_OK && response.status != 200 && response.status != 404) {
        st = pl_registry_refused(registry, &response, "the blob", err);
    }
    if (st == PL_OK) {
        *ret = response.status == 200;
    }
    return st;
}

enum pl_status pl_registry_check_foreign(struct pl_registry *registry,
                                         const struct pl_descriptor *descriptor,
                                         struct pl_error *err)
{
    bool is_here = !descriptor->has_urls;
    enum pl_status st = is_here ? PL_OK : has_blob(registry, &descriptor->digest, &is_here, err);
    return st < 0 || is_here ? st
                             : pl_error_set(err, PL_E_NOT_FOUND, "the foreign layer %s is not here",
                                            descriptor->digest.text);
}

enum pl_status pl_registry_tags(struct pl_registry *registry, struct pl_arena *arena,
                                struct pl_strs *ret, struct pl_error *err)
{
    struct pl_registry_names names = {.arena = arena};
    struct pl_registry_list list = {.action = PL_REGISTRY_PULL,
                                    .path = "tags/list",
                                    .what = "the list of tags",
                                    .take = take_tags,
                                    .context = &names};
    enum pl_status st = pl_registry_list(registry, &list, err);
    if (st == PL_OK) {
        *ret = names.names;
    }
    return st;
}
