/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two generations of records whose states are known here: what the list of changes must say follows
 * from the states alone.
 */
#include "db/build.h"
#include "db/diff.h"
#include "db/generation.h"
#include "unit/db/directory.h"
#include "unit/test.h"
#include <fcntl.h>
#include <unistd.h>

enum { RECORDS = 4000, PACKAGES = 900, CHANGES = 60 };

/* Of each record the version that fixes it; 0 when it is not there. */
struct world {
    unsigned fixes[RECORDS];
};

static unsigned package_of(unsigned number)
{
    return number * 7 % PACKAGES;
}

/* Every third one tells when it was modified; the others are alike but for what they say of their
 * package. */
static void add_record(struct pl_db_builder *builder, unsigned number, unsigned fix)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_advisory a = {.id = pl_arena_format(&arena, "T-%u", number),
                            .modified = PL_STR("2024-01-01T00:00:00Z"),
                            .summary = pl_arena_format(&arena, "words of number %u", number)};
    if (number % 3 == 0) {
        a.modified = pl_arena_format(&arena, "2024-01-%02uT00:00:00Z", 1 + fix);
    }
    struct pl_affected *affected = pl_vec_push(&arena, &a.affected);
    affected->ecosystem = PL_STR("npm");
    affected->name = pl_arena_format(&arena, "package-%u", package_of(number));
    struct pl_range *range = pl_vec_push(&arena, &affected->ranges);
    *pl_vec_push(&arena, range) = (struct pl_range_event){
        .type = PL_EVENT_FIXED, .version = pl_arena_format(&arena, "1.%u.0", fix)};
    assert_int_equal(pl_db_builder_add(builder, &a, NULL), PL_OK);
}

static void build(const char *dir, const struct world *world, char ret_digits[PL_DB_DIGITS + 1])
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    struct pl_db_origin origin = {.source = PL_STR_EMPTY};
    struct pl_db_slice_built slice = {0};
    struct pl_db_built built = {0};
    bool any = false;
    assert_int_equal(pl_db_builder_new(dir, &builder, &err), PL_OK);
    assert_int_equal(pl_db_builder_begin(builder, PL_STR("slice"), &err), PL_OK);
    for (unsigned i = 0; i < RECORDS; i++) {
        if (world->fixes[i] > 0) {
            add_record(builder, i, world->fixes[i]);
        }
    }
    assert_int_equal(pl_db_builder_end(builder, &origin, false, &err), PL_OK);
    assert_int_equal(pl_db_builder_settle(builder, &any, &slice, &err), PL_OK);
    assert_int_equal(pl_db_builder_finish(builder, PL_STR("2026-01-01T00:00:00Z"), 7, &built, &err),
                     PL_OK);
    memcpy(ret_digits, built.generation, sizeof(built.generation));
}

/* What was told of each. */
struct told {
    char records[RECORDS]; /* the first letter of the change */
    bool packages[PACKAGES];
};

/* Of "T-12" and of "package-12"; strings of the database end with no NUL. */
static unsigned number_in(pl_str text)
{
    unsigned number = 0;
    for (size_t i = 0; i < text.len; i++) {
        number = pl_char_is_digit(text.ptr[i]) ? number * 10 + (unsigned)(text.ptr[i] - '0') : 0;
    }
    return number;
}

static enum pl_status take_record(void *context, pl_str slice, enum pl_db_change change, pl_str id,
                                  struct pl_error *err)
{
    struct told *told = context;
    unsigned number = number_in(id);
    pl_assert_str(slice, "slice");
    assert_in_range(number, 0, RECORDS - 1);
    assert_int_equal(told->records[number], 0);
    told->records[number] = pl_db_change_to_string(change)[0];
    return PL_OK;
}

static enum pl_status take_package(void *context, pl_str ecosystem, pl_str name,
                                   struct pl_error *err)
{
    struct told *told = context;
    unsigned number = number_in(name);
    pl_assert_str(ecosystem, "npm");
    assert_in_range(number, 0, PACKAGES - 1);
    assert_false(told->packages[number]);
    told->packages[number] = true;
    return PL_OK;
}

