/* SPDX-License-Identifier: Apache-2.0 */
/* The files are as Docker's and podman's manuals show them (containers-auth.json(5)), the values of
 * "auth" from `base64`; tests/tools/registries_peers.py lets skopeo read and write them. */
#include "image/registry/credentials.h"
#include "base/buf.h"
#include "base/io.h"
#include "image/registry/auth_file.h"
#include "image/registry/helper.h"
#include "unit/test.h"
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ALICE "\"auth\": \"YWxpY2U6czNjcmV0\"" /* alice:s3cret */
#define BOB "\"auth\": \"Ym9iOmE6Yg==\"" /* bob:a:b */

static struct pl_arena arena;
static char top[64];
static char *old_path;

static const char *in_top(const char *name)
{
    return pl_arena_format(&arena, "%s/%s", top, name).ptr;
}

static int setup(void **state)
{
    static const char *const cleared[] = {
        "PLIMSOLL_REGISTRY_USER",  "PLIMSOLL_REGISTRY_PASSWORD",
        "PLIMSOLL_REGISTRY_TOKEN", "PLIMSOLL_REGISTRY",
        "DOCKER_AUTH_CONFIG",      "REGISTRY_AUTH_FILE",
        "DOCKER_CONFIG",           "XDG_CONFIG_HOME",
    };
    pl_arena_init(&arena);
    for (size_t i = 0; i < PL_ARRAY_LEN(cleared); i++) {
        unsetenv(cleared[i]);
    }
    snprintf(top, sizeof(top), "/tmp/plimsoll-credentials-XXXXXX");
    old_path = strdup(getenv("PATH"));
    if (!mkdtemp(top)) {
        return 1;
    }
    setenv("HOME", top, 1);
    setenv("XDG_RUNTIME_DIR", in_top("run"), 1);
    setenv("PATH", pl_arena_format(&arena, "%s/bin:%s", top, old_path).ptr, 1);
    return mkdir(in_top("bin"), 0755);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    return remove(path);
}

static int teardown(void **state)
{
    setenv("PATH", old_path, 1);
    free(old_path);
    nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    pl_arena_release(&arena);
    return 0;
}

static void put(const char *name, const char *text, mode_t mode)
{
    char *path = (char *)(uintptr_t)in_top(name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(pl_io_make_dirs(path, NULL), PL_OK);
    *slash = '/';
    assert_int_equal(pl_io_replace_file(path, pl_str_from(text), NULL), PL_OK);
    assert_int_equal(chmod(path, mode), 0);
}

static const char *get(const char *name)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 20);
    assert_int_equal(pl_io_read_file(in_top(name), &text, NULL), PL_OK);
    return pl_arena_dup(&arena, pl_buf_str(&text)).ptr;
}

static struct pl_credentials find(const char *registry, const char *repository)
{
    struct pl_credentials found = {0};
    struct pl_error err = PL_ERROR_INIT;
    if (pl_credentials_find(&arena, pl_str_from(registry), pl_str_from(repository), &found, &err) <
        0) {
        fail_msg("%s: %s", registry, err.msg);
    }
    return found;
}

static void assert_user(const char *registry, const char *repository, const char *user,
                        const char *password)
{
    struct pl_credentials found = find(registry, repository);
    pl_assert_str(found.user, user);
    pl_assert_str(found.password, password);
}

/* The error's text must hold `word`, and nothing of a secret. */
static void assert_find_fails(enum pl_status wanted, const char *word)
{
    struct pl_credentials found = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_credentials_find(&arena, PL_STR("r.io"), PL_STR("a"), &found, &err),
                     wanted);
    if (!strstr(err.msg, word)) {
        fail_msg("%s", err.msg);
    }
    assert_null(strstr(err.msg, "s3cret"));
    assert_null(strstr(err.msg, "czNjcmV0"));
    assert_true(pl_credentials_are_empty(&found));
}

static void test_credentials__nobody_where_nothing_is(void **state)
{
    struct pl_credentials found = find("r.io", "a/b");
    assert_true(pl_credentials_are_empty(&found));
    assert_int_equal(found.found_in.len, 0);
}

