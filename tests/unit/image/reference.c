/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted and how it is split follows the grammar and the tables of the distribution
 * project's reference package, and `docker`'s defaults. */
#include "image/reference.h"
#include "base/compiler.h"
#include "unit/arena.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32
#define SHA256 "sha256:" HEX64
#define SHA512 "sha512:" HEX64 HEX64
#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16
#define A128 A64 A64
#define A255 A128 A64 A16 A16 A16 "aaaaaaaaaaaaaaa"

static const struct good {
    const char *text;
    const char *registry;
    const char *repository;
    const char *tag;
    const char *digest;
    const char *familiar;
} good[] = {
    {"nginx", "docker.io", "library/nginx", "latest", "", "nginx:latest"},
    {"nginx:1.25", "docker.io", "library/nginx", "1.25", "", "nginx:1.25"},
    {"nginx@" SHA256, "docker.io", "library/nginx", "", SHA256, "nginx@" SHA256},
    {"nginx:1.25@" SHA256, "docker.io", "library/nginx", "1.25", SHA256, "nginx:1.25@" SHA256},
    {"nginx@" SHA512, "docker.io", "library/nginx", "", SHA512, "nginx@" SHA512},
    {"a:b", "docker.io", "library/a", "b", "", "a:b"},
    {"a:5000", "docker.io", "library/a", "5000", "", "a:5000"},
    {"a:5000/b", "a:5000", "b", "latest", "", "a:5000/b:latest"},
    {"a:5000/b:5000", "a:5000", "b", "5000", "", "a:5000/b:5000"},
    {"a/b", "docker.io", "a/b", "latest", "", "a/b:latest"},
    {"a/b/c", "docker.io", "a/b/c", "latest", "", "a/b/c:latest"},
    {"test.com", "docker.io", "library/test.com", "latest", "", "test.com:latest"},
    {"test.com:tag", "docker.io", "library/test.com", "tag", "", "test.com:tag"},
    {"test.com/repo:tag", "test.com", "repo", "tag", "", "test.com/repo:tag"},
    {"test_com/foo", "docker.io", "test_com/foo", "latest", "", "test_com/foo:latest"},
    {"foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080", "", "foo_bar.com:8080"},
    {"docker.io/nginx", "docker.io", "library/nginx", "latest", "", "nginx:latest"},
    {"docker.io/a/b", "docker.io", "a/b", "latest", "", "a/b:latest"},
    {"index.docker.io/library/nginx:1", "docker.io", "library/nginx", "1", "", "nginx:1"},
    {"docker.io/library/a/b:1", "docker.io", "library/a/b", "1", "", "library/a/b:1"},
    {"docker.io/" HEX64, "docker.io", "library/" HEX64, "latest", "", "library/" HEX64 ":latest"},
    {"localhost/x", "localhost", "x", "latest", "", "localhost/x:latest"},
    {"localhost", "docker.io", "library/localhost", "latest", "", "localhost:latest"},
    {"localhost:5000/x:y", "localhost:5000", "x", "y", "", "localhost:5000/x:y"},
    {"127.0.0.1:8000/p/q", "127.0.0.1:8000", "p/q", "latest", "", "127.0.0.1:8000/p/q:latest"},
    {"192.168.1.1/r:5050", "192.168.1.1", "r", "5050", "", "192.168.1.1/r:5050"},
    {"[2001:db8::1]/r", "[2001:db8::1]", "r", "latest", "", "[2001:db8::1]/r:latest"},
    {"[::1]:5000/r:t@" SHA256, "[::1]:5000", "r", "t", SHA256, "[::1]:5000/r:t@" SHA256},
    {"[fc00:1:2:3:4:5:6:7]:1/l/d", "[fc00:1:2:3:4:5:6:7]:1", "l/d", "latest", "",
     "[fc00:1:2:3:4:5:6:7]:1/l/d:latest"},
    {"xn--n3h.com:18080/foo", "xn--n3h.com:18080", "foo", "latest", "",
     "xn--n3h.com:18080/foo:latest"},
    {"a---b/c__d:_", "docker.io", "a---b/c__d", "_", "", "a---b/c__d:_"},
    {"a:Upper-Case.1", "docker.io", "library/a", "Upper-Case.1", "", "a:Upper-Case.1"},
    {"x.y/" A255, "x.y", A255, "latest", "", "x.y/" A255 ":latest"},
    {"a:" A128, "docker.io", "library/a", A128, "", "a:" A128},
    {HEX64 ":x", "docker.io", "library/" HEX64, "x", "", "library/" HEX64 ":x"},
    /* DNS does not tell capitals apart. */
    {"GHCR.io/a/b", "ghcr.io", "a/b", "latest", "", "ghcr.io/a/b:latest"},
    {"Docker.IO/a", "docker.io", "library/a", "latest", "", "a:latest"},
};

