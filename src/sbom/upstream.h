/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * upstream - the source package of a package, and the release of the system: what package URLs have
 * no place for, and tools say in different ways.
 */
#include "model/purl.h"
#include "sbom/reading.h"

struct pl_sbom_upstream {
    pl_str type; /* of the package at hand */
    pl_str name;
    pl_str version;
    pl_str source_name; /* what is found */
    pl_str source_version;
};

void pl_sbom_upstream_find(struct pl_arena *arena, const struct pl_sbom_said *said,
                           const struct pl_purl *purl, struct pl_sbom_upstream *upstream);

/* States the system in the sink: what the document said of it, or else the release that most
 * packages are of. Packages of another keep theirs as a qualifier. */
void pl_sbom_settle_release(struct pl_sbom_reading *reading);
