/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * gap - something that was not seen, and why: a layer over a limit, a database that cannot be
 * parsed. Gaps go into the report, so that nothing is skipped silently.
 */
#include "base/vec.h"

struct pl_gap {
    pl_str path; /* may be empty: the whole layer or source */
    pl_str layer;
    pl_str reason;
};

struct pl_gaps {
    PL_VEC_FIELDS(struct pl_gap);
};
