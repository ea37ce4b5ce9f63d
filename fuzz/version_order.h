/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * version_order - what the fuzz targets of the version schemes assert: three versions, one a line,
 * of which the valid ones compare antisymmetrically and, but in a scheme with cycles, transitively.
 */
#include "target.h"
#include "version/scheme.h"

static inline void pl_fuzz_order(const struct pl_version_scheme *scheme, const uint8_t *data,
                                 size_t size)
{
    pl_str cursor = pl_str_make((const char *)data, size);
    pl_str versions[3] = {PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY};
    bool all_valid = true;
    for (size_t i = 0; i < 3; i++) {
        pl_str_next_line(&cursor, &versions[i]);
        all_valid = scheme->is_valid(versions[i]) && all_valid;
    }
    int sign[3][3];
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            int order = scheme->compare(versions[i], versions[j]);
            sign[i][j] = (order > 0) - (order < 0);
        }
    }
    if (!all_valid) {
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            size_t k = 3 - i - j;
            if (sign[i][j] != -sign[j][i] || (i == j && sign[i][j] != 0)) {
                abort();
            }
            if (i != j && !scheme->has_cycles && sign[i][j] <= 0 && sign[j][k] <= 0 &&
                (sign[i][k] > 0 || ((sign[i][j] < 0 || sign[j][k] < 0) && sign[i][k] == 0))) {
                abort();
            }
        }
    }
}
