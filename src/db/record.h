/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * record - advisories as bytes of the database, and back (docs/internals/db-format.md).
 *
 * A record holds what is said of the vulnerability; a claim holds what it says of one package, so
 * that a look-up reads claims alone. Encoders append to a buffer and let its ceiling decide.
 * Decoders give views into the bytes, and what was shortened by shared prefixes lies in the arena;
 * anything out of bounds is PL_E_PARSE.
 */
#include "base/buf.h"
#include "model/advisory.h"
#include "model/exploitation.h"

/* One package that a record names. */
struct pl_db_key_ref {
    pl_str ecosystem;
    pl_str name; /* as the feed writes it */
};

struct pl_db_key_refs {
    PL_VEC_FIELDS(struct pl_db_key_ref);
};

void pl_db_record_encode(struct pl_buf *buf, const struct pl_advisory *advisory);
/* Leaves ret->id and ret->affected empty; the packages go to *ret_keys, in the record's order. */
enum pl_status pl_db_record_decode(struct pl_arena *arena, pl_str bytes, struct pl_advisory *ret,
                                   struct pl_db_key_refs *ret_keys, struct pl_error *err);

/* `withdrawn` is that of the record. */
void pl_db_claim_encode(struct pl_buf *buf, const struct pl_affected *affected, bool withdrawn);
/* Leaves ecosystem empty. */
enum pl_status pl_db_claim_decode(struct pl_arena *arena, pl_str bytes, struct pl_affected *ret,
                                  bool *ret_withdrawn, struct pl_error *err);

/* The id is the key. */
void pl_db_exploitation_encode(struct pl_buf *buf, const struct pl_exploitation *exploitation);
enum pl_status pl_db_exploitation_decode(pl_str bytes, struct pl_exploitation *ret,
                                         struct pl_error *err);

/* Key of a package: ecosystem, NUL, and the name as the ecosystem compares names. */
void pl_db_key_encode(struct pl_buf *buf, pl_str ecosystem, pl_str name);
