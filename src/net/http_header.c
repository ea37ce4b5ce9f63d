/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer begins with a status line, "HTTP/1.1 200 OK", followed by "Name: value" lines and a
 * blank one (RFC 9112, sections 4 and 5); names do not care for case. Answers of HTTP/2 are handed
 * over by libcurl in the same form. After a chunked body, or one of HTTP/2, trailers may follow.
 *
 * Dates come in three forms (RFC 9110, section 5.6.7), of which servers are to send the first:
 *     Sun, 06 Nov 1994 08:49:37 GMT        IMF-fixdate
 *     Sunday, 06-Nov-94 08:49:37 GMT       RFC 850; two digits of the year
 *     Sun Nov  6 08:49:37 1994             asctime()
 * They differ in order and separators only, so they are read as words: a word of letters is a
 * weekday, a month or the zone; one with colons is the time; the first number of two digits or less
 * is the day, and what remains is the year.
 */
#include "net/http_header.h"
#include "base/limits.h"

static enum pl_status begin_block(struct pl_http_head *head, pl_str line, struct pl_error *err)
{
    pl_str word = PL_STR_EMPTY;
    uint64_t status = 0;
    pl_str_next_word(&line, &word); /* "HTTP/1.1", which was looked at already */
    if (!pl_str_next_word(&line, &word) || word.len != 3 || !pl_str_to_uint(word, 999, &status) ||
        status < 100) {
        return pl_error_set(err, PL_E_PARSE, "the status line is malformed");
    }
    head->status = (unsigned)status;
    head->headers.count = 0;
    head->lines = 0;
    return PL_OK;
}

enum pl_status pl_http_head_take(struct pl_http_head *head, struct pl_arena *arena, pl_str line,
                                 struct pl_error *err)
{
    head->bytes += line.len;
    if (head->bytes > PL_LIMIT_HTTP_HEADER_BYTES || ++head->lines > PL_LIMIT_HTTP_HEADERS) {
        return pl_error_set(err, PL_E_LIMIT, "its headers are longer than %u bytes or %u lines",
                            (unsigned)PL_LIMIT_HTTP_HEADER_BYTES, (unsigned)PL_LIMIT_HTTP_HEADERS);
    }
    /* A continued line (section 5.2, obsolete): no value that counts here was ever folded. */
    bool is_folded = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    line = pl_str_trim(line);
    if (!head->is_complete && pl_str_starts_with(line, PL_STR("HTTP/"))) {
        return begin_block(head, line, err);
    }
    if (line.len == 0) {
        head->is_complete = head->is_complete || head->status >= 200;
        return PL_OK;
    }
    if (is_folded) {
        return PL_OK;
    }
    pl_str name = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    if (head->status == 0 || !pl_str_cut(line, ':', &name, &value) || name.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "a header is malformed");
    }
    *pl_vec_push(arena, &head->headers) =
        (struct pl_http_header){.name = pl_arena_lower(arena, pl_str_trim(name)),
                                .value = pl_arena_dup(arena, pl_str_trim(value))};
    return PL_OK;
}

pl_str pl_http_headers_find(const struct pl_http_headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (pl_str_eq(headers->items[i].name, pl_str_from(name))) {
            return headers->items[i].value;
        }
    }
    return PL_STR_EMPTY;
}

static bool take(pl_str *cursor, pl_str expected)
{
    if (!pl_str_starts_with(*cursor, expected)) {
        return false;
    }
    *cursor = pl_str_skip(*cursor, expected.len);
    return true;
}

bool pl_http_content_range_parse(pl_str value, struct pl_http_content_range *ret)
{
    /* One below UINT64_MAX, so that a length may be one more. */
    const uint64_t most = INT64_MAX;
    struct pl_http_content_range range = {.length = UINT64_MAX};
    pl_str unit = PL_STR_EMPTY;
    if (!pl_str_next_word(&value, &unit) || !pl_str_eq_nocase(unit, PL_STR("bytes"))) {
        return false;
    }
    value = pl_str_trim(value);
    if (!take(&value, PL_STR("*"))) {
        range.has_bytes = true;
        if (!pl_str_take_uint(&value, most, &range.first) || !take(&value, PL_STR("-")) ||
            !pl_str_take_uint(&value, most, &range.last)) {
            return false;
        }
    }
    if (!take(&value, PL_STR("/")) ||
        !(pl_str_eq(value, PL_STR("*")) || pl_str_to_uint(value, most, &range.length))) {
        return false;
    }
    if (range.has_bytes && (range.last < range.first || range.last >= range.length)) {
        return false;
    }
    *ret = range;
    return true;
}

