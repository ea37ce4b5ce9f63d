/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence made by hand, lowest layer first. What hides what follows image-spec, layer.md,
 * "Representing Changes" and "Applying Changesets"; each case names its section.
 */
#include "engine/merge.h"
#include "base/buf.h"
#include "base/mem.h"
#include "unit/test.h"

#define STATUS "var/lib/dpkg/status"

struct world {
    struct pl_arena arena;
    struct pl_catalog_matcher *matcher;
    struct pl_evidence layers[4];
    size_t count;
    struct pl_merged merged;
};

static int set_up(void **state)
{
    struct world *world = pl_mem_alloc(1, sizeof(*world));
    world->matcher = pl_catalog_matcher_new();
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    pl_catalog_matcher_free(world->matcher);
    pl_arena_release(&world->arena);
    free(world);
    return 0;
}

static struct pl_evidence *add_layer(struct world *world)
{
    static const char *const diff_ids[] = {"sha256:0", "sha256:1", "sha256:2", "sha256:3"};
    struct pl_evidence *layer = &world->layers[world->count];
    layer->diff_id = pl_str_from(diff_ids[world->count++]);
    return layer;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* An entry that is no directory. */
static void add_replaced(struct world *world, struct pl_evidence *layer, const char *path)
{
    uint64_t *grown = PL_ARENA_ARRAY(&world->arena, uint64_t, layer->replaced.count + 1);
    if (layer->replaced.count > 0) {
        memcpy(grown, layer->replaced.items, layer->replaced.count * sizeof(*grown));
    }
    grown[layer->replaced.count++] = pl_str_hash(pl_str_from(path));
    qsort(grown, layer->replaced.count, sizeof(*grown), compare_hashes);
    layer->replaced.items = grown;
}

/* Files must be added in order of path. */
static struct pl_evidence_file *add_file(struct world *world, struct pl_evidence *layer,
                                         const char *path)
{
    struct pl_evidence_file *file = pl_vec_push(&world->arena, &layer->files);
    file->path = pl_str_from(path);
    add_replaced(world, layer, path);
    return file;
}

static struct pl_component *add_package(struct world *world, struct pl_evidence_file *file,
                                        const char *name, const char *version, const char *arch)
{
    struct pl_component *added = pl_vec_push(&world->arena, &file->components);
    added->type = PL_STR("deb");
    added->name = pl_str_from(name);
    added->version = pl_str_from(version);
    added->arch = pl_str_from(arch);
    added->source_name = added->name;
    added->source_version = added->version;
    return added;
}

static void add_attached(struct world *world, struct pl_attachments *list, const char *name,
                         const char *arch, const char *first, const char *second)
{
    struct pl_attachment *added = pl_vec_push(&world->arena, list);
    added->type = PL_STR("deb");
    added->name = pl_str_from(name);
    added->arch = pl_str_from(arch);
    *pl_vec_push(&world->arena, &added->values) = pl_str_from(first);
    *pl_vec_push(&world->arena, &added->values) = pl_str_from(second);
}

static void merge(struct world *world)
{
    const struct pl_evidence *layers[4];
    for (size_t i = 0; i < world->count; i++) {
        layers[i] = &world->layers[i];
    }
    pl_merge(&world->arena, world->matcher, layers, world->count, &world->merged);
}

/* "name=version@layer " for each component. */
static void expect_packages(const struct world *world, const char *wanted)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(4000);
    for (size_t i = 0; i < world->merged.components.count; i++) {
        const struct pl_component *component = &world->merged.components.items[i];
        assert_int_equal(component->locations.count, 1);
        pl_str layer = pl_str_skip(component->locations.items[0].layer, strlen("sha256:"));
        pl_buf_append_format(&text, PL_STR_FMT "=" PL_STR_FMT "@" PL_STR_FMT " ",
                             PL_STR_ARG(component->name), PL_STR_ARG(component->version),
                             PL_STR_ARG(layer));
    }
    pl_assert_str(pl_buf_str(&text), wanted);
}

static void expect_strs(const struct pl_strs *list, const char *wanted)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(4000);
    for (size_t i = 0; i < list->count; i++) {
        pl_buf_append(&text, list->items[i]);
        pl_buf_append_char(&text, ' ');
    }
    pl_assert_str(pl_buf_str(&text), wanted);
}

