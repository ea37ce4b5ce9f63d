/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares the two ways in which records of the OSV schema say which versions are affected: reads
 * records, one a line, and prints a line for each listed version that the ranges of the same entry
 * do not contain, or cannot judge:
 *
 *     outside <TAB> id <TAB> ecosystem <TAB> package <TAB> version
 *     unordered ...
 *
 * and last how many listed versions were compared: "compared <TAB> N".
 */
#include "base/io.h"
#include "feed/reader/osv.h"
#include "version/range.h"
#include <stdio.h>

enum { INPUT_CEILING = 1 << 30 };

static uint64_t compared;

static void tell(const char *word, const struct pl_advisory *advisory,
                 const struct pl_affected *affected, pl_str version)
{
    printf("%s\t" PL_STR_FMT "\t" PL_STR_FMT "\t" PL_STR_FMT "\t" PL_STR_FMT "\n", word,
           PL_STR_ARG(advisory->id), PL_STR_ARG(affected->ecosystem), PL_STR_ARG(affected->name),
           PL_STR_ARG(version));
}

static void compare(struct pl_arena *arena, const struct pl_advisory *advisory,
                    const struct pl_affected *affected)
{
    const struct pl_version_scheme *scheme = pl_version_scheme_for_ecosystem(affected->ecosystem);
    if (!scheme || affected->ranges.count == 0) {
        return;
    }
    struct pl_affected ranges_alone = *affected;
    ranges_alone.versions = (struct pl_strs){0};
    for (size_t i = 0; i < affected->versions.count; i++) {
        pl_str version = affected->versions.items[i];
        struct pl_range_match match = pl_range_match(arena, scheme, &ranges_alone, version);
        compared++;
        if (match.is_invalid) {
            tell("unordered", advisory, affected, version);
        } else if (!match.is_affected) {
            tell("outside", advisory, affected, version);
        }
    }
}

int main(void)
{
    struct pl_buf input pl_autobuf = PL_BUF_INIT(INPUT_CEILING);
    struct pl_error err = PL_ERROR_INIT;
    if (pl_io_read_all(0, "standard input", &input, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    pl_str cursor = pl_buf_str(&input);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&cursor, &line)) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_advisory advisory = {.id = PL_STR_EMPTY};
        struct pl_osv_skipped skipped = {0};
        if (pl_osv_parse(&arena, line, "a record", &advisory, &skipped, &err) < 0) {
            fprintf(stderr, "%s\n", err.msg);
            continue;
        }
        for (size_t i = 0; i < advisory.affected.count; i++) {
            compare(&arena, &advisory, &advisory.affected.items[i]);
        }
    }
    printf("compared\t%llu\n", (unsigned long long)compared);
    return 0;
}
