/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sbom - the actions of `plimsoll sbom` beside listing what a source holds, one file each.
 */
#include "command/scan_options.h"

/* Each gives the exit status of the command. */
int pl_sbom_run_attach(const struct pl_args *args, struct pl_error *err);
int pl_sbom_run_diff(const struct pl_args *args, struct pl_error *err);
int pl_sbom_run_merge(const struct pl_args *args, struct pl_error *err);
