/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * spans - sets of versions as publishers write them, brought to the ranges of an advisory.
 *
 * Publishers say which versions are affected, or which are not, by requirements in the syntax of
 * their ecosystem. Here these become intervals; the complement of a set, and what two sets have in
 * common, is worked out in the order of a version scheme.
 */
#include "base/arena.h"
#include "base/vec.h"
#include "model/advisory.h"
#include "version/interval.h"
#include "version/scheme.h"

struct pl_spans {
    PL_VEC_FIELDS(struct pl_interval); /* any one of them is enough; none: no version */
};

/* Narrows the interval by comparisons with commas between them, all of which have to hold: "=",
 * "==", "<", "<=", ">", ">=", of RubyGems "~>", and "=" where there is none. Nothing may be written
 * as "*". False when it is none, or names what is no version by the scheme. */
bool pl_span_narrow(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                    struct pl_interval *interval);

/* Adds an interval, unless nothing lies in it. */
void pl_spans_push(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                   const struct pl_interval *interval, struct pl_spans *spans);

/* Adds what the comparisons have in common, unless that is nothing. */
bool pl_spans_add(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                  struct pl_spans *spans);

/* Adds a range in npm's syntax (https://github.com/npm/node-semver): comparisons with blanks
 * between them, "||" for "or", "^", "~", "1.x", "a - b". False when it is none. */
bool pl_spans_add_npm(struct pl_arena *arena, pl_str text, struct pl_spans *spans);

/* All versions that are in none of the intervals, ascending. False, as in the next one, for more
 * than PL_LIMIT_FEED_SPANS. */
bool pl_spans_complement(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                         const struct pl_spans *spans, struct pl_spans *ret);

/* What is in both. */
bool pl_spans_intersect(struct pl_arena *arena, const struct pl_version_scheme *scheme,
                        const struct pl_spans *a, const struct pl_spans *b, struct pl_spans *ret);

/* Adds a range for each interval. */
void pl_spans_to_ranges(struct pl_arena *arena, const struct pl_spans *spans,
                        struct pl_affected *affected);
