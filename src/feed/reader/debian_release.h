/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * debian_release - what Debian's tracker calls a release, as OSV does.
 */
#include "base/str.h"

/* "bookworm" is "Debian:12", "sid" is "Debian:sid"; empty for a name that is none of a release. */
pl_str pl_debian_ecosystem(pl_str codename);
