/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a cataloger reads together: each once, with a view of all, as the layer leaves them.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "engine/collect.h"
#include "unit/test.h"
#include <unistd.h>

/* Says of each file which others it was read with, and how many were read before it. A file that is
 * called "silent" says nothing. */
static enum pl_status read_view(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    struct pl_catalog_together *together = file->together;
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 16);
    if (!together) {
        pl_sink_gap(sink, "alone");
        return PL_OK;
    }
    size_t *before = together->memory;
    if (!before) {
        before = PL_ARENA_NEW(&together->arena, size_t);
        together->memory = before;
    }
    if (pl_str_contains(file->path, PL_STR("silent"))) {
        return PL_OK;
    }
    for (size_t i = 0; i < together->count; i++) {
        const struct pl_catalog_file *other = &together->files[i];
        assert_ptr_equal(pl_catalog_find(together, other->path), other);
        pl_buf_append_format(&text, " " PL_STR_FMT "=" PL_STR_FMT, PL_STR_ARG(other->path),
                             PL_STR_ARG(pl_str_sub(pl_span_str(other->content), 0, 8)));
    }
    pl_sink_gap(sink, "%zu:" PL_STR_FMT, (*before)++, PL_STR_ARG(pl_buf_str(&text)));
    return PL_OK;
}

static enum pl_status read_alone(struct pl_sink *sink, const struct pl_catalog_file *file,
                                 struct pl_error *err)
{
    assert_null(file->together);
    assert_null(pl_catalog_find(file->together, file->path));
    pl_sink_gap(sink, "alone");
    return PL_OK;
}

static const struct pl_cataloger apart = {
    .name = "apart", .patterns = (const char *const[]){"**/apart", NULL}, .read = read_alone};
static const struct pl_cataloger left = {.name = "left",
                                         .patterns = (const char *const[]){"**/*.left", NULL},
                                         .reads_together = true,
                                         .read = read_view};
static const struct pl_cataloger right = {.name = "right",
                                          .patterns = (const char *const[]){"**/*.right", NULL},
                                          .reads_together = true,
                                          .read = read_view};

struct world {
    struct pl_arena arena;
    struct pl_catalog_matcher *matcher;
    struct pl_evidence evidence;
    struct pl_budget budget;
    struct pl_collector collector;
    int spill_fd;
};

static int set_up(void **state)
{
    static const struct pl_cataloger *const all[] = {&apart, &left, &right};
    struct world *world = pl_mem_alloc(1, sizeof(*world));
    struct pl_budget_limits limits;
    pl_budget_limits_default(&limits);
    pl_budget_start(&world->budget, &limits);
    world->matcher = pl_catalog_matcher_new_for(all, PL_ARRAY_LEN(all));
    world->spill_fd = pl_content_spill_file();
    pl_collector_init(&world->collector, &world->arena, &world->evidence, world->matcher,
                      &world->budget, world->spill_fd);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    pl_collector_release(&world->collector);
    pl_catalog_matcher_free(world->matcher);
    pl_arena_release(&world->arena);
    close(world->spill_fd);
    free(world);
    return 0;
}

static enum pl_status give(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                           struct pl_error *err)
{
    pl_str *content = context;
    if (!content->ptr) {
        return PL_E_NOT_FOUND;
    }
    *ret_piece = pl_str_span(*content);
    *ret_offset = 0;
    content->ptr = NULL;
    return PL_OK;
}

static void walk(struct world *world, enum pl_walk_type type, const char *path, pl_str content,
                 uint64_t size_bytes)
{
    const struct pl_content_reader reader = {.read = give, .context = &content};
    const struct pl_walk_entry entry = {.path = pl_str_from(path),
                                        .link = PL_STR("elsewhere"),
                                        .type = type,
                                        .size_bytes = size_bytes};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_collector_layer_entry(&world->collector, &entry, &reader, &err) < 0) {
        fail_msg("%s: %s", path, err.msg);
    }
}

static void has_file(struct world *world, const char *path, const char *content)
{
    walk(world, PL_WALK_FILE, path, pl_str_from(content), strlen(content));
}

/* What was said of all files, in their order. */
static void expect(struct world *world, const char *wanted)
{
    struct pl_buf lines pl_autobuf = PL_BUF_INIT(1 << 20);
    pl_collector_finish(&world->collector);
    for (size_t i = 0; i < world->evidence.files.count; i++) {
        const struct pl_evidence_file *file = &world->evidence.files.items[i];
        pl_buf_append_format(
            &lines, PL_STR_FMT " " PL_STR_FMT "\n", PL_STR_ARG(file->path),
            PL_STR_ARG(file->gaps.count > 0 ? file->gaps.items[0].reason : PL_STR("nothing")));
    }
    for (size_t i = 0; i < world->evidence.gaps.count; i++) {
        pl_buf_append_format(&lines, "gap: " PL_STR_FMT " " PL_STR_FMT "\n",
                             PL_STR_ARG(world->evidence.gaps.items[i].path),
                             PL_STR_ARG(world->evidence.gaps.items[i].reason));
    }
    assert_string_equal(lines.ptr ? lines.ptr : "", wanted);
}

