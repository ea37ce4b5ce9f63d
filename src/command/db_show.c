/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_show.h"
#include "base/utf8.h"
#include "command/osv_json.h"
#include "db/db.h"
#include "model/ecosystem.h"
#include "report/grid.h"
#include "version/range.h"
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    DEFAULT_WIDTH = 100,
    CELL_BYTES = 400, /* of one text in a table */
    DEFAULT_RESULTS = 100,
    MOST_RESULTS = 1000000,
};

/* What every question has open; buffered output goes to standard output. */
struct view {
    struct pl_arena arena;
    struct pl_db *db;
    struct pl_writer out;
    struct pl_json_writer json;
    bool is_json;
    unsigned width;
};

static void view_close(struct view *view)
{
    pl_db_close(view->db);
    pl_arena_release(&view->arena);
}

static void view_begin(struct view *view, const struct pl_args *args)
{
    struct winsize size = {0};
    view->width = DEFAULT_WIDTH;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        view->width = size.ws_col;
    }
    view->is_json = pl_str_eq(pl_str_from(pl_args_value(args, "format", "table")), PL_STR("json"));
    pl_writer_init_fd(&view->out, STDOUT_FILENO);
    pl_json_writer_init(&view->json, &view->out);
}

static enum pl_status view_open(struct view *view, const struct pl_args *args, const char *dir,
                                struct pl_error *err)
{
    view_begin(view, args);
    return pl_db_open(dir, &view->db, err);
}

static enum pl_status view_finish(struct view *view, struct pl_error *err)
{
    if (view->is_json) {
        pl_json_writer_finish(&view->json);
    }
    return pl_writer_finish(&view->out, err);
}

static pl_str clean(struct view *view, pl_str text)
{
    return pl_utf8_clean(&view->arena, text, CELL_BYTES);
}

static void print_field(struct view *view, const char *label, pl_str text)
{
    enum { INDENT = 12 };
    if (text.len > 0) {
        pl_str line = pl_arena_format(&view->arena, "%-*s" PL_STR_FMT, INDENT, label,
                                      PL_STR_ARG(pl_utf8_clean(&view->arena, text, SIZE_MAX)));
        pl_grid_write_paragraph(line, view->width, INDENT, &view->out);
    }
}

static void print_list(struct view *view, const char *label, const struct pl_strs *list)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    for (size_t i = 0; i < list->count; i++) {
        pl_buf_append(&text, i > 0 ? PL_STR(", ") : PL_STR_EMPTY);
        pl_buf_append(&text, list->items[i]);
    }
    print_field(view, label, pl_buf_str(&text));
}

static void status_json(struct view *view, const struct pl_db_info *info)
{
    struct pl_json_writer *json = &view->json;
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "generation", info->generation);
    pl_json_writer_member(json, "created", info->created);
    pl_json_writer_member(json, "modified", info->modified);
    pl_json_writer_member_uint(json, "records", info->records);
    pl_json_writer_member_uint(json, "packages", info->keys);
    pl_json_writer_member_uint(json, "size_bytes", info->size_bytes);
    pl_json_writer_member_array(json, "feeds");
    for (size_t i = 0; i < info->feeds.count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "name", info->feeds.items[i].name);
        pl_json_writer_member(json, "modified", info->feeds.items[i].modified);
        pl_json_writer_member_uint(json, "records", info->feeds.items[i].records);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_member_strings(json, "no_scheme", &info->no_scheme);
    pl_json_writer_end_object(json);
}

