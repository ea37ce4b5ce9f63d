/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format (Docker's "Configuration files", and containers-auth.json(5)), in JSON:
 *
 *   auths        registry -> {"auth": base64 of USER:PASSWORD, "identitytoken", "registrytoken"}
 *   credHelpers  registry -> NAME of the helper docker-credential-NAME
 *   credsStore   the helper for all other registries
 *
 * A key of auths is a host with or without port; as Docker has written it through the years, also
 * with a scheme and the path of an API version ("https://ghcr.io/v2/"). In podman's files a path
 * behind the host narrows the entry to repositories below it. Docker Hub has the key
 * "https://index.docker.io/v1/" and is meant by some of its hosts. Some files hold "username" and
 * "password" in place of "auth". An empty entry marks a registry whose secret a helper keeps.
 *
 * Text that is damaged is only told by its line: Jansson's own message quotes what is near.
 */
#include "image/registry/auth_file.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "format/base64.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#define DOCKER_HUB_SERVER PL_STR("https://index.docker.io/v1/")

static bool is_docker_hub(pl_str host)
{
    static const char *const names[] = {"docker.io", "index.docker.io", "registry-1.docker.io"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        if (pl_str_eq_nocase(host, pl_str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

bool pl_auth_is_same_registry(pl_str a, pl_str b)
{
    return pl_str_eq_nocase(a, b) || (is_docker_hub(a) && is_docker_hub(b));
}

pl_str pl_auth_server_name(pl_str registry)
{
    return is_docker_hub(registry) ? DOCKER_HUB_SERVER : registry;
}

/* A key's host, and the path that narrows it. */
static void split_key(pl_str key, pl_str *ret_host, pl_str *ret_path)
{
    size_t scheme = pl_str_find(key, PL_STR("://"));
    pl_str rest = scheme == SIZE_MAX ? key : pl_str_skip(key, scheme + 3);
    pl_str_cut(rest, '/', ret_host, ret_path);
    bool is_api = pl_str_eq(*ret_path, PL_STR("v1/")) || pl_str_eq(*ret_path, PL_STR("v2/"));
    if (scheme != SIZE_MAX || is_api) {
        *ret_path = PL_STR_EMPTY;
    }
    while (pl_str_ends_with(*ret_path, PL_STR("/"))) {
        ret_path->len--;
    }
}

static bool is_at_or_above(pl_str path, pl_str repository)
{
    return path.len == 0 || (pl_str_starts_with(repository, path) &&
                             (repository.len == path.len || repository.ptr[path.len] == '/'));
}

static enum pl_status damaged(const char *name, const char *what, struct pl_error *err)
{
    return pl_error_set(err, PL_E_PARSE, "%s is damaged: %s", name, what);
}

static enum pl_status check_types(const json_t *file, const char *name, struct pl_error *err)
{
    const json_t *auths = json_object_get(file, "auths");
    const json_t *helpers = json_object_get(file, "credHelpers");
    const json_t *store = json_object_get(file, "credsStore");
    if (!json_is_object(file)) {
        return damaged(name, "it is no JSON object", err);
    }
    if (auths && !json_is_object(auths) && !json_is_null(auths)) {
        return damaged(name, "auths is no object", err);
    }
    if (helpers && !json_is_object(helpers) && !json_is_null(helpers)) {
        return damaged(name, "credHelpers is no object", err);
    }
    if (store && !json_is_string(store) && !json_is_null(store)) {
        return damaged(name, "credsStore is no string", err);
    }
    return PL_OK;
}

enum pl_status pl_auth_file_parse(pl_str text, const char *name, json_t **ret, struct pl_error *err)
{
    json_t *file pl_autojson = NULL;
    struct pl_error inner = PL_ERROR_INIT;
    enum pl_status st = pl_json_parse(text, name, &file, &inner);
    if (st == PL_E_PARSE) {
        size_t line = 1;
        for (size_t i = 0; i < text.len && i < inner.pos; i++) {
            line += text.ptr[i] == '\n' ? 1 : 0;
        }
        return pl_error_set(err, st, "%s is damaged: no JSON from line %zu on", name, line);
    }
    if (st < 0) {
        return pl_error_set(err, st, "%s nests too deep", name);
    }
    st = check_types(file, name, err);
    if (st == PL_OK) {
        *ret = PL_TAKE(file);
    }
    return st;
}

enum pl_status pl_auth_file_read(const char *path, json_t **ret, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_AUTH_FILE_BYTES);
    enum pl_status st = pl_io_read_file(path, &text, err);
    if (st == PL_OK) {
        st = pl_auth_file_parse(pl_buf_str(&text), path, ret, err);
    }
    if (text.ptr) {
        explicit_bzero(text.ptr, text.capacity);
    }
    return st;
}

/* The path behind links; `path` itself when nothing is there yet. */
static enum pl_status resolve(const char *path, char *into, struct pl_error *err)
{
    struct stat info = {0};
    if (realpath(path, into)) {
        return PL_OK;
    }
    if (errno != ENOENT) {
        return pl_error_sys(err, errno, "following %s", path);
    }
    if (lstat(path, &info) == 0) {
        return pl_error_set(err, PL_E_IO, "%s is a link to a file that is not there", path);
    }
    if (snprintf(into, PATH_MAX, "%s", path) >= PATH_MAX) {
        return pl_error_set(err, PL_E_USAGE, "%s: the path is too long", path);
    }
    return PL_OK;
}

static enum pl_status make_private_dir(const char *path, struct pl_error *err)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) {
        return PL_OK;
    }
    snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
    if (mkdir(dir, 0700) == 0 || errno == EEXIST) {
        return PL_OK;
    }
    char *above = strrchr(dir, '/');
    if (errno != ENOENT || !above || above == dir) {
        return pl_error_sys(err, errno, "making the directory %s", dir);
    }
    *above = '\0';
    enum pl_status st = pl_io_make_dirs(dir, err);
    *above = '/';
    if (st == PL_OK && mkdir(dir, 0700) < 0 && errno != EEXIST) {
        st = pl_error_sys(err, errno, "making the directory %s", dir);
    }
    return st;
}

static enum pl_status replace_private(const char *path, pl_str text, struct pl_error *err)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside)) {
        return pl_error_set(err, PL_E_USAGE, "%s: the path is too long", path);
    }
    struct stat old = {0};
    bool is_old = stat(path, &old) == 0;
    int fd pl_autoclose = mkostemp(beside, O_CLOEXEC); /* with mode 0600 */
    if (fd < 0) {
        return pl_error_sys(err, errno, "%s", beside);
    }
    /* Written through sudo, a user's file should stay the user's. */
    bool is_owned = !is_old || old.st_uid == geteuid() || fchown(fd, old.st_uid, old.st_gid) == 0;
    if (!is_owned) {
        int failed = errno;
        unlink(beside);
        return pl_error_sys(err, failed, "%s belongs to another user", path);
    }
    enum pl_status st = pl_io_write(fd, text, err);
    if (st == PL_OK && (fsync(fd) < 0 || rename(beside, path) < 0)) {
        st = pl_error_sys(err, errno, "replacing it");
    }
    if (st < 0) {
        unlink(beside);
        return pl_error_wrap(err, "%s", path);
    }
    return PL_OK;
}

