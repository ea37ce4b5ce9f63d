/* SPDX-License-Identifier: Apache-2.0 */
#include "db/build.h"
#include "db/db.h"
#include "unit/db/directory.h"
#include "unit/test.h"
#include <fcntl.h>

/* A record about one package, fixed in `fixed`. The arena keeps it. */
static struct pl_advisory record(struct pl_arena *arena, const char *id, const char *modified,
                                 const char *ecosystem, const char *name, const char *fixed)
{
    struct pl_advisory a = {.id = pl_str_from(id),
                            .modified = pl_str_from(modified),
                            .summary = PL_STR("A heap overflow")};
    *pl_vec_push(arena, &a.aliases) = PL_STR("CVE-2024-1");
    struct pl_affected *affected = pl_vec_push(arena, &a.affected);
    affected->ecosystem = pl_str_from(ecosystem);
    affected->name = pl_str_from(name);
    struct pl_range *range = pl_vec_push(arena, &affected->ranges);
    *pl_vec_push(arena, range) =
        (struct pl_range_event){.type = PL_EVENT_INTRODUCED, .version = PL_STR("0")};
    *pl_vec_push(arena, range) =
        (struct pl_range_event){.type = PL_EVENT_FIXED, .version = pl_str_from(fixed)};
    return a;
}

static enum pl_status end_slice(struct pl_db_builder *builder, const struct pl_db_origin *origin,
                                struct pl_db_slice_built *ret, struct pl_error *err)
{
    bool any = false;
    assert_int_equal(pl_db_builder_end(builder, origin, false, err), PL_OK);
    enum pl_status st = pl_db_builder_settle(builder, &any, ret, err);
    assert_true(any);
    return st;
}

/* Builds from the records given, in their order. */
static struct pl_db_built build_slice(const char *dir, const struct pl_advisory *records,
                                      size_t count, struct pl_db_slice_built *ret_slice)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    struct pl_db_built built = {.records = 0};
    assert_int_equal(pl_db_builder_new(dir, &builder, &err), PL_OK);
    assert_int_equal(pl_db_builder_begin(builder, PL_STR("slice"), &err), PL_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pl_db_builder_add(builder, &records[i], &err), PL_OK);
    }
    struct pl_db_origin origin = {.fetched = PL_STR("2026-01-01T00:00:00Z")};
    assert_int_equal(end_slice(builder, &origin, ret_slice, &err), PL_OK);
    assert_int_equal(pl_db_builder_finish(builder, origin.fetched, 0, &built, &err), PL_OK);
    return built;
}

static struct pl_db_built build(const char *dir, const struct pl_advisory *records, size_t count)
{
    struct pl_db_slice_built slice = {0};
    return build_slice(dir, records, count, &slice);
}

static void expect_fix(struct pl_db *db, const char *ecosystem, const char *name, const char *fixed)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_matches matches = {0};
    assert_int_equal(
        pl_db_lookup(db, &arena, pl_str_from(ecosystem), pl_str_from(name), &matches, NULL), PL_OK);
    assert_int_equal(matches.count, fixed ? 1 : 0);
    if (fixed) {
        pl_assert_str(matches.items[0].affected.ranges.items[0].items[1].version, fixed);
    }
}

static void test_build__the_newest_of_an_id_is_kept(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_advisory records[] = {
        record(&arena, "A-1", "2024-01-01T00:00:00Z", "npm", "x", "1"),
        record(&arena, "A-1", "2024-01-01T00:00:00.5Z", "npm", "x", "2"),
        record(&arena, "A-1", "2023-12-31T23:59:59.999Z", "npm", "x", "3"),
        record(&arena, "A-0", "2020-01-01T00:00:00Z", "npm", "y", "9"),
    };
    struct pl_db_slice_built slice = {0};
    struct pl_db_built built = build_slice(*state, records, PL_ARRAY_LEN(records), &slice);
    assert_int_equal(built.records, 2);
    assert_int_equal(slice.replaced, 2);
    const struct pl_advisory reversed[] = {records[3], records[2], records[1], records[0]};
    struct pl_db_built again = build(*state, reversed, PL_ARRAY_LEN(reversed));
    assert_string_equal(built.generation, again.generation);
    assert_false(again.changed);
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, NULL), PL_OK);
    expect_fix(db, "npm", "x", "2");
    expect_fix(db, "npm", "y", "9");
    expect_fix(db, "npm:1", "y", NULL);
}