static struct told tell(const char *dir, const char *before, const char *after)
{
    struct told told = {{0}, {0}};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_changes changes pl_autochanges = {.table = NULL};
    assert_int_equal(pl_db_diff(dir, pl_str_from(before), pl_str_from(after), &changes, &err),
                     PL_OK);
    assert_int_equal(pl_db_changes_each_record(&changes, take_record, &told, &err), PL_OK);
    assert_int_equal(pl_db_changes_each_package(&changes, take_package, &told, &err), PL_OK);
    return told;
}

static void expect(const struct world *before, const struct world *after, const struct told *told)
{
    struct told wanted = {{0}, {0}};
    for (unsigned i = 0; i < RECORDS; i++) {
        unsigned was = before->fixes[i];
        unsigned is = after->fixes[i];
        if (was != is) {
            wanted.records[i] = was == 0 ? 'a' : is == 0 ? 'r' : 'c';
            wanted.packages[package_of(i)] = true;
        }
    }
    assert_memory_equal(told->records, wanted.records, sizeof(wanted.records));
    assert_memory_equal(told->packages, wanted.packages, sizeof(wanted.packages));
}

static void change_some(struct world *world, unsigned *seed)
{
    for (unsigned i = 0; i < CHANGES; i++) {
        world->fixes[pl_test_random(seed, RECORDS)] = pl_test_random(seed, 4);
    }
}

static void test_changes__are_kept_and_told(void **state)
{
    const char *dir = *state;
    struct world worlds[3] = {{{0}}};
    char digits[3][PL_DB_DIGITS + 1] = {{0}};
    unsigned seed = 1;
    for (unsigned i = 0; i < RECORDS; i++) {
        worlds[0].fixes[i] = pl_test_random(&seed, 4);
    }
    for (unsigned i = 0; i < 3; i++) {
        worlds[i] = worlds[i > 0 ? i - 1 : 0];
        change_some(&worlds[i], &seed);
        build(dir, &worlds[i], digits[i]);
    }
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct pl_db_changes none pl_autochanges = {.table = NULL};
    assert_int_equal(pl_db_changes_open(dir_fd, digits[0], &none, NULL), PL_E_NOT_FOUND);
    struct told told = tell(dir, digits[1], digits[2]);
    expect(&worlds[1], &worlds[2], &told);
    told = tell(dir, digits[0], digits[2]); /* which nobody keeps */
    expect(&worlds[0], &worlds[2], &told);
    told = tell(dir, digits[2], digits[1]);
    expect(&worlds[2], &worlds[1], &told);
    /* With the list gone the two are compared. */
    char name[64];
    snprintf(name, sizeof(name), "%s" PL_DB_CHANGES_SUFFIX, digits[2]);
    assert_int_equal(unlinkat(dir_fd, name, 0), 0);
    told = tell(dir, digits[1], digits[2]);
    expect(&worlds[1], &worlds[2], &told);
}

/* An update heals a database of which a slice is cut short; it only cannot say what changed. */
static void test_changes__are_no_need(void **state)
{
    const char *dir = *state;
    struct world world = {{0}};
    char digits[2][PL_DB_DIGITS + 1] = {{0}};
    unsigned seed = 2;
    change_some(&world, &seed);
    build(dir, &world, digits[0]);
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_manifest manifest = {.created = PL_STR_EMPTY};
    assert_int_equal(pl_generation_read(dir_fd, PL_STR_EMPTY, &arena, &manifest, NULL), PL_OK);
    char name[64];
    snprintf(name, sizeof(name), "%s" PL_DB_SLICE_SUFFIX, manifest.slices.items[0].digits.ptr);
    int fd pl_autoclose = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(fd, 100), 0);
    change_some(&world, &seed);
    build(dir, &world, digits[1]);
    struct pl_db_changes none pl_autochanges = {.table = NULL};
    assert_int_equal(pl_db_changes_open(dir_fd, digits[1], &none, NULL), PL_E_NOT_FOUND);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_db_diff(dir, PL_STR("previous"), PL_STR_EMPTY, &none, &err), PL_E_PARSE);
}

int pl_test_changes(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        ROW(test_changes__are_kept_and_told),
        ROW(test_changes__are_no_need),
    };
#undef ROW
    return cmocka_run_group_tests_name("db/changes", tests, NULL, NULL);
}
