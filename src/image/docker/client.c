/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Docker Engine API (docs.docker.com/engine/api): HTTP with JSON. GET /_ping answers "OK" with
 * the header "Api-Version: 1.41", the newest version that the engine speaks; older ones are chosen
 * by a prefix of the path, and an engine refuses those it no longer speaks. A failure has a body
 * {"message": "..."}; Podman adds "cause" and "response".
 */
#include "image/docker/client.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "image/docker/ssh.h"
#include "net/http_retry.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    NEWEST_MINOR = 52, /* of version 1, whose answers are known */
    MESSAGE_BYTES = 300, /* of the engine's own words, in an error */
    PING_BYTES = 4096,
    /* For the first answer: of a socket of this machine, and over a network, where ssh has to agree
     * on keys first. Later ones may take as long as an archive takes to make. */
    LOCAL_PING_MS = 10000,
    FAR_PING_MS = 60000,
};

/* What a client is made of, all in the arena: good in a forked child. */
struct plan {
    struct pl_docker_host host;
    pl_str prefix; /* "/v1.41", or empty: the engine did not say */
};

struct pl_docker {
    struct pl_arena *arena;
    struct plan plan;
    pl_str title;
    struct pl_docker_tunnel tunnel;
    struct pl_http_transport transport;
    struct pl_http *http;
};

static enum pl_status connect_client(struct pl_docker *docker, struct pl_error *err)
{
    docker->transport = docker->plan.host.transport;
    docker->tunnel = pl_docker_tunnel_start(docker->plan.host.ssh);
    if (docker->plan.host.ssh) {
        docker->transport.dial = pl_docker_tunnel_dial;
        docker->transport.dial_context = &docker->tunnel;
    }
    return pl_http_new(&docker->transport, &docker->http, err);
}

static void disconnect_client(struct pl_docker *docker)
{
    pl_http_free(docker->http);
    docker->http = NULL;
    pl_docker_tunnel_close(&docker->tunnel);
}

/* What ssh said is why nothing came over it. */
static enum pl_status explain(struct pl_docker *docker, enum pl_status st, struct pl_error *err)
{
    pl_str words = pl_docker_tunnel_last_words(docker->arena, &docker->tunnel);
    return words.len > 0 ? pl_error_set(err, st, "ssh: " PL_STR_FMT, PL_STR_ARG(words)) : st;
}

/* The engine's own words for a failure. */
static enum pl_status refuse(struct pl_arena *arena, const struct pl_http_response *response,
                             struct pl_error *err)
{
    enum pl_status st = pl_http_status_class(response->status);
    json_t *body pl_autojson = NULL;
    pl_str words = PL_STR_EMPTY;
    if (pl_json_parse(response->body, "the engine's answer", &body, NULL) == PL_OK) {
        words = pl_utf8_clean(arena, pl_str_trim(pl_json_str(body, "message")), MESSAGE_BYTES);
    }
    if (words.len == 0) {
        return pl_error_set(err, st, "the engine answers with status %u", response->status);
    }
    return pl_error_set(err, st, PL_STR_FMT, PL_STR_ARG(words));
}

static const char *url_of(struct pl_arena *arena, const struct plan *plan, pl_str path)
{
    return pl_arena_format(arena, "%s" PL_STR_FMT PL_STR_FMT, plan->host.base_url,
                           PL_STR_ARG(plan->prefix), PL_STR_ARG(path))
        .ptr;
}

/* "1.41" gives "/v1.41". What is not of this form gives no prefix. */
static pl_str prefix_of(struct pl_arena *arena, pl_str version)
{
    uint64_t minor = 0;
    if (!pl_str_starts_with(version, PL_STR("1.")) ||
        !pl_str_to_uint(pl_str_skip(version, 2), 1000000, &minor)) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, "/v1.%u",
                           (unsigned)(minor > NEWEST_MINOR ? NEWEST_MINOR : minor));
}

