/* SPDX-License-Identifier: Apache-2.0 */
#include "command/db_push.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "command/db_selection.h"
#include "command/db_update.h"
#include "command/progress.h"
#include "command/registry_options.h"
#include "db/generation.h"
#include "engine/db_pull.h"
#include "engine/db_push.h"
#include "format/json_writer.h"
#include "report/grid.h"
#include <fcntl.h>
#include <stdio.h>

enum { WIDTH = 100, NAME_BYTES = 200 };

static bool is_json(const struct pl_args *args)
{
    return pl_str_eq(pl_str_from(pl_args_value(args, "format", "table")), PL_STR("json"));
}

/* NAME or registry:NAME. */
static enum pl_status read_reference(const struct pl_args *args, struct pl_arena *arena,
                                     struct pl_reference *ret, struct pl_error *err)
{
    enum pl_status st = pl_args_expect(args, 2, 2, err);
    if (st < 0) {
        return st;
    }
    pl_str name = pl_str_from(pl_args_positional(args, 1));
    pl_str scheme = PL_STR("registry:");
    return pl_reference_parse(
        arena, pl_str_starts_with(name, scheme) ? pl_str_skip(name, scheme.len) : name, ret, err);
}

static pl_str size_text(struct pl_arena *arena, uint64_t bytes)
{
    enum { KILO = 1000, MEGA = 1000000 };
    return bytes < KILO   ? pl_arena_format(arena, "%llu B", (unsigned long long)bytes)
           : bytes < MEGA ? pl_arena_format(arena, "%.1f kB", (double)bytes / KILO)
                          : pl_arena_format(arena, "%.1f MB", (double)bytes / MEGA);
}

/* ---- push ---- */

static void push_json(const struct pl_db_pushed *pushed, bool is_signed, struct pl_writer *out)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, out);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, "digest", pl_digest_str(&pushed->digest));
    pl_json_writer_member(&json, "generation", pushed->generation);
    pl_json_writer_member_strings(&json, "tags", &pushed->tags);
    pl_json_writer_member_bool(&json, "signed", is_signed);
    pl_json_writer_member_uint(&json, "sent_bytes", pushed->sent_bytes);
    pl_json_writer_member_array(&json, "slices");
    for (size_t i = 0; i < pushed->count; i++) {
        const struct pl_db_pushed_slice *slice = &pushed->items[i];
        pl_json_writer_begin_object(&json);
        pl_json_writer_member(&json, "slice", slice->name);
        pl_json_writer_member_uint(&json, "size_bytes", slice->size_bytes);
        pl_json_writer_member_uint(&json, "bytes", slice->bytes);
        pl_json_writer_member_uint(&json, "patch_bytes", slice->patch_bytes);
        pl_json_writer_member_bool(&json, "sent", slice->is_sent);
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

static void push_table(struct pl_arena *arena, const struct pl_db_pushed *pushed, bool is_signed,
                       struct pl_writer *out)
{
    static const struct pl_grid_column columns[] = {
        {"SLICE", 40}, {"SENT AS", 12}, {"PATCH", 12}, {"FILE", 0}};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < pushed->count; i++) {
        const struct pl_db_pushed_slice *slice = &pushed->items[i];
        if (!slice->is_sent) {
            continue;
        }
        struct pl_grid_row *row = pl_vec_push(arena, &grid);
        row->cells[0].text = pl_utf8_clean(arena, slice->name, NAME_BYTES);
        row->cells[1].text = size_text(arena, slice->bytes);
        row->cells[2].text =
            slice->patch_bytes > 0 ? size_text(arena, slice->patch_bytes) : PL_STR_EMPTY;
        row->cells[3].text = size_text(arena, slice->size_bytes);
    }
    if (grid.count > 0) {
        pl_grid_write(&grid, WIDTH, false, out);
        pl_writer_char(out, '\n');
    }
    pl_writer_format(out, "sent %zu of %zu slices, %s with patches\n", grid.count, pushed->count,
                     size_text(arena, pushed->sent_bytes).ptr);
    pl_writer_format(out, "%s%s  ", pushed->digest.text, is_signed ? ", signed" : "");
    for (size_t i = 0; i < pushed->tags.count; i++) {
        pl_writer_format(out, "%s" PL_STR_FMT, i > 0 ? ", " : "",
                         PL_STR_ARG(pushed->tags.items[i]));
    }
    pl_writer_format(out, "\ngeneration " PL_STR_FMT "\n", PL_STR_ARG(pushed->generation));
}

