/* SPDX-License-Identifier: Apache-2.0 */
#include "image/docker/image.h"
#include "base/nearest.h"
#include "image/docker/answer.h"
#include "image/docker/store.h"
#include "image/reference.h"
#include <unistd.h>

enum { MOST_NEAR = 3, MOST_EDITS = 4 };

/* The part before the tag; the digits of a port are no tag. */
static pl_str without_tag(pl_str name)
{
    size_t colon = pl_str_find_last_char(name, ':');
    bool is_tag = colon != SIZE_MAX && pl_str_find_char(pl_str_skip(name, colon), '/') == SIZE_MAX;
    return is_tag ? pl_str_sub(name, 0, colon) : name;
}

/* What is behind the last slash: people leave out what stands before. */
static pl_str short_name(pl_str name)
{
    return pl_str_after_last(name, '/');
}

/* 0 for another tag of the same image, else by edits; SIZE_MAX: not near. */
static size_t farness(pl_str name, pl_str known)
{
    if (pl_str_eq(without_tag(name), without_tag(known))) {
        return 0;
    }
    if (pl_str_eq(short_name(without_tag(name)), short_name(without_tag(known)))) {
        return 1;
    }
    size_t most = name.len / 3 < MOST_EDITS ? name.len / 3 : MOST_EDITS;
    size_t edits = pl_nearest_distance(name, known, most);
    return edits == SIZE_MAX ? SIZE_MAX : edits + 1;
}

pl_str pl_docker_near_names(struct pl_arena *arena, pl_str name, const struct pl_strs *known)
{
    pl_str near[MOST_NEAR] = {{0}};
    size_t far[MOST_NEAR] = {0};
    size_t count = 0;
    for (size_t i = 0; i < known->count; i++) {
        size_t distance = farness(name, known->items[i]);
        size_t at = count;
        while (at > 0 && far[at - 1] > distance) {
            at--;
        }
        if (distance == SIZE_MAX || at == MOST_NEAR) {
            continue;
        }
        count += count < MOST_NEAR;
        memmove(&near[at + 1], &near[at], (count - at - 1) * sizeof(near[0]));
        memmove(&far[at + 1], &far[at], (count - at - 1) * sizeof(far[0]));
        near[at] = pl_str_sub(known->items[i], 0, 100);
        far[at] = distance;
    }
    pl_str text = PL_STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0           ? (count == 1 ? "; near it is " : "; near it are ")
                             : i + 1 == count ? " and "
                                              : ", ";
        text = pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(text), before,
                               PL_STR_ARG(near[i]));
    }
    return text;
}

static enum pl_status not_there(struct pl_docker *docker, struct pl_arena *arena, pl_str name,
                                struct pl_error *err)
{
    json_t *answer pl_autojson = NULL;
    struct pl_strs known = {0};
    if (pl_docker_get(docker, PL_STR("/images/json"), &answer, NULL) == PL_OK) {
        pl_docker_read_tags(arena, answer, &known);
    }
    pl_str title = pl_docker_title(docker);
    pl_str near = pl_docker_near_names(arena, name, &known);
    pl_str shown = pl_str_sub(name, 0, 100);
    struct pl_reference reference;
    bool is_name = pl_reference_parse(arena, name, &reference, NULL) == PL_OK;
    return pl_error_set(
        err, PL_E_NOT_FOUND, PL_STR_FMT " has no image " PL_STR_FMT PL_STR_FMT "%s" PL_STR_FMT "%s",
        PL_STR_ARG(title), PL_STR_ARG(shown), PL_STR_ARG(near), is_name ? "; registry:" : "",
        PL_STR_ARG(is_name ? shown : PL_STR_EMPTY), is_name ? " asks the registry" : "");
}

/* The whole of a name: "docker.io/library/nginx:1.25"; as it is where it is no reference. */
static pl_str whole_name(struct pl_arena *arena, pl_str name)
{
    struct pl_reference reference;
    return pl_reference_parse(arena, name, &reference, NULL) == PL_OK
               ? pl_reference_format(arena, &reference)
               : name;
}

/* Of an image's names the one that was asked for; asked for by its id, its first. Podman gives
 * "localhost/app:1" to what was asked for as "app:1". */
