/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's SQLite form (rpm, lib/backend/sqlite.c) keeps each package's header in
 *
 *     CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)
 *
 * and indexes over them in other tables, which are not needed here.
 *
 * The file is hostile: its schema may make "Packages" a view with an endless recursion, a virtual
 * table, or have triggers and expressions in it. An authorizer lets the one statement read columns
 * of tables and nothing else, a count of virtual machine steps bounds the work, and the defensive
 * settings of https://www.sqlite.org/security.html, section 1.2, are on.
 *
 * rpm leaves its database in write-ahead mode, which SQLite refuses for a database in memory.
 * Without a log beside it two bytes of its first page are changed in place; only a log makes a
 * copy.
 */
#include "format/rpm_sqlite.h"
#include "base/limits.h"
#include "format/sqlite_wal.h"
#include <sqlite3.h>

/* Steps of SQLite's virtual machine: a row takes about six, and a real database has some thousand
 * rows. At this count about a second has gone. */
enum { STEPS_BETWEEN_CALLS = 10000, MOST_CALLS = 5000 };

static void close_database(sqlite3 **database)
{
    sqlite3_close(*database);
}

static void finalize_statement(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}

static int count_steps(void *calls)
{
    return ++*(int *)calls > MOST_CALLS;
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    bool is_plain_read = action == SQLITE_SELECT || (action == SQLITE_READ && !trigger);
    return is_plain_read ? SQLITE_OK : SQLITE_DENY;
}

static enum pl_status fail(sqlite3 *database, int code, struct pl_error *err)
{
    return pl_error_set(err, code == SQLITE_INTERRUPT ? PL_E_LIMIT : PL_E_PARSE,
                        "reading the SQLite database: %s",
                        database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

static int open_in_memory(pl_span content, sqlite3 *database)
{
    /* SQLite takes a pointer to mutable bytes but does not write with this flag. */
    union {
        const uint8_t *given;
        unsigned char *wanted;
    } bytes = {content.ptr};
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, PL_LIMIT_RPM_HEADER_BYTES);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    int code = sqlite3_deserialize(database, "main", bytes.wanted, (sqlite3_int64)content.len,
                                   (sqlite3_int64)content.len, SQLITE_DESERIALIZE_READONLY);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(database, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY", NULL,
                            NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_set_authorizer(database, authorize, NULL);
    }
    return code;
}

static enum pl_status visit_rows(pl_span content, const struct pl_rpm_visitor *visitor,
                                 struct pl_error *err)
{
    int calls = 0;
    size_t left_bytes = content.len; /* rows that share pages would multiply the work */
    sqlite3 *database PL_CLEANUP(close_database) = NULL;
    sqlite3_stmt *statement PL_CLEANUP(finalize_statement) = NULL;
    int code =
        sqlite3_open_v2(":memory:", &database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_progress_handler(database, STEPS_BETWEEN_CALLS, count_steps, &calls);
        code = open_in_memory(content, database);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(database, "SELECT blob FROM Packages", -1, &statement, NULL);
    }
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            const void *blob = sqlite3_column_blob(statement, 0);
            size_t len = (size_t)sqlite3_column_bytes(statement, 0);
            if (len > left_bytes) {
                return pl_error_set(err, PL_E_PARSE, "packages overlap in the SQLite database");
            }
            left_bytes -= len;
            visitor->header(visitor->context, (pl_span){blob, blob ? len : 0});
        }
    }
    return code == SQLITE_DONE ? PL_OK : fail(database, code, err);
}

enum pl_status pl_rpm_sqlite_visit(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                                   struct pl_error *err)
{
    if (!pl_sqlite_is_wal(db->content)) {
        return visit_rows(db->content, visitor, err);
    }
    if (db->wal.len == 0) {
        /* The content is the reader's own; rpm_db.h says so. */
        pl_sqlite_leave_wal((uint8_t *)(uintptr_t)db->content.ptr);
        return visit_rows(db->content, visitor, err);
    }
    struct pl_buf image pl_autobuf = PL_BUF_INIT(PL_LIMIT_FILE_BYTES);
    enum pl_status status = pl_sqlite_wal_apply(db->content, db->wal, &image, err);
    if (status < 0) {
        return status;
    }
    return visit_rows(pl_str_span(pl_buf_str(&image)), visitor, err);
}
