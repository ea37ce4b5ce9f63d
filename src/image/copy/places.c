/* SPDX-License-Identifier: Apache-2.0 */
#include "image/copy/places.h"
#include "base/nearest.h"
#include <sys/stat.h>

static const struct pl_copy_place *const places[] = {
    &pl_copy_place_docker,  &pl_copy_place_docker_archive, &pl_copy_place_oci_archive,
    &pl_copy_place_oci_dir, &pl_copy_place_podman,         &pl_copy_place_registry,
};

/* "host:5000/name" has no scheme, though it has a colon. */
static bool is_reference(pl_str scheme, pl_str rest)
{
    pl_str digits = pl_str_take_while(&rest, pl_char_is_digit);
    bool is_port = digits.len > 0 && (rest.len == 0 || rest.ptr[0] == '/');
    return is_port || pl_str_find_char(scheme, '.') != SIZE_MAX ||
           pl_str_find_char(scheme, '/') != SIZE_MAX;
}

enum pl_status pl_copy_place_find(pl_str spelling, const struct pl_copy_place **ret,
                                  pl_str *ret_rest, struct pl_error *err)
{
    pl_str scheme = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    bool has_colon = pl_str_cut(spelling, ':', &scheme, &rest);
    struct pl_nearest nearest = pl_nearest_start(scheme);
    for (size_t i = 0; has_colon && i < PL_ARRAY_LEN(places); i++) {
        if (pl_str_eq(scheme, pl_str_from(places[i]->scheme))) {
            *ret = places[i];
            *ret_rest = rest;
            return PL_OK;
        }
        pl_nearest_offer(&nearest, places[i]->scheme);
    }
    bool is_other = has_colon && !is_reference(scheme, rest) &&
                    (pl_str_eq(scheme, PL_STR("dir")) || pl_str_eq(scheme, PL_STR("oci")) ||
                     pl_str_eq(scheme, PL_STR("containerd")) ||
                     pl_str_starts_with(rest, PL_STR("//")) || nearest.best);
    if (is_other) {
        return pl_error_set(err, PL_E_USAGE,
                            PL_STR_FMT ": is no place to copy from or to; known are docker:, "
                                       "docker-archive:, oci-archive:, oci-dir:, podman: and "
                                       "registry:%s%s%s",
                            PL_STR_ARG(scheme), nearest.best ? "; was " : "",
                            nearest.best ? nearest.best : "", nearest.best ? ": meant?" : "");
    }
    *ret = &pl_copy_place_registry;
    *ret_rest = spelling;
    return PL_OK;
}

static bool exists(struct pl_arena *arena, pl_str path)
{
    struct stat info;
    const char *name = NULL;
    return path.len > 0 && pl_arena_cstr(arena, path, &name, NULL) == PL_OK &&
           stat(name, &info) == 0;
}

void pl_copy_split_path(struct pl_arena *arena, pl_str text, const char **ret_path,
                        pl_str *ret_selector)
{
    pl_str path = text;
    pl_str selector = PL_STR_EMPTY;
    bool is_found = exists(arena, text);
    for (size_t i = 0; i < text.len && !is_found; i++) {
        if (text.ptr[i] == ':' && exists(arena, pl_str_sub(text, 0, i))) {
            path = pl_str_sub(text, 0, i);
            selector = pl_str_skip(text, i + 1);
            is_found = true;
        }
    }
    if (!is_found) {
        pl_str_cut(text, ':', &path, &selector);
    }
    *ret_path = pl_arena_dup(arena, path).ptr;
    *ret_selector = selector;
}
