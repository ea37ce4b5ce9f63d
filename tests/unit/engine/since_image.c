/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an image has and what a container of it has, made by hand. What is expected follows from the
 * rules in engine/since_image.h, and from what engines tell of changes: a directory as modified
 * whenever something in it was, a deleted directory without what was in it, and paths as they are
 * once links are followed.
 */
#include "engine/since_image.h"
#include "base/buf.h"
#include "base/mem.h"
#include "unit/test.h"

struct world {
    struct pl_arena arena;
    struct pl_components image;
    struct pl_components container;
    struct pl_container_changes changes;
    struct pl_evidence layer;
    struct pl_components removed;
};

static int set_up(void **state)
{
    *state = pl_mem_alloc(1, sizeof(struct world));
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    pl_arena_release(&world->arena);
    free(world);
    return 0;
}

static struct pl_component *add(struct world *world, struct pl_components *to, const char *type,
                                const char *name, const char *version, const char *arch,
                                const char *place)
{
    struct pl_component *component = pl_vec_push(&world->arena, to);
    component->type = pl_str_from(type);
    component->name = pl_str_from(name);
    component->version = pl_str_from(version);
    component->arch = pl_str_from(arch);
    struct pl_location *location = pl_vec_push(&world->arena, &component->locations);
    location->path = pl_str_from(place);
    location->layer = to == &world->image ? PL_STR("sha256:1") : PL_STR_EMPTY;
    return component;
}

static struct pl_component *add_deb(struct world *world, struct pl_components *to, const char *name,
                                    const char *version, const char *file)
{
    struct pl_component *component =
        add(world, to, "deb", name, version, "amd64", "var/lib/dpkg/status");
    *pl_vec_push(&world->arena, &component->files) = pl_str_from(file);
    return component;
}

/* On both sides, owning one file. */
static void add_both(struct world *world, const char *name, const char *file)
{
    add_deb(world, &world->image, name, "1", file);
    add_deb(world, &world->container, name, "1", file);
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* The entries of the image's layer that are no directories. */
static void set_files(struct world *world, const char *const *paths)
{
    size_t count = 0;
    while (paths[count]) {
        count++;
    }
    world->layer.replaced.items = PL_ARENA_ARRAY(&world->arena, uint64_t, count);
    world->layer.replaced.count = count;
    for (size_t i = 0; i < count; i++) {
        world->layer.replaced.items[i] = pl_str_hash(pl_str_from(paths[i]));
    }
    qsort(world->layer.replaced.items, count, sizeof(uint64_t), compare_hashes);
}

static void change(struct world *world, const char *path, enum pl_change how)
{
    *pl_vec_push(&world->arena, &world->changes) =
        (struct pl_container_change){.path = pl_str_from(path), .change = how};
}

/* `wanted` has a letter for each of the container's components: same, new, altered. */
static void check(struct world *world, const char *wanted, const char *removed)
{
    const struct pl_evidence *layers[] = {&world->layer};
    struct pl_image_view image = {&world->image, layers, 1};
    pl_since_image_mark(&world->arena, &image, &world->changes, &world->container, &world->removed);
    assert_int_equal(world->container.count, strlen(wanted));
    for (size_t i = 0; i < world->container.count; i++) {
        assert_int_equal(pl_since_image_to_string(world->container.items[i].since_image)[0],
                         wanted[i]);
    }
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1000);
    for (size_t i = 0; i < world->removed.count; i++) {
        const struct pl_component *component = &world->removed.items[i];
        pl_buf_append_format(&text, "%s" PL_STR_FMT "-" PL_STR_FMT, i ? " " : "",
                             PL_STR_ARG(component->name), PL_STR_ARG(component->version));
    }
    assert_string_equal(pl_buf_str(&text).ptr, removed);
}

static void test_since_image__new_altered_and_removed(void **state)
{
    struct world *world = *state;
    add_deb(world, &world->image, "gone", "1", "a");
    add_deb(world, &world->image, "kept", "1", "b");
    add_deb(world, &world->image, "newer", "1", "c");
    add_deb(world, &world->container, "kept", "1", "b");
    add_deb(world, &world->container, "more", "1", "d");
    add_deb(world, &world->container, "newer", "2", "c");
    check(world, "sna", "gone-1");
    assert_string_equal(world->container.items[0].locations.items[0].layer.ptr, "sha256:1");
    assert_int_equal(world->container.items[1].locations.items[0].layer.len, 0);
}

/* Kernels are installed beside one another. */
static void test_since_image__several_versions(void **state)
{
    struct world *world = *state;
    const char *place = "var/lib/rpm/rpmdb.sqlite";
    for (const char *version = "123"; *version; version++) {
        char text[2] = {*version, '\0'};
        pl_str name = pl_arena_dup(&world->arena, pl_str_from(text));
        add(world, &world->image, "rpm", "kernel", name.ptr, "x86_64", place);
    }
    add(world, &world->container, "rpm", "kernel", "2", "x86_64", place);
    add(world, &world->container, "rpm", "kernel", "3", "x86_64", place);
    check(world, "ss", "kernel-1");
}

