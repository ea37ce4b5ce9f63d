/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slice that was built on what it was must be, byte for byte of its content, the one that is
 * built from all records at once: the building from nothing is the second source.
 */
#include "db/build.h"
#include "unit/db/directory.h"
#include "unit/test.h"

enum { RECORDS = 300, PACKAGES = 40, NAMES = 60, CHANGES = 120, ROUNDS = 12 };

/* The state of the records: the version of each, 0 when it is not there. */
struct records {
    unsigned versions[RECORDS];
};

/* A record whose names and packages follow from its number and version. */
static struct pl_advisory make(struct pl_arena *arena, unsigned number, unsigned version)
{
    unsigned state = number * 7919 + version * 104729 + 1;
    struct pl_advisory a = {
        .id = pl_arena_format(arena, "T-%u", number),
        .modified = pl_arena_format(arena, "2024-01-%02uT00:00:00Z", 1 + version % 28),
        .summary = pl_arena_format(arena, "number %u, version %u", number, version)};
    for (unsigned i = pl_test_random(&state, 3); i > 0; i--) {
        *pl_vec_push(arena, &a.aliases) =
            pl_arena_format(arena, "CVE-2024-%u", pl_test_random(&state, NAMES));
    }
    for (unsigned i = pl_test_random(&state, 4); i > 0; i--) {
        struct pl_affected *affected = pl_vec_push(arena, &a.affected);
        unsigned package = pl_test_random(&state, PACKAGES);
        affected->ecosystem = package % 3 ? PL_STR("npm") : PL_STR("Debian:12");
        affected->name = pl_arena_format(arena, "package-%u", package);
        struct pl_range *range = pl_vec_push(arena, &affected->ranges);
        *pl_vec_push(arena, range) = (struct pl_range_event){
            .type = PL_EVENT_FIXED, .version = pl_arena_format(arena, "1.%u.0", version)};
        for (unsigned k = pl_test_random(&state, 4); k > 0; k--) {
            *pl_vec_push(arena, &affected->versions) =
                pl_arena_format(arena, "1.%u.%u", version - k % 2, k);
        }
    }
    return a;
}

static void finish(struct pl_db_builder *builder, char ret_digits[PL_DB_DIGITS + 1])
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_origin origin = {.cursor = PL_STR("2024-01-01T00:00:00Z")};
    struct pl_db_slice_built slice = {0};
    struct pl_db_built built = {0};
    bool any = false;
    assert_int_equal(pl_db_builder_end(builder, &origin, false, &err), PL_OK);
    assert_int_equal(pl_db_builder_settle(builder, &any, &slice, &err), PL_OK);
    assert_int_equal(pl_db_builder_finish(builder, PL_STR("2026-01-01T00:00:00Z"), 0, &built, &err),
                     PL_OK);
    memcpy(ret_digits, built.generation, sizeof(built.generation));
}

static void build_whole(const char *dir, const struct records *records,
                        char ret_digits[PL_DB_DIGITS + 1])
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    assert_int_equal(pl_db_builder_new(dir, &builder, &err), PL_OK);
    assert_int_equal(pl_db_builder_begin(builder, PL_STR("slice"), &err), PL_OK);
    for (unsigned i = 0; i < RECORDS; i++) {
        if (records->versions[i] > 0) {
            const struct pl_advisory advisory = make(&arena, i, records->versions[i]);
            assert_int_equal(pl_db_builder_add(builder, &advisory, &err), PL_OK);
        }
    }
    finish(builder, ret_digits);
}

/* Changes some records and brings the slice after them. */
static void build_on(const char *dir, struct records *records, unsigned *state,
                     char ret_digits[PL_DB_DIGITS + 1])
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    assert_int_equal(pl_db_builder_new(dir, &builder, &err), PL_OK);
    assert_int_equal(pl_db_builder_begin_on(builder, PL_STR("slice"), &err), PL_OK);
    bool changed[RECORDS] = {false};
    for (unsigned i = pl_test_random(state, CHANGES); i > 0; i--) {
        unsigned number = pl_test_random(state, RECORDS);
        if (changed[number]) {
            continue;
        }
        changed[number] = true;
        if (pl_test_random(state, 4) == 0) {
            pl_str id = pl_arena_format(&arena, "T-%u", number);
            records->versions[number] = 0;
            assert_int_equal(pl_db_builder_remove_record(builder, id, &err), PL_OK);
        } else {
            records->versions[number] = 1 + pl_test_random(state, 100);
            const struct pl_advisory advisory = make(&arena, number, records->versions[number]);
            assert_int_equal(pl_db_builder_add(builder, &advisory, &err), PL_OK);
        }
    }
    finish(builder, ret_digits);
}

static void test_increment__same_as_from_nothing(void **state)
{
    char on[64];
    char whole[64];
    struct records records = {{0}};
    unsigned seed = 1;
    snprintf(on, sizeof(on), "%s/on", (const char *)*state);
    snprintf(whole, sizeof(whole), "%s/whole", (const char *)*state);
    for (unsigned i = 0; i < RECORDS; i++) {
        records.versions[i] = pl_test_random(&seed, 5);
    }
    char digits[PL_DB_DIGITS + 1] = {0};
    char expected[PL_DB_DIGITS + 1] = {0};
    build_whole(on, &records, digits);
    for (unsigned round = 0; round < ROUNDS; round++) {
        build_on(on, &records, &seed, digits);
        build_whole(whole, &records, expected);
        assert_string_equal(digits, expected);
    }
}

static void test_increment__needs_something_to_begin_on(void **state)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    assert_int_equal(pl_db_builder_new(*state, &builder, &err), PL_OK);
    assert_int_equal(pl_db_builder_begin_on(builder, PL_STR("slice"), &err), PL_E_NOT_FOUND);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int pl_test_increment(void)
{
    const struct CMUnitTest tests[] = {
        ROW(test_increment__same_as_from_nothing),
        ROW(test_increment__needs_something_to_begin_on),
    };
    return cmocka_run_group_tests_name("db/increment", tests, NULL, NULL);
}
