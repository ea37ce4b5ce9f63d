/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/kubernetes.h"
#include "base/compiler.h"

struct mask {
    uint32_t programs; /* bits by pl_kubernetes_name_at */
};

enum { ALL_PROGRAMS = -1 };

void pl_kubernetes_close(struct pl_kubernetes *kubernetes)
{
    pl_map_release(&kubernetes->masks);
    pl_map_release(&kubernetes->files);
}

void pl_kubernetes_see(struct pl_kubernetes *kubernetes, const struct pl_component *component)
{
    if (!pl_str_eq(component->type, PL_STR(PL_KUBERNETES_TYPE))) {
        return;
    }
    for (size_t i = 0; i < component->locations.count; i++) {
        *pl_map_at(&kubernetes->files, component->locations.items[i].path) = kubernetes;
    }
}

bool pl_kubernetes_is_asked_as_program(const struct pl_kubernetes *kubernetes,
                                       const struct pl_component *component)
{
    size_t known = 0;
    for (size_t i = 0; i < component->locations.count; i++) {
        known += pl_map_find(&kubernetes->files, component->locations.items[i].path) != NULL;
    }
    return known > 0 && known == component->locations.count;
}

bool pl_kubernetes_holds_program(const struct pl_component *component)
{
    for (size_t i = 0; i < component->contains.count; i++) {
        if (pl_str_starts_with(component->contains.items[i],
                               PL_STR("pkg:" PL_KUBERNETES_TYPE "/")) &&
            pl_str_find_char(component->contains.items[i], '@') != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static void add_name(struct pl_arena *arena, struct pl_map *masks, pl_str name, uint32_t programs)
{
    void **at = pl_map_at(masks, name);
    if (!*at) {
        *at = PL_ARENA_NEW(arena, struct mask);
    }
    struct mask *mask = *at;
    mask->programs |= programs;
}

static enum pl_status read_name(struct pl_arena *arena, struct pl_db *db, pl_str name,
                                uint32_t programs, struct pl_map *masks, struct pl_error *err)
{
    struct pl_db_matches hits = {0};
    enum pl_status st = pl_db_lookup(db, arena, PL_STR(PL_KUBERNETES_ECOSYSTEM), name, &hits, err);
    for (size_t i = 0; st == PL_OK && i < hits.count; i++) {
        struct pl_advisory *advisory = PL_ARENA_NEW(arena, struct pl_advisory);
        st = pl_db_match_advisory(db, arena, &hits.items[i], advisory, err);
        if (st < 0 || !pl_advisory_is_security(advisory)) {
            continue;
        }
        add_name(arena, masks, advisory->id, programs);
        for (size_t j = 0; j < advisory->aliases.count; j++) {
            add_name(arena, masks, advisory->aliases.items[j], programs);
        }
    }
    return st;
}

enum pl_status pl_kubernetes_read(struct pl_kubernetes *kubernetes, struct pl_arena *arena,
                                  struct pl_db *db, struct pl_error *err)
{
    if (kubernetes->is_read) {
        return PL_OK;
    }
    enum pl_status st = read_name(arena, db, PL_STR(PL_KUBERNETES_WHOLE), (uint32_t)ALL_PROGRAMS,
                                  &kubernetes->masks, err);
    for (size_t i = 0; st == PL_OK && pl_kubernetes_name_at(i).len > 0; i++) {
        st = read_name(arena, db, pl_kubernetes_name_at(i), UINT32_C(1) << i, &kubernetes->masks,
                       err);
    }
    kubernetes->is_read = st == PL_OK;
    return st;
}

static uint32_t programs_of(const struct pl_kubernetes *kubernetes,
                            const struct pl_advisory *advisory)
{
    const struct pl_strs *lists[] = {&advisory->aliases, &advisory->upstream};
    const struct mask *own = pl_map_find(&kubernetes->masks, advisory->id);
    uint32_t found = own ? own->programs : 0;
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct mask *mask = pl_map_find(&kubernetes->masks, lists[i]->items[j]);
            found |= mask ? mask->programs : 0;
        }
    }
    return found;
}

bool pl_kubernetes_is_of_others(const struct pl_kubernetes *kubernetes, pl_str name,
                                const struct pl_advisory *advisory)
{
    uint32_t said = programs_of(kubernetes, advisory);
    for (size_t i = 0; pl_kubernetes_name_at(i).len > 0; i++) {
        if (pl_str_eq(name, pl_kubernetes_name_at(i))) {
            return said != 0 && (said & UINT32_C(1) << i) == 0;
        }
    }
    return false;
}

/* What is said in Go's ecosystem of the module that all programs are in, less what Kubernetes says
 * of others among them. */
static enum pl_status match_module(struct pl_kubernetes *kubernetes, struct pl_matcher *matcher,
                                   pl_str name, pl_str release, struct pl_question *question,
                                   struct pl_statements *statements, struct pl_error *err)
{
    struct pl_statements said = {0};
    enum pl_status st = pl_kubernetes_read(kubernetes, matcher->arena, matcher->db, err);
    question->name = PL_STR(PL_KUBERNETES_WHOLE);
    question->version = pl_arena_format(matcher->arena, "v" PL_STR_FMT, PL_STR_ARG(release));
    if (st == PL_OK) {
        st = pl_question_ask(matcher, question, PL_STR("Go"), &said, err);
    }
    for (size_t i = 0; st == PL_OK && i < said.count; i++) {
        if (!pl_kubernetes_is_of_others(kubernetes, name, said.items[i].advisory)) {
            *pl_vec_push(matcher->arena, statements) = said.items[i];
        }
    }
    return st;
}

enum pl_status pl_kubernetes_match(struct pl_kubernetes *kubernetes, struct pl_matcher *matcher,
                                   const struct pl_component *component, pl_str name,
                                   pl_str release, struct pl_statements *statements,
                                   struct pl_error *err)
{
    const pl_str ecosystem = PL_STR(PL_KUBERNETES_ECOSYSTEM);
    struct pl_question question = pl_question_of(component, false);
    question.name = name;
    question.version = release;
    enum pl_status st = pl_question_ask(matcher, &question, ecosystem, statements, err);
    if (st == PL_OK && pl_kubernetes_is_program(name)) {
        question.name = PL_STR(PL_KUBERNETES_WHOLE);
        st = pl_question_ask(matcher, &question, ecosystem, statements, err);
        if (st == PL_OK) {
            st = match_module(kubernetes, matcher, name, release, &question, statements, err);
        }
    }
    return st < 0 ? pl_error_wrap(err, "matching " PL_STR_FMT, PL_STR_ARG(name)) : PL_OK;
}

void pl_kubernetes_note_gap(struct pl_matcher *matcher, const struct pl_component *component,
                            const char *why)
{
    pl_question_note_gap(matcher, component,
                         pl_arena_format(matcher->arena, PL_STR_FMT " was not judged: %s",
                                         PL_STR_ARG(component->name), why));
}

enum pl_status pl_kubernetes_match_program(struct pl_kubernetes *kubernetes,
                                           struct pl_matcher *matcher,
                                           const struct pl_component *component,
                                           struct pl_statements *statements, struct pl_error *err)
{
    pl_str release = pl_kubernetes_release(matcher->arena, component->version);
    const char *why = !pl_kubernetes_is_meant(component->vendor_id)
                          ? "its advisories say nothing of builds of this vendor's"
                      : component->version.len == 0 ? "which version it was built as is not in it"
                      : release.len == 0            ? "its version names no release"
                                                    : NULL;
    if (why) {
        pl_kubernetes_note_gap(matcher, component, why);
        return PL_OK;
    }
    return pl_kubernetes_match(kubernetes, matcher, component, component->name, release, statements,
                               err);
}