static void test_held__are_read_with_a_view_of_all(void **state)
{
    struct world *world = *state;
    has_file(world, "z.left", "Z");
    has_file(world, "b/apart", "B");
    has_file(world, "m.right", "M");
    has_file(world, "c/a.left", "A");
    has_file(world, "c.left", "C");
    expect(world, "b/apart alone\n"
                  "c.left 0: c.left=C c/a.left=A z.left=Z\n"
                  "c/a.left 1: c.left=C c/a.left=A z.left=Z\n"
                  "m.right 0: m.right=M\n"
                  "z.left 2: c.left=C c/a.left=A z.left=Z\n");
}

static void test_held__the_last_at_a_path_counts(void **state)
{
    struct world *world = *state;
    has_file(world, "a.left", "first");
    has_file(world, "b.left", "B");
    has_file(world, "c.left", "C");
    has_file(world, "a.left", "second");
    has_file(world, "a.left", "third");
    walk(world, PL_WALK_SYMLINK, "b.left", PL_STR_EMPTY, 0);
    expect(world, "a.left 0: a.left=third c.left=C\n"
                  "b.left nothing\n"
                  "c.left 1: a.left=third c.left=C\n");
}

static void test_held__who_says_nothing_leaves_no_trace(void **state)
{
    struct world *world = *state;
    uint64_t before = world->collector.left_bytes;
    has_file(world, "silent.left", "S");
    has_file(world, "silent.right", "S");
    expect(world, "");
    /* The path's hash stays, since it hides what lower layers have there. */
    assert_int_equal(before - world->collector.left_bytes, 2 * sizeof(uint64_t));
}

static void test_held__a_hard_link_is_one_of_them(void **state)
{
    struct world *world = *state;
    has_file(world, "a.left", "A");
    walk(world, PL_WALK_HARDLINK, "b.left", PL_STR_EMPTY, 0);
    assert_true(pl_collector_needs_links(&world->collector));
    pl_str content = PL_STR("E");
    const struct pl_content_reader reader = {.read = give, .context = &content};
    const struct pl_walk_entry entry = {
        .path = PL_STR("elsewhere"), .type = PL_WALK_FILE, .size_bytes = 1};
    assert_int_equal(pl_collector_link_target(&world->collector, &entry, &reader, NULL), PL_OK);
    expect(world, "a.left 0: a.left=A b.left=E\n"
                  "b.left 1: a.left=A b.left=E\n");
}

/* Such files lie in the temporary file, one after another, and others come and go behind them. */
static void test_held__large_files_keep_their_place(void **state)
{
    enum { LARGE = PL_LIMIT_MEMORY_FILE_BYTES + 1 };
    struct world *world = *state;
    walk(world, PL_WALK_FILE, "a.left", PL_STR("first"), LARGE);
    walk(world, PL_WALK_FILE, "b.left", PL_STR("B"), LARGE);
    uint64_t end = world->collector.held.spill_end_bytes;
    assert_true(end >= 2 * (uint64_t)LARGE);
    walk(world, PL_WALK_FILE, "apart", PL_STR("large"), LARGE);
    assert_int_equal(world->collector.held.spill_end_bytes, end);
    walk(world, PL_WALK_FILE, "b.left", PL_STR("small"), 5);
    assert_int_equal(world->collector.held.spill_end_bytes, end / 2);
    walk(world, PL_WALK_FILE, "a.left", PL_STR("again"), LARGE);
    expect(world, "a.left 0: a.left=again b.left=small\n"
                  "apart alone\n"
                  "b.left 1: a.left=again b.left=small\n");
}

static void test_held__beyond_the_limit_files_are_read_alone(void **state)
{
    enum { FILES = 9, SIZE = PL_LIMIT_MEMORY_FILE_BYTES - 4096 };
    struct world *world = *state;
    char path[16];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof(path), "%d.right", i);
        walk(world, PL_WALK_FILE, path, PL_STR("big"), SIZE);
    }
    has_file(world, "small.right", "fits");
    walk(world, PL_WALK_FILE, "x.right", PL_STR("big"), SIZE);
    pl_collector_finish(&world->collector);
    const struct pl_evidence_files *files = &world->evidence.files;
    assert_int_equal(files->count, FILES + 2);
    pl_assert_str(files->items[FILES - 1].gaps.items[0].reason, "alone");
    pl_assert_str(files->items[FILES + 1].gaps.items[0].reason, "alone");
    assert_true(pl_str_ends_with(files->items[0].gaps.items[0].reason, PL_STR("small.right=fits")));
    assert_int_equal(world->evidence.gaps.count, 1);
    pl_assert_str(world->evidence.gaps.items[0].path, "8.right");
}

/* Names that many files have must not make them slow to find: this is some seconds if each were
 * compared with all. */
static void test_held__many(void **state)
{
    enum { FILES = 20000 };
    struct world *world = *state;
    char path[32];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof(path), "%d/silent.left", i % (FILES / 2));
        has_file(world, path, "x");
    }
    assert_int_equal(world->collector.held.places.count, FILES / 2);
    expect(world, "");
}

int pl_test_held(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_held__are_read_with_a_view_of_all),
        TEST(test_held__the_last_at_a_path_counts),
        TEST(test_held__who_says_nothing_leaves_no_trace),
        TEST(test_held__a_hard_link_is_one_of_them),
        TEST(test_held__large_files_keep_their_place),
        TEST(test_held__beyond_the_limit_files_are_read_alone),
        TEST(test_held__many),
    };
#undef TEST
    return cmocka_run_group_tests_name("engine/held", tests, NULL, NULL);
}
