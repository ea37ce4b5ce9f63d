/* SPDX-License-Identifier: Apache-2.0 */
#include "report/upgrade.h"
#include "base/buf.h"
#include "base/compiler.h"

/* More packages than this, and upgrading all of them reads better. */
enum { MOST_NAMED = 8, LONGEST_NAME = 64, LONGEST_COMMAND = 1024 };

struct manager {
    const char *package_type;
    const char *os_id; /* of os-release ID or ID_LIKE; NULL: any other */
    const char *upgrade_some; /* names follow */
    const char *upgrade_all;
};

/* The rows of a type end with the one for any system. */
static const struct manager managers[] = {
    {"apk", NULL, "apk upgrade --no-cache", "apk upgrade --no-cache"},
    {"deb", NULL, "apt-get update && apt-get install -y --only-upgrade",
     "apt-get update && apt-get upgrade -y"},
    {"rpm", "photon", "tdnf upgrade -y", "tdnf upgrade -y"},
    {"rpm", "suse", "zypper update -y", "zypper update -y"},
    {"rpm", NULL, "dnf upgrade -y", "dnf upgrade -y"},
};

static bool is_system(const struct pl_os *os, const char *os_id)
{
    if (!os_id || pl_str_eq(os->id, pl_str_from(os_id))) {
        return true;
    }
    pl_str cursor = os->id_like;
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&cursor, &word)) {
        if (pl_str_eq(word, pl_str_from(os_id))) {
            return true;
        }
    }
    return false;
}

static bool is_plain_name(pl_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool may_begin = pl_char_is_alnum(c) || c == '_';
        bool may_follow = may_begin || c == '.' || c == '+' || c == '-';
        if (i == 0 ? !may_begin : !may_follow) {
            return false;
        }
    }
    return name.len > 0 && name.len <= LONGEST_NAME;
}

static void collect_names(struct pl_arena *arena, const struct pl_packages *packages,
                          const char *type, struct pl_strs *names)
{
    for (size_t i = 0; i < packages->count; i++) {
        const struct pl_package *package = &packages->items[i];
        if (!pl_str_eq(package->type, pl_str_from(type))) {
            continue;
        }
        for (size_t k = 0; k < package->fixable.count; k++) {
            *pl_vec_push(arena, names) = package->fixable.items[k];
        }
    }
    pl_strs_sort(names);
}

static pl_str make_command(struct pl_arena *arena, const struct manager *manager,
                           const struct pl_strs *names)
{
    struct pl_buf line pl_autobuf = PL_BUF_INIT(LONGEST_COMMAND);
    pl_buf_append_format(&line, "%s", manager->upgrade_some);
    bool all_named = true;
    size_t named = 0;
    for (size_t i = 0; i < names->count && all_named; i++) {
        if (i > 0 && pl_str_eq(names->items[i - 1], names->items[i])) {
            continue;
        }
        all_named = is_plain_name(names->items[i]) && ++named <= MOST_NAMED;
        pl_buf_append_char(&line, ' ');
        pl_buf_append(&line, names->items[i]);
    }
    return all_named && !line.overflowed ? pl_arena_dup(arena, pl_buf_str(&line))
                                         : pl_str_from(manager->upgrade_all);
}

struct pl_strs pl_upgrade_commands(struct pl_arena *arena, const struct pl_os *os,
                                   const struct pl_packages *packages)
{
    struct pl_strs commands = {0};
    const char *done_type = "";
    for (size_t i = 0; i < PL_ARRAY_LEN(managers); i++) {
        const struct manager *manager = &managers[i];
        if (strcmp(done_type, manager->package_type) == 0 || !is_system(os, manager->os_id)) {
            continue;
        }
        done_type = manager->package_type;
        struct pl_strs names = {0};
        collect_names(arena, packages, manager->package_type, &names);
        if (names.count > 0) {
            *pl_vec_push(arena, &commands) = make_command(arena, manager, &names);
        }
    }
    return commands;
}
