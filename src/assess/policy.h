/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * policy - whether a report is within what its reader accepts, and why not.
 *
 * A policy is a value. Every gate asks the same function, so that a build, a run and an admission
 * decide alike.
 */
#include "model/report.h"

struct pl_policy {
    bool has_fail_on;
    enum pl_severity fail_on; /* this severity or worse is outside policy */
};

/* The policy that accepts everything. */
#define PL_POLICY_INIT ((struct pl_policy){0})

/* An expression of --fail-on: "critical", "high", "medium", "low" or "negligible" stands for
 * findings of that severity or worse, "unknown" for any finding. PL_E_USAGE for anything else. */
enum pl_status pl_policy_parse(pl_str expression, struct pl_policy *ret, struct pl_error *err);

/* Fills in the report's verdict and reasons. Findings that stand apart, or whose VEX status says
 * "not affected" or "fixed", do not count; those under investigation do. Reasons are made in
 * `arena`, and there are none when the verdict is a pass. */
void pl_policy_apply(const struct pl_policy *policy, struct pl_arena *arena,
                     struct pl_report *report);
