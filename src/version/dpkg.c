/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg - versions of Debian packages (Debian policy 5.6.12, deb-version(7)).
 *
 *     [epoch:]upstream-version[-debian-revision]
 *
 * The epoch is a decimal number and 0 when absent; the revision follows the last hyphen and counts
 * as "0" when absent. Upstream version and revision are compared in the same way: runs that are not
 * digits and runs of digits alternate. In the former each byte has a weight: '~' sorts before the
 * end of the string, the end before letters, letters before everything else. In the latter the
 * numeric value counts, so leading zeros do not, and its length has no bound.
 *
 * Validity is what `dpkg --validate-version` accepts: the upstream version begins with a digit and
 * holds ASCII letters, digits and ". + - ~ :" (colons only after an epoch); the revision holds the
 * same without hyphen and colon, and is not empty after its hyphen. Blanks around the version are
 * ignored, as dpkg does.
 */
#include "version/dpkg.h"
#include "version/digits.h"
#include "version/scheme.h"

/* dpkg keeps the epoch in an int. */
#define EPOCH_MAX 2147483647U

struct parts {
    pl_str epoch; /* digits; may be empty */
    pl_str upstream;
    pl_str revision;
    bool has_epoch;
    bool has_revision;
};

static struct parts split(pl_str version)
{
    struct parts parts = {.epoch = PL_STR_EMPTY, .revision = PL_STR_EMPTY};
    version = pl_str_trim(version);
    size_t colon = pl_str_find_char(version, ':');
    if (colon != SIZE_MAX) {
        parts.has_epoch = true;
        parts.epoch = pl_str_sub(version, 0, colon);
        version = pl_str_skip(version, colon + 1);
    }
    size_t hyphen = pl_str_find_last_char(version, '-');
    if (hyphen != SIZE_MAX) {
        parts.has_revision = true;
        parts.revision = pl_str_skip(version, hyphen + 1);
        version = pl_str_sub(version, 0, hyphen);
    }
    parts.upstream = version;
    return parts;
}

static bool holds_only(pl_str s, const char *marks)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!pl_char_is_alnum(c) && (c == '\0' || !strchr(marks, c))) {
            return false;
        }
    }
    return true;
}

/* dpkg reads the epoch with strtol, so that one plus sign is let through. */
static bool is_epoch(pl_str epoch)
{
    uint64_t value = 0;
    if (epoch.len > 1 && epoch.ptr[0] == '+') {
        epoch = pl_str_skip(epoch, 1);
    }
    return pl_str_to_uint(epoch, EPOCH_MAX, &value);
}

static bool is_valid(pl_str version)
{
    struct parts parts = split(version);
    return (!parts.has_epoch || is_epoch(parts.epoch)) && parts.upstream.len > 0 &&
           pl_char_is_digit(parts.upstream.ptr[0]) && holds_only(parts.upstream, ".-+~:") &&
           (!parts.has_revision || parts.revision.len > 0) && holds_only(parts.revision, ".+~");
}

/* The weight of the first byte of `s` in a run of non-digits; a digit ends the run as the end of
 * the string does. */
static int weight(pl_str s)
{
    if (s.len == 0 || pl_char_is_digit(s.ptr[0])) {
        return 0;
    }
    unsigned char c = (unsigned char)s.ptr[0];
    if (c == '~') {
        return -1;
    }
    return pl_char_is_alpha((char)c) ? c : c + 256;
}

static bool starts_with_text(pl_str s)
{
    return s.len > 0 && !pl_char_is_digit(s.ptr[0]);
}

int pl_dpkg_compare_part(pl_str a, pl_str b)
{
    while (a.len > 0 || b.len > 0) {
        while (starts_with_text(a) || starts_with_text(b)) {
            int order = weight(a) - weight(b);
            if (order != 0) {
                return order;
            }
            a = pl_str_skip(a, 1);
            b = pl_str_skip(b, 1);
        }
        int order = pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b));
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static int compare_epoch(pl_str a, pl_str b)
{
    if (pl_str_starts_with(a, PL_STR("+"))) {
        a = pl_str_skip(a, 1);
    }
    if (pl_str_starts_with(b, PL_STR("+"))) {
        b = pl_str_skip(b, 1);
    }
    return pl_digits_compare(pl_digits_take(&a), pl_digits_take(&b));
}

static int compare(pl_str a, pl_str b)
{
    struct parts left = split(a);
    struct parts right = split(b);
    int order = compare_epoch(left.epoch, right.epoch);
    if (order == 0) {
        order = pl_dpkg_compare_part(left.upstream, right.upstream);
    }
    if (order == 0) {
        order = pl_dpkg_compare_part(left.revision, right.revision);
    }
    return order;
}

static const char *const ecosystems[] = {"Debian", "Echo", "Ubuntu", NULL};

const struct pl_version_scheme pl_version_scheme_dpkg = {
    .name = "dpkg",
    .summary = "Debian package versions: [epoch:]upstream[-revision]",
    .ecosystems = ecosystems,
    .is_valid = is_valid,
    .compare = compare,
};
