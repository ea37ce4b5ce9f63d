/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_history.h"
#include "base/utf8.h"
#include "db/diff.h"
#include "db/generation.h"
#include "format/json_writer.h"
#include "report/grid.h"
#include <errno.h>
#include <fcntl.h>

enum { WIDTH = 100, CELL_BYTES = 400 };

static bool is_json(const struct pl_args *args)
{
    return pl_str_eq(pl_str_from(pl_args_value(args, "format", "table")), PL_STR("json"));
}

static uint64_t count_records(const struct pl_db_manifest *manifest)
{
    uint64_t records = 0;
    for (size_t i = 0; i < manifest->slices.count; i++) {
        records += manifest->slices.items[i].records;
    }
    return records;
}

/* What each generation says it changed; nothing where it says nothing. */
struct kept_changes {
    bool is_known;
    uint64_t records;
    uint64_t packages;
};

static struct kept_changes kept_changes(int dir_fd, const struct pl_db_manifest *manifest)
{
    struct pl_db_changes changes pl_autochanges = {.table = NULL};
    bool is_known = pl_db_changes_open(dir_fd, manifest->generation, &changes, NULL) == PL_OK;
    return (struct kept_changes){is_known, changes.records, changes.packages};
}

static void history_json(struct pl_writer *out, int dir_fd, const struct pl_db_manifests *all,
                         pl_str in_use)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, out);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_array(&json, "generations");
    for (size_t i = 0; i < all->count; i++) {
        pl_str generation = pl_str_from(all->items[i].generation);
        pl_json_writer_begin_object(&json);
        pl_json_writer_member(&json, "generation", generation);
        pl_json_writer_member(&json, "created", all->items[i].created);
        pl_json_writer_member_uint(&json, "records", count_records(&all->items[i]));
        pl_json_writer_member_uint(&json, "slices", all->items[i].slices.count);
        const struct kept_changes changes = kept_changes(dir_fd, &all->items[i]);
        if (changes.is_known) {
            pl_json_writer_member_uint(&json, "changed_records", changes.records);
            pl_json_writer_member_uint(&json, "changed_packages", changes.packages);
        }
        pl_json_writer_member_bool(&json, "in_use", pl_str_eq(generation, in_use));
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

static void history_table(struct pl_writer *out, int dir_fd, struct pl_arena *arena,
                          const struct pl_db_manifests *all, pl_str in_use)
{
    static const struct pl_grid_column columns[] = {
        {"GENERATION", 32}, {"MADE", 20}, {"ADVISORIES", 10}, {"", 6}, {"CHANGED", 0}};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < all->count; i++) {
        const struct pl_db_manifest *manifest = &all->items[i];
        struct pl_grid_row *row = pl_vec_push(arena, &grid);
        pl_str generation = pl_arena_dup(arena, pl_str_from(manifest->generation));
        row->cells[0].text = generation;
        row->cells[1].text = pl_utf8_clean(arena, manifest->created, CELL_BYTES);
        row->cells[2].text =
            pl_arena_format(arena, "%llu", (unsigned long long)count_records(manifest));
        const struct kept_changes changes = kept_changes(dir_fd, manifest);
        row->cells[4].text = changes.is_known
                                 ? pl_arena_format(arena, "%llu in %llu packages",
                                                   (unsigned long long)changes.records,
                                                   (unsigned long long)changes.packages)
                                 : PL_STR("-");
        row->cells[3].text = pl_str_eq(generation, in_use) ? PL_STR("in use") : PL_STR_EMPTY;
    }
    pl_grid_write(&grid, WIDTH, false, out);
}

