/* SPDX-License-Identifier: Apache-2.0 */
#include "model/advisory.h"

const char *pl_range_type_to_string(enum pl_range_type type)
{
    switch (type) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_RANGE_LIST(X)
#undef X
    }
    return "ECOSYSTEM";
}

const char *pl_event_type_to_string(enum pl_event_type type)
{
    switch (type) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_EVENT_LIST(X)
#undef X
    }
    return "introduced";
}

const char *pl_affect_to_string(enum pl_affect state)
{
    switch (state) {
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        PL_AFFECT_LIST(X)
#undef X
    }
    return "affected";
}

/* The score of the newest CVSS version among the vectors, or -1. OSV's types CVSS_V2, CVSS_V3 and
 * CVSS_V4 sort as text; of two vectors of one type the higher score counts. */
static double best_score(const struct pl_severity_vectors *vectors)
{
    double best = -1;
    pl_str best_type = PL_STR_EMPTY;
    for (size_t i = 0; i < vectors->count; i++) {
        const struct pl_severity_vector *vector = &vectors->items[i];
        double score = -1;
        if (!pl_str_starts_with(vector->type, PL_STR("CVSS_V")) ||
            pl_cvss_score(vector->score, &score, NULL) < 0) {
            continue;
        }
        int order = pl_str_cmp(vector->type, best_type);
        if (order > 0 || (order == 0 && score > best)) {
            best = score;
            best_type = vector->type;
        }
    }
    return best;
}

/* A distribution's own word among the vectors: type "Ubuntu", score "medium". */
static enum pl_severity own_word(const struct pl_severity_vectors *vectors)
{
    for (size_t i = 0; i < vectors->count; i++) {
        if (!pl_str_starts_with(vectors->items[i].type, PL_STR("CVSS_V"))) {
            enum pl_severity severity = pl_severity_from_vendor(vectors->items[i].score);
            if (severity != PL_SEVERITY_UNKNOWN) {
                return severity;
            }
        }
    }
    return PL_SEVERITY_UNKNOWN;
}

/* The family of Red Hat says it at the start of the title: "Important: openssl security update". */
static enum pl_severity word_of_summary(pl_str summary)
{
    pl_str word = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    return pl_str_cut(summary, ':', &word, &rest) ? pl_severity_from_vendor(word)
                                                  : PL_SEVERITY_UNKNOWN;
}

enum pl_severity pl_advisory_severity(const struct pl_advisory *advisory,
                                      const struct pl_affected *affected, double *ret_score)
{
    double score = affected ? best_score(&affected->severities) : -1;
    if (score < 0) {
        score = best_score(&advisory->severities);
    }
    *ret_score = score;
    enum pl_severity severity = PL_SEVERITY_UNKNOWN;
    if (affected) {
        severity = pl_severity_from_vendor(affected->urgency);
        if (severity == PL_SEVERITY_UNKNOWN) {
            severity = own_word(&affected->severities);
        }
    }
    if (severity == PL_SEVERITY_UNKNOWN) {
        severity = own_word(&advisory->severities);
    }
    if (severity == PL_SEVERITY_UNKNOWN) {
        severity = pl_severity_from_score(score);
    }
    if (severity == PL_SEVERITY_UNKNOWN) {
        severity = pl_severity_from_vendor(advisory->urgency);
    }
    return severity != PL_SEVERITY_UNKNOWN ? severity : word_of_summary(advisory->summary);
}

bool pl_advisory_is_security(const struct pl_advisory *advisory)
{
    /* BA: bug fix, EA: enhancement; of AlmaLinux, Oracle, Red Hat and Rocky Linux. */
    static const pl_str others[] = {
        PL_STR_INIT("ALBA-"), PL_STR_INIT("ALEA-"), PL_STR_INIT("ELBA-"), PL_STR_INIT("ELEA-"),
        PL_STR_INIT("RHBA-"), PL_STR_INIT("RHEA-"), PL_STR_INIT("RLBA-"), PL_STR_INIT("RLEA-"),
    };
    bool is_other = false;
    for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
        is_other = is_other || pl_str_starts_with(advisory->id, others[i]);
    }
    return !is_other ||
           advisory->aliases.count + advisory->upstream.count + advisory->related.count > 0;
}

static bool has_cve(const struct pl_strs *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (pl_str_starts_with(names->items[i], PL_STR("CVE-"))) {
            return true;
        }
    }
    return false;
}

bool pl_advisory_related_are_names(const struct pl_advisory *advisory)
{
    return !pl_str_starts_with(advisory->id, PL_STR("CVE-")) && !has_cve(&advisory->aliases) &&
           !has_cve(&advisory->upstream);
}

bool pl_advisory_is_malware(const struct pl_advisory *advisory)
{
    return pl_str_starts_with(advisory->id, PL_STR("MAL-"));
}
