/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dpkg - the order of Debian's upstream versions and revisions, which other ecosystems took over.
 */
#include "base/str.h"

/* Runs of non-digits and of digits in turn; '~' sorts before the end, the end before letters,
 * letters before everything else. Linear; any bytes will do. */
int pl_dpkg_compare_part(pl_str a, pl_str b);
