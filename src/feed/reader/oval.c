/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL 5 (oval.mitre.org, now github.com/OVAL-Community): a document has definitions, and behind
 * them the tests, objects and states that those refer to by id, so that it is gone through twice.
 *
 *   <definition class="patch" id="...">
 *     <metadata>  title, affected/platform, reference (source="CVE" ref_id), advisory (severity,
 * cve) <criteria operator="AND"> <criterion comment="Oracle Linux 9 is installed" test_ref="..."/>
 *       <criteria operator="OR">
 *         <criterion comment="curl is earlier than 0:7.76.1-26.el9" test_ref="..."/>
 *
 * What a tree of criteria says is taken as all publishers build theirs: products and module streams
 * in an AND hold for all that is in it, below as well; tests of one package in an AND are the ends
 * of one range; everything else is a list of alternatives. Signatures and architectures are left
 * out, for the versions are not others for them.
 *
 * Products are told by the comment "... is installed", and where nothing says so by the platform.
 */
#include "feed/reader/oval.h"
#include "feed/reader/names.h"
#include "feed/reader/oval_tests.h"
#include "format/xml_pieces.h"

/* What holds for all below. */
struct context {
    struct pl_strs products;
    pl_str module;
};

struct reader {
    struct pl_feed_sink *sink;
    const struct pl_oval_publisher *publisher;
    struct pl_arena *arena; /* of the definition */
    struct pl_oval_tests tests;
    struct pl_advisory *advisory;
    struct pl_strs platforms;
    struct pl_map said;
    bool is_not_affected; /* all of the definition is */
};

pl_str pl_oval_release(pl_str product, const char *prefix)
{
    pl_str start = pl_str_from(prefix);
    if (!pl_str_starts_with(product, start) || product.len < start.len + 2 ||
        product.ptr[start.len] != ' ') {
        return PL_STR_EMPTY;
    }
    pl_str release = pl_str_skip(product, start.len + 1);
    size_t len = 0;
    while (len < release.len && (pl_char_is_digit(release.ptr[len]) || release.ptr[len] == '.')) {
        len++;
    }
    return pl_str_sub(release, 0, len);
}

/* "Oracle Linux 9" of "Oracle Linux 9 is installed" when it is a product. */
static pl_str product_of(const struct reader *reader, const struct pl_xml_node *criterion)
{
    struct pl_oval_test test;
    pl_str end = PL_STR(" is installed");
    pl_str comment = pl_xml_attribute(criterion, "comment");
    if (!pl_xml_is(criterion, "criterion") || !pl_str_ends_with(comment, end)) {
        return PL_STR_EMPTY;
    }
    if (pl_oval_tests_find(&reader->tests, pl_xml_attribute(criterion, "test_ref"), &test) &&
        (test.operation == PL_OVAL_LESS || test.operation == PL_OVAL_LESS_OR_EQUAL)) {
        return PL_STR_EMPTY; /* SUSE says "bash-5.1-2.3 is installed" of packages */
    }
    pl_str name = pl_str_sub(comment, 0, comment.len - end.len);
    return reader->publisher->ecosystem(reader->arena, name, PL_STR_EMPTY).len > 0 ? name
                                                                                   : PL_STR_EMPTY;
}

/* "nodejs:18" of "Module nodejs:18 is enabled" */
static pl_str module_of(const struct pl_xml_node *criterion)
{
    pl_str begin = PL_STR("Module ");
    pl_str end = PL_STR(" is enabled");
    pl_str comment = pl_xml_attribute(criterion, "comment");
    bool is_module = pl_xml_is(criterion, "criterion") && pl_str_starts_with(comment, begin) &&
                     pl_str_ends_with(comment, end) && comment.len > begin.len + end.len;
    return is_module ? pl_str_sub(comment, begin.len, comment.len - begin.len - end.len)
                     : PL_STR_EMPTY;
}

static bool is_or(const struct pl_xml_node *criteria)
{
    return pl_str_eq_nocase(pl_xml_attribute(criteria, "operator"), PL_STR("OR"));
}

/* The products among the children of an AND, and of an OR in it. */
static void add_products(const struct reader *reader, const struct pl_xml_node *criteria,
                         struct pl_strs *list)
{
    for (const struct pl_xml_node *it = criteria->first; it; it = it->next) {
        pl_str product = product_of(reader, it);
        if (product.len > 0) {
            *pl_vec_push(reader->arena, list) = product;
        }
    }
}

