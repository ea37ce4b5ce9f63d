/* SPDX-License-Identifier: Apache-2.0 */
/* Chain ids, and where layers lie, as Docker 20.10 and Podman 4.3 had them for one image of three
 * layers (tests/data/engine); and storage made by hand, as it should be and not. */
#include "image/docker/store.h"
#include "image/layer_dir.h"
#include "unit/image/engine_fixture.h"
#include <fcntl.h>
#include <sys/stat.h>

#define HEX_A "17a9ce4b31364f5ced4bf080086893ffae87c8d0669ede63142224b5e172c7aa"
#define HEX_B "f8f42b34bcfa76505a8b53bf1a68a14854abcad79611f9c69ae9f58ece03e2c3"
#define LINK "LFIGWXDJORFC27OEAIHKMF6BZW"

/* What the image's diff_ids are, what Docker called the directories of its list of layers, and
 * Podman the layers. */
static const struct {
    const char *diff_id;
    const char *chain_id;
    const char *podman_id;
} known[] = {
    {"sha256:5107a50c3d7a1dad1c224b4b8ca8d7fc48f3ea9b4172ffad3b2496e232190e73",
     "sha256:5107a50c3d7a1dad1c224b4b8ca8d7fc48f3ea9b4172ffad3b2496e232190e73",
     "5107a50c3d7a1dad1c224b4b8ca8d7fc48f3ea9b4172ffad3b2496e232190e73"},
    {"sha256:389582ea145007471c6d5e573c9cad67a6f43181290e219a20c7fd9f0f2b3ba6",
     "sha256:b5f30b75d7104e4362087384815793d7042226a5f3152da2bf6b25893b6164c1",
     "209a67d01bb0b5102cd7e8944dec3c1f24be22173179816a5d84a9089d2bfd20"},
    {"sha256:51ff423da8a874478fc53bd61cc9ff81e038c7356faf9d269629b83273cf36ef",
     "sha256:cd25a7c453cc45cabb8c8b3efa995ca7554913432900ec9c4795a3c9796e1757",
     "e0c26e9a0fe4b4ac3d720cdada53f4a6f047ced2e4609f4ca18370edbcf3a084"},
};

enum { COUNT = PL_ARRAY_LEN(known) };

static struct pl_image known_image(struct pl_arena *arena)
{
    struct pl_image image = {0};
    for (size_t i = 0; i < COUNT; i++) {
        struct pl_image_layer *layer = pl_vec_push(arena, &image.layers);
        *layer = (struct pl_image_layer){.part = {.fd = -1}};
        assert_int_equal(pl_digest_parse(pl_str_from(known[i].diff_id), &layer->diff_id, NULL),
                         PL_OK);
    }
    return image;
}

static void test_store__chain_ids_are_those_of_docker(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image = known_image(&arena);
    struct pl_digest chains[COUNT];
    pl_docker_chain_ids(image.layers.items, COUNT, chains);
    for (size_t i = 0; i < COUNT; i++) {
        assert_string_equal(chains[i].text, known[i].chain_id);
    }
}

static void test_store__layers_are_found_in_podmans_list(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image = known_image(&arena);
    pl_str ids[COUNT];
    pl_str list = engine_text(&arena, "podman-layers.json");
    assert_int_equal(pl_docker_read_layer_list(&arena, list, &image, ids, NULL), PL_OK);
    for (size_t i = 0; i < COUNT; i++) {
        pl_assert_str(ids[i], known[i].podman_id);
    }
    for (size_t len = 0; len < list.len; len++) {
        assert_true(pl_docker_read_layer_list(&arena, pl_str_sub(list, 0, len), &image, ids, NULL) <
                    0);
    }
}

/* `text` has a layer of diff_id 0 in some form. */
static enum pl_status find_first(const char *text)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_image image = known_image(&arena);
    pl_str ids[COUNT];
    image.layers.count = 1;
    return pl_docker_read_layer_list(&arena, pl_str_from(text), &image, ids, NULL);
}

