/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * inspect_sbom - a bill of materials in a file, read inside the sandbox like everything else.
 */
#include "engine/layers.h"

/* The evidence of what the document lists, as one file of one layer that has no digest. `name` is
 * for messages. Fails for what is no bill of materials. */
enum pl_status pl_sbom_inspect(struct pl_arena *arena, int fd, pl_str name,
                               const struct pl_layers_options *options,
                               const struct pl_evidence **ret, struct pl_error *err);
