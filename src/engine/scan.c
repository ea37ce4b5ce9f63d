/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/scan.h"
#include "base/sandbox.h"
#include "detect/end_of_life.h"
#include "detect/kernel.h"
#include "detect/repositories.h"
#include "detect/vulnerability.h"
#include "engine/container.h"
#include "engine/inspect_sbom.h"
#include "engine/merge.h"
#include "engine/source.h"
#include "engine/suppressions.h"
#include <sys/stat.h>
#include <sys/utsname.h>

struct scan {
    struct pl_arena *arena;
    const struct pl_scan_options *options;
    const struct pl_catalog_matcher *matcher;
    struct pl_report *report;
    bool takes_all; /* a directory, or what others listed, as opposed to an image or a container */
    struct pl_kernel_place kernel;
    struct pl_components removed; /* of a container: what its image has and it has not */
};

static enum pl_status inspect(const struct scan *scan, const struct pl_source *source,
                              const struct pl_layers_options *options, struct pl_merged *ret,
                              struct pl_error *err)
{
    bool is_one = source->root_fd >= 0 || source->sbom_fd >= 0;
    size_t count = is_one ? 1 : source->image.layers.count;
    const struct pl_evidence **evidence =
        PL_ARENA_ARRAY(scan->arena, const struct pl_evidence *, count);
    enum pl_status st =
        source->sbom_fd >= 0
            ? pl_sbom_inspect(scan->arena, source->sbom_fd, source->name, options, evidence, err)
        : source->root_fd >= 0
            ? pl_tree_inspect(scan->arena, source->root_fd, options, evidence, err)
            : pl_layers_inspect(scan->arena, &source->image, options, evidence, err);
    if (st == PL_OK && source->sbom_fd >= 0 && evidence[0]->files.count > 0) {
        scan->report->subject.described = evidence[0]->files.items[0].subject;
    }
    if (st == PL_OK) {
        pl_merge(scan->arena, scan->matcher, evidence, count, ret);
    }
    return st;
}

static void describe_image(const struct scan *scan, const struct pl_image *image)
{
    struct pl_subject *subject = &scan->report->subject;
    subject->digest = image->digest;
    subject->created = image->created;
    if (image->platform.os.len > 0) {
        subject->platform = pl_platform_format(scan->arena, &image->platform);
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        *pl_vec_push(scan->arena, &subject->layers) = image->layers.items[i].info;
    }
}

/* The release of the running kernel, where the directory is the root of this machine. */
static pl_str running_kernel(struct pl_arena *arena, int root_fd)
{
    struct stat root = {0};
    struct stat own = {0};
    struct utsname system;
    bool is_host = root_fd >= 0 && fstat(root_fd, &root) == 0 && stat("/", &own) == 0 &&
                   root.st_dev == own.st_dev && root.st_ino == own.st_ino;
    return is_host && uname(&system) == 0 ? pl_arena_dup(arena, pl_str_from(system.release))
                                          : PL_STR_EMPTY;
}

static enum pl_status scan_container(struct scan *scan, pl_str name,
                                     const struct pl_source_options *how, struct pl_merged *ret,
                                     struct pl_error *err)
{
    struct pl_container_view view = {0};
    enum pl_status st = pl_container_view(scan->arena, name, how, &view, err);
    if (st < 0) {
        return st;
    }
    struct pl_subject *subject = &scan->report->subject;
    scan->kernel.is_container = true;
    subject->kind = PL_STR("container");
    subject->name = view.facts->name;
    subject->source = view.facts->engine;
    subject->container = view.facts;
    subject->changes = view.changes;
    scan->removed = view.removed;
    describe_image(scan, &view.image);
    *ret = view.merged;
    return PL_OK;
}

static enum pl_status scan_source(struct scan *scan, const struct pl_source_options *how,
                                  struct pl_merged *ret, struct pl_error *err)
{
    struct pl_source source pl_autosource = PL_SOURCE_INIT;
    enum pl_status st = pl_source_open(scan->arena, scan->options->source, how, &source, err);
    if (st < 0) {
        return st;
    }
    st = inspect(scan, &source, how->layers, ret, err);
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(scan->options->source));
    }
    scan->report->subject.name = source.name;
    scan->report->subject.source = source.scheme;
    scan->takes_all = source.root_fd >= 0 || source.sbom_fd >= 0;
    scan->kernel.is_container = !scan->takes_all;
    scan->kernel.running = running_kernel(scan->arena, source.root_fd);
    scan->report->subject.kind = source.sbom_fd >= 0   ? PL_STR("sbom")
                                 : source.root_fd >= 0 ? PL_STR("filesystem")
                                                       : PL_STR("image");
    describe_image(scan, &source.image);
    return PL_OK;
}

