/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * range - does a version lie in what an advisory calls affected?
 *
 * The evaluation algorithm of the OSV schema: a version is affected when it is enumerated, or when
 * one of the ranges contains it. A range is its events in order of version; "introduced" opens an
 * interval at itself, "above" behind itself, "fixed" closes it before itself, "last_affected" after
 * itself; "limit" events bound the whole range from above, and any one of them that lies above the
 * version is enough. A version that the scheme does not accept, on either side, never matches by
 * order, but the caller is told; an enumerated version matches as the same text even then.
 */
#include "base/arena.h"
#include "model/advisory.h"
#include "version/scheme.h"

struct pl_range_match {
    bool is_affected;
    /* The version asked for is none by the scheme: only enumerated versions were compared. */
    bool is_invalid;
    /* A version of the advisory is none by the scheme: its event was left out. */
    bool has_invalid_event;
    /* ">=1.0, <1.2-3", or "=1.1" for an enumerated version, or "*" for every version; empty when
     * not affected. In the arena. */
    pl_str range;
    /* The "fixed" versions of all ranges that are greater than the version asked for, ascending and
     * without repetition. */
    struct pl_strs fixed;
};

/* `affected` and `version` must outlive the result's strings. Linear in the events but for their
 * sorting. */
struct pl_range_match pl_range_match(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                                     const struct pl_affected *affected, pl_str version);

/* Which of the enumerated versions no range contains: all of them without a scheme or ranges. With
 * these alone `affected` matches what it matches with all, since versions that are equal lie in the
 * same ranges (but for pacman's "1.0", which equals "1.0-1" and "1.0-2", and which no package has).
 * Linear in versions times events. */
struct pl_strs pl_range_strays(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                               const struct pl_affected *affected);
