/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* dpkg - a package as its control file describes it (deb-control(5)). */
#include "catalog/relations.h"

/* Adds the package of one paragraph. Without a name or version it is a gap. */
void pl_dpkg_add_control(struct pl_sink *sink, enum pl_scope scope, pl_str control);
