/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "db/generation.h"
#include "db/record.h"
#include "db/slice.h"
#include "model/ecosystem.h"
#include "version/scheme.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

/* Slices that may say something of packages of one ecosystem. */
struct slice_list {
    PL_VEC_FIELDS(size_t);
};

struct pl_db {
    struct pl_arena arena; /* of the manifest */
    struct pl_map by_ecosystem; /* of a slice_list, for those that were asked */
    int dir_fd;
    struct pl_db_manifest manifest;
    int *fds; /* of its slices, open from the start: an update may take away their names */
    struct pl_table **tables; /* mapped when first asked, NULL until then */
};

static enum pl_status open_dir(const char *dir, int *ret_fd, struct pl_error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "there is no advisory database in %s; run \"plimsoll db update\" to "
                            "get one",
                            dir);
    }
    if (fd < 0) {
        return pl_error_sys(err, errno, "opening the advisory database %s", dir);
    }
    *ret_fd = fd;
    return PL_OK;
}

static struct pl_db *db_new(int dir_fd)
{
    struct pl_db *db = pl_mem_alloc(1, sizeof(*db));
    db->dir_fd = dir_fd;
    return db;
}

/* NOT_FOUND when a slice is not there. */
static enum pl_status use_manifest(struct pl_db *db, const struct pl_db_manifest *manifest,
                                   struct pl_error *err)
{
    size_t count = manifest->slices.count;
    db->manifest = *manifest;
    db->tables = PL_ARENA_ARRAY(&db->arena, struct pl_table *, count);
    db->fds = PL_ARENA_ARRAY(&db->arena, int, count);
    memset(db->fds, -1, count * sizeof(*db->fds));
    for (size_t i = 0; i < count; i++) {
        enum pl_status st =
            pl_generation_open_slice(db->dir_fd, &manifest->slices.items[i], &db->fds[i], err);
        if (st < 0) {
            return st;
        }
    }
    return PL_OK;
}

static void close_slices(struct pl_db *db)
{
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        pl_table_close(db->tables[i]);
        pl_fd_closep(&db->fds[i]);
    }
    db->manifest.slices.count = 0;
}

enum pl_status pl_db_open(const char *dir, struct pl_db **ret, struct pl_error *err)
{
    int dir_fd pl_autoclose = -1;
    enum pl_status st = open_dir(dir, &dir_fd, err);
    if (st < 0) {
        return st;
    }
    struct pl_db *db PL_CLEANUP(pl_db_closep) = db_new(pl_fd_take(&dir_fd));
    enum { TRIES = 5 /* an update may take a slice away between two steps */ };
    for (int i = 0; i < TRIES; i++) {
        struct pl_db_manifest manifest = {.created = PL_STR_EMPTY};
        close_slices(db);
        st = pl_generation_read(db->dir_fd, PL_STR_EMPTY, &db->arena, &manifest, err);
        if (st < 0) {
            break;
        }
        st = use_manifest(db, &manifest, err);
        if (st == PL_OK) {
            *ret = PL_TAKE(db);
            return PL_OK;
        }
        if (st != PL_E_NOT_FOUND) {
            break;
        }
    }
    if (st == PL_E_NOT_FOUND && db->manifest.slices.count == 0) {
        return pl_error_set(err, PL_E_NOT_FOUND,
                            "there is no advisory database in %s; run \"plimsoll db update\" to "
                            "get one",
                            dir);
    }
    return pl_error_wrap(err, "%s", dir);
}

enum pl_status pl_db_open_as_of(const char *dir, pl_str day, struct pl_db **ret,
                                struct pl_error *err)
{
    int dir_fd pl_autoclose = -1;
    enum pl_status st = open_dir(dir, &dir_fd, err);
    if (st < 0) {
        return st;
    }
    struct pl_db *db PL_CLEANUP(pl_db_closep) = db_new(pl_fd_take(&dir_fd));
    struct pl_db_manifests all = {0};
    st = pl_generation_list(db->dir_fd, &db->arena, &all, err);
    for (size_t i = 0; i < all.count && st == PL_OK; i++) {
        /* A day includes all of its times. */
        if (pl_str_cmp(pl_str_sub(all.items[i].created, 0, day.len), day) <= 0) {
            st = use_manifest(db, &all.items[i], err);
            if (st == PL_OK) {
                *ret = PL_TAKE(db);
            }
            return st;
        }
    }
    if (st < 0) {
        return st;
    }
    return pl_error_set(
        err, PL_E_NOT_FOUND,
        "no generation in %s is as old as " PL_STR_FMT "; the oldest is of " PL_STR_FMT, dir,
        PL_STR_ARG(day),
        PL_STR_ARG(all.count > 0 ? all.items[all.count - 1].created : PL_STR("no time at all")));
}

