/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * suse - the products that a SUSE system has besides the one that it is, by what they are called in
 * /etc/products.d.
 */
#include "base/vec.h"

/* Adds the ecosystems ("SUSE:Linux Enterprise Server 15 SP3-LTSS") of products ("sles-ltss:15.3
 * sle-ha:15.3", see pl_os.products) that `list` lacks; one that is not known adds none. */
void pl_suse_add_products(struct pl_arena *arena, pl_str products, struct pl_strs *list);