static void test_store__only_whole_layers_with_plain_ids_are_taken(void **state)
{
#define DIGEST                                                                                     \
    "\"diff-digest\":\"sha256:5107a50c3d7a1dad1c224b4b8ca8d7fc48f3ea9b4172ffad3b2496e232190e73\""
    assert_int_equal(find_first("[{\"id\":\"" HEX_A "\"," DIGEST "}]"), PL_OK);
    static const char *const odd[] = {
        "[]",
        "{}",
        "null",
        "[null,1,[],\"\"]",
        "[{" DIGEST "}]",
        "[{\"id\":7," DIGEST "}]",
        "[{\"id\":\"\"," DIGEST "}]",
        "[{\"id\":\"..\"," DIGEST "}]",
        "[{\"id\":\"../../../../../../../../../../../../../../../../../../../../../etc\"," DIGEST
        "}]",
        "[{\"id\":\"17A9CE4B31364F5CED4BF080086893FFAE87C8D0669EDE63142224B5E172C7AA\"," DIGEST
        "}]",
        "[{\"id\":\"" HEX_A "0\"," DIGEST "}]",
        "[{\"id\":\"" HEX_A "\",\"flags\":{\"incomplete\":true}," DIGEST "}]",
        "[{\"id\":\"" HEX_A "\",\"diff-digest\":\"\"}]",
        "[{\"id\":\"" HEX_A "\",\"compressed-diff-digest\":\"sha256:5107\"}]",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(odd); i++) {
        assert_true(find_first(odd[i]) < 0);
    }
#undef DIGEST
}

static void test_store__what_engines_say_of_their_storage(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker_info info;
    json_t *docker pl_autojson = engine_json(&arena, "docker-info.json");
    pl_docker_read_info(&arena, docker, &info);
    pl_assert_str(info.driver, "overlay2");
    pl_assert_str(info.root, "/var/lib/docker");
    assert_false(info.is_rootless);
    json_t *podman pl_autojson = engine_json(&arena, "podman-info.json");
    pl_docker_read_info(&arena, podman, &info);
    pl_assert_str(info.driver, "overlay");
    pl_assert_str(info.root, "/var/lib/containers/storage");
    assert_false(info.is_rootless);
    json_t *rootless pl_autojson =
        json_pack("{s:[s,s]}", "SecurityOptions", "name=seccomp", "name=rootless");
    pl_docker_read_info(&arena, rootless, &info);
    assert_true(info.is_rootless);
    assert_int_equal(info.driver.len, 0);
    /* Podman says it in a member of its own. */
    json_t *podman_rootless pl_autojson = json_pack("{s:b}", "Rootless", 1);
    pl_docker_read_info(&arena, podman_rootless, &info);
    assert_true(info.is_rootless);
    pl_docker_read_info(&arena, NULL, &info);
    assert_false(info.is_rootless);
}

/* The home of a driver, made by hand. */
struct home {
    struct pl_arena arena;
    char path[64];
    int fd;
};

