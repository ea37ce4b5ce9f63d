/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kubernetes - under which names and versions Kubernetes' own advisories speak of its programs.
 *
 * OSV's ecosystem "kubernetes" has what Kubernetes publishes of its vulnerabilities
 * (github.com/kubernetes-sigs/cve-feed-osv). Its names look like Go modules and are not: each
 * stands for a program, so that "k8s.io/apiserver" is kube-apiserver and nobody else who builds on
 * that library; "k8s.io/kubernetes" is said where no program is singled out. Versions are those of
 * Kubernetes (1.29.3), not of the modules (v0.29.3).
 */
#include "model/component.h"
#include "model/purl.h"

#define PL_KUBERNETES_ECOSYSTEM "kubernetes"
#define PL_KUBERNETES_WHOLE "k8s.io/kubernetes" /* Go's module of all programs, too */
#define PL_KUBERNETES_TYPE "k8s" /* of packages (model/package_types.def) */

/* The programs' names in the advisories, one after the other; empty behind the last. */
pl_str pl_kubernetes_name_at(size_t index);
bool pl_kubernetes_is_program(pl_str name);

/* The name of a program, "k8s.io/apiserver" of "kube-apiserver"; empty when it is none of them. */
pl_str pl_kubernetes_name(pl_str program);

/* The release that a version names, as the advisories write it: "1.29.3" of "v1.29.3+k3s1",
 * "1.29.3-gke.1700" or "1.29.3-1.1", since what a builder adds is none of Kubernetes' numbers;
 * "1.30.0-rc.1" of "v1.30.0-rc.1.12+abc" stays what comes before a release. Empty when it is none.
 */
pl_str pl_kubernetes_release(struct pl_arena *arena, pl_str version);

/* The same of a deb or rpm that Kubernetes itself builds (pkgs.k8s.io), which holds a program of
 * this name; empty for any other package. Google's kubectl has the same maintainer and the versions
 * of its Cloud SDK (1:528.0.0-0): it is any other. */
pl_str pl_kubernetes_package(struct pl_arena *arena, const struct pl_component *component,
                             pl_str *ret_release);

/* Is a package URL of type "k8s" about software? Its namespace says whose build it is, as Trivy
 * writes it (eks, gke, aks, rke); other tools write objects of a cluster so
 * (pkg:k8s/Deployment/web). Red Hat's builds (ocp) have fixes of their own. */
bool pl_kubernetes_is_meant(pl_str purl_namespace);

/* Is it a Go module that Kubernetes' advisories name beside the programs: what its special interest
 * groups release apart from Kubernetes, with versions of its own? */
bool pl_kubernetes_is_project(pl_str module);
