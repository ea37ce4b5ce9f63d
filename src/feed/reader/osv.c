/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OSV record is one JSON object. `id` names it; `aliases` are other names of the same
 * vulnerability, `upstream` those of what it passes on (distributions use it), `related` are only
 * similar. `affected` is a list of packages, each with:
 *
 *   package       {ecosystem, name, purl}; absent when only commits are known
 *   ranges        each {type: SEMVER | ECOSYSTEM | GIT, events: [{introduced | fixed |
 *                 last_affected | limit: VERSION}, ...]}
 *   versions      every affected version by name; adds to what the ranges say
 *   severity      as that of the record, for this package alone
 *   ecosystem_specific, database_specific   whatever the feed likes; distributions put a word for
 *                 the severity there, Go the packages of a module that are at fault:
 *                 {imports: [{path, symbols, goos, goarch}, ...]}
 *
 * The same package may be listed several times, with ranges only, with versions only, or with
 * neither. A record with `withdrawn` is void. `severity` is a list of {type, score} where type is
 * CVSS_V2, CVSS_V3 or CVSS_V4 with a vector, or the feed's own name with a word ("Ubuntu", "high").
 * Ids hold colons and blanks in practice, and times fractions of a second or none.
 */
#include "feed/reader/osv.h"
#include "base/buf.h"
#include "base/limits.h"
#include "feed/feed.h"
#include "feed/reader/head.h"
#include "format/json.h"

/* Feeds that name an ecosystem which is not the one they speak of: taken at its word, a record of a
 * hardened rebuild would be raised against the packages of the distribution it was made from. */
static const struct {
    const char *id_prefix;
    const char *stated;
    const char *meant;
} misnamed[] = {
    {"CLEANSTART-", "Alpine", "CleanStart"},
};

enum { MAX_SYSTEMS = 32 }; /* Go 1.22 knows 17 */

struct reader {
    struct pl_arena *arena;
    const char *name;
    pl_str id;
    struct pl_osv_skipped *skipped;
    struct pl_error *err;
};

static pl_str keep(struct reader *reader, pl_str s)
{
    return s.len > 0 ? pl_arena_dup(reader->arena, s) : PL_STR_EMPTY;
}

static pl_str keep_member(struct reader *reader, const json_t *object, const char *key)
{
    return keep(reader, pl_json_str(object, key));
}

static enum pl_status malformed(struct reader *reader, const char *place, const char *what)
{
    return pl_error_set(reader->err, PL_E_PARSE, "%s%s%s %s", reader->name ? reader->name : "",
                        reader->name ? ": " : "", place, what);
}

/* A list that may be absent or null, and is an error when it is anything else. */
static enum pl_status list_of(struct reader *reader, const json_t *object, const char *key,
                              const json_t **ret)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_null(value) && !json_is_array(value)) {
        return malformed(reader, key, "is not a list");
    }
    *ret = json_is_array(value) ? value : NULL;
    return PL_OK;
}

static void read_strs(struct reader *reader, const json_t *object, const char *key,
                      struct pl_strs *ret)
{
    const json_t *list = pl_json_array(object, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str text = pl_json_text(json_array_get(list, i));
        if (text.len > 0) {
            *pl_vec_push(reader->arena, ret) = keep(reader, text);
        }
    }
}

static void read_severities(struct reader *reader, const json_t *object,
                            struct pl_severity_vectors *ret)
{
    const json_t *list = pl_json_array(object, "severity");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (pl_json_str(item, "type").len > 0 && pl_json_str(item, "score").len > 0) {
            *pl_vec_push(reader->arena, ret) =
                (struct pl_severity_vector){.type = keep_member(reader, item, "type"),
                                            .score = keep_member(reader, item, "score")};
        }
    }
}

static void read_references(struct reader *reader, const json_t *object,
                            struct pl_advisory_references *ret)
{
    const json_t *list = pl_json_array(object, "references");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (pl_json_str(item, "url").len > 0) {
            *pl_vec_push(reader->arena, ret) = (struct pl_advisory_reference){
                .type = keep_member(reader, item, "type"), .url = keep_member(reader, item, "url")};
        }
    }
}

static enum pl_status read_version(struct reader *reader, const json_t *value, const char *place,
                                   pl_str *ret)
{
    if (!json_is_string(value)) {
        return malformed(reader, place, "is not a string");
    }
    pl_str version = pl_json_text(value);
    if (version.len == 0 || version.len > PL_LIMIT_VERSION_BYTES) {
        return malformed(reader, place, version.len == 0 ? "is empty" : "is too long");
    }
    *ret = pl_arena_dup(reader->arena, version);
    return PL_OK;
}

