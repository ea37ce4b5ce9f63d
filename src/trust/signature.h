/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * signature - signing and verifying bytes with a key in a PEM file.
 *
 * Two kinds of keys: ECDSA on P-256 over SHA-256, whose signatures are the DER of RFC 3279 section
 * 2.2.3, and Ed25519 (RFC 8032). Private keys are read as PKCS #8 or SEC 1, and may be encrypted as
 * RFC 5958 (section 3) and RFC 8018 or, of SEC 1, RFC 1421 say; public keys as
 * SubjectPublicKeyInfo. What is read of a private key is wiped when the key is freed, and gets into
 * no message. A key may be used by several threads.
 */
#include "base/arena.h"
#include "base/error.h"

struct pl_key;

/* The environment's passphrase of a private key. */
#define PL_KEY_PASSPHRASE_VARIABLE "PLIMSOLL_KEY_PASSPHRASE"

/* USAGE for a file that holds no such key, saying what it holds instead where one can tell;
 * UNSUPPORTED for another kind of key, DENIED for one that the passphrase does not open. Without a
 * passphrase (empty) an encrypted key is USAGE; one that is not encrypted needs none. */
enum pl_status pl_key_read_private(const char *path, pl_str passphrase, struct pl_key **ret,
                                   struct pl_error *err);
enum pl_status pl_key_read_public(const char *path, struct pl_key **ret, struct pl_error *err);
/* The same from text; `name` is for messages. */
enum pl_status pl_key_parse_public(pl_str pem, const char *name, struct pl_key **ret,
                                   struct pl_error *err);
void pl_key_free(struct pl_key *key);
PL_DEFINE_CLEANUP(struct pl_key, pl_key_free)

/* What the key is called: "sha256:" and the first 16 hexadecimal digits of the digest of its public
 * half (DER). */
pl_str pl_key_id(struct pl_arena *arena, const struct pl_key *key);

/* *ret lives in `arena`. */
enum pl_status pl_key_sign(const struct pl_key *key, struct pl_arena *arena, pl_str message,
                           pl_str *ret, struct pl_error *err);
/* TRUST when the signature is not this key's, or not of this message. */
enum pl_status pl_key_verify(const struct pl_key *key, pl_str message, pl_str signature,
                             struct pl_error *err);
