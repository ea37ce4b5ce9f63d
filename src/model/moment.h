/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * moment - points in time as publishers write them (RFC 3339).
 */
#include "base/str.h"

/* Which is earlier? Offsets count, and fractions of a second may be there or not. What is no time
 * comes before what is one, and by its text. */
int pl_moment_compare(pl_str a, pl_str b);