/* The schema wants one member an event; some feeds put two into one object, which means both. */
static enum pl_status read_event(struct reader *reader, const json_t *item, struct pl_range *range)
{
    static const struct {
        const char *key;
        enum pl_event_type type;
    } members[] = {
        {"introduced", PL_EVENT_INTRODUCED},
        {"fixed", PL_EVENT_FIXED},
        {"last_affected", PL_EVENT_LAST_AFFECTED},
        {"limit", PL_EVENT_LIMIT},
    };
    if (!json_is_object(item)) {
        return malformed(reader, "an event", "is not an object");
    }
    size_t before = range->count;
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        const json_t *value = json_object_get(item, members[i].key);
        if (!value) {
            continue;
        }
        pl_str version = PL_STR_EMPTY;
        enum pl_status st = read_version(reader, value, members[i].key, &version);
        if (st < 0) {
            return st;
        }
        *pl_vec_push(reader->arena, range) =
            (struct pl_range_event){.type = members[i].type, .version = version};
    }
    if (range->count == before) {
        return malformed(reader, "an event",
                         "has none of introduced, fixed, last_affected and limit");
    }
    return PL_OK;
}

static enum pl_status read_range(struct reader *reader, const json_t *item,
                                 struct pl_affected *affected)
{
    pl_str type = pl_json_str(item, "type");
    if (pl_str_eq(type, PL_STR("GIT"))) {
        reader->skipped->git_ranges++;
        return PL_OK;
    }
    struct pl_range range = {.type = PL_RANGE_ECOSYSTEM};
    if (pl_str_eq(type, PL_STR("SEMVER"))) {
        range.type = PL_RANGE_SEMVER;
    } else if (!pl_str_eq(type, PL_STR("ECOSYSTEM"))) {
        return malformed(reader, "a range", "has a type that is not SEMVER, ECOSYSTEM or GIT");
    }
    const json_t *events = pl_json_array(item, "events");
    if (json_array_size(events) == 0) {
        return malformed(reader, "a range", "has no list of events");
    }
    for (size_t i = 0; i < json_array_size(events); i++) {
        enum pl_status st = read_event(reader, json_array_get(events, i), &range);
        if (st < 0) {
            return st;
        }
    }
    *pl_vec_push(reader->arena, &affected->ranges) = range;
    return PL_OK;
}

static enum pl_status read_ranges(struct reader *reader, const json_t *item,
                                  struct pl_affected *affected)
{
    const json_t *ranges = NULL;
    enum pl_status st = list_of(reader, item, "ranges", &ranges);
    for (size_t i = 0; i < json_array_size(ranges) && st == PL_OK; i++) {
        st = read_range(reader, json_array_get(ranges, i), affected);
    }
    return st;
}

static enum pl_status read_versions(struct reader *reader, const json_t *item,
                                    struct pl_affected *affected)
{
    const json_t *versions = NULL;
    enum pl_status st = list_of(reader, item, "versions", &versions);
    size_t count = st == PL_OK ? json_array_size(versions) : 0;
    if (count == 0) {
        return st;
    }
    affected->versions.items = PL_ARENA_ARRAY(reader->arena, pl_str, count);
    affected->versions.count = affected->versions.capacity = count;
    for (size_t i = 0; i < count && st == PL_OK; i++) {
        st = read_version(reader, json_array_get(versions, i), "a version",
                          &affected->versions.items[i]);
    }
    return st;
}

/* The first place that states a severity word for this package: Debian has an urgency, Bitnami,
 * Ubuntu and CleanStart a severity or priority. */
static pl_str read_urgency(struct reader *reader, const json_t *item)
{
    static const char *const objects[] = {"ecosystem_specific", "database_specific"};
    static const char *const members[] = {"urgency", "severity", "ubuntu_priority"};
    for (size_t i = 0; i < PL_ARRAY_LEN(objects); i++) {
        const json_t *object = pl_json_object(item, objects[i]);
        for (size_t k = 0; k < PL_ARRAY_LEN(members); k++) {
            pl_str word = pl_json_str(object, members[k]);
            if (word.len > 0) {
                return keep(reader, word);
            }
        }
    }
    return PL_STR_EMPTY;
}

