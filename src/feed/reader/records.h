/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * records - what feeds have in common: the records of a large JSON document, one after the other,
 * and what is put down of any record that states it.
 */
#include "feed/feed.h"
#include "format/json.h"

struct pl_feed_record {
    pl_str key; /* the member's name; empty for an element of an array */
    size_t index; /* from 0 */
    const json_t *json; /* an object or array, good during the call */
    struct pl_arena *arena; /* cleared before each record */
};

/* Fails with what has to end the work. */
typedef enum pl_status pl_feed_take_record(struct pl_feed_sink *sink,
                                           const struct pl_feed_record *record, void *context,
                                           struct pl_error *err);

/* Each member or element of what `path` leads to (format/json_pieces.h), parsed alone. One that is
 * no JSON, or neither object nor array, is malformed, under its key or as the what-th: "entry".
 * PL_E_PARSE when the path leads nowhere. */
enum pl_status pl_feed_records(struct pl_feed_sink *sink, pl_str text, const char *const *path,
                               const char *what, pl_feed_take_record *take, void *context,
                               struct pl_error *err);

/* Adds a reference ("WEB", "ADVISORY") unless the URL is empty. */
void pl_feed_refer(struct pl_arena *arena, struct pl_advisory *advisory, const char *type,
                   pl_str url);

/* The start of a day that is all of the text, as a time in UTC; else empty. */
pl_str pl_feed_day(struct pl_arena *arena, pl_str day);
