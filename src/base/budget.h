/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * budget - what one inspection may use, and the sentence that is said when it is used up.
 *
 * A budget is a value: the limits, and what was used so far. Each taker returns PL_E_LIMIT with a
 * text that names the limit, its value and the option that raises it. Wall time is read from the
 * monotonic clock each time bytes are taken.
 */
#include "base/error.h"
#include "base/str.h"

/* name of the option, field, default, unit, what it bounds */
#define PL_BUDGET_LIST(X)                                                                          \
    X("layer-bytes", layer_bytes, PL_LIMIT_LAYER_BYTES, "bytes", "uncompressed bytes of a layer")  \
    X("layer-entries", layer_entries, PL_LIMIT_LAYER_ENTRIES, "entries", "entries of a layer")     \
    X("ratio", ratio, PL_LIMIT_RATIO, "times", "uncompressed to compressed bytes")                 \
    X("file-bytes", file_bytes, PL_LIMIT_FILE_BYTES, "bytes", "one file that is read whole")       \
    X("evidence-bytes", evidence_bytes, PL_LIMIT_EVIDENCE_BYTES, "bytes",                          \
      "what is kept of a layer")                                                                   \
    X("layer-seconds", layer_seconds, PL_LIMIT_LAYER_SECONDS, "seconds", "wall time of a layer")

struct pl_budget_limits {
#define X(option, field, value, unit, what) uint64_t field;
    PL_BUDGET_LIST(X)
#undef X
};

struct pl_budget {
    struct pl_budget_limits limits;
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t entries;
    uint64_t started_ms;
};

void pl_budget_limits_default(struct pl_budget_limits *limits);

/* A number with K, M or G (powers of 1024) after it at will; not 0. */
enum pl_status pl_amount_parse(pl_str text, uint64_t *ret, struct pl_error *err);

/* "NAME=VALUE", VALUE in the unit of the limit, with K, M or G (powers of 1024) after it at will.
 */
enum pl_status pl_budget_limits_parse(struct pl_budget_limits *limits, pl_str assignment,
                                      struct pl_error *err);

void pl_budget_start(struct pl_budget *budget, const struct pl_budget_limits *limits);

/* `bytes_in` more were consumed and `bytes_out` more came out. */
enum pl_status pl_budget_take_bytes(struct pl_budget *budget, uint64_t bytes_in, uint64_t bytes_out,
                                    struct pl_error *err);
enum pl_status pl_budget_take_entry(struct pl_budget *budget, struct pl_error *err);
/* Does a file of this size fit? Takes nothing. */
enum pl_status pl_budget_check_file(const struct pl_budget *budget, uint64_t size_bytes,
                                    struct pl_error *err);
