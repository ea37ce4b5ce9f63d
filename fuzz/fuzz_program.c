/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_executable;
extern const struct pl_cataloger pl_cataloger_kernel_image;

/* The first byte picks the name of the file, and so which classifiers look at it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"usr/bin/node",   "usr/bin/java",   "usr/bin/envoy",
                                        "usr/bin/mysqld", "boot/vmlinuz-1", "lib/a.ko.xz"};
    if (size == 0) {
        return 0;
    }
    size_t which = data[0] % PL_ARRAY_LEN(paths);
    fuzz_cataloger(which < 4 ? &pl_cataloger_executable : &pl_cataloger_kernel_image, paths[which],
                   (pl_span){data + 1, size - 1}, NULL);
    return 0;
}
