/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * challenge - what a WWW-Authenticate header asks for (RFC 9110, sections 11.3 and 11.6.1).
 *
 * A header may hold several challenges, and a response several headers; schemes and parameter names
 * are compared without regard to case, values may be tokens or quoted strings.
 */
#include "base/arena.h"

struct pl_challenge {
    bool has_basic;
    bool has_bearer;
    pl_str realm; /* of Bearer: the token server's URL */
    pl_str service;
    pl_str scope;
};

/* Adds what one header's value asks for; what is not understood is passed over. Strings with
 * backslashes are made in `arena`, others are views. */
void pl_challenge_read(struct pl_arena *arena, pl_str header, struct pl_challenge *challenge);
