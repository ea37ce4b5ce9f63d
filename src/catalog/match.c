/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pattern is filed under what its last segments fix, so that a path meets only the patterns that
 * share it:
 *
 *     lib/apk/db/installed          by its name, "installed"
 *     var/lib/dpkg/info/(star).list by its directory, "info"
 *     (star)(star)/(star).jar       by its extension, ".jar"
 *     (star)(star)/(star).deps.json by both of its extensions, ".deps.json"
 *     (star)(star)/(star)           with the rest, which every path meets
 *
 * A sketch of the keys, which looks at their lengths and last bytes alone, turns away most paths
 * before anything is hashed; what is left is compared segment by segment.
 */
#include "catalog/match.h"
#include "base/map.h"
#include <assert.h>

struct pattern {
    const struct pl_cataloger *cataloger;
    size_t rank; /* place of the cataloger in the list, which is sorted by name */
    const pl_str *segments;
    size_t count;
    pl_str start, end; /* of the last segment, before its first star and after its last one */
    bool is_tail; /* one double star, at its beginning: only the end of a path counts */
    bool is_key; /* of a tail: the key that it is filed under says all there is to it */
    struct pattern *next; /* filed under the same key */
};

struct patterns {
    PL_VEC_FIELDS(struct pattern *);
};

/* Patterns by key. Hashing is most of the cost of a path, so a key whose bit in the sketch no
 * pattern has set is not hashed. */
enum { SKETCH_BITS = 4096 };

struct file {
    struct pl_map patterns;
    uint64_t sketch[SKETCH_BITS / 64];
};

struct pl_catalog_matcher {
    struct pl_arena arena;
    struct file by_name;
    struct file by_extension;
    struct file by_parent;
    struct pattern *rest;
    struct patterns all;
    const struct pl_cataloger *executable_reader;
};

static bool is_any_dirs(pl_str segment)
{
    return pl_str_eq(segment, PL_STR("**"));
}

static bool is_literal(pl_str segment)
{
    return pl_str_find_char(segment, '*') == SIZE_MAX;
}

/* From the last dot on; empty when there is none. */
static pl_str extension(pl_str name)
{
    size_t dot = pl_str_find_last_char(name, '.');
    return dot == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(name, dot);
}

/* From the last dot but one on, given the last extension; empty when there is none. */
static pl_str two_extensions(pl_str name, pl_str last)
{
    size_t dot = pl_str_find_last_char(pl_str_sub(name, 0, name.len - last.len), '.');
    return dot == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(name, dot);
}

/* Stars within one segment. Only the last star can need to take more, since all before it took as
 * little as they could: the time is at most the product of both lengths. */
