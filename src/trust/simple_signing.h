/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * simple_signing - the document that is signed in place of an image: which manifest is meant, and
 * under which name it was signed (containers/image, containers-signature(5), "JSON Data Format", as
 * cosign uses it).
 *
 *   {"critical": {"identity": {"docker-reference": "ghcr.io/org/app"},
 *                 "image": {"docker-manifest-digest": "sha256:..."},
 *                 "type": "cosign container image signature"},
 *    "optional": null}
 */
#include "format/digest.h"

/* The bytes to be signed, in `arena`. `name` is that of the repository. */
enum pl_status pl_simple_signing_write(struct pl_arena *arena, pl_str name,
                                       const struct pl_digest *digest, pl_str *ret,
                                       struct pl_error *err);
/* Is a payload whose signature was verified about this manifest? TRUST if not, PARSE for what is no
 * such document. Its name is not looked at: mirrors have others. */
enum pl_status pl_simple_signing_check(pl_str payload, const struct pl_digest *digest,
                                       struct pl_error *err);
