/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_executable;
extern const struct pl_cataloger pl_cataloger_kernel_image;

/* The first byte picks the name of the file, and so which classifiers look at it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"usr/bin/node",     "usr/bin/java",        "usr/bin/envoy",
                                        "usr/bin/mysqld",   "boot/vmlinuz-1",      "lib/a.ko.xz",
                                        "usr/lib/php/a.so", "usr/bin/redis-server"};
    if (size == 0) {
        return 0;
    }
    size_t which = data[0] % PL_ARRAY_LEN(paths);
    bool is_kernel = which == 4 || which == 5;
    fuzz_cataloger(is_kernel ? &pl_cataloger_kernel_image : &pl_cataloger_executable, paths[which],
                   (pl_span){data + 1, size - 1}, NULL);
    return 0;
}
