/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * component - one piece of software that is in a container, as its packager names it.
 *
 * All strings are views into the arena of whoever made the component (a layer's evidence, a scan);
 * nothing here is freed alone. Empty strings mean "not stated". A component says what is there and
 * never what is wrong with it.
 */
#include "base/vec.h"

/* Is it on disk and usable, or only named in a lock file? */
#define PL_SCOPE_LIST(X)                                                                           \
    X(PL_SCOPE_INSTALLED, "installed")                                                             \
    X(PL_SCOPE_DECLARED, "declared")

enum pl_scope {
#define X(name, text) name,
    PL_SCOPE_LIST(X)
#undef X
};

const char *pl_scope_to_string(enum pl_scope scope);

/* In a container: is it as its image has it? */
#define PL_SINCE_IMAGE_LIST(X)                                                                     \
    X(PL_SINCE_IMAGE_UNKNOWN, "unknown") /* no container, or its image is gone */                  \
    X(PL_SINCE_IMAGE_SAME, "same")                                                                 \
    X(PL_SINCE_IMAGE_NEW, "new")                                                                   \
    X(PL_SINCE_IMAGE_ALTERED, "altered") /* another version, or a file of it was changed */

enum pl_since_image {
#define X(name, text) name,
    PL_SINCE_IMAGE_LIST(X)
#undef X
};

const char *pl_since_image_to_string(enum pl_since_image since);

/* Does the project itself ask for it, or only what the project asks for? */
#define PL_RELATION_LIST(X)                                                                        \
    X(PL_RELATION_UNKNOWN, "unknown")                                                              \
    X(PL_RELATION_DIRECT, "direct")                                                                \
    X(PL_RELATION_TRANSITIVE, "transitive")

enum pl_relation {
#define X(name, text) name,
    PL_RELATION_LIST(X)
#undef X
};

const char *pl_relation_to_string(enum pl_relation relation);

/* Where it was found. */
struct pl_location {
    pl_str path; /* in the image, without a leading slash; of what lies in an archive, with the
                    path in there after a '!' */
    pl_str layer; /* digest of the uncompressed layer (diff_id); empty for a directory */
};

struct pl_locations {
    PL_VEC_FIELDS(struct pl_location);
};

/* Hashes of paths (pl_str_hash): enough to tell whether one is among them. */
struct pl_path_hashes {
    uint64_t *items;
    size_t count;
};

struct pl_component {
    pl_str type; /* a row of model/package_types.def: deb, npm, maven */
    pl_str vendor_id; /* purl namespace: for system packages the os-release ID, set by the merge;
                         empty where the name itself holds it */
    pl_str name; /* as its ecosystem writes it: "@angular/core", "org.apache.commons:commons-lang3",
                    "github.com/gorilla/mux" */
    pl_str version; /* as the scheme of the type compares it; rpm: [epoch:]version-release */
    pl_str arch;
    pl_str source_name; /* the source package; for dpkg and apk never empty: the name itself if none
                           is stated */
    pl_str source_version;
    pl_str vendor; /* maintainer or vendor as stated */
    pl_str origin; /* of a deb: its field Vendor or Origin, which a distribution's own seldom has */
    pl_str third_party; /* who built it, where that is not the distribution; set by the merge */
    pl_str third_party_ecosystem; /* where that vendor's advisories are ("EPEL:9"); often empty */
    enum pl_scope scope;
    enum pl_since_image since_image; /* set for containers alone */
    bool is_pseudo; /* listed by the package manager, but no software: rpm's gpg-pubkey */
    struct pl_strs licenses; /* as stated, not normalised, without repetition */
    pl_str license_expression; /* what they amount to, in SPDX's terms; empty when that cannot be
                                  told; set by the merge */
    /* Paths that belong to it, without a leading slash. The paths themselves are kept only where
     * somebody asked for them. */
    struct pl_path_hashes owned;
    struct pl_strs files;
    enum pl_relation relation;
    bool is_dev; /* needed to develop or test alone */
    bool is_optional;
    struct pl_strs hashes; /* of the package as published, "sha512:" and lower-case hex */
    /* What it needs, as the place says: "name" or "name@version", names as its type writes them. */
    struct pl_strs depends;
    struct pl_strs qualifiers; /* further ones of its purl, "key=value", the value not encoded */
    struct pl_strs cpes; /* CPE 2.3 names (NISTIR 7695), for software that advisories name so */
    pl_str inside; /* the path within the archive that was read, with a '!' between the levels of
                      nested ones; joins its location in the merge */
    /* Of software that no package manager states: what was seen, and how sure that is, in percent.
     * 0: its package manager or its own metadata says so. */
    pl_str basis;
    unsigned confidence;
    pl_str cataloger; /* who found it; set by the merge */
    struct pl_strs contains; /* purls of the packages of other types whose files it owns; set by the
                                merge, or stated by a bill of materials */
    struct pl_locations locations; /* set by the merge, unless a bill of materials states them */
};

struct pl_components {
    PL_VEC_FIELDS(struct pl_component);
};

/* The package URL (purl-spec): pkg:TYPE/NAMESPACE/NAME@VERSION?arch=...&epoch=... For rpm the epoch
 * leaves the version and becomes a qualifier. Empty when the parts make none. */
pl_str pl_component_purl(struct pl_arena *arena, const struct pl_component *component);

/* Is it a package of the system's own package manager (deb, apk, rpm), which speaks for the files
 * that it owns? */
bool pl_component_is_system_package(const struct pl_component *component);

/* Total order: type, name, version, arch, scope, first location. */
int pl_component_compare(const struct pl_component *a, const struct pl_component *b);
