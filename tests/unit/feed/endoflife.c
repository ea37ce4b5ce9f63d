/* SPDX-License-Identifier: Apache-2.0 */
/* The days are those that Debian's and Ubuntu's own lists have (distro-info-data 0.58, columns
 * eol-lts, eol-server and eol), Alpine's and Node.js's release pages. */
#include "unit/feed/collect.h"
#include "unit/feed/feed_test.h"

extern const struct pl_feed pl_feed_endoflife;

static void test_endoflife__products(void **state)
{
    pl_test_expect_feed(
        &pl_feed_endoflife, "endoflife.json",
        "EOL-debian-12 [] Debian 12 (Bookworm)\n"
        "  End of life | debian:12 |  | introduced 2028-06-30 | end_of_life\n"
        "EOL-debian-10 [] Debian 10 (Buster)\n"
        "  End of life | debian:10 |  | introduced 2024-06-30 | end_of_life\n"
        "EOL-debian-3.0 [] Debian 3.0 (Woody)\n"
        "  End of life | debian:3.0 |  | introduced 2006-06-30 | end_of_life\n"
        "EOL-ubuntu-18.04 [] Ubuntu 18.04 'Bionic Beaver' (LTS)\n"
        "  End of life | ubuntu:18.04 |  | introduced 2023-05-31 | end_of_life\n"
        "EOL-alpine-linux-3.18 [] Alpine Linux 3.18\n"
        "  End of life | alpine:3.18 |  | introduced 2025-05-09 | end_of_life\n"
        "EOL-nodejs-20 [] Node.js 20 (LTS)\n"
        "  End of life | nodejs:20 |  | introduced 2026-04-30 | end_of_life\n"
        "skipped: release whose end is not known: 1\n"
        "malformed: endoflife: d: a release of \"alpine-linux\" has no name\n"
        "malformed: endoflife: d: the product \"\" has no name\n"
        "malformed: endoflife: d: the product \"without-releases\" has no releases\n"
        "malformed: endoflife: d: product 6: it is not JSON: line 1, column 1: '[' or '{' expected "
        "near '7'\n");
}

/* A product alone, and the older form, whose product is in the name of its file. */
static void test_endoflife__other_forms(void **state)
{
    pl_str one = PL_STR("{\"schema_version\":\"1.2.0\",\"generated_at\":\"2026-01-01T00:00:00Z\","
                        "\"result\":{\"name\":\"debian\",\"label\":\"Debian\",\"releases\":[{"
                        "\"name\":\"10\",\"eolFrom\":\"2022-09-10\"}]}}");
    pl_str older = PL_STR("[{\"cycle\":\"10\",\"releaseDate\":\"2019-07-06\",\"eol\":"
                          "\"2022-09-10\",\"extendedSupport\":\"2024-06-30\"},{\"cycle\":\"14\","
                          "\"eol\":false},{\"eol\":\"2022-09-10\"}]");
    assert_string_equal(pl_collect_bidder("debian.json", one), "endoflife");
    assert_string_equal(pl_collect_bidder("debian.json", older), "endoflife");
    assert_int_equal(pl_collect("endoflife", "debian.json", one).taken, 1);
    struct pl_tally tally = pl_collect("endoflife", "api/debian.json", older);
    assert_int_equal(tally.taken, 1);
    assert_int_equal(tally.malformed, 1);
    assert_int_equal(pl_tally_skipped(&tally, "release whose end is not known"), 1);
    assert_int_equal(pl_collect("endoflife", "", older).taken, 0);
}

int pl_test_endoflife(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endoflife__products),
        cmocka_unit_test(test_endoflife__other_forms),
    };
    return cmocka_run_group_tests_name("feed/endoflife", tests, NULL, NULL);
}
