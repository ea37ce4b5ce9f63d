/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated versions and ranges of language ecosystems, judged by their own tools where these are
 * installed: node-semver, packaging, Gem::Version, composer/semver, maven-artifact, numeric_version
 * of R, and Version of Elixir.
 */
#include "base/compiler.h"
#include "unit/version/oracle.h"

enum { PAIRS = 8000, LONGEST = 128, MOST_PIECES = 7 };

static const char *pick(uint32_t *seed, const char *const *pieces)
{
    size_t count = 0;
    while (pieces[count]) {
        count++;
    }
    return pieces[pl_oracle_random(seed) % count];
}

/* Three numbers mostly, one or two or four now and then, and some of the pieces. */
static void make_version(uint32_t *seed, const char *const *pieces, const char *made[MOST_PIECES])
{
    static const char *const starts[] = {
        "1.2.3", "1.2.0", "1.2",   "1.0.0", "1.0",     "1",  "1.3.0", "2.0.0",
        "2.0",   "0.0.1", "0.1.0", "0.1.2", "1.2.9",   "0",  "0.0",   "1.10.0",
        "1.2.3", "1.2.4", "2.0.0", "1.2.3", "1.2.3.4", NULL,
    };
    size_t count = pl_oracle_random(seed) % 4;
    made[0] = pick(seed, starts);
    for (size_t i = 1; i < MOST_PIECES; i++) {
        made[i] = i <= count ? pick(seed, pieces) : "";
    }
}

static void write_version(FILE *file, const char *const made[MOST_PIECES])
{
    for (size_t i = 0; i < MOST_PIECES; i++) {
        fputs(made[i], file);
    }
}

/* The second one differs from the first in one piece, or in all of them. */
static void write_pair(FILE *file, uint32_t *seed, const struct pl_oracle *oracle)
{
    const char *made[MOST_PIECES];
    make_version(seed, oracle->pieces, made);
    write_version(file, made);
    fputc('\t', file);
    if (pl_oracle_random(seed) % 3 == 0) {
        make_version(seed, oracle->pieces, made);
    } else {
        made[1 + pl_oracle_random(seed) % 3] = pick(seed, oracle->pieces);
    }
    write_version(file, made);
}

/* Pieces that begin with '@' stand for a version, with what follows the '@' before it. */
static void write_range_pair(FILE *file, uint32_t *seed, const struct pl_oracle *oracle)
{
    const char *made[MOST_PIECES];
    size_t count = 1 + pl_oracle_random(seed) % 3;
    for (size_t i = 0; i < count; i++) {
        const char *piece = pick(seed, oracle->range_pieces);
        if (i > 0) {
            fputs(oracle->range_pieces[pl_oracle_random(seed) % 2], file);
        }
        while (piece[0] != '@') {
            piece = pick(seed, oracle->range_pieces);
        }
        /* Up to a second '@', behind which stands what follows the version. */
        const char *end = strchr(piece + 1, '@');
        size_t len = end ? (size_t)(end - piece - 1) : strlen(piece + 1);
        fwrite(piece + 1, 1, len, file);
        make_version(seed, oracle->pieces, made);
        if (pl_oracle_random(seed) % 3 > 0) {
            made[1] = made[2] = made[3] = "";
        }
        write_version(file, made);
        fputs(end ? end + 1 : "", file);
    }
    fputc('\t', file);
    make_version(seed, oracle->pieces, made);
    write_version(file, made);
}

static void check(const char *scheme, const char *program, const char *script,
                  const char *const *pieces, const char *const *range_pieces)
{
    const struct pl_oracle oracle = {.scheme = scheme,
                                     .program = program,
                                     .script = script,
                                     .arguments = range_pieces ? "in" : "",
                                     .count = PAIRS,
                                     .write_pair = range_pieces ? write_range_pair : write_pair,
                                     .pieces = pieces,
                                     .range_pieces = range_pieces};
    pl_oracle_check(&oracle);
}

static const char *const npm_pieces[] = {
    "-alpha", "-0", "-rc.1", ".1", ".0", "-1", "+b", "-", "-alpha.1", "-beta", "", ".x", ".a", NULL,
};
static const char *const npm_range_pieces[] = {
    " ",     " || ",      "@",      "@^",       "@~",    "@>=",   "@<=",      "@>",
    "@<",    "@=",        "@~>",    "@@.x",     "@@.*",  "@^ ",   "@>= ",     "@v",
    "@^@.x", "@1.0.0 - ", "@@ - 2", "@@ - 1.2", "@>@.x", "@* ||", "@>=0.0.0", NULL,
};

static void test_oracle_language__node_semver_agrees(void **state)
{
    check("npm", "NODE_PATH=/usr/share/nodejs node", "oracle-npm.js", npm_pieces, NULL);
}

static void test_oracle_language__node_semver_agrees_on_ranges(void **state)
{
    check("npm", "NODE_PATH=/usr/share/nodejs node", "oracle-npm.js", npm_pieces, npm_range_pieces);
}

static const char *const pep440_pieces[] = {
    "a1",   "b2",   "rc1", ".post1",   ".dev1", "+local", "+1.2", "-1",
    "a",    ".0",   "c1",  "-alpha-1", "alpha", ".dev",   "r1",   "_post_2",
    "+a.1", "+A-b", ".",   "dev",      "pre",   "rev",    "",     NULL,
};
static const char *const pep440_range_pieces[] = {
    ",",   ", ",     "@==",    "@!=",  "@>=",   "@<=", "@>", "@<",
    "@~=", "@==@.*", "@!=@.*", "@===", "@ >= ", "@",   NULL,
};

