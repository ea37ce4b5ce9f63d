/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/policy.h"

enum pl_status pl_policy_parse(pl_str expression, struct pl_policy *ret, struct pl_error *err)
{
    enum pl_severity severity = PL_SEVERITY_UNKNOWN;
    if (!pl_severity_from_string(expression, &severity)) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"%.*s\" is no severity; known: critical, high, medium, low, "
                            "negligible, unknown",
                            (int)(expression.len < 80 ? expression.len : 80), expression.ptr);
    }
    *ret = (struct pl_policy){.has_fail_on = true, .fail_on = severity};
    return PL_OK;
}

static bool counts(const struct pl_policy *policy, const struct pl_finding *finding)
{
    return policy->has_fail_on && pl_finding_counts(finding) &&
           finding->severity <= policy->fail_on;
}

void pl_policy_apply(const struct pl_policy *policy, struct pl_arena *arena,
                     struct pl_report *report)
{
    size_t by_severity[PL_SEVERITY_COUNT_] = {0};
    size_t outside = 0;
    for (size_t i = 0; i < report->findings.count; i++) {
        if (counts(policy, &report->findings.items[i])) {
            by_severity[report->findings.items[i].severity]++;
            outside++;
        }
    }
    report->verdict_pass = outside == 0;
    report->verdict_reasons = (struct pl_strs){0};
    for (size_t i = 0; i < PL_SEVERITY_COUNT_; i++) {
        if (by_severity[i] > 0) {
            *pl_vec_push(arena, &report->verdict_reasons) = pl_arena_format(
                arena, "%zu %s finding%s, and the limit is %s", by_severity[i],
                pl_severity_to_string((enum pl_severity)i), by_severity[i] == 1 ? "" : "s",
                pl_severity_to_string(policy->fail_on));
        }
    }
}