static struct context inner_context(const struct reader *reader, const struct context *outer,
                                    const struct pl_xml_node *criteria)
{
    struct context inner = *outer;
    struct pl_strs products = {0};
    if (is_or(criteria)) {
        return inner;
    }
    add_products(reader, criteria, &products);
    for (const struct pl_xml_node *it = criteria->first; it; it = it->next) {
        pl_str module = module_of(it);
        if (module.len > 0) {
            inner.module = module;
        }
        if (pl_xml_is(it, "criteria") && is_or(it)) {
            add_products(reader, it, &products);
        }
    }
    if (products.count > 0) {
        inner.products = products;
    }
    return inner;
}

/* "0", "0:0-0": before or after which there is every version. */
static bool is_zero(pl_str version)
{
    for (size_t i = 0; i < version.len; i++) {
        if (version.ptr[i] != '0' && version.ptr[i] != ':' && version.ptr[i] != '-') {
            return false;
        }
    }
    return true;
}

/* One statement about one package: the ends of its range, in order. */
struct statement {
    pl_str name;
    struct pl_range range;
    enum pl_affect state;
};

static void add_event(struct reader *reader, struct pl_range *range, enum pl_event_type type,
                      pl_str version)
{
    *pl_vec_push(reader->arena, range) = (struct pl_range_event){.type = type, .version = version};
}

/* Why nobody mends it, in Canonical's words. */
static enum pl_affect state_of(pl_str comment)
{
    if (pl_str_contains(comment, PL_STR("to ignore"))) {
        return PL_AFFECT_WONT_FIX;
    }
    return pl_str_contains(comment, PL_STR("to defer")) ? PL_AFFECT_DEFERRED : PL_AFFECT_KNOWN;
}

/* What a test says of its package; false when it says nothing of versions. */
static bool add_test(struct reader *reader, const struct pl_oval_test *test, pl_str comment,
                     struct statement *statement)
{
    struct pl_range *range = &statement->range;
    switch (test->operation) {
    case PL_OVAL_LESS:
        if (is_zero(test->version)) {
            statement->state = PL_AFFECT_NOT;
        } else {
            add_event(reader, range, PL_EVENT_FIXED, test->version);
        }
        return true;
    case PL_OVAL_LESS_OR_EQUAL:
        add_event(reader, range, PL_EVENT_LAST_AFFECTED, test->version);
        return true;
    case PL_OVAL_GREATER:
    case PL_OVAL_GREATER_OR_EQUAL:
        if (!is_zero(test->version)) {
            add_event(reader, range,
                      test->operation == PL_OVAL_GREATER ? PL_EVENT_ABOVE : PL_EVENT_INTRODUCED,
                      test->version);
        }
        return true;
    case PL_OVAL_EQUAL:
        /* SUSE asks for a version that no package has. */
        statement->state = PL_AFFECT_NOT;
        return is_zero(test->version) && pl_str_ends_with(comment, PL_STR(" is not affected"));
    case PL_OVAL_ANY:
        statement->state = state_of(comment);
        return reader->publisher->has_bare_tests;
    case PL_OVAL_OTHER:
        break;
    }
    return false;
}

/* Lower ends come first; without one it begins before every version. */
static struct pl_range in_order(struct reader *reader, const struct pl_range *events)
{
    struct pl_range range = {.type = PL_RANGE_ECOSYSTEM};
    for (int upper = 0; upper < 2; upper++) {
        for (size_t i = 0; i < events->count; i++) {
            enum pl_event_type type = events->items[i].type;
            bool is_upper = type == PL_EVENT_FIXED || type == PL_EVENT_LAST_AFFECTED;
            if (is_upper == (upper == 1)) {
                add_event(reader, &range, type, events->items[i].version);
            }
        }
        if (upper == 0 && range.count == 0) {
            add_event(reader, &range, PL_EVENT_INTRODUCED, PL_STR("0"));
        }
    }
    return range;
}

