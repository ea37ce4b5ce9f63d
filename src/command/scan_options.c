/* SPDX-License-Identifier: Apache-2.0 */
#include "command/scan_options.h"
#include "command/progress.h"
#include "engine/source.h"
#include "image/registry/client.h"
#include <assert.h>
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

void pl_scan_request_release(struct pl_scan_request *request)
{
    pl_cache_close(request->cache);
    pl_arena_release(&request->arena);
}

static enum pl_status read_options(const struct pl_args *args, struct pl_scan_request *request,
                                   struct pl_error *err)
{
    struct pl_scan_options *options = &request->options;
    const char *jobs = pl_args_value(args, "jobs", NULL);
    const char *catalogers = pl_args_value(args, "catalogers", NULL);
    enum pl_status st = jobs ? read_jobs(jobs, &options->jobs, err) : PL_OK;
    const char *platform = pl_args_value(args, "platform", NULL);
    if (st == PL_OK && platform) {
        st = pl_platform_parse(pl_str_from(platform), &options->platform, err);
    }
    if (st == PL_OK && catalogers) {
        st = pl_catalog_select(&request->arena, pl_str_from(catalogers), &options->catalogers, err);
    }
    const char *scope = pl_args_value(args, "scope", NULL);
    if (st == PL_OK && scope) {
        st = read_scope(scope, &options->scope, err);
    }
    for (size_t i = 0; st == PL_OK && pl_args_nth(args, "limit", i); i++) {
        st = pl_budget_limits_parse(&options->limits, pl_str_from(pl_args_nth(args, "limit", i)),
                                    err);
    }
    return st;
}

/* NAME or registry:NAME, and no more: which tags there are is what the registry is asked. */
static enum pl_status parse_repository(struct pl_arena *arena, pl_str name,
                                       struct pl_reference *ret, struct pl_error *err)
{
    pl_str scheme = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    if (pl_str_cut(name, ':', &scheme, &rest) &&
        (pl_image_source_find(scheme) || pl_str_eq(scheme, PL_STR("dir")) ||
         pl_str_eq(scheme, PL_STR("container")) || pl_str_eq(scheme, PL_STR("sbom")))) {
        return pl_error_set(err, PL_E_USAGE,
                            "only a registry lists tags, and " PL_STR_FMT " is none",
                            PL_STR_ARG(scheme));
    }
    bool is_path = pl_source_looks_like_path(name);
    bool has_tag_or_port = pl_str_find_char(name, '/') == SIZE_MAX &&
                           pl_str_find_char(name, ':') != SIZE_MAX &&
                           pl_str_find_char(name, '@') == SIZE_MAX;
    struct pl_reference reference = {0};
    if (!is_path && !has_tag_or_port) {
        enum pl_status st = pl_reference_parse_repository(arena, name, &reference, err);
        if (st < 0) {
            return st;
        }
    }
    if (reference.repository.len == 0) {
        return pl_error_set(err, PL_E_USAGE, "%s; --all-tags wants the name of a repository alone",
                            is_path           ? "this is a path"
                            : has_tag_or_port ? "this has a tag, or is a registry"
                                              : "this is a registry");
    }
    *ret = reference;
    return PL_OK;
}

static enum pl_status add_all_tags(struct pl_scan_request *request, pl_str source,
                                   struct pl_error *err)
{
    pl_str name = source;
    pl_str scheme = PL_STR("registry:");
    if (pl_str_starts_with(name, scheme)) {
        name = pl_str_skip(name, scheme.len);
    }
    struct pl_arena *arena = &request->arena;
    struct pl_reference reference = {0};
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    struct pl_strs tags = {0};
    enum pl_status st = parse_repository(arena, name, &reference, err);
    if (st == PL_OK) {
        st = pl_registry_open(&request->options.registry, &reference, &registry, err);
    }
    if (st == PL_OK) {
        st = pl_registry_tags(registry, arena, &tags, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(source));
    }
    pl_strs_sort(&tags);
    for (size_t i = 0; i < tags.count; i++) {
        if (i > 0 && pl_str_eq(tags.items[i], tags.items[i - 1])) {
            continue;
        }
        pl_vec_push(arena, &request->sources)->spelling =
            pl_arena_format(arena, "registry:" PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(name),
                            PL_STR_ARG(tags.items[i]));
    }
    return tags.count > 0
               ? PL_OK
               : pl_error_set(err, PL_E_NOT_FOUND, PL_STR_FMT " has no tags", PL_STR_ARG(source));
}

/* Among several repositories, one whose tags are not told is like an image that is not there. */
static void add_failure(struct pl_scan_request *request, pl_str source, const struct pl_error *why)
{
    struct pl_error *failure = PL_ARENA_NEW(&request->arena, struct pl_error);
    *failure = *why;
    *pl_vec_push(&request->arena, &request->sources) = (struct pl_scan_source){source, failure};
}