static void test_credentials__keys_of_docker_and_podman(void **state)
{
    put(".docker/config.json",
        "{\"auths\": {\"https://index.docker.io/v1/\": {" ALICE "},"
        "\"https://ghcr.io/v2/\": {" BOB "}, \"quay.io\": {" ALICE "},"
        "\"reg.local:5000/foo\": {" BOB "}, \"reg.local:5000/foo/bar/image\": {" ALICE "},"
        "\"reg.local:5000\": {\"username\": \"u\", \"password\": \"p\"},"
        "\"marked.io\": {}, \"other.io/v2/\": {" ALICE "}}}",
        0600);
    assert_user("docker.io", "library/nginx", "alice", "s3cret");
    assert_user("registry-1.docker.io", "library/nginx", "alice", "s3cret");
    assert_user("ghcr.io", "a/b", "bob", "a:b");
    assert_user("GHCR.io", "a/b", "bob", "a:b");
    assert_user("quay.io", "x", "alice", "s3cret");
    assert_user("quay.io", "", "alice", "s3cret");
    assert_user("quay.io:443", "x", "", "");
    assert_user("reg.local:5000", "foo/bar/image", "alice", "s3cret");
    assert_user("reg.local:5000", "foo/bar/images", "bob", "a:b");
    assert_user("reg.local:5000", "foo", "bob", "a:b");
    assert_user("reg.local:5000", "foobar", "u", "p");
    assert_user("reg.local", "foo", "", "");
    assert_user("marked.io", "a", "", "");
    assert_user("other.io", "a", "alice", "s3cret");
    pl_assert_str(find("quay.io", "x").found_in, in_top(".docker/config.json"));
}

static void test_credentials__tokens(void **state)
{
    put(".docker/config.json",
        "{\"auths\": {\"a.io\": {\"auth\": \"dXNlcjo=\", \"identitytoken\": \"idt\"},"
        "\"b.io\": {\"registrytoken\": \"rt\"}, \"c.io\": {\"auth\": \"Og==\","
        "\"identitytoken\": \"only\"}, \"d.io\": {\"auth\": \"dTpwAA==\"}}}",
        0600);
    pl_assert_str(find("a.io", "x").identity_token, "idt");
    pl_assert_str(find("a.io", "x").user, "user");
    pl_assert_str(find("b.io", "x").registry_token, "rt");
    pl_assert_str(find("c.io", "x").identity_token, "only");
    assert_user("d.io", "x", "u", "p"); /* a NUL at the end is no part of it */
}

static void test_credentials__order_of_places(void **state)
{
    const char *const form = "{\"auths\": {\"r.io\": {\"username\": \"%s\", \"password\": \"p\"}}}";
    put(".docker/config.json", pl_arena_format(&arena, form, "docker").ptr, 0600);
    assert_user("r.io", "a", "docker", "p");
    put(".config/containers/auth.json", pl_arena_format(&arena, form, "config").ptr, 0600);
    assert_user("r.io", "a", "config", "p");
    put("run/containers/auth.json", pl_arena_format(&arena, form, "run").ptr, 0600);
    assert_user("r.io", "a", "run", "p");
    put("stated.json", pl_arena_format(&arena, form, "stated").ptr, 0600);
    setenv("REGISTRY_AUTH_FILE", in_top("stated.json"), 1);
    assert_user("r.io", "a", "stated", "p");
    setenv("DOCKER_AUTH_CONFIG", pl_arena_format(&arena, form, "text").ptr, 1);
    assert_user("r.io", "a", "text", "p");
    setenv("PLIMSOLL_REGISTRY_TOKEN", "tok", 1);
    pl_assert_str(find("r.io", "a").registry_token, "tok");
    setenv("PLIMSOLL_REGISTRY_USER", "env", 1);
    setenv("PLIMSOLL_REGISTRY_PASSWORD", "q", 1);
    assert_user("r.io", "a", "env", "q");
    struct pl_credentials mirror = {0};
    assert_int_equal(
        pl_credentials_find_for_mirror(&arena, PL_STR("r.io"), PL_STR("a"), &mirror, NULL), PL_OK);
    pl_assert_str(mirror.user, "text");
    setenv("PLIMSOLL_REGISTRY", "other.io", 1);
    assert_user("r.io", "a", "text", "p");
    assert_user("other.io", "a", "env", "q");
    unsetenv("PLIMSOLL_REGISTRY_PASSWORD");
    setenv("PLIMSOLL_REGISTRY", "r.io", 1);
    assert_find_fails(PL_E_USAGE, "go together");
}

