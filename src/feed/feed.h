/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * feed - reads one publisher's advisories in the format they are published in: a plug-in.
 *
 * One file a feed, listed in feed/feeds.def; each ends in one const descriptor. A source (a file, a
 * directory, an archive, a URL; feed/source.h) is a row of documents. Every feed bids for a
 * document by its name and its beginning, and the highest bid reads it. Documents are read by
 * several threads, each with a sink of its own; a feed keeps nothing between documents.
 *
 * What a feed says is brought to the terms of OSV (model/advisory.h): ecosystems as OSV writes them
 * ("Debian:12", "Alpine:v3.18", "Red Hat:enterprise_linux:9::appstream"), ids as OSV's export gives
 * them where it has the same records ("DEBIAN-CVE-2024-3094", "ALPINE-CVE-2024-3094",
 * "RHSA-2024:1", "GHSA-..."), so that one record that comes by two ways is one. The vulnerability
 * that a distribution's record is about stands in `upstream`, another name of the same record in
 * `aliases`. Every record counts: it is taken, or skipped for a reason, or malformed.
 */
#include "base/arena.h"
#include "base/error.h"
#include "model/advisory.h"
#include "model/exploitation.h"

struct pl_feed_document {
    pl_str name; /* of the file, with the path within its archive or directory */
    pl_str text; /* uncompressed, whole when it is read; for a bid its first PL_FEED_HEAD_BYTES */
};

enum { PL_FEED_HEAD_BYTES = 8192 };

struct pl_feed_sink;

/* When its URL is read although nobody names it. */
enum pl_feed_reading {
    PL_FEED_WHEN_NAMED,
    PL_FEED_WHEN_SELECTED, /* its ecosystems are asked for */
    PL_FEED_ALWAYS, /* unless others are asked for */
};

struct pl_feed {
    const char *name; /* "alpine-secdb" */
    const char *summary; /* one line for help and docs */
    const char *url; /* of its source, or a line of several (feed/urls.h); NULL: none */
    enum pl_feed_reading reading;
    /* Before the id of a document that its list of changes tells of (feed/changes.h); NULL: none.
     */
    const char *cve_prefix;
    /* The id, but for that prefix, of the record of a document whose name, in upper case and
     * without its ending, is this; NULL: the name. */
    pl_str (*id_of_document)(struct pl_arena *arena, pl_str name);
    /* The ecosystems of its advisories without release, with ", " between; "" when any. */
    const char *ecosystems;
    /* Each place that its documents lie in is a slice of its own, "osv/PyPI": what one place has
     * does not take the place of what another had. */
    bool by_place;
    /* Is this document of this feed? 0 for no; else how sure it is, to 100. By what stands in the
     * name and the beginning alone; cheap. 50 is a format that several publishers share, 90 one
     * with this publisher's mark. */
    int (*bid)(const struct pl_feed_document *document);
    /* Fails when the document as a whole cannot be read (PL_E_PARSE with line or offset, LIMIT,
     * UNSUPPORTED), or
     * with what the sink fails with; what was given before stays. A record that cannot be read is
     * malformed, and the reading goes on. */
    enum pl_status (*read)(struct pl_feed_sink *sink, const struct pl_feed_document *document,
                           struct pl_error *err);
};

/* All feeds, sorted by name. */
const struct pl_feed *const *pl_feeds(size_t *ret_count);

/* Scratch memory of the document, which goes when it is read. */
struct pl_arena *pl_feed_scratch(struct pl_feed_sink *sink);

/* Hands over one advisory, copied. Fails only when the work has to end (disk full): one that is too
 * large or has no id is counted as malformed. */
enum pl_status pl_feed_take(struct pl_feed_sink *sink, const struct pl_advisory *advisory,
                            struct pl_error *err);
enum pl_status pl_feed_take_exploitation(struct pl_feed_sink *sink,
                                         const struct pl_exploitation *exploitation,
                                         struct pl_error *err);

/* Counts something that the database has no use for; `reason` is a literal, the same for all of a
 * kind: "no package named". */
void pl_feed_skip(struct pl_feed_sink *sink, const char *reason);

/* Counts a record that cannot be read; the text says which and why. */
void pl_feed_malformed(struct pl_feed_sink *sink, const char *format, ...) PL_PRINTF(2, 3);
