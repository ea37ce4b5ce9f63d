/* SPDX-License-Identifier: Apache-2.0 */
/* Which advisories speak of a package, why, and what suppresses them; and which hold a text. */
#include "base/limits.h"
#include "command/db_show.h"
#include "command/db_view.h"
#include "command/osv_json.h"
#include "detect/kubernetes.h"
#include "detect/rows.h"
#include "detect/suppression.h"
#include "engine/suppressions.h"
#include "model/ecosystem.h"
#include "model/package_type.h"
#include "report/grid.h"
#include "version/range.h"
#include <stdio.h>

enum {
    DEFAULT_RESULTS = 100,
    MOST_RESULTS = 1000000,
};

/* One line of a list of advisories. */
struct hit {
    struct pl_advisory advisory;
    const struct pl_affected *affected; /* NULL: the record as a whole */
    pl_str range;
    pl_str fixed;
    pl_str slice; /* that says it */
    bool is_affected; /* as far as this advisory is concerned */
    pl_str why; /* or why not */
    bool is_meant; /* it speaks of the version, whatever it says */
    struct pl_suppression_marks suppressions;
};

struct hits {
    PL_VEC_FIELDS(struct hit);
};

static enum pl_severity severity_of(const struct hit *hit)
{
    double score = -1;
    return pl_advisory_severity(&hit->advisory, hit->affected, &score);
}

static void marks_json(struct pl_json_writer *json, const struct pl_suppression_marks *marks)
{
    pl_json_writer_member_array(json, "suppressions");
    for (size_t i = 0; i < marks->count; i++) {
        const struct pl_suppression_mark *mark = &marks->items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "reason",
                              pl_str_from(pl_suppression_reason_to_string(mark->reason)));
        pl_json_writer_member(json, "text", mark->text);
        pl_json_writer_member(json, "by", mark->by);
        pl_json_writer_member(json, "until", mark->until);
        pl_json_writer_member(json, "origin", mark->origin);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void hits_json(struct pl_db_view *view, const struct hits *hits)
{
    struct pl_json_writer *json = &view->json;
    pl_json_writer_begin_array(json);
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *hit = &hits->items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "id", hit->advisory.id);
        pl_json_writer_member_strings(json, "aliases", &hit->advisory.aliases);
        pl_json_writer_member(json, "severity",
                              pl_str_from(pl_severity_to_string(severity_of(hit))));
        pl_json_writer_member(json, "summary", hit->advisory.summary);
        if (hit->affected) {
            pl_json_writer_member(json, "ecosystem", hit->affected->ecosystem);
            pl_json_writer_member(json, "package", hit->affected->name);
            pl_json_writer_member(json, "range", hit->range);
            pl_json_writer_member(json, "fixed", hit->fixed);
            pl_json_writer_member(json, "feed", hit->slice);
            pl_json_writer_member(json, "state",
                                  pl_str_from(pl_affect_to_string(hit->affected->state)));
            pl_json_writer_member_bool(json, "affects", hit->is_affected);
            pl_json_writer_member(json, "why", hit->why);
            marks_json(json, &hit->suppressions);
        }
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

/* "<2.0; fixed in 2.0; suppressed by openvex: not_affected, never called (Jane)". */
static pl_str why_text(struct pl_db_view *view, const struct hit *hit)
{
    pl_str text = hit->why;
    for (size_t i = 0; i < hit->suppressions.count; i++) {
        const struct pl_suppression_mark *mark = &hit->suppressions.items[i];
        text = pl_arena_format(
            &view->arena,
            PL_STR_FMT "; suppressed by " PL_STR_FMT ": %s%s" PL_STR_FMT "%s" PL_STR_FMT "%s",
            PL_STR_ARG(text), PL_STR_ARG(mark->origin),
            pl_suppression_reason_to_string(mark->reason), mark->text.len > 0 ? ", " : "",
            PL_STR_ARG(mark->text), mark->by.len > 0 ? " (" : "", PL_STR_ARG(mark->by),
            mark->by.len > 0 ? ")" : "");
    }
    return text;
}

static void hits_table(struct pl_db_view *view, const struct hits *hits, bool with_range)
{
    static const struct pl_grid_column with[] = {
        {"ADVISORY", 26}, {"FEED", 20}, {"SEVERITY", 10}, {"AFFECTED", 9}, {"WHY", 0}};
    static const struct pl_grid_column without[] = {
        {"ADVISORY", 30}, {"SEVERITY", 10}, {"SUMMARY", 0}};
    struct pl_grid grid = {.columns = with_range ? with : without,
                           .column_count = with_range ? PL_ARRAY_LEN(with) : PL_ARRAY_LEN(without)};
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *hit = &hits->items[i];
        struct pl_grid_row *row = pl_vec_push(&view->arena, &grid);
        size_t at = 0;
        row->cells[at++].text = pl_db_view_clean(view, hit->advisory.id);
        if (with_range) {
            row->cells[at++].text = pl_db_view_clean(view, hit->slice);
        }
        row->cells[at++].text = pl_str_from(pl_severity_to_string(severity_of(hit)));
        if (with_range) {
            row->cells[at++].text = hit->is_affected ? PL_STR("yes") : PL_STR("no");
            row->cells[at].text = pl_db_view_clean(view, why_text(view, hit));
            continue;
        }
        pl_str text = hit->advisory.summary;
        if (text.len == 0) {
            pl_str rest = hit->advisory.details;
            pl_str_next_line(&rest, &text);
        }
        row->cells[at].text = pl_db_view_clean(view, text);
    }
    if (grid.count > 0) {
        pl_grid_write(&grid, view->width, false, &view->out);
    }
}

