/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   GET /v2/NAME/referrers/DIGEST?artifactType=TYPE    an index, in pages; 404: there is no such
 * API GET /v2/NAME/manifests/sha256-HEX                  the index that clients keep in its place
 *
 * Both are image indexes whose entries have "artifactType" and the manifest's annotations. A
 * registry that filters by type says so in OCI-Filters-Applied, and may as well not do it: what
 * comes is filtered here in any case. In the index under the tag an entry's artifact type may be
 * wrong: cosign 3 writes that of the empty config there, and no annotations.
 */
#include "image/registry/referrers.h"
#include "base/limits.h"
#include "base/map.h"
#include "image/registry/listing.h"
#include "image/registry/location.h"
#include "image/registry/push.h"
#include "image/registry/session.h"

#define OCI_INDEX "application/vnd.oci.image.index.v1+json"

/* Another client may write the index between our reading and writing it. */
enum { MOST_NOTES = 4 };

pl_str pl_referrers_tag(struct pl_arena *arena, const struct pl_digest *subject)
{
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(subject), ':', &algorithm, &hex);
    /* Tags are at most 128 bytes long, which cuts the digits of SHA-512. */
    return pl_str_sub(
        pl_arena_format(arena, PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(algorithm), PL_STR_ARG(hex)),
        0, 128);
}

static bool is_listed(const struct pl_referrers *list, const struct pl_digest *digest)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].descriptor.digest.text, digest->text) == 0) {
            return true;
        }
    }
    return false;
}

enum pl_status pl_referrers_read(struct pl_arena *arena, pl_str index, struct pl_referrers *into,
                                 struct pl_error *err)
{
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    enum pl_status st = pl_document_read(arena, index, PL_STR_EMPTY, &document, err);
    if (st == PL_OK && document.kind != PL_DOCUMENT_INDEX) {
        st = pl_error_set(err, PL_E_PARSE, "it is no index");
    }
    if (st < 0) {
        return pl_error_wrap(err, "the list of referrers");
    }
    for (size_t i = 0; i < document.parts.count; i++) {
        const struct pl_document_part *part = &document.parts.items[i];
        if (into->count >= PL_LIMIT_REFERRERS) {
            return pl_error_set(err, PL_E_LIMIT, "more than %d manifests refer to it",
                                PL_LIMIT_REFERRERS);
        }
        if (!is_listed(into, &part->descriptor.digest)) {
            *pl_vec_push(arena, into) = (struct pl_referrer){.descriptor = part->descriptor,
                                                             .annotations = part->annotations};
        }
    }
    return PL_OK;
}

struct page {
    struct pl_arena *arena;
    struct pl_referrers *into;
};

static enum pl_status take_page(void *context, const json_t *json, struct pl_error *err)
{
    const struct page *page = context;
    /* Jansson frees what it dumps with the allocator of its own, which is free. */
    char *text pl_autofree = json_dumps(json, JSON_COMPACT);
    return pl_referrers_read(page->arena, pl_str_from(text), page->into, err);
}

/* NOT_FOUND when the registry has no such API. */
static enum pl_status ask_api(struct pl_registry *registry, struct pl_arena *arena,
                              const struct pl_digest *subject, pl_str artifact_type,
                              struct pl_referrers *into, struct pl_error *err)
{
    pl_str path = pl_arena_format(arena, "referrers/%s", subject->text);
    if (artifact_type.len > 0) {
        path = pl_registry_location_add(arena, path, "artifactType", artifact_type);
    }
    struct page page = {arena, into};
    struct pl_registry_list list = {.action = PL_REGISTRY_PULL,
                                    .path = path.ptr,
                                    .what = "the list of referrers",
                                    .take = take_page,
                                    .context = &page};
    return pl_registry_list(registry, &list, err);
}

