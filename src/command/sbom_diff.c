/* SPDX-License-Identifier: Apache-2.0 */
/* Says what differs between two sources, or the documents of them. */
#include "base/utf8.h"
#include "command/sbom.h"
#include "format/json_writer.h"
#include "report/format.h"
#include "report/grid.h"
#include "sbom/diff.h"
#include <stdio.h>
#include <unistd.h>

/* Longer names are cut; the JSON has them whole. */
enum { SHOWN_BYTES = 300 };

struct difference {
    struct pl_arena *arena;
    const struct pl_report *from;
    const struct pl_report *to;
    struct pl_sbom_changes changes;
};

static void write_side(struct pl_json_writer *json, struct pl_arena *arena, const char *key,
                       const struct pl_component *component)
{
    pl_json_writer_key(json, key);
    if (!component) {
        pl_json_writer_null(json);
        return;
    }
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "purl", pl_component_purl(arena, component));
    pl_json_writer_member(json, "version", component->version);
    pl_json_writer_member(json, "license_expression", component->license_expression);
    pl_json_writer_member_strings(json, "licenses", &component->licenses);
    pl_json_writer_end_object(json);
}

static void write_subject(struct pl_json_writer *json, const char *key,
                          const struct pl_report *report)
{
    pl_json_writer_member_object(json, key);
    pl_json_writer_member(json, "name", report->subject.name);
    pl_json_writer_member(json, "digest", report->subject.digest);
    pl_json_writer_member_uint(json, "components", report->components.count);
    pl_json_writer_member_uint(json, "gaps", report->gaps.count);
    pl_json_writer_end_object(json);
}

static void print_json(const struct difference *difference, struct pl_writer *writer)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    write_subject(&json, "from", difference->from);
    write_subject(&json, "to", difference->to);
    pl_json_writer_member_array(&json, "changes");
    for (size_t i = 0; i < difference->changes.count; i++) {
        const struct pl_sbom_change *change = &difference->changes.items[i];
        const struct pl_component *either = change->to ? change->to : change->from;
        pl_json_writer_begin_object(&json);
        pl_json_writer_member(&json, "kind", pl_str_from(pl_sbom_change_to_string(change->kind)));
        pl_json_writer_member(&json, "type", either->type);
        pl_json_writer_member(&json, "name", either->name);
        write_side(&json, difference->arena, "from", change->from);
        write_side(&json, difference->arena, "to", change->to);
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

/* What is told of one side: its licences where they differ, else its version. */
static pl_str side_text(struct pl_arena *arena, const struct pl_sbom_change *change,
                        const struct pl_component *component)
{
    if (!component) {
        return PL_STR_EMPTY;
    }
    pl_str text = component->version;
    if (change->kind == PL_SBOM_RELICENSED) {
        text = component->license_expression;
        for (size_t i = 0; i < component->licenses.count && text.len == 0; i++) {
            text = component->licenses.items[i];
        }
        text = text.len > 0 ? text : PL_STR("no licence");
    }
    return pl_utf8_clean(arena, text, SHOWN_BYTES);
}

static void print_table(const struct difference *difference, struct pl_writer *writer)
{
    static const struct pl_grid_column columns[] = {
        {"CHANGE", 10}, {"TYPE", 12}, {"NAME", 40}, {"FROM", 28}, {"TO", 0}};
    static const char *const colors[] = {
        [PL_SBOM_ADDED] = "32", [PL_SBOM_REMOVED] = "31", [PL_SBOM_CHANGED] = "33"};
    struct pl_arena *arena = difference->arena;
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    size_t counts[PL_SBOM_RELICENSED + 1] = {0};
    for (size_t i = 0; i < difference->changes.count; i++) {
        const struct pl_sbom_change *change = &difference->changes.items[i];
        const struct pl_component *either = change->to ? change->to : change->from;
        struct pl_grid_row *row = pl_vec_push(arena, &grid);
        counts[change->kind]++;
        row->cells[0].text = pl_str_from(pl_sbom_change_to_string(change->kind));
        row->cells[0].sgr = change->kind < PL_ARRAY_LEN(colors) ? colors[change->kind] : NULL;
        row->cells[1].text = pl_utf8_clean(arena, either->type, SHOWN_BYTES);
        row->cells[2].text = pl_utf8_clean(arena, either->name, SHOWN_BYTES);
        row->cells[3].text = side_text(arena, change, change->from);
        row->cells[4].text = side_text(arena, change, change->to);
    }
    if (grid.count > 0) {
        pl_grid_write(&grid, PL_REPORT_WIDTH, false, writer);
        pl_writer_char(writer, '\n');
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(counts); i++) {
        pl_writer_format(writer, "%s%zu %s", i > 0 ? ", " : "", counts[i],
                         pl_sbom_change_to_string((enum pl_sbom_change_kind)i));
    }
    pl_writer_char(writer, '\n');
    if (difference->from->gaps.count + difference->to->gaps.count > 0) {
        pl_writer_format(writer,
                         "Not everything could be seen: %zu gaps in the first, %zu in the "
                         "second.\n",
                         difference->from->gaps.count, difference->to->gaps.count);
    }
}

static enum pl_status print(const struct difference *difference, bool wants_json,
                            struct pl_error *err)
{
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    fflush(stdout);
    pl_writer_init_fd(writer, STDOUT_FILENO);
    if (wants_json) {
        print_json(difference, writer);
    } else {
        print_table(difference, writer);
    }
    return pl_writer_finish(writer, err);
}

static enum pl_status check(const struct pl_args *args, bool *ret_wants_json, struct pl_error *err)
{
    const char *format = pl_args_value(args, "format", "table");
    *ret_wants_json = strcmp(format, "json") == 0;
    if (!*ret_wants_json && strcmp(format, "table") != 0) {
        return pl_command_unknown("format", format, (const char *const[]){"json", "table", NULL},
                                  err);
    }
    return pl_args_expect(args, 3, 3, err);
}

int pl_sbom_run_diff(const struct pl_args *args, struct pl_error *err)
{
    struct pl_scan_request request pl_autorequest = {0};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_report reports[2] = {{.has_findings = false}};
    bool wants_json = false;
    enum pl_status st = check(args, &wants_json, err);
    if (st == PL_OK) {
        st = pl_scan_request_read(args, 1, &request, err);
    }
    for (size_t i = 0; i < 2 && st == PL_OK; i++) {
        st = pl_scan_request_run(&request, i, &arena, &reports[i], err);
    }
    if (st < 0) {
        return pl_command_failed(st);
    }
    struct difference difference = {
        &arena, &reports[0], &reports[1],
        pl_sbom_diff(&arena, &reports[0].components, &reports[1].components)};
    st = print(&difference, wants_json, err);
    return st < 0 ? pl_command_failed(st) : 0;
}