static void status_table(struct view *view, const struct pl_db_info *info)
{
    static const struct pl_grid_column columns[] = {{"FEED", 40}, {"RECORDS", 10}, {"NEWEST", 0}};
    print_field(view, "generation", info->generation);
    print_field(view, "made", info->created);
    print_field(view, "newest", info->modified);
    print_field(view, "advisories",
                pl_arena_format(&view->arena, "%llu on %llu packages",
                                (unsigned long long)info->records, (unsigned long long)info->keys));
    print_field(view, "size",
                pl_arena_format(&view->arena, "%.1f MB", (double)info->size_bytes / 1e6));
    print_list(view, "no scheme", &info->no_scheme);
    pl_writer_char(&view->out, '\n');
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < info->feeds.count; i++) {
        const struct pl_feed_info *feed = &info->feeds.items[i];
        struct pl_grid_row *row = pl_vec_push(&view->arena, &grid);
        row->cells[0].text = clean(view, feed->name);
        row->cells[1].text =
            pl_arena_format(&view->arena, "%llu", (unsigned long long)feed->records);
        row->cells[2].text = clean(view, feed->modified);
    }
    pl_grid_write(&grid, view->width, false, &view->out);
}

enum pl_status pl_db_show_status(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct view view PL_CLEANUP(view_close) = {0};
    struct pl_db_info info = {.generation = PL_STR_EMPTY};
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st == PL_OK) {
        st = view_open(&view, args, dir, err);
    }
    if (st == PL_OK) {
        st = pl_db_info(view.db, &view.arena, &info, err);
    }
    if (st < 0) {
        return st;
    }
    if (view.is_json) {
        status_json(&view, &info);
    } else {
        status_table(&view, &info);
    }
    return view_finish(&view, err);
}

/* One line of a list of advisories. */
struct hit {
    struct pl_advisory advisory;
    const struct pl_affected *affected; /* NULL: the record as a whole */
    pl_str range;
    pl_str fixed;
    pl_str slice; /* that says it */
    bool is_affected; /* as far as this advisory is concerned */
    pl_str why; /* or why not */
};

struct hits {
    PL_VEC_FIELDS(struct hit);
};

static enum pl_severity severity_of(const struct hit *hit)
{
    double score = -1;
    return pl_advisory_severity(&hit->advisory, hit->affected, &score);
}

static void hits_json(struct view *view, const struct hits *hits)
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
        }
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void hits_table(struct view *view, const struct hits *hits, bool with_range)
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
        row->cells[at++].text = clean(view, hit->advisory.id);
        if (with_range) {
            row->cells[at++].text = clean(view, hit->slice);
        }
        row->cells[at++].text = pl_str_from(pl_severity_to_string(severity_of(hit)));
        if (with_range) {
            row->cells[at++].text = hit->is_affected ? PL_STR("yes") : PL_STR("no");
            row->cells[at].text = clean(view, hit->why);
            continue;
        }
        pl_str text = hit->advisory.summary;
        if (text.len == 0) {
            pl_str rest = hit->advisory.details;
            pl_str_next_line(&rest, &text);
        }
        row->cells[at].text = clean(view, text);
    }
    if (grid.count > 0) {
        pl_grid_write(&grid, view->width, false, &view->out);
    }
}

static enum pl_status print_hits(struct view *view, const struct hits *hits, bool with_range,
                                 struct pl_error *err)
{
    if (view->is_json) {
        hits_json(view, hits);
    } else {
        hits_table(view, hits, with_range);
    }
    enum pl_status st = view_finish(view, err);
    if (st == PL_OK && hits->count == 0 && !view->is_json) {
        fputs("no advisory\n", stderr);
    }
    return st;
}