static pl_str name_of(struct pl_arena *arena, const struct pl_docker_image *image, pl_str asked)
{
    pl_str wanted = whole_name(arena, asked);
    pl_str end = pl_arena_format(arena, "/" PL_STR_FMT, PL_STR_ARG(asked));
    const struct pl_strs *lists[] = {&image->tags, &image->digests};
    pl_str first = PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            pl_str name = whole_name(arena, lists[i]->items[j]);
            if (pl_str_eq(name, wanted) || pl_str_ends_with(name, end)) {
                return name;
            }
            first = first.len > 0 ? first : name;
        }
    }
    return first;
}

/* The config, where it is known from an earlier run or lies in the engine's store, says exactly
 * what made each layer. The id is another document's where the engine keeps images in containerd's
 * store: then the config does not fit, and the engine is asked. */
static bool read_known_config(struct pl_arena *arena, const struct pl_image_documents *documents,
                              const struct pl_docker_store *store, struct pl_image *image)
{
    struct pl_digest id;
    pl_str bytes = PL_STR_EMPTY;
    struct pl_image known = {0};
    if (pl_digest_parse(image->digest, &id, NULL) < 0) {
        return false;
    }
    bool is_kept =
        documents && documents->find && documents->find(documents->context, arena, &id, &bytes);
    if (!is_kept && (!store || !pl_docker_store_config(store, arena, &id, &bytes))) {
        return false;
    }
    if (!is_kept && documents && documents->put) {
        documents->put(documents->context, &id, bytes);
    }
    if (pl_image_read_config(arena, bytes, &known, NULL) < 0 ||
        known.layers.count != image->layers.count) {
        return false;
    }
    for (size_t i = 0; i < known.layers.count; i++) {
        if (!pl_str_eq(known.layers.items[i].info.diff_id, image->layers.items[i].info.diff_id)) {
            return false;
        }
    }
    for (size_t i = 0; i < known.layers.count; i++) {
        image->layers.items[i].info.created_by = known.layers.items[i].info.created_by;
    }
    return true;
}

/* From API 1.48 on an engine may hold one name for several platforms, and is told which is meant;
 * older ones pass the parameter over. */
static pl_str platform_query(struct pl_arena *arena, const struct pl_platform *platform)
{
    struct pl_buf query pl_autobuf = PL_BUF_INIT(4096);
    if (platform->is_stated) {
        json_t *value pl_autojson =
            json_pack("{s:s%, s:s%}", "os", platform->os.ptr, platform->os.len, "architecture",
                      platform->architecture.ptr, platform->architecture.len);
        if (platform->variant.len > 0) {
            json_object_set_new(value, "variant",
                                json_stringn(platform->variant.ptr, platform->variant.len));
        }
        char *text pl_autofree = json_dumps(value, JSON_COMPACT);
        pl_buf_append(&query, PL_STR("?platform="));
        pl_http_append_escaped(&query, pl_str_from(text));
    }
    return query.overflowed ? PL_STR_EMPTY : pl_arena_dup(arena, pl_buf_str(&query));
}

static enum pl_status check_platform(struct pl_arena *arena, const struct pl_image *image,
                                     const struct pl_platform *platform, struct pl_error *err)
{
    if (!platform->is_stated || pl_platform_matches(platform, &image->platform)) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "the image is for " PL_STR_FMT ", not for " PL_STR_FMT,
                        PL_STR_ARG(pl_platform_format(arena, &image->platform)),
                        PL_STR_ARG(pl_platform_format(arena, platform)));
}

/* One image, as it is asked for in each question. */
struct question {
    struct pl_docker *docker;
    struct pl_arena *arena;
    pl_str name; /* as the user wrote it */
    pl_str path; /* escaped; by its id once that is known */
    pl_str query;
};

static pl_str image_path(const struct question *question, const char *what)
{
    return pl_arena_format(question->arena, "/images/" PL_STR_FMT "/%s" PL_STR_FMT,
                           PL_STR_ARG(question->path), what, PL_STR_ARG(question->query));
}