static void test_since_image__one_more_version(void **state)
{
    struct world *world = *state;
    const char *place = "var/lib/rpm/rpmdb.sqlite";
    add(world, &world->image, "rpm", "kernel", "2", "x86_64", place);
    add(world, &world->container, "rpm", "kernel", "1", "x86_64", place);
    add(world, &world->container, "rpm", "kernel", "2", "x86_64", place);
    add(world, &world->container, "rpm", "kernel", "3", "x86_64", place);
    check(world, "nsn", "");
}

static void test_since_image__one_version_for_another(void **state)
{
    struct world *world = *state;
    const char *place = "var/lib/rpm/rpmdb.sqlite";
    add(world, &world->image, "rpm", "kernel", "1", "x86_64", place);
    add(world, &world->image, "rpm", "kernel", "2", "x86_64", place);
    add(world, &world->container, "rpm", "kernel", "2", "x86_64", place);
    add(world, &world->container, "rpm", "kernel", "3", "x86_64", place);
    check(world, "sa", "");
}

static void test_since_image__architectures(void **state)
{
    struct world *world = *state;
    const char *place = "var/lib/dpkg/status";
    add(world, &world->image, "deb", "libc6", "1", "amd64", place);
    add(world, &world->image, "deb", "zlib1g", "1", "amd64", place);
    add(world, &world->container, "deb", "libc6", "1", "amd64", place);
    add(world, &world->container, "deb", "libc6", "1", "i386", place);
    add(world, &world->container, "deb", "zlib1g", "1", "i386", place);
    check(world, "snn", "zlib1g-1");
}

/* rpm's database has moved from one place to another between its versions; a copy of a library
 * elsewhere is another copy. */
static void test_since_image__places(void **state)
{
    struct world *world = *state;
    add(world, &world->image, "npm", "left-pad", "1", "", "app/package-lock.json");
    add(world, &world->image, "rpm", "bash", "5", "x86_64", "var/lib/rpm/rpmdb.sqlite");
    add(world, &world->container, "npm", "left-pad", "1", "", "app/package-lock.json");
    add(world, &world->container, "npm", "left-pad", "1", "", "srv/package-lock.json");
    add(world, &world->container, "rpm", "bash", "5", "x86_64",
        "usr/lib/sysimage/rpm/rpmdb.sqlite");
    check(world, "sns", "");
    assert_string_equal(world->container.items[2].locations.items[0].path.ptr,
                        "usr/lib/sysimage/rpm/rpmdb.sqlite");
}

static void test_since_image__files(void **state)
{
    struct world *world = *state;
    set_files(world, (const char *const[]){"usr/bin/a", "usr/bin/b", "usr/bin/c", NULL});
    add_both(world, "a", "usr/bin/a");
    add_both(world, "b", "usr/bin/b");
    add_both(world, "c", "usr/bin/c");
    change(world, "usr", PL_CHANGE_MODIFIED);
    change(world, "usr/bin", PL_CHANGE_MODIFIED);
    change(world, "usr/bin-x", PL_CHANGE_ADDED); /* sorts between a directory and what it holds */
    change(world, "usr/bin/a", PL_CHANGE_MODIFIED);
    change(world, "usr/bin/b", PL_CHANGE_DELETED);
    check(world, "aas", "");
}

/* base-files owns /tmp, in which everybody writes; what owns nothing there is as it was. */
static void test_since_image__directories(void **state)
{
    struct world *world = *state;
    set_files(world, (const char *const[]){"usr/share/doc/b/copyright", "usr/share/docs", NULL});
    add_both(world, "base-files", "tmp");
    add_both(world, "b", "usr/share/doc/b/copyright");
    add_both(world, "c", "usr/share/docs");
    change(world, "tmp", PL_CHANGE_MODIFIED);
    change(world, "usr/share", PL_CHANGE_MODIFIED);
    change(world, "usr/share/doc", PL_CHANGE_DELETED);
    check(world, "sas", "");
}

/* dpkg says bin/ls where /bin is a link to usr/bin; where it is none, bin/ls is another file. */
static void test_since_image__merged_usr(void **state)
{
    struct world *world = *state;
    set_files(world, (const char *const[]){"bin", "usr/bin/ls", "usr/sbin/init", NULL});
    add_both(world, "coreutils", "bin/ls");
    add_both(world, "init", "sbin/init");
    change(world, "usr/bin/ls", PL_CHANGE_MODIFIED);
    change(world, "usr/sbin/init", PL_CHANGE_MODIFIED);
    check(world, "as", "");
}

/* As many of one name as a database may hold: each is looked at once. */
static void test_since_image__many_of_one_name(void **state)
{
    struct world *world = *state;
    enum { MANY = 200000 };
    for (size_t i = 0; i < MANY; i++) {
        add(world, &world->image, "deb", "a", "1", "amd64", "s");
        add(world, &world->container, "deb", "a", "2", "amd64", "s");
    }
    char *wanted pl_autofree = pl_mem_alloc(MANY + 1, 1);
    memset(wanted, 'a', MANY);
    check(world, wanted, "");
}

int pl_test_since_image(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_since_image__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(new_altered_and_removed),
        TEST(several_versions),
        TEST(one_more_version),
        TEST(one_version_for_another),
        TEST(architectures),
        TEST(places),
        TEST(files),
        TEST(directories),
        TEST(merged_usr),
        TEST(many_of_one_name),
    };
#undef TEST
    return cmocka_run_group_tests_name("engine/since_image", tests, NULL, NULL);
}
