/* SPDX-License-Identifier: Apache-2.0 */
#include "image/containerd/client.h"
#include "base/limits.h"
#include "format/protobuf.h"
#include "net/grpc.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define SERVICE(name) "http://containerd/containerd.services." name

/* What an answer may be longer than the bytes asked for: the prefixes of its messages. */
enum { MOST_FRAMING = 1 << 20, MOST_TRIED = 300 };

struct pl_containerd {
    struct pl_arena *arena;
    struct pl_http *http;
    const char *socket;
    const char *root; /* the directory of the blobs; NULL when it is not known */
    bool has_root; /* it was asked for */
};

/* containerd's own, then where k3s and Docker keep theirs. */
static const char *const usual_sockets[] = {
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock",
};

/* Zero when something listens there, else the errno. */
static int probe(const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_path);
    if (length >= sizeof(address.sun_path)) {
        return ENAMETOOLONG;
    }
    memcpy(address.sun_path, socket_path, length + 1);
    int fd pl_autoclose = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return errno;
    }
    bool answers = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    /* A full queue of those who wait to be let in is a sign of life, too. */
    return answers || errno == EAGAIN ? 0 : errno;
}

/* The first that answers; else why none does. */
static enum pl_status choose_socket(const char *const *sockets, size_t count, const char **ret,
                                    struct pl_error *err)
{
    char tried[MOST_TRIED] = "";
    size_t used = 0;
    bool is_denied = false;
    for (size_t i = 0; i < count; i++) {
        int why = probe(sockets[i]);
        if (why == 0) {
            *ret = sockets[i];
            return PL_OK;
        }
        is_denied = is_denied || why == EACCES || why == EPERM;
        if (used < sizeof(tried)) {
            used += (size_t)snprintf(tried + used, sizeof(tried) - used, "%s%s: %s",
                                     used ? "; " : "", sockets[i], strerror(why));
        }
    }
    if (is_denied) {
        return pl_error_set(err, PL_E_DENIED,
                            "containerd's socket may only be opened by root, or a group (%s)",
                            tried);
    }
    return pl_error_set(err, PL_E_NET,
                        "containerd does not answer (%s); CONTAINERD_ADDRESS names another socket",
                        tried);
}

static enum pl_status find_socket(struct pl_arena *arena, const char **ret, struct pl_error *err)
{
    pl_str named = pl_str_from(getenv("CONTAINERD_ADDRESS"));
    if (named.len == 0) {
        return choose_socket(usual_sockets, PL_ARRAY_LEN(usual_sockets), ret, err);
    }
    if (pl_str_starts_with(named, PL_STR("unix://"))) {
        named = pl_str_skip(named, strlen("unix://"));
    }
    const char *socket = NULL;
    enum pl_status st = pl_arena_cstr(arena, pl_arena_dup(arena, named), &socket, err);
    return st < 0 ? st : choose_socket(&socket, 1, ret, err);
}

static enum pl_status connect_to(struct pl_arena *arena, const char *socket,
                                 struct pl_containerd **ret, struct pl_error *err)
{
    struct pl_containerd *containerd = pl_mem_alloc(1, sizeof(*containerd));
    *containerd = (struct pl_containerd){.arena = arena, .socket = socket};
    struct pl_http_transport transport = {.unix_socket = socket, .is_http2_only = true};
    enum pl_status st = pl_http_new(&transport, &containerd->http, err);
    if (st < 0) {
        pl_containerd_free(containerd);
        return st;
    }
    *ret = containerd;
    return PL_OK;
}

enum pl_status pl_containerd_open(struct pl_arena *arena, struct pl_containerd **ret,
                                  struct pl_error *err)
{
    const char *socket = NULL;
    enum pl_status st = find_socket(arena, &socket, err);
    return st < 0 ? st : connect_to(arena, socket, ret, err);
}

void pl_containerd_free(struct pl_containerd *containerd)
{
    if (containerd) {
        pl_http_free(containerd->http);
        free(containerd);
    }
}

const char *pl_containerd_socket(const struct pl_containerd *containerd)
{
    return containerd->socket;
}

/* One message as the answer, copied into the client's arena. */
struct answer {
    struct pl_arena *arena;
    pl_str message;
    size_t count;
};

