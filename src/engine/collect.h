/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * collect - turns the entries of one layer or directory into its evidence.
 *
 * Whoever walks (a tar layer, a directory tree) hands over each entry once; the collector keeps
 * what is needed to lay layers over one another, asks the matcher which files are wanted, and runs
 * their catalogers. It runs inside the sandbox. The evidence is complete after pl_collector_finish.
 */
#include "base/budget.h"
#include "base/map.h"
#include "catalog/match.h"
#include "engine/held.h"
#include "model/evidence.h"

/* A wanted hard link whose content stands at another path. */
struct pl_wanted_link {
    pl_str path;
    pl_str target;
    bool is_read;
};

struct pl_wanted_links {
    PL_VEC_FIELDS(struct pl_wanted_link);
};

struct pl_collector {
    struct pl_arena *arena; /* of the evidence */
    struct pl_evidence *evidence;
    const struct pl_catalog_matcher *matcher;
    struct pl_budget *budget;
    struct pl_content_store store;
    uint64_t left_bytes; /* of the evidence budget */
    bool is_crowded; /* it was told that something found no room */
    bool is_apart; /* it was told that a file is read without those it belongs to */
    bool keeps_paths; /* of the files that packages own */
    uint64_t *replaced; /* heap */
    size_t replaced_capacity;
    struct pl_held held; /* files that are read when the walk is over */
    struct pl_wanted_links links;
    struct pl_map links_by_target; /* the first of each target that is not read yet */
};

void pl_collector_init(struct pl_collector *collector, struct pl_arena *arena,
                       struct pl_evidence *evidence, const struct pl_catalog_matcher *matcher,
                       struct pl_budget *budget, int spill_fd);
void pl_collector_release(struct pl_collector *collector);
#define pl_autocollector PL_CLEANUP(pl_collector_release)

/* An entry of a tar layer: whiteouts are understood as such. Fails only for what ends the walk: the
 * budget, or `reader` failing; a file that cannot be parsed becomes a gap. */
enum pl_status pl_collector_layer_entry(struct pl_collector *collector,
                                        const struct pl_walk_entry *entry,
                                        const struct pl_content_reader *reader,
                                        struct pl_error *err);

/* What a whiteout says, however it is written: `path` is removed from the layers below; all that
 * they have in `dir` is hidden, "" being the root. Fails with the budget. */
enum pl_status pl_collector_whiteout(struct pl_collector *collector, pl_str path,
                                     struct pl_error *err);
enum pl_status pl_collector_opaque(struct pl_collector *collector, pl_str dir,
                                   struct pl_error *err);

/* An entry of a directory tree, where names mean themselves. */
enum pl_status pl_collector_entry(struct pl_collector *collector, const struct pl_walk_entry *entry,
                                  const struct pl_content_reader *reader, struct pl_error *err);

/* May pl_collector_entry want this entry, or its content? */
bool pl_collector_wants(const struct pl_collector *collector, const struct pl_walk_entry *entry);

/* Are there wanted hard links whose content no walk handed over so far? Then another walk is made,
 * with pl_collector_link_target for each entry; to be asked before each. */
bool pl_collector_needs_links(struct pl_collector *collector);
enum pl_status pl_collector_link_target(struct pl_collector *collector,
                                        const struct pl_walk_entry *entry,
                                        const struct pl_content_reader *reader,
                                        struct pl_error *err);

/* Something was not seen; `path` may be empty. */
void pl_collector_gap(struct pl_collector *collector, pl_str path, const char *reason);

/* Reads the files held back and brings everything into order. */
void pl_collector_finish(struct pl_collector *collector);
