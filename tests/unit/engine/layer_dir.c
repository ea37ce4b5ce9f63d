/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers as directories for overlayfs, inspected in the sandbox. What they have to yield is what
 * the kernel's documentation says of such a directory (filesystems/overlayfs, "whiteouts and opaque
 * directories"), told as image-spec, layer.md tells the same of a tar.
 */
#include "image/layer_dir.h"
#include "base/buf.h"
#include "engine/layers.h"
#include "unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define ID "17a9ce4b31364f5ced4bf080086893ffae87c8d0669ede63142224b5e172c7aa"
#define LINK "LFIGWXDJORFC27OEAIHKMF6BZW"
#define NAMES "var/lib/dpkg/status.d"

/* A driver's home with one layer, and what inspecting that takes. */
struct world {
    struct pl_arena arena;
    struct pl_catalog_matcher *matcher;
    char path[64];
    int home_fd;
    int fd; /* of the layer's files */
    bool is_rootless;
};

static void make_dir(int at, const char *name)
{
    assert_int_equal(mkdirat(at, name, 0755), 0);
}

static void put(int at, const char *name, const char *text)
{
    int fd pl_autoclose = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static int set_up(void **state)
{
    struct world *world = pl_mem_alloc(1, sizeof(*world));
    *state = world;
    world->matcher = pl_catalog_matcher_new();
    (void)snprintf(world->path, sizeof(world->path), "/tmp/pl-test-layer-XXXXXX");
    assert_non_null(mkdtemp(world->path));
    world->home_fd = open(world->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    make_dir(world->home_fd, "l");
    make_dir(world->home_fd, ID);
    make_dir(world->home_fd, ID "/diff");
    put(world->home_fd, ID "/link", LINK);
    assert_int_equal(symlinkat("../" ID "/diff", world->home_fd, "l/" LINK), 0);
    world->fd = openat(world->home_fd, ID "/diff", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    static const char *const dirs[] = {"var", "var/lib", "var/lib/dpkg", NAMES};
    for (size_t i = 0; i < PL_ARRAY_LEN(dirs); i++) {
        make_dir(world->fd, dirs[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -r %s", world->path);
    close(world->home_fd);
    close(world->fd);
    pl_catalog_matcher_free(world->matcher);
    pl_arena_release(&world->arena);
    free(world);
    return system(command);
}

/* Runs `meanwhile` after the layer was opened. */
static const struct pl_evidence *inspect(struct world *world, void (*meanwhile)(struct world *))
{
    struct pl_layer_dir dir;
    assert_int_equal(pl_layer_dir_open(&world->arena, world->home_fd, PL_STR(ID), &dir, NULL),
                     PL_OK);
    dir.is_rootless = world->is_rootless;
    if (meanwhile) {
        meanwhile(world);
    }
    struct pl_image image = {0};
    struct pl_image_layer *layer = pl_vec_push(&world->arena, &image.layers);
    *layer = (struct pl_image_layer){.info.diff_id = PL_STR("sha256:0"),
                                     .part = {.fd = -1, .dir = &dir}};
    struct pl_budget_limits limits;
    pl_budget_limits_default(&limits);
    struct pl_layers_options options = {
        .jobs = 1, .limits = limits, .matcher = world->matcher, .cache = {NULL, &limits, 0}};
    const struct pl_evidence *evidence = NULL;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_layers_inspect(&world->arena, &image, &options, &evidence, &err), PL_OK);
    close(dir.fd);
    return evidence;
}

/* In byte order, with blanks between; "." is the root. */
static void expect_paths(const struct pl_strs *got, const char *wanted)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(4096);
    for (size_t i = 0; i < got->count; i++) {
        pl_str path = got->items[i].len > 0 ? got->items[i] : PL_STR(".");
        pl_buf_append_format(&text, "%s" PL_STR_FMT, i ? " " : "", PL_STR_ARG(path));
    }
    pl_assert_str(pl_buf_str(&text), wanted);
}

static bool replaces(const struct pl_evidence *evidence, const char *path)
{
    bool has = false;
    for (size_t i = 0; i < evidence->replaced.count; i++) {
        has = has || evidence->replaced.items[i] == pl_str_hash(pl_str_from(path));
    }
    return has;
}

/* One without a path where there is none. */
static const struct pl_evidence_file *file_at(const struct pl_evidence *evidence, const char *path)
{
    static const struct pl_evidence_file none;
    for (size_t i = 0; i < evidence->files.count; i++) {
        if (pl_str_eq(evidence->files.items[i].path, pl_str_from(path))) {
            return &evidence->files.items[i];
        }
    }
    return &none;
}

static void test_layer_dir__every_entry_hides_but_directories(void **state)
{
    struct world *world = *state;
    make_dir(world->fd, "nowhere");
    make_dir(world->fd, "nowhere/near");
    put(world->fd, "nowhere/near/a-database", "");
    put(world->fd, NAMES "/a", "Package: a\nVersion: 1\nArchitecture: all\n\n");
    assert_int_equal(symlinkat("a", world->fd, NAMES "/b"), 0);
    assert_int_equal(mkfifoat(world->fd, "pipe", 0644), 0);
    assert_int_equal(linkat(world->fd, NAMES "/a", world->fd, NAMES "/c", 0), 0);
    assert_int_equal(fchmodat(world->fd, NAMES "/a", 04751, 0), 0);
    const struct pl_evidence *evidence = inspect(world, NULL);
    assert_int_equal(evidence->gaps.count, 0);
    assert_int_equal(evidence->replaced.count, 5);
    assert_true(replaces(evidence, "nowhere/near/a-database") && replaces(evidence, "pipe"));
    assert_true(replaces(evidence, NAMES "/a") && replaces(evidence, NAMES "/b") &&
                replaces(evidence, NAMES "/c"));
    const struct pl_evidence_file *a = file_at(evidence, NAMES "/a");
    const struct pl_evidence_file *b = file_at(evidence, NAMES "/b");
    const struct pl_evidence_file *c = file_at(evidence, NAMES "/c");
    assert_true(a->path.len > 0 && a->type == PL_ENTRY_FILE && a->mode == 04751 &&
                a->components.count == 1);
    assert_true(b->path.len > 0 && b->type == PL_ENTRY_SYMLINK && b->size_bytes == 0);
    pl_assert_str(b->link, "a");
    /* Both names of one file are names of it. */
    assert_true(c->path.len > 0 && c->type == PL_ENTRY_FILE && c->components.count == 1);
    pl_assert_str(evidence->diff_id, "sha256:0");
}

static void test_layer_dir__devices_without_a_number_are_whiteouts(void **state)
{
    struct world *world = *state;
    if (mknodat(world->fd, NAMES "/gone", S_IFCHR | 0600, makedev(0, 0)) < 0 && errno == EPERM) {
        print_message("# no device can be made here\n");
        skip();
    }
    assert_int_equal(mknodat(world->fd, "usr", S_IFCHR | 0600, makedev(0, 0)), 0);
    /* Any user may make whiteouts since Linux 5.8, but no other devices. */
    bool has_devices = mknodat(world->fd, "null", S_IFCHR | 0600, makedev(1, 3)) == 0 &&
                       mknodat(world->fd, "block", S_IFBLK | 0600, makedev(0, 0)) == 0;
    const struct pl_evidence *evidence = inspect(world, NULL);
    expect_paths(&evidence->whiteouts, "usr " NAMES "/gone");
    expect_paths(&evidence->opaques, "");
    assert_int_equal(evidence->replaced.count, has_devices ? 2 : 0);
    assert_int_equal(replaces(evidence, "null") && replaces(evidence, "block"), has_devices);
    assert_int_equal(file_at(evidence, NAMES "/gone")->path.len, 0);
}

/* fuse-overlayfs leaves them where it may make no devices. */
static void test_layer_dir__whiteouts_as_in_a_tar(void **state)
{
    struct world *world = *state;
    put(world->fd, NAMES "/.wh.gone", "");
    put(world->fd, "var/.wh..wh..opq", "");
    const struct pl_evidence *evidence = inspect(world, NULL);
    expect_paths(&evidence->whiteouts, NAMES "/gone");
    expect_paths(&evidence->opaques, "var");
    assert_int_equal(evidence->replaced.count, 0);
}

static bool mark(const struct world *world, const char *dir, const char *name, const char *value)
{
    int fd pl_autoclose = openat(world->fd, dir, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && fsetxattr(fd, name, value, strlen(value), 0) == 0;
}

static void test_layer_dir__opaque_directories(void **state)
{
    struct world *world = *state;
    make_dir(world->fd, "a");
    make_dir(world->fd, "b");
    make_dir(world->fd, "c");
    world->is_rootless = geteuid() != 0;
    const char *own = world->is_rootless ? "user.overlay.opaque" : "trusted.overlay.opaque";
    const char *other = world->is_rootless ? "user.other.opaque" : "user.overlay.opaque";
    if (!mark(world, ".", own, "y") || !mark(world, NAMES, own, "y") ||
        !mark(world, "a", own, "n") || !mark(world, "b", own, "yy") ||
        !mark(world, "c", other, "y")) {
        print_message("# no such attribute can be made here\n");
        skip();
    }
    const struct pl_evidence *evidence = inspect(world, NULL);
    expect_paths(&evidence->opaques, ". " NAMES);
    assert_int_equal(evidence->gaps.count, 0);
}

/* A rootless engine's layer, in which only the other attributes count. */
static void test_layer_dir__attributes_without_privileges(void **state)
{
    struct world *world = *state;
    world->is_rootless = true;
    if (!mark(world, NAMES, "user.overlay.opaque", "y")) {
        print_message("# no such attribute can be made here\n");
        skip();
    }
    (void)mark(world, "var", "trusted.overlay.opaque", "y");
    const struct pl_evidence *evidence = inspect(world, NULL);
    expect_paths(&evidence->opaques, NAMES);
}

static void test_layer_dir__what_only_a_mount_makes_is_a_gap(void **state)
{
    struct world *world = *state;
    world->is_rootless = true;
    put(world->fd, NAMES "/a", "Package: a\nVersion: 1\nArchitecture: all\n\n");
    if (!mark(world, "var/lib", "user.overlay.redirect", "/usr") ||
        !mark(world, NAMES "/a", "user.overlay.metacopy", "")) {
        print_message("# no such attribute can be made here\n");
        skip();
    }
    const struct pl_evidence *evidence = inspect(world, NULL);
    assert_int_equal(evidence->gaps.count, 2);
    pl_assert_str(evidence->gaps.items[0].path, "var/lib");
    pl_assert_str(evidence->gaps.items[1].path, NAMES "/a");
    assert_true(pl_str_contains(evidence->gaps.items[1].reason, PL_STR("another layer")));
    assert_true(replaces(evidence, NAMES "/a"));
}

static void remove_layer(struct world *world)
{
    assert_int_equal(unlinkat(world->home_fd, "l/" LINK, 0), 0);
    assert_int_equal(unlinkat(world->fd, NAMES, AT_REMOVEDIR), 0);
}

static void test_layer_dir__one_removed_meanwhile_is_a_gap(void **state)
{
    struct world *world = *state;
    const struct pl_evidence *evidence = inspect(world, remove_layer);
    assert_int_equal(evidence->gaps.count, 1);
    assert_true(pl_str_contains(evidence->gaps.items[0].reason, PL_STR("removed by the engine")));
}

/* Nothing outside is reached by links, whatever they say. */
static void test_layer_dir__links_are_not_followed(void **state)
{
    struct world *world = *state;
    assert_int_equal(unlinkat(world->fd, NAMES, AT_REMOVEDIR), 0);
    assert_int_equal(symlinkat("/etc", world->fd, NAMES), 0);
    assert_int_equal(symlinkat("/etc/passwd", world->fd, "var/lib/dpkg/status"), 0);
    assert_int_equal(symlinkat("var", world->fd, "loop"), 0);
    assert_int_equal(symlinkat("..", world->fd, "var/up"), 0);
    const struct pl_evidence *evidence = inspect(world, NULL);
    assert_int_equal(evidence->gaps.count, 0);
    assert_int_equal(evidence->replaced.count, 4);
    const struct pl_evidence_file *status = file_at(evidence, "var/lib/dpkg/status");
    assert_true(status->path.len > 0 && status->type == PL_ENTRY_SYMLINK);
    pl_assert_str(status->link, "/etc/passwd");
    assert_int_equal(evidence->entries, 7);
}

int pl_test_layer_dir(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_layer_dir__every_entry_hides_but_directories, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__devices_without_a_number_are_whiteouts,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__whiteouts_as_in_a_tar, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__opaque_directories, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__attributes_without_privileges, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__what_only_a_mount_makes_is_a_gap, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__one_removed_meanwhile_is_a_gap, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_layer_dir__links_are_not_followed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
