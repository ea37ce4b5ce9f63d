/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * license - what packages state about their licences, as SPDX licence expressions (SPDX 2.3, annex
 * D).
 *
 * Packages state identifiers, expressions, short names of their own tradition (Debian's "GPL-2+"
 * and "Expat", Fedora's "GPLv2+", the slash of crates), or a title ("Apache License, Version 2.0").
 * What a statement means is only said when all of it is understood: half an expression would be
 * another licence. Identifiers that SPDX has deprecated are replaced by those it names instead.
 */
#include "base/vec.h"

struct pl_licenses;

/* The known names, with what was asked so far. */
struct pl_licenses *pl_licenses_new(void);
void pl_licenses_free(struct pl_licenses *licenses);
PL_DEFINE_CLEANUP(struct pl_licenses, pl_licenses_free)

/* The expression that a statement amounts to; empty when that cannot be told. Good as long as
 * `licenses`. */
pl_str pl_licenses_expression(struct pl_licenses *licenses, pl_str stated);

/* The same for all that a package states together: every one of them holds. */
pl_str pl_licenses_join(struct pl_licenses *licenses, struct pl_arena *arena,
                        const struct pl_strs *stated);
