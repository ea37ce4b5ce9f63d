/* SPDX-License-Identifier: Apache-2.0 */
#include "command/scan_options.h"
#include "command/progress.h"
#include <sched.h>

/* More inspectors than this only wait for one another. */
enum { MOST_JOBS = 64 };

static unsigned core_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > MOST_JOBS ? MOST_JOBS : (unsigned)count;
}

static enum pl_status read_jobs(const char *text, unsigned *ret, struct pl_error *err)
{
    uint64_t jobs = 0;
    if (!pl_str_to_uint(pl_str_from(text), MOST_JOBS, &jobs) || jobs == 0) {
        return pl_error_set(err, PL_E_USAGE, "--jobs %s: give a number from 1 to %d", text,
                            MOST_JOBS);
    }
    *ret = (unsigned)jobs;
    return PL_OK;
}

static enum pl_status read_scope(const char *text, enum pl_scan_scope *ret, struct pl_error *err)
{
    static const struct {
        const char *word;
        enum pl_scan_scope scope;
    } words[] = {
#define X(name, text) {text, name},
        PL_SCAN_SCOPE_LIST(X)
#undef X
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *ret = words[i].scope;
            return PL_OK;
        }
    }
    return pl_error_set(err, PL_E_USAGE, "--scope %s: give installed, declared or all", text);
}

enum pl_status pl_scan_options_read(const struct pl_args *args, struct pl_scan_options *ret,
                                    struct pl_error *err)
{
    struct pl_scan_options options = {.platform = pl_platform_host(), .jobs = core_count()};
    pl_budget_limits_default(&options.limits);
    if (pl_args_positional_count(args) != 1) {
        return pl_error_set(err, PL_E_USAGE, "give one source, such as dir:/ or image.tar");
    }
    options.source = pl_str_from(pl_args_positional(args, 0));
    enum pl_status st = pl_output_check(args, err);
    const char *jobs = pl_args_value(args, "jobs", NULL);
    if (st == PL_OK && jobs) {
        st = read_jobs(jobs, &options.jobs, err);
    }
    const char *platform = pl_args_value(args, "platform", NULL);
    if (st == PL_OK && platform) {
        st = pl_platform_parse(pl_str_from(platform), &options.platform, err);
    }
    const char *scope = pl_args_value(args, "scope", NULL);
    if (st == PL_OK && scope) {
        st = read_scope(scope, &options.scope, err);
    }
    for (size_t i = 0; st == PL_OK && pl_args_nth(args, "limit", i); i++) {
        st = pl_budget_limits_parse(&options.limits, pl_str_from(pl_args_nth(args, "limit", i)),
                                    err);
    }
    if (st == PL_OK) {
        *ret = options;
    }
    return st;
}

static int exit_status(const struct pl_args *args, const struct pl_report *report)
{
    enum { OUTSIDE_POLICY = 1, WITH_GAPS = 4 };
    if (!report->verdict_pass) {
        return OUTSIDE_POLICY;
    }
    return pl_args_flag(args, "strict") && report->gaps.count > 0 ? WITH_GAPS : 0;
}

int pl_scan_and_print(const struct pl_args *args, struct pl_scan_options *options,
                      const char *otherwise, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {0};
    struct pl_progress_line line pl_autoprogress = {0};
    pl_progress_line_begin(&line);
    options->progress = &line.progress;
    enum pl_status st = pl_scan(&arena, options, &report, err);
    pl_progress_line_end(&line);
    if (st == PL_OK) {
        st = pl_output_write(args, otherwise, &report, err);
    }
    return st < 0 ? pl_command_failed(st) : exit_status(args, &report);
}
