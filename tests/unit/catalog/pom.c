/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pom.xml; what one means is Maven's documentation's: "Introduction to the POM", "Introduction to
 * the Dependency Mechanism", "Maven Model Builder".
 */
#include "base/io.h"
#include "poms.h"
#include <limits.h>

extern const struct pl_cataloger pl_cataloger_pom;

static void expect_poms(const char *text, const char *wanted)
{
    struct poms poms = {0};
    struct pl_buf lines pl_autobuf = PL_BUF_INIT(1 << 20);
    poms_of(&poms, text);
    poms_list(&poms.arena, &pl_cataloger_pom, &poms, &lines);
    assert_string_equal(lines.ptr ? lines.ptr : "", wanted);
    pl_arena_release(&poms.arena);
}

/* In one file alone, and in all prefixes of it. */
static void expect_pom(const char *lines, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str cursor = pl_str_from(lines);
    expect_listing(&pl_cataloger_pom, "app/pom.xml", pom_text(&arena, &cursor).ptr, wanted);
}

static void test_pom__one_file(void **state)
{
    (void)state;
    expect_pom("project ::\n"
               "parent org.p:p:7\n"
               "property a.v=1.${minor}\n"
               "property minor=2\n"
               "manage g:managed:3:test\n"
               "manage g:unused:4\n"
               "depend g:a:${a.v}\n"
               "depend g:managed\n"
               "depend g:opt: [5] ::<optional>true</optional>\n"
               "depend g:range:[1,2)\n"
               "depend g:latest:LATEST\n"
               "depend g:file:1:system\n"
               "depend g:p:${project.parent.version}\n"
               "depend g:own:${project.version}\n"
               "depend g:older:${pom.version}-${version}\n"
               "depend g:t:1:test\n"
               "depend ${project.groupId}:x:1\n",
               "g:a@1.2 direct\n"
               "g:managed@3 dev direct\n"
               "g:opt@5 optional direct\n"
               "g:p@7 direct\n"
               "g:own@7 direct\n"
               "g:older@7-7 direct\n"
               "g:t@1 dev direct\n"
               "org.p:x@1 direct\n");
    expect_listing(&pl_cataloger_pom, "pom.xml", "<settings/>",
                   "gap: the file is no project of Maven\n");
    expect_listing(&pl_cataloger_pom, "x/META-INF/maven/g/a/pom.xml", "<project", "");
    expect_listing(&pl_cataloger_pom, "x/a-1.pom", "<project", "");
    expect_reader("srv/app/pom.xml", &pl_cataloger_pom);
    expect_reader("root/.m2/repository/g/a/1/a-1.pom", &pl_cataloger_pom);
}

static void test_pom__what_cannot_be_told(void **state)
{
    (void)state;
    expect_pom("project g:a:1\n"
               "property loop=${pool}\n"
               "property pool=${loop}\n"
               "depend g:b:${loop}\n"
               "depend g:c:${nowhere}\n"
               "depend g:d:1\n",
               "g:d@1 direct\n"
               "gap: 2 of 3 dependencies have no version in this file, its parents and BOMs, the "
               "first being g:b\n");
    expect_pom("parent g:p:1\n"
               "import g:bom:${bom.version}\n"
               "import g:boom:2\n"
               "depend g:b\n"
               "depend g:range:[1,)\n"
               "depend g:d:1\n",
               "g:d@1 direct\n"
               "gap: 1 of 3 dependencies have no version here: not among the files are parent "
               "g:p:1, BOM g:bom:${bom.version}, BOM g:boom:2\n");
    /* Nothing is lacking, wherever the parent may be. */
    expect_pom("parent g:p:1\ndepend g:d:1\n", "g:d@1 direct\n");
    expect_pom("parent g:p:1\nmanage g:d\n", "");
}

static void test_pom__profiles_that_are_active_by_default(void **state)
{
    (void)state;
    expect_pom("project g:a:1\n"
               "property v=1\n"
               "manage g:m:1\n"
               "depend g:x:${v}\n"
               "depend g:m\n"
               "depend g:y:1\n"
               "profile\n"
               "property v=2\n"
               "manage g:m:2\n"
               "depend g:y:2\n"
               "depend g:z:${v}\n",
               "g:x@2 direct\n"
               "g:m@2 direct\n"
               "g:y@2 direct\n"
               "g:z@2 direct\n");
}

