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

static bool is_alias(const struct pl_report_format *format, pl_str name)
{
    for (const char *const *alias = format->aliases; alias && *alias; alias++) {
        if (pl_str_eq(name, pl_str_from(*alias))) {
            return true;
        }
    }
    return false;
}

const struct pl_report_format *pl_report_format_find(pl_str name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(all_formats); i++) {
        const struct pl_report_format *format = all_formats[i];
        if (pl_str_eq(name, pl_str_from(format->name)) || is_alias(format, name)) {
            return format;
        }
    }
    return NULL;
}
