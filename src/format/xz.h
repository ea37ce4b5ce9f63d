/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xz - a whole .xz file (The .xz File Format, version 1.2.1) in memory, through liblzma.
 */
#include "base/buf.h"

/* By the first bytes. */
bool pl_xz_detect(pl_span head);

/* Appends what all streams in `bytes` hold. PL_E_PARSE for damaged or unfinished data, PL_E_LIMIT
 * past the ceiling of `into` or for a dictionary above 64 MiB. */
enum pl_status pl_xz_unpack(pl_span bytes, struct pl_buf *into, struct pl_error *err);
