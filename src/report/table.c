/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report for people: what is wrong, worst first, a summary of it, what was not seen, how old
 * the advisories are, and what to do next. Short when there is nothing to say.
 *
 * Names and texts of the inspected image go through pl_utf8_clean before they are printed, so that
 * nothing in them can steer the terminal.
 */
#include "base/compiler.h"
#include "base/map.h"
#include "base/utf8.h"
#include "report/assessed.h"
#include "report/difference.h"
#include "report/grid.h"
#include "report/set.h"
#include "report/suppressed.h"
#include "report/upgrade.h"

/* Longer names are cut; the JSON report has them whole. */
enum { SHOWN_BYTES = 400, MOST_BINARIES = 6, MOST_GAPS = 10, MOST_UNLIKE = 20, DATE_LEN = 10 };

struct table {
    const struct pl_report *report;
    const struct pl_report_options *options;
    unsigned width;
    bool color;
    struct pl_arena *arena;
    struct pl_writer *into;
};

static const char *const severity_sgr[PL_SEVERITY_COUNT_] = {
    [PL_SEVERITY_MALICIOUS] = "1;35", [PL_SEVERITY_CRITICAL] = "1;31",
    [PL_SEVERITY_HIGH] = "31",        [PL_SEVERITY_MEDIUM] = "33",
    [PL_SEVERITY_LOW] = "36",         [PL_SEVERITY_NEGLIGIBLE] = "2",
    [PL_SEVERITY_UNKNOWN] = "2",
};

static pl_str clean(const struct table *table, pl_str s)
{
    return pl_utf8_clean(table->arena, s, SHOWN_BYTES);
}

static void paragraph(const struct table *table, unsigned indent, pl_str text)
{
    pl_grid_write_paragraph(text, table->width, indent, table->into);
}

