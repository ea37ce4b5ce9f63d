/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * registries_conf - the files registries.conf: what an image's name is to be taken for.
 *
 * Rules are gathered from several files, where a later one replaces a rule of the same prefix.
 * Everything lives in the arena, the text of the files excepted.
 */
#include "base/error.h"
#include "base/vec.h"

/* A place that stands in for the rule's prefix. */
struct pl_registry_location {
    pl_str name; /* HOST[:PORT][/PATH]; empty: the image's own name, for a prefix with a wildcard */
    bool is_insecure;
    bool is_for_tags; /* of mirrors */
    bool is_for_digests;
};

struct pl_registry_rule {
    pl_str prefix; /* its host in lower case; or "*.example.com" */
    bool is_blocked;
    struct pl_registry_location primary;
    struct {
        PL_VEC_FIELDS(struct pl_registry_location);
    } mirrors;
};

struct pl_registry_rules {
    PL_VEC_FIELDS(struct pl_registry_rule);
};

/* Adds what one file says; `name` is for messages. */
enum pl_status pl_registries_conf_parse(struct pl_arena *arena, pl_str text, const char *name,
                                        struct pl_registry_rules *rules, struct pl_error *err);

/* The rule whose prefix covers most of `whole`, the whole of an image's name with host, and tag or
 * digest; or NULL. *ret_covered is how many bytes of it the prefix stands for. */
const struct pl_registry_rule *pl_registry_rule_find(const struct pl_registry_rules *rules,
                                                     pl_str whole, size_t *ret_covered);
