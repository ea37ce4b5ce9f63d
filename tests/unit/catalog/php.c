/* SPDX-License-Identifier: Apache-2.0 */
/* What Composer and PEAR themselves write. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_composer;
extern const struct pl_cataloger pl_cataloger_pear;

#define SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"

static void test_php__composer_lock(void **state)
{
    expect_listing(
        &pl_cataloger_composer, "app/composer.lock",
        "{\"packages\": [{\"name\": \"a/b\", \"version\": \"v1.0\",\n"
        "\"dist\": {\"type\": \"zip\", \"shasum\": \"" SHA1 "\"},\n"
        "\"require\": {\"php\": \">5\", \"ext-json\": \"*\", \"c/d\": \"^2\", \"e/f\": \"*\"},\n"
        "\"license\": [\"MIT\", \"BSD\", \"MIT\"]},\n"
        "{\"name\": \"own/path\", \"version\": \"1\", \"dist\": {\"type\": \"path\"}}],\n"
        "\"packages-dev\": [{\"name\": \"c/d\", \"version\": \"dev-master\","
        " \"license\": \"GPL\"}, {\"name\": \"n/n\"}]}",
        "a/b@v1.0 [MIT] [BSD] {sha1:da39a3ee} > c/d@dev-master > e/f\n"
        "c/d@dev-master dev [GPL]\n"
        "gap: package 'n/n' lacks its version\n");
}

static void test_php__installed(void **state)
{
    expect_listing(&pl_cataloger_composer, "app/vendor/composer/installed.json",
                   "[{\"name\": \"a/b\", \"version\": \"1\"}]", "a/b@1\n");
    expect_listing(&pl_cataloger_composer, "app/vendor/composer/installed.json",
                   "{\"packages\": [{\"name\": \"a/b\", \"version\": \"1\"},"
                   "{\"name\": \"c/d\", \"version\": \"2\"}],"
                   "\"dev\": true, \"dev-package-names\": [\"c/d\"]}",
                   "a/b@1\nc/d@2 dev\n");
}

/* As php -r 'echo serialize([...])' has it. */
static void test_php__pear(void **state)
{
    expect_listing(&pl_cataloger_pear, "usr/share/php/.registry/archive_tar.reg",
                   "a:5:{s:4:\"name\";s:11:\"Archive_Tar\";s:7:\"channel\";s:12:\"pear.php.net\";"
                   "s:7:\"version\";a:2:{s:7:\"release\";s:6:\"1.4.14\";s:3:\"api\";s:5:\"1.4.0\";}"
                   "s:7:\"license\";a:2:{s:7:\"attribs\";a:0:{}s:8:\"_content\";"
                   "s:15:\"New BSD \"\"cense\";}"
                   "s:12:\"dependencies\";a:1:{s:8:\"required\";a:1:{s:7:\"package\";a:2:{"
                   "i:0;a:1:{s:4:\"name\";s:1:\"x\";}i:1;a:2:{s:4:\"name\";s:1:\"y\";"
                   "s:7:\"channel\";s:1:\"c\";}}}}}",
                   "pear.php.net/Archive_Tar@1.4.14 [New BSD \"\"cense] > pear.php.net/x > c/y\n");
    expect_listing(&pl_cataloger_pear, "usr/share/php/.registry/.channel.pecl.php.net/redis.reg",
                   "a:5:{s:7:\"package\";s:5:\"redis\";s:7:\"version\";s:5:\"2.2.8\";"
                   "s:15:\"release_license\";s:3:\"PHP\";s:1:\"b\";b:1;s:1:\"d\";d:-0.5;}",
                   "pear.php.net/redis@2.2.8 [PHP]\n");
}

static void test_php__what_is_broken(void **state)
{
    expect_listing(&pl_cataloger_pear, ".registry/a.reg", "a:1:{s:4:\"name\";s:9:\"a\";}",
                   "gap: the file: a string expected at offset 21\n");
    expect_listing(&pl_cataloger_pear, ".registry/a.reg", "O:1:\"A\":0:{}",
                   "gap: the file: a value expected at offset 0\n");
    expect_listing(&pl_cataloger_pear, ".registry/a.reg", "a:2:{i:0;N;}",
                   "gap: the file: a key expected at offset 11\n");
    expect_listing(&pl_cataloger_pear, ".registry/a.reg", "a:0:{}",
                   "gap: package '' lacks its name\n");
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf deep pl_autobuf = PL_BUF_INIT(1 << 20);
    for (size_t i = 0; i < 10000; i++) {
        pl_buf_append(&deep, PL_STR("a:1:{i:0;"));
    }
    const struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_pear, "a.reg", pl_buf_str(&deep), NULL);
    assert_int_equal(found->gaps.count, 1);
    assert_true(pl_str_contains(found->gaps.items[0].reason, PL_STR("nest")));
}

static void test_php__places(void **state)
{
    expect_reader("usr/share/php/.registry/pear.reg", &pl_cataloger_pear);
    expect_reader("usr/share/php/.registry/.channel.pecl.php.net/redis.reg", &pl_cataloger_pear);
    expect_reader("usr/share/php/.channels/pecl.php.net.reg", NULL);
    expect_reader("app/libraries/composer/installed.json", &pl_cataloger_composer);
}

int pl_test_php(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_php__composer_lock), cmocka_unit_test(test_php__installed),
        cmocka_unit_test(test_php__pear),          cmocka_unit_test(test_php__what_is_broken),
        cmocka_unit_test(test_php__places),
    };
    return cmocka_run_group_tests_name("catalog/php", tests, NULL, NULL);
}
