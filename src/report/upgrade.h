/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * upgrade - the command line that upgrades what a newer package fixes.
 *
 * Names come from the inspected image, so only those made of the letters that package managers
 * allow are ever put into a command; anything else makes it the command that upgrades everything.
 */
#include "report/packages.h"

/* One command for each package manager concerned, shortest that does it; none when nothing can be
 * fixed by an upgrade. */
struct pl_strs pl_upgrade_commands(struct pl_arena *arena, const struct pl_os *os,
                                   const struct pl_packages *packages);
