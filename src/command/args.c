/* SPDX-License-Identifier: Apache-2.0 */
#include "command/args.h"
#include "base/mem.h"
#include "base/nearest.h"
#include <assert.h>

void pl_args_release(struct pl_args *args)
{
    free(args->given);
    free(args->positionals);
    *args = (struct pl_args){0};
}

static const struct pl_option *find_option(const struct pl_command *command, pl_str name)
{
    for (const struct pl_option *row = command->options; row && row->name; row++) {
        if (pl_str_eq(name, pl_str_from(row->name))) {
            return row;
        }
    }
    return NULL;
}

static enum pl_status unknown_option(const struct pl_command *command, pl_str name,
                                     struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_start(name);
    pl_nearest_offer(&nearest, "help");
    for (const struct pl_option *row = command->options; row && row->name; row++) {
        pl_nearest_offer(&nearest, row->name);
    }
    if (nearest.best) {
        return pl_error_set(err, PL_E_USAGE,
                            "%s has no option --" PL_STR_FMT "; did you mean --%s?", command->name,
                            PL_STR_ARG(name), nearest.best);
    }
    return pl_error_set(err, PL_E_USAGE, "%s has no option --" PL_STR_FMT, command->name,
                        PL_STR_ARG(name));
}

/* Reads the option at argv[*at], and its value, which may be the next word; leaves *at at the last
 * word used. */
static enum pl_status parse_option(struct pl_args *args, int argc, char *const *argv, int *at,
                                   struct pl_error *err)
{
    pl_str name = PL_STR_EMPTY;
    pl_str inline_value = PL_STR_EMPTY;
    bool has_inline = pl_str_cut(pl_str_skip(pl_str_from(argv[*at]), 2), '=', &name, &inline_value);
    const struct pl_option *option = find_option(args->command, name);
    if (!option) {
        return unknown_option(args->command, name, err);
    }
    struct pl_args_given given = {.option = option};
    if (!option->argument) {
        if (has_inline) {
            return pl_error_set(err, PL_E_USAGE, "--%s takes no value", option->name);
        }
    } else if (has_inline) {
        given.value = inline_value.ptr; /* the rest of an argv string, so it ends in NUL */
    } else if (*at + 1 < argc) {
        *at += 1;
        given.value = argv[*at];
    } else {
        return pl_error_set(err, PL_E_USAGE, "--%s needs a value: --%s %s", option->name,
                            option->name, option->argument);
    }
    args->given[args->given_count++] = given;
    return PL_OK;
}

static enum pl_status parse_words(struct pl_args *args, int argc, char *const *argv,
                                  struct pl_error *err)
{
    bool options_ended = false;
    for (int i = 0; i < argc; i++) {
        pl_str word = pl_str_from(argv[i]);
        bool is_option = !options_ended && word.len > 1 && word.ptr[0] == '-';
        if (!is_option) {
            args->positionals[args->positional_count++] = argv[i];
        } else if (pl_str_eq(word, PL_STR("--"))) {
            options_ended = true;
        } else if (pl_str_eq(word, PL_STR("-h")) || pl_str_eq(word, PL_STR("--help"))) {
            args->wants_help = true;
            return PL_OK;
        } else if (!pl_str_starts_with(word, PL_STR("--"))) {
            return pl_error_set(err, PL_E_USAGE,
                                "%s has no option %s; options have two dashes, and -- goes before "
                                "an argument that begins with one",
                                args->command->name, argv[i]);
        } else {
            enum pl_status st = parse_option(args, argc, argv, &i, err);
            if (st < 0) {
                return st;
            }
        }
    }
    return PL_OK;
}

enum pl_status pl_args_parse(struct pl_args *args, const struct pl_command *command, int argc,
                             char *const *argv, struct pl_error *err)
{
    size_t words = argc > 0 ? (size_t)argc : 0;
    *args = (struct pl_args){
        .command = command,
        .given = pl_mem_alloc(words, sizeof(struct pl_args_given)),
        .positionals = pl_mem_alloc(words, sizeof(char *)),
    };
    enum pl_status st = parse_words(args, argc, argv, err);
    if (st < 0) {
        pl_args_release(args);
    }
    return st;
}

const char *pl_args_value(const struct pl_args *args, const char *name, const char *otherwise)
{
    pl_str wanted = pl_str_from(name);
    assert(find_option(args->command, wanted));
    for (size_t i = args->given_count; i > 0; i--) {
        const struct pl_args_given *given = &args->given[i - 1];
        if (pl_str_eq(wanted, pl_str_from(given->option->name))) {
            return given->value;
        }
    }
    return otherwise;
}

bool pl_args_flag(const struct pl_args *args, const char *name)
{
    pl_str wanted = pl_str_from(name);
    assert(find_option(args->command, wanted));
    for (size_t i = 0; i < args->given_count; i++) {
        if (pl_str_eq(wanted, pl_str_from(args->given[i].option->name))) {
            return true;
        }
    }
    return false;
}

const char *pl_args_nth(const struct pl_args *args, const char *name, size_t n)
{
    pl_str wanted = pl_str_from(name);
    assert(find_option(args->command, wanted));
    for (size_t i = 0; i < args->given_count; i++) {
        const struct pl_args_given *given = &args->given[i];
        if (pl_str_eq(wanted, pl_str_from(given->option->name)) && n-- == 0) {
            return given->value;
        }
    }
    return NULL;
}

const char *pl_args_positional(const struct pl_args *args, size_t n)
{
    return n < args->positional_count ? args->positionals[n] : NULL;
}

size_t pl_args_positional_count(const struct pl_args *args)
{
    return args->positional_count;
}

enum pl_status pl_args_expect(const struct pl_args *args, size_t least, size_t most,
                              struct pl_error *err)
{
    if (args->positional_count < least) {
        return pl_error_set(err, PL_E_USAGE, "an argument is missing");
    }
    if (args->positional_count > most) {
        return pl_error_set(err, PL_E_USAGE, "one argument too many: %s", args->positionals[most]);
    }
    return PL_OK;
}
