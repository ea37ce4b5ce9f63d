/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * grid - text in columns, wrapped inside its column, for terminals.
 *
 * Texts are borrowed from the arena and must have gone through pl_utf8_clean; wrapping is at
 * spaces, and inside a word that is wider than its column. The last column takes the width that is
 * left.
 */
#include "base/vec.h"
#include "base/writer.h"

enum { PL_GRID_MOST_COLUMNS = 6 };

struct pl_grid_column {
    const char *heading;
    unsigned most; /* columns of the terminal it may take; 0 in the last one */
};

struct pl_grid_cell {
    pl_str text;
    const char *sgr; /* parameters of an ANSI "select graphic rendition", "1;31", or NULL */
};

struct pl_grid_row {
    struct pl_grid_cell cells[PL_GRID_MOST_COLUMNS];
};

struct pl_grid {
    const struct pl_grid_column *columns;
    size_t column_count;
    PL_VEC_FIELDS(struct pl_grid_row);
};

/* Writes the headings and the rows added by pl_vec_push. */
void pl_grid_write(const struct pl_grid *grid, unsigned width_columns, bool color,
                   struct pl_writer *writer);

/* Writes `text` wrapped to the width, its second and later lines indented by `indent`. */
void pl_grid_write_paragraph(pl_str text, unsigned width_columns, unsigned indent,
                             struct pl_writer *writer);
