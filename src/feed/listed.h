/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * listed - what a server has of the documents of one group of an index (feed/index.h), compared
 * with what is known of them.
 *
 * The first time each document is fetched. Later those that changes.csv beside the list tells of
 * are; where a publisher has no such list, those that are new in the index, and once the index is a
 * week younger than at the last such look, those that their server dates after that. What is named
 * and not there, and what is empty, is passed over.
 */
#include "feed/remote.h"

/* As pl_remote_fetch; known->index is set. NOT_FOUND when nothing of the group is there, NET when
 * most of it is not. */
enum pl_status pl_listed_fetch(struct pl_http *http, struct pl_arena *arena,
                               const struct pl_remote_known *known, const char *temp_dir,
                               const struct pl_progress *progress, struct pl_remote *ret,
                               struct pl_error *err);
