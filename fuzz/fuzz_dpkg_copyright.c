/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_dpkg_copyright;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_cataloger(&pl_cataloger_dpkg_copyright, "usr/share/doc/x/copyright", (pl_span){data, size},
                   NULL);
    return 0;
}
