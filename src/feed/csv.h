/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * csv - rows of comma-separated values (RFC 4180), as views on the text; nothing is allocated.
 */
#include "base/str.h"

enum { PL_CSV_FIELDS = 32 };

struct pl_csv_row {
    pl_str fields[PL_CSV_FIELDS]; /* without quotes around them; doubled quotes stay doubled */
    size_t count;
};

enum pl_csv_result {
    PL_CSV_ROW,
    PL_CSV_END,
    PL_CSV_BAD, /* a quote that does not end, or text behind one, or too many fields */
};

/* Takes the next row off *cursor; empty lines are passed over. After a bad row the cursor stands
 * behind the row's first line. */
enum pl_csv_result pl_csv_next(pl_str *cursor, struct pl_csv_row *ret);

/* The place of a column in the row of names; SIZE_MAX when there is none. */
size_t pl_csv_column(const struct pl_csv_row *names, const char *name);

/* The field at that place; empty where the row ends before it. */
pl_str pl_csv_field(const struct pl_csv_row *row, size_t place);