enum pl_status pl_auth_file_write(const char *path, const json_t *file, struct pl_error *err)
{
    char target[PATH_MAX];
    enum pl_status st = resolve(path, target, err);
    if (st == PL_OK) {
        st = make_private_dir(target, err);
    }
    char *text = st == PL_OK ? json_dumps(file, JSON_INDENT(4)) : NULL;
    if (!text) {
        return st < 0 ? st : pl_error_set(err, PL_E_INTERNAL, "%s cannot be written", path);
    }
    size_t len = strlen(text);
    text[len] = '\n'; /* in place of the NUL; the length goes along */
    st = replace_private(target, pl_str_make(text, len + 1), err);
    explicit_bzero(text, len);
    free(text);
    return st;
}

static bool has_secret(const json_t *entry)
{
    static const char *const members[] = {"auth", "username", "identitytoken", "registrytoken"};
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        if (pl_json_str(entry, members[i]).len > 0) {
            return true;
        }
    }
    return false;
}

/* The entry that fits best: by the longest path; of equals the key that Docker writes, then one
 * without a scheme. */
static const json_t *best_entry(json_t *auths, pl_str registry, pl_str repository,
                                const char **ret_key)
{
    const json_t *best = NULL;
    size_t best_rank = 0;
    const char *key = NULL;
    json_t *entry = NULL;
    json_object_foreach(auths, key, entry)
    {
        pl_str host = PL_STR_EMPTY;
        pl_str path = PL_STR_EMPTY;
        split_key(pl_str_from(key), &host, &path);
        if (!pl_auth_is_same_registry(host, registry) || !is_at_or_above(path, repository) ||
            (json_is_object(entry) && !has_secret(entry))) {
            continue;
        }
        bool is_docker = pl_str_eq(pl_str_from(key), pl_auth_server_name(registry));
        bool is_plain = !pl_str_contains(pl_str_from(key), PL_STR("://"));
        size_t rank = 1 + path.len * 4 + (is_docker ? 2 : 0) + (is_plain ? 1 : 0);
        if (rank > best_rank) {
            best = entry;
            best_rank = rank;
            *ret_key = key;
        }
    }
    return best;
}

