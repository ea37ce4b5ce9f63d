/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fetcher - threads that fetch the URLs of a source ahead of their reader, several at once.
 *
 * URLs are added first, and then taken in the same order; of those that are fetched and not taken
 * yet there are no more than PL_FETCHER_AHEAD, which bounds the disk that they take.
 */
#include "feed/remote.h"

enum { PL_FETCHER_THREADS = 4, PL_FETCHER_AHEAD = 8 };

struct pl_fetcher;

/* `temp_dir` is borrowed, as base/tempfile.h says. */
struct pl_fetcher *pl_fetcher_new(const char *temp_dir);
/* What is under way is waited for, and what nobody took is dropped. */
void pl_fetcher_free(struct pl_fetcher *fetcher);
PL_DEFINE_CLEANUP(struct pl_fetcher, pl_fetcher_free)

/* Returns the number to take it by. Strings are copied; an index is
 * borrowed, and must outlive the fetcher. */
size_t pl_fetcher_add(struct pl_fetcher *fetcher, pl_str url, const struct pl_remote_known *known);

/* Waits for it. Strings are good until the fetcher is freed; the descriptor becomes the caller's.
 * `progress` is told of the bytes of all meanwhile. */
enum pl_status pl_fetcher_take(struct pl_fetcher *fetcher, size_t number,
                               const struct pl_progress *progress, struct pl_remote *ret,
                               struct pl_error *err);

/* Of all so far. */
uint64_t pl_fetcher_bytes(struct pl_fetcher *fetcher);
