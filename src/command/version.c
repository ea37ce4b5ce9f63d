/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the program's version, and answers how a version scheme orders versions, so that anybody
 * can compare our answers with those of dpkg, apk or rpm.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "command/command.h"
#include "version/scheme.h"
#include <stdio.h>

/* Two versions and the tab between them. */
enum { LONGEST_LINE = 2 * PL_LIMIT_VERSION_BYTES + 1 };

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
    return version.len > 0 && version.len <= PL_LIMIT_VERSION_BYTES && scheme->is_valid(version);
}

static const char *compare_line(const struct pl_version_scheme *scheme, pl_str line)
{
    pl_str a = PL_STR_EMPTY;
    pl_str b = PL_STR_EMPTY;
    bool is_pair = pl_str_cut(line, '\t', &a, &b) && pl_str_find_char(b, '\t') == SIZE_MAX;
    if (!is_pair || !is_version(scheme, a) || !is_version(scheme, b)) {
        return "invalid";
    }
    int order = scheme->compare(a, b);
    return order < 0 ? "<" : order > 0 ? ">" : "=";
}

static enum pl_status unknown_scheme(const char *given, struct pl_error *err)
{
    size_t count = 0;
    const struct pl_version_scheme *const *schemes = pl_version_schemes(&count);
    const char **names pl_autofree = pl_mem_alloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        names[i] = schemes[i]->name;
    }
    return pl_command_unknown("version scheme", given, names, err);
}

/* Standard output is flushed at each line, so that the command can serve as a co-process. */
static enum pl_status compare_input(const struct pl_version_scheme *scheme, struct pl_error *err)
{
    char line[LONGEST_LINE + 1];
    pl_str text = PL_STR_EMPTY;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (!ferror(stdout) && read_line(line, sizeof(line), &text)) {
        puts(compare_line(scheme, text));
    }
    return ferror(stdin) ? pl_error_set(err, PL_E_IO, "reading standard input failed") : PL_OK;
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    static const char *const verbs[] = {"compare", NULL};
    const char *verb = pl_args_positional(args, 0);
    if (!verb) {
        puts("plimsoll " PL_VERSION);
        return 0;
    }
    enum pl_status st = PL_OK;
    if (!pl_str_eq(pl_str_from(verb), PL_STR("compare"))) {
        st = pl_command_unknown("action", verb, verbs, err);
    } else {
        st = pl_args_expect(args, 1, 2, err);
    }
    if (st == PL_OK) {
        const char *name = pl_args_positional(args, 1);
        const struct pl_version_scheme *scheme =
            name ? pl_version_scheme_find(pl_str_from(name)) : NULL;
        st = scheme ? compare_input(scheme, err) : unknown_scheme(name ? name : "", err);
    }
    return st < 0 ? pl_command_failed(st) : 0;
}

static const char *const examples[] = {
    "printf '1.0-1\\t1.0-1+deb12u1\\n' | plimsoll version compare dpkg",
    "prints <",
    NULL,
};

const struct pl_command pl_command_version = {
    .name = "version",
    .summary = "print the version, or compare versions of packages",
    .usage = "\ncompare SCHEME",
    .details = "compare reads lines \"A<TAB>B\" from standard input and answers each with a line\n"
               "that says <, =, > or invalid. An unknown SCHEME lists the known ones.",
    .examples = examples,
    .run = run,
};