static bool segment_matches(pl_str glob, pl_str text)
{
    if (glob.len == 1 && glob.ptr[0] == '*') {
        return true;
    }
    size_t g = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t retry = 0;
    while (t < text.len) {
        if (g < glob.len && glob.ptr[g] == '*') {
            star = ++g;
            retry = t;
        } else if (g < glob.len && glob.ptr[g] == text.ptr[t]) {
            g++;
            t++;
        } else if (star != SIZE_MAX) {
            g = star;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (g < glob.len && glob.ptr[g] == '*') {
        g++;
    }
    return g == glob.len;
}

/* From the end, so that it costs what the pattern is long and not what the path is. */
static bool tail_matches(const struct pattern *pattern, pl_str path)
{
    for (size_t p = pattern->count - 1; p > 0; p--) {
        size_t slash = pl_str_find_last_char(path, '/');
        pl_str segment = slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
        if (!segment_matches(pattern->segments[p], segment)) {
            return false;
        }
        if (slash == SIZE_MAX) {
            return p == 1;
        }
        path = pl_str_sub(path, 0, slash);
    }
    return true;
}

/* The same as segment_matches one level up, with segments for characters. */
static bool path_matches(const struct pattern *pattern, pl_str path)
{
    if (pattern->is_tail) {
        return tail_matches(pattern, path);
    }
    size_t p = 0;
    size_t star = SIZE_MAX;
    pl_str retry = PL_STR_EMPTY;
    pl_str segment = PL_STR_EMPTY;
    while (path.len > 0) {
        if (p < pattern->count && is_any_dirs(pattern->segments[p])) {
            star = ++p;
            retry = path;
            continue;
        }
        pl_str after = PL_STR_EMPTY;
        pl_str_cut(path, '/', &segment, &after);
        if (p < pattern->count && segment_matches(pattern->segments[p], segment)) {
            p++;
            path = after;
        } else if (star != SIZE_MAX) {
            p = star;
            pl_str_cut(retry, '/', &segment, &retry);
            path = retry;
        } else {
            return false;
        }
    }
    return p == pattern->count;
}

/* Does a start of the pattern match all of `dir`? A double star can take whatever follows it. */
static bool may_match_below(const struct pattern *pattern, pl_str dir)
{
    size_t p = 0;
    while (dir.len > 0) {
        if (p == pattern->count) {
            return false;
        }
        if (is_any_dirs(pattern->segments[p])) {
            return true;
        }
        pl_str segment = PL_STR_EMPTY;
        pl_str_cut(dir, '/', &segment, &dir);
        if (!segment_matches(pattern->segments[p++], segment)) {
            return false;
        }
    }
    return true;
}

/* Which bit of the sketch stands for this key. */
static uint32_t sketch_bit(pl_str key)
{
    uint32_t last = 0;
    if (key.len >= sizeof(last)) {
        memcpy(&last, key.ptr + key.len - sizeof(last), sizeof(last));
    } else if (key.len > 0) {
        memcpy(&last, key.ptr, key.len);
    }
    return (last + (uint32_t)key.len) * UINT32_C(0x9e3779b1) >> 20;
}

static void file_under(struct file *file, pl_str key, struct pattern *pattern)
{
    void **chain = pl_map_at(&file->patterns, key);
    pattern->next = *chain;
    *chain = pattern;
    uint32_t bit = sketch_bit(key);
    file->sketch[bit / 64] |= UINT64_C(1) << bit % 64;
}

static inline const struct pattern *filed_under(const struct file *file, pl_str key)
{
    uint32_t bit = sketch_bit(key);
    return file->sketch[bit / 64] >> bit % 64 & 1 ? pl_map_find(&file->patterns, key) : NULL;
}

static void add_pattern(struct pl_catalog_matcher *matcher, const struct pl_cataloger *cataloger,
                        size_t rank, pl_str glob)
{
    struct pl_strs segments = {0};
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&glob, '/', &segment)) {
        *pl_vec_push(&matcher->arena, &segments) = segment;
    }
    /* A double star names directories; the file after it has to be stated. */
    assert(segments.count > 0 && !is_any_dirs(segment));

    struct pattern *pattern = PL_ARENA_NEW(&matcher->arena, struct pattern);
    pattern->cataloger = cataloger;
    pattern->rank = rank;
    pattern->segments = segments.items;
    pattern->count = segments.count;
    pattern->start = pl_str_sub(segment, 0, pl_str_find_char(segment, '*'));
    size_t star = pl_str_find_last_char(segment, '*');
    pattern->end = star == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(segment, star + 1);
    pattern->is_tail = is_any_dirs(segments.items[0]);
    for (size_t i = 1; i < segments.count; i++) {
        pattern->is_tail = pattern->is_tail && !is_any_dirs(segments.items[i]);
    }
    *pl_vec_push(&matcher->arena, &matcher->all) = pattern;

    pl_str tail = extension(segment);
    pl_str longer = two_extensions(segment, tail);
    tail = longer.len > 0 && is_literal(longer) ? longer : tail;
    bool is_bare = pattern->is_tail && segments.count == 2;
    if (is_literal(segment)) {
        pattern->is_key = is_bare;
        file_under(&matcher->by_name, segment, pattern);
    } else if (segments.count > 1 && is_literal(segments.items[segments.count - 2])) {
        file_under(&matcher->by_parent, segments.items[segments.count - 2], pattern);
    } else if (tail.len > 0 && is_literal(tail)) {
        pattern->is_key = is_bare && segment.len == tail.len + 1;
        file_under(&matcher->by_extension, tail, pattern);
    } else {
        pattern->next = matcher->rest;
        matcher->rest = pattern;
    }
}

