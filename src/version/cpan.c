/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpan - versions of Perl's modules (version(3perl)), which come in two forms:
 *
 *   decimal   1.5, .5, 1.002003: a number; its fraction is three digits at a time a part of the
 *             dotted form, filled up with zeros: 1.5 is v1.500, and 1.10 is 1.1
 *   dotted    v1.2, 1.2.3: with a "v", or two dots: numbers, of which a missing one is 0
 *
 * An underscore, which marks what is being tried out, does not count ("1.4_01" is 1.401), and
 * neither does "-TRIAL" at the end, which distributions have for the same.
 *
 * A range is as CPAN::Meta::Spec has it: comparisons with commas between them, all of which have to
 * hold; a version alone is the least one.
 */
#include "base/limits.h"
#include "version/digits.h"
#include "version/operator.h"

enum { GROUP_DIGITS = 3 };

/* A version on its way through compare: without what does not count. */
struct perl_version {
    char text[PL_LIMIT_VERSION_BYTES];
    pl_str rest;
    bool is_decimal;
    bool is_fraction; /* what is left is one */
    char group[GROUP_DIGITS];
};

static pl_str without_trial(pl_str version)
{
    pl_str trial = PL_STR("-TRIAL");
    return pl_str_ends_with(version, trial) ? pl_str_sub(version, 0, version.len - trial.len)
                                            : version;
}

/* False for what is longer than any version may be. */
static bool begin(struct perl_version *version, pl_str text)
{
    size_t len = 0;
    size_t dots = 0;
    bool has_v = pl_str_starts_with(text, PL_STR("v"));
    text = without_trial(has_v ? pl_str_skip(text, 1) : text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '_') {
            if (len == sizeof(version->text)) {
                return false;
            }
            dots += text.ptr[i] == '.';
            version->text[len++] = text.ptr[i];
        }
    }
    version->rest = pl_str_make(version->text, len);
    version->is_decimal = !has_v && dots < 2;
    version->is_fraction = false;
    return true;
}

/* The next number; empty, which counts as 0, when there is none. */
static pl_str next(struct perl_version *version)
{
    if (version->is_fraction) {
        for (size_t i = 0; i < GROUP_DIGITS; i++) {
            version->group[i] = i < version->rest.len ? version->rest.ptr[i] : '0';
        }
        version->rest = pl_str_skip(version->rest, GROUP_DIGITS);
        return pl_str_make(version->group, GROUP_DIGITS);
    }
    pl_str number = pl_digits_take(&version->rest);
    version->rest = pl_str_skip(version->rest, 1); /* the dot */
    version->is_fraction = version->is_decimal;
    return number;
}

static int compare(pl_str a, pl_str b)
{
    struct perl_version left;
    struct perl_version right;
    int order = 0;
    if (!begin(&left, a) || !begin(&right, b)) {
        return pl_str_cmp(a, b);
    }
    while (order == 0 && (left.rest.len > 0 || right.rest.len > 0)) {
        order = pl_digits_compare(next(&left), next(&right));
    }
    return order;
}

/* The lax rules of version(3perl): an underscore stands once, within the digits of the last part,
 * which is behind a dot; what is decimal may begin or end with the dot. */
static bool is_valid(pl_str version)
{
    bool has_v = pl_str_starts_with(version, PL_STR("v"));
    pl_str rest = without_trial(has_v ? pl_str_skip(version, 1) : version);
    size_t digits = pl_digits_take(&rest).len;
    size_t dots = 0;
    if (version.len > PL_LIMIT_VERSION_BYTES || (has_v && digits == 0)) {
        return false;
    }
    while (rest.len > 0 && rest.ptr[0] == '.') {
        rest = pl_str_skip(rest, 1);
        size_t more = pl_digits_take(&rest).len;
        dots++;
        if (more == 0) {
            return !has_v && dots == 1 && digits > 0 && rest.len == 0;
        }
        digits += more;
    }
    if (rest.len > 0 && rest.ptr[0] == '_' && dots > 0) {
        rest = pl_str_skip(rest, 1);
        return pl_digits_take(&rest).len > 0 && rest.len == 0;
    }
    return digits > 0 && rest.len == 0;
}

static const struct pl_operator_spelling spellings[] = {
    {">=", PL_OPERATOR_GE},   {"<=", PL_OPERATOR_LE}, {"==", PL_OPERATOR_EQ},
    {"!=", PL_OPERATOR_NE},   {">", PL_OPERATOR_GT},  {"<", PL_OPERATOR_LT},
    {NULL, PL_OPERATOR_NONE},
};

static enum pl_containment contains(pl_str range, pl_str version)
{
    enum pl_containment result = PL_CONTAINMENT_IN;
    for (pl_str piece = PL_STR_EMPTY; pl_str_next_piece(&range, ',', &piece);) {
        piece = pl_str_trim(piece);
        enum pl_operator op = pl_operator_take(&piece, spellings);
        piece = pl_str_trim(piece);
        if (!is_valid(piece)) {
            return PL_CONTAINMENT_INVALID;
        }
        op = op == PL_OPERATOR_NONE ? PL_OPERATOR_GE : op;
        if (!pl_operator_holds(op, compare(version, piece))) {
            result = PL_CONTAINMENT_OUT;
        }
    }
    return result;
}

static const char *const aliases[] = {"perl", NULL};
static const char *const ecosystems[] = {"CPAN", NULL};

const struct pl_version_scheme pl_version_scheme_cpan = {
    .name = "cpan",
    .summary = "Perl module versions: 1.002003 and v1.2.3; comparisons >= 1.2, != 1.5",
    .aliases = aliases,
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
    .contains = contains,
};
