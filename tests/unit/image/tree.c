/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own RESOLVE_IN_ROOT is the second opinion on the resolution by hand. */
#include "image/tree.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static char outside[] = "/tmp/pl-test-tree-XXXXXX";
static int root = -1;

static void put_file(const char *name)
{
    int fd pl_autoclose = openat(root, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0 && write(fd, name, strlen(name)) == (ssize_t)strlen(name));
}

static const char *const dirs[] = {"a", "a/b", "a/b/c", "z", "empty"};
static const char *const files[] = {"file", "a/file", "a/b/file", "a/b/c/file",
                                    "z/B",  "z/a",    "z/aa",     "z/\xff"};
static const char *const links[][2] = {
    {"absolute", "/a/b"},
    {"relative", "a/b/c"},
    {"up", "../../../a"},
    {"out", "../outside"},
    {"out-absolute", "/etc/hostname"},
    {"to-file", "file"},
    {"to-file-slash", "file/"},
    {"to-dir-slash", "a/b/"},
    {"dangling", "nowhere"},
    {"self", "self"},
    {"ping", "pong"},
    {"pong", "ping"},
    {"root", "/"},
    {"dot", "."},
    {"a/b/back", "../../absolute/c"},
    {"a/parent", ".."},
    {"chain0", "chain1/./"},
    {"chain1", "/chain2//"},
    {"chain2", "a/parent/absolute/back/.."},
};

