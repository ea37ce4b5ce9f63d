/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * index - a publisher's list of documents that are fetched one by one.
 *
 * It is index.txt of CSAF 2.0 (requirement 12 of section 7.1): a path in each line, from the
 * directory of the list on, "2024/cve-2024-1234.json". Documents of one directory, which most often
 * is a year, are a group: as many as are fetched and put away together.
 *
 * Where nothing lists what changed, what is known of a group's documents is kept as a text: the
 * time up to which changes of them are known, and a hash of each name, so that a document that is
 * new in the list is told from one that was there.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct pl_feed_index_group {
    pl_str name; /* of the directory; empty: that of the list */
    struct pl_strs documents; /* paths from the list's directory on, sorted, each once */
};

struct pl_feed_index {
    PL_VEC_FIELDS(struct pl_feed_index_group); /* sorted */
    size_t refused; /* lines that name nothing below the list */
    pl_str first_refused;
};

/* Is this the URL of such a list? */
bool pl_feed_index_is_url(pl_str url);

/* Strings are views into the text, the rest is in the arena. Other lines than paths of JSON
 * documents are passed over, and counted when they lead elsewhere. PARSE when there is no document,
 * LIMIT for more documents or groups than there may be. */
enum pl_status pl_feed_index_read(struct pl_arena *arena, pl_str text, struct pl_feed_index *ret,
                                  struct pl_error *err);

/* What is known of a group's documents, as text; `time` as lists of changes write it. */
pl_str pl_feed_index_note(struct pl_arena *arena, pl_str time, const struct pl_strs *documents);

struct pl_feed_index_known {
    pl_str time;
    pl_str hashes; /* sorted, each once */
};

/* The reverse; false for any other text. Views. */
bool pl_feed_index_recall(pl_str note, struct pl_feed_index_known *ret);
size_t pl_feed_index_known_count(const struct pl_feed_index_known *known);
bool pl_feed_index_is_known(const struct pl_feed_index_known *known, pl_str document);
