/* SPDX-License-Identifier: Apache-2.0 */
#include "model/severity.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double score = -1;
    struct pl_error err = PL_ERROR_INIT;
    pl_str vector = pl_str_make((const char *)data, size);
    if (pl_cvss_score(vector, &score, &err) == PL_OK && !(score >= 0 && score <= 10)) {
        abort();
    }
    return 0;
}