static enum pl_status print_hits(struct pl_db_view *view, const struct hits *hits, bool with_range,
                                 struct pl_error *err)
{
    if (view->is_json) {
        hits_json(view, hits);
    } else {
        hits_table(view, hits, with_range);
    }
    enum pl_status st = pl_db_view_finish(view, err);
    if (st == PL_OK && hits->count == 0 && !view->is_json) {
        fputs("no advisory\n", stderr);
    }
    return st;
}

enum pl_status pl_db_show_search(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_db_view view pl_autoview = {0};
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    uint64_t limit = DEFAULT_RESULTS;
    const char *given = pl_args_value(args, "limit", NULL);
    if (st == PL_OK && given &&
        (!pl_str_to_uint(pl_str_from(given), MOST_RESULTS, &limit) || limit == 0)) {
        st = pl_error_set(err, PL_E_USAGE, "--limit takes a number from 1 to %d, not \"%s\"",
                          MOST_RESULTS, given);
    }
    if (st == PL_OK) {
        st = pl_db_view_open(&view, args, dir, err);
    }
    struct pl_strs ids = {0};
    if (st == PL_OK) {
        st = pl_db_search(view.db, &view.arena, pl_str_from(pl_args_positional(args, 1)),
                          (size_t)limit, &ids, err);
    }
    struct hits hits = {0};
    for (size_t i = 0; i < ids.count && st == PL_OK; i++) {
        struct hit *hit = pl_vec_push(&view.arena, &hits);
        st = pl_db_advisory(view.db, &view.arena, ids.items[i], false, &hit->advisory, err);
    }
    return st < 0 ? st : print_hits(&view, &hits, false, err);
}

/* Which keys to ask: those of --ecosystem, else what the purl says. */
static enum pl_status keys_of(struct pl_db_view *view, const struct pl_args *args,
                              const struct pl_purl *purl, struct pl_package_keys *ret,
                              struct pl_error *err)
{
    const char *named = pl_args_nth(args, "ecosystem", 0);
    struct pl_package_keys own = {0};
    enum pl_status st = pl_ecosystem_of_purl(&view->arena, purl, &own, err);
    if (!named) {
        *ret = own;
        return st;
    }
    pl_str name = st == PL_OK ? own.items[0].name : purl->name;
    for (size_t i = 0; named; i++, named = pl_args_nth(args, "ecosystem", i)) {
        *pl_vec_push(&view->arena, ret) =
            (struct pl_package_key){.ecosystem = pl_str_from(named), .name = name};
    }
    return PL_OK;
}

