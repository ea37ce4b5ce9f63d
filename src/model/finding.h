/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * finding - something a detector has to say about a container.
 *
 * There is one type for every kind, so that ranking, policy, reports and store are written once.
 * Strings and the component live in the scan's arena.
 */
#include "model/advisory.h"
#include "model/component.h"
#include "model/exploitation.h"
#include "model/severity.h"
#include "model/suppression.h"

#define PL_FINDING_KIND_LIST(X)                                                                    \
    X(PL_FINDING_VULNERABILITY, "vulnerability")                                                   \
    X(PL_FINDING_MALICIOUS, "malicious") /* the package itself does harm */

enum pl_finding_kind {
#define X(name, text) name,
    PL_FINDING_KIND_LIST(X)
#undef X
};

/* The four states of VEX. */
#define PL_FINDING_STATUS_LIST(X)                                                                  \
    X(PL_FINDING_AFFECTED, "affected")                                                             \
    X(PL_FINDING_NOT_AFFECTED, "not_affected")                                                     \
    X(PL_FINDING_FIXED, "fixed")                                                                   \
    X(PL_FINDING_UNDER_INVESTIGATION, "under_investigation")

enum pl_finding_status {
#define X(name, text) name,
    PL_FINDING_STATUS_LIST(X)
#undef X
};

#define PL_FIX_STATE_LIST(X)                                                                       \
    X(PL_FIX_FIXED, "fixed")                                                                       \
    X(PL_FIX_SUBSCRIPTION, "needs_subscription") /* for who pays for longer support alone */       \
    X(PL_FIX_NOT_FIXED, "not_fixed")                                                               \
    X(PL_FIX_DEFERRED, "deferred")                                                                 \
    X(PL_FIX_WONT_FIX, "wont_fix")                                                                 \
    X(PL_FIX_END_OF_LIFE, "end_of_life")                                                           \
    X(PL_FIX_UNKNOWN, "unknown")

enum pl_fix_state {
#define X(name, text) name,
    PL_FIX_STATE_LIST(X)
#undef X
};

/* Why a finding stands apart: it is told, and neither counted nor held against the verdict. */
#define PL_APART_LIST(X)                                                                           \
    X(PL_APART_NOT, "not") /* it stands with the others */                                         \
    X(PL_APART_NOT_RUNNING, "not_running") /* a kernel, or its headers, that does not run here */

enum pl_apart {
#define X(name, text) name,
    PL_APART_LIST(X)
#undef X
};

/* One advisory that speaks of the finding, and what it says: sources may differ. */
struct pl_finding_source {
    pl_str id; /* the advisory's own */
    pl_str slice; /* of the database: "osv/Debian" */
    enum pl_severity severity;
    double cvss; /* negative: not stated */
    enum pl_affect state;
    pl_str range; /* that the version lies in */
    struct pl_strs fixed; /* ascending */
};

struct pl_finding_sources {
    PL_VEC_FIELDS(struct pl_finding_source);
};

struct pl_finding {
    enum pl_finding_kind kind;
    pl_str id; /* CVE where there is exactly one, else the advisory's */
    struct pl_strs aliases; /* every other name, sorted, without `id` */
    const struct pl_component *component;
    enum pl_severity severity;
    double cvss; /* base score, negative when there is none */
    enum pl_finding_status status;
    enum pl_apart apart;
    enum pl_fix_state fix_state;
    struct pl_strs fix_versions; /* ascending */
    pl_str match_ecosystem; /* "Debian:12" */
    pl_str match_via; /* "source-package" or "package" */
    pl_str match_range; /* ">=1.0, <1.2-3": the range or the version that matched */
    pl_str title;
    struct pl_strs references; /* URLs */
    bool is_disputed; /* whoever published it marks it as contested */
    /* All that speak of it, most trusted first (docs/matching.md); what they agree and disagree on
     * is decided by the first that says anything. */
    struct pl_finding_sources sources;
    struct pl_exploitation exploitation; /* without an id when nothing is known */
    struct pl_suppression_marks suppressions; /* not empty: it does not count, and why */
    struct pl_suppression_marks assessments; /* that it is there, or is being looked into */
};

struct pl_findings {
    PL_VEC_FIELDS(struct pl_finding);
};

const char *pl_finding_kind_to_string(enum pl_finding_kind kind);
const char *pl_finding_status_to_string(enum pl_finding_status status);
const char *pl_fix_state_to_string(enum pl_fix_state state);
const char *pl_apart_to_string(enum pl_apart apart);

/* What VEX calls the state of a finding that is suppressed for this reason. */
enum pl_finding_status pl_finding_status_for(enum pl_suppression_reason reason);

/* Does it need an answer, and count? Not when VEX says "not affected" or "fixed", nor when it
 * stands apart. */
bool pl_finding_counts(const struct pl_finding *finding);

/* Order of the report: what stands apart comes last; severity, then component, then id. */
int pl_finding_compare(const struct pl_finding *a, const struct pl_finding *b);
void pl_findings_sort(struct pl_findings *findings);
