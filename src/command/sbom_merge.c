/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes one document of several sources. What they are about become components themselves; a
 * package that several list is there once, with all its places. Packages of a system keep its
 * release in their package URL where the sources are of different systems, and then the document
 * has no system.
 */
#include "base/map.h"
#include "command/sbom.h"
#include "model/purl.h"

struct merging {
    struct pl_arena *arena;
    struct pl_report *into;
    struct pl_map places; /* of components by package URL, from 1 */
    bool is_first;
    bool is_one_system; /* all sources so far are of the same */
};

static bool is_same_system(const struct pl_os *a, const struct pl_os *b)
{
    return pl_str_eq(a->id, b->id) && pl_str_eq(a->version_id, b->version_id);
}

/* "distro=ID-VERSION", unless it is stated already. */
static void state_release(struct merging *merging, struct pl_component *component,
                          const struct pl_os *os)
{
    struct pl_strs qualifiers = {0};
    pl_str mark = PL_STR("distro=");
    for (size_t i = 0; i < component->qualifiers.count; i++) {
        if (pl_str_starts_with(component->qualifiers.items[i], mark)) {
            return;
        }
        *pl_vec_push(merging->arena, &qualifiers) = component->qualifiers.items[i];
    }
    *pl_vec_push(merging->arena, &qualifiers) =
        pl_arena_format(merging->arena, "distro=" PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(os->id),
                        PL_STR_ARG(os->version_id));
    component->qualifiers = qualifiers;
}

static void add_component(struct merging *merging, const struct pl_component *component)
{
    pl_str key = pl_arena_format(
        merging->arena, PL_STR_FMT " " PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(component->type),
        PL_STR_ARG(pl_component_purl(merging->arena, component)), PL_STR_ARG(component->name));
    void **place = pl_map_at(&merging->places, key);
    struct pl_components *components = &merging->into->components;
    if (!*place) {
        *pl_vec_push(merging->arena, components) = *component;
        *place = (void *)(uintptr_t)components->count;
        return;
    }
    struct pl_component *there = &components->items[(uintptr_t)*place - 1];
    there->is_dev = there->is_dev && component->is_dev;
    there->is_optional = there->is_optional && component->is_optional;
    if (component->scope == PL_SCOPE_INSTALLED) {
        there->scope = PL_SCOPE_INSTALLED;
    }
    for (size_t i = 0; i < component->locations.count; i++) {
        *pl_vec_push(merging->arena, &there->locations) = component->locations.items[i];
    }
}

/* Of a document what it says it is about; of anything else the source itself. */
static void add_subject(struct merging *merging, const struct pl_subject *subject)
{
    struct pl_purl purl = {0};
    const struct pl_evidence_subject *described = &subject->described;
    struct pl_component component = {
        .type = PL_STR("generic"),
        .name = described->name.len > 0 ? described->name : subject->name,
        .version = described->name.len > 0 ? described->version : subject->digest,
        .scope = PL_SCOPE_INSTALLED};
    if (described->purl.len > 0 &&
        pl_purl_parse(merging->arena, described->purl, &purl, NULL) == PL_OK &&
        pl_str_eq(purl.type, PL_STR("oci"))) {
        component.type = purl.type;
        component.name = purl.name;
        component.version = purl.version;
        for (size_t i = 0; i < purl.qualifier_count; i++) {
            *pl_vec_push(merging->arena, &component.qualifiers) = pl_arena_format(
                merging->arena, PL_STR_FMT "=" PL_STR_FMT, PL_STR_ARG(purl.qualifiers[i].key),
                PL_STR_ARG(purl.qualifiers[i].value));
        }
    }
    add_component(merging, &component);
}

static void add_report(struct merging *merging, struct pl_report *report)
{
    struct pl_report *into = merging->into;
    if (!merging->is_first) {
        merging->is_one_system =
            merging->is_one_system && is_same_system(&into->subject.os, &report->subject.os);
    } else {
        into->subject.os = report->subject.os;
        merging->is_first = false;
    }
    for (size_t i = 0; i < report->gaps.count; i++) {
        *pl_vec_push(merging->arena, &into->gaps) = report->gaps.items[i];
    }
}

static int compare_components(const void *a, const void *b)
{
    return pl_component_compare(a, b);
}

static void merge(struct merging *merging, struct pl_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_report(merging, &reports[i]);
    }
    if (!merging->is_one_system) {
        merging->into->subject.os = (struct pl_os){.id = PL_STR_EMPTY};
    }
    for (size_t i = 0; i < count; i++) {
        add_subject(merging, &reports[i].subject);
        for (size_t j = 0; j < reports[i].components.count; j++) {
            struct pl_component *component = &reports[i].components.items[j];
            if (!merging->is_one_system && pl_component_is_system_package(component) &&
                reports[i].subject.os.id.len > 0) {
                state_release(merging, component, &reports[i].subject.os);
            }
            add_component(merging, component);
        }
    }
    struct pl_components *components = &merging->into->components;
    qsort(components->items, components->count, sizeof(*components->items), compare_components);
}

static pl_str name_of(struct pl_arena *arena, const struct pl_scan_request *request)
{
    struct pl_buf names pl_autobuf = PL_BUF_INIT(4096);
    for (size_t i = 0; i < request->sources.count; i++) {
        pl_buf_append_format(&names, "%s" PL_STR_FMT, i > 0 ? ", " : "",
                             PL_STR_ARG(request->sources.items[i].spelling));
    }
    return pl_arena_dup(arena, pl_buf_str(&names));
}

int pl_sbom_run_merge(const struct pl_args *args, struct pl_error *err)
{
    struct pl_scan_request request pl_autorequest = {0};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_output *output PL_CLEANUP(pl_output_freep) = NULL;
    enum pl_status st = pl_scan_request_read(args, 1, &request, err);
    size_t count = request.sources.count;
    struct pl_report *reports = PL_ARENA_ARRAY(&arena, struct pl_report, count);
    for (size_t i = 0; i < count && st == PL_OK; i++) {
        st = pl_scan_request_run(&request, i, &arena, &reports[i], err);
    }
    if (st < 0) {
        return pl_command_failed(st);
    }
    struct pl_report merged = {.verdict_pass = true};
    struct merging merging = {
        .arena = &arena, .into = &merged, .is_first = true, .is_one_system = true};
    merged.subject.kind = PL_STR("sbom");
    merged.subject.name = name_of(&arena, &request);
    merge(&merging, reports, count);
    pl_map_release(&merging.places);
    st =
        pl_output_open(args, "cyclonedx-json", false, &(struct pl_output_details){0}, &output, err);
    if (st == PL_OK) {
        st = pl_output_add(output, &merged, err);
    }
    if (st == PL_OK) {
        st = pl_output_finish(output, NULL, err);
    }
    return st < 0 ? pl_command_failed(st) : 0;
}
