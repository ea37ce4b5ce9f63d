/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm_bdb - reads an rpm database that is a Berkeley DB hash file, "Packages" (rpm up to 4.15).
 *
 * Small headers are handed over in place; large ones lie in pieces on overflow pages and are put
 * together in one scratch buffer, which never grows beyond the database's own size.
 */
#include "format/rpm_db.h"

/* PL_E_PARSE or PL_E_UNSUPPORTED when the file as a whole cannot be read. */
enum pl_status pl_rpm_bdb_visit(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                                struct pl_error *err);