/* Go's database lists the packages of a module that are at fault, and on which systems where it is
 * not all. When each has such a list the module is not affected elsewhere. */
static pl_str read_systems(struct reader *reader, const json_t *item)
{
    const json_t *imports = pl_json_array(pl_json_object(item, "ecosystem_specific"), "imports");
    struct pl_strs stated = {0};
    struct pl_strs systems = {0};
    for (size_t i = 0; i < json_array_size(imports); i++) {
        size_t before = stated.count;
        read_strs(reader, json_array_get(imports, i), "goos", &stated);
        if (stated.count == before) {
            return PL_STR_EMPTY;
        }
    }
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_ADVISORY_NAME_BYTES);
    for (size_t i = 0; i < stated.count && systems.count <= MAX_SYSTEMS; i++) {
        if (!pl_strs_contain(&systems, stated.items[i])) {
            pl_buf_append(&text, systems.count == 0 ? PL_STR(PL_GO_SYSTEM) : PL_STR(","));
            pl_buf_append(&text, stated.items[i]);
            *pl_vec_push(reader->arena, &systems) = stated.items[i];
        }
    }
    bool is_whole = systems.count <= MAX_SYSTEMS && !text.overflowed;
    return is_whole ? keep(reader, pl_buf_str(&text)) : PL_STR_EMPTY;
}

static pl_str read_ecosystem(struct reader *reader, const json_t *package)
{
    pl_str stated = pl_json_str(package, "ecosystem");
    for (size_t i = 0; i < PL_ARRAY_LEN(misnamed); i++) {
        if (pl_str_starts_with(reader->id, pl_str_from(misnamed[i].id_prefix)) &&
            pl_str_eq(stated, pl_str_from(misnamed[i].stated))) {
            reader->skipped->moved++;
            return pl_str_from(misnamed[i].meant);
        }
    }
    return keep(reader, stated);
}

static bool is_fixed_in(const struct pl_affected *affected, pl_str version)
{
    for (size_t i = 0; i < affected->ranges.count; i++) {
        const struct pl_range *range = &affected->ranges.items[i];
        for (size_t j = 0; j < range->count; j++) {
            if (range->items[j].type == PL_EVENT_FIXED &&
                pl_str_eq(range->items[j].version, version)) {
                return true;
            }
        }
    }
    return false;
}

/* CleanStart lists as affected the one version that its range calls fixed. */
static void drop_fixed_versions(struct reader *reader, struct pl_affected *affected)
{
    size_t kept = 0;
    if (!pl_str_starts_with(reader->id, PL_STR("CLEANSTART-"))) {
        return;
    }
    for (size_t i = 0; i < affected->versions.count; i++) {
        if (!is_fixed_in(affected, affected->versions.items[i])) {
            affected->versions.items[kept++] = affected->versions.items[i];
        }
    }
    reader->skipped->fixed_versions += affected->versions.count - kept;
    affected->versions.count = kept;
}

static enum pl_status read_affected(struct reader *reader, const json_t *item,
                                    struct pl_advisory *advisory)
{
    if (!json_is_object(item)) {
        return malformed(reader, "an entry of affected", "is not an object");
    }
    const json_t *package = json_object_get(item, "package");
    struct pl_affected affected = {.ecosystem = PL_STR_EMPTY};
    if (package && !json_is_null(package)) {
        affected.ecosystem = read_ecosystem(reader, package);
        affected.name = keep_member(reader, package, "name");
        affected.purl = keep_member(reader, package, "purl");
        if (affected.ecosystem.len == 0 || affected.name.len == 0) {
            return malformed(reader, "a package", "has no ecosystem or no name");
        }
        if (affected.ecosystem.len > PL_LIMIT_ADVISORY_NAME_BYTES ||
            affected.name.len > PL_LIMIT_ADVISORY_NAME_BYTES) {
            return malformed(reader, "a package", "has too long an ecosystem or name");
        }
    }
    enum pl_status st = read_ranges(reader, item, &affected);
    if (st == PL_OK) {
        st = read_versions(reader, item, &affected);
    }
    if (st < 0) {
        return st;
    }
    drop_fixed_versions(reader, &affected);
    if (affected.name.len == 0) {
        reader->skipped->without_package++;
        return PL_OK;
    }
    read_severities(reader, item, &affected.severities);
    affected.urgency = read_urgency(reader, item);
    if (pl_str_eq(affected.ecosystem, PL_STR("Go"))) {
        affected.module = read_systems(reader, item);
    }
    *pl_vec_push(reader->arena, &advisory->affected) = affected;
    return PL_OK;
}