static enum pl_status keep_message(void *context, pl_str message, struct pl_error *err)
{
    struct answer *answer = context;
    if (answer->count++ > 0) {
        return pl_error_set(err, PL_E_PARSE, "several answers to one question");
    }
    answer->message = pl_arena_dup(answer->arena, message);
    return PL_OK;
}

static enum pl_status call(struct pl_containerd *containerd, const char *url, const char *namespace,
                           struct pl_grpc_call *call, struct pl_error *err)
{
    pl_str metadata =
        pl_arena_format(containerd->arena, "containerd-namespace: %s", namespace ? namespace : "");
    call->url = url;
    call->metadata = namespace ? metadata.ptr : NULL;
    enum pl_status st = pl_grpc_call(containerd->http, call, err);
    return st < 0 ? pl_error_wrap(err, "containerd (%s)", containerd->socket) : PL_OK;
}

/* A question of one field, 1, answered by one message. */
static enum pl_status ask(struct pl_containerd *containerd, const char *url, const char *namespace,
                          pl_str field, pl_str *ret, struct pl_error *err)
{
    struct pl_buf request pl_autobuf = PL_BUF_INIT(PL_LIMIT_GRPC_MESSAGE_BYTES);
    if (field.len > 0) {
        pl_protobuf_put_bytes(&request, 1, field);
    }
    struct answer answer = {containerd->arena, PL_STR_EMPTY, 0};
    struct pl_grpc_call asked = {.request = pl_buf_str(&request),
                                 .max_bytes = PL_LIMIT_GRPC_MESSAGE_BYTES + MOST_FRAMING,
                                 .take = keep_message,
                                 .context = &answer};
    enum pl_status st = call(containerd, url, namespace, &asked, err);
    if (st == PL_OK && answer.count == 0) {
        st = pl_error_set(err, PL_E_PARSE, "containerd (%s) gives no answer", containerd->socket);
    }
    if (st == PL_OK) {
        *ret = answer.message;
    }
    return st;
}

enum pl_status pl_containerd_get_image(struct pl_containerd *containerd, const char *namespace,
                                       pl_str name, struct pl_containerd_image *ret,
                                       struct pl_error *err)
{
    pl_str answer = PL_STR_EMPTY;
    enum pl_status st =
        ask(containerd, SERVICE("images.v1.Images/Get"), namespace, name, &answer, err);
    return st < 0 ? st : pl_containerd_parse_image(answer, ret, err);
}

enum pl_status pl_containerd_list_images(struct pl_containerd *containerd, const char *namespace,
                                         struct pl_containerd_images *images, struct pl_error *err)
{
    pl_str answer = PL_STR_EMPTY;
    enum pl_status st =
        ask(containerd, SERVICE("images.v1.Images/List"), namespace, PL_STR_EMPTY, &answer, err);
    while (st == PL_OK) {
        struct pl_containerd_image image;
        st = pl_containerd_next_image(&answer, &image, err);
        if (st == PL_OK && image.name.len == 0) {
            break;
        }
        if (st == PL_OK) {
            *pl_vec_push(containerd->arena, images) = image;
        }
    }
    return st;
}

enum pl_status pl_containerd_blob_size(struct pl_containerd *containerd, const char *namespace,
                                       const struct pl_digest *digest, uint64_t *ret,
                                       struct pl_error *err)
{
    pl_str answer = PL_STR_EMPTY;
    enum pl_status st = ask(containerd, SERVICE("content.v1.Content/Info"), namespace,
                            pl_digest_str(digest), &answer, err);
    return st < 0 ? st : pl_containerd_parse_size(answer, ret, err);
}

struct reading {
    const struct pl_fetch_sink *sink;
    uint64_t left_bytes;
};

static enum pl_status pass_data(void *context, pl_str message, struct pl_error *err)
{
    struct reading *reading = context;
    pl_str data = PL_STR_EMPTY;
    enum pl_status st = pl_containerd_parse_data(message, &data, err);
    if (st < 0 || data.len == 0) {
        return st;
    }
    if (data.len > reading->left_bytes) {
        return pl_error_set(err, PL_E_TRUST, "there is more than the descriptor says");
    }
    reading->left_bytes -= data.len;
    return reading->sink->take(reading->sink->context, pl_str_span(data), err);
}