static enum pl_status ping(struct pl_docker *docker, struct pl_error *err)
{
    struct pl_http_request request = {.url = url_of(docker->arena, &docker->plan, PL_STR("/_ping")),
                                      .max_bytes = PING_BYTES,
                                      .is_once = true};
    struct pl_http_response response = {0};
    const struct pl_http_timings usual = PL_HTTP_TIMINGS_DEFAULT;
    struct pl_http_timings hasty = usual;
    hasty.stall_ms = docker->plan.host.is_local ? LOCAL_PING_MS : FAR_PING_MS;
    hasty.local_answer_ms = hasty.stall_ms;
    pl_http_set_timings(docker->http, &hasty);
    enum pl_status st = pl_http_send(docker->http, docker->arena, &request, &response, err);
    pl_http_set_timings(docker->http, &usual);
    if (st < 0) {
        return explain(docker, st, err);
    }
    if (response.status != 200) {
        return refuse(docker->arena, &response, err);
    }
    docker->plan.prefix = prefix_of(docker->arena, pl_http_header_value(&response, "api-version"));
    return PL_OK;
}

/* Why nobody can be reached on a socket, in the kernel's own words and before any client is made.
 */
static enum pl_status knock(const char *path, struct pl_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len >= sizeof(address.sun_path)) {
        return pl_error_set(err, PL_E_USAGE, "a socket's path has at most %zu bytes",
                            sizeof(address.sun_path) - 1);
    }
    memcpy(address.sun_path, path, len + 1);
    int fd pl_autoclose = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        return PL_OK;
    }
    if (errno == EACCES || errno == EPERM) {
        return pl_error_set(err, PL_E_DENIED,
                            "this user may not open it (sudo, or the group that owns it, helps)");
    }
    const char *why = errno == ENOENT         ? "is not there"
                      : errno == ECONNREFUSED ? "nobody listens"
                                              : "cannot be connected to";
    return pl_error_set(err, PL_E_NET, "%s", why);
}

static enum pl_status try_host(struct pl_docker *docker, const struct pl_docker_host *host,
                               struct pl_error *err)
{
    enum pl_status st = PL_OK;
    docker->plan = (struct plan){.host = *host, .prefix = PL_STR_EMPTY};
    if (host->transport.unix_socket) {
        st = knock(host->transport.unix_socket, err);
    }
    if (st == PL_OK) {
        st = connect_client(docker, err);
    }
    if (st == PL_OK) {
        st = ping(docker, err);
    }
    if (st < 0) {
        disconnect_client(docker);
    }
    return st;
}

static enum pl_status open_any(struct pl_docker *docker, const struct pl_docker_kind *kind,
                               const struct pl_docker_hosts *hosts, struct pl_error *err)
{
    struct pl_buf tried pl_autobuf = PL_BUF_INIT(sizeof(err->msg));
    enum pl_status worst = PL_E_NET;
    for (size_t i = 0; i < hosts->count; i++) {
        const struct pl_docker_host *host = &hosts->items[i];
        struct pl_error why = PL_ERROR_INIT;
        enum pl_status st = try_host(docker, host, &why);
        if (st == PL_OK) {
            docker->title = pl_arena_format(docker->arena, "%s (" PL_STR_FMT ")", kind->title,
                                            PL_STR_ARG(host->shown));
            return PL_OK;
        }
        worst = st == PL_E_DENIED || st == PL_E_TRUST ? st : worst;
        pl_buf_append_format(&tried, "%s" PL_STR_FMT ": %s", i ? "; " : "", PL_STR_ARG(host->shown),
                             why.msg);
    }
    return pl_error_set(err, worst, "no %s engine answers (" PL_STR_FMT "); %s", kind->title,
                        PL_STR_ARG(pl_buf_str(&tried)), kind->advice);
}

enum pl_status pl_docker_open(struct pl_arena *arena, const struct pl_docker_kind *kind,
                              struct pl_docker **ret, struct pl_error *err)
{
    struct pl_docker_hosts hosts = {0};
    enum pl_status st = pl_docker_hosts_find(arena, kind, &hosts, err);
    if (st < 0) {
        return st;
    }
    struct pl_docker *docker = pl_mem_alloc(1, sizeof(*docker));
    *docker = (struct pl_docker){.arena = arena, .tunnel = {.said_fd = -1}};
    st = open_any(docker, kind, &hosts, err);
    if (st < 0) {
        pl_docker_free(docker);
        return st;
    }
    *ret = docker;
    return PL_OK;
}

