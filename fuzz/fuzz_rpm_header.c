/* SPDX-License-Identifier: Apache-2.0 */
/* The input is one package's header; it is put into an otherwise sound ndb database, so that the
 * cataloger's use of the header is met too. */
#include "base/mem.h"
#include "catalog.h"

extern const struct pl_cataloger pl_cataloger_rpm;

enum { HEADER_AT = 4096 + 16, TAIL_BYTES = 12, BLOCK_BYTES = 16 };

static void put32(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t blocks = (BLOCK_BYTES + size + TAIL_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES;
    size_t total = 4096 + blocks * BLOCK_BYTES;
    uint8_t *database pl_autofree = pl_mem_alloc(total, 1);
    memcpy(database, "RpmP", 4);
    put32(database + 12, 1);
    for (size_t at = 32; at < 4096; at += 16) {
        memcpy(database + at, "Slot", 4);
    }
    put32(database + 32 + 4, 1);
    put32(database + 32 + 8, 4096 / BLOCK_BYTES);
    put32(database + 32 + 12, blocks);
    memcpy(database + 4096, "BlbS", 4);
    put32(database + 4096 + 4, 1);
    put32(database + 4096 + 12, size);
    if (size > 0) {
        memcpy(database + HEADER_AT, data, size);
    }
    fuzz_cataloger(&pl_cataloger_rpm, "var/lib/rpm/Packages.db", (pl_span){database, total}, NULL);
    return 0;
}
