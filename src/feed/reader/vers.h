/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * vers - version ranges as VEX documents write them: "vers:npm/>=1.0.0|<2.0.0|!=1.5.0"
 * (https://github.com/package-url/vers-spec).
 *
 * Constraints are points on a line of versions, given in any order: each is a comparator (none
 * means "=") and a version, percent-encoded. A run of ">" and the "<" after it enclose what is
 * meant; "*" alone is every version. The versions are judged by the scheme of the package's
 * ecosystem, whatever name stands before the slash, since writers put "semver" or "generic" there.
 */
#include "feed/reader/spans.h"

/* Adds what the text encloses. False for what is no such range, names what is no version by the
 * scheme, names a version twice, or has more than PL_LIMIT_FEED_SPANS constraints. */
bool pl_vers_add(struct pl_arena *arena, const struct pl_version_scheme *scheme, pl_str text,
                 struct pl_spans *spans);
