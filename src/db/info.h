/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * info - what a slice says of itself: the one value of its section of facts.
 */
#include "base/buf.h"
#include "base/vec.h"

#define PL_DB_META_KEY "info"

struct pl_db_meta {
    pl_str modified; /* of the newest record */
    struct pl_strs ecosystems; /* without release, sorted */
};

void pl_db_meta_encode(struct pl_buf *buf, const struct pl_db_meta *meta);
/* Views into the bytes. */
enum pl_status pl_db_meta_decode(struct pl_arena *arena, pl_str bytes, struct pl_db_meta *ret,
                                 struct pl_error *err);
