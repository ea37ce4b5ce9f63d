/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * token - what a token server answers (distribution, "Token Authentication Specification"). Private
 * to image/registry/.
 */
#include "base/arena.h"
#include "base/error.h"

/* The longest token that is taken: those of cloud providers have some KiB. */
enum { PL_REGISTRY_TOKEN_BYTES = 64 << 10 };

/* The token, in `arena`; PARSE when there is none that could be sent. */
enum pl_status pl_registry_token_parse(struct pl_arena *arena, pl_str answer, pl_str *ret,
                                       struct pl_error *err);
