/* SPDX-License-Identifier: Apache-2.0 */
/* Copies an image, and says what went over. */
#include "base/utf8.h"
#include "command/progress.h"
#include "command/registry.h"
#include "format/json_writer.h"
#include "image/copy/copy.h"
#include <unistd.h>

static void count(struct pl_json_writer *json, const char *key, uint64_t blobs, uint64_t bytes)
{
    pl_json_writer_member_object(json, key);
    pl_json_writer_member_uint(json, "blobs", blobs);
    pl_json_writer_member_uint(json, "bytes", bytes);
    pl_json_writer_end_object(json);
}

static void print_json(const struct pl_copy_result *result, struct pl_writer *writer)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_array(&json, "copied");
    for (size_t i = 0; i < result->count; i++) {
        const struct pl_copied *copied = &result->items[i];
        pl_json_writer_begin_object(&json);
        pl_json_writer_member(&json, "tag", copied->name);
        pl_json_writer_member(&json, result->is_id_alone ? "id" : "digest",
                              pl_digest_str(&copied->digest));
        pl_json_writer_member(&json, "media_type", copied->media_type);
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_member_uint(&json, "manifests", result->documents);
    count(&json, "sent", result->sent_blobs, result->sent_bytes);
    count(&json, "there", result->there_blobs, result->there_bytes);
    count(&json, "mounted", result->taken_blobs, result->taken_bytes);
    pl_json_writer_member_uint(&json, "foreign_layers", result->foreign_layers);
    pl_json_writer_member_bool(&json, "manifest_made", result->is_manifest_made);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

static void print_lines(struct pl_arena *arena, const struct pl_copy_result *result,
                        struct pl_writer *writer)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct pl_copied *copied = &result->items[i];
        pl_writer_format(writer, "%s%s" PL_STR_FMT "%s\n", result->is_id_alone ? "image id " : "",
                         copied->digest.text,
                         PL_STR_ARG(copied->name.len > 0 ? PL_STR("  ") : PL_STR_EMPTY),
                         pl_utf8_clean(arena, copied->name, 200).ptr);
    }
    pl_writer_format(writer, "sent %llu blobs, %llu bytes; %llu blobs, %llu bytes were there",
                     (unsigned long long)result->sent_blobs, (unsigned long long)result->sent_bytes,
                     (unsigned long long)result->there_blobs,
                     (unsigned long long)result->there_bytes);
    if (result->taken_blobs > 0) {
        pl_writer_format(writer, "; %llu blobs, %llu bytes were taken over within the registry",
                         (unsigned long long)result->taken_blobs,
                         (unsigned long long)result->taken_bytes);
    }
    pl_writer_char(writer, '\n');
    if (result->is_id_alone) {
        pl_writer_str(writer, PL_STR("a docker-archive holds no manifest: the image's id and its "
                                     "layers' diff_ids are as before\n"));
    } else if (result->is_manifest_made) {
        pl_writer_str(writer, PL_STR("the source holds no manifest: one was made, whose digest is "
                                     "new\n"));
    }
    if (result->foreign_layers > 0) {
        pl_writer_format(writer,
                         "%llu foreign layers lie outside of the image, and were not copied\n",
                         (unsigned long long)result->foreign_layers);
    }
}

enum pl_status pl_registry_run_copy(const struct pl_registry_call *call, struct pl_error *err)
{
    struct pl_platform platform = {.is_stated = false};
    struct pl_copy_result result = {0};
    bool wants_all = pl_args_flag(call->args, "all-tags");
    enum pl_status st = pl_registry_call_platform(call, &platform, err);
    if (st < 0) {
        return st;
    }
    struct pl_progress_line line pl_autoprogress;
    pl_progress_line_begin(&line);
    struct pl_copy_settings settings = {call->options, &platform, &line.progress, wants_all};
    st = pl_copy(call->arena, pl_str_from(pl_args_positional(call->args, 1)),
                 pl_str_from(pl_args_positional(call->args, 2)), &settings, &result, err);
    pl_progress_line_end(&line);
    if (st < 0) {
        return st;
    }
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    pl_writer_init_fd(writer, STDOUT_FILENO);
    if (call->wants_json) {
        print_json(&result, writer);
    } else {
        print_lines(call->arena, &result, writer);
    }
    return pl_writer_finish(writer, err);
}