/* The first line of --key-passphrase-file; without that what the environment has. */
static enum pl_status read_passphrase(const struct pl_args *args, struct pl_buf *ret,
                                      struct pl_error *err)
{
    const char *file = pl_args_value(args, "key-passphrase-file", NULL);
    if (!file) {
        pl_buf_append(ret, pl_str_from(getenv(PL_KEY_PASSPHRASE_VARIABLE)));
        return pl_buf_status(ret, PL_KEY_PASSPHRASE_VARIABLE, err);
    }
    enum pl_status st = pl_io_read_file(file, ret, err);
    if (st < 0) {
        return pl_error_wrap(err, "--key-passphrase-file");
    }
    pl_str text = pl_buf_str(ret);
    pl_str line = PL_STR_EMPTY;
    pl_str rest = text;
    pl_str_next_line(&rest, &line);
    if (line.len == 0 || pl_str_trim(rest).len > 0) {
        return pl_error_set(err, PL_E_USAGE, "--key-passphrase-file %s: it holds %s", file,
                            line.len == 0 ? "no passphrase" : "more than one line");
    }
    ret->len = line.len;
    return PL_OK;
}

static enum pl_status read_key(const struct pl_args *args, struct pl_key **ret,
                               struct pl_error *err)
{
    const char *key_file = pl_args_value(args, "key", NULL);
    struct pl_buf passphrase pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    /* At its full size from the start, so that no part of it stays behind where it grew. */
    (void)pl_buf_reserve(&passphrase, PL_LIMIT_FIELD_BYTES);
    enum pl_status st = PL_OK;
    if (!key_file && pl_args_value(args, "key-passphrase-file", NULL)) {
        return pl_error_set(err, PL_E_USAGE, "--key-passphrase-file goes with --key FILE");
    }
    if (key_file) {
        st = read_passphrase(args, &passphrase, err);
    }
    if (st == PL_OK && key_file) {
        st = pl_key_read_private(key_file, pl_buf_str(&passphrase), ret, err);
    }
    if (passphrase.ptr) {
        explicit_bzero(passphrase.ptr, passphrase.capacity);
    }
    return st;
}

