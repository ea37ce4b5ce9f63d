/* SPDX-License-Identifier: Apache-2.0 */
#include "report/grid.h"
#include "base/utf8.h"
#include <assert.h>

/* The last column has room for two CVE identifiers where it has that much to say. */
enum { BETWEEN = 2, LEAST_SHRUNK = 10, LEAST_LAST = 24, ENOUGH_LAST = 34 };

/* Takes one line of at most `width` columns off *text, at least one character. Ends it at a blank,
 * else after a sign that parts versions and names, else anywhere. */
static pl_str take_line(pl_str *text, size_t width)
{
    pl_str rest = *text;
    pl_str line = pl_str_sub(*text, 0, 0);
    size_t columns = 0;
    size_t break_at = 0;
    size_t sign_at = 0;
    while (rest.len > 0) {
        pl_str before = rest;
        columns += pl_utf8_width(pl_utf8_take(&rest, NULL));
        if (columns > width && line.len > 0) {
            rest = before;
            break;
        }
        line.len = text->len - rest.len;
        bool ends_word = rest.len == 0 || rest.ptr[0] == ' ';
        if (ends_word) {
            break_at = line.len;
        }
        if (strchr("-+~.:/_", before.ptr[0])) {
            sign_at = line.len;
        }
    }
    if (rest.len > 0 && break_at > 0) {
        line.len = break_at;
    } else if (rest.len > 0 && sign_at > line.len / 2) {
        line.len = sign_at;
    }
    *text = pl_str_skip(*text, line.len);
    while (text->len > 0 && text->ptr[0] == ' ') {
        *text = pl_str_skip(*text, 1);
    }
    return line;
}

static size_t total(const size_t *widths, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += widths[i] + BETWEEN;
    }
    return sum;
}

static size_t widest_text(const struct pl_grid *grid, size_t column)
{
    size_t widest = strlen(grid->columns[column].heading);
    for (size_t row = 0; row < grid->count; row++) {
        size_t columns = pl_utf8_columns(grid->items[row].cells[column].text);
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

/* Each column as wide as its widest text, up to its own most; then the widest ones give way until
 * the last column has enough. */
static void choose_widths(const struct pl_grid *grid, size_t width_columns, size_t *widths)
{
    size_t last = grid->column_count - 1;
    for (size_t column = 0; column < last; column++) {
        widths[column] = widest_text(grid, column);
        if (widths[column] > grid->columns[column].most) {
            widths[column] = grid->columns[column].most;
        }
    }
    size_t least = widest_text(grid, last);
    least = least < LEAST_LAST ? LEAST_LAST : least > ENOUGH_LAST ? ENOUGH_LAST : least;
    while (total(widths, last) + least > width_columns) {
        size_t widest = 0;
        for (size_t column = 1; column < last; column++) {
            widest = widths[column] > widths[widest] ? column : widest;
        }
        if (widths[widest] <= LEAST_SHRUNK) {
            break;
        }
        widths[widest]--;
    }
    size_t used = total(widths, last);
    widths[last] = width_columns > used + LEAST_LAST ? width_columns - used : LEAST_LAST;
}

static void write_styled(pl_str text, const char *sgr, bool color, struct pl_writer *writer)
{
    if (color && sgr) {
        pl_writer_format(writer, "\033[%sm", sgr);
        pl_writer_str(writer, text);
        pl_writer_str(writer, PL_STR("\033[0m"));
    } else {
        pl_writer_str(writer, text);
    }
}

static void write_row(const struct pl_grid *grid, struct pl_grid_row row, const size_t *widths,
                      bool color, struct pl_writer *writer)
{
    bool more = true;
    while (more) {
        more = false;
        size_t blanks = 0; /* owed before the next text, so that no line ends in blanks */
        for (size_t i = 0; i < grid->column_count; i++) {
            struct pl_grid_cell *cell = &row.cells[i];
            pl_str line = take_line(&cell->text, widths[i]);
            if (line.len > 0) {
                pl_writer_repeat(writer, ' ', blanks);
                write_styled(line, cell->sgr, color, writer);
                blanks = 0;
            }
            size_t columns = pl_utf8_columns(line);
            blanks += (widths[i] > columns ? widths[i] - columns : 0) + BETWEEN;
            more = more || cell->text.len > 0;
        }
        pl_writer_char(writer, '\n');
    }
}

void pl_grid_write(const struct pl_grid *grid, unsigned width_columns, bool color,
                   struct pl_writer *writer)
{
    assert(grid->column_count > 1 && grid->column_count <= PL_GRID_MOST_COLUMNS);
    size_t widths[PL_GRID_MOST_COLUMNS] = {0};
    choose_widths(grid, width_columns, widths);
    struct pl_grid_row headings = {0};
    for (size_t i = 0; i < grid->column_count; i++) {
        headings.cells[i] =
            (struct pl_grid_cell){.text = pl_str_from(grid->columns[i].heading), .sgr = "1"};
    }
    write_row(grid, headings, widths, color, writer);
    for (size_t i = 0; i < grid->count; i++) {
        write_row(grid, grid->items[i], widths, color, writer);
    }
}

void pl_grid_write_paragraph(pl_str text, unsigned width_columns, unsigned indent,
                             struct pl_writer *writer)
{
    size_t width = width_columns > indent + LEAST_LAST ? width_columns - indent : LEAST_LAST;
    bool is_first = true;
    while (text.len > 0) {
        if (!is_first) {
            pl_writer_repeat(writer, ' ', indent);
        }
        pl_writer_str(writer, take_line(&text, is_first ? width + indent : width));
        pl_writer_char(writer, '\n');
        is_first = false;
    }
}
