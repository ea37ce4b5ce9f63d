/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * replaced - rules that their own author has taken back.
 *
 * Of what one author says of one vulnerability in one and the same package, image and range the
 * latest counts, wherever it stands; said at the same time what was given last. Rules without an
 * author, or that do not say when, stand for themselves.
 */
#include "model/suppression.h"

/* An answer for each rule, in `arena`. */
bool *pl_suppressions_replaced(struct pl_arena *arena, const struct pl_suppressions *rules);
