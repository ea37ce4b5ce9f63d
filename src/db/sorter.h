/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sorter - puts pairs of byte strings in order, however many there are.
 *
 * Pairs are collected in memory up to a budget; each time it is full they are sorted and written as
 * a run to a file without a name, and the runs are merged at the end. So memory is bounded by the
 * budget plus one buffer a run. The order is by key and then by value, so that it does not depend
 * on the order of adding. Not shared between threads.
 */
#include "base/buf.h"

struct pl_sorter;

/* Runs are written to the file system of `dir`, which must outlive the sorter. */
struct pl_sorter *pl_sorter_new(const char *dir, size_t budget_bytes);
void pl_sorter_free(struct pl_sorter *sorter);
PL_DEFINE_CLEANUP(struct pl_sorter, pl_sorter_free)

enum pl_status pl_sorter_add(struct pl_sorter *sorter, pl_str key, pl_str value,
                             struct pl_error *err);

/* Ends the adding. */
enum pl_status pl_sorter_sort(struct pl_sorter *sorter, struct pl_error *err);

/* The next pair in order, good until the next call; *ret_more is false at the end. */
enum pl_status pl_sorter_next(struct pl_sorter *sorter, bool *ret_more, pl_str *ret_key,
                              pl_str *ret_value, struct pl_error *err);