static void blank_line(const struct table *table)
{
    pl_writer_char(table->into, '\n');
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static pl_str join_clean(const struct table *table, const struct pl_strs *list, size_t most)
{
    struct pl_buf joined pl_autobuf = PL_BUF_INIT(SIZE_MAX / 2);
    for (size_t i = 0; i < list->count && i < most; i++) {
        pl_buf_append(&joined, i == 0 ? PL_STR_EMPTY : PL_STR(", "));
        pl_buf_append(&joined, clean(table, list->items[i]));
    }
    if (list->count > most) {
        pl_buf_append_format(&joined, " and %zu more", list->count - most);
    }
    return pl_arena_dup(table->arena, pl_buf_str(&joined));
}

/* Where it came from, unless the name begins with it: "docker:app", but "app" from docker. */
static pl_str source_text(const struct table *table)
{
    const struct pl_subject *subject = &table->report->subject;
    pl_str scheme = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    bool is_said =
        pl_str_cut(subject->name, ':', &scheme, &rest) && pl_str_eq(scheme, subject->source);
    return is_said ? PL_STR_EMPTY : clean(table, subject->source);
}

/* " (deb 790, npm 12)": what kinds of packages there are, unless all are the system's own. */
static pl_str kinds_of(const struct table *table)
{
    const struct pl_components *components = &table->report->components;
    pl_str text = PL_STR_EMPTY;
    size_t kinds = 0;
    bool has_others = false;
    /* Components are sorted by type. */
    for (size_t first = 0, next = 0; first < components->count; first = next) {
        pl_str type = components->items[first].type;
        while (next < components->count && pl_str_eq(components->items[next].type, type)) {
            next++;
        }
        has_others = has_others || !pl_component_is_system_package(&components->items[first]);
        text =
            pl_arena_format(table->arena, PL_STR_FMT "%s" PL_STR_FMT " %zu", PL_STR_ARG(text),
                            kinds++ > 0 ? ", " : "", PL_STR_ARG(clean(table, type)), next - first);
    }
    return has_others && kinds > 0
               ? pl_arena_format(table->arena, " (" PL_STR_FMT ")", PL_STR_ARG(text))
               : PL_STR_EMPTY;
}

static void write_subject(const struct table *table)
{
    const struct pl_subject *subject = &table->report->subject;
    size_t count = table->report->components.count;
    pl_str name = clean(table, subject->name);
    pl_str platform = clean(table, subject->platform);
    pl_str source = source_text(table);
    paragraph(table, 2,
              pl_arena_format(table->arena,
                              PL_STR_FMT " (" PL_STR_FMT "%s" PL_STR_FMT "%s" PL_STR_FMT ")",
                              PL_STR_ARG(name), PL_STR_ARG(clean(table, subject->kind)),
                              platform.len > 0 ? ", " : "", PL_STR_ARG(platform),
                              source.len > 0 ? ", from " : "", PL_STR_ARG(source)));
    if (subject->digest.len > 0) {
        paragraph(table, 2, clean(table, subject->digest));
    }
    pl_str os = clean(table, subject->os.pretty_name.len > 0 ? subject->os.pretty_name
                             : subject->os.name.len > 0      ? subject->os.name
                                                             : subject->os.id);
    /* A folder of lock files has none, and nobody misses it. */
    pl_str kinds = kinds_of(table);
    bool is_folder = pl_str_eq(subject->kind, PL_STR("filesystem")) && kinds.len > 0;
    os = os.len > 0 || is_folder ? os : PL_STR("unknown operating system");
    paragraph(table, 2,
              pl_arena_format(table->arena, PL_STR_FMT "%s%zu package%s" PL_STR_FMT, PL_STR_ARG(os),
                              os.len > 0 ? ", " : "", count, plural(count), PL_STR_ARG(kinds)));
}

/* Of a container: which packages its image does not have, or has otherwise. */
static void write_since_image(const struct table *table)
{
    const struct pl_subject *subject = &table->report->subject;
    struct pl_strs unlike = {0};
    for (size_t i = 0; i < table->report->components.count; i++) {
        const struct pl_component *component = &table->report->components.items[i];
        if (component->since_image == PL_SINCE_IMAGE_NEW ||
            component->since_image == PL_SINCE_IMAGE_ALTERED) {
            *pl_vec_push(table->arena, &unlike) = pl_arena_format(
                table->arena, PL_STR_FMT " " PL_STR_FMT " (%s)", PL_STR_ARG(component->name),
                PL_STR_ARG(component->version), pl_since_image_to_string(component->since_image));
        }
    }
    pl_str state = clean(table, subject->container->state);
    pl_str image = clean(table, subject->container->image_name);
    paragraph(table, 2,
              pl_arena_format(table->arena, PL_STR_FMT "%s" PL_STR_FMT,
                              PL_STR_ARG(state.len > 0 ? state : PL_STR("unknown state")),
                              image.len > 0 ? ", image " : "", PL_STR_ARG(image)));
    if (unlike.count > 0) {
        paragraph(table, 2,
                  pl_arena_format(table->arena, "Not as in the image: " PL_STR_FMT,
                                  PL_STR_ARG(join_clean(table, &unlike, MOST_UNLIKE))));
    }
    if (subject->removed.count > 0) {
        paragraph(table, 2,
                  pl_arena_format(table->arena, "Removed since: " PL_STR_FMT,
                                  PL_STR_ARG(join_clean(table, &subject->removed, MOST_UNLIKE))));
    }
}

/* "openssl (libssl3, openssl)", or the name alone when it is its only binary. */
static pl_str package_text(const struct table *table, const struct pl_package *package)
{
    pl_str name = clean(table, package->name);
    if (package->binaries.count == 1 && pl_str_eq(package->binaries.items[0], package->name)) {
        return name;
    }
    return pl_arena_format(table->arena, PL_STR_FMT " (" PL_STR_FMT ")", PL_STR_ARG(name),
                           PL_STR_ARG(join_clean(table, &package->binaries, MOST_BINARIES)));
}

static pl_str fix_text(const struct table *table, const struct pl_package_entry *entry)
{
    static const char *const words[] = {
        [PL_FIX_FIXED] = "yes",
        [PL_FIX_SUBSCRIPTION] = "subscription",
        [PL_FIX_NOT_FIXED] = "not yet",
        [PL_FIX_DEFERRED] = "deferred",
        [PL_FIX_END_OF_LIFE] = "end of life",
        [PL_FIX_WONT_FIX] = "won't fix",
        [PL_FIX_UNKNOWN] = "unknown",
    };
    return entry->fix.len > 0 ? clean(table, entry->fix) : pl_str_from(words[entry->fix_state]);
}

static void write_findings(const struct table *table, const struct pl_packages *packages)
{
    static const struct pl_grid_column columns[] = {
        {"PACKAGE", 36}, {"INSTALLED", 30}, {"FIXED IN", 30}, {"SEVERITY", 10}, {"KNOWN AS", 0},
    };
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < packages->count; i++) {
        const struct pl_package *package = &packages->items[i];
        for (size_t k = 0; k < package->entries.count; k++) {
            const struct pl_package_entry *entry = &package->entries.items[k];
            struct pl_grid_row *row = pl_vec_push(table->arena, &grid);
            if (k == 0) {
                row->cells[0].text = package_text(table, package);
                row->cells[1].text = clean(table, package->version);
            }
            row->cells[2].text = fix_text(table, entry);
            row->cells[3].text = pl_str_from(pl_severity_to_string(entry->severity));
            row->cells[3].sgr = severity_sgr[entry->severity];
            row->cells[4].text = join_clean(table, &entry->ids, SIZE_MAX);
        }
    }
    blank_line(table);
    pl_grid_write(&grid, table->width, table->color, table->into);
}

