/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * difference - where the sources of a finding do not agree, in one line for people.
 */
#include "model/report.h"

/* "NVD says critical 9.8, Debian says low; fixed in 1.2.3 by GitHub, 1.3.0 by NVD": of severities
 * and fixed versions those that differ, by whoever states them. Empty when all that is stated is
 * the same. In the arena; not made fit for a terminal. */
pl_str pl_difference_text(struct pl_arena *arena, const struct pl_finding *finding);

/* Who says so, as people know him: "GitHub" for GHSA-..., "NVD", "Debian"; else the slice's name.
 */
pl_str pl_difference_speaker(const struct pl_finding_source *source);
