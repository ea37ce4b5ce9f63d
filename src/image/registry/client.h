/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * client - one repository of a registry, spoken to by the distribution specification (OCI 1.1).
 *
 * Endpoints (mirrors, then the registry itself, image/registry/hosts.h) are tried in turn; the one
 * that answered is kept. Authentication happens when it is asked for: Basic, or a bearer token from
 * the token server that the registry names, for what the request needs (pull, push, catalog).
 * Credentials are looked for once (image/registry/credentials.h) and go to the registry and to its
 * token server alone. What a registry answers is hostile: sizes are bounded, digests are checked.
 *
 * A client is used by one thread. It may be used by a process forked from the one that made it
 * after pl_registry_after_fork.
 */
#include "image/manifest.h"
#include "image/registry/hosts.h"

struct pl_registry;

/* What a request is for; tokens are kept apart by it. */
enum pl_registry_action {
    PL_REGISTRY_PULL,
    PL_REGISTRY_PUSH, /* and pull */
    PL_REGISTRY_CATALOG, /* of all repositories; the reference has none */
    PL_REGISTRY_ACTIONS,
};

/* Contacts nobody yet. `options` is borrowed. */
enum pl_status pl_registry_open(const struct pl_registry_options *options,
                                const struct pl_reference *reference, struct pl_registry **ret,
                                struct pl_error *err);
void pl_registry_close(struct pl_registry *registry);
PL_DEFINE_CLEANUP(struct pl_registry, pl_registry_close)

/* In a forked process: forgets connections, which the parent goes on using. */
void pl_registry_after_fork(struct pl_registry *registry);

struct pl_registry_request {
    enum pl_registry_action action;
    const char *path; /* below /v2/NAME/, or below /v2/ for the catalog: "manifests/latest" */
    const char *url; /* in place of `path`: a Location or Link that the registry gave */
    struct pl_http_request http; /* all but url, authorization and login */
};

/* One request, authenticated where that is asked for. Any HTTP status is PL_OK. A mirror that does
 * not answer, or answers 404 or no access, is passed over. */
enum pl_status pl_registry_send(struct pl_registry *registry, struct pl_arena *arena,
                                const struct pl_registry_request *request,
                                struct pl_http_response *ret, struct pl_error *err);

/* The failure that an answer's status stands for, with what the registry says of it. `what` is what
 * was asked for: "the manifest". */
enum pl_status pl_registry_refused(const struct pl_registry *registry,
                                   const struct pl_http_response *response, const char *what,
                                   struct pl_error *err);

struct pl_registry_manifest {
    pl_str bytes;
    struct pl_digest digest;
    pl_str media_type;
};

/* By tag or digest. With `documents`, one that is known already is not asked for again: a tag costs
 * one HEAD, a digest nothing. NOT_FOUND names tags that are near. */
enum pl_status pl_registry_manifest(struct pl_registry *registry, struct pl_arena *arena,
                                    const struct pl_image_documents *documents, pl_str selector,
                                    struct pl_registry_manifest *ret, struct pl_error *err);

/* Hands a blob to the sink. TRUST when its length is not the descriptor's; its digest is for the
 * receiver to check. */
enum pl_status pl_registry_blob(struct pl_registry *registry,
                                const struct pl_descriptor *descriptor,
                                const struct pl_http_sink *sink, struct pl_error *err);

/* Before blobs are fetched by forked processes: when nothing was asked so far, since all documents
 * were known, finds out how the registry is spoken to and logs in, once for all of them; and a
 * credential helper can be run by this process, but not by those. What fails will fail there, too,
 * and is told then. */
void pl_registry_greet(struct pl_registry *registry, const struct pl_digest *blob);

/* Can the layer be had from here? NOT_FOUND for a foreign one, which lies elsewhere, unless the
 * registry keeps a copy, as some do. Of others it is not asked. */
enum pl_status pl_registry_check_foreign(struct pl_registry *registry,
                                         const struct pl_descriptor *descriptor,
                                         struct pl_error *err);

/* All tags, in the registry's order. */
enum pl_status pl_registry_tags(struct pl_registry *registry, struct pl_arena *arena,
                                struct pl_strs *ret, struct pl_error *err);

/* Of the endpoint that is used: "https://mirror.local:5000". */
pl_str pl_registry_base(const struct pl_registry *registry);