/* "USER:PASSWORD"; NULs behind the password come from old versions of Docker. */
static bool read_auth(struct pl_arena *arena, pl_str auth, struct pl_credentials *ret)
{
    pl_str pair = PL_STR_EMPTY;
    if (!pl_base64_decode(arena, pl_str_trim(auth), &pair)) {
        return false;
    }
    if (!pl_str_cut(pair, ':', &ret->user, &ret->password)) {
        return false;
    }
    while (pl_str_ends_with(ret->password, PL_STR("\0"))) {
        ret->password.len--;
    }
    return ret->user.len > 0;
}

enum pl_status pl_auth_file_find(struct pl_arena *arena, const json_t *file, const char *name,
                                 pl_str registry, pl_str repository, struct pl_credentials *ret,
                                 struct pl_error *err)
{
    const char *key = "";
    const json_t *entry = best_entry(json_object_get(file, "auths"), registry, repository, &key);
    if (!entry) {
        return PL_OK;
    }
    struct pl_credentials found = {
        .identity_token = pl_arena_dup(arena, pl_json_str(entry, "identitytoken")),
        .registry_token = pl_arena_dup(arena, pl_json_str(entry, "registrytoken")),
    };
    pl_str auth = pl_json_str(entry, "auth");
    bool is_good = json_is_object(entry);
    if (auth.len > 0) {
        bool has_user = read_auth(arena, auth, &found);
        /* Beside a token the pair may be empty. */
        is_good = is_good && (has_user || found.identity_token.len > 0);
    } else {
        found.user = pl_arena_dup(arena, pl_json_str(entry, "username"));
        found.password = pl_arena_dup(arena, pl_json_str(entry, "password"));
    }
    if (!is_good) {
        return pl_error_set(err, PL_E_PARSE,
                            "%s is damaged: the entry \"%s\" of auths holds no user and password "
                            "in base64; log in again",
                            name, key);
    }
    *ret = found;
    return PL_OK;
}

pl_str pl_auth_file_helper(const json_t *file, pl_str registry)
{
    json_t *helpers = json_object_get(file, "credHelpers");
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(helpers, key, value)
    {
        pl_str host = PL_STR_EMPTY;
        pl_str path = PL_STR_EMPTY;
        split_key(pl_str_from(key), &host, &path);
        if (path.len == 0 && pl_auth_is_same_registry(host, registry)) {
            return pl_json_text(value);
        }
    }
    return PL_STR_EMPTY;
}

pl_str pl_auth_file_default_helper(const json_t *file)
{
    return pl_json_str(file, "credsStore");
}

static void set_text(json_t *object, const char *member, pl_str value)
{
    json_object_del(object, member);
    if (value.len > 0) {
        json_object_set_new(object, member, json_stringn(value.ptr, value.len));
    }
}

enum pl_status pl_auth_file_set(struct pl_arena *arena, json_t *file, pl_str registry,
                                const struct pl_credentials *credentials, struct pl_error *err)
{
    if (pl_str_find_char(credentials->user, ':') != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE, "a user name cannot hold a colon");
    }
    if (pl_str_find_char(credentials->user, '\0') != SIZE_MAX ||
        pl_str_find_char(credentials->password, '\0') != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE, "user name and password cannot hold a NUL");
    }
    json_t *auths = json_object_get(file, "auths");
    if (!json_is_object(auths)) {
        auths = json_object();
        json_object_set_new(file, "auths", auths);
    }
    const char *key = NULL;
    enum pl_status st = pl_arena_cstr(arena, pl_auth_server_name(registry), &key, err);
    if (st < 0) {
        return st;
    }
    json_t *entry = json_object_get(auths, key);
    if (!json_is_object(entry)) {
        entry = json_object();
        if (json_object_set_new(auths, key, entry) < 0) {
            return pl_error_set(err, PL_E_USAGE, "the registry's name is not UTF-8");
        }
    }
    pl_str pair = pl_arena_format(arena, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(credentials->user),
                                  PL_STR_ARG(credentials->password));
    bool has_pair = credentials->user.len > 0;
    set_text(entry, "username", PL_STR_EMPTY);
    set_text(entry, "password", PL_STR_EMPTY);
    set_text(entry, "auth", has_pair ? pl_base64_encode(arena, pair) : PL_STR_EMPTY);
    set_text(entry, "identitytoken", credentials->identity_token);
    set_text(entry, "registrytoken", credentials->registry_token);
    return PL_OK;
}

void pl_auth_file_remove(json_t *file, pl_str registry, bool *ret_had_secret)
{
    json_t *auths = json_object_get(file, "auths");
    const char *key = NULL;
    json_t *entry = NULL;
    void *next = NULL;
    *ret_had_secret = false;
    json_object_foreach_safe(auths, next, key, entry)
    {
        pl_str host = PL_STR_EMPTY;
        pl_str path = PL_STR_EMPTY;
        split_key(pl_str_from(key), &host, &path);
        if (path.len == 0 && pl_auth_is_same_registry(host, registry)) {
            *ret_had_secret = *ret_had_secret || has_secret(entry);
            json_object_del(auths, key);
        }
    }
}
