/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the program's version, and answers how a version scheme orders versions and reads ranges,
 * so that anybody can compare our answers with those of dpkg, npm or pip.
 */
#include "base/compiler.h"
#include "base/limits.h"
#include "base/mem.h"
#include "command/command.h"
#include "version/scheme.h"
#include <stdio.h>

/* A range or a version, a tab, and a version. */
enum { LONGEST_LINE = PL_LIMIT_RANGE_BYTES + 1 + PL_LIMIT_VERSION_BYTES };

/* One line of standard input without its end. A line that is too long is read to its end and cut
 * at `size`, which is more than any valid line has. False at the end of the input. */
static bool read_line(char *line, size_t size, pl_str *ret)
{
    size_t len = 0;
    int c = getchar_unlocked();
    if (c == EOF) {
        return false;
    }
    while (c != EOF && c != '\n') {
        if (len < size) {
            line[len++] = (char)c;
        }
        c = getchar_unlocked();
    }
    *ret = pl_str_make(line, len);
    return true;
}

static bool is_version(const struct pl_version_scheme *scheme, pl_str version)
{
    return version.len <= PL_LIMIT_VERSION_BYTES && scheme->is_valid(version);
}

static bool split_line(pl_str line, pl_str *ret_left, pl_str *ret_right)
{
    return pl_str_cut(line, '\t', ret_left, ret_right) &&
           pl_str_find_char(*ret_right, '\t') == SIZE_MAX;
}

static const char *compare_line(const struct pl_version_scheme *scheme, pl_str line)
{
    pl_str a = PL_STR_EMPTY;
    pl_str b = PL_STR_EMPTY;
    if (!split_line(line, &a, &b) || !is_version(scheme, a) || !is_version(scheme, b)) {
        return "invalid";
    }
    int order = scheme->compare(a, b);
    return order < 0 ? "<" : order > 0 ? ">" : "=";
}

static const char *contain_line(const struct pl_version_scheme *scheme, pl_str line)
{
    pl_str range = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    enum pl_containment containment = PL_CONTAINMENT_INVALID;
    if (split_line(line, &range, &version) && range.len <= PL_LIMIT_RANGE_BYTES &&
        is_version(scheme, version)) {
        containment = scheme->contains(range, version);
    }
    return containment == PL_CONTAINMENT_IN    ? "in"
           : containment == PL_CONTAINMENT_OUT ? "out"
                                               : "invalid";
}

/* What can be asked of a scheme: one line of answer for each line of input. */
static const struct action {
    const char *verb;
    const char *(*answer)(const struct pl_version_scheme *scheme, pl_str line);
    bool needs_ranges;
} actions[] = {
    {"compare", compare_line, false},
    {"in", contain_line, true},
};

static enum pl_status find_action(const char *verb, const struct action **ret, struct pl_error *err)
{
    const char *verbs[PL_ARRAY_LEN(actions) + 1] = {NULL};
    for (size_t i = 0; i < PL_ARRAY_LEN(actions); i++) {
        verbs[i] = actions[i].verb;
        if (pl_str_eq(pl_str_from(verb), pl_str_from(actions[i].verb))) {
            *ret = &actions[i];
            return PL_OK;
        }
    }
    return pl_command_unknown("action", verb, verbs, err);
}

static bool can_answer(const struct action *action, const struct pl_version_scheme *scheme)
{
    return !action->needs_ranges || scheme->contains;
}

/* Only schemes that can answer are offered. */
static enum pl_status find_scheme(const struct action *action, const char *given,
                                  const struct pl_version_scheme **ret, struct pl_error *err)
{
    const struct pl_version_scheme *found = pl_version_scheme_find(pl_str_from(given));
    if (found && can_answer(action, found)) {
        *ret = found;
        return PL_OK;
    }
    if (found) {
        return pl_error_set(err, PL_E_USAGE, "the version scheme %s has no ranges", found->name);
    }
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    const char **names pl_autofree = pl_mem_alloc(count + 1, sizeof(char *));
    size_t offered = 0;
    for (size_t i = 0; i < count; i++) {
        if (can_answer(action, schemes[i])) {
            names[offered++] = schemes[i]->name;
        }
    }
    return pl_command_unknown("version scheme", given, names, err);
}

/* Standard output is flushed at each line, so that the command can serve as a co-process. */
static enum pl_status answer_input(const struct action *action,
                                   const struct pl_version_scheme *scheme, struct pl_error *err)
{
    char line[LONGEST_LINE + 1];
    pl_str text = PL_STR_EMPTY;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (!ferror(stdout) && read_line(line, sizeof(line), &text)) {
        puts(action->answer(scheme, text));
    }
    return ferror(stdin) ? pl_error_set(err, PL_E_IO, "reading standard input failed") : PL_OK;
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    const char *verb = pl_args_positional(args, 0);
    if (!verb) {
        puts("plimsoll " PL_VERSION);
        return 0;
    }
    const struct action *action = NULL;
    const struct pl_version_scheme *scheme = NULL;
    enum pl_status st = find_action(verb, &action, err);
    if (st == PL_OK) {
        st = pl_args_expect(args, 1, 2, err);
    }
    if (st == PL_OK) {
        const char *name = pl_args_positional(args, 1);
        st = find_scheme(action, name ? name : "", &scheme, err);
    }
    if (st == PL_OK) {
        st = answer_input(action, scheme, err);
    }
    return st < 0 ? pl_command_failed(st) : 0;
}

/* The schemes that can answer the action. */
static void print_words(const char *verb)
{
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    const struct action *action = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (find_action(verb, &action, &err) < 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (can_answer(action, schemes[i])) {
            printf(" %s", schemes[i]->name);
        }
    }
}

static const char *const examples[] = {
    "printf '1.0-1\\t1.0-1+deb12u1\\n' | plimsoll version compare dpkg",
    "prints <",
    "printf '^1.2\\t1.3.0\\n' | plimsoll version in npm",
    "prints in",
    NULL,
};

const struct pl_command pl_command_version = {
    .name = "version",
    .summary = "print the version, or compare versions of packages",
    .usage = "\ncompare SCHEME\nin SCHEME",
    .details =
        "compare reads lines \"A<TAB>B\" from standard input and answers each with a line\n"
        "that says <, =, > or invalid; in reads lines \"RANGE<TAB>VERSION\" and says in, out\n"
        "or invalid. An unknown SCHEME lists the known ones; docs/versions.md tells of each.",
    .examples = examples,
    .print_words = print_words,
    .run = run,
};
