/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/csv.h"

/* Takes a field that begins with a quote; false when it does not end well. */
static bool take_quoted(pl_str *rest, pl_str *ret)
{
    size_t at = 1;
    while (at < rest->len) {
        const char *quote = memchr(rest->ptr + at, '"', rest->len - at);
        if (!quote) {
            return false;
        }
        at = (size_t)(quote - rest->ptr);
        if (at + 1 < rest->len && rest->ptr[at + 1] == '"') {
            at += 2;
            continue;
        }
        *ret = pl_str_sub(*rest, 1, at - 1);
        *rest = pl_str_skip(*rest, at + 1);
        return rest->len == 0 || rest->ptr[0] == ',' || rest->ptr[0] == '\n' ||
               pl_str_starts_with(*rest, PL_STR("\r\n"));
    }
    return false;
}

static void take_plain(pl_str *rest, pl_str *ret)
{
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] != ',' && rest->ptr[at] != '\n') {
        at++;
    }
    *ret = pl_str_sub(*rest, 0, at);
    if ((at == rest->len || rest->ptr[at] == '\n') && pl_str_ends_with(*ret, PL_STR("\r"))) {
        ret->len--;
    }
    *rest = pl_str_skip(*rest, at);
}

/* Takes the fields of one row and the end of its line. */
static bool take_row(pl_str *rest, struct pl_csv_row *row)
{
    row->count = 0;
    for (;;) {
        if (row->count == PL_CSV_FIELDS) {
            return false;
        }
        pl_str *field = &row->fields[row->count];
        if (pl_str_starts_with(*rest, PL_STR("\""))) {
            if (!take_quoted(rest, field)) {
                return false;
            }
        } else {
            take_plain(rest, field);
        }
        row->count++;
        if (!pl_str_starts_with(*rest, PL_STR(","))) {
            break;
        }
        *rest = pl_str_skip(*rest, 1);
    }
    *rest = pl_str_skip(*rest, pl_str_starts_with(*rest, PL_STR("\r")) ? 2 : 1);
    return true;
}

enum pl_csv_result pl_csv_next(pl_str *cursor, struct pl_csv_row *ret)
{
    while (cursor->len > 0 && (cursor->ptr[0] == '\n' || cursor->ptr[0] == '\r')) {
        *cursor = pl_str_skip(*cursor, 1);
    }
    if (cursor->len == 0) {
        return PL_CSV_END;
    }
    pl_str rest = *cursor;
    if (take_row(&rest, ret)) {
        *cursor = rest;
        return PL_CSV_ROW;
    }
    pl_str line = PL_STR_EMPTY;
    pl_str_next_line(cursor, &line);
    return PL_CSV_BAD;
}

size_t pl_csv_column(const struct pl_csv_row *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (pl_str_eq(names->fields[i], pl_str_from(name))) {
            return i;
        }
    }
    return SIZE_MAX;
}

pl_str pl_csv_field(const struct pl_csv_row *row, size_t place)
{
    return place < row->count ? row->fields[place] : PL_STR_EMPTY;
}
