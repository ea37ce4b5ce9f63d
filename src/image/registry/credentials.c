/* SPDX-License-Identifier: Apache-2.0 */
#include "image/registry/credentials.h"
#include "image/registry/auth_file.h"
#include "image/registry/helper.h"
#include <unistd.h>

const char *const pl_credentials_variables[] = {
    "PLIMSOLL_REGISTRY_PASSWORD",
    "PLIMSOLL_REGISTRY_TOKEN",
    "DOCKER_AUTH_CONFIG",
    "PLIMSOLL_KEY_PASSPHRASE",
    NULL,
};

/* An environment variable, empty when it is not set. */
static pl_str variable(const char *name)
{
    return pl_str_from(getenv(name));
}

/* The variable's directory, or the one below the home directory; empty when there is neither. */
static pl_str dir_of(struct pl_arena *arena, const char *name, const char *below_home)
{
    pl_str home = variable("HOME");
    pl_str dir = variable(name);
    if (dir.len > 0 || home.len == 0) {
        return dir;
    }
    return pl_arena_format(arena, PL_STR_FMT "/%s", PL_STR_ARG(home), below_home);
}

/* podman keeps what is gone after a logout below /run. */
static pl_str runtime_dir(struct pl_arena *arena)
{
    pl_str dir = variable("XDG_RUNTIME_DIR");
    return dir.len > 0 ? pl_arena_format(arena, PL_STR_FMT "/containers", PL_STR_ARG(dir))
                       : pl_arena_format(arena, "/run/containers/%u", (unsigned)geteuid());
}

static pl_str docker_config(struct pl_arena *arena)
{
    pl_str dir = dir_of(arena, "DOCKER_CONFIG", ".docker");
    return dir.len > 0 ? pl_arena_format(arena, PL_STR_FMT "/config.json", PL_STR_ARG(dir))
                       : PL_STR_EMPTY;
}

/* What the environment says itself. Without PLIMSOLL_REGISTRY it is for the registries that the
 * user names, and a mirror is none. */
static enum pl_status find_in_environment(pl_str registry, bool is_named,
                                          struct pl_credentials *ret, struct pl_error *err)
{
    pl_str only = variable("PLIMSOLL_REGISTRY");
    bool is_meant = only.len > 0 ? pl_auth_is_same_registry(only, registry) : is_named;
    pl_str user = variable("PLIMSOLL_REGISTRY_USER");
    pl_str password = variable("PLIMSOLL_REGISTRY_PASSWORD");
    pl_str token = variable("PLIMSOLL_REGISTRY_TOKEN");
    if (!is_meant) {
        return PL_OK;
    }
    if ((user.len > 0) != (password.len > 0)) {
        return pl_error_set(err, PL_E_USAGE,
                            "PLIMSOLL_REGISTRY_USER and PLIMSOLL_REGISTRY_PASSWORD go together; "
                            "one of them is not set");
    }
    if (user.len > 0) {
        *ret = (struct pl_credentials){
            .user = user, .password = password, .found_in = PL_STR("PLIMSOLL_REGISTRY_USER")};
    } else if (token.len > 0) {
        *ret = (struct pl_credentials){.registry_token = token,
                                       .found_in = PL_STR("PLIMSOLL_REGISTRY_TOKEN")};
    }
    return PL_OK;
}

static enum pl_status ask_helper(struct pl_arena *arena, pl_str helper_name, pl_str registry,
                                 const char *file_name, struct pl_credentials *ret,
                                 struct pl_error *err)
{
    struct pl_helper helper = {.name = helper_name,
                               .server = pl_auth_server_name(registry),
                               .timeout_ms = PL_HELPER_TIMEOUT_MS};
    enum pl_status st = pl_helper_get(arena, &helper, ret, err);
    return st < 0 ? pl_error_wrap(err, "%s", file_name) : PL_OK;
}

