/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads documents as the feeds do and prints what came of them, a JSON object a line, for tests
 * that compare it with a second reading.
 *
 * usage: feed_dump [--bids] FILE...
 *
 * A line for each advisory ({"advisory": ...}, in OSV's members and those that are ours) and each
 * entry on exploitation, then one for the document: the feed, and the counts. With --bids only
 * {"document", "bids": {feed: bid}} for each file.
 */
#include "base/io.h"
#include "base/limits.h"
#include "feed/feeds.h"
#include "feed/sink.h"
#include <jansson.h>
#include <stdio.h>

static json_t *text(pl_str s)
{
    json_t *value = json_stringn(s.ptr ? s.ptr : "", s.len);
    return value ? value : json_string("(not UTF-8)");
}

static void put(json_t *object, const char *key, pl_str value)
{
    if (value.len > 0) {
        json_object_set_new(object, key, text(value));
    }
}

static void put_list(json_t *object, const char *key, const struct pl_strs *list)
{
    if (list->count == 0) {
        return;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_array_append_new(array, text(list->items[i]));
    }
    json_object_set_new(object, key, array);
}

static void put_severities(json_t *object, const struct pl_severity_vectors *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_t *item = json_object();
        put(item, "type", list->items[i].type);
        put(item, "score", list->items[i].score);
        json_array_append_new(array, item);
    }
    if (list->count > 0) {
        json_object_set(object, "severity", array);
    }
    json_decref(array);
}

static json_t *range_of(const struct pl_range *range)
{
    json_t *events = json_array();
    for (size_t i = 0; i < range->count; i++) {
        json_t *event = json_object();
        json_object_set_new(event, pl_event_type_to_string(range->items[i].type),
                            text(range->items[i].version));
        json_array_append_new(events, event);
    }
    json_t *object = json_object();
    json_object_set_new(object, "type", json_string(pl_range_type_to_string(range->type)));
    json_object_set_new(object, "events", events);
    return object;
}

static json_t *affected_of(const struct pl_affected *affected)
{
    json_t *package = json_object();
    put(package, "ecosystem", affected->ecosystem);
    put(package, "name", affected->name);
    put(package, "purl", affected->purl);
    json_t *object = json_object();
    json_object_set_new(object, "package", package);
    json_t *ranges = json_array();
    for (size_t i = 0; i < affected->ranges.count; i++) {
        json_array_append_new(ranges, range_of(&affected->ranges.items[i]));
    }
    json_object_set_new(object, "ranges", ranges);
    put_list(object, "versions", &affected->versions);
    put_severities(object, &affected->severities);
    put(object, "urgency", affected->urgency);
    put(object, "module", affected->module);
    put(object, "cpe_rest", affected->cpe_rest);
    json_object_set_new(object, "state", json_string(pl_affect_to_string(affected->state)));
    return object;
}

static void print(const char *key, json_t *value)
{
    json_t *line = json_object();
    json_object_set_new(line, key, value);
    json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10));
    putchar('\n');
    json_decref(line);
}

static enum pl_status take(void *context, pl_str slice, const struct pl_advisory *advisory,
                           struct pl_error *err)
{
    json_t *object = json_object();
    put(object, "id", advisory->id);
    put(object, "modified", advisory->modified);
    put(object, "published", advisory->published);
    put(object, "withdrawn", advisory->withdrawn);
    put(object, "summary", advisory->summary);
    put(object, "details", advisory->details);
    put(object, "urgency", advisory->urgency);
    put_list(object, "aliases", &advisory->aliases);
    put_list(object, "upstream", &advisory->upstream);
    put_list(object, "related", &advisory->related);
    put_severities(object, &advisory->severities);
    json_object_set_new(object, "is_disputed", json_boolean(advisory->is_disputed));
    json_object_set_new(object, "is_part", json_boolean(advisory->is_part));
    json_t *list = json_array();
    for (size_t i = 0; i < advisory->affected.count; i++) {
        json_array_append_new(list, affected_of(&advisory->affected.items[i]));
    }
    json_object_set_new(object, "affected", list);
    list = json_array();
    for (size_t i = 0; i < advisory->references.count; i++) {
        json_t *item = json_object();
        put(item, "type", advisory->references.items[i].type);
        put(item, "url", advisory->references.items[i].url);
        json_array_append_new(list, item);
    }
    json_object_set_new(object, "references", list);
    print("advisory", object);
    return PL_OK;
}

