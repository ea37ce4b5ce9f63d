/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses which of dpkg's files it is. */
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_dpkg;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/base",
        "var/lib/dpkg/status.d/base.md5sums",
        "var/lib/dpkg/info/libc6:amd64.list",
    };
    if (size > 0) {
        fuzz_cataloger(&pl_cataloger_dpkg, paths[data[0] % PL_ARRAY_LEN(paths)],
                       (pl_span){data + 1, size - 1}, NULL);
    }
    return 0;
}