/* PEP 503's own examples of equal names; NuGet and Composer fold case, npm does not. */
static void test_build__names_are_compared_as_the_ecosystem_does(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_advisory records[] = {
        record(&arena, "P", "2024-01-01T00:00:00Z", "PyPI", "Friendly-Bard", "1"),
        record(&arena, "N", "2024-01-01T00:00:00Z", "NuGet", "Newtonsoft.Json", "2"),
        record(&arena, "J", "2024-01-01T00:00:00Z", "npm", "JSONStream", "3"),
    };
    build(*state, records, PL_ARRAY_LEN(records));
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, NULL), PL_OK);
    static const char *const spellings[] = {"friendly-bard",    "Friendly-Bard", "FRIENDLY-BARD",
                                            "friendly.bard",    "friendly_bard", "friendly--bard",
                                            "FrIeNdLy-._.-bArD"};
    for (size_t i = 0; i < PL_ARRAY_LEN(spellings); i++) {
        expect_fix(db, "PyPI", spellings[i], "1");
    }
    expect_fix(db, "NuGet", "newtonsoft.json", "2");
    expect_fix(db, "npm", "JSONStream", "3");
    expect_fix(db, "npm", "jsonstream", NULL);
}

static void test_build__withdrawn_records_show_but_do_not_match(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_advisory gone = record(&arena, "W", "2024-01-01T00:00:00Z", "Go", "x", "1");
    gone.withdrawn = PL_STR("2024-02-02T00:00:00Z");
    build(*state, &gone, 1);
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, NULL), PL_OK);
    expect_fix(db, "Go", "x", NULL);
    struct pl_advisory shown = {.id = PL_STR_EMPTY};
    assert_int_equal(pl_db_advisory(db, &arena, PL_STR("W"), true, &shown, NULL), PL_OK);
    pl_assert_str(shown.withdrawn, "2024-02-02T00:00:00Z");
    assert_int_equal(shown.affected.count, 1);
    struct pl_strs ids = {0};
    assert_int_equal(pl_db_named(db, &arena, PL_STR("CVE-2024-1"), &ids, NULL), PL_OK);
    assert_int_equal(ids.count, 1);
    assert_int_equal(pl_db_search(db, &arena, PL_STR("HEAP over"), 9, &ids, NULL), PL_OK);
    assert_int_equal(ids.count, 1);
    assert_int_equal(pl_db_search(db, &arena, PL_STR("stack"), 9, &ids, NULL), PL_OK);
    assert_int_equal(ids.count, 0);
}

static void test_build__an_open_reader_keeps_its_generation(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_advisory old = record(&arena, "A", "2024-01-01T00:00:00Z", "npm", "x", "1");
    struct pl_advisory new = record(&arena, "A", "2024-01-02T00:00:00Z", "npm", "x", "2");
    build(*state, &old, 1);
    struct pl_db *before PL_CLEANUP(pl_db_closep) = NULL;
    struct pl_db *after PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &before, NULL), PL_OK);
    assert_true(build(*state, &new, 1).changed);
    assert_int_equal(pl_db_open(*state, &after, NULL), PL_OK);
    expect_fix(before, "npm", "x", "1");
    expect_fix(after, "npm", "x", "2");
}

