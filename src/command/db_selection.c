/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_selection.h"
#include "command/progress.h"
#include "command/registry_options.h"
#include "engine/scan.h"
#include "model/ecosystem.h"
#include "model/kubernetes.h"
#include <unistd.h>

/* Advisories on software that no package manager knows. */
#define PRODUCTS "cpe"

static unsigned core_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

static void add_component(struct pl_arena *arena, const struct pl_component *component,
                          struct pl_feed_selection *selection)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_package_keys keys = {0};
    struct pl_purl purl = {0};
    if (component->cpes.count > 0) {
        pl_feed_selection_add_name(arena, selection, PL_STR(PRODUCTS));
    }
    if (component->third_party_ecosystem.len > 0) {
        pl_feed_selection_add_name(arena, selection, component->third_party_ecosystem);
    }
    pl_str release = PL_STR_EMPTY;
    if (pl_kubernetes_package(&scratch, component, &release).len > 0 ||
        pl_kubernetes_is_project(component->name)) {
        pl_feed_selection_add_name(arena, selection, PL_STR(PL_KUBERNETES_ECOSYSTEM));
    }
    pl_str text = pl_component_purl(&scratch, component);
    if (pl_purl_parse(&scratch, text, &purl, NULL) == PL_OK &&
        pl_ecosystem_of_purl(&scratch, &purl, &keys, NULL) == PL_OK) {
        for (size_t i = 0; i < keys.count; i++) {
            pl_feed_selection_add_name(arena, selection, keys.items[i].ecosystem);
        }
    }
}

/* What a scan of this system asks. Which products the content sets of Red Hat's images are of, the
 * database alone knows, once there is one. */
static void add_system(struct pl_arena *arena, const struct pl_os *os,
                       struct pl_feed_selection *selection)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_strs system = pl_os_ecosystems(&scratch, os);
    struct pl_strs paid = pl_os_paid_ecosystems(&scratch, os);
    for (size_t i = 0; i < system.count + paid.count; i++) {
        pl_feed_selection_add_name(
            arena, selection, i < system.count ? system.items[i] : paid.items[i - system.count]);
    }
    if (os->content_sets.len > 0 && system.count > 0) {
        pl_feed_selection_add_name(
            arena, selection,
            pl_arena_format(&scratch, "Red Hat:" PL_STR_FMT, PL_STR_ARG(os->version_id)));
    }
}

/* The ecosystems of what is in an image, or whatever a scan reads. */
static enum pl_status add_source(struct pl_arena *arena, const struct pl_args *args,
                                 const char *source, struct pl_feed_selection *selection,
                                 struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_report report = {0};
    struct pl_progress_line line pl_autoprogress;
    struct pl_scan_options options = {.source = pl_str_from(source),
                                      .scope = PL_SCAN_ALL,
                                      .platform = pl_platform_host(),
                                      .jobs = core_count()};
    pl_budget_limits_default(&options.limits);
    pl_progress_line_begin(&line);
    options.progress = &line.progress;
    enum pl_status st = pl_command_cache_for_scan(args, &options.cache, err);
    if (st == PL_OK) {
        st = pl_scan(&scratch, &options, &report, err);
    }
    pl_progress_line_end(&line);
    pl_cache_close(options.cache);
    if (st < 0) {
        return pl_error_wrap(err, "--for %s", source);
    }
    add_system(arena, &report.subject.os, selection);
    for (size_t i = 0; i < report.components.count; i++) {
        add_component(arena, &report.components.items[i], selection);
    }
    return selection->names.count > 0
               ? PL_OK
               : pl_error_set(err, PL_E_NOT_FOUND,
                              "--for %s: nothing in it is of an ecosystem with advisories", source);
}

enum pl_status pl_db_selection_read(const struct pl_args *args,
                                    const struct pl_db_manifest *manifest, struct pl_arena *arena,
                                    struct pl_feed_selection *ret, struct pl_error *err)
{
    struct pl_feed_selection selection = {0};
    pl_str list = pl_str_from(pl_args_value(args, "ecosystems", ""));
    bool is_asked = list.len > 0 || pl_args_nth(args, "for", 0);
    bool is_all = pl_str_eq(list, PL_STR("all"));
    enum pl_status st = PL_OK;
    const char *source = NULL;
    for (size_t i = 0; !is_asked && list.len == 0 && i < manifest->slices.count; i++) {
        list = manifest->slices.items[i].selection;
    }
    if (list.len > 0 && !is_all) {
        st = pl_feed_selection_add(arena, &selection, list, err);
    }
    selection.may_lack = !is_asked || pl_args_nth(args, "for", 0);
    for (size_t i = 0; st == PL_OK && (source = pl_args_nth(args, "for", i)); i++) {
        st = add_source(arena, args, source, &selection, err);
    }
    if (st == PL_OK) {
        *ret = selection;
    }
    return st;
}

void pl_db_selection_keep(const struct pl_feed_selection *selection, struct pl_db_builder *builder)
{
    const struct pl_db_manifest *manifest = pl_db_builder_manifest(builder);
    for (size_t i = manifest->slices.count; i > 0; i--) {
        const struct pl_db_slice_info *slice = &manifest->slices.items[i - 1];
        bool is_wanted = slice->ecosystems.count == 0;
        for (size_t k = 0; k < slice->ecosystems.count; k++) {
            is_wanted = is_wanted || pl_feed_selection_has(selection, slice->ecosystems.items[k]);
        }
        if (!is_wanted) {
            pl_db_builder_remove(builder, slice->name);
        }
    }
}
