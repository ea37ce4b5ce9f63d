/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unify - the same package found at several places is one component with several locations.
 *
 * A lock file states it and a directory holds it, or many directories do. What the places say is
 * joined: installed anywhere is installed, needed directly anywhere is direct, only what all call
 * optional or for development is so. Installed packages of the system stay as their database lists
 * them, since rpm may have the same one installed twice; a package file of the same version beside
 * them is a further location.
 */
#include "model/component.h"

/* `components` are sorted and stay so. */
void pl_unify(struct pl_arena *arena, struct pl_components *components);
