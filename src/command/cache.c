/* SPDX-License-Identifier: Apache-2.0 */
/* Shows and empties what scans keep of layers. */
#include "cache/cache.h"
#include "base/budget.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "command/command.h"
#include "command/registry_options.h"
#include "format/json_writer.h"
#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* "2026-11-21T12:00:00Z" */
static pl_str time_text(struct pl_arena *arena, uint64_t ms)
{
    char text[32];
    struct tm utc = {0};
    time_t seconds = (time_t)(ms / 1000);
    gmtime_r(&seconds, &utc);
    size_t len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return pl_arena_dup(arena, pl_str_make(text, len));
}

static void print_json(struct pl_arena *arena, const struct pl_cache_entries *entries,
                       struct pl_writer *writer)
{
    struct pl_json_writer json;
    pl_json_writer_init(&json, writer);
    pl_json_writer_begin_array(&json);
    for (size_t i = 0; i < entries->count; i++) {
        const struct pl_cache_entry *entry = &entries->items[i];
        pl_json_writer_begin_object(&json);
        pl_json_writer_member(&json, "kind", entry->kind);
        pl_json_writer_member(&json, "key", entry->key);
        pl_json_writer_member_uint(&json, "bytes", entry->stored_bytes);
        pl_json_writer_member(&json, "used", time_text(arena, entry->used_ms));
        pl_json_writer_end_object(&json);
    }
    pl_json_writer_end_array(&json);
    pl_json_writer_finish(&json);
}

static void print_table(struct pl_arena *arena, const struct pl_cache_entries *entries,
                        struct pl_writer *writer)
{
    uint64_t total = 0;
    for (size_t i = 0; i < entries->count; i++) {
        const struct pl_cache_entry *entry = &entries->items[i];
        pl_str key = entry->key.len > 0 ? pl_utf8_clean(arena, entry->key, 120) : PL_STR("damaged");
        pl_writer_format(writer, PL_STR_FMT "  %10llu  %-9s " PL_STR_FMT "\n",
                         PL_STR_ARG(time_text(arena, entry->used_ms)),
                         (unsigned long long)entry->stored_bytes,
                         pl_utf8_clean(arena, entry->kind, 20).ptr, PL_STR_ARG(key));
        total += entry->stored_bytes;
    }
    char buffer[PATH_MAX];
    pl_writer_format(writer, "%zu entries, %llu bytes, in %s\n", entries->count,
                     (unsigned long long)total, pl_command_cache_dir(buffer, sizeof(buffer)));
}

static enum pl_status list(const struct pl_args *args, struct pl_cache *cache, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_cache_entries entries = {0};
    enum pl_status st = pl_cache_list(cache, &arena, &entries, err);
    if (st < 0) {
        return st;
    }
    struct pl_writer *writer pl_autofree = pl_mem_alloc(1, sizeof(*writer));
    pl_writer_init_fd(writer, STDOUT_FILENO);
    if (strcmp(pl_args_value(args, "format", "table"), "json") == 0) {
        print_json(&arena, &entries, writer);
    } else {
        print_table(&arena, &entries, writer);
    }
    return pl_writer_finish(writer, err);
}

static enum pl_status remove_entries(struct pl_cache *cache, uint64_t since_ms, uint64_t max_bytes,
                                     struct pl_error *err)
{
    struct pl_cache_removed removed = {0};
    enum pl_status st = pl_cache_prune(cache, since_ms, max_bytes, &removed, err);
    if (st == PL_OK) {
        printf("removed %llu entries, %llu bytes\n", (unsigned long long)removed.entries,
               (unsigned long long)removed.bytes);
    }
    return st;
}

/* "30d", "12h": to milliseconds. */
static enum pl_status parse_age(const char *text, uint64_t *ret_ms, struct pl_error *err)
{
    enum { MOST = 100000 };
    pl_str rest = pl_str_from(text);
    uint64_t count = 0;
    bool is_number = pl_str_take_uint(&rest, MOST, &count);
    bool in_days = pl_str_eq(rest, PL_STR("d"));
    if (!is_number || (!in_days && !pl_str_eq(rest, PL_STR("h")))) {
        return pl_error_set(err, PL_E_USAGE,
                            "--unused-for %s: give days or hours, such as 30d or 12h", text);
    }
    *ret_ms = count * (in_days ? 24 : 1) * 3600 * 1000;
    return PL_OK;
}

