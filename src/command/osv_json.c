/* SPDX-License-Identifier: Apache-2.0 */
#include "command/osv_json.h"
#include "base/limits.h"

/* The version of the schema whose members are written. */
#define OSV_SCHEMA_VERSION "1.7.0"

static void write_strings(struct pl_json_writer *json, const char *key, const struct pl_strs *list)
{
    if (list->count > 0) {
        pl_json_writer_member_strings(json, key, list);
    }
}

static void write_severities(struct pl_json_writer *json, const struct pl_severity_vectors *list)
{
    if (list->count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "severity");
    for (size_t i = 0; i < list->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "type", list->items[i].type);
        pl_json_writer_member(json, "score", list->items[i].score);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_ranges(struct pl_json_writer *json, const struct pl_ranges *ranges)
{
    if (ranges->count == 0) {
        return;
    }
    pl_json_writer_member_array(json, "ranges");
    for (size_t i = 0; i < ranges->count; i++) {
        const struct pl_range *range = &ranges->items[i];
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "type", pl_str_from(pl_range_type_to_string(range->type)));
        pl_json_writer_member_array(json, "events");
        for (size_t k = 0; k < range->count; k++) {
            pl_json_writer_begin_object(json);
            pl_json_writer_member(json, pl_event_type_to_string(range->items[k].type),
                                  range->items[k].version);
            pl_json_writer_end_object(json);
        }
        pl_json_writer_end_array(json);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_affected(struct pl_json_writer *json, const struct pl_affected *affected)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member_object(json, "package");
    pl_json_writer_member(json, "ecosystem", affected->ecosystem);
    pl_json_writer_member(json, "name", affected->name);
    pl_json_writer_member_text(json, "purl", affected->purl);
    pl_json_writer_end_object(json);
    write_ranges(json, &affected->ranges);
    write_strings(json, "versions", &affected->versions);
    write_severities(json, &affected->severities);
    if (affected->urgency.len > 0) {
        pl_json_writer_member_object(json, "ecosystem_specific");
        pl_json_writer_member(json, "urgency", affected->urgency);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_object(json);
}

void pl_osv_json_write(struct pl_json_writer *json, const struct pl_advisory *advisory)
{
    pl_json_writer_begin_object(json);
    pl_json_writer_member(json, "schema_version", PL_STR(OSV_SCHEMA_VERSION));
    pl_json_writer_member(json, "id", advisory->id);
    pl_json_writer_member_text(json, "modified", advisory->modified);
    pl_json_writer_member_text(json, "published", advisory->published);
    pl_json_writer_member_text(json, "withdrawn", advisory->withdrawn);
    write_strings(json, "aliases", &advisory->aliases);
    write_strings(json, "upstream", &advisory->upstream);
    write_strings(json, "related", &advisory->related);
    pl_json_writer_member_text(json, "summary", advisory->summary);
    pl_json_writer_member_text(json, "details", advisory->details);
    write_severities(json, &advisory->severities);
    if (advisory->affected.count > 0) {
        pl_json_writer_member_array(json, "affected");
        for (size_t i = 0; i < advisory->affected.count; i++) {
            write_affected(json, &advisory->affected.items[i]);
        }
        pl_json_writer_end_array(json);
    }
    if (advisory->references.count > 0) {
        pl_json_writer_member_array(json, "references");
        for (size_t i = 0; i < advisory->references.count; i++) {
            pl_json_writer_begin_object(json);
            pl_json_writer_member_text(json, "type", advisory->references.items[i].type);
            pl_json_writer_member(json, "url", advisory->references.items[i].url);
            pl_json_writer_end_object(json);
        }
        pl_json_writer_end_array(json);
    }
    if (advisory->urgency.len > 0) {
        pl_json_writer_member_object(json, "database_specific");
        pl_json_writer_member(json, "severity", advisory->urgency);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_object(json);
}

static void append_range(struct pl_buf *text, const struct pl_range *range)
{
    static const char *const signs[] = {[PL_EVENT_INTRODUCED] = ">=",
                                        [PL_EVENT_ABOVE] = ">",
                                        [PL_EVENT_FIXED] = "<",
                                        [PL_EVENT_LAST_AFFECTED] = "<=",
                                        [PL_EVENT_LIMIT] = "below "};
    bool is_open = false;
    size_t start = text->len;
    for (size_t i = 0; i < range->count; i++) {
        const struct pl_range_event *event = &range->items[i];
        bool from_start =
            event->type == PL_EVENT_INTRODUCED && pl_str_eq(event->version, PL_STR("0"));
        if (text->len > start) {
            bool is_start = event->type == PL_EVENT_INTRODUCED || event->type == PL_EVENT_ABOVE;
            pl_buf_append(text, is_start ? PL_STR(" or ") : PL_STR(", "));
        }
        if (from_start) {
            bool is_last = i + 1 == range->count;
            pl_buf_append(text, is_last ? PL_STR("every version") : PL_STR_EMPTY);
        } else {
            pl_buf_append_format(text, "%s" PL_STR_FMT, signs[event->type],
                                 PL_STR_ARG(event->version));
        }
        is_open = event->type == PL_EVENT_INTRODUCED;
    }
    if (is_open && text->len > start) {
        pl_buf_append(text, PL_STR(", no fix"));
    }
}

pl_str pl_osv_range_text(struct pl_arena *arena, const struct pl_affected *affected)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_BYTES);
    for (size_t i = 0; i < affected->ranges.count; i++) {
        if (text.len > 0) {
            pl_buf_append(&text, PL_STR(" or "));
        }
        append_range(&text, &affected->ranges.items[i]);
    }
    if (affected->versions.count > 0) {
        pl_buf_append_format(&text, "%s%zu listed versions", text.len > 0 ? "; " : "",
                             affected->versions.count);
    }
    return pl_arena_dup(arena, pl_buf_str(&text));
}
