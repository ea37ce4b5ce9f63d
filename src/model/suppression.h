/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * suppression - somebody's word that a finding does not count, and why; or, of VEX, that it does,
 * or is being looked into.
 *
 * A rule says which findings it means: by any name of the vulnerability, by package, by version, by
 * image. What it leaves open, it means all of. Strings live in the reader's arena; empty means "not
 * stated". What a rule did to a finding is told by a mark.
 */
#include "model/advisory.h"
#include "model/ecosystem.h"
#include "model/purl.h"

/* Suppressions that have no package of an ecosystem lie in the advisory database under this key of
 * PL_SUPPRESSION_ECOSYSTEM, since no look-up of a package would find them. */
#define PL_SUPPRESSION_KEY "*"
/* Of the ids that their records have. */
#define PL_SUPPRESSION_ID_PREFIX "SUPPRESSION-"

/* The first five are VEX's justifications, as OpenVEX and CSAF spell them
 * (https://github.com/openvex/spec, "Status Justifications"); then VEX's states where no
 * justification is given, and what people have reasons for that VEX has no word for. The third
 * column is what the state of the finding becomes. AFFECTED and INVESTIGATED suppress nothing. */
#define PL_SUPPRESSION_REASON_LIST(X)                                                              \
    X(PL_SUPPRESSION_COMPONENT_ABSENT, "component_not_present", NOT_AFFECTED)                      \
    X(PL_SUPPRESSION_CODE_ABSENT, "vulnerable_code_not_present", NOT_AFFECTED)                     \
    X(PL_SUPPRESSION_CODE_UNUSED, "vulnerable_code_not_in_execute_path", NOT_AFFECTED)             \
    X(PL_SUPPRESSION_CODE_UNREACHABLE, "vulnerable_code_cannot_be_controlled_by_adversary",        \
      NOT_AFFECTED)                                                                                \
    X(PL_SUPPRESSION_MITIGATED, "inline_mitigations_already_exist", NOT_AFFECTED)                  \
    X(PL_SUPPRESSION_NOT_AFFECTED, "not_affected", NOT_AFFECTED)                                   \
    X(PL_SUPPRESSION_FIXED, "fixed", FIXED)                                                        \
    X(PL_SUPPRESSION_FALSE_POSITIVE, "false_positive", NOT_AFFECTED)                               \
    X(PL_SUPPRESSION_ACCEPTED, "accepted", AFFECTED)                                               \
    X(PL_SUPPRESSION_DEFERRED, "deferred", AFFECTED)                                               \
    X(PL_SUPPRESSION_AFFECTED, "affected", AFFECTED)                                               \
    X(PL_SUPPRESSION_INVESTIGATED, "under_investigation", UNDER_INVESTIGATION)                     \
    X(PL_SUPPRESSION_UNSTATED, "unstated", AFFECTED) /* lists of ids alone */

enum pl_suppression_reason {
#define X(name, text, status) name,
    PL_SUPPRESSION_REASON_LIST(X)
#undef X
};

struct pl_purls {
    PL_VEC_FIELDS(struct pl_purl);
};

struct pl_suppression {
    struct pl_strs names; /* of the vulnerability; any one of them is enough */
    struct pl_purls packages; /* any one; none: every package */
    /* Packages as a database has them, in place of package URLs; any one. */
    struct pl_affecteds claims;
    pl_str versions; /* a range, in vers or in the ecosystem's own syntax */
    struct pl_ranges ranges; /* the same, where it is in vers */
    pl_str image; /* a pattern with '*' and '?' */
    /* Images, package URLs or CPE names (of systems) of what the package is in; any one. */
    struct pl_strs products;
    enum pl_suppression_reason reason;
    pl_str text; /* why; of what is affected, what to do */
    pl_str by;
    pl_str time; /* when it was said, RFC 3339 */
    pl_str until; /* the last day, YYYY-MM-DD */
    pl_str origin; /* the file, or the slice of the database */
};

struct pl_suppressions {
    PL_VEC_FIELDS(struct pl_suppression);
};

/* Why a finding is suppressed, or what is said of one that is not. */
struct pl_suppression_mark {
    enum pl_suppression_reason reason;
    pl_str text;
    pl_str by;
    pl_str until;
    pl_str origin;
};

struct pl_suppression_marks {
    PL_VEC_FIELDS(struct pl_suppression_mark);
};

/* What became of a rule in one scan. */
#define PL_SUPPRESSION_USE_LIST(X)                                                                 \
    X(PL_SUPPRESSION_USED, "used")                                                                 \
    X(PL_SUPPRESSION_UNUSED, "unused") /* nothing that was found is meant */                       \
    X(PL_SUPPRESSION_EXPIRED, "expired") /* findings are meant, but its time is over */            \
    X(PL_SUPPRESSION_REPLACED, "replaced") /* its author said something else later */

enum pl_suppression_use {
#define X(name, text) name,
    PL_SUPPRESSION_USE_LIST(X)
#undef X
};

struct pl_suppression_record {
    struct pl_suppression rule;
    enum pl_suppression_use use;
    size_t findings; /* that it means */
};

struct pl_suppression_records {
    PL_VEC_FIELDS(struct pl_suppression_record);
};

const char *pl_suppression_reason_to_string(enum pl_suppression_reason reason);
bool pl_suppression_reason_from_string(pl_str text, enum pl_suppression_reason *ret);
const char *pl_suppression_use_to_string(enum pl_suppression_use use);

/* Does a finding that this is said of count no more? */
bool pl_suppression_hides(enum pl_suppression_reason reason);

struct pl_suppression_mark pl_suppression_mark_of(const struct pl_suppression *rule);
