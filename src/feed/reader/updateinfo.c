/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.xml has no specification; dnf and libsolv read
 *
 *   <updates>
 *     <update from="..." status="final" type="security">
 *       <id>ALAS2023-2023-001</id> <title/> <severity/> <issued date=""/> <updated date=""/>
 *       <release>Fedora 43</release>
 *       <references> <reference type="cve" id="CVE-2022-24903" href="" title=""/> ...
 *       <pkglist> <collection short="amazon-linux-2023"> <name>Amazon Linux 2023</name>
 *         <module name="ruby" stream="3.3" version="" context="" arch=""/>
 *         <package name="" epoch="" version="" release="" arch="" src="curl-7.76.1-23.el9.src.rpm">
 *
 * Each package is the one that fixes. Fedora names vulnerabilities in the titles of references to
 * Bugzilla and in the description alone.
 */
#include "feed/reader/updateinfo.h"
#include "base/map.h"
#include "feed/reader/names.h"
#include "format/xml_pieces.h"

struct reader {
    struct pl_feed_sink *sink;
    const struct pl_updateinfo_publisher *publisher;
    struct pl_arena *arena; /* of the update */
    struct pl_advisory *advisory;
    struct pl_map said;
};

pl_str pl_updateinfo_release(pl_str text, const char *prefix)
{
    pl_str start = pl_str_from(prefix);
    if (!pl_str_starts_with(text, start)) {
        return PL_STR_EMPTY;
    }
    text = pl_str_skip(text, start.len);
    size_t len = 0;
    while (len < text.len && pl_char_is_digit(text.ptr[len])) {
        len++;
    }
    return pl_str_sub(text, 0, len);
}

/* All CVEs that a text names. */
static void add_cves(struct reader *reader, pl_str text)
{
    pl_str cve = pl_feed_cve(text);
    while (cve.len > 0) {
        pl_strs_add_unique(reader->arena, &reader->advisory->upstream,
                           pl_arena_dup(reader->arena, cve));
        text = pl_str_skip(text, (size_t)(cve.ptr - text.ptr) + cve.len);
        cve = pl_feed_cve(text);
    }
}

static void read_references(struct reader *reader, const struct pl_xml_node *update)
{
    const struct pl_xml_node *list = pl_xml_child(update, "references");
    for (const struct pl_xml_node *it = pl_xml_child(list, "reference"); it;
         it = pl_xml_next(it, "reference")) {
        pl_str url = pl_xml_attribute(it, "href");
        bool is_self = pl_str_eq(pl_xml_attribute(it, "type"), PL_STR("self"));
        add_cves(reader, pl_xml_attribute(it, "id"));
        add_cves(reader, pl_xml_attribute(it, "title"));
        if (url.len > 0) {
            *pl_vec_push(reader->arena, &reader->advisory->references) =
                (struct pl_advisory_reference){.type = is_self ? PL_STR("ADVISORY") : PL_STR("WEB"),
                                               .url = pl_arena_dup(reader->arena, url)};
        }
    }
    if (reader->advisory->upstream.count == 0) {
        add_cves(reader, pl_xml_text(update, "description"));
    }
}

/* "2011-09-27 22:46", "2023-02-17 20:41:00", "2020-05-14T20:15:38Z" as RFC 3339 has them. */
static pl_str time_of(struct reader *reader, const struct pl_xml_node *node)
{
    pl_str text = pl_xml_attribute(node, "date");
    pl_str day = pl_str_sub(text, 0, strlen("2011-09-27"));
    pl_str time = pl_str_skip(text, strlen("2011-09-27 "));
    if (day.len < strlen("2011-09-27") || pl_str_ends_with(text, PL_STR("Z"))) {
        return pl_arena_dup(reader->arena, text);
    }
    const char *rest = time.len == 0 ? "00:00:00" : time.len == strlen("22:46") ? ":00" : "";
    return pl_arena_format(reader->arena, PL_STR_FMT "T" PL_STR_FMT "%sZ", PL_STR_ARG(day),
                           PL_STR_ARG(time), rest);
}

static bool is_said(struct reader *reader, const struct pl_affected *affected, pl_str version)
{
    pl_str key =
        pl_arena_format(reader->arena, PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT,
                        PL_STR_ARG(affected->ecosystem), PL_STR_ARG(affected->name),
                        PL_STR_ARG(affected->module), PL_STR_ARG(version));
    void **place = pl_map_at(&reader->said, key);
    bool is_there = *place != NULL;
    *place = reader;
    return is_there;
}

