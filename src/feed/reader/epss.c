/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EPSS, FIRST's daily estimate that a vulnerability is exploited within the next 30 days
 * (https://www.first.org/epss/data_stats): comma-separated values, one line for every CVE.
 *
 *   #model_version:v2023.03.01,score_date:2025-02-20T00:00:00+0000
 *   cve,epss,percentile
 *   CVE-1999-0001,0.00383,0.73075
 *
 * The first line came with the second model in 2022; before that the day stands in the file's name
 * alone ("epss_scores-2021-04-14.csv"), and until September 2021 there was no percentile. A file
 * without any day is refused: nobody could tell how old the estimates are. Figures are decimal
 * fractions, small ones with an exponent ("9e-05").
 */
#include "base/compiler.h"
#include "feed/csv.h"
#include "feed/date.h"
#include "feed/feed.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str text = document->text;
    if (pl_str_starts_with(text, PL_STR("#model_version:"))) {
        return 90;
    }
    return pl_str_starts_with(text, PL_STR("cve,epss")) ? 80 : 0;
}

/* Powers of ten that a double holds exactly, and so many digits that a mantissa of them is exact:
 * one division then rounds as strtod does. */
enum { EXACT_POWERS = 22, EXACT_DIGITS = 15 };

static double divided(uint64_t mantissa, unsigned power)
{
    static const double powers[EXACT_POWERS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return power > EXACT_POWERS ? 0 : (double)mantissa / powers[power];
}

/* A fraction between 0 and 1, which may have an exponent that is not positive. */
static bool to_fraction(pl_str text, double *ret)
{
    uint64_t mantissa = 0;
    unsigned power = 0;
    size_t digits = 0;
    bool has_point = false;
    size_t at = 0;
    for (; at < text.len && (pl_char_is_digit(text.ptr[at]) || text.ptr[at] == '.'); at++) {
        if (text.ptr[at] == '.') {
            if (has_point) {
                return false;
            }
            has_point = true;
            continue;
        }
        digits++;
        if (mantissa >= 100000000000000ULL) {
            continue; /* beyond EXACT_DIGITS, and so beyond what the estimate can mean */
        }
        mantissa = mantissa * 10 + (uint64_t)(text.ptr[at] - '0');
        power += has_point;
    }
    pl_str rest = pl_str_skip(text, at);
    uint64_t exponent = 0;
    if (digits == 0 || (rest.len > 0 && !pl_str_starts_with(rest, PL_STR("e-")))) {
        return false;
    }
    if (rest.len > 0 && !pl_str_to_uint(pl_str_skip(rest, 2), 99, &exponent)) {
        return false;
    }
    double value = divided(mantissa, power + (unsigned)exponent);
    if (value > 1) {
        return false;
    }
    *ret = value;
    return true;
}

/* The day after "score_date:" in the first line, else the one in the file's name. */
static pl_str day_of(pl_str first_line, pl_str name)
{
    static const pl_str key = PL_STR_INIT("score_date:");
    static const pl_str prefix = PL_STR_INIT("epss_scores-");
    size_t at = pl_str_find(first_line, key);
    if (at != SIZE_MAX) {
        return pl_date_of(pl_str_skip(first_line, at + key.len));
    }
    at = pl_str_find(name, prefix);
    return at == SIZE_MAX ? PL_STR_EMPTY : pl_date_of(pl_str_skip(name, at + prefix.len));
}

struct columns {
    size_t id;
    size_t epss;
    size_t percentile;
};

static enum pl_status take_row(struct pl_feed_sink *sink, const struct pl_csv_row *row,
                               const struct columns *columns, pl_str day, struct pl_error *err)
{
    pl_str percentile = pl_csv_field(row, columns->percentile);
    struct pl_exploitation exploitation = {.id = pl_csv_field(row, columns->id), .epss_date = day};
    if (!to_fraction(pl_csv_field(row, columns->epss), &exploitation.epss) ||
        (columns->percentile != SIZE_MAX &&
         !to_fraction(percentile, &exploitation.epss_percentile))) {
        pl_feed_malformed(sink, PL_STR_FMT ": the score is no fraction between 0 and 1",
                          PL_STR_ARG(exploitation.id));
        return PL_OK;
    }
    return pl_feed_take_exploitation(sink, &exploitation, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    pl_str text = document->text;
    pl_str first_line = PL_STR_EMPTY;
    struct pl_csv_row row;
    if (pl_str_starts_with(text, PL_STR("#"))) {
        pl_str_next_line(&text, &first_line);
    }
    pl_str day = day_of(first_line, document->name);
    if (day.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "neither the first line nor the name has a date");
    }
    struct columns columns = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    if (pl_csv_next(&text, &row) == PL_CSV_ROW) {
        columns = (struct columns){pl_csv_column(&row, "cve"), pl_csv_column(&row, "epss"),
                                   pl_csv_column(&row, "percentile")};
    }
    if (columns.id == SIZE_MAX || columns.epss == SIZE_MAX) {
        return pl_error_set(err, PL_E_PARSE, "the columns cve and epss are not named");
    }
    enum pl_status st = PL_OK;
    while (st == PL_OK) {
        enum pl_csv_result result = pl_csv_next(&text, &row);
        if (result == PL_CSV_END) {
            break;
        }
        if (result == PL_CSV_BAD) {
            pl_feed_malformed(sink, "a line has quotes that do not end");
            continue;
        }
        st = take_row(sink, &row, &columns, day, err);
    }
    return st;
}

const struct pl_feed pl_feed_epss = {
    .name = "epss",
    .summary = "FIRST's estimates that vulnerabilities are exploited within 30 days",
    .url = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
