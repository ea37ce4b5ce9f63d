/* SPDX-License-Identifier: Apache-2.0 */
/* The databases of tests/data/rpm with single things in them made wrong: each costs what it touches
 * and is told, and none makes work without end. */
#include "format/rpm_db.h"
#include "base/arena.h"
#include "base/io.h"
#include "format/rpm_bdb.h"
#include "format/rpm_ndb.h"
#include "format/rpm_sqlite.h"
#include "unit/test.h"
#include <limits.h>
#include <sqlite3.h>

enum { BDB_PAGE = 512, PAGE_TYPE_AT = 25, OVERFLOW = 7 };

struct seen {
    size_t headers;
    size_t damages;
    enum pl_status status;
};

static void count_header(void *context, pl_span blob)
{
    ((struct seen *)context)->headers++;
}

static void count_damage(void *context, const struct pl_error *why)
{
    assert_true(why->status < 0 && why->msg[0] != '\0');
    ((struct seen *)context)->damages++;
}

static struct seen visit(enum pl_status (*reader)(const struct pl_rpm_db *,
                                                  const struct pl_rpm_visitor *, struct pl_error *),
                         const char *bytes, size_t len)
{
    struct seen seen = {0};
    const struct pl_rpm_db db = {.content = pl_str_span(pl_str_make(bytes, len))};
    const struct pl_rpm_visitor visitor = {&seen, count_header, count_damage};
    struct pl_error err = PL_ERROR_INIT;
    seen.status = reader(&db, &visitor, &err);
    return seen;
}

/* A copy that may be changed. */
static char *load(struct pl_arena *arena, const char *name, size_t *ret_len)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/rpm/%s", pl_test_dir("PL_TEST_DATA"), name);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 24);
    assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
    char *copy = pl_arena_alloc(arena, content.len, 1);
    memcpy(copy, content.ptr, content.len);
    *ret_len = content.len;
    return copy;
}

/* The first overflow page that has another after it. */
static char *find_chain(char *bytes, size_t len)
{
    for (size_t at = 0; at + BDB_PAGE <= len; at += BDB_PAGE) {
        if (bytes[at + PAGE_TYPE_AT] == OVERFLOW && bytes[at + 16] != 0) {
            return bytes + at;
        }
    }
    fail_msg("no chain of overflow pages in the fixture");
    return bytes;
}

static void test_rpm_db__bdb_overflow_chains(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    size_t len = 0;
    char *bytes = load(&arena, "bdb/Packages", &len);
    struct seen sound = visit(pl_rpm_bdb_visit, bytes, len);
    assert_int_equal(sound.headers, 5);
    assert_int_equal(sound.damages, 0);

    char *page = find_chain(bytes, len);
    char next = page[16];
    page[16] = page[8]; /* to itself: ends when the item's length is reached */
    struct seen seen = visit(pl_rpm_bdb_visit, bytes, len);
    assert_int_equal(seen.status, PL_OK);
    assert_int_equal(seen.headers, 5);
    page[16] = 0x7f; /* out of the file */
    seen = visit(pl_rpm_bdb_visit, bytes, len);
    assert_int_equal(seen.headers, 4);
    assert_int_equal(seen.damages, 1);
    page[16] = next;
    page[22] = 0; /* a piece of no bytes would never end */
    page[23] = 0;
    seen = visit(pl_rpm_bdb_visit, bytes, len);
    assert_int_equal(seen.headers, 4);
    assert_int_equal(seen.damages, 1);
}

static void test_rpm_db__bdb_first_page(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    size_t len = 0;
    char *bytes = load(&arena, "bdb/Packages", &len);
    bytes[24] = 1;
    assert_int_equal(visit(pl_rpm_bdb_visit, bytes, len).status, PL_E_UNSUPPORTED);
    bytes[24] = 0;
    bytes[21] = 3; /* 768 bytes a page */
    assert_int_equal(visit(pl_rpm_bdb_visit, bytes, len).status, PL_E_PARSE);
    bytes[21] = 2;
    struct seen cut = visit(pl_rpm_bdb_visit, bytes, len - BDB_PAGE);
    assert_true(cut.damages > 0);
    bytes[12] = 0;
    assert_int_equal(visit(pl_rpm_bdb_visit, bytes, len).status, PL_E_PARSE);
}

static void test_rpm_db__ndb_slots(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    size_t len = 0;
    char *bytes = load(&arena, "ndb/Packages.db", &len);
    assert_int_equal(visit(pl_rpm_ndb_visit, bytes, len).headers, 5);
    char *slot = bytes + 32;
    char number = slot[4];
    slot[4] = 9; /* another package's */
    struct seen seen = visit(pl_rpm_ndb_visit, bytes, len);
    assert_int_equal(seen.headers, 4);
    assert_int_equal(seen.damages, 1);
    slot[4] = number;
    for (size_t at = 48; at < 4096; at += 16) {
        memcpy(bytes + at, slot, 16); /* all of them the same large or small blob */
    }
    seen = visit(pl_rpm_ndb_visit, bytes, len);
    assert_int_equal(seen.status, PL_E_PARSE);
    assert_true(seen.headers < 30);
}

/* A schema in the place of rpm's. */
static struct seen visit_schema(const char *sql)
{
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(database, "main", &size, 0);
    struct seen seen = visit(pl_rpm_sqlite_visit, (const char *)bytes, (size_t)size);
    sqlite3_free(bytes);
    sqlite3_close(database);
    return seen;
}

static void test_rpm_db__sqlite_schemas(void **state)
{
    struct seen seen = visit_schema("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB);"
                                    "INSERT INTO Packages (blob) VALUES (x'00'), (NULL), ('x')");
    assert_int_equal(seen.status, PL_OK);
    assert_int_equal(seen.headers, 3);
    seen = visit_schema("CREATE VIEW Packages AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL "
                        "SELECT x + 1 FROM c) SELECT x AS blob FROM c");
    assert_int_equal(seen.status, PL_E_PARSE);
    assert_int_equal(seen.headers, 0);
    seen = visit_schema("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, "
                        "blob AS (zeroblob(100000000)));"
                        "INSERT INTO Packages (hnum) VALUES (1)");
    assert_true(seen.status < 0);
    seen = visit_schema("CREATE TABLE Other (x)");
    assert_int_equal(seen.status, PL_E_PARSE);
}

int pl_test_rpm_db(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rpm_db__bdb_overflow_chains),
        cmocka_unit_test(test_rpm_db__bdb_first_page),
        cmocka_unit_test(test_rpm_db__ndb_slots),
        cmocka_unit_test(test_rpm_db__sqlite_schemas),
    };
    return cmocka_run_group_tests_name("format/rpm_db", tests, NULL, NULL);
}