static void test_pom__parents(void **state)
{
    (void)state;
    /* ../pom.xml; a directory; another name; by coordinates; none of these. */
    expect_poms("= pom.xml\n"
                "project g:root:1\n"
                "property v=1\n"
                "manage g:x:${v}\n"
                "manage ${project.groupId}:own:${project.version}\n"
                "depend g:all:${v}:test\n"
                "= a/pom.xml\n"
                "parent g:root:1\n"
                "project :a:\n"
                "property v=2\n"
                "depend g:x\n"
                "depend g:own\n"
                "= b/c/pom.xml\n"
                "parent g:root:1 ..\\..\n"
                "project other:c:5\n"
                "depend other:own\n"
                "= b/d/pom.xml\n"
                "parent g:root:1\n"
                "project :d:\n"
                "depend g:x\n"
                "depend g:all::compile\n"
                "= b/e/pom.xml\n"
                "parent g:root:2 ../../pom.xml\n"
                "depend g:x\n"
                "= b/f/pom.xml\n"
                "parent g:none:1 -\n"
                "depend g:x\n",
                "= a/pom.xml\n"
                "g:x@2 direct\n"
                "g:own@1 direct\n"
                "g:all@2 dev direct\n"
                "= b/c/pom.xml\n"
                "other:own@5 direct\n"
                "g:all@1 dev direct\n"
                "= b/d/pom.xml\n"
                "g:x@1 direct\n"
                "gap: 1 of 2 dependencies have no version in this file, its parents and BOMs, the "
                "first being g:all\n"
                "= b/e/pom.xml\n"
                "gap: 1 of 1 dependencies have no version here: not among the files are parent "
                "g:root:2\n"
                "= b/f/pom.xml\n"
                "gap: 1 of 1 dependencies have no version here: not among the files are parent "
                "g:none:1\n"
                "= pom.xml\n"
                "g:all@1 dev direct\n");
    /* A version that is a property of the parent is equal to itself, and so is what it comes to. */
    expect_poms("= a/pom.xml\n"
                "parent g:root:${revision}\n"
                "project :a:\n"
                "depend g:x\n"
                "= b/c/pom.xml\n"
                "parent g:root:1.5\n"
                "project :c:\n"
                "depend g:x\n"
                "depend g:a:1.5\n"
                "= pom.xml\n"
                "project g:root:${revision}\n"
                "property revision=1.${minor}\n"
                "property minor=5\n"
                "manage g:x:${project.version}\n",
                "= a/pom.xml\n"
                "g:x@1.5 direct\n"
                "= b/c/pom.xml\n"
                "g:x@1.5 direct\n");
}

static void test_pom__a_repository_tells_nothing_itself(void **state)
{
    (void)state;
    expect_poms("= app/pom.xml\n"
                "parent g:p:1\n"
                "depend g:x\n"
                "depend g:y\n"
                "= root/.m2/repository/g/bom/2/bom-2.pom\n"
                "parent g:bom-parent:2\n"
                "project :bom:\n"
                "manage g:x:wrong\n"
                "manage g:y:${y}\n"
                "= root/.m2/repository/g/bom-parent/2/bom-parent-2.pom\n"
                "project g:bom-parent:2\n"
                "property y=7\n"
                "= root/.m2/repository/g/p/1/p-1.pom\n"
                "parent g:pp:1\n"
                "project :p:\n"
                "property y=5\n"
                "import g:bom:2\n"
                "depend g:z:${x}\n"
                "= root/.m2/repository/g/pp/1/pp-1.pom\n"
                "project g:pp:1\n"
                "property x=3\n"
                "manage g:x:${x}\n"
                "= root/.m2/repository/pom.xml\n"
                "project g:pp:2\n",
                "= app/pom.xml\n"
                "g:x@3 direct\n"
                "g:y@7 direct\n"
                "g:z@3 direct\n");
    /* What is built comes before what was built. */
    expect_poms("= a/p-1.pom\n"
                "project g:p:1\n"
                "manage g:x:repository\n"
                "= b/c/pom.xml\n"
                "parent g:p:1 -\n"
                "depend g:x\n"
                "= z/pom.xml\n"
                "project g:p:1\n"
                "manage g:x:project\n",
                "= b/c/pom.xml\n"
                "g:x@project direct\n");
}

