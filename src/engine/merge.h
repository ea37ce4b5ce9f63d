/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * merge - lays the evidence of layers over one another and says what the container holds.
 *
 * The rules are those of an overlay mount: a whiteout removes a path of the layers below with all
 * that is under it, an opaque directory hides what they have in it, and an entry that is no
 * directory hides what they have at and under its path. What catalogers found in a hidden file is
 * void. Attachments (files, licences) join the component of their name; each component gets the
 * layer that introduced it.
 */
#include "catalog/match.h"
#include "model/evidence.h"
#include "model/report.h"

struct pl_merged {
    struct pl_os os;
    struct pl_components components; /* sorted */
    struct pl_gaps gaps; /* sorted */
};

/* `layers` lowest first; the result borrows their strings and adds its own to `arena`. The matcher
 * tells where catalogers look. */
void pl_merge(struct pl_arena *arena, const struct pl_catalog_matcher *matcher,
              const struct pl_evidence *const *layers, size_t count, struct pl_merged *ret);
