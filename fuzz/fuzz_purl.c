/* SPDX-License-Identifier: Apache-2.0 */
/* What parses is written as a purl that parses to the same and is written the same again. */
#include "model/purl.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_purl purl = {0};
    if (pl_purl_parse(&arena, pl_str_make((const char *)data, size), &purl, &err) < 0) {
        return 0;
    }
    pl_str once = pl_purl_format(&arena, &purl);
    struct pl_purl again = {0};
    if (once.len == 0 || pl_purl_parse(&arena, once, &again, &err) < 0 ||
        !pl_str_eq(once, pl_purl_format(&arena, &again))) {
        abort();
    }
    return 0;
}