static void test_pom__boms(void **state)
{
    (void)state;
    /* Own before imported, the first import before the second, what a BOM says before what it
     * imports; the type and the classifier are part of what is managed. */
    expect_poms("= app/pom.xml\n"
                "project g:app:1\n"
                "property v=not the BOM's\n"
                "import g:one:1\n"
                "import g:two:1\n"
                "manage g:own:1\n"
                "depend g:own\n"
                "depend g:both\n"
                "depend g:nested\n"
                "depend g:two\n"
                "depend g:made\n"
                "depend g:scoped\n"
                "depend g:jar:::<type>test-jar</type>\n"
                "depend g:jar:::<classifier>c</classifier>\n"
                "= one.pom\n"
                "project g:one:1\n"
                "property v=3\n"
                "import g:nested:1\n"
                "manage g:own:2\n"
                "manage g:both:one\n"
                "manage g:made:${v}\n"
                "manage g:scoped:1:test\n"
                "manage g:jar:1\n"
                "manage g:jar:2::<classifier>c</classifier>\n"
                "= two.pom\n"
                "project g:two:1\n"
                "import g:one:1\n"
                "manage g:both:two\n"
                "manage g:nested:two\n"
                "manage g:two:two\n"
                "= x/nested.pom\n"
                "project g:nested:1\n"
                "import g:two:1\n"
                "manage g:both:nested\n"
                "manage g:nested:nested\n",
                "= app/pom.xml\n"
                "g:own@1 direct\n"
                "g:both@one direct\n"
                "g:nested@nested direct\n"
                "g:two@two direct\n"
                "g:made@3 direct\n"
                "g:scoped@1 dev direct\n"
                "g:jar@2 direct\n"
                "gap: 1 of 8 dependencies have no version in this file, its parents and BOMs, the "
                "first being g:jar\n");
    /* A BOM of which a part is not here, and one that imports itself. */
    expect_poms("= app/pom.xml\n"
                "project g:app:1\n"
                "import g:one:1\n"
                "depend g:x\n"
                "depend g:y\n"
                "= one.pom\n"
                "parent g:above:1\n"
                "project g:one:1\n"
                "import g:one:1\n"
                "import g:two:1\n"
                "import g:three:1\n"
                "import g:four:1\n"
                "manage g:y:1\n",
                "= app/pom.xml\n"
                "g:y@1 direct\n"
                "gap: 1 of 2 dependencies have no version here: not among the files are parent "
                "g:above:1, BOM g:two:1, BOM g:three:1 and more\n");
}

static void test_pom__what_is_built_here_is_no_package(void **state)
{
    (void)state;
    expect_poms("= api/pom.xml\n"
                "parent g:root:1\n"
                "project :api:\n"
                "= impl/pom.xml\n"
                "parent g:root:1\n"
                "project :impl:\n"
                "depend ${project.groupId}:api:${project.version}\n"
                "depend g:api:0.9\n"
                "depend g:shared\n"
                "depend g:x:1\n"
                "= pom.xml\n"
                "project g:root:1\n"
                "manage g:shared:${project.version}\n"
                "= shared/pom.xml\n"
                "parent g:root:1\n"
                "project :shared:\n"
                "= x-1.pom\n"
                "project g:x:1\n",
                "= impl/pom.xml\n"
                "g:api@0.9 direct\n"
                "g:x@1 direct\n");
}