enum pl_status pl_db_show_search(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct view view PL_CLEANUP(view_close) = {0};
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    uint64_t limit = DEFAULT_RESULTS;
    const char *given = pl_args_value(args, "limit", NULL);
    if (st == PL_OK && given &&
        (!pl_str_to_uint(pl_str_from(given), MOST_RESULTS, &limit) || limit == 0)) {
        st = pl_error_set(err, PL_E_USAGE, "--limit takes a number from 1 to %d, not \"%s\"",
                          MOST_RESULTS, given);
    }
    if (st == PL_OK) {
        st = view_open(&view, args, dir, err);
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
static enum pl_status keys_of(struct view *view, const struct pl_args *args,
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

static pl_str join(struct view *view, const struct pl_strs *list)
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

/* Fills in range, fix, and what follows for the version, if one is given. */
static void judge(struct view *view, const struct pl_version_scheme *scheme, pl_str version,
                  struct hit *hit)
{
    const struct pl_affected *affected = hit->affected;
    const char *verdict = verdict_of(affected->state);
    pl_str all = pl_osv_range_text(&view->arena, affected);
    bool is_bare = affected->ranges.count == 0 && affected->versions.count == 0;
    struct pl_range_match match = {.range = PL_STR_EMPTY};
    if (version.len > 0) {
        match = pl_range_match(&view->arena, scheme, affected, version);
    }
    bool is_meant =
        version.len == 0 || match.is_affected || (is_bare && affected->state != PL_AFFECT_KNOWN);
    hit->range = version.len > 0 ? match.range : all;
    hit->fixed = join(view, &match.fixed);
    hit->is_affected = is_meant && affected->state != PL_AFFECT_NOT;
    if (match.is_invalid) {
        hit->why =
            pl_arena_format(&view->arena, "\"" PL_STR_FMT "\" is no version by the rules of %s",
                            PL_STR_ARG(version), scheme->name);
    } else if (!is_meant) {
        hit->why =
            pl_arena_format(&view->arena, "outside of " PL_STR_FMT ", in the order of %s",
                            PL_STR_ARG(is_bare ? PL_STR("no versions at all") : all), scheme->name);
    } else {
        const struct {
            const char *before;
            pl_str text;
        } parts[] = {{"", hit->range},
                     {"fixed in ", hit->fixed},
                     {"only as built in module ", affected->module},
                     {"", pl_str_from(verdict)}};
        struct pl_buf why pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
        for (size_t i = 0; i < PL_ARRAY_LEN(parts); i++) {
            if (parts[i].text.len > 0) {
                pl_buf_append_format(&why, "%s%s", why.len > 0 ? "; " : "", parts[i].before);
                pl_buf_append(&why, parts[i].text);
            }
        }
        hit->why = pl_arena_dup(&view->arena, pl_buf_str(&why));
    }
}

/* With `with_all` also the advisories that do not affect the version. */
static enum pl_status add_hits(struct view *view, const struct pl_package_key *key, pl_str version,
                               bool with_all, struct hits *hits, struct pl_error *err)
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
        struct hit hit = {.affected = &matches.items[i].affected, .slice = matches.items[i].slice};
        judge(view, scheme, version, &hit);
        if (with_all || hit.is_affected) {
            st =
                pl_db_match_advisory(view->db, &view->arena, &matches.items[i], &hit.advisory, err);
            *pl_vec_push(&view->arena, hits) = hit;
        }
    }
    return st;
}

enum pl_status pl_db_show_affected(const struct pl_args *args, const char *dir,
                                   struct pl_error *err)
{
    struct view view PL_CLEANUP(view_close) = {0};
    struct pl_purl purl = {.type = PL_STR_EMPTY};
    struct pl_package_keys keys = {0};
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st == PL_OK) {
        st = view_open(&view, args, dir, err);
    }
    if (st == PL_OK) {
        st = pl_purl_parse(&view.arena, pl_str_from(pl_args_positional(args, 1)), &purl, err);
    }
    if (st == PL_OK) {
        st = keys_of(&view, args, &purl, &keys, err);
    }
    struct hits hits = {0};
    for (size_t i = 0; i < keys.count && st == PL_OK; i++) {
        st = add_hits(&view, &keys.items[i], purl.version, pl_args_flag(args, "all"), &hits, err);
    }
    return st < 0 ? st : print_hits(&view, &hits, true, err);
}

