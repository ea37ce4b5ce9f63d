/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers look-ups for the tests that are written in Python: db_dump DIR reads lines
 * "ecosystem<TAB>name" and prints one JSON document, a list with a list of matches for each line.
 * db_dump DIR --all walks every record and package, and prints nothing unless something is wrong.
 */
#include "base/io.h"
#include "db/db.h"
#include "format/json_writer.h"

enum { INPUT_CEILING = 256 << 20 };

static void write_strings(struct pl_json_writer *json, const char *key, const struct pl_strs *list)
{
    pl_json_writer_member_strings(json, key, list);
}

static void write_ranges(struct pl_json_writer *json, const struct pl_ranges *ranges)
{
    pl_json_writer_member_array(json, "ranges");
    for (size_t i = 0; i < ranges->count; i++) {
        pl_json_writer_begin_array(json);
        pl_json_writer_string(json, ranges->items[i].type == PL_RANGE_SEMVER ? PL_STR("SEMVER")
                                                                             : PL_STR("ECOSYSTEM"));
        for (size_t k = 0; k < ranges->items[i].count; k++) {
            const struct pl_range_event *event = &ranges->items[i].items[k];
            pl_json_writer_string(json, pl_str_from(pl_event_type_to_string(event->type)));
            pl_json_writer_string(json, event->version);
        }
        pl_json_writer_end_array(json);
    }
    pl_json_writer_end_array(json);
}

static void write_match(struct pl_json_writer *json, const struct pl_db_match *match)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_key(json, "id");
    pl_json_writer_string(json, match->advisory_id);
    pl_json_writer_key(json, "name");
    pl_json_writer_string(json, match->affected.name);
    pl_json_writer_key(json, "purl");
    pl_json_writer_string(json, match->affected.purl);
    write_ranges(json, &match->affected.ranges);
    write_strings(json, "versions", &match->affected.versions);
    pl_json_writer_member_array(json, "severity");
    for (size_t i = 0; i < match->affected.severities.count; i++) {
        pl_json_writer_string(json, match->affected.severities.items[i].type);
        pl_json_writer_string(json, match->affected.severities.items[i].score);
    }
    pl_json_writer_end_array(json);
    pl_json_writer_end_object(json);
}

static enum pl_status answer(struct pl_db *db, struct pl_error *err)
{
    struct pl_buf input pl_autobuf = PL_BUF_INIT(INPUT_CEILING);
    enum pl_status st = pl_io_read_all(0, "standard input", &input, err);
    struct pl_writer out;
    struct pl_json_writer json;
    pl_writer_init_fd(&out, 1);
    pl_json_writer_init(&json, &out);
    pl_json_writer_begin_array(&json);
    pl_str cursor = pl_buf_str(&input);
    pl_str line = PL_STR_EMPTY;
    while (st == PL_OK && pl_str_next_line(&cursor, &line)) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_db_matches matches = {0};
        pl_str ecosystem = PL_STR_EMPTY;
        pl_str name = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &ecosystem, &name);
        st = pl_db_lookup(db, &arena, ecosystem, name, &matches, err);
        pl_json_writer_begin_array(&json);
        for (size_t i = 0; i < matches.count && st == PL_OK; i++) {
            struct pl_db_match *match = &matches.items[i];
            st = pl_db_match_versions(db, &arena, match, &match->affected.versions, err);
            write_match(&json, match);
        }
        pl_json_writer_end_array(&json);
    }
    if (st < 0) {
        return st;
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_finish(&json);
    return pl_writer_finish(&out, err);
}

static enum pl_status walk(struct pl_db *db, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs ids = {0};
    enum pl_status st = pl_db_search(db, &arena, PL_STR_EMPTY, SIZE_MAX, &ids, err);
    for (size_t i = 0; i < ids.count && st == PL_OK; i++) {
        struct pl_arena scratch pl_autoarena = {0};
        struct pl_advisory advisory = {.id = PL_STR_EMPTY};
        st = pl_db_advisory(db, &scratch, ids.items[i], true, &advisory, err);
    }
    return st;
}

int main(int argc, char **argv)
{
    struct pl_db *db PL_CLEANUP(pl_db_closep) = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (argc < 2) {
        fprintf(stderr, "usage: db_dump DIR [--all]\n");
        return 2;
    }
    enum pl_status st = pl_db_open(argv[1], &db, &err);
    if (st == PL_OK) {
        st = argc > 2 ? walk(db, &err) : answer(db, &err);
    }
    if (st < 0) {
        fprintf(stderr, "%s\n", err.msg);
    }
    return st < 0 ? 1 : 0;
}
