/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/compiler.h"
#include "base/nearest.h"
#include "command/args.h"
#include <stdio.h>

#define PL_COMMAND(name) extern const struct pl_command pl_command_##name;
#include "command/commands.def"
#undef PL_COMMAND

static const struct pl_command *const all_commands[] = {
#define PL_COMMAND(name) &pl_command_##name,
#include "command/commands.def"
#undef PL_COMMAND
};

const struct pl_command *const *pl_commands(size_t *ret_count)
{
    *ret_count = PL_ARRAY_LEN(all_commands);
    return all_commands;
}

const struct pl_command *pl_command_find(const char *name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(all_commands); i++) {
        if (pl_str_eq(pl_str_from(name), pl_str_from(all_commands[i]->name))) {
            return all_commands[i];
        }
    }
    return NULL;
}

int pl_command_failed(enum pl_status status)
{
    return status < 0 ? (int)status : (int)PL_E_INTERNAL;
}

enum pl_status pl_command_unknown(const char *what, const char *given, const char *const *names,
                                  struct pl_error *err)
{
    enum { LISTED_BYTES = 300 };
    struct pl_nearest nearest = pl_nearest_start(pl_str_from(given));
    struct pl_buf listed pl_autobuf = PL_BUF_INIT(LISTED_BYTES);
    for (const char *const *name = names; *name; name++) {
        pl_nearest_offer(&nearest, *name);
        pl_buf_append_format(&listed, "%s%s", name == names ? "" : ", ", *name);
    }
    if (nearest.best) {
        return pl_error_set(err, PL_E_USAGE, "unknown %s \"%.80s\"; did you mean %s? Known: %s",
                            what, given, nearest.best, pl_buf_str(&listed).ptr);
    }
    return pl_error_set(err, PL_E_USAGE, "unknown %s \"%.80s\"; known: %s", what, given,
                        pl_buf_str(&listed).ptr);
}

/* $XDG_CACHE_HOME/plimsoll/LEAF, or where that is when nothing is said. */
static const char *default_dir(const char *leaf, char *buffer, size_t size)
{
    /* The XDG base directory specification has relative paths ignored. */
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    bool has_cache = cache && cache[0] == '/';
    bool has_home = home && home[0] == '/';
    const char *top = has_cache ? cache : has_home ? home : "/var/cache";
    const char *middle = !has_cache && has_home ? "/.cache" : "";
    if (snprintf(buffer, size, "%s%s/plimsoll/%s", top, middle, leaf) >= (int)size) {
        snprintf(buffer, size, "/var/cache/plimsoll/%s", leaf);
    }
    return buffer;
}

const char *pl_command_db_dir(const struct pl_args *args, char *buffer, size_t size)
{
    const char *given = pl_args_value(args, "db", getenv("PLIMSOLL_DB"));
    return given && given[0] != '\0' ? given : default_dir("db", buffer, size);
}

const char *pl_command_cache_dir(char *buffer, size_t size)
{
    const char *given = getenv("PLIMSOLL_CACHE");
    return given && given[0] != '\0' ? given : default_dir("layers", buffer, size);
}