enum pl_status pl_containerd_read_blob(struct pl_containerd *containerd, const char *namespace,
                                       const struct pl_digest *digest, uint64_t size_bytes,
                                       const struct pl_fetch_sink *sink, struct pl_error *err)
{
    struct pl_buf request pl_autobuf = PL_BUF_INIT(PL_LIMIT_GRPC_MESSAGE_BYTES);
    pl_protobuf_put_bytes(&request, 1, pl_digest_str(digest));
    struct reading reading = {sink, size_bytes};
    /* A message has some bytes beside its data, and containerd's hold a MiB. */
    uint64_t most = size_bytes > UINT64_MAX / 4 ? UINT64_MAX : size_bytes * 2 + MOST_FRAMING;
    struct pl_grpc_call asked = {
        .request = pl_buf_str(&request), .max_bytes = most, .take = pass_data, .context = &reading};
    enum pl_status st =
        call(containerd, SERVICE("content.v1.Content/Read"), namespace, &asked, err);
    if (st < 0) {
        return pl_error_wrap(err, "%s", digest->text);
    }
    if (reading.left_bytes > 0) {
        return pl_error_set(err, PL_E_TRUST, "%s is %llu bytes shorter than its descriptor says",
                            digest->text, (unsigned long long)reading.left_bytes);
    }
    return PL_OK;
}

struct blob_fetch {
    struct pl_fetch fetch;
    const char *socket;
    const char *namespace;
    struct pl_digest digest;
    uint64_t size_bytes;
};

static enum pl_status run_fetch(void *context, const struct pl_fetch_sink *sink,
                                struct pl_error *err)
{
    const struct blob_fetch *blob = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_containerd *containerd PL_CLEANUP(pl_containerd_freep) = NULL;
    enum pl_status st = connect_to(&arena, blob->socket, &containerd, err);
    return st < 0 ? st
                  : pl_containerd_read_blob(containerd, blob->namespace, &blob->digest,
                                            blob->size_bytes, sink, err);
}

const struct pl_fetch *pl_containerd_fetch(const struct pl_containerd *containerd,
                                           const char *namespace, const struct pl_digest *digest,
                                           uint64_t size_bytes)
{
    struct blob_fetch *blob = PL_ARENA_NEW(containerd->arena, struct blob_fetch);
    *blob = (struct blob_fetch){.fetch = {.run = run_fetch, .context = blob},
                                .socket = containerd->socket,
                                .namespace = namespace,
                                .digest = *digest,
                                .size_bytes = size_bytes};
    return &blob->fetch;
}

/* CONTAINERD_ROOT's content store, else the one that containerd itself names. */
static const char *find_root(struct pl_containerd *containerd)
{
    pl_str stated = pl_str_from(getenv("CONTAINERD_ROOT"));
    if (stated.len > 0) {
        return pl_arena_format(containerd->arena, PL_STR_FMT "/io.containerd.content.v1.content",
                               PL_STR_ARG(stated))
            .ptr;
    }
    pl_str answer = PL_STR_EMPTY;
    pl_str root = PL_STR_EMPTY;
    const char *path = NULL;
    if (ask(containerd, SERVICE("introspection.v1.Introspection/Plugins"), NULL,
            PL_STR("type==io.containerd.content.v1"), &answer, NULL) < 0 ||
        pl_containerd_parse_root(answer, &root, NULL) < 0 || root.len == 0 || root.ptr[0] != '/' ||
        pl_arena_cstr(containerd->arena, pl_arena_dup(containerd->arena, root), &path, NULL) < 0) {
        return NULL;
    }
    return path;
}

int pl_containerd_open_blob(struct pl_containerd *containerd, const struct pl_digest *digest,
                            uint64_t *ret_size)
{
    if (!containerd->has_root) {
        containerd->root = find_root(containerd);
        containerd->has_root = true;
    }
    if (!containerd->root) {
        return -1;
    }
    pl_str algorithm = PL_STR_EMPTY;
    pl_str hex = PL_STR_EMPTY;
    pl_str_cut(pl_digest_str(digest), ':', &algorithm, &hex);
    pl_str path = pl_arena_format(containerd->arena, "%s/blobs/" PL_STR_FMT "/" PL_STR_FMT,
                                  containerd->root, PL_STR_ARG(algorithm), PL_STR_ARG(hex));
    int fd pl_autoclose = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        return -1;
    }
    *ret_size = (uint64_t)info.st_size;
    return pl_fd_take(&fd);
}
