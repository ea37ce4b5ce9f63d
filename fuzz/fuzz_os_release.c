/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte picks the file; what it says is looked up as a scan would. */
#include "base/limits.h"
#include "catalog/cataloger.h"
#include "target.h"

extern const struct pl_cataloger pl_cataloger_os_release;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t patterns = 0;
    while (pl_cataloger_os_release.patterns[patterns]) {
        patterns++;
    }
    if (size == 0) {
        return 0;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file found = {0};
    struct pl_sink sink = {.arena = &arena, .file = &found, .left_bytes = PL_LIMIT_EVIDENCE_BYTES};
    struct pl_catalog_file file = {
        .path = pl_str_from(pl_cataloger_os_release.patterns[data[0] % patterns]),
        .content = {data + 1, size - 1},
    };
    struct pl_error err = PL_ERROR_INIT;
    pl_cataloger_os_release.read(&sink, &file, &err);
    pl_os_ecosystems(&arena, &found.os);
    pl_os_end_of_life(&found.os);
    return 0;
}
