/* SPDX-License-Identifier: Apache-2.0 */
#include "image/docker/host.h"
#include "base/limits.h"

/* The default ports of the Docker Engine API (dockerd's documentation, "Daemon socket option"). */
#define PORT_PLAIN "2375"
#define PORT_TLS "2376"

static const char *const docker_sockets[] = {"/var/run/docker.sock", "@/docker.sock",
                                             "~/.docker/run/docker.sock", NULL};
static const char *const podman_sockets[] = {"@/podman/podman.sock", "/run/podman/podman.sock",
                                             NULL};

const struct pl_docker_kind pl_docker_kind_docker = {
    .name = "docker",
    .title = "Docker",
    .host_variable = "DOCKER_HOST",
    .has_client_settings = true,
    .sockets = docker_sockets,
    .ssh_host_option = "--host",
    .advice = "start it or set DOCKER_HOST",
};

const struct pl_docker_kind pl_docker_kind_podman = {
    .name = "podman",
    .title = "Podman",
    .host_variable = "CONTAINER_HOST",
    .sockets = podman_sockets,
    .ssh_host_option = "--url",
    .advice = "start it (systemctl --user start podman.socket, or podman system service) or set "
              "CONTAINER_HOST",
};

/* Only what can be part of a name, lest it means something to ssh, to a shell over there, or to the
 * expansion of %-signs in ssh's own configuration; and no leading dash, which makes an option. */
static bool is_plain(pl_str text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_also = c != '\0' && strchr(also, c) != NULL;
        if (!pl_char_is_alnum(c) && !is_also) {
            return false;
        }
    }
    return text.len > 0 && text.ptr[0] != '-';
}

static enum pl_status wrong(pl_str text, const char *why, struct pl_error *err)
{
    return pl_error_set(err, PL_E_USAGE, "\"" PL_STR_FMT "\" is no engine's address: %s",
                        PL_STR_ARG(text), why);
}

/* HOST, HOST:PORT, [V6] or [V6]:PORT. */
static bool split_port(pl_str authority, pl_str *ret_host, pl_str *ret_port)
{
    size_t close = pl_str_find_char(authority, ']');
    bool is_v6 = pl_str_starts_with(authority, PL_STR("["));
    if (is_v6 && close == SIZE_MAX) {
        return false;
    }
    size_t name_len = is_v6 ? close + 1 : pl_str_find_char(authority, ':');
    *ret_host = pl_str_sub(authority, 0, name_len);
    pl_str rest = pl_str_skip(authority, ret_host->len);
    uint64_t number = 0;
    *ret_port = pl_str_skip(rest, 1);
    if (rest.len == 0) {
        return true;
    }
    return rest.ptr[0] == ':' && pl_str_to_uint(*ret_port, 65535, &number) && number > 0;
}

static const char *to_cstr(struct pl_arena *arena, pl_str text)
{
    /* A copy in an arena is followed by a NUL; what has one inside was refused by is_plain. */
    return pl_arena_dup(arena, text).ptr;
}

static enum pl_status parse_unix(struct pl_arena *arena, pl_str text, pl_str path,
                                 struct pl_docker_host *ret, struct pl_error *err)
{
    const char *name = NULL;
    if (!pl_str_starts_with(path, PL_STR("/"))) {
        return wrong(text, "write unix:// and the whole path of the socket", err);
    }
    enum pl_status st = pl_arena_cstr(arena, path, &name, err);
    if (st == PL_OK) {
        *ret = (struct pl_docker_host){
            .shown = pl_arena_format(arena, "unix://" PL_STR_FMT, PL_STR_ARG(path)),
            .base_url = "http://localhost",
            .transport = {.unix_socket = name},
            .is_local = true};
    }
    return st;
}

static enum pl_status parse_tcp(struct pl_arena *arena, pl_str text, pl_str scheme, pl_str rest,
                                const struct pl_docker_tls *tls, struct pl_docker_host *ret,
                                struct pl_error *err)
{
    pl_str authority = PL_STR_EMPTY;
    pl_str path = PL_STR_EMPTY;
    pl_str host = PL_STR_EMPTY;
    pl_str port = PL_STR_EMPTY;
    pl_str_cut(rest, '/', &authority, &path);
    if (pl_str_find_char(authority, '@') != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE,
                            "the engine's address has a user or password in it, which this "
                            "protocol does not take; use client certificates or ssh://");
    }
    while (pl_str_ends_with(path, PL_STR("/"))) {
        path.len--;
    }
    if (!split_port(authority, &host, &port) || (host.len > 0 && !is_plain(host, ".-_:[]")) ||
        (path.len > 0 && !is_plain(path, ".-_/~"))) {
        return wrong(text, "write tcp://HOST[:PORT]", err);
    }
    bool is_tcp = pl_str_eq(scheme, PL_STR("tcp"));
    bool is_secure = pl_str_eq(scheme, PL_STR("https")) || (is_tcp && tls->is_on);
    if (host.len == 0) {
        host = PL_STR("localhost");
    }
    if (port.len == 0 && is_tcp) {
        port = is_secure ? PL_STR(PORT_TLS) : PL_STR(PORT_PLAIN);
    }
    pl_str url =
        pl_arena_format(arena, "%s://" PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT,
                        is_secure ? "https" : "http", PL_STR_ARG(host), port.len > 0 ? ":" : "",
                        PL_STR_ARG(port), path.len > 0 ? "/" : "", PL_STR_ARG(path));
    *ret = (struct pl_docker_host){.shown = url, .base_url = url.ptr};
    if (is_secure) {
        ret->transport = (struct pl_http_transport){.ca_file = tls->ca_file,
                                                    .client_cert = tls->client_cert,
                                                    .client_key = tls->client_key,
                                                    .is_insecure = tls->is_insecure};
    }
    return PL_OK;
}

