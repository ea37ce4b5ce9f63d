/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a base, the rest a reference to it. What comes out is an address of HTTP's that
 * resolves to itself, without a user, and not in the clear when the base was not. */
#include "image/registry/location.h"
#include "target.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str text = pl_str_make((const char *)data, size);
    pl_str base = PL_STR_EMPTY;
    pl_str reference = PL_STR_EMPTY;
    pl_str got = PL_STR_EMPTY;
    pl_str again = PL_STR_EMPTY;
    pl_str_cut(text, '\n', &base, &reference);
    if (pl_registry_location(&arena, base, reference, &got, NULL) == PL_OK) {
        bool is_secure = pl_str_starts_with(got, PL_STR("https://"));
        bool was_secure = pl_str_eq_nocase(pl_str_sub(base, 0, 6), PL_STR("https:"));
        if ((!is_secure && (was_secure || !pl_str_starts_with(got, PL_STR("http://")))) ||
            (got.len < (8 << 10) && pl_registry_location(&arena, got, got, &again, NULL) < 0)) {
            abort();
        }
        pl_registry_location_add(&arena, got, "digest", PL_STR("sha256:x"));
    }
    return 0;
}