enum pl_status pl_db_push_to(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_key *key PL_CLEANUP(pl_key_freep) = NULL;
    struct pl_reference reference = {.registry = PL_STR_EMPTY};
    struct pl_registry_options registry = {.ca_file = NULL};
    struct pl_db_pushed pushed = {.generation = PL_STR_EMPTY};
    enum pl_status st = read_reference(args, &arena, &reference, err);
    if (st == PL_OK) {
        st = pl_registry_options_read(args, &arena, &registry, err);
    }
    if (st == PL_OK) {
        st = read_key(args, &key, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_progress_line line pl_autoprogress;
    pl_progress_line_begin(&line);
    const struct pl_db_push_options options = {
        .registry = &registry, .key = key, .progress = &line.progress};
    st = pl_db_push(dir, &reference, &options, &arena, &pushed, err);
    pl_progress_line_end(&line);
    if (st < 0) {
        return st;
    }
    struct pl_writer out;
    pl_writer_init_fd(&out, STDOUT_FILENO);
    if (is_json(args)) {
        push_json(&pushed, key, &out);
    } else {
        push_table(&arena, &pushed, key, &out);
    }
    return pl_writer_finish(&out, err);
}

/* ---- pull ---- */

static void pull_json(const struct pl_db_pulled *pulled, struct pl_writer *out)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, out);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, "digest", pl_digest_str(&pulled->digest));
    pl_json_writer_member(&json, "generation", pl_str_from(pulled->built.generation));
    pl_json_writer_member(&json, "created", pulled->created);
    pl_json_writer_member_bool(&json, "changed", pulled->built.changed);
    pl_json_writer_member_uint(&json, "bytes", pulled->bytes);
    pl_json_writer_member_uint(&json, "here", pulled->here);
    pl_json_writer_member_array(&json, "fetched");
    for (size_t i = 0; i < pulled->count; i++) {
        const struct pl_db_pulled_slice *slice = &pulled->items[i];
        pl_json_writer_begin_object(&json);
        pl_json_writer_member(&json, "slice", slice->name);
        pl_json_writer_member_uint(&json, "patches", slice->patches);
        pl_json_writer_member_uint(&json, "bytes", slice->bytes);
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

static void pull_table(struct pl_arena *arena, const struct pl_db_pulled *pulled,
                       struct pl_writer *out)
{
    static const struct pl_grid_column columns[] = {{"SLICE", 40}, {"AS", 12}, {"FETCHED", 0}};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    for (size_t i = 0; i < pulled->count; i++) {
        const struct pl_db_pulled_slice *slice = &pulled->items[i];
        struct pl_grid_row *row = pl_vec_push(arena, &grid);
        row->cells[0].text = pl_utf8_clean(arena, slice->name, NAME_BYTES);
        row->cells[1].text = slice->patches == 0 ? PL_STR("a whole")
                             : slice->patches == 1
                                 ? PL_STR("a patch")
                                 : pl_arena_format(arena, "%zu patches", slice->patches);
        row->cells[2].text = size_text(arena, slice->bytes);
    }
    if (grid.count > 0) {
        pl_grid_write(&grid, WIDTH, false, out);
        pl_writer_char(out, '\n');
    }
    pl_writer_format(out, "fetched %zu of %zu slices, %s\n", pulled->count,
                     pulled->count + pulled->here, size_text(arena, pulled->bytes).ptr);
    pl_writer_format(out, "the database has %llu advisories on %llu packages in %s\n",
                     (unsigned long long)pulled->built.records,
                     (unsigned long long)pulled->built.keys,
                     size_text(arena, pulled->built.size_bytes).ptr);
    pl_writer_format(out, "generation %s%s\n", pulled->built.generation,
                     pulled->built.changed ? "" : ", the same as before");
}

static void tell_note(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "plimsoll: %s\n", text);
}

/* What was asked for, or what the database in use was made for. */
static enum pl_status read_selection(const struct pl_args *args, const char *dir,
                                     struct pl_arena *arena, struct pl_feed_selection *ret,
                                     struct pl_error *err)
{
    struct pl_db_manifest in_use = {.created = PL_STR_EMPTY};
    int dir_fd pl_autoclose = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd >= 0) {
        (void)pl_generation_read(dir_fd, PL_STR_EMPTY, arena, &in_use, NULL);
    }
    return pl_db_selection_read(args, &in_use, arena, ret, err);
}

enum pl_status pl_db_pull_from(const struct pl_args *args, const char *dir, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_key *key PL_CLEANUP(pl_key_freep) = NULL;
    struct pl_reference reference = {.registry = PL_STR_EMPTY};
    struct pl_registry_options registry = {.ca_file = NULL};
    struct pl_feed_selection selection = {.may_lack = false};
    struct pl_db_pulled pulled = {.here = 0};
    const char *key_file = pl_args_value(args, "key", NULL);
    enum pl_status st = read_reference(args, &arena, &reference, err);
    if (st == PL_OK) {
        st = pl_registry_options_read(args, &arena, &registry, err);
    }
    if (st == PL_OK && key_file) {
        st = pl_key_read_public(key_file, &key, err);
    }
    if (st == PL_OK) {
        st = read_selection(args, dir, &arena, &selection, err);
    }
    if (st < 0) {
        return st;
    }
    struct pl_progress_line line pl_autoprogress;
    pl_progress_line_begin(&line);
    const struct pl_db_pull_options options = {.registry = &registry,
                                               .key = key,
                                               .selection = &selection,
                                               .accept_older = pl_args_flag(args, "accept-older"),
                                               .keep_count = PL_DB_KEPT_GENERATIONS,
                                               .progress = &line.progress,
                                               .note = tell_note};
    st = pl_db_pull(dir, &reference, &options, &arena, &pulled, err);
    pl_progress_line_end(&line);
    if (st < 0) {
        return st;
    }
    struct pl_writer out;
    pl_writer_init_fd(&out, STDOUT_FILENO);
    if (is_json(args)) {
        pull_json(&pulled, &out);
    } else {
        pull_table(&arena, &pulled, &out);
    }
    return pl_writer_finish(&out, err);
}