static pl_str join(struct pl_db_view *view, const struct pl_strs *list)
{
    pl_str all = PL_STR_EMPTY;
    for (size_t i = 0; i < list->count; i++) {
        all = pl_arena_format(&view->arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(all),
                              i > 0 ? ", " : "", PL_STR_ARG(list->items[i]));
    }
    return all;
}

/* What a vendor says of a package besides its versions; empty when that is nothing. */
static const char *verdict_of(enum pl_affect state)
{
    switch (state) {
    case PL_AFFECT_KNOWN:
        break;
    case PL_AFFECT_NOT:
        return "stated not to be affected";
    case PL_AFFECT_INVESTIGATED:
        return "under investigation";
    case PL_AFFECT_DEFERRED:
        return "to be fixed some day";
    case PL_AFFECT_WONT_FIX:
        return "not going to be fixed";
    case PL_AFFECT_END_OF_LIFE:
        return "in a release without support";
    }
    return "";
}

/* What the advisory says of the version, with what follows from it. */
static pl_str reason_of(struct pl_db_view *view, const struct hit *hit)
{
    pl_str key = PL_STR(PL_GO_SYSTEM);
    bool is_system = pl_str_starts_with(hit->affected->module, key);
    const struct {
        const char *before;
        pl_str text;
    } parts[] = {{"", hit->range},
                 {"fixed in ", hit->fixed},
                 {is_system ? "only as built for " : "only as built in module ",
                  is_system ? pl_str_skip(hit->affected->module, key.len) : hit->affected->module},
                 {"", pl_str_from(verdict_of(hit->affected->state))}};
    struct pl_buf why pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    for (size_t i = 0; i < PL_ARRAY_LEN(parts); i++) {
        if (parts[i].text.len > 0) {
            pl_buf_append_format(&why, "%s%s", why.len > 0 ? "; " : "", parts[i].before);
            pl_buf_append(&why, parts[i].text);
        }
    }
    return pl_arena_dup(&view->arena, pl_buf_str(&why));
}

/* Fills in range, fix, and what follows for the version, if one is given. */
static void judge(struct pl_db_view *view, const struct pl_version_scheme *scheme, pl_str version,
                  struct hit *hit)
{
    const struct pl_affected *affected = hit->affected;
    pl_str all = pl_osv_range_text(&view->arena, affected);
    bool is_bare = affected->ranges.count == 0 && affected->versions.count == 0;
    struct pl_range_match match = {.range = PL_STR_EMPTY};
    if (version.len > 0) {
        match = pl_range_match(&view->arena, scheme, affected, version);
    }
    hit->is_meant =
        version.len == 0 || match.is_affected || (is_bare && affected->state != PL_AFFECT_KNOWN);
    hit->range = version.len > 0 ? match.range : all;
    hit->fixed = join(view, &match.fixed);
    hit->is_affected = hit->is_meant && affected->state != PL_AFFECT_NOT;
    if (match.is_invalid) {
        hit->why =
            pl_arena_format(&view->arena, "\"" PL_STR_FMT "\" is no version by the rules of %s",
                            PL_STR_ARG(version), scheme->name);
    } else if (!hit->is_meant) {
        hit->why =
            pl_arena_format(&view->arena, "outside of " PL_STR_FMT ", in the order of %s",
                            PL_STR_ARG(is_bare ? PL_STR("no versions at all") : all), scheme->name);
    } else {
        hit->why = reason_of(view, hit);
    }
}

