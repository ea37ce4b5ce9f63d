/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/reader/records.h"
#include "feed/date.h"
#include "format/json_pieces.h"

static enum pl_status take_piece(struct pl_feed_sink *sink, struct pl_feed_record *record,
                                 pl_str text, const char *what, pl_feed_take_record *take,
                                 void *context, struct pl_error *err)
{
    json_t *json pl_autojson = NULL;
    struct pl_error problem = PL_ERROR_INIT;
    if (pl_json_parse(text, "it", &json, &problem) < 0) {
        if (record->key.len > 0) {
            pl_feed_malformed(sink, PL_STR_FMT ": %s", PL_STR_ARG(record->key), problem.msg);
        } else {
            pl_feed_malformed(sink, "%s %zu: %s", what, record->index, problem.msg);
        }
        return PL_OK;
    }
    record->json = json;
    return take(sink, record, context, err);
}

enum pl_status pl_feed_records(struct pl_feed_sink *sink, pl_str text, const char *const *path,
                               const char *what, pl_feed_take_record *take, void *context,
                               struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_feed_record record = {.arena = &arena};
    struct pl_json_pieces pieces;
    pl_str piece = PL_STR_EMPTY;
    enum pl_status st = pl_json_pieces_open(&pieces, pl_feed_scratch(sink), text, path, err);
    if (st == PL_E_NOT_FOUND) {
        return pl_error_set(err, PL_E_PARSE, "there is no member \"%s\"", path[0]);
    }
    for (; st == PL_OK && (st = pl_json_pieces_next(&pieces, &record.key, &piece, err)) == PL_OK;
         record.index++) {
        pl_arena_clear(&arena);
        st = take_piece(sink, &record, piece, what, take, context, err);
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

void pl_feed_refer(struct pl_arena *arena, struct pl_advisory *advisory, const char *type,
                   pl_str url)
{
    if (url.len > 0) {
        *pl_vec_push(arena, &advisory->references) =
            (struct pl_advisory_reference){.type = pl_str_from(type), .url = url};
    }
}

pl_str pl_feed_day(struct pl_arena *arena, pl_str day)
{
    bool is_day = pl_date_leads(day) && day.len == strlen("YYYY-MM-DD");
    return is_day ? pl_arena_format(arena, PL_STR_FMT "T00:00:00Z", PL_STR_ARG(day)) : PL_STR_EMPTY;
}
