/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gemfile.lock of Ruby's Bundler, gems.locked under its other name (bundler.io, "Gemfile.lock";
 * written by bundler's lockfile_generator.rb). Sections begin in the first column, and what counts
 * in them is how far a line is indented:
 *
 *     GEM                                         GIT and PLUGIN SOURCE alike; PATH is local
 *       remote: https://rubygems.org/
 *       specs:
 *         nokogiri (1.18.2-x86_64-linux-gnu)      a gem: version, and platform unless "ruby"
 *           racc (~> 1.4)                         what it needs
 *     DEPENDENCIES
 *       nokogiri (~> 1.18)                        what the project asks for
 *       own!                                      the same, not from rubygems.org
 *     CHECKSUMS
 *       nokogiri (1.18.2-x86_64-linux-gnu) sha256=...
 *
 * A gem has a line for each platform, and is one package.
 */
#include "catalog/distinct.h"
#include "catalog/need.h"

enum section {
    SECTION_OTHER,
    SECTION_SPECS,
    SECTION_DEPENDENCIES,
    SECTION_CHECKSUMS,
};

struct gemfile {
    struct pl_distinct list;
    struct pl_arena arena;
    struct pl_map versions; /* pl_str by name */
    struct pl_map direct; /* by name */
    struct pl_map hashes; /* struct pl_strs by "name (version-platform)" */
};

/* What "name (version-platform)" says; false when it says no version. */
static bool parse_spec(pl_str text, pl_str *ret_name, pl_str *ret_version)
{
    pl_str inside = PL_STR_EMPTY;
    pl_str platform = PL_STR_EMPTY;
    if (!pl_str_cut(text, '(', ret_name, &inside)) {
        return false;
    }
    *ret_name = pl_str_trim(*ret_name);
    pl_str_cut(inside, ')', &inside, &platform);
    return pl_str_cut(inside, '-', ret_version, &platform) || ret_version->len > 0;
}

static enum section section_of(pl_str title)
{
    static const struct {
        const char *title;
        enum section section;
    } known[] = {
        {"GEM", SECTION_SPECS},           {"GIT", SECTION_SPECS},
        {"PLUGIN SOURCE", SECTION_SPECS}, {"DEPENDENCIES", SECTION_DEPENDENCIES},
        {"CHECKSUMS", SECTION_CHECKSUMS},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        if (pl_str_eq(title, pl_str_from(known[i].title))) {
            return known[i].section;
        }
    }
    return SECTION_OTHER;
}

/* What git leaves around the sides of a conflict. */
static bool is_conflict_mark(pl_str line)
{
    return pl_str_starts_with(line, PL_STR("<<<<<<<")) ||
           pl_str_starts_with(line, PL_STR("=======")) ||
           pl_str_starts_with(line, PL_STR("|||||||")) ||
           pl_str_starts_with(line, PL_STR(">>>>>>>"));
}

/* Takes the next line with its section and how far it is indented. */
static bool next_line(pl_str *cursor, enum section *section, size_t *ret_indent, pl_str *ret_text)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(cursor, &line)) {
        size_t indent = 0;
        while (indent < line.len && line.ptr[indent] == ' ') {
            indent++;
        }
        *ret_text = pl_str_trim(line);
        if (ret_text->len == 0) {
            continue;
        }
        if (indent == 0 && !is_conflict_mark(*ret_text)) {
            *section = section_of(*ret_text);
        }
        *ret_indent = indent;
        return true;
    }
    return false;
}

static void keep_version(struct gemfile *gemfile, pl_str text)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    void **place = parse_spec(text, &name, &version) ? pl_map_at(&gemfile->versions, name) : NULL;
    if (place && !*place) {
        pl_str *kept = PL_ARENA_NEW(&gemfile->arena, pl_str);
        *kept = version;
        *place = kept;
    }
}

static void keep_dependency(struct gemfile *gemfile, pl_str text)
{
    pl_str name = PL_STR_EMPTY;
    pl_str_next_word(&text, &name);
    if (pl_str_ends_with(name, PL_STR("!"))) {
        name.len--;
    }
    *pl_map_at(&gemfile->direct, name) = gemfile;
}