static void test_oracle_language__packaging_agrees(void **state)
{
    check("pep440", "/usr/bin/python3", "oracle-pep440.py", pep440_pieces, NULL);
}

static void test_oracle_language__packaging_agrees_on_ranges(void **state)
{
    check("pep440", "/usr/bin/python3", "oracle-pep440.py", pep440_pieces, pep440_range_pieces);
}

static const char *const rubygems_pieces[] = {
    ".a", ".0", "-1", ".pre1", "a", ".b.2", ".0.0", "-rc-1", ".1", "b10", "", " ", ".", NULL,
};
static const char *const rubygems_range_pieces[] = {
    ",", ", ", "@~> ", "@>= ", "@<", "@=", "@!= ", "@> ", "@<=", "@", "@~>", NULL,
};

static void test_oracle_language__rubygems_agrees(void **state)
{
    check("rubygems", "ruby", "oracle-rubygems.rb", rubygems_pieces, NULL);
}

static void test_oracle_language__rubygems_agrees_on_ranges(void **state)
{
    check("rubygems", "ruby", "oracle-rubygems.rb", rubygems_pieces, rubygems_range_pieces);
}

static const char *const composer_pieces[] = {
    "-alpha", "beta2",  "-RC1", "-dev", ".x-dev", "-patch1", "pl2", "+b",  "-stable", "@beta",
    "",       "-b.2-1", "-0",   ".0",   "p",      "a1-dev",  "-",   "_rc", NULL,
};
static const char *const composer_range_pieces[] = {
    " ",          " || ", "@^",        "@~",     "@>=",  "@<",   "@<=",       "@>",
    "@",          "@!=",  "@==",       "@<>",    "@@.*", "@@.x", "@1.0.0 - ", "@@ - 2.0",
    "@@ - 1.2.3", "@>= ", "@>=@@beta", "@@@dev", "@*|",  NULL,
};

static void test_oracle_language__composer_agrees(void **state)
{
    check("composer", "php", "oracle-composer.php", composer_pieces, NULL);
}

static void test_oracle_language__composer_agrees_on_ranges(void **state)
{
    check("composer", "php", "oracle-composer.php", composer_pieces, composer_range_pieces);
}

static const char *const maven_pieces[] = {
    "-alpha", "a1",  "-beta-2", "-SNAPSHOT", ".RELEASE", "-rc1", "cr2", ".0",
    "-0",     "-sp", ".sp",     "-ga",       ".1",       "-1",   "foo", "-foo",
    ".Final", "m3",  "-m",      ".",         "-",        "0",    "x2y", NULL,
};
static const char *const maven_range_pieces[] = {
    ",",     ", ",    "@[@]",     "@[@,)",      "@(@,)", "@[@,3]",
    "@(,@)", "@(,@]", "@[1.0,@]", "@(@,2.0.1)", "@",     NULL,
};

static void test_oracle_language__maven_agrees(void **state)
{
    check("maven", "sh", "oracle-maven.sh", maven_pieces, NULL);
}

static void test_oracle_language__maven_agrees_on_ranges(void **state)
{
    check("maven", "sh", "oracle-maven.sh", maven_pieces, maven_range_pieces);
}

static const char *const cran_pieces[] = {"-1", ".1", ".0", "-0", ".10", ".", "a", "-", "", NULL};

static void test_oracle_language__r_agrees(void **state)
{
    check("cran", "Rscript", "oracle-cran.R", cran_pieces, NULL);
}

static const char *const cpan_pieces[] = {".1", "_1", ".001", ".0", "00", ".10",
                                          ".",  "a",  "_",    "",   NULL};

static void test_oracle_language__perl_agrees(void **state)
{
    check("cpan", "perl", "oracle-cpan.pl", cpan_pieces, NULL);
}

static const char *const hex_range_pieces[] = {
    " and ", " or ", "@~> ", "@>= ", "@<", "@==", "@!= ", "@> ", "@<=", "@", "@~>", NULL,
};

static void test_oracle_language__elixir_agrees(void **state)
{
    check("hex", "elixir", "oracle-hex.exs", npm_pieces, NULL);
}

static void test_oracle_language__elixir_agrees_on_ranges(void **state)
{
    check("hex", "elixir", "oracle-hex.exs", npm_pieces, hex_range_pieces);
}

int pl_test_oracle_language(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle_language__node_semver_agrees),
        cmocka_unit_test(test_oracle_language__node_semver_agrees_on_ranges),
        cmocka_unit_test(test_oracle_language__packaging_agrees),
        cmocka_unit_test(test_oracle_language__packaging_agrees_on_ranges),
        cmocka_unit_test(test_oracle_language__rubygems_agrees),
        cmocka_unit_test(test_oracle_language__rubygems_agrees_on_ranges),
        cmocka_unit_test(test_oracle_language__composer_agrees),
        cmocka_unit_test(test_oracle_language__composer_agrees_on_ranges),
        cmocka_unit_test(test_oracle_language__maven_agrees),
        cmocka_unit_test(test_oracle_language__maven_agrees_on_ranges),
        cmocka_unit_test(test_oracle_language__r_agrees),
        cmocka_unit_test(test_oracle_language__perl_agrees),
        cmocka_unit_test(test_oracle_language__elixir_agrees),
        cmocka_unit_test(test_oracle_language__elixir_agrees_on_ranges),
    };
    return cmocka_run_group_tests_name("version/oracle_language", tests, NULL, NULL);
}
