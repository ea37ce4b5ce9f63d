/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.txt (CSAF 2.0, requirement 12 of section 7.1):
 *     2024/cve-2024-1234.json
 *     2024/cve-2024-1235.json
 *
 * It is asked of a server, and what it names becomes part of URLs: letters, digits and few other
 * characters alone, nothing hidden or with "..", and nothing that is a URL of its own.
 */
#include "feed/index.h"
#include "base/buf.h"
#include "base/limits.h"
#include "format/digest.h"
#include <stdlib.h>

/* Six of 64 characters, 36 bits: of 100,000 names two are the same once in ten installations, and
 * the second is then found when all are looked at again. */
enum { HASH_CHARS = 6, HASH_CHAR_BITS = 6, HASH_HEX_DIGITS = 9 };

#define NOTE_START "documents "

bool pl_feed_index_is_url(pl_str url)
{
    return pl_str_ends_with(url, PL_STR("/index.txt"));
}

/* A relative path of plain characters. */
static bool is_below(pl_str path)
{
    bool is_plain = path.len < PL_LIMIT_ADVISORY_ID_BYTES && path.ptr[0] != '/' &&
                    path.ptr[0] != '.' && !pl_str_contains(path, PL_STR("/.")) &&
                    !pl_str_contains(path, PL_STR("..")) && !pl_str_contains(path, PL_STR("//"));
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        is_plain = is_plain && (pl_char_is_alnum(c) || c == '/' || c == '.' || c == '-' ||
                                c == '_' || c == '+');
    }
    return is_plain;
}

static int compare_paths(const void *a, const void *b)
{
    return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

static pl_str group_of(pl_str path)
{
    size_t slash = pl_str_find_char(path, '/');
    return slash == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(path, 0, slash);
}

static int compare_by_group(const void *a, const void *b)
{
    const pl_str *left = a;
    const pl_str *right = b;
    int order = pl_str_cmp(group_of(*left), group_of(*right));
    return order != 0 ? order : compare_paths(a, b);
}

static enum pl_status read_lines(struct pl_arena *arena, pl_str text, struct pl_feed_index *index,
                                 struct pl_strs *ret, struct pl_error *err)
{
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        line = pl_str_trim(line);
        if (line.len == 0) {
            continue;
        }
        if (!is_below(line)) {
            index->first_refused = index->refused++ == 0 ? line : index->first_refused;
        } else if (pl_str_ends_with(line, PL_STR(".json"))) {
            *pl_vec_push(arena, ret) = line;
        }
        if (ret->count > PL_LIMIT_FEED_LISTED) {
            return pl_error_set(err, PL_E_LIMIT, "it names more than %d documents",
                                PL_LIMIT_FEED_LISTED);
        }
    }
    if (ret->count == 0) {
        return pl_error_set(err, PL_E_PARSE, "it names no documents below it%s" PL_STR_FMT "%s",
                            index->refused > 0 ? ", but \"" : "",
                            PL_STR_ARG(pl_str_sub(index->first_refused, 0, 100)),
                            index->refused > 0 ? "\"" : "");
    }
    return PL_OK;
}

enum pl_status pl_feed_index_read(struct pl_arena *arena, pl_str text, struct pl_feed_index *ret,
                                  struct pl_error *err)
{
    struct pl_feed_index index = {.count = 0};
    struct pl_strs paths = {0};
    enum pl_status st = read_lines(arena, text, &index, &paths, err);
    if (st < 0) {
        return st;
    }
    qsort(paths.items, paths.count, sizeof(*paths.items), compare_by_group);
    struct pl_feed_index_group *group = NULL;
    for (size_t i = 0; i < paths.count; i++) {
        pl_str name = group_of(paths.items[i]);
        if (i > 0 && pl_str_eq(paths.items[i], paths.items[i - 1])) {
            continue;
        }
        if (!group || !pl_str_eq(group->name, name)) {
            if (index.count == PL_LIMIT_FEED_URLS) {
                return pl_error_set(err, PL_E_LIMIT,
                                    "its documents are in more than %d directories",
                                    PL_LIMIT_FEED_URLS);
            }
            group = pl_vec_push(arena, &index);
            *group = (struct pl_feed_index_group){.name = name};
        }
        *pl_vec_push(arena, &group->documents) = paths.items[i];
    }
    *ret = index;
    return PL_OK;
}

static void hash_of(pl_str document, char into[HASH_CHARS])
{
    static const char digits[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    /* Names differ in a digit or two, and hostile ones must not be made to be taken for others. */
    const struct pl_digest digest =
        pl_digest_of((pl_span){(const uint8_t *)document.ptr, document.len}, NULL);
    uint64_t hash = 0;
    for (size_t i = strlen("sha256:"); i < strlen("sha256:") + HASH_HEX_DIGITS; i++) {
        char c = digest.text[i];
        hash = hash << 4 | (uint64_t)(pl_char_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    for (size_t i = 0; i < HASH_CHARS; i++) {
        into[i] = digits[hash & ((1U << HASH_CHAR_BITS) - 1)];
        hash >>= HASH_CHAR_BITS;
    }
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, HASH_CHARS);
}

pl_str pl_feed_index_note(struct pl_arena *arena, pl_str time, const struct pl_strs *documents)
{
    size_t start = strlen(NOTE_START) + time.len + 1;
    char *note = pl_arena_alloc(arena, start + documents->count * HASH_CHARS, 1);
    char *hashes = note + start;
    size_t kept = 0;
    memcpy(note, NOTE_START, strlen(NOTE_START));
    memcpy(note + strlen(NOTE_START), time.ptr, time.len);
    note[start - 1] = ' ';
    for (size_t i = 0; i < documents->count; i++) {
        hash_of(documents->items[i], hashes + i * HASH_CHARS);
    }
    qsort(hashes, documents->count, HASH_CHARS, compare_hashes);
    for (size_t i = 0; i < documents->count; i++) {
        const char *hash = hashes + i * HASH_CHARS;
        if (i == 0 || memcmp(hash, hashes + (kept - 1) * HASH_CHARS, HASH_CHARS) != 0) {
            memmove(hashes + kept++ * HASH_CHARS, hash, HASH_CHARS);
        }
    }
    return pl_str_make(note, start + kept * HASH_CHARS);
}

bool pl_feed_index_recall(pl_str note, struct pl_feed_index_known *ret)
{
    struct pl_feed_index_known known = {PL_STR_EMPTY, PL_STR_EMPTY};
    if (!pl_str_starts_with(note, PL_STR(NOTE_START)) ||
        !pl_str_cut(pl_str_skip(note, strlen(NOTE_START)), ' ', &known.time, &known.hashes) ||
        known.hashes.len % HASH_CHARS != 0) {
        return false;
    }
    *ret = known;
    return true;
}

size_t pl_feed_index_known_count(const struct pl_feed_index_known *known)
{
    return known->hashes.len / HASH_CHARS;
}

bool pl_feed_index_is_known(const struct pl_feed_index_known *known, pl_str document)
{
    char hash[HASH_CHARS];
    hash_of(document, hash);
    return known->hashes.len > 0 &&
           bsearch(hash, known->hashes.ptr, pl_feed_index_known_count(known), HASH_CHARS,
                   compare_hashes) != NULL;
}
