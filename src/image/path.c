/* SPDX-License-Identifier: Apache-2.0 */
#include "image/path.h"
#include "base/limits.h"

enum pl_status pl_path_clean(pl_str path, char *into, pl_str *ret, struct pl_error *err)
{
    pl_str all = path;
    size_t len = 0;
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&path, '/', &segment)) {
        if (segment.len == 0 || pl_str_eq(segment, PL_STR("."))) {
            continue;
        }
        if (pl_str_eq(segment, PL_STR(".."))) {
            return pl_error_set(err, PL_E_PARSE, "\"" PL_STR_FMT "\" leaves the root",
                                PL_STR_ARG(pl_str_sub(all, 0, 200)));
        }
        if (len + 1 + segment.len >= PL_LIMIT_PATH_BYTES) {
            return pl_error_set(err, PL_E_LIMIT, "\"" PL_STR_FMT "...\" is longer than %d bytes",
                                PL_STR_ARG(pl_str_sub(all, 0, 80)), PL_LIMIT_PATH_BYTES);
        }
        if (len > 0) {
            into[len++] = '/';
        }
        memcpy(into + len, segment.ptr, segment.len);
        len += segment.len;
    }
    into[len] = '\0';
    *ret = pl_str_make(into, len);
    return PL_OK;
}

static size_t append_segments(char *into, size_t len, size_t room, pl_str path)
{
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&path, '/', &segment)) {
        if (segment.len == 0 || pl_str_eq(segment, PL_STR("."))) {
            continue;
        }
        if (pl_str_eq(segment, PL_STR(".."))) {
            len = pl_path_parent(pl_str_make(into, len)).len;
            continue;
        }
        if (len + 1 + segment.len >= room) {
            return len;
        }
        if (len > 0) {
            into[len++] = '/';
        }
        memcpy(into + len, segment.ptr, segment.len);
        len += segment.len;
    }
    return len;
}

pl_str pl_path_resolve(struct pl_arena *arena, pl_str from, pl_str target)
{
    size_t room = from.len + target.len + 2;
    char *into = pl_arena_alloc(arena, room, 1);
    size_t len = 0;
    if (!pl_str_starts_with(target, PL_STR("/"))) {
        len = append_segments(into, 0, room, pl_path_parent(from));
    }
    len = append_segments(into, len, room, target);
    return pl_str_make(into, len);
}

pl_str pl_path_parent(pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    return slash == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(path, 0, slash);
}

pl_str pl_path_base(pl_str path)
{
    return pl_str_after_last(path, '/');
}