struct build {
    pl_str name;
    pl_str epoch;
    pl_str version;
    pl_str release;
};

/* With the epoch, which is 0 when nothing is said. */
static pl_str with_epoch(struct reader *reader, const struct build *build, pl_str version)
{
    return pl_arena_format(reader->arena, PL_STR_FMT ":" PL_STR_FMT,
                           PL_STR_ARG(build->epoch.len > 0 ? build->epoch : PL_STR("0")),
                           PL_STR_ARG(version));
}

/* The build that a <package> is about; NULL or why not. */
static const char *read_build(const struct reader *reader, const struct pl_xml_node *package,
                              struct build *ret)
{
    struct build build = {.name = pl_xml_attribute(package, "name"),
                          .epoch = pl_xml_attribute(package, "epoch"),
                          .version = pl_xml_attribute(package, "version"),
                          .release = pl_xml_attribute(package, "release")};
    bool is_source = pl_str_eq(pl_xml_attribute(package, "arch"), PL_STR("src"));
    pl_str src = pl_str_after_last(pl_xml_attribute(package, "src"), '/');
    if (reader->publisher->by_source && !is_source) {
        pl_str evr = PL_STR_EMPTY;
        pl_str arch = PL_STR_EMPTY;
        if (!pl_feed_nevra(src, &build.name, &evr, &arch)) {
            return "package without its source package";
        }
        pl_str_cut(evr, '-', &build.version, &build.release);
    } else if (is_source && !reader->publisher->by_source) {
        return "source package, whose binaries are named as well";
    }
    if (build.name.len == 0 || build.version.len == 0) {
        return "package without a name or version";
    }
    *ret = build;
    return NULL;
}

/* Does the version begin with this number, as "5.15.43" does with "5.15" and "5.150" does not? */
static bool is_of(pl_str version, pl_str number)
{
    return number.len > 0 && pl_str_starts_with(version, number) &&
           (version.len == number.len || !pl_char_is_digit(version.ptr[number.len]));
}

struct place {
    pl_str ecosystem;
    pl_str module;
    pl_str since;
};

static void read_package(struct reader *reader, const struct pl_xml_node *package,
                         const struct place *place)
{
    struct build build;
    const char *reason = read_build(reader, package, &build);
    if (reason) {
        pl_feed_skip(reader->sink, reason);
        return;
    }
    pl_str version = build.version;
    if (build.release.len > 0) {
        version = pl_arena_format(reader->arena, PL_STR_FMT "-" PL_STR_FMT, PL_STR_ARG(version),
                                  PL_STR_ARG(build.release));
    }
    version = with_epoch(reader, &build, version);
    struct pl_affected affected = {.ecosystem = place->ecosystem,
                                   .name = pl_arena_dup(reader->arena, build.name),
                                   .purl = PL_STR_EMPTY,
                                   .urgency = PL_STR_EMPTY,
                                   .module = place->module,
                                   .cpe_rest = PL_STR_EMPTY};
    if (is_said(reader, &affected, version)) {
        return;
    }
    struct pl_range range = {.type = PL_RANGE_ECOSYSTEM};
    pl_str begin =
        is_of(build.version, place->since) ? with_epoch(reader, &build, place->since) : PL_STR("0");
    *pl_vec_push(reader->arena, &range) =
        (struct pl_range_event){.type = PL_EVENT_INTRODUCED, .version = begin};
    *pl_vec_push(reader->arena, &range) =
        (struct pl_range_event){.type = PL_EVENT_FIXED, .version = version};
    *pl_vec_push(reader->arena, &affected.ranges) = range;
    *pl_vec_push(reader->arena, &reader->advisory->affected) = affected;
}

static void read_collection(struct reader *reader, const struct pl_xml_node *update,
                            const struct pl_xml_node *collection)
{
    const struct pl_updateinfo_publisher *publisher = reader->publisher;
    const struct pl_xml_node *module = pl_xml_child(collection, "module");
    struct place place = {
        .ecosystem = publisher->ecosystem(reader->arena, update, collection),
        .module = PL_STR_EMPTY,
        .since = publisher->since ? publisher->since(collection) : PL_STR_EMPTY,
    };
    if (place.ecosystem.len == 0) {
        pl_feed_skip(reader->sink, "collection of a product that is not known");
        return;
    }
    if (module) {
        place.module = pl_arena_format(reader->arena, PL_STR_FMT ":" PL_STR_FMT,
                                       PL_STR_ARG(pl_xml_attribute(module, "name")),
                                       PL_STR_ARG(pl_xml_attribute(module, "stream")));
    }
    for (const struct pl_xml_node *it = pl_xml_child(collection, "package"); it;
         it = pl_xml_next(it, "package")) {
        read_package(reader, it, &place);
    }
}

