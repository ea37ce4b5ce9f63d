/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * advisory - what a feed says of a vulnerability, close to the OSV schema
 * (https://ossf.github.io/osv-schema/, 1.7).
 *
 * Strings are views into the reader's arena or, when it comes from the database, into its map;
 * empty means "not stated". An advisory knows nothing of images.
 */
#include "base/vec.h"
#include "model/severity.h"

#define PL_RANGE_LIST(X)                                                                           \
    X(PL_RANGE_ECOSYSTEM, "ECOSYSTEM")                                                             \
    X(PL_RANGE_SEMVER, "SEMVER")                                                                   \
    X(PL_RANGE_GIT, "GIT")

enum pl_range_type {
#define X(name, text) name,
    PL_RANGE_LIST(X)
#undef X
};

#define PL_EVENT_LIST(X)                                                                           \
    X(PL_EVENT_INTRODUCED, "introduced")                                                           \
    X(PL_EVENT_ABOVE, "above")                                                                     \
    X(PL_EVENT_FIXED, "fixed")                                                                     \
    X(PL_EVENT_LAST_AFFECTED, "last_affected")                                                     \
    X(PL_EVENT_LIMIT, "limit")

enum pl_event_type {
#define X(name, text) name,
    PL_EVENT_LIST(X)
#undef X
};

/* "above" is not OSV's: later than this version, as NVD's versionStartExcluding has it. */
struct pl_range_event {
    enum pl_event_type type;
    pl_str
        version; /* "0" of an introduced event means: before every version; "*" of a limit: none */
};

struct pl_range {
    enum pl_range_type type;
    PL_VEC_FIELDS(struct pl_range_event);
};

struct pl_ranges {
    PL_VEC_FIELDS(struct pl_range);
};

struct pl_severity_vector {
    pl_str type; /* CVSS_V2, CVSS_V3, CVSS_V4, Ubuntu, ... */
    pl_str score; /* the vector, or the vendor's word */
};

struct pl_severity_vectors {
    PL_VEC_FIELDS(struct pl_severity_vector);
};

/* What a vendor says of a package besides its versions: is it affected there, and will it be
 * mended? The words of CSAF VEX, of the Debian tracker's "no-dsa" and "end-of-life", and of
 * Ubuntu's states are brought to these. */
#define PL_AFFECT_LIST(X)                                                                          \
    X(PL_AFFECT_KNOWN, "affected")                                                                 \
    X(PL_AFFECT_NOT, "not_affected")                                                               \
    X(PL_AFFECT_INVESTIGATED, "under_investigation")                                               \
    X(PL_AFFECT_DEFERRED, "deferred")                                                              \
    X(PL_AFFECT_WONT_FIX, "will_not_fix")                                                          \
    X(PL_AFFECT_END_OF_LIFE, "end_of_life")

enum pl_affect {
#define X(name, text) name,
    PL_AFFECT_LIST(X)
#undef X
};

/* What `module` begins with where it names systems, and a package URL's qualifier for them. */
#define PL_GO_SYSTEM "goos="

/* One package in one ecosystem. With a state other than PL_AFFECT_KNOWN ranges and versions say
 * which versions that is said of; none of either means all. */
struct pl_affected {
    pl_str ecosystem; /* with release: "Debian:12" */
    pl_str name;
    pl_str purl;
    struct pl_ranges ranges; /* without GIT ranges, which are counted by the reader */
    struct pl_strs versions; /* enumerated versions */
    struct pl_severity_vectors severities;
    /* ecosystem_specific or database_specific severity word of this package; of a VEX statement
     * that it is not affected, the reason (model/suppression.h), and after a colon its words. */
    pl_str urgency;
    enum pl_affect state;
    /* The package as it is built in one way alone: in a stream of RPM modularity ("nodejs:18"), or
     * for systems by the names that Go has for them ("goos=darwin,windows"). */
    pl_str module;
    /* Of ecosystem "CPE", where the name is "vendor:product": the rest of the CPE 2.3 name that
     * narrows it down ("*:*:*:*:node.js:*:*" from the update on), empty for none. */
    pl_str cpe_rest;
};

struct pl_affecteds {
    PL_VEC_FIELDS(struct pl_affected);
};

struct pl_advisory_reference {
    pl_str type; /* ADVISORY, FIX, WEB, ... */
    pl_str url;
};

struct pl_advisory_references {
    PL_VEC_FIELDS(struct pl_advisory_reference);
};

struct pl_advisory {
    pl_str id;
    pl_str modified; /* RFC 3339, as stated */
    pl_str published;
    pl_str withdrawn; /* not empty: no finding comes from it */
    pl_str summary;
    pl_str details;
    pl_str urgency; /* database_specific severity word of the whole record */
    struct pl_strs aliases;
    struct pl_strs upstream;
    struct pl_strs related;
    struct pl_severity_vectors severities;
    struct pl_affecteds affected;
    struct pl_advisory_references references;
    pl_str author; /* who says so, of documents that anybody may write (VEX) */
    bool is_disputed; /* its publisher marks it as contested */
    /* A feed that is sorted by package tells of one id in many places: its packages are added to
     * those of the other records with this id, rather than standing for them all. */
    bool is_part;
};

const char *pl_range_type_to_string(enum pl_range_type type);
const char *pl_event_type_to_string(enum pl_event_type type);
const char *pl_affect_to_string(enum pl_affect state);

/* The severity of `affected` (NULL: of the record alone): the best CVSS version's score when there
 * is a vector, the vendor's word where that is the distribution's own judgement (Debian's urgency,
 * Ubuntu's priority). *ret_score is that of the vector, or negative. */
enum pl_severity pl_advisory_severity(const struct pl_advisory *advisory,
                                      const struct pl_affected *affected, double *ret_score);

/* Is it about a package made to do harm (OSSF's "MAL-" records)? Then the package is the problem,
 * and no version of it is a remedy. */
bool pl_advisory_is_malware(const struct pl_advisory *advisory);

/* Is it about a vulnerability? The errata of the Red Hat family are exported whole; those for bug
 * fixes and enhancements (ALBA-, RHEA-, ...) are, unless they name a vulnerability, not. */
bool pl_advisory_is_security(const struct pl_advisory *advisory);

/* Errata of AlmaLinux, Rocky Linux and Red Hat name the vulnerabilities that they fix in `related`
 * and nowhere else: true when neither the id nor another list names a CVE. */
bool pl_advisory_related_are_names(const struct pl_advisory *advisory);
