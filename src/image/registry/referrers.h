/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * referrers - what refers to a manifest: signatures, SBOMs, attestations (OCI 1.1).
 *
 * Asked of the referrers API; where a registry has none, of the index that clients keep under the
 * tag "sha256-HEX". Neither is taken at its word where it may be wrong: clients are known to write
 * another artifact type into that index, and to leave annotations out, so each referrer's own
 * manifest is read when the entry does not tell all. To attach something, push its blobs
 * (push.h), then a manifest with a "subject": pl_registry_push_manifest keeps the list.
 */
#include "image/document.h"
#include "image/registry/client.h"

struct pl_referrer {
    struct pl_descriptor descriptor; /* with the artifact type of its own manifest */
    struct pl_annotations annotations; /* its own */
    pl_str problem; /* why its manifest could not be read; empty when it could */
};

struct pl_referrers {
    PL_VEC_FIELDS(struct pl_referrer);
    bool is_from_tag; /* the registry does not keep the list itself */
};

/* Those of that artifact type, or all when it is empty, in the registry's order, each once. What
 * the list names but refers to something else is left out. All strings live in `arena`. */
enum pl_status pl_registry_referrers(struct pl_registry *registry, struct pl_arena *arena,
                                     const struct pl_digest *subject, pl_str artifact_type,
                                     struct pl_referrers *ret, struct pl_error *err);

/* Adds a manifest that was pushed to the index under its subject's tag: what others have there
 * stays as it is. CONFLICT when that tag is of something else. */
enum pl_status pl_registry_referrers_note(struct pl_registry *registry,
                                          const struct pl_registry_manifest *manifest,
                                          const struct pl_document *document, struct pl_error *err);

/* "sha256-HEX" */
pl_str pl_referrers_tag(struct pl_arena *arena, const struct pl_digest *subject);

/* The entries of one page or index; PARSE for what is no index. */
enum pl_status pl_referrers_read(struct pl_arena *arena, pl_str index, struct pl_referrers *into,
                                 struct pl_error *err);

/* `index` with an entry for the manifest, or an index of it alone when `index` is empty. *ret stays
 * empty when it is listed already. PARSE for what is no index. */
enum pl_status pl_referrers_append(struct pl_arena *arena, pl_str index,
                                   const struct pl_registry_manifest *manifest,
                                   const struct pl_document *document, pl_str *ret,
                                   struct pl_error *err);
