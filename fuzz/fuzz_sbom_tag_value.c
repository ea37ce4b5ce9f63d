/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_sbom((pl_span){data, size});
}