static bool is_said(struct reader *reader, const struct pl_affected *affected)
{
    pl_str key = pl_arena_format(reader->arena, PL_STR_FMT "\n" PL_STR_FMT "\n" PL_STR_FMT "\n%d",
                                 PL_STR_ARG(affected->ecosystem), PL_STR_ARG(affected->name),
                                 PL_STR_ARG(affected->module), (int)affected->state);
    const struct pl_range *range = &affected->ranges.items[0];
    for (size_t i = 0; i < range->count; i++) {
        key = pl_arena_format(reader->arena, PL_STR_FMT "\n" PL_STR_FMT, PL_STR_ARG(key),
                              PL_STR_ARG(range->items[i].version));
    }
    void **place = pl_map_at(&reader->said, key);
    bool is_there = *place != NULL;
    *place = reader;
    return is_there;
}

static void add_affected(struct reader *reader, const struct context *context,
                         const struct statement *statement)
{
    const struct pl_strs *products =
        context->products.count > 0 ? &context->products : &reader->platforms;
    size_t events = statement->range.count;
    pl_str version = events > 0 ? statement->range.items[events - 1].version : PL_STR_EMPTY;
    const char *reason =
        events > 0 && reader->publisher->skip ? reader->publisher->skip(version) : NULL;
    if (reason) {
        pl_feed_skip(reader->sink, reason);
        return;
    }
    for (size_t i = 0; i < products->count; i++) {
        struct pl_affected affected = {
            .ecosystem = reader->publisher->ecosystem(reader->arena, products->items[i], version),
            .name = statement->name,
            .purl = PL_STR_EMPTY,
            .urgency = PL_STR_EMPTY,
            .module = context->module,
            .cpe_rest = PL_STR_EMPTY,
            .state = reader->is_not_affected ? PL_AFFECT_NOT : statement->state,
        };
        if (affected.ecosystem.len == 0) {
            pl_feed_skip(reader->sink, "product that is not known");
            continue;
        }
        *pl_vec_push(reader->arena, &affected.ranges) = in_order(reader, &statement->range);
        if (!is_said(reader, &affected)) {
            *pl_vec_push(reader->arena, &reader->advisory->affected) = affected;
        }
    }
}

/* A criterion that is about a version of a package. */
static bool read_criterion(struct reader *reader, const struct pl_xml_node *criterion,
                           struct statement *statement)
{
    struct pl_oval_test test;
    pl_str id = pl_xml_attribute(criterion, "test_ref");
    pl_str comment = pl_xml_attribute(criterion, "comment");
    if (product_of(reader, criterion).len > 0 || module_of(criterion).len > 0) {
        return false;
    }
    bool is_about_version = pl_str_contains(comment, PL_STR("earlier than")) ||
                            pl_str_ends_with(comment, PL_STR(" is installed")) ||
                            pl_str_ends_with(comment, PL_STR(" affected"));
    if (!pl_oval_tests_find(&reader->tests, id, &test)) {
        if (is_about_version) {
            pl_feed_skip(reader->sink, "criterion whose test is not in the document");
        }
        return false;
    }
    struct statement read = *statement;
    read.name = test.name;
    if (!add_test(reader, &test, comment, &read)) {
        if (is_about_version) {
            pl_feed_skip(reader->sink, "criterion whose test cannot be understood");
        }
        return false;
    }
    *statement = read;
    return true;
}

static bool is_ksplice(const struct pl_xml_node *criteria)
{
    for (const struct pl_xml_node *it = criteria->first; it; it = it->next) {
        if (pl_str_ends_with(pl_xml_attribute(it, "comment"), PL_STR(" is ksplice-based"))) {
            return true;
        }
    }
    return false;
}

/* The tests that stand directly in the criteria. */
static void read_tests(struct reader *reader, const struct pl_xml_node *criteria,
                       const struct context *context)
{
    struct statement open = {.name = PL_STR_EMPTY};
    for (const struct pl_xml_node *it = criteria->first; it; it = it->next) {
        struct statement next = {.name = PL_STR_EMPTY};
        if (!pl_xml_is(it, "criterion") || !read_criterion(reader, it, &next)) {
            continue;
        }
        if (!is_or(criteria) && pl_str_eq(open.name, next.name)) {
            for (size_t i = 0; i < next.range.count; i++) {
                add_event(reader, &open.range, next.range.items[i].type,
                          next.range.items[i].version);
            }
            continue;
        }
        if (open.name.len > 0) {
            add_affected(reader, context, &open);
        }
        open = next;
    }
    if (open.name.len > 0) {
        add_affected(reader, context, &open);
    }
}