void pl_db_close(struct pl_db *db)
{
    if (!db) {
        return;
    }
    close_slices(db);
    pl_fd_closep(&db->dir_fd);
    pl_map_release(&db->by_ecosystem);
    pl_arena_release(&db->arena);
    free(db);
}

const struct pl_db_manifest *pl_db_manifest(const struct pl_db *db)
{
    return &db->manifest;
}

static enum pl_status open_slice(struct pl_db *db, size_t index, struct pl_table **ret,
                                 struct pl_error *err)
{
    const struct pl_db_slice_info *slice = &db->manifest.slices.items[index];
    if (!db->tables[index]) {
        enum pl_status st =
            pl_table_open(db->fds[index], slice->digits.ptr, &db->tables[index], err);
        if (st == PL_OK && !pl_str_eq(pl_table_digest(db->tables[index]), slice->digits)) {
            st = pl_error_set(err, PL_E_PARSE, "its content is not the one that its name says");
        }
        if (st < 0) {
            return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(slice->name));
        }
    }
    *ret = db->tables[index];
    return PL_OK;
}

enum pl_status pl_db_info(struct pl_db *db, struct pl_arena *arena, struct pl_db_info *ret,
                          struct pl_error *err)
{
    struct pl_db_info info = {.generation =
                                  pl_arena_dup(arena, pl_str_from(db->manifest.generation)),
                              .created = pl_arena_dup(arena, db->manifest.created)};
    struct pl_strs ecosystems = {0};
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        const struct pl_db_slice_info *slice = &db->manifest.slices.items[i];
        pl_str modified = pl_arena_dup(arena, slice->modified);
        info.records += slice->records;
        info.keys += slice->keys;
        info.size_bytes += slice->size_bytes;
        /* Good enough for the day: fractions of a second are all that may be off. */
        if (pl_str_cmp(info.modified, modified) < 0) {
            info.modified = modified;
        }
        *pl_vec_push(arena, &info.feeds) =
            (struct pl_feed_info){.name = pl_arena_dup(arena, slice->name),
                                  .modified = modified,
                                  .records = slice->records + slice->exploitations};
        for (size_t j = 0; j < slice->ecosystems.count; j++) {
            pl_strs_add_unique(arena, &ecosystems, pl_arena_dup(arena, slice->ecosystems.items[j]));
        }
    }
    pl_strs_sort(&ecosystems);
    for (size_t i = 0; i < ecosystems.count; i++) {
        if (!pl_version_scheme_for_ecosystem(ecosystems.items[i]) &&
            pl_ecosystem_has_packages(ecosystems.items[i])) {
            *pl_vec_push(arena, &info.no_scheme) = ecosystems.items[i];
        }
    }
    *ret = info;
    return PL_OK;
}

static const struct slice_list *slices_of(struct pl_db *db, pl_str ecosystem)
{
    pl_str base = pl_str_sub(ecosystem, 0, pl_str_find_char(ecosystem, ':'));
    struct slice_list *list = pl_map_find(&db->by_ecosystem, base);
    if (list) {
        return list;
    }
    list = PL_ARENA_NEW(&db->arena, struct slice_list);
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        if (pl_strs_contain(&db->manifest.slices.items[i].ecosystems, base)) {
            *pl_vec_push(&db->arena, list) = i;
        }
    }
    *pl_map_at(&db->by_ecosystem, pl_arena_dup(&db->arena, base)) = list;
    return list;
}

/* "openvex" of "openvex/hub" and "openvex#2". */
static bool is_of_feed_name(char c)
{
    return c != '/' && c != '#';
}

