/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * feeds - which of the feeds reads a document. Feeds are told by their place in pl_feeds.
 */
#include "feed/feed.h"

/* Room in a set of feeds. */
enum { PL_FEEDS_MOST = 128 };

/* SIZE_MAX when there is none of that name. */
size_t pl_feeds_find(pl_str name);

/* The feed that bids highest, the first of equals; SIZE_MAX when none does. Only the first
 * PL_FEED_HEAD_BYTES of the text are looked at. */
size_t pl_feeds_bid(const struct pl_feed_document *document);