/* The depth is bounded by PL_LIMIT_XML_DEPTH. */
static void read_criteria(struct reader *reader, const struct pl_xml_node *criteria,
                          const struct context *outer)
{
    struct context context = inner_context(reader, outer, criteria);
    if (pl_str_eq(pl_xml_attribute(criteria, "negate"), PL_STR("true"))) {
        pl_feed_skip(reader->sink, "negated criteria");
        return;
    }
    if (is_ksplice(criteria)) {
        pl_feed_skip(reader->sink, "build for Ksplice, which takes the place of no other");
        return;
    }
    read_tests(reader, criteria, &context);
    for (const struct pl_xml_node *it = pl_xml_child(criteria, "criteria"); it;
         it = pl_xml_next(it, "criteria")) {
        read_criteria(reader, it, &context);
    }
}

/* "7.8/AV:N/...", "CVSS:3.0/AV:N/...", "8.1/CVSS:3.0/AV:N/...": the score may stand before. */
static pl_str vector_of(pl_str text)
{
    size_t at = pl_str_find(text, PL_STR("CVSS:"));
    at = at == SIZE_MAX ? pl_str_find(text, PL_STR("AV:")) : at;
    return at == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(text, at);
}

/* The highest of the newest version. SUSE states the NVD's vectors beside its own. */
static void read_scores(struct reader *reader, const struct pl_xml_node *advisory)
{
    static const char *const attributes[] = {"cvss4", "cvss3", "cvss_vector", "cvss2"};
    static const char *const types[] = {"CVSS_V4", "CVSS_V3", "CVSS_V3", "CVSS_V2"};
    struct pl_severity_vector best = {.type = PL_STR_EMPTY};
    double best_score = -1;
    for (const struct pl_xml_node *cve = pl_xml_child(advisory, "cve"); cve;
         cve = pl_xml_next(cve, "cve")) {
        if (pl_str_ends_with(pl_xml_text(cve, NULL), PL_STR("at NVD"))) {
            continue;
        }
        for (size_t i = 0; i < PL_ARRAY_LEN(attributes); i++) {
            pl_str vector = vector_of(pl_xml_attribute(cve, attributes[i]));
            double score = -1;
            if (vector.len > 0 && pl_cvss_score(vector, &score, NULL) == PL_OK) {
                int order = pl_str_cmp(pl_str_from(types[i]), best.type);
                if (order > 0 || (order == 0 && score > best_score)) {
                    best.type = pl_str_from(types[i]);
                    best.score = pl_arena_dup(reader->arena, vector);
                    best_score = score;
                }
            }
        }
    }
    if (best_score >= 0) {
        *pl_vec_push(reader->arena, &reader->advisory->severities) = best;
    }
}

static void add_cve(struct reader *reader, pl_str text)
{
    pl_str cve = pl_feed_cve(text);
    if (cve.len > 0) {
        pl_strs_add_unique(reader->arena, &reader->advisory->upstream,
                           pl_arena_dup(reader->arena, cve));
    }
}

/* "2022-10-20", as dates in OSV's records are times. */
static pl_str time_of(struct reader *reader, const struct pl_xml_node *node)
{
    pl_str date = pl_xml_attribute(node, "date");
    return date.len == strlen("2022-10-20")
               ? pl_arena_format(reader->arena, PL_STR_FMT "T00:00:00Z", PL_STR_ARG(date))
               : PL_STR_EMPTY;
}

