/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry says of how to log in, where its next page is, and its token server's answer. */
#include "image/registry/challenge.h"
#include "image/registry/link.h"
#include "image/registry/token.h"
#include "target.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str header = pl_str_make((const char *)data, size);
    struct pl_arena arena pl_autoarena = {0};
    struct pl_challenge challenge = {0};
    pl_challenge_read(&arena, header, &challenge);
    assert(challenge.has_bearer || challenge.realm.len + challenge.scope.len == 0);
    assert(challenge.realm.len <= size && challenge.service.len <= size);
    pl_str next = pl_link_next(header);
    assert(next.len == 0 || (next.ptr >= header.ptr && next.ptr + next.len <= header.ptr + size));
    pl_str token = PL_STR_EMPTY;
    if (pl_registry_token_parse(&arena, header, &token, NULL) == PL_OK) {
        assert(token.len > 0);
        for (size_t i = 0; i < token.len; i++) {
            assert(token.ptr[i] > ' ' && token.ptr[i] < 0x7f);
        }
    }
    return 0;
}
