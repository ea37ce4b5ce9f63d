/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cosign - signatures beside what they sign, in the same repository, where cosign looks for them.
 *
 * The signatures of the manifest sha256:HEX are the layers of a manifest under the tag
 * "sha256-HEX.sig": each a document of trust/simple_signing.h, its signature in base64 in the
 * layer's annotation "dev.cosignproject.cosign/signature" (cosign, specs/SIGNATURE_SPEC.md). Anyone
 * who may write to the repository may add some or take them away, so that a signature counts for
 * what a key says of it and for nothing else. Transparency logs and certificates are not looked at.
 */
#include "image/registry/client.h"
#include "trust/signature.h"

/* Adds this key's signature to those that are there, unless it is among them. `reference` is what
 * the registry was opened for. */
enum pl_status pl_cosign_sign(struct pl_registry *registry, const struct pl_reference *reference,
                              const struct pl_key *key, const struct pl_digest *digest,
                              struct pl_error *err);

/* TRUST, saying why, unless one of the signatures is this key's. */
enum pl_status pl_cosign_verify(struct pl_registry *registry, const struct pl_key *key,
                                const struct pl_digest *digest, struct pl_error *err);

/* "sha256-HEX.sig" */
pl_str pl_cosign_tag(struct pl_arena *arena, const struct pl_digest *digest);
