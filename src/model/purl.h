/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * purl - package URLs (https://github.com/package-url/purl-spec), read and written canonically.
 *
 * A parsed purl lives in the given arena, percent-decoded. Types are lower case; the per-type
 * normalisation of names is that of the specification's type definitions for the types read here.
 */
#include "base/arena.h"

struct pl_purl_qualifier {
    pl_str key;
    pl_str value;
};

struct pl_purl {
    pl_str type;
    pl_str namespace; /* segments with '/' between, or empty */
    pl_str name;
    pl_str version;
    pl_str subpath;
    struct pl_purl_qualifier *qualifiers; /* sorted by key when parsed */
    size_t qualifier_count;
};

enum pl_status pl_purl_parse(struct pl_arena *arena, pl_str text, struct pl_purl *ret,
                             struct pl_error *err);

/* The canonical form; qualifiers are written in order of key, empty values left out. Empty when the
 * parts make no purl: without type or name, or against the rules of the type. */
pl_str pl_purl_format(struct pl_arena *arena, const struct pl_purl *purl);

/* The version as package managers write it, "1:2.3": rpm's epoch, which some give for deb as well,
 * is a qualifier. In the arena, or the purl's own. */
pl_str pl_purl_full_version(struct pl_arena *arena, const struct pl_purl *purl);

/* The value of a qualifier, or empty. */
pl_str pl_purl_qualifier(const struct pl_purl *purl, pl_str key);
