/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every scheme of the table over the same bytes: three versions, one a line, and in the rest a
 * range, of which is asked for each of them whether it contains it. The answers hold when asked
 * again.
 */
#include "version_order.h"

static void ask_range(const struct pl_version_scheme *scheme, const uint8_t *data, size_t size)
{
    pl_str range = pl_str_make((const char *)data, size);
    pl_str versions[3] = {PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY};
    for (size_t i = 0; i < 3; i++) {
        pl_str_next_line(&range, &versions[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        enum pl_containment containment = scheme->contains(range, versions[i]);
        if (containment < PL_CONTAINMENT_INVALID || containment > PL_CONTAINMENT_IN ||
            containment != scheme->contains(range, versions[i])) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    for (size_t i = 0; i < count; i++) {
        pl_fuzz_order(schemes[i], data, size);
        if (schemes[i]->contains) {
            ask_range(schemes[i], data, size);
        }
    }
    return 0;
}
