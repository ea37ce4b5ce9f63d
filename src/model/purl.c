/* SPDX-License-Identifier: Apache-2.0 */
#include "model/purl.h"

enum pl_status pl_purl_parse(struct pl_arena *arena, pl_str text, struct pl_purl *ret,
                             struct pl_error *err)
{
    return pl_error_set(err, PL_E_UNSUPPORTED, "purl parsing");
}

pl_str pl_purl_format(struct pl_arena *arena, const struct pl_purl *purl)
{
    return PL_STR_EMPTY;
}

pl_str pl_purl_qualifier(const struct pl_purl *purl, pl_str key)
{
    return PL_STR_EMPTY;
}
