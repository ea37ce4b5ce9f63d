/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * urls - the URLs that a feed's one line of them stands for.
 *
 *   https://example.org/all.json                  one
 *   https://example.org/{8,9}/{main,extra}.json   one for each choice: "8/main", "8/extra" ...
 *   https://example.org/{2002..now}.json          one for each year to this one
 *   a=https://example.org/x b=https://...         several, each called as it says before the '='
 *
 * What is chosen is the URL's name: that of its slice of the database, below the feed's. A line of
 * one URL without choice gives it no name.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct pl_feed_url {
    pl_str url;
    pl_str name; /* may be empty */
};

struct pl_feed_urls {
    PL_VEC_FIELDS(struct pl_feed_url);
};

/* Is there more to it than one URL as it stands? */
bool pl_feed_urls_is_line(pl_str line);

unsigned pl_feed_urls_this_year(void);

/* Appends to *ret, in the arena. `year` is this year. PL_E_PARSE for braces that do not close,
 * LIMIT for more than PL_LIMIT_FEED_URLS of them. */
enum pl_status pl_feed_urls_expand(struct pl_arena *arena, pl_str line, unsigned year,
                                   struct pl_feed_urls *ret, struct pl_error *err);