static void write_counts(const struct table *table, const struct pl_packages *packages)
{
    struct pl_buf line pl_autobuf = PL_BUF_INIT(1024);
    if (packages->count == 0) {
        pl_buf_append_format(&line, "No known vulnerabilities%s.",
                             table->report->gaps.count > 0 ? " in what was seen and judged" : "");
    } else {
        pl_buf_append_format(&line, "%zu package%s with %zu known vulnerabilit%s:", packages->count,
                             plural(packages->count), packages->vulnerabilities,
                             packages->vulnerabilities == 1 ? "y" : "ies");
        const char *between = " ";
        for (size_t i = 0; i < PL_SEVERITY_COUNT_; i++) {
            if (packages->by_severity[i] > 0) {
                pl_buf_append_format(&line, "%s%zu %s", between, packages->by_severity[i],
                                     pl_severity_to_string((enum pl_severity)i));
                between = ", ";
            }
        }
        pl_buf_append_format(&line, "; %zu fixable by an upgrade.", packages->with_fix);
    }
    if (packages->left_out > 0) {
        pl_buf_append_format(&line, " %zu more finding%s stated not to affect it.",
                             packages->left_out, packages->left_out == 1 ? " is" : "s are");
    }
    blank_line(table);
    paragraph(table, 2, pl_buf_str(&line));
}

/* What a catalogue of exploited vulnerabilities lists, each once. */
static void write_exploited(const struct table *table)
{
    enum { MOST = 20 };
    struct pl_buf line pl_autobuf = PL_BUF_INIT(65536);
    struct pl_strs seen = {0};
    size_t left = 0;
    for (size_t i = 0; i < table->report->findings.count; i++) {
        const struct pl_finding *finding = &table->report->findings.items[i];
        const struct pl_exploitation *known = &finding->exploitation;
        if (known->kev_catalogue.len == 0 || !pl_finding_counts(finding) ||
            pl_strs_contain(&seen, finding->id)) {
            continue;
        }
        *pl_vec_push(table->arena, &seen) = finding->id;
        if (seen.count > MOST) {
            left++;
            continue;
        }
        pl_buf_append_format(&line, "%s" PL_STR_FMT " (" PL_STR_FMT ", " PL_STR_FMT "%s)",
                             seen.count > 1 ? ", " : "Known to be exploited: ",
                             PL_STR_ARG(clean(table, finding->id)),
                             PL_STR_ARG(clean(table, known->kev_catalogue)),
                             PL_STR_ARG(clean(table, known->kev_added)),
                             known->kev_ransomware ? ", by ransomware" : "");
    }
    if (seen.count == 0) {
        return;
    }
    if (left > 0) {
        pl_buf_append_format(&line, " and %zu more", left);
    }
    pl_buf_append_char(&line, '.');
    paragraph(table, 2, pl_buf_str(&line));
}

static void write_disputed(const struct table *table)
{
    enum { MOST = 20 };
    struct pl_strs disputed = {0};
    for (size_t i = 0; i < table->report->findings.count; i++) {
        if (table->report->findings.items[i].is_disputed) {
            *pl_vec_push(table->arena, &disputed) = table->report->findings.items[i].id;
        }
    }
    pl_strs_sort(&disputed);
    pl_strs_keep_first(&disputed);
    if (disputed.count > 0) {
        paragraph(table, 2,
                  pl_arena_format(table->arena, "Disputed: " PL_STR_FMT ".",
                                  PL_STR_ARG(join_clean(table, &disputed, MOST))));
    }
}