static void test_credentials__damage_is_told_without_the_secret(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        {"{\"auths\": {\n\"r.io\": {" ALICE "}} czNjcmV0", "from line 2"},
        {"", "from line 1"},
        {"[]", "no JSON object"},
        {"{\"auths\": []}", "auths is no object"},
        {"{\"credHelpers\": 1}", "credHelpers is no object"},
        {"{\"credsStore\": {}}", "credsStore is no string"},
        {"{\"auths\": {\"r.io\": \"czNjcmV0\"}}", "entry \"r.io\""},
        {"{\"auths\": {\"r.io\": {\"auth\": \"czNjcmV0\"}}}", "entry \"r.io\""},
        {"{\"auths\": {\"r.io\": {\"auth\": \"%s3cret\"}}}", "entry \"r.io\""},
        {"{\"auths\": {\"r.io\": {\"auth\": \"OnA=\"}}}", "entry \"r.io\""},
        {"{\"credsStore\": \"../evil\"}", "cannot be the name"},
        {"{\"credsStore\": \"a b\"}", "cannot be the name"},
        {"{\"credsStore\": \".x\"}", "cannot be the name"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        put(".docker/config.json", cases[i].text, 0600);
        bool is_name = strstr(cases[i].text, "credsStore\": \"") != NULL;
        assert_find_fails(is_name ? PL_E_USAGE : PL_E_PARSE, cases[i].word);
    }
    setenv("REGISTRY_AUTH_FILE", in_top("absent.json"), 1);
    assert_find_fails(PL_E_NOT_FOUND, "REGISTRY_AUTH_FILE");
}

/* The protocol of the helpers, as a program of the shell. */
static void put_helper(const char *name, const char *body)
{
    put(pl_arena_format(&arena, "bin/docker-credential-%s", name).ptr,
        pl_arena_format(&arena, "#!/bin/sh\nread -r server || :\n%s\n", body).ptr, 0755);
}

static void test_credentials__helpers(void **state)
{
    put_helper("good", "echo \"$1 $server\" >>\"$HOME/seen\"\n"
                       "echo '{\"ServerURL\":\"x\",\"Username\":\"h\",\"Secret\":\"k\"}'");
    put_helper("token", "echo '{\"Username\":\"<token>\",\"Secret\":\"idt\"}'");
    put_helper("none", "echo 'credentials not found in native keychain'; exit 1");
    put_helper("failing", "echo 's3cret of r.io'; echo s3cret >&2; exit 3");
    put_helper("babbling", "echo '{\"Username\":\"s3cret\"'");
    put_helper("endless", "yes s3cret");
    put(".docker/config.json",
        "{\"auths\": {\"r.io\": {" ALICE "}, \"g.io\": {" ALICE "}}, \"credsStore\": \"good\","
        " \"credHelpers\": {\"g.io\": \"good\", \"t.io\": \"token\", \"n.io\": \"none\"}}",
        0600);
    assert_user("g.io", "a", "h", "k");
    assert_user("r.io", "a", "alice", "s3cret");
    assert_user("docker.io", "a", "h", "k");
    assert_user("n.io", "a", "", "");
    pl_assert_str(find("t.io", "a").identity_token, "idt");
    pl_assert_str(find("t.io", "a").user, "");
    pl_assert_str(find("t.io", "a").found_in, "docker-credential-token");
    assert_string_equal(get("seen"), "get g.io\nget https://index.docker.io/v1/\n");
    put(".docker/config.json", "{\"credsStore\": \"failing\"}", 0600);
    assert_find_fails(PL_E_DENIED, "docker-credential-failing get failed (exit status 3)");
    put(".docker/config.json", "{\"credsStore\": \"babbling\"}", 0600);
    assert_find_fails(PL_E_PARSE, "does not answer as a credential helper");
    put(".docker/config.json", "{\"credsStore\": \"endless\"}", 0600);
    assert_find_fails(PL_E_LIMIT, "answers with more than");
    put(".docker/config.json", "{\"credsStore\": \"absent\"}", 0600);
    assert_find_fails(PL_E_NOT_FOUND, "not on PATH");
}