static enum pl_status read_sources(const struct pl_args *args, size_t first,
                                   struct pl_scan_request *request, struct pl_error *err)
{
    size_t count = pl_args_positional_count(args) - first;
    if (count == 0) {
        return pl_error_set(err, PL_E_USAGE,
                            "give a source, such as nginx:1.25, image.tar or dir:/");
    }
    for (size_t i = 0; i < count; i++) {
        pl_str source = pl_str_from(pl_args_positional(args, first + i));
        if (!pl_args_flag(args, "all-tags")) {
            pl_vec_push(&request->arena, &request->sources)->spelling = source;
            continue;
        }
        struct pl_error why = PL_ERROR_INIT;
        enum pl_status st = add_all_tags(request, source, &why);
        if (st < 0 && (count == 1 || st == PL_E_USAGE)) {
            *err = why;
            return st;
        }
        if (st < 0) {
            add_failure(request, source, &why);
        }
    }
    return PL_OK;
}

enum pl_status pl_scan_request_read(const struct pl_args *args, size_t first,
                                    struct pl_scan_request *request, struct pl_error *err)
{
    struct pl_scan_options *options = &request->options;
    *options = (struct pl_scan_options){.platform = pl_platform_host(), .jobs = core_count()};
    pl_budget_limits_default(&options->limits);
    enum pl_status st = pl_output_check(args, err);
    if (st == PL_OK) {
        st = read_options(args, request, err);
    }
    if (st == PL_OK) {
        st = pl_registry_options_read(args, &request->arena, &options->registry, err);
    }
    if (st == PL_OK) {
        st = read_sources(args, first, request, err);
    }
    if (st == PL_OK) {
        st = pl_command_cache_for_scan(args, &request->cache, err);
        options->cache = request->cache;
    }
    return st;
}

enum { OUTSIDE_POLICY = 1, WRONG_USAGE = 2, NOT_DONE = 3, WITH_GAPS = 4 };

static int exit_status(const struct pl_args *args, const struct pl_report *report)
{
    if (!report->verdict_pass) {
        return OUTSIDE_POLICY;
    }
    return pl_args_flag(args, "strict") && report->gaps.count > 0 ? WITH_GAPS : 0;
}

enum pl_status pl_scan_request_run(struct pl_scan_request *request, size_t number,
                                   struct pl_arena *arena, struct pl_report *report,
                                   struct pl_error *err)
{
    const struct pl_scan_source *source = &request->sources.items[number];
    if (source->failure) {
        *err = *source->failure;
        return err->status;
    }
    struct pl_progress_line line pl_autoprogress = {0};
    pl_progress_line_begin(&line);
    request->options.source = source->spelling;
    if (request->sources.count > 1) {
        line.subject = pl_arena_format(arena, "%zu/%zu " PL_STR_FMT, number + 1,
                                       request->sources.count, PL_STR_ARG(request->options.source));
    }
    request->options.progress = &line.progress;
    enum pl_status st = pl_scan(arena, &request->options, report, err);
    pl_progress_line_end(&line);
    return st;
}

static int print_one(const struct pl_args *args, struct pl_scan_request *request,
                     const char *otherwise, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report report = {0};
    struct pl_output *output PL_CLEANUP(pl_output_freep) = NULL;
    enum pl_status st = pl_scan_request_run(request, 0, &arena, &report, err);
    if (st == PL_OK) {
        st = pl_output_open(args, otherwise, false, &request->details, &output, err);
    }
    if (st == PL_OK) {
        st = pl_output_add(output, &report, err);
    }
    if (st == PL_OK) {
        st = pl_output_finish(output, NULL, err);
    }
    return st < 0 ? pl_command_failed(st) : exit_status(args, &report);
}

/* Outside policy weighs more than a gap, and any failure more than both. */
static int worse_exit(int a, int b)
{
    static const int weights[] = {
        [WITH_GAPS] = 1, [OUTSIDE_POLICY] = 2, [WRONG_USAGE] = 3, [NOT_DONE] = 4};
    assert((size_t)a < PL_ARRAY_LEN(weights) && (size_t)b < PL_ARRAY_LEN(weights));
    return weights[a] >= weights[b] ? a : b;
}

static int print_all(const struct pl_args *args, struct pl_scan_request *request,
                     const char *otherwise, struct pl_error *err)
{
    struct pl_summary summary = {0};
    struct pl_output *output PL_CLEANUP(pl_output_freep) = NULL;
    int result = 0;
    enum pl_status st = pl_output_open(args, otherwise, true, &request->details, &output, err);
    for (size_t i = 0; i < request->sources.count && st == PL_OK; i++) {
        pl_str source = request->sources.items[i].spelling;
        struct pl_arena arena pl_autoarena = {0};
        struct pl_report report = {0};
        struct pl_error why = PL_ERROR_INIT;
        enum pl_status scanned = pl_scan_request_run(request, i, &arena, &report, &why);
        if (scanned < 0) {
            fprintf(stderr, "plimsoll: %s\n", why.msg);
            pl_summary_fail(&summary, &request->arena, source, &why);
            result = worse_exit(result, pl_status_exit(scanned));
            continue;
        }
        pl_summary_add(&summary, &request->arena, source, &report);
        result = worse_exit(result, exit_status(args, &report));
        st = pl_output_add(output, &report, err);
    }
    if (st == PL_OK) {
        st = pl_output_finish(output, &summary, err);
    }
    return st < 0 ? pl_command_failed(st) : result;
}

int pl_scan_and_print(const struct pl_args *args, struct pl_scan_request *request,
                      const char *otherwise, struct pl_error *err)
{
    bool is_one = request->sources.count == 1 && !pl_args_flag(args, "all-tags");
    return is_one ? print_one(args, request, otherwise, err)
                  : print_all(args, request, otherwise, err);
}
