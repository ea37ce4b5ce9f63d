/* SPDX-License-Identifier: Apache-2.0 */
#include "report/assessed.h"
#include "base/map.h"
#include "base/utf8.h"
#include "report/grid.h"

enum { SHOWN_BYTES = 400, MOST_NAMED = 20 };

struct page {
    struct pl_arena arena;
    const struct pl_report *report;
    const struct pl_report_options *options;
    struct pl_writer *into;
};

static pl_str clean(struct page *page, pl_str text)
{
    return pl_utf8_clean(&page->arena, text, SHOWN_BYTES);
}

/* "CVE-2026-1 (openssl): update to 3.0.11, says Jane Doe (vex.json)". */
static pl_str line_of(struct page *page, const struct pl_finding *finding,
                      const struct pl_suppression_mark *mark)
{
    const struct pl_component *component = finding->component;
    pl_str name = component->source_name.len > 0 ? component->source_name : component->name;
    pl_str who = mark->by.len > 0 ? mark->by : mark->origin;
    struct pl_buf line pl_autobuf = PL_BUF_INIT(4 * SHOWN_BYTES);
    pl_buf_append_format(&line, PL_STR_FMT " (" PL_STR_FMT ")%s" PL_STR_FMT,
                         PL_STR_ARG(clean(page, finding->id)), PL_STR_ARG(clean(page, name)),
                         mark->text.len > 0 ? ": " : "", PL_STR_ARG(clean(page, mark->text)));
    if (page->options->with_differences) {
        pl_buf_append_format(&line, ", says " PL_STR_FMT, PL_STR_ARG(clean(page, who)));
        if (mark->by.len > 0) {
            pl_buf_append_format(&line, " (" PL_STR_FMT ")", PL_STR_ARG(clean(page, mark->origin)));
        }
    }
    return pl_arena_dup(&page->arena, pl_buf_str(&line));
}

/* A heading with all lines of one kind beneath it; packages of one source share theirs. */
static void write_kind(struct page *page, enum pl_suppression_reason reason, const char *heading)
{
    const struct pl_findings *findings = &page->report->findings;
    struct pl_strs lines = {0};
    unsigned width =
        page->options->width_columns > 0 ? page->options->width_columns : PL_REPORT_WIDTH;
    for (size_t i = 0; i < findings->count; i++) {
        const struct pl_suppression_marks *marks = &findings->items[i].assessments;
        for (size_t k = 0; k < marks->count; k++) {
            if (marks->items[k].reason == reason) {
                *pl_vec_push(&page->arena, &lines) =
                    line_of(page, &findings->items[i], &marks->items[k]);
            }
        }
    }
    pl_strs_keep_first(&lines);
    if (lines.count == 0) {
        return;
    }
    pl_grid_write_paragraph(pl_arena_format(&page->arena, "%s (%zu):", heading, lines.count), width,
                            2, page->into);
    for (size_t i = 0; i < lines.count && i < MOST_NAMED; i++) {
        pl_grid_write_paragraph(
            pl_arena_format(&page->arena, "  " PL_STR_FMT, PL_STR_ARG(lines.items[i])), width, 4,
            page->into);
    }
    if (lines.count > MOST_NAMED) {
        pl_grid_write_paragraph(
            pl_arena_format(&page->arena, "  and %zu more", lines.count - MOST_NAMED), width, 4,
            page->into);
    }
}

void pl_assessed_write(const struct pl_report *report, const struct pl_report_options *options,
                       struct pl_writer *writer)
{
    struct page page = {.report = report, .options = options, .into = writer};
    write_kind(&page, PL_SUPPRESSION_AFFECTED, "Confirmed by VEX");
    write_kind(&page, PL_SUPPRESSION_INVESTIGATED, "Under investigation, says VEX");
    pl_arena_release(&page.arena);
}
