/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine answers, read by every reader of such answers, and by that of a list of layers;
 * and, after the byte 0xff, an address of an engine, a name, and the kernel's words about a
 * process. What comes out has to be what the next stage takes for granted.
 */
#include "image/docker/answer.h"
#include "image/docker/container_answer.h"
#include "image/docker/image.h"
#include "image/docker/process.h"
#include "image/docker/store.h"
#include "image/layer_dir.h"
#include "target.h"
#include <stdlib.h>

static void expect(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void read_image(struct pl_arena *arena, const json_t *answer)
{
    struct pl_docker_image found = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_digest digest;
    if (pl_docker_read_image(arena, answer, &found, &err) < 0) {
        return;
    }
    expect(pl_digest_parse(found.image.digest, &digest, NULL) == PL_OK);
    pl_docker_read_history(arena, answer, &found.image);
    const json_t *history = json_object_get(answer, "history");
    pl_docker_read_history(arena, history, &found.image);
    struct pl_docker_info info;
    if (pl_docker_info_from_place(found.driver, found.top_dir, &info)) {
        expect(info.root.len > 0 && info.root.len < found.top_dir.len);
    }
    for (size_t i = 0; i < found.image.layers.count; i++) {
        expect(found.image.layers.items[i].diff_id.text[0] != '\0');
    }
}

static void read_container(struct pl_arena *arena, const json_t *answer)
{
    struct pl_container container;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_docker_read_container(arena, answer, PL_STR("docker"), &container, &err) == PL_OK) {
        expect(container.id.len == 64);
        for (size_t i = 0; i < container.env_names.count; i++) {
            expect(pl_str_find_char(container.env_names.items[i], '=') == SIZE_MAX);
        }
    }
    struct pl_container_changes changes = {0};
    pl_docker_read_changes(arena, answer, &changes);
    for (size_t i = 0; i < changes.count; i++) {
        expect(changes.items[i].path.len > 0 && changes.items[i].path.ptr[0] != '/');
    }
}

static void read_lists(struct pl_arena *arena, const json_t *answer)
{
    struct pl_strs tags = {0};
    struct pl_strs names = {0};
    pl_docker_read_tags(arena, answer, &tags);
    pl_docker_read_container_names(arena, answer, &names);
    if (tags.count > 0) {
        (void)pl_docker_near_names(arena, tags.items[0], &names);
    }
}

static void read_words(struct pl_arena *arena, pl_str text)
{
    struct pl_docker_tls tls = {.is_on = text.len % 2};
    struct pl_docker_host host;
    struct pl_error err = PL_ERROR_INIT;
    pl_str escaped = PL_STR_EMPTY;
    uint64_t ticks = 0;
    int64_t seconds = 0;
    if (pl_docker_host_parse(arena, &pl_docker_kind_docker, text, &tls, &host, &err) == PL_OK &&
        host.ssh) {
        expect(host.ssh->host[0] != '-' && host.ssh->host[0] != '\0');
        expect(!host.ssh->user || host.ssh->user[0] != '-');
    }
    if (pl_docker_escape_name(arena, text, &escaped, &err) == PL_OK) {
        expect(!pl_str_contains(escaped, PL_STR("/../")) && escaped.ptr[0] != '/');
    }
    (void)pl_container_is_group(text, PL_STR("0123456789abcdef"));
    (void)pl_container_start_ticks(text, &ticks);
    (void)pl_container_time(text, &seconds);
}

/* An image of two layers of one digit each, looked for in what may be a list of layers. */
static void read_layer_list(struct pl_arena *arena, pl_str text)
{
    struct pl_image image = {0};
    pl_str ids[2] = {{0}};
    for (char digit = '1'; digit <= '2'; digit++) {
        struct pl_image_layer *layer = pl_vec_push(arena, &image.layers);
        *layer = (struct pl_image_layer){.part = {.fd = -1}};
        memcpy(layer->diff_id.text, "sha256:", 7);
        memset(layer->diff_id.text + 7, digit, 64);
    }
    struct pl_error err = PL_ERROR_INIT;
    if (pl_docker_read_layer_list(arena, text, &image, ids, &err) == PL_OK) {
        expect(pl_layer_dir_is_id(ids[0]) && pl_layer_dir_is_id(ids[1]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str json = PL_STR_EMPTY;
    pl_str words = PL_STR_EMPTY;
    pl_str_cut(pl_str_make((const char *)data, size), (char)0xff, &json, &words);
    json_t *answer pl_autojson = NULL;
    if (pl_json_parse(json, "the answer", &answer, NULL) == PL_OK) {
        read_image(&arena, answer);
        read_container(&arena, answer);
        read_lists(&arena, answer);
        struct pl_docker_info info;
        pl_docker_read_info(&arena, answer, &info);
    }
    read_layer_list(&arena, json);
    read_words(&arena, words);
    return 0;
}
