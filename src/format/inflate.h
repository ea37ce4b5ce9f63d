/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * inflate - a whole zlib stream (RFC 1950) in memory, through ISA-L.
 */
#include "base/buf.h"

/* Appends what the stream at the start of `bytes` holds; what follows it is not looked at.
 * PL_E_PARSE for damaged or unfinished data, PL_E_LIMIT past the ceiling of `into`. */
enum pl_status pl_inflate_zlib(pl_span bytes, struct pl_buf *into, struct pl_error *err);