struct date {
    uint64_t day; /* 0: not seen */
    unsigned month; /* 1 to 12 */
    uint64_t year;
    bool has_year;
    uint64_t clock[3];
    bool has_clock;
};

/* HH:MM:SS; 60 is a leap second. */
static bool read_clock(pl_str word, struct date *date)
{
    static const uint64_t most[] = {23, 59, 60};
    for (size_t i = 0; i < PL_ARRAY_LEN(most); i++) {
        pl_str piece = PL_STR_EMPTY;
        if (!pl_str_next_piece(&word, ':', &piece) || piece.len != 2 ||
            !pl_str_to_uint(piece, most[i], &date->clock[i])) {
            return false;
        }
    }
    bool is_second = date->has_clock;
    date->has_clock = true;
    return word.len == 0 && !is_second;
}

/* Weekdays and the zone say nothing new: HTTP knows no zone but GMT. */
static bool read_name(pl_str word, struct date *date)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    static const char weekdays[] = "sunmontuewedthufrisatgmtutc";
    if (word.len < 3) {
        return false;
    }
    for (size_t i = 0; i + 3 < sizeof(months); i += 3) {
        if (word.len == 3 && pl_str_eq_nocase(word, pl_str_make(months + i, 3))) {
            bool is_first = date->month == 0;
            date->month = (unsigned)(i / 3) + 1;
            return is_first;
        }
    }
    for (size_t i = 0; i + 3 < sizeof(weekdays); i += 3) {
        if (pl_str_eq_nocase(pl_str_sub(word, 0, 3), pl_str_make(weekdays + i, 3))) {
            return true;
        }
    }
    return false;
}

static bool read_number(pl_str word, struct date *date)
{
    if (date->day == 0 && word.len <= 2) {
        return pl_str_to_uint(word, 31, &date->day) && date->day > 0;
    }
    if (date->has_year || !(word.len == 2 || word.len == 4) ||
        !pl_str_to_uint(word, 9999, &date->year)) {
        return false;
    }
    /* RFC 850's two digits: never more than fifty years ahead, which 2069 will have to reread. */
    if (word.len == 2) {
        date->year += date->year < 70 ? 2000 : 1900;
    }
    date->has_year = true;
    return date->year >= 1970;
}

bool pl_http_date_parse(pl_str value, int64_t *ret_seconds)
{
    struct date date = {0};
    while (value.len > 0) {
        size_t end = 0;
        while (end < value.len && !strchr(" ,-", value.ptr[end] ? value.ptr[end] : 'x')) {
            end++;
        }
        pl_str word = pl_str_sub(value, 0, end);
        value = pl_str_skip(value, end + 1);
        if (word.len == 0) {
            continue;
        }
        bool is_fine = pl_str_find_char(word, ':') != SIZE_MAX ? read_clock(word, &date)
                       : pl_char_is_digit(word.ptr[0])         ? read_number(word, &date)
                                                               : read_name(word, &date);
        if (!is_fine) {
            return false;
        }
    }
    if (date.day == 0 || date.month == 0 || !date.has_year || !date.has_clock) {
        return false;
    }
    struct tm broken_down = {.tm_year = (int)date.year - 1900,
                             .tm_mon = (int)date.month - 1,
                             .tm_mday = (int)date.day,
                             .tm_hour = (int)date.clock[0],
                             .tm_min = (int)date.clock[1],
                             .tm_sec = (int)date.clock[2]};
    *ret_seconds = (int64_t)timegm(&broken_down);
    return true;
}

bool pl_http_retry_after_parse(pl_str value, pl_str date, uint64_t *ret_seconds)
{
    if (value.len > 0 && pl_char_is_digit(value.ptr[0]) &&
        pl_str_find_char(value, ' ') == SIZE_MAX) {
        /* A number too large to be read is still a number: longer than anybody waits. */
        pl_str rest = value;
        uint64_t seconds = 0;
        pl_str_take_while(&rest, pl_char_is_digit);
        if (rest.len > 0) {
            return false;
        }
        *ret_seconds = pl_str_to_uint(value, UINT32_MAX, &seconds) ? seconds : UINT32_MAX;
        return true;
    }
    int64_t then = 0;
    int64_t now = 0;
    if (!pl_http_date_parse(value, &then)) {
        return false;
    }
    if (!pl_http_date_parse(date, &now)) {
        now = (int64_t)time(NULL);
    }
    *ret_seconds = then > now ? (uint64_t)(then - now) : 0;
    return true;
}
