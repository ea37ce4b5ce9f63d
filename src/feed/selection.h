/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * selection - the ecosystems that a database is to have, as people name them.
 *
 * "debian:12,npm,rocky-linux:9": names of ecosystems without regard to case, with '-' or '_' for
 * blanks, and with a release where only one is wanted; or a system's id of os-release with its
 * version, "sles:15.5", "rhel:9.2". A release stands for all that a scan of it may ask:
 * "ubuntu:22.04" is "Ubuntu:22.04:LTS" and "Ubuntu:Pro:22.04:LTS", "alpine:3.18" is "Alpine:v3.18",
 * "sles:15.5" every product and module of 15 SP5, with their longer support, and "red-hat:9" all of
 * "Red Hat:enterprise_linux:9::appstream" and its like, "Red Hat:rhel_eus:9.2::baseos",
 * "Red Hat:openshift:4.15::el9" and products whose names tell of no release.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct pl_feed_selection {
    struct pl_strs names; /* as they are asked for, in lower case, sorted; empty: all */
    struct pl_strs ecosystems; /* that the names stand for, in lower case */
    bool may_lack; /* a name that an export does not have is no mistake */
    struct pl_strs elsewhere; /* nor one of these, which other sources have */
};

/* Adds a list with commas, in the arena. USAGE for an empty name. */
enum pl_status pl_feed_selection_add(struct pl_arena *arena, struct pl_feed_selection *selection,
                                     pl_str list, struct pl_error *err);

/* Adds one name, as OSV writes it. */
void pl_feed_selection_add_name(struct pl_arena *arena, struct pl_feed_selection *selection,
                                pl_str ecosystem);

/* Is anything of it wanted, whatever the release? */
bool pl_feed_selection_has(const struct pl_feed_selection *selection, pl_str ecosystem);
/* Is this ecosystem wanted, with the release that it names? */
bool pl_feed_selection_takes(const struct pl_feed_selection *selection, pl_str ecosystem);

/* The first name that none of the ecosystems is called by; empty when there is none. */
pl_str pl_feed_selection_lacks(const struct pl_feed_selection *selection,
                               const struct pl_strs *ecosystems);

/* The same for the same selection: "debian:12,npm"; empty for all. */
pl_str pl_feed_selection_text(struct pl_arena *arena, const struct pl_feed_selection *selection);
