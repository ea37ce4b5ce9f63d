/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scan - the whole way from a source to a finished report.
 *
 *     source -> evidence -> merge -> detect -> policy -> report
 *
 * The report and all it points to live in the caller's arena. The database is the caller's.
 */
#include "assess/policy.h"
#include "catalog/select.h"
#include "db/db.h"
#include "engine/layers.h"
#include "image/registry/hosts.h"
#include "model/report.h"

/* Which components a report is about. */
#define PL_SCAN_SCOPE_LIST(X)                                                                      \
    X(PL_SCAN_INSTALLED, "installed")                                                              \
    X(PL_SCAN_DECLARED, "declared")                                                                \
    X(PL_SCAN_ALL, "all")

enum pl_scan_scope {
    PL_SCAN_BY_SOURCE, /* installed for images, all for directories and bills of materials */
#define X(name, text) name,
    PL_SCAN_SCOPE_LIST(X)
#undef X
};

struct pl_scan_options {
    pl_str source;
    enum pl_scan_scope scope;
    struct pl_catalog_selection catalogers;
    struct pl_platform platform;
    unsigned jobs;
    struct pl_budget_limits limits;
    struct pl_registry_options registry;
    struct pl_cache *cache; /* borrowed; NULL: nothing is kept */
    struct pl_db *db; /* NULL: an inventory without findings */
    /* Rules beside those of the database; may be NULL. Their strings must outlive the report. */
    const struct pl_suppressions *suppressions;
    pl_str today; /* YYYY-MM-DD, for what suppressions there are until a day */
    struct pl_policy policy;
    const struct pl_progress *progress;
};

enum pl_status pl_scan(struct pl_arena *arena, const struct pl_scan_options *options,
                       struct pl_report *ret, struct pl_error *err);
