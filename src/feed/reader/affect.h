/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * affect - adds packages to an advisory, for feeds that tell of a package by one version.
 */
#include "model/advisory.h"

/* Affected before `fixed`, or in every version when that is empty. The new entry is good until the
 * next one is added. */
struct pl_affected *pl_affect_before(struct pl_arena *arena, struct pl_advisory *advisory,
                                     pl_str ecosystem, pl_str name, pl_str fixed);

/* What is said in `state` of all versions of a package. */
struct pl_affected *pl_affect_state(struct pl_arena *arena, struct pl_advisory *advisory,
                                    pl_str ecosystem, pl_str name, enum pl_affect state);