static void test_pom__cycles(void **state)
{
    (void)state;
    expect_poms("= a/pom.xml\n"
                "project g:a:1\n"
                "parent g:b:1 ../b\n"
                "depend g:x\n"
                "depend g:y:${y}\n"
                "= b/pom.xml\n"
                "project g:b:1\n"
                "parent g:a:1 ../a\n"
                "property y=1\n"
                "= c/pom.xml\n"
                "project g:c:1\n"
                "parent g:c:1 .\n"
                "depend g:x\n",
                "= a/pom.xml\n"
                "g:y@1 direct\n"
                "gap: 1 of 2 dependencies have no version here: there is a cycle or too long a "
                "chain of parents at parent g:a:1\n"
                "= c/pom.xml\n"
                "gap: 1 of 1 dependencies have no version here: there is a cycle or too long a "
                "chain of parents at parent g:c:1\n");
}

static void load(struct poms *poms, const char *root, const char *path)
{
    char whole[PATH_MAX];
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 20);
    snprintf(whole, sizeof(whole), "%s/maven/%s", root, path);
    assert_int_equal(pl_io_read_file(whole, &content, NULL), PL_OK);
    poms_add(poms, pl_str_from(path), pl_buf_str(&content));
}

static int compare_lines(const void *a, const void *b)
{
    return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

/* "= path" and "name version [dev] [optional]" lines, the latter in order. */
static void list_plainly(struct pl_arena *arena, const struct pl_evidence_file *found,
                         struct pl_buf *into)
{
    struct pl_strs lines = {0};
    for (size_t i = 0; i < found->components.count; i++) {
        const struct pl_component *it = &found->components.items[i];
        *pl_vec_push(arena, &lines) = pl_arena_format(
            arena, PL_STR_FMT " " PL_STR_FMT "%s%s\n", PL_STR_ARG(it->name),
            PL_STR_ARG(it->version), it->is_dev ? " dev" : "", it->is_optional ? " optional" : "");
    }
    if (lines.count > 1) {
        qsort(lines.items, lines.count, sizeof(*lines.items), compare_lines);
    }
    pl_buf_append_format(into, "= " PL_STR_FMT "\n", PL_STR_ARG(found->path));
    for (size_t i = 0; i < lines.count; i++) {
        pl_buf_append(into, lines.items[i]);
    }
    assert_int_equal(found->gaps.count, 0);
}

/* A build that Maven 3.8 was asked about (tests/tools/maven_effective.py). */
static void test_pom__as_maven_has_it(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "boms/one/pom.xml",        "boms/three/pom.xml", "boms/two/pom.xml", "child/pom.xml",
        "deep/grandchild/pom.xml", "plain/pom.xml",      "pom.xml"};
    const char *root = pl_test_dir("PL_TEST_DATA");
    char path[PATH_MAX];
    struct poms poms = {0};
    struct pl_buf listed pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_buf wanted pl_autobuf = PL_BUF_INIT(1 << 20);
    for (size_t i = 0; i < PL_ARRAY_LEN(paths); i++) {
        load(&poms, root, paths[i]);
    }
    snprintf(path, sizeof(path), "%s/maven/expected", root);
    assert_int_equal(pl_io_read_file(path, &wanted, NULL), PL_OK);
    struct pl_evidence_file **found =
        inspect_together(&poms.arena, &pl_cataloger_pom, poms.items, poms.count);
    for (size_t i = 0; i < poms.count; i++) {
        list_plainly(&poms.arena, found[i], &listed);
    }
    assert_string_equal(listed.ptr, wanted.ptr);
    pl_arena_release(&poms.arena);
}

int pl_test_pom(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pom__as_maven_has_it),
        cmocka_unit_test(test_pom__one_file),
        cmocka_unit_test(test_pom__what_cannot_be_told),
        cmocka_unit_test(test_pom__profiles_that_are_active_by_default),
        cmocka_unit_test(test_pom__parents),
        cmocka_unit_test(test_pom__a_repository_tells_nothing_itself),
        cmocka_unit_test(test_pom__boms),
        cmocka_unit_test(test_pom__what_is_built_here_is_no_package),
        cmocka_unit_test(test_pom__cycles),
    };
    return cmocka_run_group_tests_name("catalog/pom", tests, NULL, NULL);
}
