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

static enum pl_status ask(struct pl_docker *docker, struct pl_arena *arena, pl_str name,
                          pl_str engine, struct pl_container *ret, struct pl_error *err)
{
    pl_str escaped = PL_STR_EMPTY;
    json_t *answer pl_autojson = NULL;
    enum pl_status st = pl_docker_escape_name(arena, name, &escaped, err);
    if (st == PL_OK) {
        st = pl_docker_get(docker, container_path(arena, escaped, "json"), &answer, err);
    }
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
                                pl_str name, struct pl_container_found *ret, struct pl_error *err)
{
    struct pl_container_found found pl_autocontainer = {.root_fd = -1};
    enum pl_status st = pl_docker_open(arena, kind, &found.docker, err);
    if (st == PL_OK) {
        st = ask(found.docker, arena, name, pl_str_from(kind->name), &found.facts, err);
        st = st == PL_E_NOT_FOUND ? not_there(found.docker, arena, name, err) : st;
    }
    if (st < 0) {
        return st;
    }
    found.export = pl_docker_fetch(found.docker, container_path(arena, found.facts.id, "export"));
    if (pl_docker_is_local(found.docker)) {
        /* Where it cannot be had, the export is. */
        (void)pl_container_open_root(&found.facts, &found.root_fd, NULL);
    }
    *ret = found;
    found = (struct pl_container_found){.root_fd = -1};
    return PL_OK;
}

enum pl_status pl_container_find(struct pl_arena *arena, pl_str name,
                                 struct pl_container_found *ret, struct pl_error *err)
{
    struct pl_error failures[PL_ARRAY_LEN(kinds)];
    enum pl_status answered = PL_OK;
    size_t told = 0;
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        failures[i] = PL_ERROR_INIT;
        enum pl_status st = find_with(arena, kinds[i], name, ret, &failures[i]);
        if (st == PL_OK || st == PL_E_USAGE) {
            return st == PL_OK ? st : pl_error_set(err, st, "%s", failures[i].msg);
        }
        /* An engine that answered says more than one that is not there. */
        if (st == PL_E_NOT_FOUND && answered != PL_E_NOT_FOUND) {
            answered = st;
            told = i;
        }
    }
    if (answered == PL_E_NOT_FOUND) {
        return pl_error_set(err, answered, "%s", failures[told].msg);
    }
    return pl_error_set(err, failures[0].status, "%.230s; %.230s", failures[0].msg,
                        failures[1].msg);
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
