/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * account - what is asked of a registry as a whole: whether it lets us in, and what it holds.
 */
#include "image/registry/client.h"
#include "image/registry/credentials.h"

/* Shows the credentials to the registry itself, or to its token server, before they are kept.
 * DENIED when they are refused; *ret_is_asked tells whether anybody wanted to see them. */
enum pl_status pl_registry_check_login(const struct pl_registry_options *options, pl_str host,
                                       const struct pl_credentials *credentials, bool *ret_is_asked,
                                       struct pl_error *err);

/* The names of all repositories, in the registry's order. UNSUPPORTED when it does not list them.
 */
enum pl_status pl_registry_catalog(struct pl_registry *registry, struct pl_arena *arena,
                                   struct pl_strs *ret, struct pl_error *err);
