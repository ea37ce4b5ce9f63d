/* SPDX-License-Identifier: Apache-2.0 */
#include "model/moment.h"

struct moment {
    int64_t seconds; /* since 1970 */
    pl_str fraction; /* digits */
};

/* As many digits as `width`, and the mark behind them when there is one. */
static bool take_number(pl_str *cursor, size_t width, char mark, int *ret)
{
    int number = 0;
    size_t length = width + (mark != '\0' ? 1 : 0);
    if (cursor->len < length || (mark != '\0' && cursor->ptr[width] != mark)) {
        return false;
    }
    for (size_t i = 0; i < width; i++) {
        if (!pl_char_is_digit(cursor->ptr[i])) {
            return false;
        }
        number = number * 10 + (cursor->ptr[i] - '0');
    }
    *cursor = pl_str_skip(*cursor, length);
    *ret = number;
    return true;
}

/* Days since 1970 of a day of the Gregorian calendar: years begin in March, so that the day that is
 * there every fourth year is the last one. */
static int64_t days_of(int year, int month, int day)
{
    enum { DAYS_TO_1970 = 719468, DAYS_OF_400_YEARS = 146097 };
    int64_t shifted = month > 2 ? year : year - 1;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t in_era = shifted % 400;
    return shifted / 400 * DAYS_OF_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + in_year -
           DAYS_TO_1970;
}

/* "Z", "+02:00" or "-07:30", in seconds. */
static bool take_offset(pl_str text, int *ret)
{
    int hours = 0;
    int minutes = 0;
    if (text.len == 1 && pl_char_lower(text.ptr[0]) == 'z') {
        *ret = 0;
        return true;
    }
    bool is_west = pl_str_starts_with(text, PL_STR("-"));
    pl_str rest = pl_str_skip(text, text.len > 0 ? 1 : 0);
    if (text.len == 0 || (!is_west && text.ptr[0] != '+') || !take_number(&rest, 2, ':', &hours) ||
        !take_number(&rest, 2, '\0', &minutes) || rest.len > 0) {
        return false;
    }
    *ret = (hours * 60 + minutes) * (is_west ? -60 : 60);
    return true;
}

static bool parse(pl_str text, struct moment *ret)
{
    enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };
    static const struct {
        size_t width;
        char mark;
    } shape[PARTS] = {{4, '-'}, {2, '-'}, {2, '\0'}, {2, ':'}, {2, ':'}, {2, '\0'}};
    int parts[PARTS] = {0};
    int offset = 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (!take_number(&text, shape[i].width, shape[i].mark, &parts[i])) {
            return false;
        }
        if (i == DAY &&
            (text.len == 0 || (pl_char_lower(text.ptr[0]) != 't' && *text.ptr != ' '))) {
            return false;
        }
        text = i == DAY ? pl_str_skip(text, 1) : text;
    }
    *ret = (struct moment){.fraction = PL_STR_EMPTY};
    if (pl_str_starts_with(text, PL_STR("."))) {
        size_t end = 1;
        while (end < text.len && pl_char_is_digit(text.ptr[end])) {
            end++;
        }
        ret->fraction = pl_str_sub(text, 1, end - 1);
        text = pl_str_skip(text, end);
    }
    bool is_month = parts[MONTH] >= 1 && parts[MONTH] <= 12;
    if (!is_month || !take_offset(text, &offset)) {
        return false;
    }
    ret->seconds = days_of(parts[YEAR], parts[MONTH], parts[DAY]) * 86400 +
                   parts[HOUR] * INT64_C(3600) + parts[MINUTE] * 60 + parts[SECOND] - offset;
    return true;
}

static int compare_fractions(pl_str a, pl_str b)
{
    int order = 0;
    for (size_t i = 0; order == 0 && (i < a.len || i < b.len); i++) {
        order = (i < a.len ? a.ptr[i] : '0') - (i < b.len ? b.ptr[i] : '0');
    }
    return order;
}

int pl_moment_compare(pl_str a, pl_str b)
{
    struct moment one;
    struct moment two;
    bool is_one = parse(a, &one);
    bool is_two = parse(b, &two);
    if (!is_one || !is_two) {
        return is_one || is_two ? (int)is_one - (int)is_two : pl_str_cmp(a, b);
    }
    if (one.seconds != two.seconds) {
        return one.seconds < two.seconds ? -1 : 1;
    }
    return compare_fractions(one.fraction, two.fraction);
}
