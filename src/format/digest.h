/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * digest - content digests as OCI spells them: "sha256:" and 64 lower-case hex digits, or "sha512:"
 * and 128 (image-spec, descriptor.md, "Digests").
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/mem.h"

struct pl_digest_state;

/* The longest is "sha512:" with 128 digits. */
struct pl_digest {
    char text[136]; /* NUL-terminated; empty: none */
};

/* PL_E_PARSE when it is not well formed, PL_E_UNSUPPORTED for another algorithm. */
enum pl_status pl_digest_parse(pl_str text, struct pl_digest *ret, struct pl_error *err);

/* The algorithm of `like`, or SHA-256 when that is empty or NULL. */
struct pl_digest_state *pl_digest_new(const struct pl_digest *like);
/* Would both be made by the same algorithm? */
bool pl_digest_is_alike(const struct pl_digest *a, const struct pl_digest *b);
void pl_digest_free(struct pl_digest_state *state);
PL_DEFINE_CLEANUP(struct pl_digest_state, pl_digest_free)
void pl_digest_update(struct pl_digest_state *state, pl_span bytes);
/* The state may only be freed afterwards. */
struct pl_digest pl_digest_finish(struct pl_digest_state *state);

struct pl_digest pl_digest_of(pl_span bytes, const struct pl_digest *like);

static inline pl_str pl_digest_str(const struct pl_digest *digest)
{
    return pl_str_from(digest->text);
}

/* "sha1:" and 40 digits: no digest of OCI, but what package repositories look archives up by. */
struct pl_digest pl_digest_sha1(pl_span bytes);

/* PL_E_TRUST, naming `what` and both digests, when they differ. */
enum pl_status pl_digest_verify(const char *what, const struct pl_digest *got,
                                const struct pl_digest *wanted, struct pl_error *err);
