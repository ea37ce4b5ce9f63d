/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * signature - how a version string that a program or library carries is recognised.
 *
 * A signature is a row of classifiers.def or libraries.def. Its text is literal but for
 *
 *     {v}  the version: numbers with dots between, and what may follow without a blank: "1.1.1w",
 *          "5.0.0-rc1"
 *     {n}  the version: numbers with dots between alone
 *     {t}  the same, three numbers at least
 *     {p}  the version: numbers with dots between, 'p' and a number: "9.2p1"
 *     {m}  the version: a number, with or without dots and what follows
 *     {i}  the version: digits alone; with '#' in what it begins with, as many as stand there
 *     {k}  the version as one number of five digits, two a part: 20914 is 2.9.14
 *     {0}  a NUL; at the start of a text also the start of a section
 *     {z}  NULs, one or more
 *     {d}  digits         {w}  letters and digits
 *     {*}  text, as little as there has to be of it, up to 100 bytes
 *     {?}  any bytes, likewise, up to 1000
 *
 * {n:3.} is a version that begins with "3.", and so for the other kinds; '#' stands for a digit, so
 * that {n:3.##.} is 3.10.1 and not 3.9.1. Of several versions in a text the last one counts. The
 * text begins with something literal ({0} is) or a version whose beginning is stated. Each part is
 * bounded, so that looking for a text takes time linear in the bytes.
 */
#include "catalog/program/program.h"

struct pl_signature {
    const char *name; /* of the component, and so of its purl */
    /* Names of files, with blanks between, in which a star stands for any bytes; with a slash in it
     * the end of the path. NULL for all files. */
    const char *files;
    /* A literal that must be in the file as well, or after a '!' must not; or NULL. The second is
     * for classifiers alone. */
    const char *also;
    const char *text;
    /* CPE 2.3 vendor and product, "vendor:product", with blanks between; NULL for none. */
    const char *cpes;
    unsigned confidence; /* percent */
};

/* Where and as what a version was seen. */
struct pl_signature_hit {
    pl_str version; /* as it stands in the file */
    bool is_number; /* of {k}: not as it is to be shown */
    bool has_patch; /* of {p} */
    pl_str seen; /* all of the text */
    pl_str section;
};

/* May this file be looked into for it? */
bool pl_signature_wants(const struct pl_signature *signature, pl_str path);

/* What every place where the text stands begins with: all up to the first part that is not always
 * the same, with what the version begins with. Gives how many bytes of `into` that takes, one at
 * least; it is cut at `size`. */
size_t pl_signature_start(const struct pl_signature *signature, char *into, size_t size);

/* Does the text stand at `offset`? */
bool pl_signature_matches(const struct pl_signature *signature, pl_span bytes, size_t offset,
                          struct pl_signature_hit *ret);

/* The first place in `bytes` where it does. */
bool pl_signature_search(const struct pl_signature *signature, pl_span bytes,
                         struct pl_signature_hit *ret);

/* Adds the component, with what was seen as its basis; false when the file stated it before. */
bool pl_signature_report(struct pl_sink *sink, const struct pl_program *program,
                         const struct pl_signature *signature, const struct pl_signature_hit *hit);
