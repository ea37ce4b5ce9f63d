/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * deb822 - paragraphs of "Name: value" fields, as Debian's control files have them (deb822(5)).
 *
 * Cursors over a text: nothing is copied, all views point into it and live as long as it does. Each
 * byte is looked at twice at most. A line that is neither a field nor a continuation is passed over
 * and never makes the rest unreadable.
 */
#include "base/str.h"

struct pl_deb822_field {
    pl_str name; /* compare with pl_str_eq_nocase */
    pl_str value; /* trimmed; the lines of a folded or multi-line value are kept as they stand */
};

/* Takes the next paragraph off *cursor: a run of lines up to a blank one. False at the end. */
bool pl_deb822_next_paragraph(pl_str *cursor, pl_str *ret_paragraph);

/* Takes the next field off *paragraph. False at the end. */
bool pl_deb822_next_field(pl_str *paragraph, struct pl_deb822_field *ret_field);

struct pl_deb822_wanted {
    pl_str name;
    pl_str *value;
};

/* Fills in the values of the wanted fields that the paragraph has; where it has one several times,
 * the last counts. */
void pl_deb822_read(pl_str paragraph, const struct pl_deb822_wanted *wanted, size_t count);

/* The first line of a value: all of a simple field, the synopsis of a multi-line one. */
pl_str pl_deb822_first_line(pl_str value);
