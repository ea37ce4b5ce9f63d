/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists of advisories in Debian's security tracker (data/DSA/list, data/DLA/list and
 * data/DTSA/list of salsa.debian.org/security-tracker-team/security-tracker), written by hand in a
 * grammar that the tracker's documentation gives by example:
 *
 *   [29 Mar 2023] DSA-5380-1 xorg-server - security update
 *   TAB {CVE-2023-1393 CVE-...}
 *   TAB [bullseye] - xorg-server 2:1.20.11-1+deb11u6 (notes; bug #1)
 *   TAB NOTE: anything
 *
 * Lists of the testing team write "[August 26th, 2005]". The version is the one that mends it; in
 * its place stands "<not-affected>", "<unfixed>", "<end-of-life>", "<no-dsa>", "<ignored>",
 * "<postponed>" or "<undetermined>" where there is none. A line without a codename is about
 * unstable. Indentation is a tab by custom, and blanks in places. "DSA-135" without a revision is
 * the way of the oldest entries. A word in the notes may rate the urgency.
 */
#include "feed/feed.h"
#include "feed/reader/affect.h"
#include "feed/reader/debian_release.h"

/* The entry being read. */
struct entry {
    struct pl_arena arena;
    struct pl_advisory advisory; /* without id: none yet */
};

static bool take_number(pl_str *cursor, uint64_t most, uint64_t *ret)
{
    *cursor = pl_str_trim(*cursor);
    return pl_str_take_uint(cursor, most, ret);
}

/* 0 when the text does not begin with an English month. */
static unsigned take_month(pl_str *cursor)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    pl_str word = PL_STR_EMPTY;
    if (!pl_str_next_word(cursor, &word) || word.len < 3) {
        return 0;
    }
    for (unsigned i = 0; i < 12; i++) {
        if (pl_str_eq_nocase(pl_str_sub(word, 0, 3), pl_str_make(names + 3 * (size_t)i, 3))) {
            return i + 1;
        }
    }
    return 0;
}

/* "29 Mar 2023" or "August 26th, 2005"; empty when it is neither. */
static pl_str read_date(struct pl_arena *arena, pl_str text)
{
    uint64_t day = 0;
    uint64_t year = 0;
    pl_str cursor = text;
    pl_str ordinal = PL_STR_EMPTY;
    bool day_first = take_number(&cursor, 31, &day);
    unsigned month = take_month(&cursor);
    bool is_date = month > 0;
    if (!day_first) {
        is_date = is_date && take_number(&cursor, 31, &day) && pl_str_next_word(&cursor, &ordinal);
    }
    is_date = is_date && take_number(&cursor, 9999, &year) && day > 0 && year > 1990;
    return is_date ? pl_arena_format(arena, "%04u-%02u-%02uT00:00:00Z", (unsigned)year, month,
                                     (unsigned)day)
                   : PL_STR_EMPTY;
}

/* "DSA-5380-1", "DLA-1-1", "DTSA-1-1". */
static bool is_advisory_id(pl_str word)
{
    static const pl_str kinds[] = {PL_STR_INIT("DSA-"), PL_STR_INIT("DLA-"), PL_STR_INIT("DTSA-")};
    for (size_t i = 0; i < PL_ARRAY_LEN(kinds); i++) {
        if (pl_str_starts_with(word, kinds[i]) && word.len > kinds[i].len &&
            pl_char_is_digit(word.ptr[kinds[i].len])) {
            return true;
        }
    }
    return false;
}

/* The parts of "[29 Mar 2023] DSA-5380-1 xorg-server - security update". */
static bool cut_heading(pl_str line, pl_str *ret_date, pl_str *ret_id, pl_str *ret_summary)
{
    pl_str rest = PL_STR_EMPTY;
    return pl_str_starts_with(line, PL_STR("[")) &&
           pl_str_cut(pl_str_skip(line, 1), ']', ret_date, &rest) &&
           pl_str_next_word(&rest, ret_id) && is_advisory_id(*ret_id) &&
           ((*ret_summary = pl_str_trim(rest)), true);
}

static int bid(const struct pl_feed_document *document)
{
    pl_str cursor = document->text;
    pl_str line = PL_STR_EMPTY;
    pl_str date = PL_STR_EMPTY;
    pl_str id = PL_STR_EMPTY;
    pl_str summary = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line) && pl_str_trim(line).len == 0) {
    }
    return cut_heading(line, &date, &id, &summary) ? 90 : 0;
}

static enum pl_status end_entry(struct pl_feed_sink *sink, struct entry *entry,
                                struct pl_error *err)
{
    enum pl_status st = PL_OK;
    if (entry->advisory.id.len > 0 && entry->advisory.affected.count == 0) {
        pl_feed_skip(sink, "advisory without a package");
    } else if (entry->advisory.id.len > 0) {
        st = pl_feed_take(sink, &entry->advisory, err);
    }
    pl_arena_clear(&entry->arena);
    entry->advisory = (struct pl_advisory){.id = PL_STR_EMPTY};
    return st;
}

static void begin_entry(struct pl_feed_sink *sink, struct entry *entry, pl_str line, size_t number)
{
    pl_str date = PL_STR_EMPTY;
    pl_str id = PL_STR_EMPTY;
    pl_str summary = PL_STR_EMPTY;
    if (!cut_heading(line, &date, &id, &summary)) {
        pl_feed_malformed(sink, "line %zu is none that begins an advisory", number);
        return;
    }
    entry->advisory.published = read_date(&entry->arena, date);
    if (entry->advisory.published.len == 0) {
        pl_feed_malformed(sink, "line %zu: " PL_STR_FMT " has no date", number, PL_STR_ARG(id));
        return;
    }
    entry->advisory.id = id;
    entry->advisory.modified = entry->advisory.published;
    entry->advisory.summary = summary;
}