static enum pl_status ask(const struct question *question, struct pl_docker_image *ret,
                          struct pl_error *err)
{
    json_t *answer pl_autojson = NULL;
    enum pl_status st = pl_docker_get(question->docker, image_path(question, "json"), &answer, err);
    if (st == PL_E_NOT_FOUND && question->query.len == 0) {
        return not_there(question->docker, question->arena, question->name, err);
    }
    return st == PL_OK ? pl_docker_read_image(question->arena, answer, ret, err) : st;
}

/* The image as the engine describes it. */
static enum pl_status find_image(struct question *question, const struct pl_platform *platform,
                                 struct pl_docker_image *ret, struct pl_error *err)
{
    enum pl_status st =
        pl_docker_escape_name(question->arena, question->name, &question->path, err);
    if (st < 0) {
        return st;
    }
    st = ask(question, ret, err);
    if (st == PL_E_NOT_FOUND && question->query.len > 0) {
        /* Is the name not there, or the platform? */
        question->query = PL_STR_EMPTY;
        st = ask(question, ret, err);
    }
    if (st == PL_OK) {
        st = check_platform(question->arena, &ret->image, platform, err);
    }
    if (st == PL_OK && question->query.len == 0) {
        /* From here on by the id, lest the name comes to mean another image in between. Of one
         * platform of several it is the manifest's digest, by which the engine knows no image. */
        question->path = ret->image.digest;
    }
    return st;
}

/* Where the engine keeps the layers, when that can be read; else NULL, and the archive will do. The
 * image's own place says enough unless the engine is rootless. */
static struct pl_docker_store *open_store(struct pl_docker *docker, struct pl_arena *arena,
                                          struct pl_docker_image *found)
{
    json_t *answer pl_autojson = NULL;
    struct pl_docker_info info = {0};
    struct pl_docker_store *store = NULL;
    enum pl_status st = PL_E_NOT_FOUND;
    if (!pl_docker_is_local(docker) || geteuid() != 0) {
        return NULL;
    }
    if (pl_docker_info_from_place(found->driver, found->top_dir, &info)) {
        st = pl_docker_store_open(arena, &info, &found->image, &store, NULL);
    }
    bool may_be_elsewhere = st < 0 && pl_docker_store_is_known(found->driver);
    if (may_be_elsewhere && pl_docker_get(docker, PL_STR("/info"), &answer, NULL) == PL_OK) {
        pl_docker_read_info(arena, answer, &info);
        st = pl_docker_store_open(arena, &info, &found->image, &store, NULL);
    }
    return st == PL_OK ? store : NULL;
}

static void close_store(void *context)
{
    pl_docker_store_close(context);
}

static enum pl_status reach(struct pl_docker *docker, struct pl_arena *arena,
                            const struct pl_reach *how, pl_str name,
                            const struct pl_platform *platform, struct pl_reached *ret,
                            struct pl_error *err)
{
    struct question question = {
        .docker = docker, .arena = arena, .name = name, .query = platform_query(arena, platform)};
    struct pl_docker_image found = {0};
    enum pl_status st = find_image(&question, platform, &found, err);
    if (st < 0) {
        return st;
    }
    struct pl_docker_store *store = open_store(docker, arena, &found);
    json_t *history pl_autojson = NULL;
    /* Without the history the report says less, and nothing wrong. */
    if (!read_known_config(arena, how->documents, store, &found.image) &&
        pl_docker_get(docker, image_path(&question, "history"), &history, NULL) == PL_OK) {
        pl_docker_read_history(arena, history, &found.image);
    }
    *ret = (struct pl_reached){.image = found.image,
                               .name = name_of(arena, &found, name),
                               .archive = pl_docker_fetch(docker, image_path(&question, "get")),
                               .archive_selector = PL_STR_EMPTY,
                               .close = store ? close_store : NULL,
                               .context = store};
    return PL_OK;
}

enum pl_status pl_docker_reach(const struct pl_docker_kind *kind, struct pl_arena *arena,
                               const struct pl_reach *how, pl_str name,
                               const struct pl_platform *platform, struct pl_reached *ret,
                               struct pl_error *err)
{
    struct pl_docker *docker pl_autodocker = NULL;
    enum pl_status st = pl_docker_open(arena, kind, &docker, err);
    return st == PL_OK ? reach(docker, arena, how, name, platform, ret, err) : st;
}