static enum pl_status find_in(struct pl_arena *arena, const json_t *file, const char *name,
                              pl_str registry, pl_str repository, struct pl_credentials *ret,
                              struct pl_error *err)
{
    pl_str helper = pl_auth_file_helper(file, registry);
    if (helper.len > 0) {
        return ask_helper(arena, helper, registry, name, ret, err);
    }
    enum pl_status st = pl_auth_file_find(arena, file, name, registry, repository, ret, err);
    if (st < 0) {
        return st;
    }
    if (!pl_credentials_are_empty(ret)) {
        ret->found_in = pl_arena_dup(arena, pl_str_from(name));
        return PL_OK;
    }
    helper = pl_auth_file_default_helper(file);
    return helper.len > 0 ? ask_helper(arena, helper, registry, name, ret, err) : PL_OK;
}

static enum pl_status find_in_text(struct pl_arena *arena, const char *name, pl_str registry,
                                   pl_str repository, struct pl_credentials *ret,
                                   struct pl_error *err)
{
    pl_str text = variable(name);
    json_t *file pl_autojson = NULL;
    if (text.len == 0) {
        return PL_OK;
    }
    enum pl_status st = pl_auth_file_parse(text, name, &file, err);
    return st < 0 ? st : find_in(arena, file, name, registry, repository, ret, err);
}

/* A file that the user named must be there; one that is only looked for need not. */
static enum pl_status find_in_file(struct pl_arena *arena, pl_str path, bool is_stated,
                                   pl_str registry, pl_str repository, struct pl_credentials *ret,
                                   struct pl_error *err)
{
    json_t *file pl_autojson = NULL;
    const char *name = NULL;
    if (path.len == 0) {
        return PL_OK;
    }
    enum pl_status st = pl_arena_cstr(arena, path, &name, err);
    if (st == PL_OK) {
        st = pl_auth_file_read(name, &file, err);
    }
    if (st == PL_E_NOT_FOUND && !is_stated) {
        return PL_OK;
    }
    if (st < 0) {
        return is_stated ? pl_error_wrap(err, "REGISTRY_AUTH_FILE") : st;
    }
    return find_in(arena, file, name, registry, repository, ret, err);
}

static enum pl_status find(struct pl_arena *arena, pl_str registry, pl_str repository,
                           bool is_named, struct pl_credentials *ret, struct pl_error *err)
{
    struct pl_credentials found = {0};
    pl_str config = dir_of(arena, "XDG_CONFIG_HOME", ".config");
    const struct {
        pl_str path;
        bool is_stated;
    } files[] = {
        {variable("REGISTRY_AUTH_FILE"), true},
        {pl_arena_format(arena, PL_STR_FMT "/auth.json", PL_STR_ARG(runtime_dir(arena))), false},
        {config.len > 0
             ? pl_arena_format(arena, PL_STR_FMT "/containers/auth.json", PL_STR_ARG(config))
             : PL_STR_EMPTY,
         false},
        {docker_config(arena), false},
    };
    enum pl_status st = find_in_environment(registry, is_named, &found, err);
    if (st == PL_OK && pl_credentials_are_empty(&found)) {
        st = find_in_text(arena, "DOCKER_AUTH_CONFIG", registry, repository, &found, err);
    }
    for (size_t i = 0; st == PL_OK && i < PL_ARRAY_LEN(files) && pl_credentials_are_empty(&found);
         i++) {
        st = find_in_file(arena, files[i].path, files[i].is_stated, registry, repository, &found,
                          err);
    }
    if (st == PL_OK) {
        *ret = pl_credentials_are_empty(&found) ? (struct pl_credentials){0} : found;
    }
    return st;
}

enum pl_status pl_credentials_find(struct pl_arena *arena, pl_str registry, pl_str repository,
                                   struct pl_credentials *ret, struct pl_error *err)
{
    return find(arena, registry, repository, true, ret, err);
}

enum pl_status pl_credentials_find_for_mirror(struct pl_arena *arena, pl_str registry,
                                              pl_str repository, struct pl_credentials *ret,
                                              struct pl_error *err)
{
    return find(arena, registry, repository, false, ret, err);
}

