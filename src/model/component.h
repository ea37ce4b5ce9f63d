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

/* Where it was found. */
struct pl_location {
    pl_str path; /* in the image, without a leading slash */
    pl_str layer; /* digest of the uncompressed layer (diff_id); empty for a directory */
};

struct pl_locations {
    PL_VEC_FIELDS(struct pl_location);
};

struct pl_component {
    pl_str type; /* purl type: deb, apk, rpm */
    pl_str vendor_id; /* purl namespace: for system packages the os-release ID; set by the merge */
    pl_str name;
    pl_str version; /* as the scheme of the type compares it; rpm: [epoch:]version-release */
    pl_str arch;
    pl_str source_name; /* the source package; for dpkg and apk never empty: the name itself if none
                           is stated */
    pl_str source_version;
    pl_str vendor; /* maintainer or vendor as stated */
    enum pl_scope scope;
    enum pl_since_image since_image; /* set for containers alone */
    bool is_pseudo; /* listed by the package manager, but no software: rpm's gpg-pubkey */
    struct pl_strs licenses; /* as stated, not normalised, without repetition */
    struct pl_strs files; /* paths that belong to it, without a leading slash */
    struct pl_locations locations;
};

struct pl_components {
    PL_VEC_FIELDS(struct pl_component);
};

/* The package URL (purl-spec): pkg:TYPE/NAMESPACE/NAME@VERSION?arch=...&epoch=... For rpm the epoch
 * leaves the version and becomes a qualifier. */
pl_str pl_component_purl(struct pl_arena *arena, const struct pl_component *component);

/* Is it a package of the system's own package manager (deb, apk, rpm)? Then its purl's namespace is
 * the distribution. */
bool pl_component_is_system_package(const struct pl_component *component);

/* Total order: type, name, version, arch, scope, first location. */
int pl_component_compare(const struct pl_component *a, const struct pl_component *b);
