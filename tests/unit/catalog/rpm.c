/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The databases of tests/data/rpm all hold the packages that make.py there lists. What rpm itself
 * says of them is the second opinion, where rpm is installed: of the Berkeley DB files as they are,
 * and of what it makes of them in its other forms.
 */
#include "base/io.h"
#include "base/sandbox.h"
#include "inspect.h"
#include <limits.h>
#include <sys/stat.h>

extern const struct pl_cataloger pl_cataloger_rpm;

static const char *const database_files[] = {
    "bdb/Packages",        "bdb-big-endian/Packages", "ndb/Packages.db",
    "sqlite/rpmdb.sqlite", "sqlite-wal/rpmdb.sqlite",
};

/* What `rpm -qa` prints in the form of assert_rpm_agrees, sorted. */
static const char *const expected[] = {
    "gpg-pubkey 18b8e74c-62f2920f  pubkey ",
    "hello 3:2.12-1.fc39 x86_64 GPL-3.0-or-later Example Project",
    "kernel 6.1-1 x86_64 GPL-2.0-only ",
    "kernel 6.2-1 x86_64 GPL-2.0-only ",
    "no-epoch 0:0-0 noarch MIT ",
};

static pl_str load(struct pl_arena *arena, const char *dir, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 24);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_io_read_file(path, &content, &err) < 0) {
        fail_msg("%s: %s", path, err.msg);
    }
    return pl_arena_dup(arena, pl_buf_str(&content));
}

static pl_str load_fixture(struct pl_arena *arena, const char *name)
{
    char dir[PATH_MAX];
    snprintf(dir, sizeof(dir), "%s/rpm", pl_test_dir("PL_TEST_DATA"));
    return load(arena, dir, name);
}

static struct pl_evidence_file *inspect_rpm(struct pl_arena *arena, pl_str content,
                                            const pl_str *wal)
{
    struct pl_catalog_file log = {.path = PL_STR("var/lib/rpm/Packages-wal")};
    if (wal) {
        log.content = pl_str_span(*wal);
    }
    return inspect_content(arena, &pl_cataloger_rpm, "var/lib/rpm/Packages", content,
                           wal ? &log : NULL);
}

static struct pl_evidence_file *inspect_fixture(struct pl_arena *arena, const char *name)
{
    pl_str content = load_fixture(arena, name);
    if (strcmp(name, "sqlite-wal/rpmdb.sqlite") == 0) {
        pl_str wal = load_fixture(arena, "sqlite-wal/rpmdb.sqlite-wal");
        return inspect_rpm(arena, content, &wal);
    }
    return inspect_rpm(arena, content, NULL);
}

static struct pl_strs lines_of(struct pl_arena *arena, const struct pl_components *components)
{
    struct pl_strs lines = {0};
    for (size_t i = 0; i < components->count; i++) {
        const struct pl_component *it = &components->items[i];
        *pl_vec_push(arena, &lines) = pl_arena_format(
            arena, PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT,
            PL_STR_ARG(it->name), PL_STR_ARG(it->version), PL_STR_ARG(it->arch),
            PL_STR_ARG(it->licenses.items[0]), PL_STR_ARG(it->vendor));
    }
    pl_strs_sort(&lines);
    return lines;
}

static void test_rpm__all_forms_hold_the_same(void **state)
{
    for (size_t f = 0; f < PL_ARRAY_LEN(database_files); f++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence_file *found = inspect_fixture(&arena, database_files[f]);
        struct pl_strs lines = lines_of(&arena, &found->components);
        assert_int_equal(found->gaps.count, 0);
        assert_int_equal(lines.count, PL_ARRAY_LEN(expected));
        for (size_t i = 0; i < lines.count; i++) {
            pl_assert_str(lines.items[i], expected[i]);
        }
    }
}

static const struct pl_component *find(const struct pl_evidence_file *found, const char *name)
{
    const struct pl_component *it = found->components.items;
    while (it < found->components.items + found->components.count &&
           !pl_str_eq(it->name, pl_str_from(name))) {
        it++;
    }
    assert_true(it < found->components.items + found->components.count);
    return it;
}

