/* SPDX-License-Identifier: Apache-2.0 */
#include "version_order.h"

extern const struct pl_version_scheme pl_version_scheme_rpm;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_fuzz_order(&pl_version_scheme_rpm, data, size);
    return 0;
}
