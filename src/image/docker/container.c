/* SPDX-License-Identifier: Apache-2.0 */
#include "image/docker/container.h"
#include "base/limits.h"
#include "image/docker/answer.h"
#include "image/docker/container_answer.h"
#include "image/docker/image.h"
#include "image/docker/process.h"

static const struct pl_docker_kind *const kinds[] = {&pl_docker_kind_docker,
                                                     &pl_docker_kind_podman};

static pl_str container_path(struct pl_arena *arena, pl_str name, const char *what)
{
    return pl_arena_format(arena, "/containers/" PL_STR_FMT "/%s", PL_STR_ARG(name), what);
}

static enum pl_status ask(struct pl_docker *docker, struct pl_arena *arena, pl_str escaped,
                          pl_str engine, struct pl_container *ret, struct pl_error *err)
{
    json_t *answer pl_autojson = NULL;
    enum pl_status st = pl_docker_get(docker, container_path(arena, escaped, "json"), &answer, err);
    return st == PL_OK ? pl_docker_read_container(arena, answer, engine, ret, err) : st;
}

/* An engine that does not have it: what it has instead. */
static enum pl_status not_there(struct pl_docker *docker, struct pl_arena *arena, pl_str name,
                                struct pl_error *err)
{
    json_t *answer pl_autojson = NULL;
    struct pl_strs known = {0};
    if (pl_docker_get(docker, PL_STR("/containers/json?all=1"), &answer, NULL) == PL_OK) {
        pl_docker_read_container_names(arena, answer, &known);
    }
    pl_str near = pl_docker_near_names(arena, name, &known);
    return pl_error_set(err, PL_E_NOT_FOUND, PL_STR_FMT " has no container " PL_STR_FMT PL_STR_FMT,
                        PL_STR_ARG(pl_docker_title(docker)), PL_STR_ARG(pl_str_sub(name, 0, 100)),
                        PL_STR_ARG(near));
}

static enum pl_status find_with(struct pl_arena *arena, const struct pl_docker_kind *kind,
                                pl_str name, pl_str escaped, struct pl_container_found *ret,
                                struct pl_error *err)
{
    struct pl_container_found found pl_autocontainer = {.root_fd = -1};
    enum pl_status st = pl_docker_open(arena, kind, &found.docker, err);
    if (st == PL_OK) {
        st = ask(found.docker, arena, escaped, pl_str_from(kind->name), &found.facts, err);
        st = st == PL_E_NOT_FOUND ? not_there(found.docker, arena, name, err) : st;
    }
    if (st < 0) {
        return st;
    }
    found.export = pl_docker_fetch(found.docker, container_path(arena, found.facts.id, "export"));
    if (pl_docker_is_local(found.docker) && geteuid() == 0) {
        /* Where it cannot be had, the export is. Other users could open it in a rootless engine's
         * container, and then not read what belongs to other users in there; the engine can. */
        (void)pl_container_open_root(&found.facts, &found.root_fd, NULL);
    }
    *ret = found;
    found = (struct pl_container_found){.root_fd = -1};
    return PL_OK;
}

/* That an engine has no such container says most, that there is no engine least. */
static unsigned weight(enum pl_status status)
{
    return status == PL_E_NOT_FOUND ? 2 : status == PL_E_NET ? 0 : 1;
}

static enum pl_status fail(const struct pl_error *failures, struct pl_error *err)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_ARRAY_LEN(kinds) * sizeof(failures->msg));
    enum pl_status st = failures[0].status;
    for (size_t i = 1; i < PL_ARRAY_LEN(kinds); i++) {
        st = weight(failures[i].status) > weight(st) ? failures[i].status : st;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        if (weight(failures[i].status) == weight(st)) {
            pl_buf_append_format(&text, "%s%.230s", text.len > 0 ? "; " : "", failures[i].msg);
        }
    }
    return pl_error_set(err, st, PL_STR_FMT, PL_STR_ARG(pl_buf_str(&text)));
}

enum pl_status pl_container_find(struct pl_arena *arena, pl_str name,
                                 struct pl_container_found *ret, struct pl_error *err)
{
    struct pl_error failures[PL_ARRAY_LEN(kinds)];
    pl_str escaped = PL_STR_EMPTY;
    enum pl_status st = pl_docker_escape_name(arena, name, &escaped, err);
    if (st < 0) {
        return st;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        failures[i] = PL_ERROR_INIT;
        if (find_with(arena, kinds[i], name, escaped, ret, &failures[i]) == PL_OK) {
            return PL_OK;
        }
    }
    return fail(failures, err);
}

void pl_container_release(struct pl_container_found *found)
{
    pl_docker_free(found->docker);
    found->docker = NULL;
    if (found->root_fd >= 0) {
        close(found->root_fd);
        found->root_fd = -1;
    }
}

static int by_path(const void *left, const void *right)
{
    const struct pl_container_change *a = left;
    const struct pl_container_change *b = right;
    int order = pl_str_cmp(a->path, b->path);
    return order != 0 ? order : (int)a->change - (int)b->change;
}

enum pl_status pl_container_read_changes(struct pl_arena *arena,
                                         const struct pl_container_found *found,
                                         struct pl_container_changes *ret, struct pl_error *err)
{
    json_t *answer pl_autojson = NULL;
    struct pl_container_changes changes = {0};
    enum pl_status st = pl_docker_get(
        found->docker, container_path(arena, found->facts.id, "changes"), &answer, err);
    if (st < 0) {
        return pl_error_wrap(err, "the changes of the container " PL_STR_FMT,
                             PL_STR_ARG(found->facts.name));
    }
    pl_docker_read_changes(arena, answer, &changes);
    if (changes.count > 0) {
        qsort(changes.items, changes.count, sizeof(changes.items[0]), by_path);
    }
    *ret = changes;
    return PL_OK;
}