static void add_names(struct entry *entry, pl_str line)
{
    pl_str names = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    pl_str_cut(pl_str_skip(line, 1), '}', &names, &rest);
    while (pl_str_next_word(&names, &name)) {
        pl_strs_add_unique(&entry->arena, &entry->advisory.upstream, name);
    }
}

static bool state_of(pl_str word, enum pl_affect *ret)
{
    static const struct {
        const char *word;
        enum pl_affect state;
    } words[] = {
        {"<end-of-life>", PL_AFFECT_END_OF_LIFE},
        {"<ignored>", PL_AFFECT_WONT_FIX},
        {"<no-dsa>", PL_AFFECT_KNOWN},
        {"<not-affected>", PL_AFFECT_NOT},
        {"<postponed>", PL_AFFECT_DEFERRED},
        {"<undetermined>", PL_AFFECT_INVESTIGATED},
        {"<unfixed>", PL_AFFECT_KNOWN},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(word, pl_str_from(words[i].word))) {
            *ret = words[i].state;
            return true;
        }
    }
    return false;
}

/* The word among the notes in parentheses that rates the urgency; empty without one. */
static pl_str urgency_of(pl_str notes)
{
    static const pl_str words[] = {PL_STR_INIT("unimportant"), PL_STR_INIT("low"),
                                   PL_STR_INIT("medium"), PL_STR_INIT("high")};
    pl_str note = PL_STR_EMPTY;
    notes = pl_str_trim(notes);
    if (notes.len < 2 || notes.ptr[0] != '(') {
        return PL_STR_EMPTY;
    }
    notes = pl_str_sub(notes, 1, notes.len - 2);
    while (pl_str_next_piece(&notes, ';', &note)) {
        for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
            if (pl_str_eq(pl_str_trim(note), words[i])) {
                return words[i];
            }
        }
    }
    return PL_STR_EMPTY;
}

/* "[bullseye] - xorg-server 2:1.20.11-1+deb11u6 (notes)"; false when it is not like this. */
static bool add_package(struct pl_feed_sink *sink, struct entry *entry, pl_str line)
{
    pl_str codename = PL_STR("sid");
    pl_str dash = PL_STR_EMPTY;
    pl_str package = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    if (line.ptr[0] == '[' && !pl_str_cut(pl_str_skip(line, 1), ']', &codename, &line)) {
        return false;
    }
    if (!pl_str_next_word(&line, &dash) || !pl_str_eq(dash, PL_STR("-")) ||
        !pl_str_next_word(&line, &package) || !pl_str_next_word(&line, &version)) {
        return false;
    }
    enum pl_affect state = PL_AFFECT_KNOWN;
    bool is_state = state_of(version, &state);
    pl_str ecosystem = pl_debian_ecosystem(codename);
    if (!is_state && (version.ptr[0] == '<' || version.ptr[0] == '(')) {
        return false;
    }
    if (ecosystem.len == 0) {
        pl_feed_skip(sink, "release that is none of Debian's");
        return true;
    }
    struct pl_affected *affected =
        state == PL_AFFECT_NOT || state == PL_AFFECT_INVESTIGATED
            ? pl_affect_state(&entry->arena, &entry->advisory, ecosystem, package, state)
            : pl_affect_before(&entry->arena, &entry->advisory, ecosystem, package,
                               is_state ? PL_STR_EMPTY : version);
    affected->state = state;
    affected->urgency = urgency_of(line);
    return true;
}

static void read_line(struct pl_feed_sink *sink, struct entry *entry, pl_str line, size_t number)
{
    if (line.ptr[0] == '{') {
        add_names(entry, line);
    } else if (line.ptr[0] == '[' || line.ptr[0] == '-') {
        if (!add_package(sink, entry, line)) {
            pl_feed_malformed(sink, "line %zu: " PL_STR_FMT ": a package without a version", number,
                              PL_STR_ARG(entry->advisory.id));
        }
    } else if (!pl_str_starts_with(line, PL_STR("NOTE:")) &&
               !pl_str_starts_with(line, PL_STR("TO"
                                                "DO:"))) {
        pl_feed_skip(sink, "line that is no package, name or note");
    }
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    struct entry entry = {.advisory = {.id = PL_STR_EMPTY}};
    pl_str cursor = document->text;
    pl_str line = PL_STR_EMPTY;
    enum pl_status st = PL_OK;
    for (size_t number = 1; st == PL_OK && pl_str_next_line(&cursor, &line); number++) {
        pl_str text = pl_str_trim(line);
        if (text.len == 0) {
            continue;
        }
        if (!pl_char_is_blank(line.ptr[0])) {
            st = end_entry(sink, &entry, err);
            begin_entry(sink, &entry, text, number);
        } else if (entry.advisory.id.len > 0) {
            read_line(sink, &entry, text, number);
        }
    }
    if (st == PL_OK) {
        st = end_entry(sink, &entry, err);
    }
    pl_arena_release(&entry.arena);
    return st;
}

const struct pl_feed pl_feed_debian_list = {
    .name = "debian-list",
    .summary = "lists of Debian's security advisories: DSA, DLA and DTSA",
    .url = "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/"
           "data/{DSA,DLA,DTSA}/list",
    .ecosystems = "Debian",
    .bid = bid,
    .read = read_document,
};
