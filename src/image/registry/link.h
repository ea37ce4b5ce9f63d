/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * link - where a Link header says that the next page is (RFC 8288). Private to image/registry/.
 */
#include "base/str.h"

/* The target of the first link whose relation types hold "next", as it stands in the header; or
 * empty. A link with an "anchor" speaks of another page, and does not count. Linear in the header's
 * length. */
pl_str pl_link_next(pl_str header);
