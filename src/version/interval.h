/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * interval - "[1.0,2.0)", as Maven and NuGet write ranges: square brackets include the bound, round
 * ones exclude it, nothing is no bound, and "[1.0]" is that version alone. The views are those of
 * the parsed text.
 */
#include "base/str.h"

struct pl_interval {
    pl_str low;
    pl_str high;
    bool has_low; /* without one there is no bound */
    bool has_high;
    bool includes_low;
    bool includes_high;
};

/* `text` is at least two bytes, the first and the last of which are brackets. False for a single
 * version in round ones. The bounds are not judged. */
static inline bool pl_interval_parse(pl_str text, struct pl_interval *ret)
{
    struct pl_interval interval = {.includes_low = text.ptr[0] == '[',
                                   .includes_high = text.ptr[text.len - 1] == ']'};
    pl_str inner = pl_str_trim(pl_str_sub(text, 1, text.len - 2));
    bool is_pair = pl_str_cut(inner, ',', &interval.low, &interval.high);
    interval.low = pl_str_trim(interval.low);
    interval.high = is_pair ? pl_str_trim(interval.high) : interval.low;
    interval.has_low = !is_pair || interval.low.len > 0;
    interval.has_high = !is_pair || interval.high.len > 0;
    *ret = interval;
    return is_pair || (interval.includes_low && interval.includes_high);
}

static inline bool pl_interval_contains(const struct pl_interval *interval,
                                        int (*compare)(pl_str a, pl_str b), pl_str version)
{
    int low = interval->has_low ? compare(version, interval->low) : 1;
    int high = interval->has_high ? compare(version, interval->high) : -1;
    return (low > 0 || (low == 0 && interval->includes_low)) &&
           (high < 0 || (high == 0 && interval->includes_high));
}
