/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/coverage.h"
#include "base/buf.h"
#include "detect/product.h"
#include "model/package_type.h"

void pl_coverage_init(struct pl_coverage *coverage, struct pl_arena *arena, struct pl_db *db,
                      const struct pl_strs *ecosystems, struct pl_gaps *gaps)
{
    size_t types = 0;
    pl_package_types(&types);
    *coverage = (struct pl_coverage){.arena = arena,
                                     .db = db,
                                     .gaps = gaps,
                                     .ecosystems = ecosystems,
                                     .languages = PL_ARENA_ARRAY(arena, size_t, types)};
}

/* Where packages of a type are looked up that has no ecosystem of its own. */
static pl_str ecosystem_of(const struct pl_package_type *type)
{
    return strcmp(type->name, "binary") == 0 ? PL_STR(PL_PRODUCT_ECOSYSTEM)
                                             : pl_str_from(type->ecosystem);
}

static void note_not_covered(struct pl_coverage *coverage, pl_str ecosystem, size_t packages)
{
    pl_vec_push(coverage->arena, coverage->gaps)->reason = pl_arena_format(
        coverage->arena,
        "the advisory database has nothing on " PL_STR_FMT
        ": its %zu packages were not judged; add its advisories with plimsoll db update "
        "(plimsoll db feeds tells who publishes them)",
        PL_STR_ARG(ecosystem), packages);
}

static enum pl_status note_system(struct pl_coverage *coverage, struct pl_error *err)
{
    const struct pl_strs *ecosystems = coverage->ecosystems;
    bool is_covered = false;
    for (size_t i = 0; i < ecosystems->count && !is_covered; i++) {
        enum pl_status st = pl_db_covers(coverage->db, ecosystems->items[i], &is_covered, err);
        if (st < 0) {
            return st;
        }
    }
    if (is_covered || coverage->system == 0) {
        return PL_OK;
    }
    if (ecosystems->count > 0) {
        note_not_covered(coverage, ecosystems->items[0], coverage->system);
    } else {
        pl_vec_push(coverage->arena, coverage->gaps)->reason =
            pl_arena_format(coverage->arena,
                            "the operating system is not one whose advisories are known here: its "
                            "%zu packages were not judged",
                            coverage->system);
    }
    return PL_OK;
}

static int compare_others(const void *a, const void *b)
{
    const struct pl_component *const *left = a;
    const struct pl_component *const *right = b;
    int order = pl_str_cmp((*left)->third_party, (*right)->third_party);
    return order != 0 ? order : pl_component_compare(*left, *right);
}

/* Packages first to next of `others` are of one vendor. */
static void note_vendor(struct pl_coverage *coverage, size_t first, size_t next)
{
    enum { MOST_NAMES = 5 };
    struct pl_buf names pl_autobuf = PL_BUF_INIT(65536);
    const struct pl_component *const *others =
        (const struct pl_component *const *)coverage->others.items;
    for (size_t i = first; i < next && i < first + MOST_NAMES; i++) {
        pl_buf_append_format(&names, "%s" PL_STR_FMT, i > first ? ", " : "",
                             PL_STR_ARG(pl_str_sub(others[i]->name, 0, 200)));
    }
    if (next - first > MOST_NAMES) {
        pl_buf_append_format(&names, " and %zu more", next - first - MOST_NAMES);
    }
    pl_str vendor = others[first]->third_party;
    pl_str feed = others[first]->third_party_ecosystem;
    pl_vec_push(coverage->arena, coverage->gaps)->reason = pl_arena_format(
        coverage->arena,
        "%zu package%s of " PL_STR_FMT " (" PL_STR_FMT ") %s not the distribution's, whose "
        "advisories say nothing of %s%s" PL_STR_FMT "%s",
        next - first, next - first == 1 ? "" : "s", PL_STR_ARG(vendor),
        PL_STR_ARG(pl_buf_str(&names)), next - first == 1 ? "is" : "are",
        next - first == 1 ? "it" : "them", feed.len > 0 ? "; the database has nothing on " : "",
        PL_STR_ARG(feed),
        feed.len > 0 ? "" : ": only the software inside was judged, as far as it is known");
}

static void note_others(struct pl_coverage *coverage)
{
    size_t count = coverage->others.count;
    const struct pl_component **others = coverage->others.items;
    if (count > 1) {
        qsort(others, count, sizeof(*others), compare_others);
    }
    for (size_t first = 0, next = 0; first < count; first = next) {
        while (next < count && pl_str_eq(others[next]->third_party, others[first]->third_party)) {
            next++;
        }
        note_vendor(coverage, first, next);
    }
}

static enum pl_status note_languages(struct pl_coverage *coverage, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_package_type *types = pl_package_types(&count);
    struct pl_buf unknown pl_autobuf = PL_BUF_INIT(4096);
    for (size_t i = 0; i < count; i++) {
        bool is_covered = false;
        if (coverage->languages[i] == 0) {
            continue;
        }
        pl_str ecosystem = ecosystem_of(&types[i]);
        if (ecosystem.len == 0) {
            pl_buf_append_format(&unknown, "%s%s (%zu)", unknown.len > 0 ? ", " : "", types[i].name,
                                 coverage->languages[i]);
            continue;
        }
        enum pl_status st = pl_db_covers(coverage->db, ecosystem, &is_covered, err);
        if (st < 0) {
            return st;
        }
        if (!is_covered) {
            note_not_covered(coverage, ecosystem, coverage->languages[i]);
        }
    }
    if (unknown.len > 0) {
        pl_vec_push(coverage->arena, coverage->gaps)->reason =
            pl_arena_format(coverage->arena,
                            "no advisories are known here for packages of these kinds, which were "
                            "not judged: " PL_STR_FMT,
                            PL_STR_ARG(pl_buf_str(&unknown)));
    }
    return PL_OK;
}

enum pl_status pl_coverage_finish(struct pl_coverage *coverage, struct pl_error *err)
{
    enum pl_status st = note_system(coverage, err);
    if (st == PL_OK) {
        note_others(coverage);
        st = note_languages(coverage, err);
    }
    return st;
}