static void test_build__a_second_builder_is_told(void **state)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *first PL_CLEANUP(pl_db_builder_freep) = NULL;
    struct pl_db_builder *second PL_CLEANUP(pl_db_builder_freep) = NULL;
    assert_int_equal(pl_db_builder_new(*state, &first, &err), PL_OK);
    assert_int_equal(pl_db_builder_new(*state, &second, &err), PL_E_CONFLICT);
    assert_non_null(strstr(err.msg, "another update"));
}

static void test_build__giving_up_changes_nothing(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "plimsoll db update"));
    struct pl_advisory one = record(&arena, "A", "2024-01-01T00:00:00Z", "npm", "x", "1");
    build(*state, &one, 1);
    struct pl_db_builder *builder = NULL;
    assert_int_equal(pl_db_builder_new(*state, &builder, &err), PL_OK);
    pl_db_builder_free(builder);
    assert_int_equal(pl_db_open(*state, &db, &err), PL_OK);
    expect_fix(db, "npm", "x", "1");
    char path[200];
    snprintf(path, sizeof(path), "%s/building", (const char *)*state);
    assert_int_equal(access(path, F_OK), -1);
}

/* Builds one slice more, beside what there is, as of `day`. */
static enum pl_status add_slice(const char *dir, const char *name, const char *day,
                                const struct pl_advisory *records, size_t count,
                                struct pl_error *err)
{
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    struct pl_db_slice_built slice = {0};
    struct pl_db_built built = {0};
    struct pl_db_origin origin = {.source = PL_STR("https://example.org/feed"),
                                  .etag = PL_STR("\"1\""),
                                  .fetched = pl_str_from(day)};
    assert_int_equal(pl_db_builder_new(dir, &builder, err), PL_OK);
    assert_int_equal(pl_db_builder_begin(builder, pl_str_from(name), err), PL_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pl_db_builder_add(builder, &records[i], err), PL_OK);
    }
    enum pl_status st = end_slice(builder, &origin, &slice, err);
    assert_int_equal(pl_db_builder_finish(builder, pl_str_from(day), 2, &built, NULL), PL_OK);
    return st;
}

static void test_build__slices_stay_beside_one_another(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_advisory one = record(&arena, "A", "2024-01-01T00:00:00Z", "npm", "x", "1");
    struct pl_advisory both[] = {record(&arena, "A", "2024-01-01T00:00:00Z", "npm", "x", "1"),
                                 record(&arena, "B", "2024-01-01T00:00:00Z", "PyPI", "y", "2")};
    struct pl_advisory other = record(&arena, "B", "2024-01-01T00:00:00Z", "PyPI", "y", "3");
    assert_int_equal(add_slice(*state, "osv/npm", "2026-01-01T00:00:00Z", &one, 1, &err), PL_OK);
    assert_int_equal(add_slice(*state, "osv/PyPI", "2026-01-02T00:00:00Z", both, 2, &err), PL_OK);
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, &err), PL_OK);
    assert_int_equal(pl_db_manifest(db)->slices.count, 2);
    pl_assert_str(pl_db_manifest(db)->slices.items[0].etag, "\"1\"");
    /* What both slices say under one id counts once. */
    expect_fix(db, "npm", "x", "1");
    expect_fix(db, "PyPI", "y", "2");
    assert_int_equal(add_slice(*state, "osv/PyPI", "2026-01-03T00:00:00Z", &other, 1, &err), PL_OK);
    struct pl_db *old PL_CLEANUP(pl_db_closep) = NULL;
    struct pl_db *new PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &new, &err), PL_OK);
    expect_fix(new, "npm", "x", "1");
    expect_fix(new, "PyPI", "y", "3");
    assert_int_equal(pl_db_open_as_of(*state, PL_STR("2026-01-02"), &old, &err), PL_OK);
    expect_fix(old, "PyPI", "y", "2");
    struct pl_db *none = NULL;
    assert_int_equal(pl_db_open_as_of(*state, PL_STR("2025-12-31"), &none, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "2026-01-01"));
}

