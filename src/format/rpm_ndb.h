/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm_ndb - reads an rpm database in the form ndb, "Packages.db" (SUSE).
 *
 * Headers are handed over in place.
 */
#include "format/rpm_db.h"

/* PL_E_PARSE or PL_E_UNSUPPORTED when the file as a whole cannot be read. */
enum pl_status pl_rpm_ndb_visit(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                                struct pl_error *err);
