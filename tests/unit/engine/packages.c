/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the merge makes of packages that are files of other packages, or that several places state.
 * Evidence is made by hand, lowest layer first.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "engine/merge.h"
#include "unit/test.h"

enum { LAYERS = 3 };

struct world {
    struct pl_arena arena;
    struct pl_catalog_matcher *matcher;
    struct pl_evidence layers[LAYERS];
    struct pl_merged merged;
};

static int set_up(void **state)
{
    static const char *const diff_ids[LAYERS] = {"sha256:0", "sha256:1", "sha256:2"};
    struct world *world = pl_mem_alloc(1, sizeof(*world));
    world->matcher = pl_catalog_matcher_new();
    for (size_t i = 0; i < LAYERS; i++) {
        world->layers[i].diff_id = pl_str_from(diff_ids[i]);
    }
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

/* Entries that are no directories; given in any order. */
static void has_file(struct world *world, size_t layer, const char *path)
{
    struct pl_path_hashes *list = &world->layers[layer].replaced;
    uint64_t hash = pl_str_hash(pl_str_from(path));
    uint64_t *grown = PL_ARENA_ARRAY(&world->arena, uint64_t, list->count + 1);
    size_t at = 0;
    while (at < list->count && list->items[at] < hash) {
        grown[at] = list->items[at];
        at++;
    }
    grown[at] = hash;
    if (at < list->count) {
        memcpy(grown + at + 1, list->items + at, (list->count - at) * sizeof(*grown));
    }
    *list = (struct pl_path_hashes){grown, list->count + 1};
}

/* Files of a layer in order of their paths. */
static struct pl_evidence_file *add_file(struct world *world, size_t layer, const char *path)
{
    struct pl_evidence_file *file = pl_vec_push(&world->arena, &world->layers[layer].files);
    file->path = pl_str_from(path);
    file->cataloger = PL_STR("test");
    has_file(world, layer, path);
    return file;
}

static struct pl_component *add_package(struct world *world, struct pl_evidence_file *file,
                                        const char *type, const char *name, const char *version)
{
    struct pl_component *added = pl_vec_push(&world->arena, &file->components);
    added->type = pl_str_from(type);
    added->name = pl_str_from(name);
    added->version = pl_str_from(version);
    return added;
}

/* dpkg: the database and the list of files beside it. */
static void add_deb(struct world *world, size_t layer, const char *name, const char *owned)
{
    uint64_t *hash = PL_ARENA_NEW(&world->arena, uint64_t);
    *hash = pl_str_hash(pl_str_from(owned));
    pl_str list = pl_arena_format(&world->arena, "var/lib/dpkg/info/%s.list", name);
    struct pl_evidence_file *file = add_file(world, layer, list.ptr);
    struct pl_attachment *attached = pl_vec_push(&world->arena, &file->files);
    attached->type = PL_STR("deb");
    attached->name = pl_str_from(name);
    attached->owned = (struct pl_path_hashes){hash, 1};
    add_package(world, add_file(world, layer, "var/lib/dpkg/status"), "deb", name, "1");
}

static void merge(struct world *world)
{
    const struct pl_evidence *layers[LAYERS];
    for (size_t i = 0; i < LAYERS; i++) {
        layers[i] = &world->layers[i];
    }
    pl_merge(&world->arena, world->matcher, layers, LAYERS, &world->merged);
}

/* "name[contained] " for each component. */
static void expect(struct world *world, const char *wanted)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(4000);
    merge(world);
    for (size_t i = 0; i < world->merged.components.count; i++) {
        const struct pl_component *component = &world->merged.components.items[i];
        pl_buf_append(&text, component->name);
        for (size_t j = 0; j < component->contains.count; j++) {
            pl_buf_append_format(&text, "[" PL_STR_FMT "]",
                                 PL_STR_ARG(component->contains.items[j]));
        }
        pl_buf_append_char(&text, ' ');
    }
    pl_assert_str(pl_buf_str(&text), wanted);
}

