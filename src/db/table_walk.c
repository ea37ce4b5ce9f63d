/* SPDX-License-Identifier: Apache-2.0 */
#include "db/table_walk.h"

enum pl_status pl_table_walk_open(struct pl_table_walk *walk, struct pl_table *table,
                                  enum pl_table_section section, struct pl_error *err)
{
    *walk = (struct pl_table_walk){.more = false};
    if (!table) {
        return PL_OK;
    }
    pl_table_cursor_init(&walk->cursor, table, section);
    return pl_table_walk_next(walk, err);
}

enum pl_status pl_table_walk_next(struct pl_table_walk *walk, struct pl_error *err)
{
    return pl_table_cursor_next(&walk->cursor, &walk->more, &walk->key, &walk->value, err);
}

enum pl_status pl_table_walk_next_both(struct pl_table_walk *a, struct pl_table_walk *b,
                                       struct pl_error *err)
{
    enum pl_status st = pl_table_cursors_pass_same(&a->cursor, &b->cursor, err);
    if (st == PL_OK) {
        st = pl_table_walk_next(a, err);
    }
    return st == PL_OK ? pl_table_walk_next(b, err) : st;
}

void pl_table_walk_release(struct pl_table_walk *walk)
{
    if (walk->cursor.table) {
        pl_table_cursor_release(&walk->cursor);
    }
}
