/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * report - everything one scan has to say, complete and sorted, before any format sees it.
 *
 * A report is a value in the scan's arena. It carries no clock, host name or temporary path: the
 * same image, database and options make the same report.
 */
#include "model/component.h"
#include "model/container.h"
#include "model/evidence.h"
#include "model/finding.h"
#include "model/gap.h"
#include "model/os.h"

struct pl_layer_info {
    pl_str digest; /* of the blob as stored; empty when the source does not address it */
    pl_str diff_id; /* of the uncompressed tar */
    pl_str media_type;
    uint64_t size_bytes; /* of the blob as stored */
    pl_str created_by; /* from the image's history */
};

struct pl_layer_infos {
    PL_VEC_FIELDS(struct pl_layer_info);
};

struct pl_subject {
    pl_str kind; /* "image", "container", "filesystem" or "sbom" */
    pl_str name; /* as the user spelled it; where it was reached, the whole of its name */
    /* Where it came from, as the scheme that would say so: "docker", "registry", "oci-dir", "dir".
     * Of a container, its engine. */
    pl_str source;
    pl_str digest; /* of the image's manifest, or of its config when there is no manifest */
    pl_str platform; /* "linux/amd64" */
    struct pl_os os;
    /* Of a bill of materials: what it says it is about. */
    struct pl_evidence_subject described;
    pl_str created; /* when the image was made, as its config says; RFC 3339 */
    pl_str end_of_life; /* "YYYY-MM-DD" or empty */
    struct pl_strs ecosystems; /* where its packages were looked up */
    struct pl_layer_infos layers;
    /* Of a container, else NULL: how it is set up, what changed in its files since the image, and
     * the purls of the image's components that it lacks. `digest` and `layers` are its image's. */
    const struct pl_container *container;
    const struct pl_container_changes *changes;
    struct pl_strs removed;
};

struct pl_feed_info {
    pl_str name;
    pl_str modified; /* newest record, RFC 3339 */
    uint64_t records;
};

struct pl_feed_infos {
    PL_VEC_FIELDS(struct pl_feed_info);
};

struct pl_report {
    bool has_findings; /* false for an inventory (sbom): no findings, verdict or database */
    struct pl_subject subject;
    struct pl_components components;
    struct pl_findings findings;
    /* Findings that somebody says do not count, each with why: they are in no number and no
     * verdict. */
    struct pl_findings suppressed;
    /* The rules of files given for this scan, and those of the database that mean something here.
     */
    struct pl_suppression_records suppressions;
    struct pl_gaps gaps;
    pl_str sandbox; /* what the kernel lacked for the sandbox; empty when it was whole */
    bool verdict_pass;
    struct pl_strs verdict_reasons;
    pl_str database_generation;
    struct pl_feed_infos feeds;
};