enum pl_status pl_db_show_history(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_manifest in_use = {.created = PL_STR_EMPTY};
    struct pl_db_manifests all = {0};
    enum pl_status st = pl_args_expect(args, 1, 1, err);
    if (st < 0) {
        return st;
    }
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0) {
        return pl_error_sys(err, errno, "opening the advisory database %s", dir);
    }
    st = pl_generation_read(dir_fd, PL_STR_EMPTY, &arena, &in_use, err);
    if (st == PL_OK) {
        st = pl_generation_list(dir_fd, &arena, &all, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_writer out;
    pl_writer_init_fd(&out, STDOUT_FILENO);
    if (is_json(args)) {
        history_json(&out, dir_fd, &all, pl_str_from(in_use.generation));
    } else {
        history_table(&out, dir_fd, &arena, &all, pl_str_from(in_use.generation));
    }
    return pl_writer_finish(&out, err);
}

struct listing {
    struct pl_writer out;
    struct pl_json_writer json;
    bool is_json;
    uint64_t counts[3]; /* by enum pl_db_change */
};

static enum pl_status list_change(void *context, pl_str slice, enum pl_db_change change, pl_str id,
                                  struct pl_error *err)
{
    struct listing *listing = context;
    const char *word = pl_db_change_to_string(change);
    listing->counts[change]++;
    if (listing->is_json) {
        pl_json_writer_begin_object(&listing->json);
        pl_json_writer_member(&listing->json, "slice", slice);
        pl_json_writer_member(&listing->json, "change", pl_str_from(word));
        pl_json_writer_member(&listing->json, "id", id);
        pl_json_writer_end_object(&listing->json);
        return PL_OK;
    }
    struct pl_arena scratch pl_autoarena = {0};
    pl_writer_format(&listing->out, "%-8s " PL_STR_FMT "  " PL_STR_FMT "\n", word,
                     PL_STR_ARG(pl_utf8_clean(&scratch, slice, 100)),
                     PL_STR_ARG(pl_utf8_clean(&scratch, id, 256)));
    return PL_OK;
}

static enum pl_status list_package(void *context, pl_str ecosystem, pl_str name,
                                   struct pl_error *err)
{
    struct listing *listing = context;
    if (listing->is_json) {
        pl_json_writer_begin_object(&listing->json);
        pl_json_writer_member(&listing->json, "ecosystem", ecosystem);
        pl_json_writer_member(&listing->json, "name", name);
        pl_json_writer_end_object(&listing->json);
        return PL_OK;
    }
    struct pl_arena scratch pl_autoarena = {0};
    pl_writer_format(&listing->out, PL_STR_FMT "  " PL_STR_FMT "\n",
                     PL_STR_ARG(pl_utf8_clean(&scratch, ecosystem, 100)),
                     PL_STR_ARG(pl_utf8_clean(&scratch, name, 256)));
    return PL_OK;
}

static enum pl_status diff_json(struct listing *listing, const struct pl_db_changes *changes,
                                struct pl_error *err)
{
    pl_json_writer_init(&listing->json, &listing->out);
    pl_json_writer_begin_object(&listing->json);
    pl_json_writer_member_array(&listing->json, "changes");
    enum pl_status st = pl_db_changes_each_record(changes, list_change, listing, err);
    pl_json_writer_end_array(&listing->json);
    pl_json_writer_member_array(&listing->json, "packages");
    if (st == PL_OK) {
        st = pl_db_changes_each_package(changes, list_package, listing, err);
    }
    pl_json_writer_end_array(&listing->json);
    pl_json_writer_end_object(&listing->json);
    pl_json_writer_finish(&listing->json);
    return st;
}

static enum pl_status diff_text(struct listing *listing, const struct pl_db_changes *changes,
                                bool of_packages, struct pl_error *err)
{
    if (of_packages) {
        return pl_db_changes_each_package(changes, list_package, listing, err);
    }
    enum pl_status st = pl_db_changes_each_record(changes, list_change, listing, err);
    pl_writer_format(&listing->out, "%llu added, %llu removed, %llu changed, about %llu packages\n",
                     (unsigned long long)listing->counts[PL_DB_ADDED],
                     (unsigned long long)listing->counts[PL_DB_REMOVED],
                     (unsigned long long)listing->counts[PL_DB_CHANGED],
                     (unsigned long long)changes->packages);
    return st;
}

enum pl_status pl_db_show_diff(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct listing listing = {.is_json = is_json(args)};
    struct pl_db_changes changes pl_autochanges = {.table = NULL};
    const char *before = pl_args_positional(args, 1);
    const char *after = pl_args_positional(args, 2);
    enum pl_status st = pl_args_expect(args, 1, 3, err);
    if (st == PL_OK) {
        st = pl_db_diff(dir, pl_str_from(before ? before : "previous"),
                        pl_str_from(after ? after : ""), &changes, err);
    }
    if (st < 0) {
        return st;
    }
    pl_writer_init_fd(&listing.out, STDOUT_FILENO);
    st = listing.is_json ? diff_json(&listing, &changes, err)
                         : diff_text(&listing, &changes, pl_args_flag(args, "packages"), err);
    return st == PL_OK ? pl_writer_finish(&listing.out, err) : st;
}