/* Packages of one source share what is said of them. */
static void write_differences(const struct table *table)
{
    struct pl_strs lines = {0};
    for (size_t i = 0; i < table->report->findings.count; i++) {
        const struct pl_finding *finding = &table->report->findings.items[i];
        const struct pl_component *component = finding->component;
        pl_str text = pl_difference_text(table->arena, finding);
        pl_str name = component->source_name.len > 0 ? component->source_name : component->name;
        if (text.len > 0) {
            *pl_vec_push(table->arena, &lines) =
                pl_arena_format(table->arena, PL_STR_FMT " (" PL_STR_FMT "): " PL_STR_FMT,
                                PL_STR_ARG(clean(table, finding->id)),
                                PL_STR_ARG(clean(table, name)), PL_STR_ARG(clean(table, text)));
        }
    }
    pl_strs_keep_first(&lines);
    if (lines.count > 0) {
        paragraph(table, 2, PL_STR("Where sources differ:"));
    }
    for (size_t i = 0; i < lines.count; i++) {
        paragraph(table, 4,
                  pl_arena_format(table->arena, "  " PL_STR_FMT, PL_STR_ARG(lines.items[i])));
    }
}

/* Findings about kernels that do not run here: how many, and of which packages. */
static void write_not_running(const struct table *table)
{
    struct pl_strs names = {0};
    struct pl_strs ids = {0};
    for (size_t i = 0; i < table->report->findings.count; i++) {
        const struct pl_finding *finding = &table->report->findings.items[i];
        if (finding->apart == PL_APART_NOT_RUNNING) {
            pl_strs_add_unique(table->arena, &names, finding->component->name);
            *pl_vec_push(table->arena, &ids) = finding->id;
        }
    }
    if (names.count == 0) {
        return;
    }
    pl_strs_sort(&ids);
    size_t distinct = 0;
    for (size_t i = 0; i < ids.count; i++) {
        distinct += i == 0 || !pl_str_eq(ids.items[i], ids.items[i - 1]);
    }
    pl_strs_sort(&names);
    paragraph(table, 2,
              pl_arena_format(table->arena,
                              "Not counted: %zu of the Linux kernel, which does not run from "
                              "here (" PL_STR_FMT ").",
                              distinct, PL_STR_ARG(join_clean(table, &names, MOST_BINARIES))));
}

/* The date of the newest record of all feeds, or empty. */
static pl_str newest_date(const struct pl_feed_infos *feeds)
{
    pl_str newest = PL_STR_EMPTY;
    for (size_t i = 0; i < feeds->count; i++) {
        pl_str date = pl_str_sub(feeds->items[i].modified, 0, DATE_LEN);
        newest = pl_str_cmp(date, newest) > 0 ? date : newest;
    }
    return newest;
}

/* The clock is never asked: what counts is what the advisories can know. */
static void write_end_of_life(const struct table *table)
{
    const struct pl_subject *subject = &table->report->subject;
    pl_str newest = newest_date(&table->report->feeds);
    if (subject->end_of_life.len == 0 || newest.len < DATE_LEN ||
        pl_str_cmp(subject->end_of_life, newest) >= 0) {
        return;
    }
    paragraph(table, 2,
              pl_arena_format(
                  table->arena,
                  "End of life: this release has had no free security support since " PL_STR_FMT
                  "; newer vulnerabilities may be neither listed nor fixed.",
                  PL_STR_ARG(clean(table, subject->end_of_life))));
}

static void write_gaps(const struct table *table)
{
    const struct pl_gaps *gaps = &table->report->gaps;
    if (table->report->sandbox.len > 0) {
        paragraph(table, 2,
                  pl_arena_format(table->arena, "Read with less protection: " PL_STR_FMT ".",
                                  PL_STR_ARG(clean(table, table->report->sandbox))));
    }
    if (gaps->count == 0) {
        return;
    }
    paragraph(table, 2,
              pl_arena_format(table->arena,
                              "Not seen or not judged, so not in this report (%zu):", gaps->count));
    for (size_t i = 0; i < gaps->count && i < MOST_GAPS; i++) {
        const struct pl_gap *gap = &gaps->items[i];
        pl_str where = clean(table, gap->path.len > 0 ? gap->path : gap->layer);
        paragraph(table, 4,
                  pl_arena_format(table->arena, "  " PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(where),
                                  where.len > 0 ? ": " : "",
                                  PL_STR_ARG(clean(table, gap->reason))));
    }
    if (gaps->count > MOST_GAPS) {
        paragraph(table, 4,
                  pl_arena_format(table->arena, "  and %zu more, all in --format json",
                                  gaps->count - MOST_GAPS));
    }
}

