/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cpe - NVD's statements about products: CPE 2.3 names with ranges of versions.
 *
 * The names are formatted strings of NISTIR 7695, section 6.2: thirteen parts between colons, where
 * a backslash takes the meaning off what follows, "*" is any and "-" none.
 */
#include "feed/feed.h"
#include "format/json.h"

/* Adds what the `configurations` of a record in NVD's API 2.0 call vulnerable. Applications are
 * taken, in ecosystem "CPE" under "vendor:product" without backslashes; what they run on, and
 * operating systems and hardware, is skipped and counted. False, with a text, when a statement is
 * malformed. */
bool pl_cpe_configurations(struct pl_feed_sink *sink, struct pl_arena *arena, const json_t *cve,
                           struct pl_advisory *advisory, struct pl_error *err);
