/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * vendor - who built a package, where that is not the distribution on whose system it is.
 *
 * A distribution's advisories speak of the distribution's packages. NodeSource's "nodejs" bears the
 * name of Debian's and has other versions, other patches and other fixes. Taking one vendor's
 * package for another's gives wrong findings; taking a distribution's package for somebody else's
 * would lose true ones. So only what says that somebody else built it counts (model/vendors.def, or
 * a field of its own for the vendor), never that nothing says who did.
 */
#include "model/component.h"
#include "model/os.h"

struct pl_third_party {
    pl_str name; /* "NodeSource" */
    pl_str ecosystem; /* where its advisories are, with release ("EPEL:9"); empty for none */
};

/* False where nothing says that somebody else built it. Strings are in `arena`, or views into the
 * component. */
bool pl_third_party_of(struct pl_arena *arena, const struct pl_os *os,
                       const struct pl_component *component, struct pl_third_party *ret);