void pl_docker_free(struct pl_docker *docker)
{
    if (docker) {
        disconnect_client(docker);
        free(docker);
    }
}

pl_str pl_docker_title(const struct pl_docker *docker)
{
    return docker->title;
}

bool pl_docker_is_local(const struct pl_docker *docker)
{
    return docker->plan.host.is_local;
}

enum pl_status pl_docker_get(struct pl_docker *docker, pl_str path, json_t **ret,
                             struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_http_request request = {.url = url_of(&scratch, &docker->plan, path),
                                      .max_bytes = PL_LIMIT_ENGINE_ANSWER_BYTES};
    struct pl_http_response response = {0};
    enum pl_status st = pl_http_send(docker->http, &scratch, &request, &response, err);
    if (st < 0) {
        return explain(docker, st, err);
    }
    if (response.status != 200) {
        return refuse(&scratch, &response, err);
    }
    if (pl_str_eq(pl_str_trim(response.body), PL_STR("null"))) {
        *ret = json_null(); /* how an engine writes an empty list */
        return PL_OK;
    }
    return pl_json_parse(response.body, "the engine's answer", ret, err);
}

struct fetch {
    struct pl_fetch fetch;
    struct plan plan;
    const char *url;
};

static enum pl_status run_fetch(void *context, const struct pl_fetch_sink *sink,
                                struct pl_error *err)
{
    const struct fetch *fetch = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker docker = {.arena = &arena, .plan = fetch->plan, .tunnel = {.said_fd = -1}};
    struct pl_http_sink http_sink = {.take = sink->take, .context = sink->context};
    /* A stream that the engine makes as it goes cannot be taken up again in the middle. */
    struct pl_http_request request = {.url = fetch->url,
                                      .sink = &http_sink,
                                      .max_bytes = PL_LIMIT_ENGINE_ARCHIVE_BYTES,
                                      .is_once = true};
    struct pl_http_response response = {0};
    enum pl_status st = connect_client(&docker, err);
    if (st == PL_OK) {
        st = pl_http_send(docker.http, &arena, &request, &response, err);
    }
    if (st == PL_E_NET) {
        st = explain(&docker, st, err);
    } else if (st == PL_OK && response.status != 200) {
        st = refuse(&arena, &response, err);
    }
    disconnect_client(&docker);
    return st;
}

const struct pl_fetch *pl_docker_fetch(const struct pl_docker *docker, pl_str path)
{
    struct fetch *fetch = PL_ARENA_NEW(docker->arena, struct fetch);
    *fetch =
        (struct fetch){.plan = docker->plan, .url = url_of(docker->arena, &docker->plan, path)};
    fetch->fetch = (struct pl_fetch){
        .run = run_fetch, .context = fetch, .spawns = docker->plan.host.ssh != NULL};
    return &fetch->fetch;
}

enum pl_status pl_docker_escape_name(struct pl_arena *arena, pl_str name, pl_str *ret,
                                     struct pl_error *err)
{
    struct pl_buf path pl_autobuf = PL_BUF_INIT(3 * PL_LIMIT_ENGINE_NAME_BYTES);
    pl_str cursor = name;
    pl_str segment = PL_STR_EMPTY;
    bool is_good =
        name.len > 0 && name.len <= PL_LIMIT_ENGINE_NAME_BYTES && name.ptr[name.len - 1] != '/';
    while (is_good && pl_str_next_piece(&cursor, '/', &segment)) {
        is_good = segment.len > 0 && !pl_str_eq(segment, PL_STR(".")) &&
                  !pl_str_eq(segment, PL_STR(".."));
    }
    for (size_t i = 0; i < name.len && is_good; i++) {
        char c = name.ptr[i];
        is_good = (unsigned char)c > ' ' && (unsigned char)c < 0x7f;
        if (c == '/' || c == ':' || c == '@') {
            pl_buf_append_char(&path, c);
        } else {
            pl_http_append_escaped(&path, pl_str_make(&c, 1));
        }
    }
    if (!is_good) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" cannot be the name of anything "
                            "that an engine has",
                            PL_STR_ARG(pl_str_sub(name, 0, 100)));
    }
    *ret = pl_arena_dup(arena, pl_buf_str(&path));
    return PL_OK;
}
