/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the docker client's own settings say that the engine is. The variable DOCKER_HOST comes
 * first, with DOCKER_TLS, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH; then the context named by
 * DOCKER_CONTEXT or by "currentContext" in ${DOCKER_CONFIG:-~/.docker}/config.json. A context is
 * kept below that directory, under the SHA-256 of its name in hex:
 *
 *   contexts/meta/HEX/meta.json   {"Name": ..., "Endpoints": {"docker": {"Host": "ssh://...",
 *                                 "SkipTLSVerify": false}}}
 *   contexts/tls/HEX/docker/      ca.pem, cert.pem, key.pem, where it has them
 *
 * "default" is no context but the usual sockets. Podman has none of this but CONTAINER_HOST.
 */
#include "base/io.h"
#include "base/limits.h"
#include "format/digest.h"
#include "format/json.h"
#include "image/docker/host.h"
#include <sys/stat.h>
#include <unistd.h>

/* A variable's value; NULL also where it is empty, which the docker client takes for not set. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] != '\0' ? value : NULL;
}

static pl_str config_dir(struct pl_arena *arena)
{
    const char *stated = variable("DOCKER_CONFIG");
    const char *home = variable("HOME");
    if (stated) {
        return pl_str_from(stated);
    }
    return home ? pl_arena_format(arena, "%s/.docker", home) : PL_STR_EMPTY;
}

/* NOT_FOUND where there is no such file. */
static enum pl_status read_document(const char *path, json_t **ret, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_CLIENT_CONFIG_BYTES);
    enum pl_status st = pl_io_read_file(path, &text, err);
    return st == PL_OK ? pl_json_parse(pl_buf_str(&text), path, ret, err) : st;
}

/* `name` below `dir`, where there is such a file; else NULL. */
static const char *file_in(struct pl_arena *arena, pl_str dir, const char *name)
{
    pl_str path = pl_arena_format(arena, PL_STR_FMT "/%s", PL_STR_ARG(dir), name);
    struct stat info;
    return stat(path.ptr, &info) == 0 && S_ISREG(info.st_mode) ? path.ptr : NULL;
}

static void find_keys(struct pl_arena *arena, pl_str dir, struct pl_docker_tls *tls)
{
    tls->ca_file = file_in(arena, dir, "ca.pem");
    tls->client_cert = file_in(arena, dir, "cert.pem");
    tls->client_key = file_in(arena, dir, "key.pem");
}

static struct pl_docker_tls tls_of_environment(struct pl_arena *arena)
{
    struct pl_docker_tls tls = {.is_on = variable("DOCKER_TLS_VERIFY") || variable("DOCKER_TLS"),
                                .is_insecure = !variable("DOCKER_TLS_VERIFY")};
    const char *stated = variable("DOCKER_CERT_PATH");
    if (tls.is_on) {
        find_keys(arena, stated ? pl_str_from(stated) : config_dir(arena), &tls);
    }
    return tls;
}

static enum pl_status add_host(struct pl_arena *arena, const struct pl_docker_kind *kind,
                               pl_str text, const struct pl_docker_tls *tls,
                               struct pl_docker_hosts *ret, struct pl_error *err)
{
    struct pl_docker_host host;
    enum pl_status st = pl_docker_host_parse(arena, kind, text, tls, &host, err);
    if (st == PL_OK) {
        *pl_vec_push(arena, ret) = host;
    }
    return st;
}

/* The name of the current context, or empty; *ret_from says who named it. */
static enum pl_status current_context(struct pl_arena *arena, pl_str dir, pl_str *ret,
                                      const char **ret_from, struct pl_error *err)
{
    const char *stated = variable("DOCKER_CONTEXT");
    *ret_from = "DOCKER_CONTEXT";
    *ret = pl_str_from(stated);
    if (stated || dir.len == 0) {
        return PL_OK;
    }
    const char *path = pl_arena_format(arena, PL_STR_FMT "/config.json", PL_STR_ARG(dir)).ptr;
    json_t *config pl_autojson = NULL;
    enum pl_status st = read_document(path, &config, err);
    if (st < 0) {
        return st == PL_E_NOT_FOUND ? PL_OK : st;
    }
    *ret_from = path;
    *ret = pl_arena_dup(arena, pl_json_str(config, "currentContext"));
    return PL_OK;
}