#define METADATA "usr/lib/python3/dist-packages/six-1.16.dist-info/METADATA"

static void test_packages__of_a_system_package_are_named_with_it(void **state)
{
    struct world *world = *state;
    add_package(world, add_file(world, 0, METADATA), "pypi", "six", "1.16");
    add_deb(world, 0, "python3-six", METADATA);
    expect(world, "python3-six[pkg:pypi/six@1.16] ");
}

static void test_packages__of_nobody_stay(void **state)
{
    struct world *world = *state;
    add_package(world, add_file(world, 0, "usr/local/lib/x"), "pypi", "six", "1.16");
    add_deb(world, 0, "python3-six", METADATA);
    expect(world, "python3-six six ");
}

static void test_packages__are_owned_across_layers(void **state)
{
    /* Layers that were cut to size after all was installed: the database lies in one alone. */
    struct world *world = *state;
    add_deb(world, 0, "python3-six", METADATA);
    add_package(world, add_file(world, 1, METADATA), "pypi", "six", "1.16");
    expect(world, "python3-six[pkg:pypi/six@1.16] ");
}

static void test_packages__put_in_the_place_of_others_are_their_own(void **state)
{
    struct world *world = *state;
    add_deb(world, 0, "python3-six", METADATA);
    has_file(world, 0, METADATA);
    add_package(world, add_file(world, 1, METADATA), "pypi", "six", "1.17");
    expect(world, "python3-six six ");
}

static void test_packages__of_an_update_belong_to_it(void **state)
{
    struct world *world = *state;
    has_file(world, 0, METADATA);
    add_package(world, add_file(world, 1, METADATA), "pypi", "six", "1.17");
    add_deb(world, 1, "python3-six", METADATA);
    expect(world, "python3-six[pkg:pypi/six@1.17] ");
}

static void test_packages__are_found_under_the_name_before_the_usr_merge(void **state)
{
    struct world *world = *state;
    add_package(world, add_file(world, 0, "usr/lib/x86_64-linux-gnu/libz.so.1"), "binary", "zlib",
                "1.2.13");
    add_deb(world, 0, "zlib1g", "lib/x86_64-linux-gnu/libz.so.1");
    expect(world, "zlib1g[pkg:generic/zlib@1.2.13] ");
}

static void test_packages__in_an_archive_belong_where_the_archive_does(void **state)
{
    struct world *world = *state;
    struct pl_evidence_file *jar = add_file(world, 0, "usr/share/java/a.jar");
    add_package(world, jar, "maven", "g:outer", "1");
    add_package(world, jar, "maven", "g:inner", "2")->inside = PL_STR("lib/b.jar");
    add_deb(world, 0, "liba-java", "usr/share/java/a.jar");
    expect(world, "liba-java[pkg:maven/g/inner@2][pkg:maven/g/outer@1] ");
}

/* rbs 2.1.0 of Debian's libruby3.1 has the lock file of its own development with it. */
static void test_packages__that_an_owned_file_declares_are_nowhere(void **state)
{
    struct world *world = *state;
    const char *lock = "usr/lib/ruby/gems/3.1.0/gems/rbs-2.1.0/steep/Gemfile.lock";
    add_package(world, add_file(world, 0, lock), "gem", "activesupport", "6.1.4.1")->scope =
        PL_SCOPE_DECLARED;
    add_deb(world, 0, "libruby3.1", lock);
    expect(world, "libruby3.1 ");
}

static void test_packages__of_a_language_own_nothing(void **state)
{
    struct world *world = *state;
    uint64_t hash = pl_str_hash(PL_STR("opt/a.so"));
    struct pl_component *owner =
        add_package(world, add_file(world, 0, "opt/METADATA"), "pypi", "a", "1");
    owner->owned = (struct pl_path_hashes){&hash, 1};
    add_package(world, add_file(world, 0, "opt/a.so"), "binary", "zlib", "1.2.13");
    expect(world, "zlib a ");
}