static void put(const struct home *home, const char *name, const char *text)
{
    int fd pl_autoclose = openat(home->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void make_layer(const struct home *home, const char *id)
{
    char name[128];
    (void)snprintf(name, sizeof(name), "%s", id);
    assert_int_equal(mkdirat(home->fd, name, 0755), 0);
    (void)snprintf(name, sizeof(name), "%s/diff", id);
    assert_int_equal(mkdirat(home->fd, name, 0755), 0);
    (void)snprintf(name, sizeof(name), "%s/link", id);
    put(home, name, LINK);
}

static int make_home(void **state)
{
    struct home *home = pl_mem_alloc(1, sizeof(*home));
    (void)snprintf(home->path, sizeof(home->path), "/tmp/pl-test-store-XXXXXX");
    *state = home;
    if (!mkdtemp(home->path)) {
        return -1;
    }
    home->fd = open(home->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    make_layer(home, HEX_A);
    return mkdirat(home->fd, "l", 0755) == 0 ? symlinkat("../" HEX_A "/diff", home->fd, "l/" LINK)
                                             : -1;
}

static int remove_home(void **state)
{
    struct home *home = *state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -r %s", home->path);
    close(home->fd);
    pl_arena_release(&home->arena);
    free(home);
    return system(command);
}

static enum pl_status open_layer(struct home *home, const char *id)
{
    struct pl_layer_dir dir = {.fd = -1};
    enum pl_status st = pl_layer_dir_open(&home->arena, home->fd, pl_str_from(id), &dir, NULL);
    assert_true((st == PL_OK) == (dir.fd >= 0));
    pl_fd_closep(&dir.fd);
    return st;
}

static void test_layer_dir__is_there_until_its_removal_begins(void **state)
{
    struct home *home = *state;
    struct pl_layer_dir dir;
    assert_int_equal(pl_layer_dir_open(&home->arena, home->fd, PL_STR(HEX_A), &dir, NULL), PL_OK);
    assert_true(pl_layer_dir_is_there(&dir));
    assert_int_equal(renameat(home->fd, HEX_A, home->fd, "away"), 0);
    assert_false(pl_layer_dir_is_there(&dir));
    make_layer(home, HEX_A); /* another one of that name */
    assert_false(pl_layer_dir_is_there(&dir));
    close(dir.fd);
    assert_int_equal(pl_layer_dir_open(&home->arena, home->fd, PL_STR(HEX_A), &dir, NULL), PL_OK);
    assert_int_equal(unlinkat(home->fd, "l/" LINK, 0), 0);
    assert_false(pl_layer_dir_is_there(&dir));
    close(dir.fd);
    assert_true(open_layer(home, HEX_A) < 0);
}

static void test_layer_dir__names_are_digits_and_nothing_else(void **state)
{
    struct home *home = *state;
    static const char *const odd[] = {"",
                                      ".",
                                      "..",
                                      "l",
                                      "17a9",
                                      HEX_A "/diff",
                                      "../" HEX_A,
                                      "/",
                                      "17A9CE4B31364F5CED4BF080086893FFAE87C8D0669EDE63142224B"
                                      "5E172C7AA"};
    assert_int_equal(open_layer(home, HEX_A), PL_OK);
    for (size_t i = 0; i < PL_ARRAY_LEN(odd); i++) {
        assert_int_equal(open_layer(home, odd[i]), PL_E_PARSE);
    }
    assert_int_equal(open_layer(home, HEX_B), PL_E_NOT_FOUND);
}

static void test_layer_dir__no_link_is_followed(void **state)
{
    struct home *home = *state;
    assert_int_equal(symlinkat(HEX_A, home->fd, HEX_B), 0);
    assert_true(open_layer(home, HEX_B) < 0);
    assert_int_equal(unlinkat(home->fd, HEX_B, 0), 0);
    make_layer(home, HEX_B);
    assert_int_equal(open_layer(home, HEX_B), PL_OK);
    assert_int_equal(unlinkat(home->fd, HEX_B "/diff", AT_REMOVEDIR), 0);
    assert_int_equal(symlinkat("/etc", home->fd, HEX_B "/diff"), 0);
    assert_true(open_layer(home, HEX_B) < 0);
    assert_int_equal(unlinkat(home->fd, HEX_B "/diff", 0), 0);
    put(home, HEX_B "/diff", "a file");
    assert_true(open_layer(home, HEX_B) < 0);
}

static void test_layer_dir__odd_short_names_and_kinds(void **state)
{
    struct home *home = *state;
    static const char *const odd[] = {"", "../../../../../etc/passwd", "LFIGWXDJORFC27OEAIHKMF6BZ",
                                      LINK "Z", "lfigwxdjorfc27oeaihkmf6bzw"};
    for (size_t i = 0; i < PL_ARRAY_LEN(odd); i++) {
        put(home, HEX_A "/link", odd[i]);
        assert_true(open_layer(home, HEX_A) < 0);
    }
    put(home, HEX_A "/link", LINK "\n");
    assert_int_equal(open_layer(home, HEX_A), PL_OK);
    assert_int_equal(mkdirat(home->fd, HEX_A "/composefs-data", 0755), 0);
    assert_int_equal(open_layer(home, HEX_A), PL_E_NOT_FOUND);
    assert_int_equal(unlinkat(home->fd, HEX_A "/composefs-data", AT_REMOVEDIR), 0);
    assert_int_equal(unlinkat(home->fd, HEX_A "/link", 0), 0);
    assert_int_equal(mkfifoat(home->fd, HEX_A "/link", 0644), 0);
    assert_true(open_layer(home, HEX_A) < 0);
}

/* What is read of an engine's own files: plain ones, up to the ceiling. */
static void test_layer_dir__reads_regular_files(void **state)
{
    struct home *home = *state;
    pl_str text = PL_STR_EMPTY;
    pl_str path = PL_STR(HEX_A "/link");
    assert_int_equal(pl_layer_dir_read(&home->arena, home->fd, path, 26, &text, NULL), PL_OK);
    pl_assert_str(text, LINK);
    assert_int_equal(pl_layer_dir_read(&home->arena, home->fd, path, 25, &text, NULL), PL_E_LIMIT);
    assert_int_equal(
        pl_layer_dir_read(&home->arena, home->fd, PL_STR(HEX_A "/diff"), 26, &text, NULL),
        PL_E_NOT_FOUND);
    put(home, "plain", "text");
    assert_int_equal(pl_layer_dir_read(&home->arena, home->fd, PL_STR("plain"), 26, &text, NULL),
                     PL_OK);
    pl_assert_str(text, "text");
    assert_int_equal(symlinkat("plain", home->fd, "link"), 0);
    assert_int_equal(pl_layer_dir_read(&home->arena, home->fd, PL_STR("link"), 26, &text, NULL),
                     PL_E_NOT_FOUND);
}

static void test_store__the_place_of_an_image(void **state)
{
    struct pl_docker_info info;
    assert_true(pl_docker_info_from_place(
        PL_STR("overlay2"), PL_STR("/var/lib/docker/overlay2/" HEX_A "/diff"), &info));
    pl_assert_str(info.root, "/var/lib/docker");
    pl_assert_str(info.driver, "overlay2");
    static const char *const odd[] = {"",
                                      "/",
                                      "diff",
                                      HEX_A "/diff",
                                      "overlay2/" HEX_A "/diff",
                                      "/var/lib/docker/overlay/" HEX_A "/diff",
                                      "/var/lib/docker/overlay2/" HEX_A "/root",
                                      "/var/lib/docker/overlay2/" HEX_A "0/diff",
                                      "/var/lib/docker/overlay2/../diff"};
    for (size_t i = 0; i < PL_ARRAY_LEN(odd); i++) {
        assert_false(pl_docker_info_from_place(PL_STR("overlay2"), pl_str_from(odd[i]), &info));
    }
    assert_true(pl_docker_store_is_known(PL_STR("overlay2")));
    assert_false(pl_docker_store_is_known(PL_STR("vfs")));
}

static void test_store__other_kinds_of_storage_are_left_alone(void **state)
{
    struct home *home = *state;
    struct pl_image image = known_image(&home->arena);
    static const struct pl_docker_info odd[] = {
        {.driver = PL_STR_INIT("overlayfs"), .root = PL_STR_INIT("/tmp")},
        {.driver = PL_STR_INIT("vfs"), .root = PL_STR_INIT("/tmp")},
        {.driver = PL_STR_INIT(""), .root = PL_STR_INIT("/tmp")},
        {.driver = PL_STR_INIT("../overlay2"), .root = PL_STR_INIT("/tmp")},
        {.driver = PL_STR_INIT("overlay2"), .root = PL_STR_INIT("")},
        {.driver = PL_STR_INIT("overlay2"), .root = PL_STR_INIT("tmp")},
        {.driver = PL_STR_INIT("overlay2"), .root = PL_STR_INIT("/tmp\0x")},
        {.driver = PL_STR_INIT("overlay2"), .root = PL_STR_INIT("/nowhere/at/all")},
        {.driver = PL_STR_INIT("overlay2"), .root = PL_STR_INIT("/tmp")},
        {.driver = PL_STR_INIT("overlay"), .root = PL_STR_INIT("/tmp")},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(odd); i++) {
        struct pl_docker_store *store = NULL;
        assert_true(pl_docker_store_open(&home->arena, &odd[i], &image, &store, NULL) < 0);
        assert_null(store);
        assert_null(image.layers.items[0].part.dir);
    }
}

int pl_test_docker_store(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store__chain_ids_are_those_of_docker),
        cmocka_unit_test(test_store__layers_are_found_in_podmans_list),
        cmocka_unit_test(test_store__only_whole_layers_with_plain_ids_are_taken),
        cmocka_unit_test(test_store__what_engines_say_of_their_storage),
        cmocka_unit_test(test_store__the_place_of_an_image),
        cmocka_unit_test_setup_teardown(test_layer_dir__is_there_until_its_removal_begins,
                                        make_home, remove_home),
        cmocka_unit_test_setup_teardown(test_layer_dir__names_are_digits_and_nothing_else,
                                        make_home, remove_home),
        cmocka_unit_test_setup_teardown(test_layer_dir__no_link_is_followed, make_home,
                                        remove_home),
        cmocka_unit_test_setup_teardown(test_layer_dir__odd_short_names_and_kinds, make_home,
                                        remove_home),
        cmocka_unit_test_setup_teardown(test_layer_dir__reads_regular_files, make_home,
                                        remove_home),
        cmocka_unit_test_setup_teardown(test_store__other_kinds_of_storage_are_left_alone,
                                        make_home, remove_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
