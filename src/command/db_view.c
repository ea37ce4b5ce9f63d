/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_view.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "report/grid.h"
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    DEFAULT_WIDTH = 100,
    CELL_BYTES = 400, /* of one text in a table */
};

void pl_db_view_close(struct pl_db_view *view)
{
    pl_db_close(view->db);
    pl_arena_release(&view->arena);
}

static void view_begin(struct pl_db_view *view, const struct pl_args *args)
{
    struct winsize size = {0};
    view->width = DEFAULT_WIDTH;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        view->width = size.ws_col;
    }
    view->is_json = pl_str_eq(pl_str_from(pl_args_value(args, "format", "table")), PL_STR("json"));
    pl_writer_init_fd(&view->out, STDOUT_FILENO);
    pl_json_writer_init(&view->json, &view->out);
}

enum pl_status pl_db_view_open(struct pl_db_view *view, const struct pl_args *args, const char *dir,
                               struct pl_error *err)
{
    view_begin(view, args);
    return pl_db_open(dir, &view->db, err);
}

enum pl_status pl_db_view_finish(struct pl_db_view *view, struct pl_error *err)
{
    if (view->is_json) {
        pl_json_writer_finish(&view->json);
    }
    return pl_writer_finish(&view->out, err);
}

pl_str pl_db_view_clean(struct pl_db_view *view, pl_str text)
{
    return pl_utf8_clean(&view->arena, text, CELL_BYTES);
}

void pl_db_view_field(struct pl_db_view *view, const char *label, pl_str text)
{
    enum { INDENT = 12 };
    if (text.len > 0) {
        pl_str line = pl_arena_format(&view->arena, "%-*s" PL_STR_FMT, INDENT, label,
                                      PL_STR_ARG(pl_utf8_clean(&view->arena, text, SIZE_MAX)));
        pl_grid_write_paragraph(line, view->width, INDENT, &view->out);
    }
}

void pl_db_view_list(struct pl_db_view *view, const char *label, const struct pl_strs *list)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    for (size_t i = 0; i < list->count; i++) {
        pl_buf_append(&text, i > 0 ? PL_STR(", ") : PL_STR_EMPTY);
        pl_buf_append(&text, list->items[i]);
    }
    pl_db_view_field(view, label, pl_buf_str(&text));
}
