/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * auth_file - files of credentials: Docker's config.json and podman's auth.json.
 *
 * The document is kept as it was read, so that what is written back keeps unknown members and their
 * order. No error quotes the file: a secret may stand anywhere in it.
 */
#include "format/json.h"
#include "image/registry/credentials.h"

/* `name` is for messages. PL_E_PARSE when it is no object, or a part read here has a wrong type. */
enum pl_status pl_auth_file_parse(pl_str text, const char *name, json_t **ret,
                                  struct pl_error *err);

/* NOT_FOUND when there is no such file. */
enum pl_status pl_auth_file_read(const char *path, json_t **ret, struct pl_error *err);

/* Over the file at `path`, or what it is a link to, in one step; mode 0600, its owner stays. A
 * missing directory is made, with mode 0700. */
enum pl_status pl_auth_file_write(const char *path, const json_t *file, struct pl_error *err);

/* What auths says of the repository (or of the registry, when that is empty), the longest path
 * first; copies, without `found_in`. *ret stays empty when it says nothing. */
enum pl_status pl_auth_file_find(struct pl_arena *arena, const json_t *file, const char *name,
                                 pl_str registry, pl_str repository, struct pl_credentials *ret,
                                 struct pl_error *err);

/* The helper that credHelpers names for the registry, and the one for all others; empty: none.
 * Views into the document. */
pl_str pl_auth_file_helper(const json_t *file, pl_str registry);
pl_str pl_auth_file_default_helper(const json_t *file);

/* Sets the entry of the registry; empty credentials leave the mark of one that a helper keeps.
 * PL_E_USAGE for a user name that the format cannot hold. */
enum pl_status pl_auth_file_set(struct pl_arena *arena, json_t *file, pl_str registry,
                                const struct pl_credentials *credentials, struct pl_error *err);

/* Takes out every entry of the registry itself, not of paths below it; *ret_had_secret: one held
 * more than the mark. */
void pl_auth_file_remove(json_t *file, pl_str registry, bool *ret_had_secret);

/* As Docker calls the registry in files and before helpers: Docker Hub by an address of old. */
pl_str pl_auth_server_name(pl_str registry);

/* Are both names of the same registry? */
bool pl_auth_is_same_registry(pl_str a, pl_str b);