static void test_build__a_slice_that_shrinks_by_half_is_kept_out(void **state)
{
    enum { MANY = 200 };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    static struct pl_advisory many[MANY];
    for (size_t i = 0; i < MANY; i++) {
        const char *id = pl_arena_format(&arena, "A-%zu", i).ptr;
        many[i] = record(&arena, id, "2024-01-01T00:00:00Z", "npm", id, "1");
    }
    assert_int_equal(add_slice(*state, "f", "2026-01-01T00:00:00Z", many, MANY, &err), PL_OK);
    assert_int_equal(add_slice(*state, "f", "2026-01-02T00:00:00Z", many, MANY / 2 - 1, &err),
                     PL_E_CONFLICT);
    assert_non_null(strstr(err.msg, "--accept-shrink"));
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, &err), PL_OK);
    expect_fix(db, "npm", "A-199", "1");
    assert_int_equal(add_slice(*state, "f", "2026-01-02T00:00:00Z", many, MANY / 2, &err), PL_OK);
}

/* A feed that is sorted by package says something of one id in several places. */
static void test_build__parts_are_joined(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_advisory parts[] = {
        record(&arena, "D", "2024-01-01T00:00:00Z", "Debian:12", "x", "1"),
        record(&arena, "D", "2024-01-03T00:00:00Z", "Debian:12", "y", "2"),
        record(&arena, "D", "2024-01-02T00:00:00Z", "Debian:11", "y", "3"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(parts); i++) {
        parts[i].is_part = true;
    }
    *pl_vec_push(&arena, &parts[1].upstream) = PL_STR("CVE-2024-2");
    assert_int_equal(add_slice(*state, "f", "2026-01-01T00:00:00Z", parts, 3, &err), PL_OK);
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    assert_int_equal(pl_db_open(*state, &db, &err), PL_OK);
    expect_fix(db, "Debian:12", "x", "1");
    expect_fix(db, "Debian:12", "y", "2");
    expect_fix(db, "Debian:11", "y", "3");
    struct pl_advisory whole = {.id = PL_STR_EMPTY};
    assert_int_equal(pl_db_advisory(db, &arena, PL_STR("D"), true, &whole, &err), PL_OK);
    pl_assert_str(whole.modified, "2024-01-03T00:00:00Z");
    assert_int_equal(whole.affected.count, 3);
    assert_int_equal(whole.aliases.count, 1);
    assert_int_equal(whole.upstream.count, 1);
}

static void test_build__exploitation(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_db_builder *builder PL_CLEANUP(pl_db_builder_freep) = NULL;
    const struct pl_exploitation entries[] = {
        {.id = PL_STR("CVE-2021-44228"),
         .kev_catalogue = PL_STR("CISA"),
         .kev_added = PL_STR("2021-12-10"),
         .kev_due = PL_STR("2021-12-24"),
         .kev_ransomware = true,
         .epss = -1},
        {.id = PL_STR("CVE-2021-44228"),
         .epss = 0.94358,
         .epss_percentile = 1.0,
         .epss_date = PL_STR("2026-08-16")},
    };
    struct pl_db_origin origin = {0};
    struct pl_db_slice_built slice = {0};
    struct pl_db_built built = {0};
    assert_int_equal(pl_db_builder_new(*state, &builder, &err), PL_OK);
    static const char *const names[] = {"kev", "epss"};
    for (size_t i = 0; i < PL_ARRAY_LEN(entries); i++) {
        assert_int_equal(pl_db_builder_begin(builder, pl_str_from(names[i]), &err), PL_OK);
        assert_int_equal(pl_db_builder_add_exploitation(builder, &entries[i], &err), PL_OK);
        assert_int_equal(end_slice(builder, &origin, &slice, &err), PL_OK);
    }
    assert_int_equal(pl_db_builder_finish(builder, PL_STR("2026-01-01T00:00:00Z"), 0, &built, &err),
                     PL_OK);
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    struct pl_exploitation found = {.epss = -1};
    bool is_found = false;
    assert_int_equal(pl_db_open(*state, &db, &err), PL_OK);
    assert_int_equal(
        pl_db_exploitation(db, &arena, PL_STR("CVE-2021-44228"), &is_found, &found, &err), PL_OK);
    assert_true(is_found && found.kev_ransomware);
    pl_assert_str(found.kev_due, "2021-12-24");
    pl_assert_str(found.epss_date, "2026-08-16");
    assert_true(found.epss > 0.943579 && found.epss < 0.943581 && found.epss_percentile == 1.0);
    assert_int_equal(
        pl_db_exploitation(db, &arena, PL_STR("CVE-2021-44229"), &is_found, &found, &err), PL_OK);
    assert_false(is_found);
}

static void expect_versions(const struct pl_strs *got, const char *const *wanted, size_t count)
{
    assert_int_equal(got->count, count);
    for (size_t i = 0; i < count; i++) {
        pl_assert_str(got->items[i], wanted[i]);
    }
}

/* A record that lists a package twice, each time with versions of which one is outside its range.
 */
static void test_build__versions_that_ranges_have_lie_apart(void **state)
{
    static const char *const listed[2][3] = {{"1.0", "0.9", "3.0"}, {"1.5", "4.0", "0.9"}};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_advisory advisory = record(&arena, "A", "2024-01-01T00:00:00Z", "PyPI", "x", "2");
    const struct pl_affected first = advisory.affected.items[0];
    *pl_vec_push(&arena, &advisory.affected) = first;
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 3; k++) {
            *pl_vec_push(&arena, &advisory.affected.items[i].versions) = pl_str_from(listed[i][k]);
        }
    }
    build(*state, &advisory, 1);
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    struct pl_db_matches matches = {0};
    struct pl_advisory shown = {.id = PL_STR_EMPTY};
    assert_int_equal(pl_db_open(*state, &db, NULL), PL_OK);
    assert_int_equal(pl_db_lookup(db, &arena, PL_STR("PyPI"), PL_STR("x"), &matches, NULL), PL_OK);
    assert_int_equal(matches.count, 2);
    assert_int_equal(pl_db_advisory(db, &arena, PL_STR("A"), true, &shown, NULL), PL_OK);
    assert_int_equal(shown.affected.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct pl_db_match *match = &matches.items[i];
        bool is_first = pl_str_eq(match->affected.versions.items[0], PL_STR("3.0"));
        struct pl_strs all = {0};
        expect_versions(&match->affected.versions, &listed[!is_first][is_first ? 2 : 1], 1);
        assert_int_equal(pl_db_match_versions(db, &arena, match, &all, NULL), PL_OK);
        expect_versions(&all, listed[!is_first], 3);
        expect_versions(&shown.affected.items[i].versions, listed[!is_first], 3);
    }
    assert_false(pl_str_eq(matches.items[0].affected.versions.items[0],
                           matches.items[1].affected.versions.items[0]));
}

int pl_test_build(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        ROW(test_build__the_newest_of_an_id_is_kept),
        ROW(test_build__names_are_compared_as_the_ecosystem_does),
        ROW(test_build__withdrawn_records_show_but_do_not_match),
        ROW(test_build__an_open_reader_keeps_its_generation),
        ROW(test_build__a_second_builder_is_told),
        ROW(test_build__giving_up_changes_nothing),
        ROW(test_build__slices_stay_beside_one_another),
        ROW(test_build__a_slice_that_shrinks_by_half_is_kept_out),
        ROW(test_build__parts_are_joined),
        ROW(test_build__versions_that_ranges_have_lie_apart),
        ROW(test_build__exploitation),
    };
#undef ROW
    return cmocka_run_group_tests_name("db/build", tests, NULL, NULL);
}
