/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm - versions of rpm packages (rpm-version(7); rpmvercmp of rpm 4.15 and later).
 *
 * [epoch:]version[-release], of which evr.h has the grammar. A version without release sorts before
 * the same version with one. Version and release are compared in the same way, segment by segment:
 * a segment is a run of ASCII letters or of digits, everything else only separates. Digits compare
 * by value and sort after letters; letters compare by bytes. '~' sorts before everything, even the
 * end; '^' after the end but before any further segment.
 */
#include "version/evr.h"
#include "version/scheme.h"

static bool is_separator(char c)
{
    return !pl_char_is_alnum(c) && c != '~' && c != '^';
}

/* What comes next, in the order in which it sorts when the two sides differ. */
enum next { NEXT_TILDE, NEXT_END, NEXT_CARET, NEXT_LETTERS, NEXT_DIGITS };

static enum next look(pl_str s)
{
    if (s.len == 0) {
        return NEXT_END;
    }
    if (s.ptr[0] == '~') {
        return NEXT_TILDE;
    }
    if (s.ptr[0] == '^') {
        return NEXT_CARET;
    }
    return pl_char_is_digit(s.ptr[0]) ? NEXT_DIGITS : NEXT_LETTERS;
}

static int compare_part(pl_str a, pl_str b)
{
    for (;;) {
        pl_str_take_while(&a, is_separator);
        pl_str_take_while(&b, is_separator);
        enum next next = look(a);
        int order = (int)next - (int)look(b);
        if (order != 0 || next == NEXT_END) {
            return order;
        }
        if (next == NEXT_DIGITS) {
            order = pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b));
        } else if (next == NEXT_LETTERS) {
            order = pl_str_cmp(pl_str_take_while(&a, pl_char_is_alpha),
                               pl_str_take_while(&b, pl_char_is_alpha));
        } else {
            a = pl_str_skip(a, 1);
            b = pl_str_skip(b, 1);
        }
        if (order != 0) {
            return order;
        }
    }
}

static int compare(pl_str a, pl_str b)
{
    struct pl_evr left = pl_evr_split(a);
    struct pl_evr right = pl_evr_split(b);
    int order = pl_digits_compare(left.epoch, right.epoch);
    if (order == 0) {
        order = compare_part(left.version, right.version);
    }
    if (order == 0) {
        order = (int)left.has_release - (int)right.has_release;
    }
    if (order == 0) {
        order = compare_part(left.release, right.release);
    }
    return order;
}

static const char *const ecosystems[] = {
    "AlmaLinux", "Amazon Linux", "Azure Linux", "Bottlerocket", "CentOS",       "EPEL",
    "Fedora",    "Mageia",       "openEuler",   "openSUSE",     "Oracle Linux", "Photon OS",
    "Red Hat",   "Rocky Linux",  "SUSE",        NULL,
};

const struct pl_version_scheme pl_version_scheme_rpm = {
    .name = "rpm",
    .summary = "rpm package versions: [epoch:]version[-release]",
    .ecosystems = ecosystems,
    .is_valid = pl_evr_is_valid,
    .compare = compare,
};