static void test_credentials__a_helper_that_hangs_is_killed_with_its_children(void **state)
{
    static const char *const bodies[] = {
        "echo $$ >\"$HOME/pid\"; sleep 60",
        "echo $$ >\"$HOME/pid\"; sleep 60 & exit 0",
        "echo $$ >\"$HOME/pid\"; exec >/dev/null; sleep 60",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bodies); i++) {
        put_helper("hanging", bodies[i]);
        struct pl_helper helper = {
            .name = PL_STR("hanging"), .server = PL_STR("r.io"), .timeout_ms = 300};
        struct pl_credentials found = {0};
        struct pl_error err = PL_ERROR_INIT;
        time_t started = time(NULL);
        assert_int_equal(pl_helper_get(&arena, &helper, &found, &err), PL_E_LIMIT);
        assert_true(time(NULL) - started < 30);
        assert_non_null(strstr(err.msg, "was stopped"));
        /* Nothing of its process group is left but, for a moment, what init has not yet reaped. */
        int group = (int)strtol(get("pid"), NULL, 10);
        bool is_gone = false;
        for (int turn = 0; turn < 100 && !is_gone; turn++) {
            char command[64];
            snprintf(command, sizeof(command), "ps -o stat= -g %d | grep -qv Z", group);
            is_gone = system(command) != 0;
        }
        assert_true(is_gone);
    }
}