static void print_advisory(struct view *view, const struct pl_advisory *advisory)
{
    static const struct pl_grid_column columns[] = {
        {"ECOSYSTEM", 24}, {"PACKAGE", 40}, {"AFFECTED", 0}};
    print_field(view, "id", advisory->id);
    print_list(view, "aliases", &advisory->aliases);
    print_list(view, "upstream", &advisory->upstream);
    print_list(view, "related", &advisory->related);
    print_field(view, "withdrawn", advisory->withdrawn);
    print_field(view, "published", advisory->published);
    print_field(view, "modified", advisory->modified);
    struct hit whole = {.advisory = *advisory};
    print_field(view, "severity", pl_str_from(pl_severity_to_string(severity_of(&whole))));
    for (size_t i = 0; i < advisory->severities.count; i++) {
        print_field(view, "",
                    pl_arena_format(&view->arena, PL_STR_FMT " " PL_STR_FMT,
                                    PL_STR_ARG(advisory->severities.items[i].type),
                                    PL_STR_ARG(advisory->severities.items[i].score)));
    }
    print_field(view, "summary", advisory->summary);
    pl_str rest = advisory->details;
    pl_str line = PL_STR_EMPTY;
    for (bool first = true; pl_str_next_line(&rest, &line); first = false) {
        print_field(view, first ? "details" : "", line);
    }
    for (size_t i = 0; i < advisory->references.count; i++) {
        print_field(view, i == 0 ? "references" : "", advisory->references.items[i].url);
    }
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < advisory->affected.count; i++) {
        const struct pl_affected *affected = &advisory->affected.items[i];
        struct pl_grid_row *row = pl_vec_push(&view->arena, &grid);
        row->cells[0].text = clean(view, affected->ecosystem);
        row->cells[1].text = clean(view, affected->name);
        row->cells[2].text = clean(view, pl_osv_range_text(&view->arena, affected));
    }
    if (grid.count > 0) {
        pl_writer_char(&view->out, '\n');
        pl_grid_write(&grid, view->width, false, &view->out);
    }
}

/* The ids that a name stands for: itself, or the advisories that list it. */
static enum pl_status resolve(struct view *view, pl_str name, struct pl_strs *ret,
                              struct pl_error *err)
{
    struct pl_advisory unused = {.id = PL_STR_EMPTY};
    enum pl_status st = pl_db_advisory(view->db, &view->arena, name, false, &unused, err);
    if (st == PL_OK) {
        *pl_vec_push(&view->arena, ret) = name;
        return PL_OK;
    }
    if (st != PL_E_NOT_FOUND) {
        return st;
    }
    st = pl_db_named(view->db, &view->arena, name, ret, err);
    if (st == PL_OK && ret->count == 0) {
        st = pl_error_set(err, PL_E_NOT_FOUND,
                          "the database has nothing on \"" PL_STR_FMT
                          "\"; \"plimsoll db search\" looks for parts of names",
                          PL_STR_ARG(name));
    }
    return st;
}

enum pl_status pl_db_show_advisory(const struct pl_args *args, const char *dir,
                                   struct pl_error *err)
{
    struct view view PL_CLEANUP(view_close) = {0};
    struct pl_strs ids = {0};
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st == PL_OK) {
        st = view_open(&view, args, dir, err);
    }
    if (st == PL_OK) {
        st = resolve(&view, pl_str_from(pl_args_positional(args, 1)), &ids, err);
    }
    if (st < 0) {
        return st;
    }
    /* One record is an object as in OSV; several are a list of them. */
    bool is_list = view.is_json && ids.count > 1;
    if (is_list) {
        pl_json_writer_begin_array(&view.json);
    }
    for (size_t i = 0; i < ids.count && st == PL_OK; i++) {
        struct pl_advisory advisory = {.id = PL_STR_EMPTY};
        st = pl_db_advisory(view.db, &view.arena, ids.items[i], true, &advisory, err);
        if (st == PL_OK && view.is_json) {
            pl_osv_json_write(&view.json, &advisory);
        } else if (st == PL_OK) {
            pl_writer_str(&view.out, i > 0 ? PL_STR("\n") : PL_STR_EMPTY);
            print_advisory(&view, &advisory);
        }
    }
    if (st < 0) {
        return st;
    }
    if (is_list) {
        pl_json_writer_end_array(&view.json);
    }
    return view_finish(&view, err);
}
