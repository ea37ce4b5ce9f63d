/* SPDX-License-Identifier: Apache-2.0 */
/* A Java archive, in which the checksums of stored members are made right first: otherwise hardly
 * any change to a member would get past them. */
#include "catalog.h"
#include "format/bytes.h"
#include "format/zip_memory.h"
#include <isa-l/crc.h>

extern const struct pl_cataloger pl_cataloger_java_archive;

/* Sets the checksum of stored members in the directory to that of their content. */
static void mend(uint8_t *bytes, size_t len)
{
    struct pl_zip_memory zip = {0};
    struct pl_zip_member member = {0};
    bool is_more = true;
    if (pl_zip_memory_open((pl_span){bytes, len}, &zip, NULL) < 0) {
        return;
    }
    for (size_t at = (size_t)(zip.directory.ptr - bytes);
         pl_zip_memory_next(&zip, &is_more, &member, NULL) == PL_OK && is_more;
         at = (size_t)(zip.directory.ptr - bytes)) {
        uint64_t data = member.header_at + zip.shift_bytes;
        if (member.method != 0 || data > len || len - data < 30) {
            continue;
        }
        data += 30 + (uint64_t)pl_bytes_le16(bytes + data + 26) + pl_bytes_le16(bytes + data + 28);
        if (data <= len && member.packed_bytes <= len - data) {
            uint32_t crc = crc32_gzip_refl(0, bytes + data, member.packed_bytes);
            for (size_t i = 0; i < 4; i++) {
                bytes[at + 16 + i] = (uint8_t)(crc >> (8 * i));
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    uint8_t *copy pl_autofree = pl_mem_alloc(size, 1);
    memcpy(copy, data, size);
    mend(copy, size);
    fuzz_cataloger(&pl_cataloger_java_archive, "opt/a-1.0.jar", (pl_span){copy, size}, NULL);
    return 0;
}
