/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * product - the CPE names of software that no package manager knows, and what the NVD means by
 * its own.
 *
 * Nothing else is matched by CPE: what has a package is judged by whoever publishes the package.
 */
#include "base/arena.h"
#include "db/db.h"
#include "model/component.h"

#define PL_PRODUCT_ECOSYSTEM "CPE"

/* "vendor:product" of a CPE 2.3 name of an application, as the database has it; empty for others.
 */
pl_str pl_product_of_cpe(struct pl_arena *arena, pl_str cpe);

/* Is a statement with this rest (pl_affected.cpe_rest) about the program itself, on Linux? Not when
 * it is about what runs in another program (target software "wordpress"), or one update of it. */
bool pl_product_is_meant(pl_str cpe_rest);
