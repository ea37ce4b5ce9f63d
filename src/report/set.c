/* SPDX-License-Identifier: Apache-2.0 */
#include "report/set.h"
#include "base/compiler.h"
#include "base/utf8.h"
#include "report/document.h"
#include "report/grid.h"

/* Longer names are cut; the JSON document has them whole. */
enum { SHOWN_BYTES = 400 };

static void begin_json(struct pl_writer *writer)
{
    pl_writer_format(writer, "{\"schema_version\":\"%s\",\"reports\":[\n",
                     PL_REPORT_SCHEMA_VERSION);
}

static void between_json(struct pl_writer *writer)
{
    pl_writer_str(writer, PL_STR(",\n"));
}

/* A source that failed has no counts, an inventory no findings and no verdict. */
static void write_row(struct pl_json_writer *json, const struct pl_summary_row *row)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "source", row->source);
    if (row->failure.len > 0) {
        pl_json_writer_member(json, "failure", row->failure);
        pl_json_writer_end_object(json);
        return;
    }
    pl_json_writer_member_uint(json, "components", row->components);
    pl_json_writer_member_uint(json, "gaps", row->gaps);
    if (row->has_findings) {
        pl_json_writer_member_object(json, "findings");
        for (size_t i = 0; i < PL_SEVERITY_COUNT_; i++) {
            pl_json_writer_member_uint(json, pl_severity_to_string((enum pl_severity)i),
                                       row->findings[i]);
        }
        pl_json_writer_end_object(json);
        pl_json_writer_member_bool(json, "pass", row->verdict_pass);
    }
    pl_json_writer_end_object(json);
}

static void end_json(const struct pl_summary *summary, const struct pl_report_options *options,
                     struct pl_writer *writer)
{
    (void)options;
    struct pl_json_writer json;
    pl_writer_str(writer, PL_STR("],\"summary\":"));
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_array(&json);
    for (size_t i = 0; i < summary->count; i++) {
        write_row(&json, &summary->items[i]);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_finish(&json);
    pl_writer_str(writer, PL_STR("}\n"));
}

const struct pl_report_set pl_report_set_json = {begin_json, between_json, end_json};

static void nothing(struct pl_writer *writer)
{
    (void)writer;
}

static void between_table(struct pl_writer *writer)
{
    pl_writer_char(writer, '\n');
}

/* "3 critical, 10 high"; empty where nothing was looked for. */
static pl_str findings_text(struct pl_arena *arena, const struct pl_summary_row *row)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1024);
    for (size_t i = 0; i < PL_SEVERITY_COUNT_ && row->has_findings; i++) {
        if (row->findings[i] > 0) {
            pl_buf_append_format(&text, "%s%llu %s", text.len > 0 ? ", " : "",
                                 (unsigned long long)row->findings[i],
                                 pl_severity_to_string((enum pl_severity)i));
        }
    }
    if (text.len == 0 && row->has_findings) {
        pl_buf_append(&text, PL_STR("none"));
    }
    return pl_arena_dup(arena, pl_buf_str(&text));
}

static void fill_row(struct pl_arena *arena, const struct pl_summary_row *row,
                     struct pl_grid_row *cells)
{
    cells->cells[0].text = pl_utf8_clean(arena, row->source, SHOWN_BYTES);
    if (row->failure.len > 0) {
        cells->cells[1].text = PL_STR("failed");
        cells->cells[1].sgr = "1;31";
        return;
    }
    bool is_outside = row->has_findings && !row->verdict_pass;
    cells->cells[1].text = is_outside          ? PL_STR("outside policy")
                           : row->has_findings ? PL_STR("within policy")
                                               : PL_STR("listed");
    cells->cells[1].sgr = is_outside ? "31" : NULL;
    cells->cells[2].text = pl_arena_format(arena, "%llu", (unsigned long long)row->components);
    cells->cells[3].text = pl_arena_format(arena, "%llu", (unsigned long long)row->gaps);
    cells->cells[4].text = findings_text(arena, row);
}

/* Under the table, since they are long. */
static void write_failures(struct pl_arena *arena, const struct pl_summary *summary, unsigned width,
                           struct pl_writer *writer)
{
    const char *before = "\n";
    for (size_t i = 0; i < summary->count; i++) {
        const struct pl_summary_row *row = &summary->items[i];
        if (row->failure.len == 0) {
            continue;
        }
        pl_writer_str(writer, pl_str_from(before));
        pl_grid_write_paragraph(
            pl_arena_format(arena, "Failed: " PL_STR_FMT,
                            PL_STR_ARG(pl_utf8_clean(arena, row->failure, SHOWN_BYTES))),
            width, 2, writer);
        before = "";
    }
}

static void end_table(const struct pl_summary *summary, const struct pl_report_options *options,
                      struct pl_writer *writer)
{
    static const struct pl_grid_column columns[] = {
        {"SOURCE", 48}, {"RESULT", 14}, {"COMPONENTS", 10}, {"GAPS", 6}, {"VULNERABILITIES", 0},
    };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    unsigned width = options->width_columns > 0 ? options->width_columns : PL_REPORT_WIDTH;
    size_t failed = 0;
    bool has_findings = false;
    for (size_t i = 0; i < summary->count; i++) {
        fill_row(&arena, &summary->items[i], pl_vec_push(&arena, &grid));
        failed += summary->items[i].failure.len > 0;
        has_findings = has_findings || summary->items[i].has_findings;
    }
    grid.column_count -= has_findings ? 0 : 1;
    pl_writer_format(writer, "%s%zu source%s", summary->count > failed ? "\n" : "", summary->count,
                     summary->count == 1 ? "" : "s");
    if (failed > 0) {
        pl_writer_format(writer, ", %zu of them failed", failed);
    }
    pl_writer_str(writer, PL_STR("\n\n"));
    pl_grid_write(&grid, width, options->color, writer);
    write_failures(&arena, summary, width, writer);
}

const struct pl_report_set pl_report_set_table = {nothing, between_table, end_table};

static void end_nothing(const struct pl_summary *summary, const struct pl_report_options *options,
                        struct pl_writer *writer)
{
    (void)summary;
    (void)options;
    (void)writer;
}

const struct pl_report_set pl_report_set_lines = {nothing, nothing, end_nothing};