/* A package "low" at the path in the lowest layer, and an empty layer above it. */
static struct pl_evidence *start_with(struct world *world, const char *path)
{
    add_package(world, add_file(world, add_layer(world), path), "low", "1", "amd64");
    return add_layer(world);
}

static void test_merge__a_whiteout_hides_lower_layers(void **state)
{
    /* "Whiteouts": the named path is deleted, and a deleted directory takes all below it along. */
    static const struct {
        const char *whiteout;
        const char *wanted;
    } cases[] = {
        {STATUS, ""},
        {"var/lib/dpkg", ""},
        {"var", ""},
        {"var/lib/dpkg/stat", "low=1@0 "},
        {"lib", "low=1@0 "},
        {"status", "low=1@0 "},
        {STATUS "/x", "low=1@0 "},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct world *world = *state;
        world->count = 0;
        memset(world->layers, 0, sizeof(world->layers));
        struct pl_evidence *upper = start_with(world, STATUS);
        *pl_vec_push(&world->arena, &upper->whiteouts) = pl_str_from(cases[i].whiteout);
        merge(world);
        expect_packages(world, cases[i].wanted);
    }
}

static void test_merge__a_whiteout_spares_its_own_and_higher_layers(void **state)
{
    /* "Whiteouts": they apply to lower layers alone. */
    struct world *world = *state;
    struct pl_evidence *middle = start_with(world, STATUS);
    *pl_vec_push(&world->arena, &middle->whiteouts) = PL_STR("var");
    add_package(world, add_file(world, middle, STATUS ".d/middle"), "middle", "2", "amd64");
    add_package(world, add_file(world, add_layer(world), STATUS ".d/high"), "high", "3", "amd64");
    merge(world);
    expect_packages(world, "high=3@2 middle=2@1 ");
}

static void test_merge__an_opaque_directory_hides_what_it_held(void **state)
{
    /* "Opaque Whiteout": all that lower layers have in the directory is hidden. */
    static const struct {
        const char *opaque;
        const char *wanted;
    } cases[] = {
        {"var/lib/dpkg", "high=2@1 "},
        {"var", "high=2@1 "},
        {"", "high=2@1 "},
        {"var/lib/apt", "high=2@1 low=1@0 "},
        {"var/lib/dpkg/info", "high=2@1 low=1@0 "},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct world *world = *state;
        world->count = 0;
        memset(world->layers, 0, sizeof(world->layers));
        struct pl_evidence *upper = start_with(world, STATUS);
        *pl_vec_push(&world->arena, &upper->opaques) = pl_str_from(cases[i].opaque);
        add_package(world, add_file(world, upper, STATUS ".d/high"), "high", "2", "amd64");
        merge(world);
        expect_packages(world, cases[i].wanted);
    }
}

static void test_merge__an_entry_replaces_the_path_and_what_was_below(void **state)
{
    /* "Applying Changesets": an entry takes the place of what was at its path. */
    static const struct {
        const char *entry;
        const char *wanted;
    } cases[] = {
        {STATUS, ""},       {"var/lib/dpkg", ""}, {"var", ""}, {"var/lib/dpkg/other", "low=1@0 "},
        {"va", "low=1@0 "},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct world *world = *state;
        world->count = 0;
        memset(world->layers, 0, sizeof(world->layers));
        add_replaced(world, start_with(world, STATUS), cases[i].entry);
        merge(world);
        expect_packages(world, cases[i].wanted);
    }
}

/* A package manager rewrites its database as a whole: what was in the one below came from there. */
static void test_merge__a_component_belongs_to_the_layer_that_first_had_it(void **state)
{
    struct world *world = *state;
    struct pl_evidence_file *file = add_file(world, add_layer(world), STATUS);
    add_package(world, file, "kept", "1", "amd64");
    add_package(world, file, "raised", "1", "amd64");
    add_package(world, file, "removed", "1", "amd64");
    file = add_file(world, add_layer(world), STATUS);
    add_package(world, file, "kept", "1", "amd64");
    add_package(world, file, "raised", "2", "amd64");
    add_package(world, file, "added", "1", "amd64");
    add_layer(world);
    file = add_file(world, add_layer(world), STATUS);
    add_package(world, file, "kept", "1", "amd64");
    add_package(world, file, "raised", "2", "amd64");
    add_package(world, file, "added", "1", "amd64");
    add_package(world, file, "removed", "1", "amd64");
    merge(world);
    /* "removed" was gone in between, so it was brought back by the last. */
    expect_packages(world, "added=1@1 kept=1@0 raised=2@1 removed=1@3 ");
}