static void read_metadata(struct reader *reader, const struct pl_xml_node *metadata)
{
    struct pl_advisory *record = reader->advisory;
    const struct pl_xml_node *advisory = pl_xml_child(metadata, "advisory");
    record->summary = pl_arena_dup(reader->arena, pl_xml_text(metadata, "title"));
    record->details = pl_arena_dup(reader->arena, pl_xml_text(metadata, "description"));
    record->published = time_of(reader, pl_xml_child(advisory, "issued"));
    record->modified = time_of(reader, pl_xml_child(advisory, "updated"));
    if (record->published.len == 0) {
        record->published = pl_arena_dup(reader->arena, pl_xml_text(metadata, "advisory_date"));
    }
    if (record->modified.len == 0) {
        record->modified = record->published;
    }
    record->urgency = pl_xml_text(advisory, "severity");
    record->urgency =
        pl_arena_dup(reader->arena,
                     record->urgency.len > 0 ? record->urgency : pl_xml_text(metadata, "severity"));
    for (const struct pl_xml_node *it = pl_xml_child(metadata, "reference"); it;
         it = pl_xml_next(it, "reference")) {
        pl_str url = pl_xml_attribute(it, "ref_url");
        if (pl_str_eq(pl_xml_attribute(it, "source"), PL_STR("CVE"))) {
            add_cve(reader, pl_xml_attribute(it, "ref_id"));
        } else if (url.len > 0) {
            *pl_vec_push(reader->arena, &record->references) = (struct pl_advisory_reference){
                .type = PL_STR("ADVISORY"), .url = pl_arena_dup(reader->arena, url)};
        }
    }
    for (const struct pl_xml_node *it = pl_xml_child(advisory, "cve"); it;
         it = pl_xml_next(it, "cve")) {
        add_cve(reader, pl_xml_text(it, NULL));
    }
    const struct pl_xml_node *affected = pl_xml_child(metadata, "affected");
    for (const struct pl_xml_node *it = pl_xml_child(affected, "platform"); it;
         it = pl_xml_next(it, "platform")) {
        *pl_vec_push(reader->arena, &reader->platforms) = pl_xml_text(it, NULL);
    }
    /* "Not Applicable" is Microsoft's word. */
    reader->is_not_affected =
        pl_str_eq_nocase(pl_xml_text(metadata, "patchable"), PL_STR("Not Applicable"));
    read_scores(reader, advisory);
}

static enum pl_status take_definition(void *context, const struct pl_xml_node *definition,
                                      struct pl_error *err)
{
    struct reader *reader = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_advisory advisory = {.is_part = reader->publisher->is_part};
    struct context none = {.module = PL_STR_EMPTY};
    reader->arena = &arena;
    reader->advisory = &advisory;
    reader->platforms = (struct pl_strs){0};
    advisory.id = reader->publisher->id(&arena, definition);
    if (advisory.id.len == 0) {
        pl_str id = pl_xml_attribute(definition, "id");
        pl_feed_malformed(reader->sink, "line %u: definition " PL_STR_FMT " has no usable name",
                          definition->line, PL_STR_ARG(pl_str_sub(id, 0, 100)));
        return PL_OK;
    }
    read_metadata(reader, pl_xml_child(definition, "metadata"));
    if (advisory.upstream.count == 0) {
        pl_feed_skip(reader->sink, "definition without a vulnerability");
        return PL_OK;
    }
    const struct pl_xml_node *criteria = pl_xml_child(definition, "criteria");
    if (criteria) {
        read_criteria(reader, criteria, &none);
    }
    pl_map_release(&reader->said);
    reader->said = (struct pl_map){0};
    if (advisory.affected.count == 0) {
        pl_feed_skip(reader->sink, "definition that names no package");
        return PL_OK;
    }
    if (advisory.urgency.len > 0) {
        *pl_vec_push(&arena, &advisory.severities) = (struct pl_severity_vector){
            .type = pl_str_from(reader->publisher->severity_type), .score = advisory.urgency};
    }
    return pl_feed_take(reader->sink, &advisory, err);
}

enum pl_status pl_oval_read(struct pl_feed_sink *sink, const struct pl_feed_document *document,
                            const struct pl_oval_publisher *publisher, struct pl_error *err)
{
    static const char *const wanted[] = {"definition", NULL};
    struct reader reader = {
        .sink = sink, .publisher = publisher, .tests = {.arena = pl_feed_scratch(sink)}};
    enum pl_status st = pl_oval_tests_read(&reader.tests, document->text, err);
    if (st == PL_OK) {
        st = pl_xml_pieces(document->text, "the document", wanted, take_definition, &reader, err);
    }
    pl_map_release(&reader.said);
    pl_oval_tests_release(&reader.tests);
    return st;
}

int pl_oval_bid(const struct pl_feed_document *document, const char *generator)
{
    pl_str name = PL_STR("product_name>");
    pl_str head = document->text;
    size_t at = pl_str_find(head, name);
    if (!pl_str_contains(head, PL_STR("oval_definitions")) || at == SIZE_MAX) {
        return 0;
    }
    return pl_str_starts_with(pl_str_skip(head, at + name.len), pl_str_from(generator)) ? 90 : 0;
}