static enum pl_status take_exploitation(void *context, pl_str slice,
                                        const struct pl_exploitation *entry, struct pl_error *err)
{
    json_t *object = json_object();
    put(object, "id", entry->id);
    put(object, "kev_catalogue", entry->kev_catalogue);
    put(object, "kev_added", entry->kev_added);
    put(object, "kev_due", entry->kev_due);
    json_object_set_new(object, "kev_ransomware", json_boolean(entry->kev_ransomware));
    json_object_set_new(object, "epss", json_real(entry->epss));
    json_object_set_new(object, "epss_percentile", json_real(entry->epss_percentile));
    put(object, "epss_date", entry->epss_date);
    print("exploitation", object);
    return PL_OK;
}

static json_t *tally_of(const struct pl_tally *tally)
{
    json_t *object = json_object();
    json_object_set_new(object, "taken", json_integer((json_int_t)tally->taken));
    json_object_set_new(object, "exploitations", json_integer((json_int_t)tally->exploitations));
    json_object_set_new(object, "malformed", json_integer((json_int_t)tally->malformed));
    json_t *skipped = json_object();
    for (size_t i = 0; i < tally->reasons; i++) {
        json_object_set_new(skipped, tally->skipped[i].reason,
                            json_integer((json_int_t)tally->skipped[i].count));
    }
    json_object_set_new(object, "skipped", skipped);
    json_t *problems = json_array();
    for (size_t i = 0; i < tally->problems.count; i++) {
        json_array_append_new(problems, json_string(tally->problems.items[i].text));
    }
    json_object_set_new(object, "problems", problems);
    return object;
}

static void print_bids(const char *path, const struct pl_feed_document *document)
{
    struct pl_feed_document head = *document;
    head.text = pl_str_sub(document->text, 0, PL_FEED_HEAD_BYTES);
    size_t count = 0;
    const struct pl_feed *const *feeds = pl_feeds(&count);
    json_t *bids = json_object();
    for (size_t i = 0; i < count; i++) {
        int bid = feeds[i]->bid(&head);
        if (bid != 0) {
            json_object_set_new(bids, feeds[i]->name, json_integer(bid));
        }
    }
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(path));
    json_object_set_new(object, "bids", bids);
    print("document", object);
}

static bool dump(const char *path, bool bids_only)
{
    static const struct pl_feed_taker taker = {.take = take,
                                               .take_exploitation = take_exploitation};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_buf content pl_autobuf = PL_BUF_INIT(PL_LIMIT_FEED_DOCUMENT_BYTES);
    if (pl_io_read_file(path, &content, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return false;
    }
    struct pl_feed_document document = {.name = pl_str_from(path), .text = pl_buf_str(&content)};
    if (bids_only) {
        print_bids(path, &document);
        return true;
    }
    size_t count = 0;
    size_t at = pl_feeds_bid(&document);
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(path));
    if (at != SIZE_MAX) {
        const struct pl_feed *feed = pl_feeds(&count)[at];
        struct pl_feed_sink sink = {.taker = &taker, .slice = pl_str_from(feed->name)};
        if (pl_feed_sink_read(&sink, feed, &document, 0, &err) < 0) {
            fprintf(stderr, "%s\n", err.msg);
            return false;
        }
        json_object_set_new(object, "feed", json_string(feed->name));
        json_object_set_new(object, "counts", tally_of(&sink.tally));
        pl_feed_sink_release(&sink);
    }
    print("document", object);
    return true;
}

int main(int argc, char **argv)
{
    bool bids_only = argc > 1 && strcmp(argv[1], "--bids") == 0;
    for (int i = bids_only ? 2 : 1; i < argc; i++) {
        if (!dump(argv[i], bids_only)) {
            return 1;
        }
    }
    return 0;
}