static void test_rpm__source_files_and_pseudo(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_fixture(&arena, "ndb/Packages.db");
    const struct pl_component *hello = find(found, "hello");
    pl_assert_str(hello->source_name, "hello");
    pl_assert_str(hello->source_version, "2.12-1.fc39");
    assert_int_equal(hello->files.count, 1); /* usr/share/doc is a directory */
    pl_assert_str(hello->files.items[0], "usr/bin/hello");
    assert_false(hello->is_pseudo);
    pl_assert_str(find(found, "kernel")->source_name, "kernel"); /* .nosrc.rpm */
    assert_true(find(found, "gpg-pubkey")->is_pseudo);
    pl_assert_str(find(found, "gpg-pubkey")->source_name, "");
    pl_assert_str(find(found, "no-epoch")->source_name, ""); /* no version in the file name */
}

static void test_rpm__without_its_log_a_database_is_read_as_it_is(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str content = load_fixture(&arena, "sqlite-wal/rpmdb.sqlite");
    struct pl_evidence_file *found = inspect_rpm(&arena, content, NULL);
    assert_int_equal(found->components.count, 2);
    assert_int_equal(found->gaps.count, 0);
}

static void test_rpm__what_is_no_database_is_a_gap(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    assert_int_equal(inspect_rpm(&arena, PL_STR("hello"), NULL)->gaps.count, 1);
    assert_int_equal(inspect_rpm(&arena, PL_STR_EMPTY, NULL)->gaps.count, 0);
}

struct sandboxed {
    pl_str content;
    pl_str wal;
};

static void read_in_sandbox(void *context, int answer_fd)
{
    const struct sandboxed *input = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file *found = inspect_rpm(&arena, input->content, &input->wal);
    char text[32];
    int len = snprintf(text, sizeof(text), "%zu %zu", found->components.count, found->gaps.count);
    pl_io_write(answer_fd, pl_str_make(text, (size_t)len), NULL);
}

