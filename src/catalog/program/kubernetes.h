/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kubernetes - the version that a program of Kubernetes was built as.
 *
 * Kubernetes' own builds leave nothing of it in the build information of Go before 1.24: the module
 * is at "(devel)", and -trimpath keeps the linker's flags out. What those flags set
 * (k8s.io/component-base/version.gitVersion) the linker lays down as a constant of its own, between
 * NULs, where the compiler's constants follow each other without.
 */
#include "catalog/program/program.h"

/* The version, "v1.29.3", and where it stands; empty when there is none, or more than one. */
pl_str pl_program_kubernetes_version(const struct pl_program *program, pl_str *ret_section);