static void test_merge__attachments_join_by_name_and_architecture(void **state)
{
    struct world *world = *state;
    struct pl_evidence *layer = add_layer(world);
    struct pl_evidence_file *list = add_file(world, layer, "var/lib/dpkg/info/x.list");
    add_attached(world, &list->files, "multi", "i386", "lib/i386", "doc");
    add_attached(world, &list->files, "multi", "amd64", "lib/amd64", "doc");
    add_attached(world, &list->files, "plain", "", "bin/b", "bin/a");
    add_attached(world, &list->files, "plain", "", "bin/c", "bin/d");
    add_attached(world, &list->licenses, "multi", "", "MIT", "MIT");
    add_attached(world, &list->licenses, "nobody", "", "lost", "lost");
    struct pl_evidence_file *status = add_file(world, layer, STATUS);
    add_package(world, status, "multi", "1", "amd64");
    add_package(world, status, "multi", "1", "i386");
    add_package(world, status, "plain", "1", "all");
    merge(world);
    const struct pl_component *components = world->merged.components.items;
    assert_int_equal(world->merged.components.count, 3);
    pl_assert_str(components[0].arch, "amd64");
    expect_strs(&components[0].files, "lib/amd64 doc ");
    expect_strs(&components[1].files, "lib/i386 doc ");
    expect_strs(&components[2].files, "bin/b bin/a bin/c bin/d ");
    expect_strs(&components[0].licenses, "MIT ");
    expect_strs(&components[1].licenses, "MIT ");
    /* The evidence is as it was. */
    assert_int_equal(status->components.items[0].files.count, 0);
}

static void test_merge__a_hidden_attachment_joins_nothing(void **state)
{
    struct world *world = *state;
    struct pl_evidence *upper = start_with(world, STATUS);
    struct pl_evidence_file *list = add_file(world, &world->layers[0], "var/lib/dpkg/x.list");
    add_attached(world, &list->files, "low", "", "a", "b");
    *pl_vec_push(&world->arena, &upper->whiteouts) = PL_STR("var/lib/dpkg/x.list");
    merge(world);
    expect_packages(world, "low=1@0 ");
    assert_int_equal(world->merged.components.items[0].files.count, 0);
}

/* Debian policy, section 12.3: the documentation may be that of another package of the source. */
static void test_merge__licences_are_shared_within_a_source(void **state)
{
    struct world *world = *state;
    struct pl_evidence_file *status = add_file(world, add_layer(world), STATUS);
    static const char *const rows[][3] = {
        {"a-bin", "a", "1"}, {"a-doc", "a", "1"}, {"a-old", "a", "0"}, {"b", "b", "1"}};
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_component *added = add_package(world, status, rows[i][0], "1", "all");
        added->source_name = pl_str_from(rows[i][1]);
        added->source_version = pl_str_from(rows[i][2]);
    }
    add_attached(world, &status->licenses, "a-doc", "", "GPL-3", "MIT");
    merge(world);
    const struct pl_component *components = world->merged.components.items;
    expect_strs(&components[0].licenses, "GPL-3 MIT ");
    expect_strs(&components[1].licenses, "GPL-3 MIT ");
    expect_strs(&components[2].licenses, "");
    expect_strs(&components[3].licenses, "");
}

static void add_link(struct world *world, struct pl_evidence *layer, const char *path,
                     const char *target)
{
    struct pl_evidence_file *file = add_file(world, layer, path);
    file->type = PL_ENTRY_SYMLINK;
    file->link = pl_str_from(target);
}