static void test_reference__names_are_split(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        struct pl_reference got = {0};
        struct pl_error err = PL_ERROR_INIT;
        if (pl_reference_parse(&arena, pl_str_from(good[i].text), &got, &err) < 0) {
            fail_msg("%s: %s", good[i].text, err.msg);
        }
        pl_assert_str(got.registry, good[i].registry);
        pl_assert_str(got.repository, good[i].repository);
        pl_assert_str(got.tag, good[i].tag);
        assert_string_equal(got.digest.text, good[i].digest);
        pl_assert_str(pl_reference_familiar(&arena, &got), good[i].familiar);
        pl_assert_str(pl_reference_selector(&got),
                      good[i].digest[0] ? good[i].digest : good[i].tag);
    }
}

static bool is_same(const struct pl_reference *a, const struct pl_reference *b)
{
    return pl_str_eq(a->registry, b->registry) && pl_str_eq(a->repository, b->repository) &&
           pl_str_eq(a->tag, b->tag) && strcmp(a->digest.text, b->digest.text) == 0;
}

static void test_reference__what_is_formatted_parses_to_the_same(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(good); i++) {
        struct pl_reference first = {0};
        struct pl_reference again = {0};
        assert_int_equal(pl_reference_parse(&arena, pl_str_from(good[i].text), &first, NULL),
                         PL_OK);
        pl_str whole = pl_reference_format(&arena, &first);
        assert_int_equal(pl_reference_parse(&arena, whole, &again, NULL), PL_OK);
        assert_true(is_same(&first, &again));
        pl_str familiar = pl_reference_familiar(&arena, &first);
        assert_int_equal(pl_reference_parse(&arena, familiar, &again, NULL), PL_OK);
        assert_true(is_same(&first, &again));
    }
}

/* What a person meant is in the message where it can be told. */
static const struct bad {
    const char *text;
    const char *message;
} bad[] = {
    {"", "empty"},
    {":justtag", "empty part"},
    {"@" SHA256, "empty part"},
    {"/nginx", "empty part"},
    {"nginx/", "empty part"},
    {"a//b", "empty part"},
    {"docker///docker", "empty part"},
    {"ghcr.io/", "empty part"},
    {"nginx:", "no tag"},
    {"nginx:.x", "no tag"},
    {"nginx:-x", "no tag"},
    {"nginx:a b", "no tag"},
    {"nginx:1:2", "no tag"},
    {"a:b/c:d:e", "no port"},
    {"nginx:a" A128, "129 characters"},
    {"nginx@", "no digest"},
    {"nginx@sha256:", "has 64 hex digits, and this one has 0"},
    {"nginx@sha256:" HEX32, "has 64 hex digits, and this one has 32"},
    {"nginx@sha512:" HEX64, "has 128 hex digits, and this one has 64"},
    {"nginx@md5:" HEX32, "no digest"},
    {"nginx@sha256:ABCDEF" HEX32 "0123456789abcdef0123456789", "no digest"},
    {"nginx@" SHA256 "@" SHA256, "hex digits"},
    {"Nginx", "lower case: did you mean \"nginx\"?"},
    {"Nginx:Stable", "lower case: did you mean \"nginx:Stable\"?"},
    {"docker/Docker", "did you mean \"docker/docker\"?"},
    {"test:5000/Uppercase/lowercase:tag", "did you mean \"test:5000/uppercase/lowercase:tag\"?"},
    {"Uppercase/lowercase:tag", "did you mean \"uppercase/lowercase:tag\"?"},
    {"Nginx:.x", "lower case"},
    {"https://github.com/docker/docker", "did you mean \"github.com/docker/docker\"?"},
    {"docker://nginx", "did you mean \"nginx\"?"},
    {"-docker", "no part of an image's name"},
    {"docker-/docker", "no part of an image's name"},
    {"-docker.io/docker/docker", "no host"},
    {"a..b/c", "no host"},
    {".a/b", "no host"},
    {"a./b", "no host"},
    {"foo_bar.com/x", "no host"},
    {"____/____", "no part of an image's name"},
    {"dock___er", "no part of an image's name"},
    {"x/dock..er", "no part of an image's name"},
    {"x/dock_.er", "no part of an image's name"},
    {"x/dock-.er", "no part of an image's name"},
    {"aa/asdf$$^/aa", "no part of an image's name"},
    {"a b", "no part of an image's name"},
    {"a/\xc3\xa9", "no part of an image's name"},
    {"[fc00::1]", "no part of an image's name"},
    {"[fc00::1]:5000", "no part of an image's name"},
    {"[fc00::1/x", "no host"},
    {"[]/x", "no host"},
    {"[]:5/x", "no host"},
    {"[::1]x/x", "no host"},
    {"[:::1]/x", "no host"},
    {"fc00::1:5000/debian", "no port"},
    {"[fe80::1%eth0]:5000/debian", "no host"},
    {"[2001:db8:3:4::192.0.2.33]:5000/debian", "no host"},
    {"a:/b", "no port"},
    {"a:0/b", "no port"},
    {"a:65536/b", "no port"},
    {"a:5x/b", "no port"},
    {":5000/b", "no host"},
    {HEX64, "image's id"},
    {"x.y/a" A255, "256 characters"},
    {A255, "263 characters"}, /* with library/ */
};

