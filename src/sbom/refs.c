/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/refs.h"
#include "base/map.h"
#include "format/digest.h"

/* Strings that follow one another are told apart by their lengths. */
static void hash_str(struct pl_digest_state *state, pl_str s)
{
    uint8_t length[8];
    for (size_t i = 0; i < sizeof(length); i++) {
        length[i] = (uint8_t)((uint64_t)s.len >> (8 * i));
    }
    pl_digest_update(state, (pl_span){length, sizeof(length)});
    pl_digest_update(state, pl_str_span(s));
}

static void hash_strs(struct pl_digest_state *state, const struct pl_strs *list)
{
    for (size_t i = 0; i < list->count; i++) {
        hash_str(state, list->items[i]);
    }
    hash_str(state, PL_STR_EMPTY);
}

static const char *hex_of(const struct pl_digest *digest)
{
    return digest->text + strlen("sha256:");
}

/* Letters, digits, '.' and '-' alone, which is what SPDX allows (clause 3.2). */
static pl_str spell(struct pl_arena *arena, pl_str text)
{
    enum { MOST = 80 };
    text = pl_str_sub(text, 0, MOST);
    char *copy = pl_arena_alloc(arena, text.len + 1, 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        copy[i] = pl_char_is_alnum(c) || c == '.' ? c : '-';
    }
    return pl_str_make(copy, text.len);
}

static pl_str name_package(struct pl_arena *arena, const struct pl_sbom_package *package,
                           size_t repetition)
{
    const struct pl_component *component = package->component;
    struct pl_digest_state *state = pl_digest_new(NULL);
    hash_str(state, component->type);
    hash_str(state, component->vendor_id);
    hash_str(state, component->name);
    hash_str(state, component->version);
    hash_str(state, component->arch);
    hash_str(state, package->purl);
    for (size_t i = 0; i < component->locations.count; i++) {
        hash_str(state, component->locations.items[i].path);
    }
    for (size_t i = 0; i < repetition; i++) {
        hash_str(state, PL_STR("again"));
    }
    struct pl_digest digest = pl_digest_finish(state);
    pl_digest_free(state);
    pl_str type = spell(arena, component->type);
    pl_str name = spell(arena, component->name);
    return pl_arena_format(arena, "Package-" PL_STR_FMT "-" PL_STR_FMT "-%.16s", PL_STR_ARG(type),
                           PL_STR_ARG(name), hex_of(&digest));
}

void pl_sbom_name_packages(struct pl_arena *arena, struct pl_sbom *sbom)
{
    struct pl_map taken pl_automap = {0};
    for (size_t i = 0; i < sbom->packages.count; i++) {
        struct pl_sbom_package *package = &sbom->packages.items[i];
        package->ref = name_package(arena, package, 0);
        /* The value counts how often: equal packages get numbers in one step each. */
        void **count = pl_map_at(&taken, package->ref);
        size_t before = (uintptr_t)*count;
        *count = (void *)(uintptr_t)(before + 1);
        if (before > 0) {
            package->ref = name_package(arena, package, before);
        }
    }
}

/* Packages of one name, or of one name and version, through `next`. */
struct candidate {
    size_t place;
    struct candidate *next;
};

struct linker {
    struct pl_arena scratch;
    struct pl_sbom *sbom;
    struct pl_map by_name;
    struct pl_map by_version;
};

static void note_candidate(struct linker *linker, struct pl_map *map, pl_str key, size_t place)
{
    void **chain = pl_map_at(map, key);
    struct candidate *candidate = PL_ARENA_NEW(&linker->scratch, struct candidate);
    *candidate = (struct candidate){place, *chain};
    *chain = candidate;
}

static pl_str key_of(struct linker *linker, pl_str type, pl_str name, pl_str version)
{
    return pl_arena_format(&linker->scratch, PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT,
                           PL_STR_ARG(type), PL_STR_ARG(name), PL_STR_ARG(version));
}

/* The one that is meant: of the same architecture where several are there. SIZE_MAX: it cannot be
 * told. A few are looked at: a document in which very many have one name tells nothing. */
static size_t choose(const struct linker *linker, const struct candidate *chain,
                     const struct pl_component *needer)
{
    enum { MOST_TRIES = 16 };
    if (!chain || !chain->next) {
        return chain ? chain->place : SIZE_MAX;
    }
    size_t found = SIZE_MAX;
    unsigned tries = 0;
    for (; chain && tries < MOST_TRIES; chain = chain->next, tries++) {
        const struct pl_component *component = linker->sbom->packages.items[chain->place].component;
        if (pl_str_eq(component->arch, needer->arch) && component->scope == needer->scope) {
            if (found != SIZE_MAX) {
                return SIZE_MAX;
            }
            found = chain->place;
        }
    }
    return chain ? SIZE_MAX : found;
}

static size_t resolve(struct linker *linker, const struct pl_component *needer, pl_str needed)
{
    size_t at = pl_str_find_last_char(needed, '@');
    size_t place = SIZE_MAX;
    if (at != SIZE_MAX && at > 0) {
        pl_str key =
            key_of(linker, needer->type, pl_str_sub(needed, 0, at), pl_str_skip(needed, at + 1));
        place = choose(linker, pl_map_find(&linker->by_version, key), needer);
    }
    if (place == SIZE_MAX) {
        pl_str key = key_of(linker, needer->type, needed, PL_STR_EMPTY);
        place = choose(linker, pl_map_find(&linker->by_name, key), needer);
    }
    return place;
}

