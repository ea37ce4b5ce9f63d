/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * helper - credential helpers: the programs docker-credential-NAME, which keep credentials in a
 * keychain of their own.
 *
 * They are found on PATH, run without a shell, and killed with all that they started when they take
 * longer than the caller allows. What they answer is a secret: it is wiped after reading and never
 * quoted in an error, not even when it is not understood.
 */
#include "image/registry/credentials.h"

/* How long callers wait: a keychain may have to be unlocked, yet nobody waits for ever. */
#define PL_HELPER_TIMEOUT_MS 10000

struct pl_helper {
    pl_str name; /* "secretservice"; anything but letters, digits, '_', '-' and '.' is PL_E_USAGE */
    pl_str server; /* by which the helper knows the registry */
    int timeout_ms;
};

/* Leaves *ret empty when the helper knows none. */
enum pl_status pl_helper_get(struct pl_arena *arena, const struct pl_helper *helper,
                             struct pl_credentials *ret, struct pl_error *err);

enum pl_status pl_helper_store(struct pl_arena *arena, const struct pl_helper *helper,
                               const struct pl_credentials *credentials, struct pl_error *err);

/* NOT_FOUND when the helper knew none. */
enum pl_status pl_helper_erase(struct pl_arena *arena, const struct pl_helper *helper,
                               struct pl_error *err);
