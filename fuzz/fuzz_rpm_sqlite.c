/* SPDX-License-Identifier: Apache-2.0 */
/* The input is a database and its write-ahead log: the first four bytes are the database's size,
 * little-endian. */
#include "catalog.h"
#include "format/bytes.h"

extern const struct pl_cataloger pl_cataloger_rpm;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4) {
        return 0;
    }
    size_t len = pl_bytes_le32(data);
    if (len > size - 4) {
        len = size - 4;
    }
    const struct pl_catalog_file log = {.path = PL_STR("var/lib/rpm/rpmdb.sqlite-wal"),
                                        .content = {data + 4 + len, size - 4 - len}};
    fuzz_cataloger(&pl_cataloger_rpm, "var/lib/rpm/rpmdb.sqlite", (pl_span){data + 4, len}, &log);
    return 0;
}
