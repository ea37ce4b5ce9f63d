/* SPDX-License-Identifier: Apache-2.0 */
#include "model/severity.h"
#include "base/compiler.h"

static const char *const words[] = {
#define X(name, text) [name] = (text),
    PL_SEVERITY_LIST(X)
#undef X
};

const char *pl_severity_to_string(enum pl_severity severity)
{
    return words[severity < PL_SEVERITY_COUNT_ ? severity : PL_SEVERITY_UNKNOWN];
}

bool pl_severity_from_string(pl_str text, enum pl_severity *ret)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(text, pl_str_from(words[i]))) {
            *ret = (enum pl_severity)i;
            return true;
        }
    }
    return false;
}

/* Beside our own words. Debian's "unimportant" marks what is no problem in a Debian system;
 * "untriaged", "not yet assigned" and "end-of-life" are no judgement. */
static const struct {
    const char *word;
    enum pl_severity severity;
} vendor_words[] = {
    {"important", PL_SEVERITY_HIGH}, /* Red Hat, SUSE, Amazon, Microsoft */
    {"moderate", PL_SEVERITY_MEDIUM}, /* Red Hat, SUSE, GitHub */
    {"unimportant", PL_SEVERITY_NEGLIGIBLE}, /* Debian */
    {"none", PL_SEVERITY_NEGLIGIBLE}, /* CVSS 3.1 section 5 */
    {"informational", PL_SEVERITY_NEGLIGIBLE},
};

enum pl_severity pl_severity_from_vendor(pl_str text)
{
    text = pl_str_trim(text);
    /* Debian's tracker marks a judgement that a person has not confirmed: "low**". */
    while (pl_str_ends_with(text, PL_STR("*"))) {
        text = pl_str_sub(text, 0, text.len - 1);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq_nocase(text, pl_str_from(words[i]))) {
            return (enum pl_severity)i;
        }
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(vendor_words); i++) {
        if (pl_str_eq_nocase(text, pl_str_from(vendor_words[i].word))) {
            return vendor_words[i].severity;
        }
    }
    return PL_SEVERITY_UNKNOWN;
}

enum pl_severity pl_severity_from_score(double score)
{
    if (!(score >= 0 && score <= 10)) {
        return PL_SEVERITY_UNKNOWN;
    }
    if (score >= 9.0) {
        return PL_SEVERITY_CRITICAL;
    }
    if (score >= 7.0) {
        return PL_SEVERITY_HIGH;
    }
    if (score >= 4.0) {
        return PL_SEVERITY_MEDIUM;
    }
    return score > 0 ? PL_SEVERITY_LOW : PL_SEVERITY_NEGLIGIBLE;
}
