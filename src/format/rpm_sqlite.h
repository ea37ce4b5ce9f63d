/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm_sqlite - reads an rpm database that is an SQLite file, "rpmdb.sqlite" (rpm from 4.16 on).
 *
 * No file is opened and nothing is written: the database is read from memory, with the committed
 * part of its write-ahead log. A database that claims endless work is given up.
 */
#include "format/rpm_db.h"

/* PL_E_PARSE or PL_E_LIMIT when the database cannot be read to its end; what was found before that
 * was visited. */
enum pl_status pl_rpm_sqlite_visit(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                                   struct pl_error *err);
