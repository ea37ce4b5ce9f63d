/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kubernetes - programs and packages of Kubernetes, by its own advisories (model/kubernetes.h).
 *
 * Go's database and GitHub's say "k8s.io/kubernetes" of whatever is in that module, which is all of
 * its programs. Kubernetes names the program. A vulnerability that it lays at kube-apiserver's door
 * is not one of kubectl, whoever else says so of the module.
 */
#include "detect/question.h"
#include "model/kubernetes.h"

/* What is known of it in one scan. */
struct pl_kubernetes {
    struct pl_map masks; /* by each name of an advisory, the programs that it is said of */
    bool is_read; /* they are, from the database */
    struct pl_map files; /* paths of its programs */
};

void pl_kubernetes_close(struct pl_kubernetes *kubernetes);

/* Reads once what the database has; strings are in `arena`. */
enum pl_status pl_kubernetes_read(struct pl_kubernetes *kubernetes, struct pl_arena *arena,
                                  struct pl_db *db, struct pl_error *err);

/* Once that is read: is an advisory on the module as a whole about other programs than the one of
 * this name? No where Kubernetes says nothing of it. */
bool pl_kubernetes_is_of_others(const struct pl_kubernetes *kubernetes, pl_str name,
                                const struct pl_advisory *advisory);

/* Takes note of where its programs are; other components are passed over. */
void pl_kubernetes_see(struct pl_kubernetes *kubernetes, const struct pl_component *component);

/* Is it Go's module of all programs, where each file with it is known as one of them? Then that is
 * asked for both. */
bool pl_kubernetes_is_asked_as_program(const struct pl_kubernetes *kubernetes,
                                       const struct pl_component *component);

/* Is it a package that holds a program whose version is known? It is judged by that. */
bool pl_kubernetes_holds_program(const struct pl_component *component);

/* Adds what is said of a component by a name and a release as Kubernetes' advisories write them. */
enum pl_status pl_kubernetes_match(struct pl_kubernetes *kubernetes, struct pl_matcher *matcher,
                                   const struct pl_component *component, pl_str name,
                                   pl_str release, struct pl_statements *statements,
                                   struct pl_error *err);

/* The same of one of its programs, by its own name and version; what cannot be judged is a gap. */
enum pl_status pl_kubernetes_match_program(struct pl_kubernetes *kubernetes,
                                           struct pl_matcher *matcher,
                                           const struct pl_component *component,
                                           struct pl_statements *statements, struct pl_error *err);

/* Notes that a component of it was not judged. */
void pl_kubernetes_note_gap(struct pl_matcher *matcher, const struct pl_component *component,
                            const char *why);