/* Empty when there is none. */
static enum pl_status ask_tag(struct pl_registry *registry, struct pl_arena *arena, pl_str tag,
                              pl_str *ret, struct pl_error *err)
{
    struct pl_registry_request request = {
        .action = PL_REGISTRY_PULL,
        .path = pl_arena_format(arena, "manifests/" PL_STR_FMT, PL_STR_ARG(tag)).ptr,
        .http = {.headers = pl_registry_accept_manifests, .max_bytes = PL_LIMIT_MANIFEST_BYTES}};
    struct pl_http_response response = {0};
    enum pl_status st = pl_registry_send(registry, arena, &request, &response, err);
    if (st == PL_OK && response.status != 200 && response.status != 404) {
        st = pl_registry_refused(registry, &response, "the list of referrers", err);
    }
    if (st == PL_OK) {
        *ret = response.status == 200 ? response.body : PL_STR_EMPTY;
    }
    return st;
}

/* What the referrer's own manifest says; *ret_is_of tells whether it refers to the subject. */
static enum pl_status read_own(struct pl_registry *registry, struct pl_arena *arena,
                               const struct pl_digest *subject, struct pl_referrer *referrer,
                               bool *ret_is_of, struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    struct pl_document document = {.kind = PL_DOCUMENT_IMAGE};
    enum pl_status st = pl_registry_manifest(
        registry, &scratch, NULL, pl_digest_str(&referrer->descriptor.digest), &manifest, err);
    if (st == PL_OK) {
        st = pl_document_read(arena, manifest.bytes, manifest.media_type, &document, err);
    }
    if (st < 0) {
        return st;
    }
    referrer->descriptor.artifact_type = document.artifact_type.len > 0
                                             ? document.artifact_type
                                             : document.config.descriptor.media_type;
    referrer->annotations = document.annotations;
    *ret_is_of = strcmp(document.subject.text, subject->text) == 0;
    return PL_OK;
}

static enum pl_status complete(struct pl_registry *registry, struct pl_arena *arena,
                               const struct pl_digest *subject, struct pl_referrers *list,
                               struct pl_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct pl_referrer referrer = list->items[i];
        bool is_told = !list->is_from_tag && referrer.descriptor.artifact_type.len > 0 &&
                       referrer.annotations.count > 0;
        bool is_of = true;
        struct pl_error why = PL_ERROR_INIT;
        enum pl_status st =
            is_told ? PL_OK : read_own(registry, arena, subject, &referrer, &is_of, &why);
        if (st == PL_E_NET || st == PL_E_DENIED) {
            if (err) {
                *err = why;
            }
            return st;
        }
        if (st < 0) {
            referrer.problem = pl_arena_dup(arena, pl_str_from(why.msg));
        }
        if (is_of) {
            list->items[kept++] = referrer;
        }
    }
    list->count = kept;
    return PL_OK;
}

static void keep_type(struct pl_referrers *list, pl_str artifact_type)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (artifact_type.len == 0 ||
            pl_str_eq(list->items[i].descriptor.artifact_type, artifact_type)) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

enum pl_status pl_registry_referrers(struct pl_registry *registry, struct pl_arena *arena,
                                     const struct pl_digest *subject, pl_str artifact_type,
                                     struct pl_referrers *ret, struct pl_error *err)
{
    struct pl_referrers list = {.count = 0};
    enum pl_status st = ask_api(registry, arena, subject, artifact_type, &list, err);
    if (st == PL_E_NOT_FOUND) {
        pl_str index = PL_STR_EMPTY;
        list.is_from_tag = true;
        st = ask_tag(registry, arena, pl_referrers_tag(arena, subject), &index, err);
        if (st == PL_OK && index.len > 0) {
            st = pl_referrers_read(arena, index, &list, err);
        }
    }
    if (st == PL_OK) {
        st = complete(registry, arena, subject, &list, err);
    }
    if (st == PL_OK) {
        keep_type(&list, artifact_type);
        *ret = list;
    }
    return st;
}

/* Text out of a document that was parsed is UTF-8, and so fit for JSON. */
static json_t *json_text(pl_str text)
{
    return json_stringn(text.ptr, text.len);
}

