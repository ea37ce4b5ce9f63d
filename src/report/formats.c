/* SPDX-License-Identifier: Apache-2.0 */
#include "base/compiler.h"
#include "report/format.h"

#define PL_REPORT_FORMAT(name) extern const struct pl_report_format pl_report_format_##name;
#include "report/formats.def"
#undef PL_REPORT_FORMAT

static const struct pl_report_format *const all_formats[] = {
#define PL_REPORT_FORMAT(name) &pl_report_format_##name,
#include "report/formats.def"
#undef PL_REPORT_FORMAT
};

const struct pl_report_format *const *pl_report_formats(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(all_formats);
    return all_formats;
}

const struct pl_report_format *pl_report_format_find(pl_str name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(all_formats); i++) {
        if (pl_str_eq(name, pl_str_from(all_formats[i]->name))) {
            return all_formats[i];
        }
    }
    return NULL;
}