struct pl_catalog_matcher *pl_catalog_matcher_new_for(const struct pl_cataloger *const *catalogers,
                                                      size_t count)
{
    struct pl_catalog_matcher *matcher = pl_mem_alloc(1, sizeof(*matcher));
    for (size_t i = 0; i < count; i++) {
        for (const char *const *glob = catalogers[i]->patterns; *glob; glob++) {
            add_pattern(matcher, catalogers[i], i, pl_str_from(*glob));
        }
        if (catalogers[i]->is_of_executables) {
            assert(!matcher->executable_reader);
            matcher->executable_reader = catalogers[i];
        }
    }
    return matcher;
}

struct pl_catalog_matcher *pl_catalog_matcher_new(void)
{
    size_t count = 0;
    const struct pl_cataloger *const *catalogers = pl_catalogers(&count);
    return pl_catalog_matcher_new_for(catalogers, count);
}

void pl_catalog_matcher_free(struct pl_catalog_matcher *matcher)
{
    if (!matcher) {
        return;
    }
    pl_map_release(&matcher->by_name.patterns);
    pl_map_release(&matcher->by_extension.patterns);
    pl_map_release(&matcher->by_parent.patterns);
    pl_arena_release(&matcher->arena);
    free(matcher);
}

/* What is cheap to see first. */
static bool may_match(const struct pattern *pattern, pl_str name)
{
    return name.len >= pattern->start.len + pattern->end.len &&
           pl_str_starts_with(name, pattern->start) && pl_str_ends_with(name, pattern->end);
}

/* The first by name of `best` and what in this chain matches; `name` is the end of the path. */
static const struct pattern *first_match(const struct pattern *best, const struct pattern *chain,
                                         pl_str path, pl_str name)
{
    for (; chain; chain = chain->next) {
        if ((!best || chain->rank < best->rank) &&
            (chain->is_key || (may_match(chain, name) && path_matches(chain, path)))) {
            best = chain;
        }
    }
    return best;
}

const struct pl_cataloger *pl_catalog_match(const struct pl_catalog_matcher *matcher, pl_str path)
{
    size_t slash = pl_str_find_last_char(path, '/');
    pl_str dir = PL_STR_EMPTY;
    pl_str name = path;
    if (slash != SIZE_MAX) {
        dir = pl_str_sub(path, 0, slash);
        name = pl_str_skip(path, slash + 1);
    }
    const struct pattern *best = first_match(NULL, matcher->rest, path, name);
    best = first_match(best, filed_under(&matcher->by_name, name), path, name);
    pl_str tail = extension(name);
    if (tail.len > 0) {
        best = first_match(best, filed_under(&matcher->by_extension, tail), path, name);
        pl_str longer = two_extensions(name, tail);
        if (longer.len > 0) {
            best = first_match(best, filed_under(&matcher->by_extension, longer), path, name);
        }
    }
    if (dir.len > 0 && matcher->by_parent.patterns.count > 0) {
        size_t parent_slash = pl_str_find_last_char(dir, '/');
        pl_str parent = parent_slash == SIZE_MAX ? dir : pl_str_skip(dir, parent_slash + 1);
        best = first_match(best, filed_under(&matcher->by_parent, parent), path, name);
    }
    return best ? best->cataloger : NULL;
}

const struct pl_cataloger *pl_catalog_executable_reader(const struct pl_catalog_matcher *matcher)
{
    return matcher->executable_reader;
}

bool pl_catalog_may_match_below(const struct pl_catalog_matcher *matcher, pl_str dir)
{
    if (matcher->executable_reader) {
        return true;
    }
    for (size_t i = 0; i < matcher->all.count; i++) {
        if (may_match_below(matcher->all.items[i], dir)) {
            return true;
        }
    }
    return false;
}

static bool leads_to(const struct pattern *pattern, pl_str path)
{
    size_t p = 0;
    pl_str segment = PL_STR_EMPTY;
    while (pl_str_next_piece(&path, '/', &segment)) {
        if (p + 1 >= pattern->count || !is_literal(pattern->segments[p]) ||
            !pl_str_eq(pattern->segments[p], segment)) {
            return false;
        }
        p++;
    }
    return p > 0;
}

bool pl_catalog_leads_to(const struct pl_catalog_matcher *matcher, pl_str path)
{
    for (size_t i = 0; i < matcher->all.count; i++) {
        if (leads_to(matcher->all.items[i], path)) {
            return true;
        }
    }
    return false;
}
