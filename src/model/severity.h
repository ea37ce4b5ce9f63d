/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * severity - the seven words, and how CVSS vectors and vendors' words become one of them.
 *
 * "malicious" is said of packages made to do harm and of nothing else: no score comes near it.
 */
#include "base/error.h"
#include "base/str.h"

/* Worst first, so that a smaller value sorts before. */
#define PL_SEVERITY_LIST(X)                                                                        \
    X(PL_SEVERITY_MALICIOUS, "malicious")                                                          \
    X(PL_SEVERITY_CRITICAL, "critical")                                                            \
    X(PL_SEVERITY_HIGH, "high")                                                                    \
    X(PL_SEVERITY_MEDIUM, "medium")                                                                \
    X(PL_SEVERITY_LOW, "low")                                                                      \
    X(PL_SEVERITY_NEGLIGIBLE, "negligible")                                                        \
    X(PL_SEVERITY_UNKNOWN, "unknown")

enum pl_severity {
#define X(name, text) name,
    PL_SEVERITY_LIST(X)
#undef X
        PL_SEVERITY_COUNT_
};

const char *pl_severity_to_string(enum pl_severity severity);
/* Exact lower-case words of the list. */
bool pl_severity_from_string(pl_str text, enum pl_severity *ret);

/* Words that vendors use, in any case: "important", "moderate", "unimportant", "not yet assigned",
 * "end-of-life"...; PL_SEVERITY_UNKNOWN for anything else. */
enum pl_severity pl_severity_from_vendor(pl_str text);

/* The qualitative scale of CVSS 3.1 section 5 and 4.0 section 6: score 0 to 10. CVSS 2 scores use
 * the same scale here, as NVD's successor scores do. */
enum pl_severity pl_severity_from_score(double score);

/* Base score of a vector of CVSS 2.0, 3.0, 3.1 or 4.0 ("CVSS:3.1/AV:N/...", "AV:N/AC:L/Au:N/...").
 * Temporal, environmental and supplemental metrics are accepted and left out of the score, but for
 * 4.0, where threat and environmental metrics are part of the definition. PL_E_PARSE for a vector
 * that is not well formed or lacks a mandatory metric. */
enum pl_status pl_cvss_score(pl_str vector, double *ret_score, struct pl_error *err);