/* Ids are printed, and are keys: no control characters. */
static bool is_id(pl_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return id.len > 0 && id.len <= PL_LIMIT_ADVISORY_ID_BYTES;
}

static enum pl_status read_record(struct reader *reader, const json_t *record,
                                  struct pl_advisory *ret)
{
    struct pl_advisory advisory = {.id = pl_json_str(record, "id")};
    if (!json_is_object(record)) {
        return malformed(reader, "the record", "is not an object");
    }
    if (!is_id(advisory.id)) {
        return malformed(reader, "the record", "has no usable id");
    }
    advisory.id = reader->id = keep(reader, advisory.id);
    advisory.modified = keep_member(reader, record, "modified");
    advisory.published = keep_member(reader, record, "published");
    advisory.withdrawn = keep_member(reader, record, "withdrawn");
    advisory.summary = keep_member(reader, record, "summary");
    advisory.details = keep_member(reader, record, "details");
    advisory.urgency = keep_member(reader, pl_json_object(record, "database_specific"), "severity");
    read_strs(reader, record, "aliases", &advisory.aliases);
    read_strs(reader, record, "upstream", &advisory.upstream);
    read_strs(reader, record, "related", &advisory.related);
    read_severities(reader, record, &advisory.severities);
    read_references(reader, record, &advisory.references);
    const json_t *affected = NULL;
    enum pl_status st = list_of(reader, record, "affected", &affected);
    for (size_t i = 0; i < json_array_size(affected) && st == PL_OK; i++) {
        st = read_affected(reader, json_array_get(affected, i), &advisory);
        if (st < 0 && reader->err) {
            pl_error_wrap(reader->err, "affected[%zu]", i);
        }
    }
    if (st == PL_OK) {
        *ret = advisory;
    }
    return st;
}

enum pl_status pl_osv_parse(struct pl_arena *arena, pl_str json, const char *name,
                            struct pl_advisory *ret, struct pl_osv_skipped *skipped,
                            struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_json_parse(json, name ? name : "the record", &document, err);
    if (st < 0) {
        return st;
    }
    struct pl_osv_skipped seen = *skipped;
    struct reader reader = {
        .arena = arena, .name = name, .id = PL_STR_EMPTY, .skipped = &seen, .err = err};
    st = read_record(&reader, document, ret);
    if (st == PL_OK) {
        *skipped = seen;
    }
    return st;
}

/* A record says its schema's version; the first ones said none, but have what no record can do
 * without. */
static int bid(const struct pl_feed_document *document)
{
    if (!pl_head_member(document->text, "id", NULL)) {
        return 0;
    }
    if (pl_head_member(document->text, "schema_version", NULL)) {
        return 60;
    }
    bool is_record = pl_head_member(document->text, "modified", NULL) &&
                     (pl_head_member(document->text, "affected", NULL) ||
                      pl_head_member(document->text, "withdrawn", NULL) ||
                      document->text.len == PL_FEED_HEAD_BYTES);
    return is_record ? 50 : 0;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    struct pl_advisory advisory = {.id = PL_STR_EMPTY};
    struct pl_osv_skipped skipped = {0};
    if (document->text.len > PL_LIMIT_ADVISORY_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "the record is larger than %llu bytes",
                            PL_LIMIT_ADVISORY_BYTES);
    }
    enum pl_status st =
        pl_osv_parse(pl_feed_scratch(sink), document->text, NULL, &advisory, &skipped, err);
    if (st < 0) {
        return st;
    }
    for (uint64_t i = 0; i < skipped.git_ranges; i++) {
        pl_feed_skip(sink, PL_OSV_SKIPPED_GIT);
    }
    for (uint64_t i = 0; i < skipped.without_package; i++) {
        pl_feed_skip(sink, "entry without a package");
    }
    for (uint64_t i = 0; i < skipped.fixed_versions; i++) {
        pl_feed_skip(sink, "version listed as affected that is the fixed one");
    }
    return pl_feed_take(sink, &advisory, err);
}

const struct pl_feed pl_feed_osv = {
    .name = "osv",
    .summary = "records in the OSV format, as osv.dev exports them for all ecosystems",
    .url = "https://osv-vulnerabilities.storage.googleapis.com",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "",
    .by_place = true,
    .bid = bid,
    .read = read_document,
};
