/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cvss_vector - a CVSS vector taken apart, between the parser and the equations of each version.
 * Internal to model/cvss*.c. Values are views into the vector's text.
 */
#include "base/str.h"

enum { PL_CVSS_MOST_METRICS = 32 };

struct pl_cvss_vector {
    pl_str values[PL_CVSS_MOST_METRICS]; /* in the order of the version's metrics; empty: absent */
};

/* The first letter of a metric's value, 'X' (not defined) when it is absent. */
static inline char pl_cvss_value(const struct pl_cvss_vector *vector, int metric)
{
    return vector->values[metric].len > 0 ? vector->values[metric].ptr[0] : 'X';
}

/* The metrics of CVSS 4.0 that count, in the order of cvss.c's table. */
enum {
    PL_CVSS4_AV,
    PL_CVSS4_AC,
    PL_CVSS4_AT,
    PL_CVSS4_PR,
    PL_CVSS4_UI,
    PL_CVSS4_VC,
    PL_CVSS4_VI,
    PL_CVSS4_VA,
    PL_CVSS4_SC,
    PL_CVSS4_SI,
    PL_CVSS4_SA,
    PL_CVSS4_E,
    PL_CVSS4_CR,
    PL_CVSS4_IR,
    PL_CVSS4_AR,
    /* The modified base metrics follow in the order of the base metrics. */
    PL_CVSS4_MODIFIED,
};

double pl_cvss4_score(const struct pl_cvss_vector *vector);
