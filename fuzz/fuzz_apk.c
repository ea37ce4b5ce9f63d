/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_apk;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_cataloger(&pl_cataloger_apk, "lib/apk/db/installed", (pl_span){data, size}, NULL);
    return 0;
}