static void test_reference__what_is_wrong_is_said(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_reference got = {0};
        struct pl_error err = PL_ERROR_INIT;
        if (pl_reference_parse(&arena, pl_str_from(bad[i].text), &got, &err) != PL_E_USAGE ||
            !strstr(err.msg, bad[i].message)) {
            fail_msg("%s: %s", bad[i].text, err.msg);
        }
        assert_int_equal(got.registry.len, 0);
    }
}

static void test_reference__inner_nul_and_huge_names_are_refused(void **state)
{
    static char huge[1 << 20];
    memset(huge, 'a', sizeof(huge));
    struct pl_reference got = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_reference_parse(&arena, pl_str_make(huge, sizeof(huge)), &got, &err),
                     PL_E_USAGE);
    assert_int_equal(pl_reference_parse(&arena, PL_STR("nginx\0x"), &got, &err), PL_E_USAGE);
    assert_int_equal(pl_reference_parse(&arena, PL_STR("[::1\0]/x"), &got, &err), PL_E_USAGE);
    assert_int_equal(pl_reference_parse(&arena, PL_STR("a:1\0/x"), &got, &err), PL_E_USAGE);
    assert_null(strchr(err.msg, '\n'));
}

static void test_reference__repositories_and_hosts_stand_alone(void **state)
{
    static const struct {
        const char *text;
        const char *registry;
        const char *repository;
    } cases[] = {
        {"ghcr.io", "ghcr.io", ""},           {"ghcr.io/a/b", "ghcr.io", "a/b"},
        {"localhost", "localhost", ""},       {"a:5000", "a:5000", ""},
        {"a:5000/b", "a:5000", "b"},          {"[::1]:5000", "[::1]:5000", ""},
        {"index.docker.io", "docker.io", ""}, {"nginx", "docker.io", "library/nginx"},
        {"a/b", "docker.io", "a/b"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_reference got = {0};
        assert_int_equal(
            pl_reference_parse_repository(&arena, pl_str_from(cases[i].text), &got, NULL), PL_OK);
        pl_assert_str(got.registry, cases[i].registry);
        pl_assert_str(got.repository, cases[i].repository);
        assert_int_equal(got.tag.len, 0);
        assert_int_equal(pl_reference_selector(&got).len, 0);
        struct pl_reference again = {0};
        pl_str whole = pl_reference_format(&arena, &got);
        assert_int_equal(pl_reference_parse_repository(&arena, whole, &again, NULL), PL_OK);
        assert_true(is_same(&got, &again));
    }
    static const struct bad refused[] = {
        {"ghcr.io/a:1", "a tag does not belong here"},
        {"ghcr.io/a@" SHA256, "a digest does not belong here"},
        {"ghcr.io/A", "did you mean \"ghcr.io/a\"?"},
        {"https://ghcr.io", "did you mean \"ghcr.io\"?"},
        {"", "empty"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(refused); i++) {
        struct pl_reference got = {0};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(
            pl_reference_parse_repository(&arena, pl_str_from(refused[i].text), &got, &err),
            PL_E_USAGE);
        if (!strstr(err.msg, refused[i].message)) {
            fail_msg("%s: %s", refused[i].text, err.msg);
        }
    }
}

int pl_test_reference(void)
{
    const struct CMUnitTest tests[] = {
        PL_ARENA_TEST(test_reference__names_are_split),
        PL_ARENA_TEST(test_reference__what_is_formatted_parses_to_the_same),
        PL_ARENA_TEST(test_reference__what_is_wrong_is_said),
        PL_ARENA_TEST(test_reference__inner_nul_and_huge_names_are_refused),
        PL_ARENA_TEST(test_reference__repositories_and_hosts_stand_alone),
    };
    return cmocka_run_group_tests_name("image/reference", tests, NULL, NULL);
}
