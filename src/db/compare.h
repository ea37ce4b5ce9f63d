/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * compare - in what two slices differ.
 */
#include "db/changes.h"

/* Takes what differs, in no order and maybe several times; a record that came or went may be told
 * as changed besides. Strings are good during the call. */
struct pl_db_compare_sink {
    enum pl_status (*package)(void *context, pl_str key, struct pl_error *err);
    enum pl_status (*record)(void *context, enum pl_db_change change, pl_str id,
                             struct pl_error *err);
    void *context;
};

/* Either table may be NULL: it has nothing then. */
enum pl_status pl_db_compare(struct pl_table *before, struct pl_table *after,
                             const struct pl_db_compare_sink *sink, struct pl_error *err);
