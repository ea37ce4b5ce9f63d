/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/urls.h"
#include "base/limits.h"
#include <time.h>

struct expansion {
    struct pl_arena *arena;
    unsigned year;
    struct pl_feed_urls *urls;
    struct pl_error *err;
};

static enum pl_status expand(struct expansion *expansion, pl_str done, pl_str rest, pl_str name);

/* Goes on behind a brace with one of its choices. */
static enum pl_status choose(struct expansion *expansion, pl_str done, pl_str choice, pl_str rest,
                             pl_str name)
{
    struct pl_arena *arena = expansion->arena;
    pl_str text =
        pl_arena_format(arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(done), PL_STR_ARG(choice));
    pl_str path = pl_arena_format(arena, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(name),
                                  name.len > 0 ? "/" : "", PL_STR_ARG(choice));
    return expand(expansion, text, rest, path);
}

/* "2002..now": the years. */
static enum pl_status choose_years(struct expansion *expansion, pl_str done, pl_str from,
                                   pl_str rest, pl_str name)
{
    uint64_t year = 0;
    enum pl_status st =
        pl_str_to_uint(from, expansion->year, &year)
            ? PL_OK
            : pl_error_set(expansion->err, PL_E_PARSE,
                           "\"" PL_STR_FMT "\" is no year up to this one", PL_STR_ARG(from));
    for (; st == PL_OK && year <= expansion->year; year++) {
        pl_str choice = pl_arena_format(expansion->arena, "%llu", (unsigned long long)year);
        st = choose(expansion, done, choice, rest, name);
    }
    return st;
}

static enum pl_status expand(struct expansion *expansion, pl_str done, pl_str rest, pl_str name)
{
    size_t open = pl_str_find_char(rest, '{');
    size_t close = pl_str_find_char(rest, '}');
    if (open == SIZE_MAX && close == SIZE_MAX) {
        if (expansion->urls->count == PL_LIMIT_FEED_URLS) {
            return pl_error_set(expansion->err, PL_E_LIMIT, "there are more than %d URLs",
                                PL_LIMIT_FEED_URLS);
        }
        *pl_vec_push(expansion->arena, expansion->urls) =
            (struct pl_feed_url){.url = pl_arena_format(expansion->arena, PL_STR_FMT PL_STR_FMT,
                                                        PL_STR_ARG(done), PL_STR_ARG(rest)),
                                 .name = name};
        return PL_OK;
    }
    if (open == SIZE_MAX || close == SIZE_MAX || close < open) {
        return pl_error_set(expansion->err, PL_E_PARSE, "\"" PL_STR_FMT "\" has an open brace",
                            PL_STR_ARG(rest));
    }
    pl_str before = pl_arena_format(expansion->arena, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(done),
                                    PL_STR_ARG(pl_str_sub(rest, 0, open)));
    pl_str choices = pl_str_sub(rest, open + 1, close - open - 1);
    pl_str behind = pl_str_skip(rest, close + 1);
    pl_str from = PL_STR_EMPTY;
    pl_str to = PL_STR_EMPTY;
    size_t dots = pl_str_find(choices, PL_STR(".."));
    if (dots != SIZE_MAX && pl_str_eq(pl_str_skip(choices, dots + 2), PL_STR("now"))) {
        return choose_years(expansion, before, pl_str_sub(choices, 0, dots), behind, name);
    }
    enum pl_status st = PL_OK;
    for (bool more = true; st == PL_OK && more; choices = to) {
        more = pl_str_cut(choices, ',', &from, &to);
        st = choose(expansion, before, more ? from : choices, behind, name);
    }
    return st;
}

bool pl_feed_urls_is_line(pl_str line)
{
    return pl_str_find_char(line, '{') != SIZE_MAX || pl_str_find_char(line, ' ') != SIZE_MAX;
}

unsigned pl_feed_urls_this_year(void)
{
    struct tm now = {0};
    time_t at = time(NULL);
    gmtime_r(&at, &now);
    return (unsigned)now.tm_year + 1900;
}

enum pl_status pl_feed_urls_expand(struct pl_arena *arena, pl_str line, unsigned year,
                                   struct pl_feed_urls *ret, struct pl_error *err)
{
    struct expansion expansion = {.arena = arena, .year = year, .urls = ret, .err = err};
    enum pl_status st = PL_OK;
    pl_str word = PL_STR_EMPTY;
    pl_str rest = line;
    for (bool more = true; st == PL_OK && more; line = rest) {
        more = pl_str_cut(line, ' ', &word, &rest);
        word = more ? word : line;
        pl_str name = PL_STR_EMPTY;
        size_t equals = pl_str_find_char(word, '=');
        size_t scheme = pl_str_find(word, PL_STR("://"));
        if (equals != SIZE_MAX && equals < scheme) {
            name = pl_str_sub(word, 0, equals);
            word = pl_str_skip(word, equals + 1);
        }
        st = word.len > 0 ? expand(&expansion, PL_STR_EMPTY, word, name) : PL_OK;
    }
    return st;
}