static int make_tree(void **state)
{
    if (!mkdtemp(outside)) {
        return -1;
    }
    int outer pl_autoclose = open(outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd pl_autoclose = openat(outer, "outside", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || mkdirat(outer, "root", 0755) < 0) {
        return -1;
    }
    root = openat(outer, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < PL_ARRAY_LEN(dirs); i++) {
        if (mkdirat(root, dirs[i], 0755) < 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(files); i++) {
        put_file(files[i]);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(links); i++) {
        if (symlinkat(links[i][1], root, links[i][0]) < 0) {
            return -1;
        }
    }
    return mkfifoat(root, "fifo", 0644);
}

static int remove_tree(void **state)
{
    char command[PATH_MAX];
    close(root);
    snprintf(command, sizeof(command), "rm -r %s", outside);
    return system(command);
}

static bool has_openat2(void)
{
    struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
    int fd pl_autoclose = (int)syscall(__NR_openat2, root, ".", &how, sizeof(how));
    return fd >= 0;
}

/* Both ways must open the same file, or fail for the same reason. */
static void expect_same(const char *path, int flags)
{
    struct stat info[2] = {{.st_ino = 0}, {.st_ino = 0}};
    struct pl_error err[2] = {PL_ERROR_INIT, PL_ERROR_INIT};
    for (int way = 0; way < 2; way++) {
        int fd pl_autoclose = -1;
        if (pl_tree_open_below(root, pl_str_from(path), flags, way == 0, &fd, &err[way]) == PL_OK) {
            assert_int_equal(fstat(fd, &info[way]), 0);
        } else {
            assert_int_equal(fd, -1);
        }
    }
    if (info[0].st_ino != info[1].st_ino || err[0].sys_errno != err[1].sys_errno) {
        fail_msg("\"%s\": inode %lu (%s) by the kernel, %lu (%s) by hand", path,
                 (unsigned long)info[0].st_ino, err[0].msg, (unsigned long)info[1].st_ino,
                 err[1].msg);
    }
}

/* Every name of the tree, with every ending, alone and below every directory and link. */
static void test_tree__both_ways_agree(void **state)
{
    if (!has_openat2()) {
        print_message("# this kernel has no openat2\n");
        skip();
    }
    static const char *const endings[] = {"",         "/",        "/.",
                                          "/..",      "//",       "/../file",
                                          "/b",       "/c/file",  "/b/c/../../file",
                                          "/./../..", "/missing", "/missing/.."};
    static const char *const starts[] = {"",          "/",     "./",          "../",     "root/",
                                         "a/parent/", "z/../", "missing/../", "file/../"};
    static const int flags[] = {O_RDONLY | O_NONBLOCK, O_RDONLY | O_DIRECTORY | O_NONBLOCK};
    struct pl_arena arena pl_autoarena = {0};
    size_t names = PL_ARRAY_LEN(dirs) + PL_ARRAY_LEN(files) + PL_ARRAY_LEN(links);
    for (size_t i = 0; i < names * PL_ARRAY_LEN(endings) * PL_ARRAY_LEN(starts); i++) {
        size_t at = i / PL_ARRAY_LEN(endings) / PL_ARRAY_LEN(starts);
        const char *name = at < PL_ARRAY_LEN(dirs) ? dirs[at]
                           : at < PL_ARRAY_LEN(dirs) + PL_ARRAY_LEN(files)
                               ? files[at - PL_ARRAY_LEN(dirs)]
                               : links[at - PL_ARRAY_LEN(dirs) - PL_ARRAY_LEN(files)][0];
        pl_str path = pl_arena_format(&arena, "%s%s%s", starts[i % PL_ARRAY_LEN(starts)], name,
                                      endings[i / PL_ARRAY_LEN(starts) % PL_ARRAY_LEN(endings)]);
        expect_same(path.ptr, flags[0]);
        expect_same(path.ptr, flags[1]);
    }
    static const char *const others[] = {"", "/", ".", "..", "../..", "/..", "./", "fifo", "fifo/"};
    for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
        expect_same(others[i], flags[0]);
        expect_same(others[i], flags[1]);
    }
}

/* The kernel gives up at the 41st link (MAXSYMLINKS). */
static void test_tree__long_chains_of_links(void **state)
{
    if (!has_openat2()) {
        print_message("# this kernel has no openat2\n");
        skip();
    }
    for (int i = 0; i < 45; i++) {
        char name[16];
        char target[16];
        snprintf(name, sizeof(name), "l%d", i);
        snprintf(target, sizeof(target), i == 0 ? "file" : "l%d", i - 1);
        assert_int_equal(symlinkat(target, root, name), 0);
    }
    for (int i = 0; i < 45; i++) {
        char name[16];
        snprintf(name, sizeof(name), "l%d", i);
        expect_same(name, O_RDONLY);
    }
    for (int i = 0; i < 45; i++) {
        char name[16];
        snprintf(name, sizeof(name), "l%d", i);
        assert_int_equal(unlinkat(root, name, 0), 0);
    }
}

static void test_tree__nothing_outside_is_reached(void **state)
{
    static const char *const paths[] = {
        "out",         "out-absolute",     "../outside",
        "/../outside", "up/../../outside", "a/parent/../../outside"};
    for (size_t i = 0; i < PL_ARRAY_LEN(paths) * 2; i++) {
        int fd pl_autoclose = -1;
        assert_int_equal(
            pl_tree_open_below(root, pl_str_from(paths[i / 2]), O_RDONLY, i % 2 == 0, &fd, NULL),
            PL_E_NOT_FOUND);
    }
    char text[PL_LIMIT_PATH_BYTES + 1];
    memset(text, 'x', sizeof(text));
    int fd = -1;
    assert_int_equal(
        pl_tree_open_below(root, pl_str_make(text, sizeof(text)), O_RDONLY, true, &fd, NULL),
        PL_E_PARSE);
    assert_int_equal(pl_tree_open_below(root, PL_STR("a\0b"), O_RDONLY, true, &fd, NULL),
                     PL_E_PARSE);
}

struct seen {
    struct pl_buf text;
    const char *followed;
    int opened;
};

static bool wants_all(void *context, pl_str dir)
{
    return true;
}

static bool follows(void *context, pl_str link)
{
    const struct seen *seen = context;
    return pl_str_eq(link, pl_str_from(seen->followed));
}

static enum pl_status on_entry(void *context, const struct pl_tree_entry *entry,
                               struct pl_error *err)
{
    struct seen *seen = context;
    pl_buf_append(&seen->text, entry->path);
    pl_buf_append_char(&seen->text, "f/@o"[entry->type]);
    pl_buf_append_char(&seen->text, '\n');
    int fd pl_autoclose = -1;
    enum pl_status st = pl_tree_open(entry, &fd, NULL);
    assert_true((st == PL_OK) == (entry->type == PL_TREE_FILE));
    seen->opened += st == PL_OK;
    return PL_OK;
}

static void on_gap(void *context, pl_str path, const char *reason)
{
    struct seen *seen = context;
    pl_buf_append_format(&seen->text, PL_STR_FMT "!%s\n", PL_STR_ARG(path), reason);
}

static enum pl_status walk(const char *followed, uint64_t most_entries, struct pl_buf *ret)
{
    struct seen seen = {.text = PL_BUF_INIT(10000), .followed = followed};
    const struct pl_tree_visitor visitor = {.context = &seen,
                                            .wants_below = wants_all,
                                            .follows = follows,
                                            .entry = on_entry,
                                            .gap = on_gap};
    struct pl_budget_limits limits;
    pl_budget_limits_default(&limits);
    limits.layer_entries = most_entries;
    struct pl_budget budget;
    pl_budget_start(&budget, &limits);
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = pl_tree_walk(root, &visitor, &budget, &err);
    *ret = seen.text;
    return st;
}

/* In byte order, which `LC_ALL=C sort` has as well; a FIFO is listed and never waited for. */
#define WHOLE_TREE                                                                                 \
    "a/\na/b/\na/b/back@\na/b/c/\na/b/c/filef\na/b/filef\na/filef\na/parent@\nabsolute@\n"         \
    "chain0@\nchain1@\nchain2@\ndangling@\ndot@\nempty/\nfifoo\nfilef\nout@\nout-absolute@\n"      \
    "ping@\npong@\nrelative@\nroot@\nself@\nto-dir-slash@\nto-file@\nto-file-slash@\nup@\n"        \
    "z/\nz/Bf\nz/af\nz/aaf\nz/\xff"                                                                \
    "f\n"

static void test_tree__a_walk_is_in_byte_order_and_can_be_made_again(void **state)
{
    for (int again = 0; again < 2; again++) {
        struct pl_buf text pl_autobuf = {0};
        assert_int_equal(walk("", 1000, &text), PL_OK);
        pl_assert_str(pl_buf_str(&text), WHOLE_TREE);
    }
}

static void test_tree__a_followed_link_is_walked_last(void **state)
{
    struct pl_buf text pl_autobuf = {0};
    assert_int_equal(walk("relative", 1000, &text), PL_OK);
    pl_assert_str(pl_buf_str(&text), WHOLE_TREE "relative/filef\n");
    /* A link to the root has itself below, and ends all the same. */
    static const char *const endless[] = {"root", "self", "dangling", "out", "to-file"};
    for (size_t i = 0; i < PL_ARRAY_LEN(endless); i++) {
        struct pl_buf more pl_autobuf = {0};
        assert_int_equal(walk(endless[i], 1000, &more), PL_OK);
        assert_true(pl_str_starts_with(pl_buf_str(&more), PL_STR(WHOLE_TREE)));
    }
}

static void test_tree__the_budget_ends_a_walk(void **state)
{
    struct pl_buf text pl_autobuf = {0};
    assert_int_equal(walk("", 10, &text), PL_E_LIMIT);
}

/* Nothing is reached through a link, be it on the way or at the end. */
static void test_tree__straight_paths(void **state)
{
    static const char *const good[] = {"file", "a/file", "a/b/c/file", "a", "a/b/c"};
    static const char *const bad[] = {"absolute", "absolute/file", "relative/file",
                                      "to-file",  "a/b/back/..",   "dot/file",
                                      "nowhere",  "file/x",        "a/parent/file"};
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        int fd pl_autoclose = pl_tree_open_straight(root, pl_str_from(good[i]), O_RDONLY);
        assert_true(fd >= 0);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        int fd pl_autoclose = pl_tree_open_straight(root, pl_str_from(bad[i]), O_RDONLY);
        assert_int_equal(fd, -1);
    }
}

int pl_test_tree(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree__both_ways_agree),
        cmocka_unit_test(test_tree__long_chains_of_links),
        cmocka_unit_test(test_tree__nothing_outside_is_reached),
        cmocka_unit_test(test_tree__a_walk_is_in_byte_order_and_can_be_made_again),
        cmocka_unit_test(test_tree__a_followed_link_is_walked_last),
        cmocka_unit_test(test_tree__the_budget_ends_a_walk),
        cmocka_unit_test(test_tree__straight_paths),
    };
    return cmocka_run_group_tests_name("tree", tests, make_tree, remove_tree);
}
