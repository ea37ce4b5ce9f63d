/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of known exploited vulnerabilities of CISA, and of others in its format
 * (https://www.cisa.gov/known-exploited-vulnerabilities-catalog, with a JSON schema beside it). The
 * JSON form is one object:
 *
 *   title              "CISA Catalog of Known Exploited Vulnerabilities"; the part before "Catalog"
 *                      is whose catalogue it is
 *   catalogVersion     "2025.08.25"
 *   dateReleased, count
 *   vulnerabilities    each with cveID, dateAdded, dueDate (YYYY-MM-DD), and
 *                      knownRansomwareCampaignUse, "Known" or "Unknown", which entries had not
 * before October 2023; product, description, required action and notes are for people
 *
 * Others are lists of such entries, on their own or as `data` of an answer. VulnCheck's
 * (https://docs.vulncheck.com/community/vulncheck-kev/schema) name several vulnerabilities in `cve`
 * and the day in `date_added`; those of ENISA and the network of European CSIRTs
 * (github.com/enisaeu/CNW, advisories/eukev) have a `euvdID` beside cveID, and the day in
 * `dateReported`, as DD/MM/YY.
 *
 * The CSV form has these members of an entry as columns, in any order, named in the first line; it
 * does not say whose it is. A catalogue is about vulnerabilities and says nothing of versions.
 */
#include "feed/csv.h"
#include "feed/date.h"
#include "feed/feed.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"
#include "format/json_pieces.h"

static const pl_str byte_order_mark = PL_STR_INIT("\xef\xbb\xbf");

static pl_str without_mark(pl_str text)
{
    return pl_str_starts_with(text, byte_order_mark) ? pl_str_skip(text, byte_order_mark.len)
                                                     : text;
}

static bool is_csv(pl_str text)
{
    return pl_str_starts_with(text, PL_STR("cveID,")) ||
           pl_str_starts_with(text, PL_STR("\"cveID\","));
}

/* Whose catalogue a list with this first entry is; NULL for nobody's that is known. */
static const char *owner_of(pl_str entry)
{
    if (pl_head_member(entry, "cveID", NULL)) {
        return pl_head_member(entry, "euvdID", NULL) ? "ENISA" : NULL;
    }
    return pl_head_member(entry, "cve", NULL) && pl_head_member(entry, "date_added", NULL) &&
                   pl_head_member(entry, "vulnerabilityName", NULL)
               ? "VulnCheck"
               : NULL;
}

/* The list that is the document, or its member "data"; NULL when it is neither. */
static const char *owner_of_list(pl_str text)
{
    pl_str list = text;
    pl_head_member(text, "data", &list);
    return owner_of(pl_head_first_element(list));
}

static int bid(const struct pl_feed_document *document)
{
    pl_str text = without_mark(document->text);
    pl_str list = PL_STR_EMPTY;
    if (is_csv(text)) {
        return 90;
    }
    if (owner_of_list(text)) {
        return 80;
    }
    if (!pl_head_member(text, "vulnerabilities", &list)) {
        return 0;
    }
    if (pl_head_member(text, "catalogVersion", NULL)) {
        return 90;
    }
    return pl_head_member(pl_head_first_element(list), "cveID", NULL) ? 60 : 0;
}

/* "CISA Catalog of Known Exploited Vulnerabilities" is CISA's. */
static pl_str catalogue_of(pl_str title)
{
    size_t at = pl_str_find(title, PL_STR(" Catalog"));
    pl_str owner = pl_str_trim(at == SIZE_MAX ? title : pl_str_sub(title, 0, at));
    return owner.len > 0 ? owner : PL_STR("CISA");
}

/* One entry, of either form. */
struct entry {
    pl_str id;
    pl_str added;
    pl_str due;
    pl_str ransomware;
};

static enum pl_status take_entry(struct pl_feed_sink *sink, const struct entry *entry,
                                 pl_str catalogue, size_t index, struct pl_error *err)
{
    if (entry->id.len == 0 || pl_date_of(entry->added).len == 0) {
        pl_feed_malformed(sink, "entry %zu (" PL_STR_FMT ") has no %s", index,
                          PL_STR_ARG(entry->id), entry->id.len == 0 ? "cveID" : "dateAdded");
        return PL_OK;
    }
    struct pl_exploitation exploitation = {
        .id = entry->id,
        .kev_catalogue = catalogue,
        .kev_added = pl_date_of(entry->added),
        .kev_due = pl_date_of(entry->due),
        .kev_ransomware = pl_str_eq_nocase(entry->ransomware, PL_STR("Known")),
        .epss = -1,
    };
    return pl_feed_take_exploitation(sink, &exploitation, err);
}

static enum pl_status read_title(struct pl_feed_sink *sink, pl_str text, pl_str *ret,
                                 struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    struct pl_json_pieces pieces;
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    pl_str title = PL_STR_EMPTY;
    enum pl_status st = pl_json_pieces_open(&pieces, pl_feed_scratch(sink), text, no_path, err);
    while (st == PL_OK && (st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        if (pl_str_eq(key, PL_STR("title"))) {
            title = pl_json_piece_text(pl_feed_scratch(sink), value);
        }
    }
    *ret = catalogue_of(title);
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

/* "17/01/25" is in this century; empty for what is none. */
static pl_str day_of_european(struct pl_arena *arena, pl_str text)
{
    pl_str parts[3] = {PL_STR_EMPTY, PL_STR_EMPTY, PL_STR_EMPTY};
    for (size_t i = 0; i < PL_ARRAY_LEN(parts); i++) {
        uint64_t number = 0;
        if (!pl_str_next_piece(&text, '/', &parts[i]) || parts[i].len != 2 ||
            !pl_str_to_uint(parts[i], 99, &number)) {
            return PL_STR_EMPTY;
        }
    }
    return text.len > 0
               ? PL_STR_EMPTY
               : pl_arena_format(arena, "20" PL_STR_FMT "-" PL_STR_FMT "-" PL_STR_FMT,
                                 PL_STR_ARG(parts[2]), PL_STR_ARG(parts[1]), PL_STR_ARG(parts[0]));
}

static enum pl_status take_item(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                void *context, struct pl_error *err)
{
    const pl_str *catalogue = context;
    const json_t *item = record->json;
    const json_t *several = pl_json_array(item, "cve");
    struct entry entry = {.id = pl_json_str(item, "cveID"),
                          .added = pl_json_str(item, "dateAdded"),
                          .due = pl_json_str(item, "dueDate"),
                          .ransomware = pl_json_str(item, "knownRansomwareCampaignUse")};
    if (entry.added.len == 0) {
        entry.added = pl_json_str(item, "date_added");
    }
    if (entry.added.len == 0) {
        entry.added = day_of_european(record->arena, pl_json_str(item, "dateReported"));
    }
    enum pl_status st = PL_OK;
    if (json_array_size(several) == 0) {
        return take_entry(sink, &entry, *catalogue, record->index, err);
    }
    for (size_t i = 0; i < json_array_size(several) && st == PL_OK; i++) {
        entry.id = pl_json_text(json_array_get(several, i));
        st = take_entry(sink, &entry, *catalogue, record->index, err);
    }
    return st;
}

static enum pl_status read_json(struct pl_feed_sink *sink, pl_str text, struct pl_error *err)
{
    static const char *const path[] = {"vulnerabilities", NULL};
    static const char *const no_path[] = {NULL};
    static const char *const data[] = {"data", NULL};
    pl_str catalogue = PL_STR_EMPTY;
    const char *owner = owner_of_list(text);
    if (owner) {
        catalogue = pl_str_from(owner);
        bool is_list = pl_head_first_element(text).len > 0;
        return pl_feed_records(sink, text, is_list ? no_path : data, "entry", take_item, &catalogue,
                               err);
    }
    enum pl_status st = read_title(sink, text, &catalogue, err);
    return st == PL_OK ? pl_feed_records(sink, text, path, "entry", take_item, &catalogue, err)
                       : st;
}

static enum pl_status read_csv(struct pl_feed_sink *sink, pl_str text, struct pl_error *err)
{
    struct pl_csv_row row;
    if (pl_csv_next(&text, &row) != PL_CSV_ROW || pl_csv_column(&row, "dateAdded") == SIZE_MAX) {
        return pl_error_set(err, PL_E_PARSE, "the first line does not name the columns");
    }
    size_t id = pl_csv_column(&row, "cveID");
    size_t added = pl_csv_column(&row, "dateAdded");
    size_t due = pl_csv_column(&row, "dueDate");
    size_t ransomware = pl_csv_column(&row, "knownRansomwareCampaignUse");
    enum pl_status st = PL_OK;
    for (size_t i = 0; st == PL_OK; i++) {
        enum pl_csv_result result = pl_csv_next(&text, &row);
        if (result == PL_CSV_END) {
            break;
        }
        if (result == PL_CSV_BAD) {
            pl_feed_malformed(sink, "entry %zu: the quotes do not end", i);
            continue;
        }
        struct entry entry = {.id = pl_csv_field(&row, id),
                              .added = pl_csv_field(&row, added),
                              .due = pl_csv_field(&row, due),
                              .ransomware = pl_csv_field(&row, ransomware)};
        st = take_entry(sink, &entry, PL_STR("CISA"), i, err);
    }
    return st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    pl_str text = without_mark(document->text);
    return is_csv(text) ? read_csv(sink, text, err) : read_json(sink, text, err);
}

const struct pl_feed pl_feed_cisa_kev = {
    .name = "cisa-kev",
    .summary = "known exploited vulnerabilities, as CISA and others in its format list them",
    .url = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "",
    .bid = bid,
    .read = read_document,
};