static bool is_name(const struct pl_updateinfo_publisher *publisher, pl_str id)
{
    for (const char *const *prefix = publisher->id_prefixes; *prefix; prefix++) {
        if (pl_str_starts_with(id, pl_str_from(*prefix))) {
            return true;
        }
    }
    return false;
}

static const char *skipped(const struct pl_xml_node *update)
{
    if (!pl_str_eq(pl_xml_attribute(update, "type"), PL_STR("security"))) {
        return "update that is not about security";
    }
    pl_str status = pl_xml_attribute(update, "status");
    bool is_open = pl_str_eq(status, PL_STR("testing")) || pl_str_eq(status, PL_STR("pending"));
    return is_open ? "update that is not out yet" : NULL;
}

static void read_head(struct reader *reader, const struct pl_xml_node *update)
{
    struct pl_advisory *advisory = reader->advisory;
    advisory->summary = pl_arena_dup(reader->arena, pl_xml_text(update, "title"));
    advisory->details = pl_arena_dup(reader->arena, pl_xml_text(update, "description"));
    advisory->published = time_of(reader, pl_xml_child(update, "issued"));
    advisory->modified = time_of(reader, pl_xml_child(update, "updated"));
    if (advisory->modified.len == 0) {
        advisory->modified = advisory->published;
    }
    advisory->urgency = pl_arena_dup(reader->arena, pl_xml_text(update, "severity"));
    if (advisory->urgency.len > 0) {
        *pl_vec_push(reader->arena, &advisory->severities) = (struct pl_severity_vector){
            .type = pl_str_from(reader->publisher->severity_type), .score = advisory->urgency};
    }
    read_references(reader, update);
}

static enum pl_status take_update(void *context, const struct pl_xml_node *update,
                                  struct pl_error *err)
{
    struct reader *reader = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_advisory advisory = {.id = pl_xml_text(update, "id")};
    reader->arena = &arena;
    reader->advisory = &advisory;
    if (!is_name(reader->publisher, advisory.id)) {
        pl_feed_malformed(reader->sink, "line %u: \"" PL_STR_FMT "\" is not a name of an advisory",
                          update->line, PL_STR_ARG(pl_str_sub(advisory.id, 0, 100)));
        return PL_OK;
    }
    const char *reason = skipped(update);
    if (reason) {
        pl_feed_skip(reader->sink, reason);
        return PL_OK;
    }
    advisory.id = pl_arena_dup(&arena, advisory.id);
    read_head(reader, update);
    const struct pl_xml_node *list = pl_xml_child(update, "pkglist");
    for (const struct pl_xml_node *it = pl_xml_child(list, "collection"); it;
         it = pl_xml_next(it, "collection")) {
        read_collection(reader, update, it);
    }
    pl_map_release(&reader->said);
    reader->said = (struct pl_map){0};
    if (advisory.affected.count == 0) {
        pl_feed_skip(reader->sink, "update that names no package");
        return PL_OK;
    }
    advisory.is_part = true; /* each repository has its own packages of it */
    return pl_feed_take(reader->sink, &advisory, err);
}

enum pl_status pl_updateinfo_read(struct pl_feed_sink *sink,
                                  const struct pl_feed_document *document,
                                  const struct pl_updateinfo_publisher *publisher,
                                  struct pl_error *err)
{
    static const char *const wanted[] = {"update", NULL};
    struct reader reader = {.sink = sink, .publisher = publisher};
    enum pl_status st =
        pl_xml_pieces(document->text, "the document", wanted, take_update, &reader, err);
    pl_map_release(&reader.said);
    return st;
}

int pl_updateinfo_bid(const struct pl_feed_document *document, const char *mark)
{
    pl_str head = document->text;
    size_t at = pl_str_find(head, PL_STR("<updates"));
    bool is_root = at != SIZE_MAX && at < 512;
    return is_root && pl_str_contains(head, pl_str_from(mark)) ? 90 : 0;
}
