/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "image/containerd/client.h"
#include "image/manifest.h"
#include "image/reference.h"
#include <unistd.h>

/* Where containerd's own clients put images, and Kubernetes and Docker theirs. */
static const char *const usual_namespaces[] = {"default", "k8s.io", "moby"};

enum { MOST_NAMESPACES = PL_ARRAY_LEN(usual_namespaces) + 1, LEAST_ID_DIGITS = 12 };

struct descriptors {
    PL_VEC_FIELDS(int);
};

/* Of one image while it is opened, and of its layers until they are done. */
struct store {
    struct pl_arena *arena;
    struct pl_containerd *containerd;
    const char *namespace;
    struct descriptors files;
};

/* What is looked for, and where. */
struct search {
    struct pl_arena *arena;
    struct pl_containerd *containerd;
    pl_str name; /* as it was given */
    pl_str whole; /* with the registry and the tag that are left out; or empty */
    pl_str digest; /* what the image's digest begins with; or empty */
    const char *namespaces[MOST_NAMESPACES];
    size_t count;
};

/* containerd's own rule (identifiers/validate.go): letters and digits, parted by single signs. */
static bool is_namespace(pl_str name)
{
    bool was_sign = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_sign = c == '.' || c == '_' || c == '-';
        if (is_sign ? was_sign : !pl_char_is_alnum(c)) {
            return false;
        }
        was_sign = is_sign;
    }
    return !was_sign && name.len <= 76;
}

static enum pl_status list_namespaces(struct search *search, struct pl_error *err)
{
    const char *stated = getenv("CONTAINERD_NAMESPACE");
    if (stated && stated[0] != '\0') {
        if (!is_namespace(pl_str_from(stated))) {
            return pl_error_set(err, PL_E_USAGE,
                                "CONTAINERD_NAMESPACE=%s is not the name of a namespace", stated);
        }
        search->namespaces[search->count++] = stated;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(usual_namespaces); i++) {
        if (!stated || strcmp(stated, usual_namespaces[i]) != 0) {
            search->namespaces[search->count++] = usual_namespaces[i];
        }
    }
    return PL_OK;
}

/* "sha256:" with some digits, or the digits alone, as `crictl images` and `nerdctl images` show
 * them. */
static pl_str digest_like(struct pl_arena *arena, pl_str name)
{
    pl_str digits = name;
    if (pl_str_starts_with(digits, PL_STR("sha256:"))) {
        digits = pl_str_skip(digits, strlen("sha256:"));
    }
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (!pl_char_is_digit(c) && (c < 'a' || c > 'f')) {
            return PL_STR_EMPTY;
        }
    }
    return digits.len < LEAST_ID_DIGITS || digits.len > 64
               ? PL_STR_EMPTY
               : pl_arena_format(arena, "sha256:" PL_STR_FMT, PL_STR_ARG(digits));
}

static enum pl_status start_search(struct search *search, pl_str name, struct pl_error *err)
{
    search->name = name;
    search->digest = digest_like(search->arena, name);
    if (search->digest.len == 0) {
        struct pl_reference reference = {0};
        enum pl_status st = pl_reference_parse(search->arena, name, &reference, err);
        if (st < 0) {
            return st;
        }
        search->whole = pl_reference_format(search->arena, &reference);
        search->digest = pl_arena_dup(search->arena, pl_digest_str(&reference.digest));
    }
    return list_namespaces(search, err);
}

/* By its name, as it is given and as it is meant. */
static enum pl_status find_by_name(const struct search *search, const char **ret_namespace,
                                   struct pl_containerd_image *ret, struct pl_error *err)
{
    for (size_t i = 0; i < search->count; i++) {
        const pl_str names[] = {search->whole, search->name};
        for (size_t j = 0; j < PL_ARRAY_LEN(names); j++) {
            if (names[j].len == 0) {
                continue;
            }
            enum pl_status st = pl_containerd_get_image(search->containerd, search->namespaces[i],
                                                        names[j], ret, err);
            if (st == PL_OK) {
                *ret_namespace = search->namespaces[i];
            }
            if (st != PL_E_NOT_FOUND) {
                return st;
            }
        }
    }
    return PL_E_NOT_FOUND;
}