/* All that is said of the package, whether or not the version is affected. */
static enum pl_status add_hits(struct pl_db_view *view, const struct pl_package_key *key,
                               pl_str version, struct hits *hits, struct pl_error *err)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_for_ecosystem(key->ecosystem);
    struct pl_db_matches matches = {0};
    enum pl_status st =
        pl_db_lookup(view->db, &view->arena, key->ecosystem, key->name, &matches, err);
    if (st == PL_OK && version.len > 0 && matches.count > 0 && !scheme) {
        return pl_error_set(err, PL_E_UNSUPPORTED,
                            "versions of " PL_STR_FMT " cannot be compared; leave the version out "
                            "to list every advisory",
                            PL_STR_ARG(key->ecosystem));
    }
    for (size_t i = 0; i < matches.count && st == PL_OK; i++) {
        struct pl_db_match *match = &matches.items[i];
        struct hit hit = {.affected = &match->affected, .slice = match->slice};
        st = pl_db_match_versions(view->db, &view->arena, match, &match->affected.versions, err);
        judge(view, scheme, version, &hit);
        if (st == PL_OK) {
            st = pl_db_match_advisory(view->db, &view->arena, match, &hit.advisory, err);
        }
        *pl_vec_push(&view->arena, hits) = hit;
    }
    return st;
}

/* What is said of the module of all programs of Kubernetes, and is about others of them. */
static enum pl_status drop_other_programs(struct pl_db_view *view, pl_str name, struct hits *hits,
                                          struct pl_error *err)
{
    struct pl_kubernetes kubernetes PL_CLEANUP(pl_kubernetes_close) = {0};
    enum pl_status st = pl_kubernetes_read(&kubernetes, &view->arena, view->db, err);
    for (size_t i = 0; st == PL_OK && i < hits->count; i++) {
        struct hit *hit = &hits->items[i];
        if (pl_kubernetes_is_of_others(&kubernetes, name, &hit->advisory)) {
            hit->is_affected = hit->is_meant = false;
            hit->why = PL_STR("by Kubernetes' own advisories another program's");
        }
    }
    return st;
}

/* The package as a scan would have found it. */
static struct pl_component component_of(struct pl_db_view *view, const struct pl_purl *purl,
                                        const struct pl_package_keys *keys)
{
    const struct pl_package_type *type = pl_package_type_of_purl(purl->type);
    struct pl_component component = {.name = purl->name, .version = purl->version};
    if (type) {
        component.type = pl_str_from(type->name);
        component.name =
            type->is_system ? purl->name : pl_package_type_join(type, &view->arena, purl);
        component.vendor_id = type->is_distro ? purl->namespace : PL_STR_EMPTY;
        component.source_name = type->is_system ? keys->items[0].name : PL_STR_EMPTY;
        component.source_version = component.source_name.len > 0 ? purl->version : PL_STR_EMPTY;
        component.arch = pl_purl_qualifier(purl, PL_STR("arch"));
    }
    return component;
}

static struct pl_strs names_of(struct pl_db_view *view, const struct pl_advisory *advisory)
{
    const struct pl_strs *lists[] = {&advisory->aliases, &advisory->upstream};
    struct pl_strs names = {0};
    *pl_vec_push(&view->arena, &names) = advisory->id;
    for (size_t i = 0; i < PL_ARRAY_LEN(lists); i++) {
        for (size_t k = 0; k < lists[i]->count; k++) {
            *pl_vec_push(&view->arena, &names) = lists[i]->items[k];
        }
    }
    return names;
}

/* What VEX documents deny of this package, as rules beside those of the database. Which image a
 * rule is for cannot be judged here, and is said with it. */