bool pl_db_slice_is_vex(pl_str slice)
{
    static const char *const feeds[] = {"csaf-vex", "cyclonedx-vex", "openvex"};
    pl_str name = pl_str_take_while(&slice, is_of_feed_name);
    for (size_t i = 0; i < PL_ARRAY_LEN(feeds); i++) {
        if (pl_str_eq(name, pl_str_from(feeds[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_known(const struct pl_db_matches *matches, size_t count,
                     const struct pl_db_match *match)
{
    bool is_vex = pl_db_slice_is_vex(match->slice);
    for (size_t i = 0; i < count; i++) {
        if (pl_str_eq(matches->items[i].advisory_id, match->advisory_id) &&
            pl_db_slice_is_vex(matches->items[i].slice) == is_vex) {
            return true;
        }
    }
    return false;
}

enum pl_status pl_db_lookup(struct pl_db *db, struct pl_arena *arena, pl_str ecosystem, pl_str name,
                            struct pl_db_matches *ret, struct pl_error *err)
{
    struct pl_db_matches all = {0};
    struct pl_db_matches none = {0};
    if (ecosystem.len > PL_LIMIT_ADVISORY_NAME_BYTES || name.len > PL_LIMIT_ADVISORY_NAME_BYTES) {
        *ret = none; /* nothing that long is stored */
        return PL_OK;
    }
    char bytes[2 * PL_LIMIT_ADVISORY_NAME_BYTES + 2];
    struct pl_buf key = {
        .ptr = bytes, .capacity = sizeof(bytes), .ceiling_bytes = sizeof(bytes) - 1};
    pl_db_key_encode(&key, ecosystem, name);
    const struct slice_list *slices = slices_of(db, ecosystem);
    for (size_t i = 0; i < slices->count; i++) {
        struct pl_table *table = NULL;
        struct pl_db_matches matches = {0};
        const struct pl_db_slice_info *slice = &db->manifest.slices.items[slices->items[i]];
        enum pl_status st = open_slice(db, slices->items[i], &table, err);
        if (st == PL_OK) {
            st = pl_slice_lookup(table, arena, pl_buf_str(&key), &matches, err);
        }
        if (st < 0) {
            return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(slice->name));
        }
        for (size_t j = 0; j < matches.count; j++) {
            matches.items[j].slice = slice->name;
        }
        if (all.count == 0) {
            all = matches;
            continue;
        }
        size_t before = all.count;
        for (size_t j = 0; j < matches.count; j++) {
            if (!is_known(&all, before, &matches.items[j])) {
                *pl_vec_push(arena, &all) = matches.items[j];
            }
        }
    }
    *ret = all;
    return PL_OK;
}

enum pl_status pl_db_covers(struct pl_db *db, pl_str ecosystem, bool *ret, struct pl_error *err)
{
    bool is_covered = false;
    enum pl_status st = PL_OK;
    const struct slice_list *slices = slices_of(db, ecosystem);
    for (size_t i = 0; i < slices->count && !is_covered && st == PL_OK; i++) {
        struct pl_table *table = NULL;
        st = open_slice(db, slices->items[i], &table, err);
        st = st < 0 ? st : pl_slice_covers(table, ecosystem, &is_covered, err);
    }
    *ret = is_covered;
    return st;
}

enum pl_status pl_db_advisory(struct pl_db *db, struct pl_arena *arena, pl_str id,
                              bool with_affected, struct pl_advisory *ret, struct pl_error *err)
{
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        struct pl_table *table = NULL;
        enum pl_status st = open_slice(db, i, &table, err);
        bool is_there = false;
        if (st == PL_OK) {
            st = pl_slice_has(table, id, &is_there, err);
        }
        if (st == PL_OK && is_there) {
            st = pl_slice_advisory(table, arena, id, with_affected, ret, err);
        }
        if (st < 0 || is_there) {
            return st;
        }
    }
    return pl_error_set(err, PL_E_NOT_FOUND, "the database has no advisory \"" PL_STR_FMT "\"",
                        PL_STR_ARG(id));
}

/* The table that a match is of; NULL when none is called so. */
static enum pl_status open_slice_of(struct pl_db *db, const struct pl_db_match *match,
                                    struct pl_table **ret, struct pl_error *err)
{
    *ret = NULL;
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        if (pl_str_eq(db->manifest.slices.items[i].name, match->slice)) {
            return open_slice(db, i, ret, err);
        }
    }
    return PL_OK;
}

enum pl_status pl_db_match_advisory(struct pl_db *db, struct pl_arena *arena,
                                    const struct pl_db_match *match, struct pl_advisory *ret,
                                    struct pl_error *err)
{
    struct pl_table *table = NULL;
    enum pl_status st = open_slice_of(db, match, &table, err);
    if (st < 0) {
        return st;
    }
    return table ? pl_slice_advisory(table, arena, match->advisory_id, false, ret, err)
                 : pl_db_advisory(db, arena, match->advisory_id, false, ret, err);
}

enum pl_status pl_db_match_versions(struct pl_db *db, struct pl_arena *arena,
                                    const struct pl_db_match *match, struct pl_strs *ret,
                                    struct pl_error *err)
{
    struct pl_table *table = NULL;
    *ret = match->affected.versions;
    enum pl_status st = match->list > 0 ? open_slice_of(db, match, &table, err) : PL_OK;
    return table ? pl_slice_versions(table, arena, match, ret, err) : st;
}

/* Sorts, and keeps one of each, at most `limit`. */
static void settle_ids(struct pl_strs *ids, size_t limit)
{
    size_t kept = 0;
    pl_strs_sort(ids);
    for (size_t i = 0; i < ids->count && kept < limit; i++) {
        if (kept == 0 || !pl_str_eq(ids->items[i], ids->items[kept - 1])) {
            ids->items[kept++] = ids->items[i];
        }
    }
    ids->count = kept;
}

static void add_ids(struct pl_arena *arena, struct pl_strs *ids, const struct pl_strs *more)
{
    for (size_t i = 0; i < more->count; i++) {
        *pl_vec_push(arena, ids) = more->items[i];
    }
}

enum pl_status pl_db_named(struct pl_db *db, struct pl_arena *arena, pl_str name,
                           struct pl_strs *ret, struct pl_error *err)
{
    struct pl_strs ids = {0};
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        struct pl_table *table = NULL;
        struct pl_strs found = {0};
        enum pl_status st = open_slice(db, i, &table, err);
        if (st == PL_OK) {
            st = pl_slice_named(table, arena, name, &found, err);
        }
        if (st < 0) {
            return st;
        }
        add_ids(arena, &ids, &found);
    }
    settle_ids(&ids, SIZE_MAX);
    *ret = ids;
    return PL_OK;
}

enum pl_status pl_db_search(struct pl_db *db, struct pl_arena *arena, pl_str text, size_t limit,
                            struct pl_strs *ret, struct pl_error *err)
{
    struct pl_strs ids = {0};
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        struct pl_table *table = NULL;
        struct pl_strs found = {0};
        enum pl_status st = open_slice(db, i, &table, err);
        if (st == PL_OK) {
            st = pl_slice_search(table, arena, text, limit, &found, err);
        }
        if (st < 0) {
            return st;
        }
        add_ids(arena, &ids, &found);
    }
    settle_ids(&ids, limit);
    *ret = ids;
    return PL_OK;
}

static void add_exploitation(struct pl_exploitation *whole, const struct pl_exploitation *part)
{
    if (whole->kev_catalogue.len == 0) {
        whole->kev_catalogue = part->kev_catalogue;
        whole->kev_added = part->kev_added;
        whole->kev_due = part->kev_due;
        whole->kev_ransomware = part->kev_ransomware;
    }
    if (whole->epss < 0) {
        whole->epss = part->epss;
        whole->epss_percentile = part->epss_percentile;
        whole->epss_date = part->epss_date;
    }
}

enum pl_status pl_db_exploitation(struct pl_db *db, struct pl_arena *arena, pl_str id,
                                  bool *ret_found, struct pl_exploitation *ret,
                                  struct pl_error *err)
{
    struct pl_exploitation whole = {.epss = -1};
    bool found_any = false;
    for (size_t i = 0; i < db->manifest.slices.count; i++) {
        struct pl_table *table = NULL;
        struct pl_exploitation part = {.epss = -1};
        bool found = false;
        if (db->manifest.slices.items[i].exploitations == 0) {
            continue;
        }
        enum pl_status st = open_slice(db, i, &table, err);
        if (st == PL_OK) {
            st = pl_slice_exploitation(table, arena, id, &found, &part, err);
        }
        if (st < 0) {
            return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(db->manifest.slices.items[i].name));
        }
        if (found) {
            add_exploitation(&whole, &part);
            found_any = true;
        }
    }
    if (found_any) {
        whole.id = pl_arena_dup(arena, id);
        *ret = whole;
    }
    *ret_found = found_any;
    return PL_OK;
}