static void test_merge__a_link_to_where_nobody_looks_is_a_gap(void **state)
{
    struct world *world = *state;
    struct pl_evidence *layer = add_layer(world);
    add_link(world, layer, "etc/os-release", "../usr/lib/os-release");
    add_link(world, layer, "lib/apk/db/installed", "/data/apk");
    add_link(world, layer, "var/lib/rpm", "../../usr/lib/sysimage/rpm");
    merge(world);
    assert_int_equal(world->merged.gaps.count, 1);
    pl_assert_str(world->merged.gaps.items[0].path, "lib/apk/db/installed");
    pl_assert_str(world->merged.gaps.items[0].layer, "sha256:0");
    assert_true(pl_str_contains(world->merged.gaps.items[0].reason, PL_STR("data/apk")));
}

static void test_merge__gaps_of_hidden_files_are_not_told(void **state)
{
    struct world *world = *state;
    struct pl_evidence *upper = start_with(world, STATUS);
    struct pl_evidence_file *file = &world->layers[0].files.items[0];
    pl_vec_push(&world->arena, &file->gaps)->reason = PL_STR("of the file");
    pl_vec_push(&world->arena, &world->layers[0].gaps)->reason = PL_STR("of the layer");
    merge(world);
    assert_int_equal(world->merged.gaps.count, 2);
    *pl_vec_push(&world->arena, &upper->whiteouts) = PL_STR(STATUS);
    merge(world);
    assert_int_equal(world->merged.gaps.count, 1);
    pl_assert_str(world->merged.gaps.items[0].reason, "of the layer");
}

static void test_merge__the_system_names_its_packages(void **state)
{
    struct world *world = *state;
    struct pl_evidence *layer = add_layer(world);
    struct pl_evidence_file *release = add_file(world, layer, "etc/os-release");
    release->has_os = true;
    release->os.id = PL_STR("debian");
    release->os.version_id = PL_STR("12");
    add_package(world, add_file(world, layer, STATUS), "p", "1", "all");
    merge(world);
    pl_assert_str(world->merged.os.id, "debian");
    pl_assert_str(world->merged.components.items[0].vendor_id, "debian");
}

/* Many packages of one name, and many paths for that name: the product is bounded, and told. */
static void test_merge__a_product_of_names_and_paths_is_bounded(void **state)
{
    enum { PACKAGES = 4000, PATHS = 4000 };
    struct world *world = *state;
    struct pl_evidence *layer = add_layer(world);
    struct pl_evidence_file *list = add_file(world, layer, "var/lib/dpkg/info/a.list");
    add_attached(world, &list->files, "a", "", "x", "y");
    for (int i = 2; i < PATHS; i++) {
        *pl_vec_push(&world->arena, &list->files.items[0].values) = PL_STR("z");
    }
    /* A second list, since one alone is borrowed. */
    add_attached(world, &list->files, "a", "", "x", "y");
    struct pl_evidence_file *status = add_file(world, layer, STATUS);
    for (int i = 0; i < PACKAGES; i++) {
        add_package(world, status, "a", "1", "all");
    }
    merge(world);
    assert_int_equal(world->merged.components.count, PACKAGES);
    assert_int_equal(world->merged.gaps.count, 1);
    assert_true(pl_str_contains(world->merged.gaps.items[0].reason, PL_STR("left out")));
}

static void test_merge__nothing_is_nothing(void **state)
{
    struct world *world = *state;
    merge(world);
    assert_int_equal(world->merged.components.count + world->merged.gaps.count, 0);
    add_layer(world);
    merge(world);
    assert_int_equal(world->merged.components.count + world->merged.gaps.count, 0);
}

int pl_test_merge(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_merge__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_whiteout_hides_lower_layers),
        CASE(a_whiteout_spares_its_own_and_higher_layers),
        CASE(an_opaque_directory_hides_what_it_held),
        CASE(an_entry_replaces_the_path_and_what_was_below),
        CASE(a_component_belongs_to_the_layer_that_first_had_it),
        CASE(attachments_join_by_name_and_architecture),
        CASE(a_hidden_attachment_joins_nothing),
        CASE(licences_are_shared_within_a_source),
        CASE(a_link_to_where_nobody_looks_is_a_gap),
        CASE(gaps_of_hidden_files_are_not_told),
        CASE(the_system_names_its_packages),
        CASE(a_product_of_names_and_paths_is_bounded),
        CASE(nothing_is_nothing),
    };
#undef CASE
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
