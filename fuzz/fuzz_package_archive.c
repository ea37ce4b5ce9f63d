/* SPDX-License-Identifier: Apache-2.0 */
/* Packages as files: an RPM package when it begins as one, else a Debian package. */
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_deb_archive;
extern const struct pl_cataloger pl_cataloger_rpm_archive;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_rpm = size > 0 && data[0] == 0xed;
    fuzz_cataloger(is_rpm ? &pl_cataloger_rpm_archive : &pl_cataloger_deb_archive,
                   is_rpm ? "a.rpm" : "a.deb", (pl_span){data, size}, NULL);
    return 0;
}
