/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * db_view - what every question to the database has open, and how its answers are printed.
 */
#include "command/command.h"
#include "db/db.h"
#include "format/json_writer.h"

/* Buffered output goes to standard output. */
struct pl_db_view {
    struct pl_arena arena;
    struct pl_db *db;
    struct pl_writer out;
    struct pl_json_writer json;
    bool is_json;
    unsigned width;
};

enum pl_status pl_db_view_open(struct pl_db_view *view, const struct pl_args *args, const char *dir,
                               struct pl_error *err);
/* Ends the output; the view is closed by pl_db_view_close in any case. */
enum pl_status pl_db_view_finish(struct pl_db_view *view, struct pl_error *err);
void pl_db_view_close(struct pl_db_view *view);
#define pl_autoview PL_CLEANUP(pl_db_view_close)

/* Fit for a terminal, and cut where it is too long for a cell. */
pl_str pl_db_view_clean(struct pl_db_view *view, pl_str text);

/* "label       text", wrapped; nothing for an empty text. */
void pl_db_view_field(struct pl_db_view *view, const char *label, pl_str text);
void pl_db_view_list(struct pl_db_view *view, const char *label, const struct pl_strs *list);