static enum pl_status host_of_context(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                      pl_str dir, pl_str context, const char *from,
                                      struct pl_docker_hosts *ret, struct pl_error *err)
{
    struct pl_digest digest = pl_digest_of(pl_str_span(context), NULL);
    const char *hex = digest.text + strlen("sha256:");
    const char *path =
        pl_arena_format(arena, PL_STR_FMT "/contexts/meta/%s/meta.json", PL_STR_ARG(dir), hex).ptr;
    json_t *meta pl_autojson = NULL;
    enum pl_status st = read_document(path, &meta, err);
    if (st == PL_E_NOT_FOUND) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "%s names the context \"" PL_STR_FMT "\", which is not there: "
                            "docker context ls lists those there are",
                            from, PL_STR_ARG(context));
    }
    if (st < 0) {
        return st;
    }
    const json_t *endpoint = pl_json_object(pl_json_object(meta, "Endpoints"), "docker");
    struct pl_docker_tls tls = {.is_insecure =
                                    json_is_true(json_object_get(endpoint, "SkipTLSVerify"))};
    find_keys(arena,
              pl_arena_format(arena, PL_STR_FMT "/contexts/tls/%s/docker", PL_STR_ARG(dir), hex),
              &tls);
    tls.is_on = tls.is_insecure || tls.ca_file || tls.client_cert;
    pl_str host = pl_json_str(endpoint, "Host");
    st = host.len > 0 ? add_host(arena, kind, host, &tls, ret, err)
                      : pl_error_set(err, PL_E_PARSE, "%s names no host", path);
    return st < 0 ? pl_error_wrap(err, "the context \"" PL_STR_FMT "\"", PL_STR_ARG(context))
                  : PL_OK;
}

static pl_str expand_socket(struct pl_arena *arena, const char *socket)
{
    if (socket[0] == '~') {
        const char *home = variable("HOME");
        return home ? pl_arena_format(arena, "unix://%s%s", home, socket + 1) : PL_STR_EMPTY;
    }
    if (socket[0] == '@') {
        const char *dir = variable("XDG_RUNTIME_DIR");
        return dir ? pl_arena_format(arena, "unix://%s%s", dir, socket + 1)
                   : pl_arena_format(arena, "unix:///run/user/%u%s", (unsigned)getuid(),
                                     socket + 1);
    }
    return pl_arena_format(arena, "unix://%s", socket);
}

static void add_usual_sockets(struct pl_arena *arena, const struct pl_docker_kind *kind,
                              struct pl_docker_hosts *ret)
{
    struct pl_docker_tls none = {0};
    for (size_t i = 0; kind->sockets[i]; i++) {
        pl_str text = expand_socket(arena, kind->sockets[i]);
        /* A relative HOME or run-time directory cannot be meant, and nobody named it here. */
        (void)add_host(arena, kind, text, &none, ret, NULL);
    }
}

enum pl_status pl_docker_hosts_find(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                    struct pl_docker_hosts *ret, struct pl_error *err)
{
    struct pl_docker_hosts hosts = {0};
    const char *stated = variable(kind->host_variable);
    pl_str context = PL_STR_EMPTY;
    const char *from = NULL;
    pl_str dir = kind->has_client_settings ? config_dir(arena) : PL_STR_EMPTY;
    enum pl_status st = PL_OK;
    if (stated) {
        struct pl_docker_tls tls = {0};
        if (kind->has_client_settings) {
            tls = tls_of_environment(arena);
        }
        st = add_host(arena, kind, pl_str_from(stated), &tls, &hosts, err);
        st = st < 0 ? pl_error_wrap(err, "%s", kind->host_variable) : PL_OK;
    } else if (kind->has_client_settings) {
        st = current_context(arena, dir, &context, &from, err);
    }
    bool has_context = context.len > 0 && !pl_str_eq(context, PL_STR("default"));
    if (st == PL_OK && has_context) {
        st = host_of_context(arena, kind, dir, context, from, &hosts, err);
    } else if (st == PL_OK && !stated) {
        add_usual_sockets(arena, kind, &hosts);
    }
    if (st == PL_OK) {
        *ret = hosts;
    }
    return st;
}