static enum pl_status rules_for(struct pl_db_view *view, const struct hits *hits,
                                struct pl_suppressions *ret, struct pl_error *err)
{
    struct pl_gaps gaps = {0};
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *hit = &hits->items[i];
        if (!hit->is_meant || hit->affected->state != PL_AFFECT_NOT ||
            !pl_db_slice_is_vex(hit->slice)) {
            continue;
        }
        struct pl_suppression_mark mark = pl_rows_mark(&hit->advisory, hit->affected, hit->slice);
        *pl_vec_push(&view->arena, ret) =
            (struct pl_suppression){.names = names_of(view, &hit->advisory),
                                    .reason = mark.reason,
                                    .text = mark.text,
                                    .by = mark.by,
                                    .origin = mark.origin};
    }
    size_t first = ret->count;
    enum pl_status st = pl_suppressions_of_db(&view->arena, view->db, ret, &gaps, err);
    for (size_t i = first; i < ret->count; i++) {
        struct pl_suppression *rule = &ret->items[i];
        pl_str scope = rule->image.len > 0        ? rule->image
                       : rule->products.count > 0 ? join(view, &rule->products)
                                                  : PL_STR_EMPTY;
        if (scope.len > 0) {
            rule->text = pl_arena_format(&view->arena, "only in " PL_STR_FMT "%s" PL_STR_FMT,
                                         PL_STR_ARG(scope), rule->text.len > 0 ? ": " : "",
                                         PL_STR_ARG(rule->text));
        }
    }
    return st;
}

static enum pl_status suppress(struct pl_db_view *view, const struct pl_purl *purl,
                               const struct pl_package_keys *keys, struct hits *hits,
                               struct pl_error *err)
{
    struct pl_suppressions rules = {0};
    struct pl_findings findings = {0};
    struct pl_suppression_records records = {0};
    enum pl_status st = rules_for(view, hits, &rules, err);
    if (st < 0) {
        return st;
    }
    const struct pl_component component = component_of(view, purl, keys);
    bool by_source = component.source_name.len > 0;
    for (size_t i = 0; i < hits->count; i++) {
        const struct hit *hit = &hits->items[i];
        *pl_vec_push(&view->arena, &findings) = (struct pl_finding){
            .id = hit->advisory.id,
            .aliases = names_of(view, &hit->advisory),
            .component = &component,
            .match_ecosystem = hit->affected->ecosystem,
            .match_via = by_source ? PL_STR("source-package") : PL_STR("package")};
    }
    const struct pl_suppression_query query = {.rules = &rules, .today = PL_STR_EMPTY};
    pl_suppression_apply(&view->arena, &query, &findings, &records);
    for (size_t i = 0; i < hits->count; i++) {
        if (hits->items[i].is_affected) {
            hits->items[i].suppressions = findings.items[i].suppressions;
        }
    }
    return PL_OK;
}

static void keep_affecting(struct hits *hits)
{
    size_t kept = 0;
    for (size_t i = 0; i < hits->count; i++) {
        if (hits->items[i].is_affected) {
            hits->items[kept++] = hits->items[i];
        }
    }
    hits->count = kept;
}

enum pl_status pl_db_show_affected(const struct pl_args *args, const char *dir,
                                   struct pl_error *err)
{
    struct pl_db_view view pl_autoview = {0};
    struct pl_purl purl = {.type = PL_STR_EMPTY};
    struct pl_package_keys keys = {0};
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st == PL_OK) {
        st = pl_db_view_open(&view, args, dir, err);
    }
    if (st == PL_OK) {
        st = pl_purl_parse(&view.arena, pl_str_from(pl_args_positional(args, 1)), &purl, err);
        purl.version = pl_purl_full_version(&view.arena, &purl);
    }
    if (st == PL_OK) {
        st = keys_of(&view, args, &purl, &keys, err);
    }
    struct hits hits = {0};
    for (size_t i = 0; i < keys.count && st == PL_OK; i++) {
        st = add_hits(&view, &keys.items[i],
                      keys.items[i].version.len > 0 ? keys.items[i].version : purl.version, &hits,
                      err);
    }
    if (st == PL_OK && pl_str_eq(purl.type, PL_STR(PL_KUBERNETES_TYPE))) {
        st = drop_other_programs(&view, purl.name, &hits, err);
    }
    if (st == PL_OK) {
        st = suppress(&view, &purl, &keys, &hits, err);
    }
    if (!pl_args_flag(args, "all")) {
        keep_affecting(&hits);
    }
    return st < 0 ? st : print_hits(&view, &hits, true, err);
}