static bool is_in_scope(const struct scan *scan, const struct pl_component *component)
{
    enum pl_scan_scope scope = scan->options->scope;
    if (scope == PL_SCAN_BY_SOURCE) {
        scope = scan->takes_all ? PL_SCAN_ALL : PL_SCAN_INSTALLED;
    }
    enum pl_scan_scope own =
        component->scope == PL_SCOPE_DECLARED ? PL_SCAN_DECLARED : PL_SCAN_INSTALLED;
    return scope == PL_SCAN_ALL || scope == own;
}

static void keep_scope(const struct scan *scan)
{
    struct pl_components *components = &scan->report->components;
    size_t kept = 0;
    for (size_t i = 0; i < components->count; i++) {
        if (is_in_scope(scan, &components->items[i])) {
            components->items[kept++] = components->items[i];
        }
    }
    components->count = kept;
    for (size_t i = 0; i < scan->removed.count; i++) {
        if (is_in_scope(scan, &scan->removed.items[i])) {
            *pl_vec_push(scan->arena, &scan->report->subject.removed) =
                pl_component_purl(scan->arena, &scan->removed.items[i]);
        }
    }
}

static enum pl_status suppress(const struct scan *scan, struct pl_error *err)
{
    struct pl_report *report = scan->report;
    struct pl_suppressions rules = {0};
    for (size_t i = 0; scan->options->suppressions && i < scan->options->suppressions->count; i++) {
        *pl_vec_push(scan->arena, &rules) = scan->options->suppressions->items[i];
    }
    size_t given = rules.count;
    enum pl_status st =
        pl_suppressions_of_db(scan->arena, scan->options->db, &rules, &report->gaps, err);
    if (st == PL_OK) {
        pl_suppressions_settle(scan->arena, &rules, given, scan->options->today, report);
    }
    return st;
}

static enum pl_status detect(const struct scan *scan, struct pl_error *err)
{
    struct pl_report *report = scan->report;
    struct pl_db_info info = {0};
    enum pl_status st = pl_db_info(scan->options->db, scan->arena, &info, err);
    if (st < 0) {
        return st;
    }
    report->has_findings = true;
    report->database_generation = info.generation;
    report->feeds = info.feeds;
    struct pl_strs paid = pl_os_paid_ecosystems(scan->arena, &report->subject.os);
    struct pl_vulnerability_query query = {.os = &report->subject.os,
                                           .ecosystems = &report->subject.ecosystems,
                                           .paid_ecosystems = &paid,
                                           .components = &report->components};
    st = pl_end_of_life_find(scan->arena, scan->options->db, &report->subject.os,
                             &report->subject.end_of_life, err);
    if (st == PL_OK) {
        st = pl_repositories_find(scan->arena, scan->options->db, &report->subject.os,
                                  &report->subject.ecosystems, err);
    }
    if (st < 0) {
        return st;
    }
    st = pl_vulnerability_detect(scan->arena, scan->options->db, &query, &report->findings,
                                 &report->gaps, err);
    if (st == PL_OK) {
        pl_kernel_set_apart(&scan->kernel, &report->components, &report->findings);
        pl_findings_sort(&report->findings);
        st = suppress(scan, err);
    }
    if (st == PL_OK) {
        pl_policy_apply(&scan->options->policy, scan->arena, report);
    }
    return st;
}

enum pl_status pl_scan(struct pl_arena *arena, const struct pl_scan_options *options,
                       struct pl_report *ret, struct pl_error *err)
{
    struct pl_catalog_matcher *matcher PL_CLEANUP(pl_catalog_matcher_freep) =
        pl_catalog_matcher_new_selected(&options->catalogers);
    struct pl_layers_options layers = {
        .jobs = options->jobs,
        .limits = options->limits,
        .matcher = matcher,
        .progress = options->progress,
        .cache = {options->cache, &options->limits, options->catalogers.hash}};
    struct pl_source_options how = {&options->platform, &layers, &options->registry};
    struct pl_report report = {.verdict_pass = true, .sandbox = pl_str_from(pl_sandbox_missing())};
    struct scan scan = {.arena = arena, .options = options, .matcher = matcher, .report = &report};
    struct pl_merged merged = {0};
    pl_str scheme = PL_STR("container:");
    enum pl_status st =
        pl_str_starts_with(options->source, scheme)
            ? scan_container(&scan, pl_str_skip(options->source, scheme.len), &how, &merged, err)
            : scan_source(&scan, &how, &merged, err);
    if (st < 0) {
        return st;
    }
    report.subject.os = merged.os;
    report.subject.end_of_life = pl_os_end_of_life(&merged.os);
    report.subject.ecosystems = pl_os_ecosystems(arena, &merged.os);
    report.components = merged.components;
    report.gaps = merged.gaps;
    keep_scope(&scan);
    if (options->db) {
        st = detect(&scan, err);
    }
    if (st == PL_OK) {
        *ret = report;
    }
    return st;
}