static void keep_hashes(struct gemfile *gemfile, pl_str text)
{
    size_t end = pl_str_find_char(text, ')');
    if (end == SIZE_MAX) {
        return;
    }
    void **place = pl_map_at(&gemfile->hashes, pl_str_sub(text, 0, end + 1));
    if (!*place) {
        *place = PL_ARENA_NEW(&gemfile->arena, struct pl_strs);
    }
    struct pl_strs *hashes = *place;
    pl_str rest = pl_str_trim(pl_str_skip(text, end + 1));
    pl_str hash = PL_STR_EMPTY;
    while (pl_str_next_piece(&rest, ',', &hash)) {
        *pl_vec_push(&gemfile->arena, hashes) = hash;
    }
}

static void collect(struct gemfile *gemfile, pl_str text)
{
    enum section section = SECTION_OTHER;
    size_t indent = 0;
    pl_str line = PL_STR_EMPTY;
    while (next_line(&text, &section, &indent, &line)) {
        if (section == SECTION_SPECS && indent == 4) {
            keep_version(gemfile, line);
        } else if (section == SECTION_DEPENDENCIES && indent == 2) {
            keep_dependency(gemfile, line);
        } else if (section == SECTION_CHECKSUMS && indent == 2) {
            keep_hashes(gemfile, line);
        }
    }
}

/* NULL when it is there already, for another platform: its needs are the same, its hashes are not.
 */
static struct pl_component *add_gem(struct gemfile *gemfile, pl_str text)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    parse_spec(text, &name, &version);
    struct pl_distinct_facts facts = {0};
    if (gemfile->direct.count > 0) {
        facts.relation =
            pl_map_find(&gemfile->direct, name) ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
    }
    struct pl_component *added = pl_distinct_add(&gemfile->list, name, version, &facts);
    struct pl_component *component =
        added ? added : pl_distinct_find(&gemfile->list, name, version);
    struct pl_strs *hashes = pl_map_find(&gemfile->hashes, text);
    for (size_t i = 0; component && hashes && i < hashes->count; i++) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str hex = PL_STR_EMPTY;
        pl_str_cut(hashes->items[i], '=', &algorithm, &hex);
        pl_catalog_add_hash(gemfile->list.sink, component, algorithm, hex);
    }
    if (hashes) {
        hashes->count = 0; /* once is enough, however often the line stands there */
    }
    return added;
}

static void add_need(struct gemfile *gemfile, struct pl_component *component, pl_str text)
{
    pl_str name = PL_STR_EMPTY;
    pl_str_next_word(&text, &name);
    const pl_str *version = pl_map_find(&gemfile->versions, name);
    pl_need_add(gemfile->list.sink, component, name, version ? *version : PL_STR_EMPTY);
}

static enum pl_status read_gemfile_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct gemfile gemfile = {
        .list = {.sink = sink, .type = "gem", .scope = PL_SCOPE_DECLARED},
    };
    pl_str text = pl_span_str(file->content);
    collect(&gemfile, text);
    enum section section = SECTION_OTHER;
    size_t indent = 0;
    pl_str line = PL_STR_EMPTY;
    struct pl_component *component = NULL;
    while (next_line(&text, &section, &indent, &line)) {
        if (indent == 0 && pl_str_starts_with(line, PL_STR("<<<<<<<"))) {
            pl_sink_gap(sink, "a merge conflict at offset %zu: both sides are read",
                        (size_t)(line.ptr - (const char *)file->content.ptr));
        } else if (section == SECTION_SPECS && indent == 4) {
            component = add_gem(&gemfile, line);
        } else if (section == SECTION_SPECS && indent == 6 && component) {
            add_need(&gemfile, component, line);
        }
    }
    pl_map_release(&gemfile.versions);
    pl_map_release(&gemfile.direct);
    pl_map_release(&gemfile.hashes);
    pl_arena_release(&gemfile.arena);
    pl_distinct_release(&gemfile.list);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_gemfile_lock = {
    .name = "gemfile-lock",
    .summary = "Gemfile.lock and gems.locked of Ruby's Bundler",
    .patterns = (const char *const[]){"**/Gemfile.lock", "**/gems.locked", NULL},
    .read = read_gemfile_lock,
};
