/* SPDX-License-Identifier: Apache-2.0 */
#include "report/suppressed.h"
#include "base/compiler.h"
#include "base/utf8.h"
#include "report/grid.h"

enum { SHOWN_BYTES = 400, MOST_NAMED = 20 };

struct page {
    struct pl_arena arena;
    const struct pl_report *report;
    unsigned width;
    bool color;
    struct pl_writer *into;
};

static pl_str clean(struct page *page, pl_str text)
{
    return pl_utf8_clean(&page->arena, text, SHOWN_BYTES);
}

/* "false_positive: only in the docs (jane, until 2026-12-31)". */
static pl_str why_text(struct page *page, const struct pl_suppression_mark *mark)
{
    const struct {
        const char *before;
        pl_str text;
    } parts[] = {{"by ", mark->by}, {"until ", mark->until}, {"", mark->origin}};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(4 * SHOWN_BYTES);
    pl_buf_append_format(&text, "%s%s" PL_STR_FMT " (",
                         pl_suppression_reason_to_string(mark->reason),
                         mark->text.len > 0 ? ": " : "", PL_STR_ARG(clean(page, mark->text)));
    const char *between = "";
    for (size_t i = 0; i < PL_ARRAY_LEN(parts); i++) {
        if (parts[i].text.len > 0) {
            pl_buf_append_format(&text, "%s%s" PL_STR_FMT, between, parts[i].before,
                                 PL_STR_ARG(clean(page, parts[i].text)));
            between = ", ";
        }
    }
    pl_buf_append(&text, PL_STR(")"));
    return pl_arena_dup(&page->arena, pl_buf_str(&text));
}

/* "7 suppressed (5 accepted, 2 false_positive)": by the first reason of each. */
static void write_count(struct page *page, bool is_listed)
{
    const struct pl_findings *findings = &page->report->suppressed;
    size_t counts[PL_SUPPRESSION_UNSTATED + 1] = {0};
    struct pl_buf line pl_autobuf = PL_BUF_INIT(4096);
    if (findings->count == 0) {
        return;
    }
    for (size_t i = 0; i < findings->count; i++) {
        counts[findings->items[i].suppressions.items[0].reason]++;
    }
    pl_buf_append_format(&line, "%zu suppressed", findings->count);
    const char *between = " (";
    for (size_t i = 0; i < PL_ARRAY_LEN(counts); i++) {
        if (counts[i] > 0) {
            pl_buf_append_format(&line, "%s%zu %s", between, counts[i],
                                 pl_suppression_reason_to_string((enum pl_suppression_reason)i));
            between = ", ";
        }
    }
    pl_buf_append_format(&line, ")%s", is_listed ? ":" : "; --show-suppressed lists them.");
    pl_grid_write_paragraph(pl_buf_str(&line), page->width, 2, page->into);
}

static void write_list(struct page *page)
{
    static const struct pl_grid_column columns[] = {
        {"PACKAGE", 30}, {"INSTALLED", 24}, {"SEVERITY", 10}, {"KNOWN AS", 22}, {"WHY", 0},
    };
    const struct pl_findings *findings = &page->report->suppressed;
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < findings->count; i++) {
        const struct pl_finding *finding = &findings->items[i];
        for (size_t k = 0; k < finding->suppressions.count; k++) {
            struct pl_grid_row *row = pl_vec_push(&page->arena, &grid);
            if (k == 0) {
                row->cells[0].text = clean(page, finding->component->name);
                row->cells[1].text = clean(page, finding->component->version);
                row->cells[2].text = pl_str_from(pl_severity_to_string(finding->severity));
                row->cells[3].text = clean(page, finding->id);
            }
            row->cells[4].text = why_text(page, &finding->suppressions.items[k]);
        }
    }
    if (grid.count > 0) {
        pl_writer_char(page->into, '\n');
        pl_grid_write(&grid, page->width, page->color, page->into);
        pl_writer_char(page->into, '\n');
    }
}

/* The rules of one use: "Expired suppressions (2): CVE-1 (2026-01-31), CVE-2 (2026-02-28)." */
static void write_rules(struct page *page, enum pl_suppression_use use, const char *what)
{
    const struct pl_suppression_records *records = &page->report->suppressions;
    struct pl_buf line pl_autobuf = PL_BUF_INIT(65536);
    size_t count = 0;
    for (size_t i = 0; i < records->count; i++) {
        const struct pl_suppression *rule = &records->items[i].rule;
        if (records->items[i].use != use || ++count > MOST_NAMED) {
            continue;
        }
        pl_str detail = use == PL_SUPPRESSION_EXPIRED ? rule->until : rule->origin;
        pl_buf_append_format(&line, "%s" PL_STR_FMT " (" PL_STR_FMT ")", count > 1 ? ", " : "",
                             PL_STR_ARG(clean(page, rule->names.items[0])),
                             PL_STR_ARG(clean(page, detail)));
    }
    if (count == 0) {
        return;
    }
    if (count > MOST_NAMED) {
        pl_buf_append_format(&line, " and %zu more", count - MOST_NAMED);
    }
    pl_grid_write_paragraph(pl_arena_format(&page->arena, "%s (%zu): " PL_STR_FMT ".", what, count,
                                            PL_STR_ARG(pl_buf_str(&line))),
                            page->width, 2, page->into);
}

void pl_suppressed_write(const struct pl_report *report, const struct pl_report_options *options,
                         struct pl_writer *writer)
{
    struct page page = {.report = report,
                        .width =
                            options->width_columns > 0 ? options->width_columns : PL_REPORT_WIDTH,
                        .color = options->color,
                        .into = writer};
    write_count(&page, options->with_suppressed);
    if (options->with_suppressed) {
        write_list(&page);
        write_rules(&page, PL_SUPPRESSION_UNUSED, "Suppressions that meant nothing here");
        write_rules(&page, PL_SUPPRESSION_REPLACED, "Replaced by what their author said later");
    }
    write_rules(&page, PL_SUPPRESSION_EXPIRED, "Expired suppressions, which count no more");
    pl_arena_release(&page.arena);
}
