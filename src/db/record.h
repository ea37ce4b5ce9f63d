/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * record - advisories as bytes of the database, and back (docs/internals/db-format.md).
 *
 * A record holds what is said of the vulnerability; a claim holds what it says of one package, so
 * that a look-up reads claims alone; a list holds the versions that a claim's ranges stand for.
 * Encoders append to a buffer and let its ceiling decide. Decoders give views into the bytes, and
 * what was shortened by shared prefixes lies in the arena; anything out of bounds is PL_E_PARSE.
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

/* What a record says of one package. */
struct pl_db_claim {
    struct pl_affected affected; /* without ecosystem */
    /* 0: `affected` has all enumerated versions. Else it has those that its ranges leave out, with
     * which it matches the same (version/range.h), and this is the number of the list of all. */
    uint64_t list;
    bool is_withdrawn; /* the record is */
};

void pl_db_claim_encode(struct pl_buf *buf, const struct pl_db_claim *claim);
enum pl_status pl_db_claim_decode(struct pl_arena *arena, pl_str bytes, struct pl_db_claim *ret,
                                  struct pl_error *err);

/* Such a list, with its number, which tells it from others of the same record. */
void pl_db_list_encode(struct pl_buf *buf, uint64_t list, const struct pl_strs *versions);
enum pl_status pl_db_list_decode(struct pl_arena *arena, pl_str bytes, uint64_t *ret_list,
                                 struct pl_strs *ret_versions, struct pl_error *err);

/* The id is the key. */
void pl_db_exploitation_encode(struct pl_buf *buf, const struct pl_exploitation *exploitation);
enum pl_status pl_db_exploitation_decode(pl_str bytes, struct pl_exploitation *ret,
                                         struct pl_error *err);

/* Key of a package: ecosystem, NUL, and the name as the ecosystem compares names. */
void pl_db_key_encode(struct pl_buf *buf, pl_str ecosystem, pl_str name);
