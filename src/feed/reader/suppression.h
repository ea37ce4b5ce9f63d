/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * suppression - rules that say which findings do not count, between their text, the rule
 * (model/suppression.h) and the record that stands for one among advisories.
 *
 * As text a rule is an object with the members that docs/suppressions.md lists. A record has the
 * rule as JSON for its details, the vulnerability's names in `upstream`, and one package that none
 * is called (PL_SUPPRESSION_ECOSYSTEM), so that all rules are found together. Its id is derived
 * from what it says.
 */
#include "feed/feed.h"
#include "format/json.h"
#include "model/suppression.h"

/* Whether the members that a publisher's record does not need ("id" for the vulnerability, a
 * "reason") are there and all are well formed; PL_E_PARSE with which is not, and for members that
 * are unknown, as a word that is misspelt would make the rule mean more than was meant. What *ret
 * points to lives in the arena. */
enum pl_status pl_suppression_read(struct pl_arena *arena, const json_t *object,
                                   struct pl_suppression *ret, struct pl_error *err);

/* The rule of a record; `origin` is the slice or file. NOT_FOUND when the record is none of a rule.
 */
enum pl_status pl_suppression_of_advisory(struct pl_arena *arena,
                                          const struct pl_advisory *advisory, pl_str origin,
                                          struct pl_suppression *ret, struct pl_error *err);

/* Hands over the record of a rule. */
enum pl_status pl_suppression_take(struct pl_feed_sink *sink, const struct pl_suppression *rule,
                                   struct pl_error *err);