static enum pl_status prune(const struct pl_args *args, struct pl_cache *cache,
                            struct pl_error *err)
{
    const char *age = pl_args_value(args, "unused-for", NULL);
    const char *size = pl_args_value(args, "size", NULL);
    uint64_t age_ms = 0;
    uint64_t max_bytes = UINT64_MAX;
    if (!age && !size) {
        return pl_error_set(err, PL_E_USAGE, "say what may go: --unused-for 30d, or --size 200M");
    }
    enum pl_status st = age ? parse_age(age, &age_ms, err) : PL_OK;
    if (st == PL_OK && size) {
        st = pl_amount_parse(pl_str_from(size), &max_bytes, err);
    }
    uint64_t now = now_ms();
    return st < 0 ? st
                  : remove_entries(cache, age && age_ms < now ? now - age_ms : 0, max_bytes, err);
}

static enum pl_status clear(const struct pl_args *args, struct pl_cache *cache,
                            struct pl_error *err)
{
    (void)args;
    return remove_entries(cache, UINT64_MAX, 0, err);
}

static const struct {
    const char *name;
    enum pl_status (*act)(const struct pl_args *args, struct pl_cache *cache, struct pl_error *err);
} actions[] = {{"ls", list}, {"prune", prune}, {"clear", clear}};

static enum pl_status act(const struct pl_args *args, struct pl_error *err)
{
    const char *names[PL_ARRAY_LEN(actions) + 1] = {NULL};
    const char *given = pl_args_positional(args, 0);
    const char *format = pl_args_value(args, "format", "table");
    if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0) {
        return pl_command_unknown("format", format, (const char *const[]){"json", "table", NULL},
                                  err);
    }
    enum pl_status st = pl_args_expect(args, 0, 1, err);
    for (size_t i = 0; i < PL_ARRAY_LEN(actions) && st == PL_OK; i++) {
        names[i] = actions[i].name;
        if (given && strcmp(given, names[i]) == 0) {
            struct pl_cache *cache PL_CLEANUP(pl_cache_closep) = NULL;
            st = pl_command_cache_open(&cache, err);
            return st < 0 ? st : actions[i].act(args, cache, err);
        }
    }
    return st < 0 ? st : pl_command_unknown("action", given ? given : "", names, err);
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    enum pl_status st = act(args, err);
    return st < 0 ? pl_command_failed(st) : 0;
}

const struct pl_command pl_command_cache = {
    .name = "cache",
    .summary = "show or empty what scans keep of layers they have seen",
    .usage = "ls [--format json]\nprune [--unused-for AGE] [--size BYTES]\nclear",
    .details =
        "A layer that was inspected once is known by its digest and is neither fetched nor read\n"
        "again. What was found is kept in PLIMSOLL_CACHE, by default ~/.cache/plimsoll/layers, up\n"
        "to PLIMSOLL_CACHE_SIZE (1G); what was used longest ago goes first. Any number of scans "
        "may\n"
        "use it at once. A newer plimsoll looks at layers anew.",
    .examples =
        (const char *const[]){
            "plimsoll cache ls",
            "list the entries, the one used last first",
            "plimsoll cache prune --unused-for 30d",
            "remove what no scan has used for a month",
            NULL,
        },
    .options =
        (const struct pl_option[]){
            {.name = "format", .argument = "NAME", .summary = "ls: table or json"},
            {.name = "size",
             .argument = "BYTES",
             .summary = "prune: keep at most so much, such as 200M"},
            {.name = "unused-for",
             .argument = "AGE",
             .summary = "prune: remove what was not used for so long, such as 30d or 12h"},
            {0},
        },
    .run = run,
};
