/* SPDX-License-Identifier: Apache-2.0 */
#include "image/registry/certs.h"
#include "base/io.h"
#include "base/limits.h"
#include <dirent.h>
#include <errno.h>

static DIR *open_first(struct pl_arena *arena, const struct pl_strs *dirs, pl_str host,
                       pl_str *ret_path)
{
    for (size_t i = 0; i < dirs->count; i++) {
        pl_str path = pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT, PL_STR_ARG(dirs->items[i]),
                                      PL_STR_ARG(host));
        DIR *dir = opendir(path.ptr);
        if (dir) {
            *ret_path = path;
            return dir;
        }
    }
    return NULL;
}

/* Names in the directory, sorted, so that the first client certificate is always the same. */
static enum pl_status list(struct pl_arena *arena, DIR *dir, pl_str path, struct pl_strs *ret,
                           struct pl_error *err)
{
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (ret->count == PL_LIMIT_CERT_FILES) {
            return pl_error_set(err, PL_E_LIMIT, PL_STR_FMT " has more than %d files",
                                PL_STR_ARG(path), PL_LIMIT_CERT_FILES);
        }
        *pl_vec_push(arena, ret) = pl_arena_dup(arena, pl_str_from(entry->d_name));
    }
    pl_strs_sort(ret);
    return PL_OK;
}

static const char *file_in(struct pl_arena *arena, pl_str dir, pl_str stem, const char *suffix)
{
    return pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT "%s", PL_STR_ARG(dir), PL_STR_ARG(stem),
                           suffix)
        .ptr;
}

/* `name` without `suffix`; false when it does not end in it. */
static bool has_suffix(pl_str name, pl_str suffix, pl_str *ret_stem)
{
    if (!pl_str_ends_with(name, suffix)) {
        return false;
    }
    *ret_stem = pl_str_sub(name, 0, name.len - suffix.len);
    return true;
}

static bool contains(const struct pl_strs *names, pl_str stem, pl_str suffix)
{
    for (size_t i = 0; i < names->count; i++) {
        pl_str found = PL_STR_EMPTY;
        if (has_suffix(names->items[i], suffix, &found) && pl_str_eq(found, stem)) {
            return true;
        }
    }
    return false;
}

static enum pl_status check_pair(const struct pl_strs *names, pl_str stem, const char *there,
                                 const char *missing, pl_str dir, struct pl_error *err)
{
    if (contains(names, stem, pl_str_from(missing))) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_USAGE,
                        PL_STR_FMT "/" PL_STR_FMT "%s stands without its " PL_STR_FMT
                                   "%s (certificates of authorities end in .crt)",
                        PL_STR_ARG(dir), PL_STR_ARG(stem), there, PL_STR_ARG(stem), missing);
}

static enum pl_status join(struct pl_arena *arena, const struct pl_strs *files, pl_str *ret,
                           struct pl_error *err)
{
    struct pl_buf all pl_autobuf = PL_BUF_INIT(PL_LIMIT_CERT_BYTES);
    for (size_t i = 0; i < files->count; i++) {
        enum pl_status st = pl_io_read_file(files->items[i].ptr, &all, err);
        if (st < 0) {
            return st;
        }
        pl_buf_append_char(&all, '\n');
    }
    *ret = pl_arena_dup(arena, pl_buf_str(&all));
    return pl_buf_status(&all, "the files of trusted certificates", err);
}

static enum pl_status read_names(struct pl_arena *arena, const struct pl_strs *names, pl_str dir,
                                 struct pl_http_transport *transport, struct pl_error *err)
{
    struct pl_strs authorities = {0};
    struct pl_http_transport found = *transport;
    enum pl_status st = PL_OK;
    if (found.ca_file) {
        *pl_vec_push(arena, &authorities) = pl_str_from(found.ca_file);
    }
    for (size_t i = 0; st == PL_OK && i < names->count; i++) {
        pl_str stem = PL_STR_EMPTY;
        if (has_suffix(names->items[i], PL_STR(".crt"), &stem)) {
            *pl_vec_push(arena, &authorities) = pl_str_from(file_in(arena, dir, stem, ".crt"));
        } else if (has_suffix(names->items[i], PL_STR(".cert"), &stem)) {
            st = check_pair(names, stem, ".cert", ".key", dir, err);
            if (st == PL_OK && !found.client_cert) {
                found.client_cert = file_in(arena, dir, stem, ".cert");
                found.client_key = file_in(arena, dir, stem, ".key");
            }
        } else if (has_suffix(names->items[i], PL_STR(".key"), &stem)) {
            st = check_pair(names, stem, ".key", ".cert", dir, err);
        }
    }
    if (st == PL_OK && authorities.count == 1) {
        found.ca_file = authorities.items[0].ptr;
    } else if (st == PL_OK && authorities.count > 1) {
        found.ca_file = NULL;
        st = join(arena, &authorities, &found.ca_pem, err);
    }
    if (st == PL_OK) {
        *transport = found;
    }
    return st;
}

enum pl_status pl_registry_certs(struct pl_arena *arena, const struct pl_strs *dirs, pl_str host,
                                 struct pl_http_transport *transport, struct pl_error *err)
{
    pl_str path = PL_STR_EMPTY;
    struct pl_strs names = {0};
    DIR *dir = open_first(arena, dirs, host, &path);
    if (!dir) {
        return PL_OK;
    }
    enum pl_status st = list(arena, dir, path, &names, err);
    closedir(dir);
    return st < 0 ? st : read_names(arena, &names, path, transport, err);
}