/* Docker's file, an empty one when there is none yet, and its path. */
static enum pl_status open_docker_config(struct pl_arena *arena, const char **ret_path,
                                         json_t **ret, struct pl_error *err)
{
    pl_str path = docker_config(arena);
    if (path.len == 0) {
        return pl_error_set(err, PL_E_USAGE,
                            "neither HOME nor DOCKER_CONFIG is set, so there is no place for "
                            "credentials");
    }
    enum pl_status st = pl_auth_file_read(path.ptr, ret, err);
    if (st == PL_E_NOT_FOUND) {
        *ret = json_object();
        st = PL_OK;
    }
    *ret_path = path.ptr;
    return st;
}

static pl_str helper_for(const json_t *file, pl_str registry)
{
    pl_str helper = pl_auth_file_helper(file, registry);
    return helper.len > 0 ? helper : pl_auth_file_default_helper(file);
}

enum pl_status pl_credentials_store(struct pl_arena *arena, pl_str registry,
                                    const struct pl_credentials *credentials, pl_str *ret_where,
                                    struct pl_error *err)
{
    json_t *file pl_autojson = NULL;
    const char *path = NULL;
    if (pl_credentials_are_empty(credentials)) {
        return pl_error_set(err, PL_E_USAGE, "there are no credentials to keep");
    }
    enum pl_status st = open_docker_config(arena, &path, &file, err);
    if (st < 0) {
        return st;
    }
    struct pl_credentials kept = *credentials;
    struct pl_helper helper = {.name = helper_for(file, registry),
                               .server = pl_auth_server_name(registry),
                               .timeout_ms = PL_HELPER_TIMEOUT_MS};
    pl_str where = pl_str_from(path);
    if (helper.name.len > 0) {
        st = pl_helper_store(arena, &helper, credentials, err);
        kept = (struct pl_credentials){0};
        where = pl_arena_format(arena, "docker-credential-" PL_STR_FMT, PL_STR_ARG(helper.name));
    }
    if (st == PL_OK) {
        st = pl_auth_file_set(arena, file, registry, &kept, err);
    }
    if (st == PL_OK) {
        st = pl_auth_file_write(path, file, err);
    }
    if (st == PL_OK) {
        *ret_where = where;
    }
    return st;
}

enum pl_status pl_credentials_erase(struct pl_arena *arena, pl_str registry, pl_str *ret_where,
                                    struct pl_error *err)
{
    json_t *file pl_autojson = NULL;
    const char *path = NULL;
    enum pl_status st = open_docker_config(arena, &path, &file, err);
    if (st < 0) {
        return st;
    }
    struct pl_helper helper = {.name = helper_for(file, registry),
                               .server = pl_auth_server_name(registry),
                               .timeout_ms = PL_HELPER_TIMEOUT_MS};
    pl_str where = pl_str_from(path);
    size_t entries = json_object_size(json_object_get(file, "auths"));
    bool had_secret = false;
    pl_auth_file_remove(file, registry, &had_secret);
    bool is_changed = json_object_size(json_object_get(file, "auths")) < entries;
    if (helper.name.len > 0) {
        st = pl_helper_erase(arena, &helper, err);
        if (st == PL_OK) {
            where =
                pl_arena_format(arena, "docker-credential-" PL_STR_FMT, PL_STR_ARG(helper.name));
        } else if (st == PL_E_NOT_FOUND && had_secret) {
            st = PL_OK;
        }
    } else if (!had_secret) {
        st = pl_error_set(err, PL_E_NOT_FOUND, "%s holds no credentials for " PL_STR_FMT, path,
                          PL_STR_ARG(registry));
    }
    if (st == PL_OK && is_changed) {
        st = pl_auth_file_write(path, file, err);
    }
    if (st == PL_OK) {
        *ret_where = where;
    }
    return st;
}
