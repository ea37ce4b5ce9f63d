/* SPDX-License-Identifier: Apache-2.0 */
/*
 * {"token": ..., "access_token": ..., "expires_in": 300, "issued_at": ...}: "token", or for servers
 * that speak OAuth2 "access_token"; when both are there they are the same. How long it lives is not
 * looked at: a registry that has had enough of it answers 401, and another one is asked for.
 */
#include "image/registry/token.h"
#include "format/json.h"

/* It becomes part of a header, so nothing in it may end that: visible characters alone. */
static bool is_token(pl_str token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] >= 0x7f) {
            return false;
        }
    }
    return token.len > 0 && token.len <= PL_REGISTRY_TOKEN_BYTES;
}

enum pl_status pl_registry_token_parse(struct pl_arena *arena, pl_str answer, pl_str *ret,
                                       struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse(answer, "its answer", &document, err);
    if (st < 0) {
        return st;
    }
    pl_str token = pl_json_str(document, "token");
    token = token.len > 0 ? token : pl_json_str(document, "access_token");
    if (!is_token(token)) {
        return pl_error_set(err, PL_E_PARSE, "its answer holds no token");
    }
    *ret = pl_arena_dup(arena, token);
    return PL_OK;
}
