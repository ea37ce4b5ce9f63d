/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_show.h"
#include "command/db_view.h"
#include "command/osv_json.h"
#include "report/grid.h"

static void status_json(struct pl_db_view *view, const struct pl_db_info *info)
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

static void status_table(struct pl_db_view *view, const struct pl_db_info *info)
{
    static const struct pl_grid_column columns[] = {{"FEED", 40}, {"RECORDS", 10}, {"NEWEST", 0}};
    pl_db_view_field(view, "generation", info->generation);
    pl_db_view_field(view, "made", info->created);
    pl_db_view_field(view, "newest", info->modified);
    pl_db_view_field(
        view, "advisories",
        pl_arena_format(&view->arena,
                        "%llu on %llu packages, each counted in every feed that has it",
                        (unsigned long long)info->records, (unsigned long long)info->keys));
    pl_db_view_field(view, "size",
                     pl_arena_format(&view->arena, "%.1f MB", (double)info->size_bytes / 1e6));
    pl_db_view_list(view, "no scheme", &info->no_scheme);
    pl_writer_char(&view->out, '\n');
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < info->feeds.count; i++) {
        const struct pl_feed_info *feed = &info->feeds.items[i];
        struct pl_grid_row *row = pl_vec_push(&view->arena, &grid);
        row->cells[0].text = pl_db_view_clean(view, feed->name);
        row->cells[1].text =
            pl_arena_format(&view->arena, "%llu", (unsigned long long)feed->records);
        row->cells[2].text = pl_db_view_clean(view, feed->modified);
    }
    pl_grid_write(&grid, view->width, false, &view->out);
}

enum pl_status pl_db_show_status(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_db_view view pl_autoview = {0};
    struct pl_db_info info = {.generation = PL_STR_EMPTY};
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st == PL_OK) {
        st = pl_db_view_open(&view, args, dir, err);
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
    return pl_db_view_finish(&view, err);
}

static void print_advisory(struct pl_db_view *view, const struct pl_advisory *advisory)
{
    static const struct pl_grid_column columns[] = {
        {"ECOSYSTEM", 24}, {"PACKAGE", 40}, {"AFFECTED", 0}};
    pl_db_view_field(view, "id", advisory->id);
    pl_db_view_list(view, "aliases", &advisory->aliases);
    pl_db_view_list(view, "upstream", &advisory->upstream);
    pl_db_view_list(view, "related", &advisory->related);
    pl_db_view_field(view, "withdrawn", advisory->withdrawn);
    pl_db_view_field(view, "published", advisory->published);
    pl_db_view_field(view, "modified", advisory->modified);
    double score = -1;
    pl_db_view_field(
        view, "severity",
        pl_str_from(pl_severity_to_string(pl_advisory_severity(advisory, NULL, &score))));
    for (size_t i = 0; i < advisory->severities.count; i++) {
        pl_db_view_field(view, "",
                         pl_arena_format(&view->arena, PL_STR_FMT " " PL_STR_FMT,
                                         PL_STR_ARG(advisory->severities.items[i].type),
                                         PL_STR_ARG(advisory->severities.items[i].score)));
    }
    pl_db_view_field(view, "summary", advisory->summary);
    pl_str rest = advisory->details;
    pl_str line = PL_STR_EMPTY;
    for (bool first = true; pl_str_next_line(&rest, &line); first = false) {
        pl_db_view_field(view, first ? "details" : "", line);
    }
    for (size_t i = 0; i < advisory->references.count; i++) {
        pl_db_view_field(view, i == 0 ? "references" : "", advisory->references.items[i].url);
    }
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < advisory->affected.count; i++) {
        const struct pl_affected *affected = &advisory->affected.items[i];
        struct pl_grid_row *row = pl_vec_push(&view->arena, &grid);
        row->cells[0].text = pl_db_view_clean(view, affected->ecosystem);
        row->cells[1].text = pl_db_view_clean(view, affected->name);
        row->cells[2].text = pl_db_view_clean(view, pl_osv_range_text(&view->arena, affected));
    }
    if (grid.count > 0) {
        pl_writer_char(&view->out, '\n');
        pl_grid_write(&grid, view->width, false, &view->out);
    }
}

/* The ids that a name stands for: itself, or the advisories that list it. */
static enum pl_status resolve(struct pl_db_view *view, pl_str name, struct pl_strs *ret,
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
    struct pl_db_view view pl_autoview = {0};
    struct pl_strs ids = {0};
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st == PL_OK) {
        st = pl_db_view_open(&view, args, dir, err);
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
    return pl_db_view_finish(&view, err);
}