static struct pl_component *add_conda(struct world *world, const char *place, uint64_t *owned)
{
    struct pl_component *conda =
        add_package(world, add_file(world, 0, place), "conda", "six", "1.16");
    conda->owned = (struct pl_path_hashes){owned, 1};
    return conda;
}

/* Nobody publishes advisories for conda's packages: what is in them is known by its own name. */
static void test_packages__of_conda_are_named_with_it_and_stay(void **state)
{
    struct world *world = *state;
    uint64_t hash = pl_str_hash(PL_STR("opt/conda/lib/six-1.16.dist-info/METADATA"));
    add_conda(world, "opt/conda/conda-meta/six.json", &hash);
    add_package(world, add_file(world, 0, "opt/conda/lib/six-1.16.dist-info/METADATA"), "pypi",
                "six", "1.16");
    expect(world, "six[pkg:pypi/six@1.16] six ");
}

static void test_packages__of_conda_in_two_places_are_one(void **state)
{
    struct world *world = *state;
    uint64_t first = pl_str_hash(PL_STR("a/x/METADATA"));
    uint64_t second = pl_str_hash(PL_STR("b/y/METADATA"));
    add_conda(world, "a/conda-meta/six.json", &first);
    add_package(world, add_file(world, 0, "a/x/METADATA"), "pypi", "x", "1");
    add_conda(world, "b/conda-meta/six.json", &second);
    add_package(world, add_file(world, 0, "b/y/METADATA"), "pypi", "y", "1");
    expect(world, "six[pkg:pypi/x@1][pkg:pypi/y@1] x y ");
}

static void test_packages__of_two_owners_are_the_systems(void **state)
{
    struct world *world = *state;
    uint64_t hash = pl_str_hash(PL_STR(METADATA));
    add_conda(world, "conda-meta/six.json", &hash);
    add_package(world, add_file(world, 0, METADATA), "pypi", "six", "1.16");
    add_deb(world, 0, "python3-six", METADATA);
    expect(world, "six python3-six[pkg:pypi/six@1.16] ");
}

/* What Gentoo has in the purl's namespace is a category, not the distribution. */
static void test_packages__of_portage_keep_their_category(void **state)
{
    struct world *world = *state;
    struct pl_evidence_file *release = add_file(world, 0, "etc/os-release");
    release->has_os = true;
    release->os.id = PL_STR("gentoo");
    add_package(world, add_file(world, 0, "var/db/pkg/a/b-1/CONTENTS"), "portage", "a/b", "1");
    add_package(world, add_file(world, 0, "x/pacman/local/c-1-1/desc"), "alpm", "c", "1-1");
    merge(world);
    pl_assert_str(pl_component_purl(&world->arena, &world->merged.components.items[0]),
                  "pkg:alpm/gentoo/c@1-1");
    pl_assert_str(pl_component_purl(&world->arena, &world->merged.components.items[1]),
                  "pkg:ebuild/a/b@1");
}