static enum pl_status report_missing(const struct search *search, size_t seen, const char *nearest,
                                     struct pl_error *err)
{
    char places[300] = "";
    size_t used = 0;
    for (size_t i = 0; i < search->count && used < sizeof(places); i++) {
        used += (size_t)snprintf(places + used, sizeof(places) - used, "%s%s", used ? ", " : "",
                                 search->namespaces[i]);
    }
    return pl_error_set(
        err, PL_E_NOT_FOUND,
        "containerd (%s) has no image " PL_STR_FMT " among the %zu of its namespaces %s%s%s%s",
        pl_containerd_socket(search->containerd), PL_STR_ARG(search->name), seen, places,
        nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

/* By its digest, which any of all images may have; else says what comes near. */
static enum pl_status find_in_lists(const struct search *search, const char **ret_namespace,
                                    struct pl_containerd_image *ret, struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_start(search->whole);
    size_t seen = 0;
    for (size_t i = 0; i < search->count; i++) {
        struct pl_containerd_images images = {0};
        enum pl_status st =
            pl_containerd_list_images(search->containerd, search->namespaces[i], &images, err);
        if (st < 0) {
            return st;
        }
        for (size_t j = 0; j < images.count && seen + j < PL_LIMIT_ENGINE_NAMES; j++) {
            if (search->digest.len > 0 &&
                pl_str_starts_with(images.items[j].digest, search->digest)) {
                *ret = images.items[j];
                *ret_namespace = search->namespaces[i];
                return PL_OK;
            }
            pl_nearest_offer(&nearest, pl_arena_dup(search->arena, images.items[j].name).ptr);
        }
        seen += images.count;
    }
    return report_missing(search, seen, nearest.best, err);
}

static enum pl_status into_buffer(void *context, pl_span bytes, struct pl_error *err)
{
    (void)err;
    pl_buf_append(context, pl_span_str(bytes));
    return PL_OK;
}

/* Over the socket, where the blob's file may not be opened. */
static enum pl_status ask_for_document(const struct store *store, const struct pl_digest *digest,
                                       struct pl_buf *bytes, struct pl_error *err)
{
    uint64_t size = 0;
    enum pl_status st =
        pl_containerd_blob_size(store->containerd, store->namespace, digest, &size, err);
    if (st == PL_E_NOT_FOUND) {
        return pl_error_set(err, st,
                            "containerd's content store has no %s: the image was pulled without "
                            "it, or for another platform",
                            digest->text);
    }
    if (st == PL_OK && size > bytes->ceiling_bytes) {
        st = pl_error_set(err, PL_E_LIMIT, "%s is larger than %zu bytes", digest->text,
                          bytes->ceiling_bytes);
    }
    struct pl_fetch_sink sink = {into_buffer, bytes};
    return st < 0 ? st
                  : pl_containerd_read_blob(store->containerd, store->namespace, digest, size,
                                            &sink, err);
}

static enum pl_status read_document(void *context, const struct pl_descriptor *descriptor,
                                    bool is_manifest, size_t ceiling_bytes, pl_str *ret,
                                    struct pl_error *err)
{
    (void)is_manifest;
    const struct store *store = context;
    const struct pl_digest *digest = &descriptor->digest;
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(ceiling_bytes);
    uint64_t size = 0;
    int fd pl_autoclose = pl_containerd_open_blob(store->containerd, digest, &size);
    enum pl_status st = fd >= 0 ? pl_io_read_all(fd, digest->text, &bytes, err)
                                : ask_for_document(store, digest, &bytes, err);
    if (st == PL_OK) {
        *ret = pl_arena_dup(store->arena, pl_buf_str(&bytes));
    }
    return st;
}

static enum pl_status locate_layer(void *context, const struct pl_descriptor *descriptor,
                                   struct pl_part *ret, struct pl_error *err)
{
    struct store *store = context;
    uint64_t size = 0;
    int fd = pl_containerd_open_blob(store->containerd, &descriptor->digest, &size);
    if (fd >= 0) {
        *pl_vec_push(store->arena, &store->files) = fd;
        *ret = (struct pl_part){.fd = fd, .length = size};
        return PL_OK;
    }
    enum pl_status st = pl_containerd_blob_size(store->containerd, store->namespace,
                                                &descriptor->digest, &size, err);
    if (st == PL_OK && size != descriptor->size_bytes) {
        st = pl_error_set(err, PL_E_TRUST,
                          "the layer %s is refused: it has %llu bytes, but its descriptor says "
                          "%llu",
                          descriptor->digest.text, (unsigned long long)size,
                          (unsigned long long)descriptor->size_bytes);
    }
    if (st == PL_OK) {
        *ret = (struct pl_part){.fd = -1,
                                .length = size,
                                .fetch = pl_containerd_fetch(store->containerd, store->namespace,
                                                             &descriptor->digest, size)};
    }
    return st;
}

/* What the image's name stands for, checked, and from there on its parts. */
static enum pl_status open_image(struct store *store, const struct pl_containerd_image *image,
                                 const struct pl_platform *platform, struct pl_image *ret,
                                 struct pl_error *err)
{
    struct pl_descriptor target = {.size_bytes = image->size_bytes,
                                   .media_type = image->media_type};
    pl_str document = PL_STR_EMPTY;
    enum pl_status st = pl_digest_parse(image->digest, &target.digest, err);
    if (st == PL_OK) {
        st = read_document(store, &target, true, PL_LIMIT_MANIFEST_BYTES, &document, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_digest got = pl_digest_of(pl_str_span(document), &target.digest);
    st = pl_digest_verify("the manifest", &got, &target.digest, err);
    struct pl_blob_getter blobs = {read_document, locate_layer, store};
    struct pl_manifest_query query = {store->arena, &blobs, platform, PL_STR_EMPTY};
    return st < 0 ? st : pl_manifest_open(&query, document, &target.digest, ret, err);
}

static void close_files(void *context)
{
    struct store *store = context;
    for (size_t i = 0; i < store->files.count; i++) {
        close(store->files.items[i]);
    }
    store->files.count = 0;
}

static enum pl_status reach(struct pl_arena *arena, const struct pl_reach *how, pl_str name,
                            const struct pl_platform *platform, struct pl_reached *ret,
                            struct pl_error *err)
{
    (void)how;
    struct pl_containerd *containerd PL_CLEANUP(pl_containerd_freep) = NULL;
    struct search search = {.arena = arena, .whole = PL_STR_EMPTY, .digest = PL_STR_EMPTY};
    enum pl_status st = start_search(&search, name, err);
    if (st == PL_OK) {
        st = pl_containerd_open(arena, &containerd, err);
    }
    if (st < 0) {
        return st;
    }
    search.containerd = containerd;
    const char *namespace = NULL;
    struct pl_containerd_image image;
    st = find_by_name(&search, &namespace, &image, err);
    if (st == PL_E_NOT_FOUND) {
        st = find_in_lists(&search, &namespace, &image, err);
    }
    if (st < 0) {
        return st;
    }
    struct store *store = PL_ARENA_NEW(arena, struct store);
    *store = (struct store){.arena = arena, .containerd = containerd, .namespace = namespace};
    struct pl_reached reached = {
        .name = pl_arena_dup(arena, image.name), .close = close_files, .context = store};
    st = open_image(store, &image, platform, &reached.image, err);
    /* What is left of the store are the files. */
    store->containerd = NULL;
    if (st < 0) {
        close_files(store);
        return pl_error_wrap(err, PL_STR_FMT " in containerd's namespace %s",
                             PL_STR_ARG(image.name), namespace);
    }
    *ret = reached;
    return PL_OK;
}

const struct pl_image_source pl_image_source_containerd = {
    .name = "containerd",
    .summary = "an image of containerd, as nerdctl and Kubernetes use it: containerd:NAME",
    .engine_rank = 3,
    .reach = reach,
};