static int compare_places(const void *a, const void *b)
{
    size_t left = *(const size_t *)a;
    size_t right = *(const size_t *)b;
    return (left > right) - (left < right);
}

static void sort_unique(struct pl_sbom_places *places)
{
    size_t kept = 0;
    if (places->count > 1) {
        qsort(places->items, places->count, sizeof(*places->items), compare_places);
    }
    for (size_t i = 0; i < places->count; i++) {
        if (kept == 0 || places->items[kept - 1] != places->items[i]) {
            places->items[kept++] = places->items[i];
        }
    }
    places->count = kept;
}

static void link_package(struct linker *linker, struct pl_arena *arena, size_t place,
                         bool *is_needed)
{
    struct pl_sbom_package *package = &linker->sbom->packages.items[place];
    const struct pl_strs *depends = &package->component->depends;
    for (size_t i = 0; i < depends->count; i++) {
        size_t needed = resolve(linker, package->component, depends->items[i]);
        if (needed == SIZE_MAX) {
            *pl_vec_push(arena, &package->properties) =
                (struct pl_sbom_property){PL_STR("plimsoll:depends"), depends->items[i]};
        } else if (needed != place) {
            *pl_vec_push(arena, &package->needs) = needed;
            is_needed[needed] = true;
        }
    }
    sort_unique(&package->needs);
}

void pl_sbom_link_packages(struct pl_arena *arena, struct pl_sbom *sbom)
{
    struct linker linker = {.sbom = sbom};
    bool *is_needed = PL_ARENA_ARRAY(&linker.scratch, bool, sbom->packages.count);
    for (size_t i = sbom->packages.count; i-- > 0;) {
        const struct pl_component *component = sbom->packages.items[i].component;
        note_candidate(&linker, &linker.by_name,
                       key_of(&linker, component->type, component->name, PL_STR_EMPTY), i);
        note_candidate(&linker, &linker.by_version,
                       key_of(&linker, component->type, component->name, component->version), i);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        link_package(&linker, arena, i, is_needed);
    }
    for (size_t i = 0; i < sbom->packages.count; i++) {
        if (!is_needed[i]) {
            *pl_vec_push(arena, &sbom->roots) = i;
        }
    }
    pl_map_release(&linker.by_name);
    pl_map_release(&linker.by_version);
    pl_arena_release(&linker.scratch);
}

static void hash_properties(struct pl_digest_state *state, const struct pl_sbom_properties *list)
{
    for (size_t i = 0; i < list->count; i++) {
        hash_str(state, list->items[i].name);
        hash_str(state, list->items[i].value);
    }
    hash_str(state, PL_STR_EMPTY);
}

static void hash_package(struct pl_digest_state *state, const struct pl_sbom_package *package)
{
    hash_str(state, package->ref);
    hash_str(state, package->purl);
    hash_str(state, package->declared);
    hash_str(state, package->component->vendor);
    hash_strs(state, &package->component->hashes);
    hash_strs(state, &package->component->depends);
    hash_properties(state, &package->properties);
    for (size_t i = 0; i < package->component->locations.count; i++) {
        hash_str(state, package->component->locations.items[i].path);
        hash_str(state, package->component->locations.items[i].layer);
    }
}

static void hash_marks(struct pl_digest_state *state, const struct pl_suppression_marks *marks)
{
    for (size_t i = 0; i < marks->count; i++) {
        const struct pl_suppression_mark *mark = &marks->items[i];
        hash_str(state, pl_str_from(pl_suppression_reason_to_string(mark->reason)));
        hash_str(state, mark->text);
        hash_str(state, mark->by);
        hash_str(state, mark->origin);
    }
}

static void hash_findings(struct pl_digest_state *state, const struct pl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct pl_finding *finding = &findings->items[i];
        const double numbers[] = {finding->cvss, finding->severity, finding->is_disputed};
        hash_str(state, finding->id);
        hash_str(state, finding->component->name);
        hash_str(state, finding->component->version);
        hash_str(state, finding->title);
        pl_digest_update(state, (pl_span){(const uint8_t *)numbers, sizeof(numbers)});
        hash_strs(state, &finding->fix_versions);
        hash_marks(state, &finding->suppressions);
        hash_marks(state, &finding->assessments);
    }
}

pl_str pl_sbom_identity(struct pl_arena *arena, const struct pl_sbom *sbom)
{
    const struct pl_subject *subject = &sbom->report->subject;
    struct pl_digest_state *state = pl_digest_new(NULL);
    hash_str(state, PL_STR("plimsoll " PL_VERSION));
    hash_str(state, subject->name);
    hash_str(state, subject->digest);
    hash_str(state, sbom->created);
    hash_str(state, subject->os.id);
    hash_str(state, subject->os.version_id);
    hash_properties(state, &sbom->subject_properties);
    hash_properties(state, &sbom->os_properties);
    for (size_t i = 0; i < sbom->packages.count; i++) {
        hash_package(state, &sbom->packages.items[i]);
    }
    hash_strs(state, &sbom->gaps);
    hash_findings(state, &sbom->report->findings);
    hash_findings(state, &sbom->report->suppressed);
    struct pl_digest digest = pl_digest_finish(state);
    pl_digest_free(state);
    const char *hex = hex_of(&digest);
    return pl_arena_format(arena, "%.8s-%.4s-8%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
                           hex + 18);
}
