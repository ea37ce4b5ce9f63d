/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * select - which catalogers are to run, as a user says it.
 */
#include "catalog/match.h"

struct pl_catalog_selection {
    const struct pl_cataloger *const *items; /* sorted by name; NULL: all of them */
    size_t count;
    uint64_t hash; /* tells selections apart; 0 is that of all */
};

/* Names with commas between: only these, or, where each has a '-' before it, all but these. What
 * reads the operating system is always among them. PL_E_USAGE, with the nearest name, for one that
 * is not there, and for a list of both sorts. */
enum pl_status pl_catalog_select(struct pl_arena *arena, pl_str list,
                                 struct pl_catalog_selection *ret, struct pl_error *err);

struct pl_catalog_matcher *
pl_catalog_matcher_new_selected(const struct pl_catalog_selection *selection);