static void test_packages__stated_twice_are_one(void **state)
{
    struct world *world = *state;
    struct pl_component *locked =
        add_package(world, add_file(world, 0, "app/package-lock.json"), "npm", "@a/b", "1.0.0");
    locked->scope = PL_SCOPE_DECLARED;
    locked->relation = PL_RELATION_TRANSITIVE;
    locked->is_dev = true;
    *pl_vec_push(&world->arena, &locked->hashes) = PL_STR("sha1:00");
    *pl_vec_push(&world->arena, &locked->depends) = PL_STR("c@2");
    *pl_vec_push(&world->arena, &locked->depends) = PL_STR("d");
    struct pl_component *found = add_package(
        world, add_file(world, 1, "app/node_modules/@a/b/package.json"), "npm", "@a/b", "1.0.0");
    *pl_vec_push(&world->arena, &found->licenses) = PL_STR("MIT");
    *pl_vec_push(&world->arena, &found->depends) = PL_STR("c");
    *pl_vec_push(&world->arena, &found->depends) = PL_STR("d@3");
    *pl_vec_push(&world->arena, &found->depends) = PL_STR("e");
    *pl_vec_push(&world->arena, &found->hashes) = PL_STR("sha1:00");
    *pl_vec_push(&world->arena, &found->hashes) = PL_STR("sha1:11");
    merge(world);
    assert_int_equal(world->merged.components.count, 1);
    const struct pl_component *one = &world->merged.components.items[0];
    assert_int_equal(one->scope, PL_SCOPE_INSTALLED);
    assert_int_equal(one->relation, PL_RELATION_TRANSITIVE);
    assert_true(one->is_dev);
    assert_int_equal(one->licenses.count, 1);
    assert_int_equal(one->hashes.count, 2);
    assert_int_equal(one->locations.count, 2);
    assert_int_equal(one->depends.count, 3);
    pl_assert_str(one->depends.items[0], "c@2");
    pl_assert_str(one->depends.items[1], "d@3");
    pl_assert_str(one->depends.items[2], "e");
    /* Evidence may be shared, and stays as it was. */
    assert_int_equal(found->hashes.count, 2);
    assert_int_equal(locked->hashes.count, 1);
}

static void test_packages__of_the_system_stay_as_they_are_listed(void **state)
{
    struct world *world = *state;
    struct pl_evidence_file *database = add_file(world, 0, "var/lib/rpm/rpmdb.sqlite");
    add_package(world, database, "rpm", "kernel", "1-1");
    add_package(world, database, "rpm", "kernel", "1-1");
    expect(world, "kernel kernel ");
}

static void test_packages__lie_about_as_files_too(void **state)
{
    struct world *world = *state;
    add_package(world, add_file(world, 0, "var/lib/dpkg/status"), "deb", "tar", "1");
    add_package(world, add_file(world, 1, "root/tar_1_amd64.deb"), "deb", "tar", "1")->scope =
        PL_SCOPE_DECLARED;
    expect(world, "tar ");
    const struct pl_component *tar = &world->merged.components.items[0];
    assert_int_equal(tar->scope, PL_SCOPE_INSTALLED);
    assert_int_equal(tar->locations.count, 2);
}

static void test_packages__told_apart_by_a_qualifier_stay_apart(void **state)
{
    struct world *world = *state;
    struct pl_evidence_file *file = add_file(world, 0, "Manifest.toml");
    struct pl_component *a = add_package(world, file, "julia", "JSON", "1");
    *pl_vec_push(&world->arena, &a->qualifiers) = PL_STR("uuid=1");
    struct pl_component *b = add_package(world, file, "julia", "JSON", "1");
    *pl_vec_push(&world->arena, &b->qualifiers) = PL_STR("uuid=2");
    expect(world, "JSON JSON ");
}

int pl_test_packages(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_packages__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(of_a_system_package_are_named_with_it),
        CASE(of_nobody_stay),
        CASE(are_owned_across_layers),
        CASE(put_in_the_place_of_others_are_their_own),
        CASE(of_an_update_belong_to_it),
        CASE(are_found_under_the_name_before_the_usr_merge),
        CASE(in_an_archive_belong_where_the_archive_does),
        CASE(that_an_owned_file_declares_are_nowhere),
        CASE(of_a_language_own_nothing),
        CASE(of_conda_are_named_with_it_and_stay),
        CASE(of_conda_in_two_places_are_one),
        CASE(of_two_owners_are_the_systems),
        CASE(of_portage_keep_their_category),
        CASE(stated_twice_are_one),
        CASE(of_the_system_stay_as_they_are_listed),
        CASE(lie_about_as_files_too),
        CASE(told_apart_by_a_qualifier_stay_apart),
    };
#undef CASE
    return cmocka_run_group_tests_name("packages", tests, NULL, NULL);
}
