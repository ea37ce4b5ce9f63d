/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kubernetes - of which programs Kubernetes' own advisories speak (model/kubernetes.h).
 *
 * Go's database and GitHub's say "k8s.io/kubernetes" of whatever is in that module, which is all of
 * its programs. Kubernetes names the program. A vulnerability that it lays at kube-apiserver's door
 * is not one of kubectl, whoever else says so of the module.
 */
#include "base/map.h"
#include "db/db.h"
#include "model/kubernetes.h"

struct pl_kubernetes_programs {
    struct pl_map masks; /* by each name of an advisory, the programs that it is said of */
    bool is_read;
};

void pl_kubernetes_programs_release(struct pl_kubernetes_programs *programs);

/* Reads once what the database has; strings are in `arena`. */
enum pl_status pl_kubernetes_programs_read(struct pl_arena *arena, struct pl_db *db,
                                           struct pl_kubernetes_programs *programs,
                                           struct pl_error *err);

/* Is an advisory on the module as a whole about other programs than the one of this name? No where
 * Kubernetes says nothing of it. */
bool pl_kubernetes_is_of_others(const struct pl_kubernetes_programs *programs, pl_str name,
                                const struct pl_advisory *advisory);
