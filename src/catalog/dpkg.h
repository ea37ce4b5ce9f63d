/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dpkg - a package as its control file describes it (deb-control(5)), and as databases modelled
 * after that of dpkg do.
 */
#include "catalog/relations.h"

/* Of the three words of a Status field the last: the state. */
pl_str pl_dpkg_state(pl_str status);

/* Adds the package of one paragraph. Without a name or version it is a gap. */
void pl_dpkg_add_control(struct pl_sink *sink, enum pl_scope scope, pl_str control);
