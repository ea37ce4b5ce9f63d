/* SPDX-License-Identifier: Apache-2.0 */
#include "base/budget.h"
#include "base/limits.h"
#include <time.h>

static const struct {
    const char *option;
    size_t offset;
    uint64_t value;
    const char *unit;
    const char *what;
} budget_table[] = {
#define X(option, field, value, unit, what)                                                        \
    {option, offsetof(struct pl_budget_limits, field), value, unit, what},
    PL_BUDGET_LIST(X)
#undef X
};

static uint64_t *limit_at(struct pl_budget_limits *limits, size_t row)
{
    return (uint64_t *)(void *)((char *)limits + budget_table[row].offset);
}

static uint64_t monotonic_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void pl_budget_limits_default(struct pl_budget_limits *limits)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(budget_table); i++) {
        *limit_at(limits, i) = budget_table[i].value;
    }
}

enum pl_status pl_amount_parse(pl_str text, uint64_t *ret, struct pl_error *err)
{
    pl_str rest = text;
    uint64_t value = 0;
    unsigned shift = 0;
    bool ok = pl_str_take_uint(&rest, UINT64_MAX >> 30, &value);
    if (ok && rest.len == 1) {
        switch (rest.ptr[0]) {
        case 'K':
            shift = 10;
            break;
        case 'M':
            shift = 20;
            break;
        case 'G':
            shift = 30;
            break;
        default:
            ok = false;
        }
    } else if (rest.len != 0) {
        ok = false;
    }
    if (!ok || value == 0) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" is not an amount; write a number such as 500000 "
                            "or 20G",
                            PL_STR_ARG(text));
    }
    *ret = value << shift;
    return PL_OK;
}

enum pl_status pl_budget_limits_parse(struct pl_budget_limits *limits, pl_str assignment,
                                      struct pl_error *err)
{
    pl_str name = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    pl_str_cut(assignment, '=', &name, &value);
    for (size_t i = 0; i < PL_ARRAY_LEN(budget_table); i++) {
        if (pl_str_eq(name, pl_str_from(budget_table[i].option))) {
            return pl_amount_parse(value, limit_at(limits, i), err);
        }
    }
    char known[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < PL_ARRAY_LEN(budget_table); i++) {
        size_t len = strlen(budget_table[i].option);
        if (used + len + 3 < sizeof(known)) {
            memcpy(known + used, i ? ", " : "", i ? 2 : 0);
            used += i ? 2 : 0;
            memcpy(known + used, budget_table[i].option, len + 1);
            used += len;
        }
    }
    return pl_error_set(err, PL_E_USAGE, "there is no limit \"" PL_STR_FMT "\"; there are %s",
                        PL_STR_ARG(name), known);
}

static enum pl_status used_up(const struct pl_budget *budget, size_t limit_offset,
                              struct pl_error *err)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(budget_table); i++) {
        if (budget_table[i].offset == limit_offset) {
            const char *base = (const char *)&budget->limits;
            uint64_t limit = *(const uint64_t *)(const void *)(base + limit_offset);
            return pl_error_set(err, PL_E_LIMIT,
                                "limit %s reached: %s, at most %llu %s; raise it with "
                                "--limit %s=VALUE if you trust the input",
                                budget_table[i].option, budget_table[i].what,
                                (unsigned long long)limit, budget_table[i].unit,
                                budget_table[i].option);
        }
    }
    return pl_error_set(err, PL_E_INTERNAL, "no such limit");
}

#define USED_UP(budget, field, err) used_up(budget, offsetof(struct pl_budget_limits, field), err)

void pl_budget_start(struct pl_budget *budget, const struct pl_budget_limits *limits)
{
    *budget = (struct pl_budget){.limits = *limits, .started_ms = monotonic_ms()};
}

enum pl_status pl_budget_take_bytes(struct pl_budget *budget, uint64_t bytes_in, uint64_t bytes_out,
                                    struct pl_error *err)
{
    budget->bytes_in += bytes_in;
    budget->bytes_out += bytes_out;
    if (budget->bytes_out > budget->limits.layer_bytes) {
        return USED_UP(budget, layer_bytes, err);
    }
    if (budget->bytes_out > PL_LIMIT_RATIO_GRACE &&
        budget->bytes_out / budget->limits.ratio > budget->bytes_in) {
        return USED_UP(budget, ratio, err);
    }
    if ((monotonic_ms() - budget->started_ms) / 1000 >= budget->limits.layer_seconds) {
        return USED_UP(budget, layer_seconds, err);
    }
    return PL_OK;
}

enum pl_status pl_budget_take_entry(struct pl_budget *budget, struct pl_error *err)
{
    budget->entries++;
    if (budget->entries > budget->limits.layer_entries) {
        return USED_UP(budget, layer_entries, err);
    }
    return PL_OK;
}

enum pl_status pl_budget_check_file(const struct pl_budget *budget, uint64_t size_bytes,
                                    struct pl_error *err)
{
    if (size_bytes > budget->limits.file_bytes) {
        return USED_UP(budget, file_bytes, err);
    }
    return PL_OK;
}