static void test_credentials__what_is_stored_is_found(void **state)
{
    static const struct pl_credentials alice = {.user = PL_STR_INIT("alice"),
                                                .password = PL_STR_INIT("s3cret")};
    static const struct pl_credentials token = {.user = PL_STR_INIT("u"),
                                                .identity_token = PL_STR_INIT("idt")};
    pl_str where = PL_STR_EMPTY;
    assert_int_equal(pl_credentials_store(&arena, PL_STR("docker.io"), &alice, &where, NULL),
                     PL_OK);
    pl_assert_str(where, in_top(".docker/config.json"));
    assert_int_equal(pl_credentials_store(&arena, PL_STR("a.io:5000"), &token, &where, NULL),
                     PL_OK);
    assert_user("docker.io", "library/a", "alice", "s3cret");
    pl_assert_str(find("a.io:5000", "a").identity_token, "idt");
    struct stat info = {0};
    assert_int_equal(stat(in_top(".docker"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_int_equal(stat(in_top(".docker/config.json"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(pl_credentials_erase(&arena, PL_STR("docker.io"), &where, NULL), PL_OK);
    assert_user("docker.io", "library/a", "", "");
    assert_int_equal(pl_credentials_erase(&arena, PL_STR("docker.io"), &where, NULL),
                     PL_E_NOT_FOUND);
    assert_int_equal(pl_credentials_erase(&arena, PL_STR("never.io"), &where, NULL),
                     PL_E_NOT_FOUND);
    const struct pl_credentials colon = {.user = PL_STR("a:b"), .password = PL_STR("c")};
    assert_int_equal(pl_credentials_store(&arena, PL_STR("b.io"), &colon, &where, NULL),
                     PL_E_USAGE);
}

static void test_credentials__the_rest_of_the_file_stays(void **state)
{
    static const struct pl_credentials alice = {.user = PL_STR_INIT("alice"),
                                                .password = PL_STR_INIT("s3cret")};
    put("dotfiles/docker.json",
        "{\n  \"zeta\": 1,\n  \"auths\": {\"z.io\": {" BOB
        "}, \"a.io\": {\"auth\": \"b2xkOm9sZA==\","
        " \"email\": \"e\"}},\n  \"HttpHeaders\": {\"X\": \"y/z\"},\n  \"alpha\": [1.5, null]\n}\n",
        0644);
    mkdir(in_top(".docker"), 0755);
    assert_int_equal(symlink("../dotfiles/docker.json", in_top(".docker/config.json")), 0);
    pl_str where = PL_STR_EMPTY;
    assert_int_equal(pl_credentials_store(&arena, PL_STR("a.io"), &alice, &where, NULL), PL_OK);
    struct stat info = {0};
    assert_int_equal(lstat(in_top(".docker/config.json"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(in_top("dotfiles/docker.json"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_string_equal(get("dotfiles/docker.json"), "{\n"
                                                     "    \"zeta\": 1,\n"
                                                     "    \"auths\": {\n"
                                                     "        \"z.io\": {\n"
                                                     "            \"auth\": \"Ym9iOmE6Yg==\"\n"
                                                     "        },\n"
                                                     "        \"a.io\": {\n"
                                                     "            \"email\": \"e\",\n"
                                                     "            \"auth\": \"YWxpY2U6czNjcmV0\"\n"
                                                     "        }\n"
                                                     "    },\n"
                                                     "    \"HttpHeaders\": {\n"
                                                     "        \"X\": \"y/z\"\n"
                                                     "    },\n"
                                                     "    \"alpha\": [\n"
                                                     "        1.5,\n"
                                                     "        null\n"
                                                     "    ]\n"
                                                     "}\n");
    /* Written by root, it stays its owner's. */
    if (geteuid() == 0) {
        assert_int_equal(chown(in_top("dotfiles/docker.json"), 1234, 1234), 0);
        assert_int_equal(pl_credentials_store(&arena, PL_STR("a.io"), &alice, &where, NULL), PL_OK);
        assert_int_equal(stat(in_top("dotfiles/docker.json"), &info), 0);
        assert_int_equal(info.st_uid, 1234);
        assert_int_equal(info.st_mode & 07777, 0600);
    }
    /* A damaged file is left alone. */
    put("dotfiles/docker.json", "{\"auths\": ", 0600);
    assert_int_equal(pl_credentials_store(&arena, PL_STR("a.io"), &alice, &where, NULL),
                     PL_E_PARSE);
    assert_string_equal(get("dotfiles/docker.json"), "{\"auths\": ");
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(unlink(in_top("dotfiles/docker.json")), 0);
    assert_int_equal(pl_credentials_store(&arena, PL_STR("a.io"), &alice, &where, &err), PL_E_IO);
    assert_non_null(strstr(err.msg, "a link to a file that is not there"));
}

static void test_credentials__stored_in_a_helper(void **state)
{
    static const struct pl_credentials alice = {.user = PL_STR_INIT("alice"),
                                                .password = PL_STR_INIT("s\"3\\cret")};
    /* Keeps what it is given in a file; as some real ones, erase never fails. */
    put("bin/docker-credential-file",
        "#!/bin/sh\n"
        "case $1 in\n"
        "store) cat >\"$HOME/kept\" ;;\n"
        "get) cat \"$HOME/kept\" 2>/dev/null ||\n"
        "  { echo 'credentials not found in native keychain'; exit 1; } ;;\n"
        "erase) rm -f \"$HOME/kept\" ;;\n"
        "esac\n",
        0755);
    put(".docker/config.json", "{\"credsStore\": \"file\"}", 0600);
    pl_str where = PL_STR_EMPTY;
    assert_int_equal(pl_credentials_store(&arena, PL_STR("docker.io"), &alice, &where, NULL),
                     PL_OK);
    pl_assert_str(where, "docker-credential-file");
    assert_string_equal(get("kept"), "{\"ServerURL\":\"https://index.docker.io/v1/\","
                                     "\"Username\":\"alice\",\"Secret\":\"s\\\"3\\\\cret\"}");
    assert_user("docker.io", "a", "alice", "s\"3\\cret");
    /* Docker leaves the mark of an entry, and no secret. */
    assert_non_null(strstr(get(".docker/config.json"), "\"https://index.docker.io/v1/\": {}"));
    assert_int_equal(pl_credentials_erase(&arena, PL_STR("docker.io"), &where, NULL), PL_OK);
    assert_null(strstr(get(".docker/config.json"), "index.docker.io"));
    assert_int_equal(pl_credentials_erase(&arena, PL_STR("docker.io"), &where, NULL),
                     PL_E_NOT_FOUND);
}

static void test_credentials__every_prefix_of_a_file(void **state)
{
    static const char whole[] = "{\"auths\": {\"r.io/a\": {" ALICE ", \"identitytoken\": \"i\"}},"
                                "\"credHelpers\": {\"x.io\": \"y\"}, \"credsStore\": \"z\"}";
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        json_t *file pl_autojson = NULL;
        assert_int_equal(pl_auth_file_parse(pl_str_make(whole, len), "f", &file, NULL), PL_E_PARSE);
    }
}

int pl_test_credentials(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_credentials__nobody_where_nothing_is, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials__keys_of_docker_and_podman, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_credentials__tokens, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials__order_of_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials__damage_is_told_without_the_secret, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_credentials__helpers, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_credentials__a_helper_that_hangs_is_killed_with_its_children, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials__what_is_stored_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials__the_rest_of_the_file_stays, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_credentials__stored_in_a_helper, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials__every_prefix_of_a_file, setup, teardown),
    };
    return cmocka_run_group_tests_name("image/credentials", tests, NULL, NULL);
}
