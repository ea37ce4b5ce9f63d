/* SPDX-License-Identifier: Apache-2.0 */
#include "image/copy/download.h"
#include "image/copy/places.h"
#include "image/registry/push.h"

/* Either end. */
struct remote {
    struct pl_registry *registry;
    struct pl_reference reference;
};

static void close_remote(void *context)
{
    struct remote *remote = context;
    pl_registry_close(remote->registry);
    remote->registry = NULL;
}

static enum pl_status open_remote(struct pl_arena *arena, pl_str name,
                                  const struct pl_copy_settings *settings, struct remote **ret,
                                  struct pl_error *err)
{
    struct remote *remote = PL_ARENA_NEW(arena, struct remote);
    enum pl_status st = settings->wants_all_names
                            ? pl_reference_parse_repository(arena, name, &remote->reference, err)
                            : pl_reference_parse(arena, name, &remote->reference, err);
    if (st == PL_OK && remote->reference.repository.len == 0) {
        st = pl_error_set(err, PL_E_USAGE, PL_STR_FMT " is a registry; name a repository in it",
                          PL_STR_ARG(name));
    }
    if (st == PL_OK) {
        st = pl_registry_open(settings->registry, &remote->reference, &remote->registry, err);
    }
    if (st == PL_OK) {
        *ret = remote;
    }
    return st;
}

/* Names come from what is copied, too: a tag is nothing else than that, also within a URL. */
static enum pl_status check_tag(pl_str name, struct pl_error *err)
{
    enum { SHOWN_BYTES = 128 };
    return pl_reference_is_tag(name)
               ? PL_OK
               : pl_error_set(err, PL_E_USAGE, "\"" PL_STR_FMT "\" cannot be a tag in a registry",
                              PL_STR_ARG(pl_str_sub(name, 0, SHOWN_BYTES)));
}

static enum pl_status read_root(void *context, struct pl_arena *arena, pl_str name,
                                struct pl_copy_document *ret, struct pl_error *err)
{
    const struct remote *remote = context;
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    pl_str selector = name.len > 0 ? name : pl_reference_selector(&remote->reference);
    enum pl_status st = name.len > 0 ? check_tag(name, err) : PL_OK;
    if (st == PL_OK) {
        st = pl_registry_manifest(remote->registry, arena, NULL, selector, &manifest, err);
    }
    if (st == PL_OK) {
        *ret = (struct pl_copy_document){manifest.bytes, manifest.digest, manifest.media_type};
    }
    return st;
}

static enum pl_status read_document(void *context, struct pl_arena *arena,
                                    const struct pl_descriptor *descriptor, pl_str *ret,
                                    struct pl_error *err)
{
    const struct remote *remote = context;
    struct pl_registry_manifest manifest = {.media_type = PL_STR_EMPTY};
    enum pl_status st = pl_registry_manifest(remote->registry, arena, NULL,
                                             pl_digest_str(&descriptor->digest), &manifest, err);
    if (st == PL_OK) {
        *ret = manifest.bytes;
    }
    return st;
}

static enum pl_status open_blob(void *context, const struct pl_descriptor *descriptor,
                                struct pl_copy_stream *ret, struct pl_error *err)
{
    const struct remote *remote = context;
    enum pl_status st = pl_registry_check_foreign(remote->registry, descriptor, err);
    return st < 0 ? st : pl_copy_download(remote->registry, descriptor, ret, err);
}

static enum pl_status list_names(void *context, struct pl_arena *arena, struct pl_strs *ret,
                                 struct pl_error *err)
{
    const struct remote *remote = context;
    return pl_registry_tags(remote->registry, arena, ret, err);
}

static enum pl_status open_reader(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    struct remote *remote = NULL;
    enum pl_status st = open_remote(arena, rest, settings, &remote, err);
    if (st == PL_OK) {
        *ret = (struct pl_copy_reader){.root = read_root,
                                       .document = read_document,
                                       .open = open_blob,
                                       .names = list_names,
                                       .close = close_remote,
                                       .context = remote,
                                       .reference = &remote->reference};
    }
    return st;
}

static enum pl_status has_blob(void *context, const struct pl_descriptor *descriptor, bool *ret,
                               struct pl_error *err)
{
    const struct remote *remote = context;
    return pl_registry_push_has_blob(remote->registry, &descriptor->digest, ret, err);
}

/* A blob as what is uploaded. */
struct upload {
    const struct pl_copy_blob *blob;
    struct pl_copy_checked *checked;
};

static enum pl_status open_upload(void *context, struct pl_error *err)
{
    struct upload *upload = context;
    pl_copy_close(PL_TAKE(upload->checked));
    return pl_copy_open(upload->blob, &upload->checked, err);
}

static enum pl_status read_upload(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                  struct pl_error *err)
{
    const struct upload *upload = context;
    return pl_copy_read(upload->checked, into, size, ret_got, err);
}

/* The repository that the blob is in already, when that is in the same registry. */
static pl_str mount_from(const struct remote *remote, const struct pl_copy_reader *reader)
{
    const struct pl_reference *from = reader->reference;
    return from && pl_str_eq(from->registry, remote->reference.registry) &&
                   !pl_str_eq(from->repository, remote->reference.repository)
               ? from->repository
               : PL_STR_EMPTY;
}

static enum pl_status put_blob(void *context, const struct pl_copy_blob *blob, bool *ret_is_taken,
                               struct pl_error *err)
{
    const struct remote *remote = context;
    struct upload from = {.blob = blob};
    struct pl_registry_upload upload = {blob->descriptor, open_upload, read_upload, &from};
    enum pl_status st = pl_registry_push_blob(remote->registry, &upload,
                                              mount_from(remote, blob->reader), ret_is_taken, err);
    pl_copy_close(from.checked);
    return st;
}

static enum pl_status put_document(void *context, const struct pl_copy_document *document,
                                   bool is_root, pl_str name, struct pl_error *err)
{
    const struct remote *remote = context;
    struct pl_registry_manifest manifest = {document->bytes, document->digest,
                                            document->media_type};
    pl_str tag = PL_STR_EMPTY;
    if (is_root) {
        const struct pl_digest *wanted = &remote->reference.digest;
        enum pl_status st = name.len > 0 ? check_tag(name, err) : PL_OK;
        tag = name.len > 0 ? name : remote->reference.tag;
        if (st == PL_OK && wanted->text[0] != '\0') {
            st = pl_digest_verify("what is copied", &document->digest, wanted, err);
        }
        if (st < 0) {
            return st;
        }
    }
    return pl_registry_push_manifest(remote->registry, &manifest, tag, err);
}

/* All is seen as it comes: a registry has no way back. */
static enum pl_status finish(void *context, struct pl_error *err)
{
    (void)context;
    (void)err;
    return PL_OK;
}

static enum pl_status open_writer(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_writer *ret, struct pl_error *err)
{
    struct remote *remote = NULL;
    enum pl_status st = open_remote(arena, rest, settings, &remote, err);
    if (st == PL_OK) {
        *ret = (struct pl_copy_writer){.has_blob = has_blob,
                                       .put_blob = put_blob,
                                       .put_document = put_document,
                                       .finish = finish,
                                       .close = close_remote,
                                       .context = remote};
    }
    return st;
}

const struct pl_copy_place pl_copy_place_registry = {
    .scheme = "registry",
    .open_reader = open_reader,
    .open_writer = open_writer,
};