/* SQLite must do with memory: a system call beyond that ends the child. */
static void test_rpm__sqlite_in_the_sandbox(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct sandboxed input = {
        load_fixture(&arena, "sqlite-wal/rpmdb.sqlite"),
        load_fixture(&arena, "sqlite-wal/rpmdb.sqlite-wal"),
    };
    const struct pl_sandbox_job job = {
        .run = read_in_sandbox,
        .context = &input,
        .keep_fds = {-1, -1, -1, -1},
        .read_below_fd = -1,
    };
    struct pl_sandbox_child child = {0};
    struct pl_error err = PL_ERROR_INIT;
    size_t index = 0;
    if (pl_sandbox_start(&child, &job, 1024, &err) < 0 ||
        pl_sandbox_wait_any(&child, 1, NULL, &index, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    pl_assert_str(pl_buf_str(&child.answer), "5 0");
    pl_sandbox_release(&child, 1);
}

/* A cut database loses packages and says so; no prefix may crash. */
static void test_rpm__prefixes(void **state)
{
    for (size_t f = 0; f < PL_ARRAY_LEN(database_files); f++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_str content = load_fixture(&arena, database_files[f]);
        inspect_prefixes(&pl_cataloger_rpm, "var/lib/rpm/Packages", content, 7);
        pl_str half = pl_str_sub(content, 0, content.len / 2);
        assert_true(inspect_rpm(&arena, half, NULL)->gaps.count > 0);
    }
}

/* A bit flipped anywhere may cost packages, but never the process. */
static void test_rpm__damage(void **state)
{
    for (size_t f = 0; f < PL_ARRAY_LEN(database_files); f++) {
        struct pl_arena arena pl_autoarena = {0};
        pl_str content = load_fixture(&arena, database_files[f]);
        char *bytes = pl_arena_alloc(&arena, content.len, 1);
        for (size_t at = 0; at < content.len; at += 3) {
            struct pl_arena once pl_autoarena = {0};
            memcpy(bytes, content.ptr, content.len);
            bytes[at] = (char)(bytes[at] ^ 0x81);
            inspect_rpm(&once, pl_str_make(bytes, content.len), NULL);
        }
    }
}

/* What a command prints, as sorted lines. False when it fails. */
static bool run(struct pl_arena *arena, const char *command, struct pl_strs *ret_lines)
{
    FILE *out = popen(command, "r");
    assert_non_null(out);
    char line[1024];
    while (fgets(line, sizeof(line), out)) {
        *pl_vec_push(arena, ret_lines) = pl_arena_dup(arena, pl_str_trim(pl_str_from(line)));
    }
    pl_strs_sort(ret_lines);
    return pclose(out) == 0;
}

static void assert_rpm_agrees(struct pl_arena *arena, const char *dir, const char *backend,
                              const char *file)
{
    char command[2 * PATH_MAX];
    struct pl_strs said = {0};
    snprintf(command, sizeof(command),
             "rpm --dbpath %s --define '_db_backend %s' -qa --qf '%%{NAME} "
             "%%|EPOCH?{%%{EPOCH}:}|%%{VERSION}-%%{RELEASE} %%|ARCH?{%%{ARCH}}| %%{LICENSE} "
             "%%|VENDOR?{%%{VENDOR}}|\\n' 2>/dev/null",
             dir, backend);
    assert_true(run(arena, command, &said));
    struct pl_evidence_file *found = inspect_rpm(arena, load(arena, dir, file), NULL);
    struct pl_strs lines = lines_of(arena, &found->components);
    assert_int_equal(lines.count, said.count);
    for (size_t i = 0; i < lines.count; i++) {
        if (!pl_str_eq(pl_str_trim(lines.items[i]), said.items[i])) {
            fail_msg("rpm says '" PL_STR_FMT "', not '" PL_STR_FMT "'", PL_STR_ARG(said.items[i]),
                     PL_STR_ARG(lines.items[i]));
        }
    }
}

static void test_rpm__agrees_with_rpm(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs unused = {0};
    if (!run(&arena, "command -v rpm rpmdb", &unused)) {
        print_message("# rpm is not installed\n");
        skip();
    }
    static const struct {
        const char *from;
        const char *backend;
        const char *file;
    } cases[] = {
        {"bdb", "bdb_ro", "Packages"},
        {"bdb-big-endian", "bdb_ro", "Packages"},
        {"bdb", "sqlite", "rpmdb.sqlite"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        char dir[] = "/tmp/pl-test-rpm-XXXXXX";
        char command[2 * PATH_MAX];
        assert_non_null(mkdtemp(dir));
        snprintf(command, sizeof(command), "cp %s/rpm/%s/Packages %s", pl_test_dir("PL_TEST_DATA"),
                 cases[i].from, dir);
        assert_true(run(&arena, command, &unused));
        if (strcmp(cases[i].backend, "bdb_ro") != 0) {
            snprintf(command, sizeof(command),
                     "rpmdb --dbpath %s --define '_db_backend %s' --rebuilddb 2>/dev/null", dir,
                     cases[i].backend);
            assert_true(run(&arena, command, &unused));
        }
        assert_rpm_agrees(&arena, dir, cases[i].backend, cases[i].file);
        snprintf(command, sizeof(command), "rm -r %s", dir);
        assert_true(run(&arena, command, &unused));
    }
}

int pl_test_rpm(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rpm__all_forms_hold_the_same),
        cmocka_unit_test(test_rpm__source_files_and_pseudo),
        cmocka_unit_test(test_rpm__without_its_log_a_database_is_read_as_it_is),
        cmocka_unit_test(test_rpm__what_is_no_database_is_a_gap),
        cmocka_unit_test(test_rpm__sqlite_in_the_sandbox),
        cmocka_unit_test(test_rpm__prefixes),
        cmocka_unit_test(test_rpm__damage),
        cmocka_unit_test(test_rpm__agrees_with_rpm),
    };
    return cmocka_run_group_tests_name("catalog/rpm", tests, NULL, NULL);
}
