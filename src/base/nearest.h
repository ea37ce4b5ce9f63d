/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * nearest - the known word that a mistyped one most likely meant.
 *
 * Offer every known word; `best` is then the nearest one by edits (insert, delete, replace, swap of
 * neighbours), or NULL when none is near enough to be a typing error. The first of equals wins.
 */
#include "base/str.h"

struct pl_nearest {
    pl_str given;
    const char *best;
    size_t best_distance;
};

struct pl_nearest pl_nearest_start(pl_str given);
void pl_nearest_offer(struct pl_nearest *nearest, const char *candidate);

/* How many edits part the two; SIZE_MAX when it is more than `most`, or one of them is longer than
 * any name of ours. */
size_t pl_nearest_distance(pl_str a, pl_str b, size_t most);
