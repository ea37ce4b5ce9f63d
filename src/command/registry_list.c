/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the names that a registry, or a repository in it, has. */
#include "base/utf8.h"
#include "command/registry.h"
#include "format/json_writer.h"
#include "image/registry/account.h"
#include <unistd.h>

enum { MOST_NAME_BYTES = 512 };

static void print_json(const char *key, pl_str of, const char *list_key,
                       const struct pl_strs *names, struct pl_writer *writer)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, key, of);
    pl_json_writer_member_strings(&json, list_key, names);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
}

static void print_lines(const struct pl_strs *names, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    for (size_t i = 0; i < names->count; i++) {
        pl_writer_str(writer, pl_utf8_clean(&scratch, names->items[i], MOST_NAME_BYTES));
        pl_writer_char(writer, '\n');
    }
}

static enum pl_status print(const struct pl_registry_call *call, const char *key, pl_str of,
                            const char *list_key, const struct pl_strs *names, struct pl_error *err)
{
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    pl_writer_init_fd(writer, STDOUT_FILENO);
    if (call->wants_json) {
        print_json(key, of, list_key, names, writer);
    } else {
        print_lines(names, writer);
    }
    return pl_writer_finish(writer, err);
}

static enum pl_status open_repository(const struct pl_registry_call *call,
                                      struct pl_reference *ret_reference, struct pl_registry **ret,
                                      struct pl_error *err)
{
    pl_str name = pl_str_from(pl_args_positional(call->args, 1));
    enum pl_status st = pl_reference_parse_repository(call->arena, name, ret_reference, err);
    return st < 0 ? st : pl_registry_open(call->options, ret_reference, ret, err);
}

enum pl_status pl_registry_run_ls(const struct pl_registry_call *call, struct pl_error *err)
{
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    struct pl_reference reference = {.tag = PL_STR_EMPTY};
    struct pl_strs names = {0};
    enum pl_status st = open_repository(call, &reference, &registry, err);
    if (st == PL_OK && reference.repository.len > 0) {
        st = pl_error_set(err, PL_E_USAGE,
                          "ls wants a registry alone, such as registry.local:5000; for the tags "
                          "of a repository: plimsoll registry tags %s",
                          pl_args_positional(call->args, 1));
    }
    if (st == PL_OK) {
        st = pl_registry_catalog(registry, call->arena, &names, err);
    }
    return st < 0 ? st : print(call, "registry", reference.registry, "repositories", &names, err);
}

enum pl_status pl_registry_run_tags(const struct pl_registry_call *call, struct pl_error *err)
{
    struct pl_registry *registry PL_CLEANUP(pl_registry_closep) = NULL;
    struct pl_reference reference = {.tag = PL_STR_EMPTY};
    struct pl_strs names = {0};
    enum pl_status st = open_repository(call, &reference, &registry, err);
    if (st == PL_OK && reference.repository.len == 0) {
        st = pl_error_set(err, PL_E_USAGE,
                          "tags wants a repository; for those of a registry: plimsoll registry ls "
                          "%s",
                          pl_args_positional(call->args, 1));
    }
    if (st == PL_OK) {
        st = pl_registry_tags(registry, call->arena, &names, err);
        st = st < 0 ? pl_error_wrap(err, "%s", pl_args_positional(call->args, 1)) : st;
    }
    pl_str name = pl_reference_format(call->arena, &reference);
    return st < 0 ? st : print(call, "name", name, "tags", &names, err);
}