static json_t *make_entry(const struct pl_registry_manifest *manifest,
                          const struct pl_document *document)
{
    json_t *entry = json_object();
    json_object_set_new(entry, "mediaType", json_text(document->media_type));
    json_object_set_new(entry, "digest", json_text(pl_digest_str(&manifest->digest)));
    json_object_set_new(entry, "size", json_integer((json_int_t)manifest->bytes.len));
    pl_str type = document->artifact_type.len > 0 ? document->artifact_type
                                                  : document->config.descriptor.media_type;
    if (type.len > 0) {
        json_object_set_new(entry, "artifactType", json_text(type));
    }
    if (document->annotations.count > 0) {
        json_t *annotations = json_object();
        for (size_t i = 0; i < document->annotations.count; i++) {
            const struct pl_annotation *annotation = &document->annotations.items[i];
            json_object_set_new(annotations, annotation->name.ptr, json_text(annotation->value));
        }
        json_object_set_new(entry, "annotations", annotations);
    }
    return entry;
}

enum pl_status pl_referrers_append(struct pl_arena *arena, pl_str index,
                                   const struct pl_registry_manifest *manifest,
                                   const struct pl_document *document, pl_str *ret,
                                   struct pl_error *err)
{
    json_t *json pl_autojson = NULL;
    if (index.len == 0) {
        index = PL_STR("{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\",\"manifests\":[]}");
    }
    enum pl_status st = pl_json_parse(index, "the list of referrers", &json, err);
    if (st < 0) {
        return st;
    }
    json_t *manifests = json_object_get(json, "manifests");
    if (!json_is_array(manifests)) {
        return pl_error_set(err, PL_E_PARSE, "the list of referrers is no index");
    }
    *ret = PL_STR_EMPTY;
    for (size_t i = 0; i < json_array_size(manifests); i++) {
        pl_str digest = pl_json_str(json_array_get(manifests, i), "digest");
        if (pl_str_eq(digest, pl_digest_str(&manifest->digest))) {
            return PL_OK;
        }
    }
    json_array_append_new(manifests, make_entry(manifest, document));
    char *text pl_autofree = json_dumps(json, JSON_COMPACT);
    *ret = pl_arena_dup(arena, pl_str_from(text));
    return PL_OK;
}

/* Reads, adds and writes; *ret_is_there when nothing had to be added. */
static enum pl_status note_once(struct pl_registry *registry,
                                const struct pl_registry_manifest *manifest,
                                const struct pl_document *document, bool *ret_is_there,
                                struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str tag = pl_referrers_tag(&scratch, &document->subject);
    pl_str index = PL_STR_EMPTY;
    pl_str grown = PL_STR_EMPTY;
    enum pl_status st = ask_tag(registry, &scratch, tag, &index, err);
    if (st == PL_OK) {
        st = pl_referrers_append(&scratch, index, manifest, document, &grown, err);
    }
    if (st == PL_E_PARSE) {
        return pl_error_set(err, PL_E_CONFLICT,
                            "the tag " PL_STR_FMT " is where the list of referrers belongs, but "
                            "holds something else; it was left as it is",
                            PL_STR_ARG(tag));
    }
    *ret_is_there = st == PL_OK && grown.len == 0;
    if (st < 0 || *ret_is_there) {
        return st;
    }
    struct pl_registry_manifest list = {.bytes = grown,
                                        .digest = pl_digest_of(pl_str_span(grown), NULL),
                                        .media_type = PL_STR(OCI_INDEX)};
    /* The list itself is noted nowhere, whatever it may claim to refer to. */
    bool is_kept = false;
    return pl_registry_put_manifest(registry, &list, tag, &is_kept, err);
}

enum pl_status pl_registry_referrers_note(struct pl_registry *registry,
                                          const struct pl_registry_manifest *manifest,
                                          const struct pl_document *document, struct pl_error *err)
{
    bool is_there = false;
    enum pl_status st = PL_OK;
    for (int i = 0; i < MOST_NOTES && st == PL_OK && !is_there; i++) {
        st = note_once(registry, manifest, document, &is_there, err);
    }
    if (st == PL_OK && !is_there) {
        st = pl_error_set(err, PL_E_CONFLICT,
                          "others change the list of referrers of %s at the same time",
                          document->subject.text);
    }
    return st < 0 ? pl_error_wrap(err, "%s was pushed, but not noted", manifest->digest.text) : st;
}