static void write_database(const struct table *table)
{
    const struct pl_report *report = table->report;
    if (report->feeds.count == 0) {
        paragraph(table, 2, PL_STR("Advisories: none; make a database with plimsoll db update."));
        return;
    }
    uint64_t records = 0;
    for (size_t i = 0; i < report->feeds.count; i++) {
        records += report->feeds.items[i].records;
    }
    pl_str date = clean(table, newest_date(&report->feeds));
    paragraph(table, 2,
              pl_arena_format(
                  table->arena,
                  "Advisories: %llu records of %zu feed%s, the newest of " PL_STR_FMT ".",
                  (unsigned long long)records, report->feeds.count, plural(report->feeds.count),
                  PL_STR_ARG(date.len > 0 ? date : PL_STR("an unknown date"))));
}

static void write_verdict(const struct table *table)
{
    const struct pl_report *report = table->report;
    for (size_t i = 0; i < report->verdict_reasons.count; i++) {
        paragraph(table, 2,
                  pl_arena_format(table->arena, "%s policy: " PL_STR_FMT,
                                  report->verdict_pass ? "Within" : "Outside",
                                  PL_STR_ARG(clean(table, report->verdict_reasons.items[i]))));
    }
}

static void write_next(const struct table *table, const struct pl_packages *packages)
{
    struct pl_strs commands =
        pl_upgrade_commands(table->arena, &table->report->subject.os, packages);
    if (commands.count == 0) {
        return;
    }
    blank_line(table);
    paragraph(table, 2, PL_STR("What to do next, in the system itself or in its Dockerfile:"));
    for (size_t i = 0; i < commands.count; i++) {
        pl_writer_str(table->into, PL_STR("  "));
        pl_writer_str(table->into, commands.items[i]); /* whole, so that it can be copied */
        blank_line(table);
    }
}

static void write_inventory(const struct table *table)
{
    static const struct pl_grid_column columns[] = {
        {"PACKAGE", 40}, {"VERSION", 36}, {"TYPE", 10}, {"SCOPE", 10}, {"LICENSES", 0},
    };
    const struct pl_components *components = &table->report->components;
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < components->count; i++) {
        const struct pl_component *component = &components->items[i];
        struct pl_grid_row *row = pl_vec_push(table->arena, &grid);
        row->cells[0].text = clean(table, component->name);
        row->cells[1].text = clean(table, component->version);
        row->cells[2].text = clean(table, component->type);
        row->cells[3].text = pl_str_from(pl_scope_to_string(component->scope));
        row->cells[4].text = join_clean(table, &component->licenses, MOST_BINARIES);
    }
    if (grid.count > 0) {
        blank_line(table);
        pl_grid_write(&grid, table->width, table->color, table->into);
    }
    if (table->report->gaps.count > 0 || table->report->sandbox.len > 0) {
        blank_line(table);
        write_gaps(table);
    }
}

static void write_assessment(const struct table *table)
{
    struct pl_packages packages = pl_packages_group(table->arena, &table->report->findings);
    if (packages.count > 0) {
        write_findings(table, &packages);
    }
    write_counts(table, &packages);
    pl_suppressed_write(table->report, table->options, table->into);
    pl_assessed_write(table->report, table->options, table->into);
    write_exploited(table);
    write_disputed(table);
    if (table->options->with_differences) {
        write_differences(table);
    }
    write_not_running(table);
    write_end_of_life(table);
    write_gaps(table);
    write_database(table);
    write_verdict(table);
    write_next(table, &packages);
}

static enum pl_status write_table(const struct pl_report *report,
                                  const struct pl_report_options *options, struct pl_writer *writer,
                                  struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct table table = {
        .report = report,
        .options = options,
        .width = options->width_columns > 0 ? options->width_columns : PL_REPORT_WIDTH,
        .color = options->color,
        .arena = &arena,
        .into = writer,
    };
    write_subject(&table);
    if (report->subject.container) {
        write_since_image(&table);
    }
    if (report->has_findings) {
        write_assessment(&table);
    } else {
        write_inventory(&table);
    }
    return PL_OK;
}

const struct pl_report_format pl_report_format_table = {
    .name = "table",
    .summary = "for people: by package, worst first, with what to do next",
    .media_type = "text/plain",
    .write = write_table,
    .set = &pl_report_set_table,
};
