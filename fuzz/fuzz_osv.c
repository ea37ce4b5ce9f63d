/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/osv.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_osv_skipped skipped = {0};
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    pl_osv_parse(&arena, pl_str_make((const char *)data, size), "fuzz", &advisory, &skipped, &err);
    return 0;
}
