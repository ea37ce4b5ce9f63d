/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * listing - what a registry gives in pages: tags, repositories, referrers. Private to
 * image/registry/.
 *
 * A page is a JSON document; the next one is named by a Link header with rel="next" (RFC 8288).
 * Pages, names and their total size are bounded; a Link that leads back is an error.
 */
#include "format/json.h"
#include "image/registry/client.h"

struct pl_registry_list {
    enum pl_registry_action action;
    const char *path; /* of the first page */
    const char *what; /* for messages: "the list of tags" */
    enum pl_status (*take)(void *context, const json_t *page, struct pl_error *err);
    void *context;
};

enum pl_status pl_registry_list(struct pl_registry *registry, const struct pl_registry_list *list,
                                struct pl_error *err);

/* Names gathered from pages: copies that end with a NUL, in the arena. */
struct pl_registry_names {
    struct pl_arena *arena;
    struct pl_strs names;
    size_t bytes;
};

/* Empty names, and what goes beyond the bounds, are left out. */
void pl_registry_names_add(struct pl_registry_names *names, pl_str name);
