/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * packages - the findings of a report put together by package, the way people read them.
 *
 * A package is the source package where one is stated, with its installed binaries under it, since
 * they are fixed together. Only what needs an answer is here: findings whose VEX status says "not
 * affected" or "fixed" are counted and left out; those that stand apart are left out. Everything
 * lies in the given arena, texts are those of the report, not made fit for a terminal.
 */
#include "model/report.h"

/* Findings of one package with the same severity and the same fix. */
struct pl_package_entry {
    enum pl_severity severity;
    enum pl_fix_state fix_state;
    pl_str fix; /* "1.2-3", several with ", " between; empty when there is none */
    struct pl_strs ids; /* sorted, without repetition */
};

struct pl_package_entries {
    PL_VEC_FIELDS(struct pl_package_entry);
};

struct pl_package {
    pl_str type;
    pl_str name;
    pl_str version; /* of the binaries when they agree, else of the source package */
    struct pl_strs binaries; /* installed packages concerned; sorted */
    struct pl_strs fixable; /* those of them that a fixed version exists for; sorted */
    struct pl_package_entries entries; /* worst first */
};

struct pl_packages {
    PL_VEC_FIELDS(struct pl_package);
    size_t by_severity[PL_SEVERITY_COUNT_];
    size_t vulnerabilities; /* each id once a package */
    size_t with_fix;
    size_t left_out; /* findings that VEX answers */
};

/* Worst package first, then by name. */
struct pl_packages pl_packages_group(struct pl_arena *arena, const struct pl_findings *findings);
