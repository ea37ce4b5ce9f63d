/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second opinion is SQLite itself: it opens the same database and log as files, and must then
 * see as many rows as the image made in memory.
 */
#include "format/sqlite_wal.h"
#include "base/arena.h"
#include "base/io.h"
#include "unit/test.h"
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>

static const size_t page_bytes = 512;

static pl_str load(struct pl_arena *arena, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/rpm/sqlite-wal/%s", pl_test_dir("PL_TEST_DATA"), name);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(1 << 24);
    assert_int_equal(pl_io_read_file(path, &content, NULL), PL_OK);
    return pl_arena_dup(arena, pl_buf_str(&content));
}

static int count_rows(sqlite3 *database)
{
    sqlite3_stmt *statement = NULL;
    int count = -1;
    if (sqlite3_prepare_v2(database, "SELECT count(*) FROM Packages", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        count = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return count;
}

static void write_file(const char *path, pl_str content)
{
    int fd pl_autoclose = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pl_io_write(fd, content, NULL), PL_OK);
}

static int rows_by_sqlite(pl_str content, pl_str wal)
{
    char dir[] = "/tmp/pl-test-wal-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char path[64];
    char wal_path[64];
    snprintf(path, sizeof(path), "%s/db", dir);
    snprintf(wal_path, sizeof(wal_path), "%s/db-wal", dir);
    write_file(path, content);
    write_file(wal_path, wal);
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    int rows = count_rows(database);
    sqlite3_close(database); /* removes the log */
    unlink(wal_path);
    unlink(path);
    rmdir(dir);
    return rows;
}

static int rows_in_memory(pl_str content, pl_str wal)
{
    struct pl_buf image pl_autobuf = PL_BUF_INIT(1 << 24);
    if (pl_sqlite_wal_apply(pl_str_span(content), pl_str_span(wal), &image, NULL) < 0) {
        return -1;
    }
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    sqlite3_deserialize(database, "main", (unsigned char *)image.ptr, (sqlite3_int64)image.len,
                        (sqlite3_int64)image.len, SQLITE_DESERIALIZE_READONLY);
    int rows = count_rows(database);
    sqlite3_close(database);
    return rows;
}

/* Cut after each frame and in the middle of it: transactions appear one after the other. */
static void test_sqlite_wal__cut_logs(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str content = load(&arena, "rpmdb.sqlite");
    pl_str wal = load(&arena, "rpmdb.sqlite-wal");
    int most = 0;
    for (size_t len = 0; len <= wal.len; len += (24 + page_bytes) / 4) {
        int rows = rows_in_memory(content, pl_str_sub(wal, 0, len));
        assert_int_equal(rows, rows_by_sqlite(content, pl_str_sub(wal, 0, len)));
        assert_true(rows >= most);
        most = rows;
    }
    assert_int_equal(rows_in_memory(content, wal), 5);
}

/* A byte that is wrong ends the log there, as it does for SQLite. */
static void test_sqlite_wal__damaged_logs(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str content = load(&arena, "rpmdb.sqlite");
    pl_str wal = load(&arena, "rpmdb.sqlite-wal");
    char *bytes = pl_arena_alloc(&arena, wal.len, 1);
    for (size_t at = 0; at < wal.len; at += 61) {
        memcpy(bytes, wal.ptr, wal.len);
        bytes[at] = (char)(bytes[at] ^ 0x10);
        pl_str damaged = pl_str_make(bytes, wal.len);
        assert_int_equal(rows_in_memory(content, damaged), rows_by_sqlite(content, damaged));
    }
}

static void test_sqlite_wal__limits(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str content = load(&arena, "rpmdb.sqlite");
    struct pl_buf image pl_autobuf = PL_BUF_INIT(100);
    pl_span none = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_sqlite_wal_apply(pl_str_span(content), none, &image, &err), PL_E_LIMIT);
    assert_int_equal(pl_sqlite_wal_apply(none, none, &image, &err), PL_E_PARSE);
    assert_true(pl_sqlite_is_wal(pl_str_span(content)));
    assert_false(pl_sqlite_is_wal(none));
}

int pl_test_sqlite_wal(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite_wal__cut_logs),
        cmocka_unit_test(test_sqlite_wal__damaged_logs),
        cmocka_unit_test(test_sqlite_wal__limits),
    };
    return cmocka_run_group_tests_name("format/sqlite_wal", tests, NULL, NULL);
}
