/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * osv_json - an advisory as OSV writes it, and its ranges as people read them.
 */
#include "format/json_writer.h"
#include "model/advisory.h"

/* The members of the OSV schema that the database keeps; absent lists are left out. */
void pl_osv_json_write(struct pl_json_writer *json, const struct pl_advisory *advisory);

/* ">=1.0, <1.2 or >=2.0", then how many versions are listed by name; in the arena. */
pl_str pl_osv_range_text(struct pl_arena *arena, const struct pl_affected *affected);