static enum pl_status parse_ssh(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                pl_str text, pl_str rest, struct pl_docker_host *ret,
                                struct pl_error *err)
{
    pl_str authority = PL_STR_EMPTY;
    pl_str path = PL_STR_EMPTY;
    pl_str host = PL_STR_EMPTY;
    pl_str port = PL_STR_EMPTY;
    pl_str_cut(rest, '/', &authority, &path);
    size_t at = pl_str_find_last_char(authority, '@');
    bool has_user = at != SIZE_MAX;
    pl_str user = pl_str_sub(authority, 0, has_user ? at : 0);
    if (pl_str_find_char(user, ':') != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE,
                            "the engine's ssh:// address has a password in it; ssh asks for none: "
                            "use a key, and an agent for its passphrase");
    }
    if ((has_user && !is_plain(user, "._-@+")) ||
        !split_port(pl_str_skip(authority, has_user ? at + 1 : 0), &host, &port) ||
        !is_plain(host, ".-_:[]") || (path.len > 0 && !is_plain(path, ".-_/"))) {
        return wrong(text, "write ssh://[USER@]HOST[:PORT][/SOCKET]", err);
    }
    if (host.ptr[0] == '[') {
        host = pl_str_sub(host, 1, host.len - 2);
        if (!is_plain(host, ".:")) {
            return wrong(text, "write the digits of an address between [ and ]", err);
        }
    }
    struct pl_docker_ssh *ssh = PL_ARENA_NEW(arena, struct pl_docker_ssh);
    ssh->user = has_user ? to_cstr(arena, user) : NULL;
    ssh->port = port.len > 0 ? to_cstr(arena, port) : NULL;
    ssh->host = to_cstr(arena, host);
    size_t used = 0;
    ssh->command[used++] = kind->name;
    if (path.len > 0) {
        ssh->command[used++] = kind->ssh_host_option;
        ssh->command[used++] = pl_arena_format(arena, "unix:///" PL_STR_FMT, PL_STR_ARG(path)).ptr;
    }
    ssh->command[used++] = "system";
    ssh->command[used++] = "dial-stdio";
    *ret = (struct pl_docker_host){
        .shown = pl_arena_dup(arena, text), .base_url = "http://localhost", .ssh = ssh};
    return PL_OK;
}

enum pl_status pl_docker_host_parse(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                    pl_str text, const struct pl_docker_tls *tls,
                                    struct pl_docker_host *ret, struct pl_error *err)
{
    size_t mark = pl_str_find(text, PL_STR("://"));
    pl_str scheme = mark == SIZE_MAX ? PL_STR("tcp") : pl_str_sub(text, 0, mark);
    pl_str rest = mark == SIZE_MAX ? text : pl_str_skip(text, mark + 3);
    if (text.len > PL_LIMIT_PATH_BYTES || !pl_str_is_utf8(text)) {
        return pl_error_set(err, PL_E_USAGE,
                            "the engine's address is longer than %d bytes, or is "
                            "no text",
                            PL_LIMIT_PATH_BYTES);
    }
    if (pl_str_eq(scheme, PL_STR("unix"))) {
        return parse_unix(arena, text, rest, ret, err);
    }
    if (mark == SIZE_MAX && pl_str_starts_with(text, PL_STR("/"))) {
        return wrong(text, "write unix:// before a socket's path", err);
    }
    if (pl_str_eq(scheme, PL_STR("ssh"))) {
        return parse_ssh(arena, kind, text, rest, ret, err);
    }
    if (pl_str_eq(scheme, PL_STR("tcp")) || pl_str_eq(scheme, PL_STR("http")) ||
        pl_str_eq(scheme, PL_STR("https"))) {
        return parse_tcp(arena, text, scheme, rest, tls, ret, err);
    }
    return pl_error_set(err, PL_E_UNSUPPORTED,
                        "engines are reached by unix://, tcp://, http://, https:// and ssh://, "
                        "not by " PL_STR_FMT "://",
                        PL_STR_ARG(pl_str_sub(scheme, 0, 20)));
}
