/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules mean is from containers-registries.conf(5), containers-registries.conf.d(5) and
 * containers-certs.d(5), whose examples are here; tests/tools/registries_peers.py lets skopeo read
 * the same files. */
#include "image/registry/hosts.h"
#include "base/buf.h"
#include "base/io.h"
#include "image/registry/registries_conf.h"
#include "unit/test.h"
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#define SHA256 "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct pl_arena arena;
static char top[64];
static struct pl_registry_places places;
static struct pl_registry_options options;

static const char *in_top(const char *name)
{
    return pl_arena_format(&arena, "%s/%s", top, name).ptr;
}

static int setup(void **state)
{
    pl_arena_init(&arena);
    snprintf(top, sizeof(top), "/tmp/plimsoll-hosts-XXXXXX");
    if (!mkdtemp(top)) {
        return 1;
    }
    options = (struct pl_registry_options){0};
    places = (struct pl_registry_places){
        .user_dir = in_top("user"), .system_dir = in_top("system"), .docker_dir = in_top("docker")};
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    return remove(path);
}

static int teardown(void **state)
{
    nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    pl_arena_release(&arena);
    return 0;
}

static void put(const char *name, const char *text)
{
    pl_str path = pl_arena_dup(&arena, pl_str_from(in_top(name)));
    size_t slash = pl_str_find_last_char(path, '/');
    pl_str dir = pl_arena_dup(&arena, pl_str_sub(path, 0, slash));
    assert_int_equal(pl_io_make_dirs(dir.ptr, NULL), PL_OK);
    assert_int_equal(pl_io_replace_file(path.ptr, pl_str_from(text), NULL), PL_OK);
}

static struct pl_registry_endpoints hosts(const char *image)
{
    struct pl_reference reference = {0};
    struct pl_registry_endpoints found = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_reference_parse(&arena, pl_str_from(image), &reference, &err), PL_OK);
    if (pl_registry_hosts_in(&arena, &places, &options, &reference, &found, &err) < 0) {
        fail_msg("%s: %s", image, err.msg);
    }
    return found;
}

/* As one line: "*mirror.io/a/b! own.io/b": '*' marks a mirror, '!' one that may be insecure. */
static void assert_hosts(const char *image, const char *wanted)
{
    struct pl_registry_endpoints found = hosts(image);
    struct pl_buf line pl_autobuf = PL_BUF_INIT(65536);
    for (size_t i = 0; i < found.count; i++) {
        const struct pl_registry_endpoint *at = &found.items[i];
        pl_buf_append_format(&line, "%s%s" PL_STR_FMT "/" PL_STR_FMT "%s", i > 0 ? " " : "",
                             at->is_mirror ? "*" : "", PL_STR_ARG(at->host),
                             PL_STR_ARG(at->repository), at->is_insecure ? "!" : "");
        assert_true(at->is_insecure == at->transport.is_insecure);
    }
    pl_assert_str(pl_buf_str(&line), wanted);
}

static void assert_fails(const char *image, enum pl_status wanted, const char *word)
{
    struct pl_reference reference = {0};
    struct pl_registry_endpoints found = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_reference_parse(&arena, pl_str_from(image), &reference, &err), PL_OK);
    enum pl_status st = pl_registry_hosts_in(&arena, &places, &options, &reference, &found, &err);
    if (st != wanted || !strstr(err.msg, word)) {
        fail_msg("%s: %s", image, err.msg);
    }
    assert_int_equal(found.count, 0);
}

static void test_hosts__without_files(void **state)
{
    assert_hosts("nginx", "registry-1.docker.io/library/nginx");
    assert_hosts("ghcr.io/a/b@" SHA256, "ghcr.io/a/b");
    assert_hosts("localhost/a", "localhost/a!");
    assert_hosts("localhost:5000/a", "localhost:5000/a!");
    assert_hosts("127.1.2.3:5000/a", "127.1.2.3:5000/a!");
    assert_hosts("[::1]:5000/a", "[::1]:5000/a!");
    assert_hosts("[::2]:5000/a", "[::2]:5000/a");
    assert_hosts("128.0.0.1/a", "128.0.0.1/a");
    *pl_vec_push(&arena, &options.insecure) = PL_STR("reg.io:5000");
    assert_hosts("reg.io:5000/a", "reg.io:5000/a!");
    assert_hosts("reg.io/a", "reg.io/a");
}

/* The example of containers-registries.conf(5). */
static void test_hosts__example_of_the_manual(void **state)
{
    put("system/registries.conf", "unqualified-search-registries = [\"example.com\"]\n"
                                  "[[registry]]\n"
                                  "prefix = \"example.com/foo\"\n"
                                  "insecure = false\n"
                                  "blocked = false\n"
                                  "location = \"internal-registry-for-example.com/bar\"\n"
                                  "[[registry.mirror]]\n"
                                  "location = \"example-mirror-0.local/mirror-for-foo\"\n"
                                  "[[registry.mirror]]\n"
                                  "location = \"example-mirror-1.local/mirrors/foo\"\n"
                                  "insecure = true\n"
                                  "[[registry]]\n"
                                  "location = \"registry.com\"\n"
                                  "[[registry.mirror]]\n"
                                  "location = \"mirror.registry.com\"\n");
    assert_hosts("example.com/foo/image:latest", "*example-mirror-0.local/mirror-for-foo/image "
                                                 "*example-mirror-1.local/mirrors/foo/image! "
                                                 "internal-registry-for-example.com/bar/image");
    assert_hosts("registry.com/image:latest", "*mirror.registry.com/image registry.com/image");
    assert_hosts("example.com/foobar", "example.com/foobar");
    assert_hosts("image", "registry-1.docker.io/library/image");
}

static void test_hosts__longest_prefix_and_wildcards(void **state)
{
    put("system/registries.conf",
        "[[registry]]\nprefix = \"*.example.com\"\ninsecure = true\n"
        "[[registry]]\nprefix = \"a.example.com/x\"\nlocation = \"ax.io/y/\"\n"
        "[[registry]]\nprefix = \"*.moved.io\"\nlocation = \"new.io/base\"\n"
        "[[registry]]\nprefix = \"Big.io/A\"\nblocked = true\nlocation = \"big.io\"\n"
        "[[registry]]\nlocation = \"evil.io\"\nblocked = true\n"
        "[[registry]]\nprefix = \"evil.io/good:1\"\nlocation = \"good.io/g:1\"\n"
        "[[registry]]\nprefix = \"evil.io/good:2\"\nlocation = \"good.io/g:1\"\n"
        "[[registry]]\nprefix = \"docker.io/library\"\nlocation = \"localhost:5000/hub\"\n");
    assert_hosts("a.example.com/b", "a.example.com/b!");
    assert_hosts("a.b.example.com:5000/c:1", "a.b.example.com:5000/c!");
    assert_hosts("example.com/b", "example.com/b");
    assert_hosts("a.example.com.evil.org/b", "a.example.com.evil.org/b");
    assert_hosts("a.example.com/x/y:1", "ax.io/y/y");
    assert_hosts("a.example.com/xy", "a.example.com/xy!");
    assert_hosts("q.moved.io/r/s", "new.io/base/r/s");
    assert_fails("evil.io/a", PL_E_DENIED, "blocked");
    assert_fails("EVIL.io/a", PL_E_DENIED, "blocked");
    assert_fails("evil.io/good:3", PL_E_DENIED, "blocked");
    assert_hosts("evil.io/good:1", "good.io/g");
    assert_fails("evil.io/good:2", PL_E_UNSUPPORTED, "another tag");
    assert_hosts("nginx:1", "localhost:5000/hub/nginx!");
    assert_hosts("a/nginx", "registry-1.docker.io/a/nginx");
}

/* As skopeo has it, the rule of a mirror's own name is heard too. */
static void test_hosts__rules_of_where_rules_lead(void **state)
{
    put("system/registries.conf", "[[registry]]\nlocation = \"evil.io\"\nblocked = true\n"
                                  "[[registry]]\nlocation = \"lax.io\"\ninsecure = true\n"
                                  "[[registry]]\nprefix = \"a.io\"\nlocation = \"lax.io/a\"\n"
                                  "[[registry.mirror]]\nlocation = \"evil.io/a\"\n"
                                  "[[registry.mirror]]\nlocation = \"m.io\"\n"
                                  "[[registry]]\nprefix = \"b.io\"\nlocation = \"evil.io/b\"\n");
    assert_hosts("a.io/x", "*m.io/x lax.io/a/x!");
    assert_false(hosts("a.io/x").items[0].is_named);
    assert_false(hosts("a.io/x").items[1].is_named);
    assert_true(hosts("lax.io/x").items[0].is_named);
    assert_true(hosts("nginx").items[0].is_named);
    assert_fails("b.io/x", PL_E_DENIED, "evil.io/b/x:latest is blocked");
}

static void test_hosts__mirrors_by_tag_and_digest(void **state)
{
    put("system/registries.conf",
        "[[registry]]\nlocation = \"a.io\"\nmirror-by-digest-only = true\n"
        "[[registry.mirror]]\nlocation = \"m.io\"\n"
        "[[registry]]\nlocation = \"b.io\"\n"
        "[[registry.mirror]]\nlocation = \"all.io\"\npull-from-mirror = \"all\"\n"
        "[[registry.mirror]]\nlocation = \"d.io\"\npull-from-mirror = \"digest-only\"\n"
        "[[registry.mirror]]\nlocation = \"t.io/p\"\npull-from-mirror = \"tag-only\"\n");
    assert_hosts("a.io/x:1", "a.io/x");
    assert_hosts("a.io/x@" SHA256, "*m.io/x a.io/x");
    assert_hosts("a.io/x:1@" SHA256, "*m.io/x a.io/x");
    assert_hosts("b.io/x:1", "*all.io/x *t.io/p/x b.io/x");
    assert_hosts("b.io/x@" SHA256, "*all.io/x *d.io/x b.io/x");
}

static void test_hosts__which_file_counts(void **state)
{
    put("system/registries.conf", "[[registry]]\nprefix = \"a.io\"\nlocation = \"system.io\"\n");
    put("system/registries.conf.d/10.conf",
        "[[registry]]\nprefix = \"b.io\"\nlocation = \"b10.io\"\n");
    put("system/registries.conf.d/20.conf",
        "[[registry]]\nprefix = \"b.io\"\nlocation = \"b20.io\"\n");
    put("system/registries.conf.d/30.conf.off", "not toml");
    mkdir(in_top("system/registries.conf.d/40.conf"), 0755);
    put("user/registries.conf.d/05.conf", "[[registry]]\nprefix = \"c.io\"\nlocation = \"u.io\"\n");
    assert_hosts("a.io/x", "system.io/x");
    assert_hosts("b.io/x", "b20.io/x");
    assert_hosts("c.io/x", "u.io/x");
    put("stated.conf", "[[registry]]\nprefix = \"a.io\"\nlocation = \"stated.io\"\n");
    places.registries_conf = in_top("stated.conf");
    assert_hosts("a.io/x", "stated.io/x");
    assert_hosts("b.io/x", "b20.io/x");
    places.registries_conf = NULL;
    put("user/registries.conf", "[[registry]]\nprefix = \"a.io\"\nlocation = \"user.io\"\n");
    assert_hosts("a.io/x", "user.io/x");
    assert_hosts("b.io/x", "b.io/x"); /* the system's drop-ins go with its main file */
    assert_hosts("c.io/x", "u.io/x");
    places.registries_conf = in_top("absent.conf");
    assert_fails("a.io/x", PL_E_NOT_FOUND, "absent.conf");
}

static void test_hosts__version_1(void **state)
{
    put("system/registries.conf", "[registries.search]\nregistries = ['registry1.com']\n"
                                  "[registries.insecure]\nregistries = ['registry3.com']\n"
                                  "[registries.block]\nregistries = ['registry.untrusted.com']\n");
    assert_hosts("registry3.com/a", "registry3.com/a!");
    assert_hosts("registry1.com/a", "registry1.com/a");
    assert_fails("registry.untrusted.com/a", PL_E_DENIED, "blocked");
}

static void test_hosts__what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        {"[[registry]]\nprefix = \"x.io\"\n", "without a location"},
        {"[[registry]]\n", "prefix and location"},
        {"[registry]\nlocation = \"x.io\"\n", "[[registry]]"},
        {"registry = [1]\n", "no table"},
        {"[[registry]]\nlocation = \"https://x.io\"\n", "no scheme"},
        {"[[registry]]\nlocation = 1\n", "not a string"},
        {"[[registry]]\nlocation = \"x.io\"\nblocked = \"true\"\n", "not a boolean: \"blocked\""},
        {"[[registry]]\nprefix = \"a.*.io\"\nlocation = \"x.io\"\n", "wildcard"},
        {"[[registry]]\nprefix = \"*.io/x\"\nlocation = \"x.io\"\n", "wildcard"},
        {"[[registry]]\nprefix = \"*.io:5000\"\nlocation = \"x.io\"\n", "wildcard"},
        {"[[registry]]\nprefix = \"*\"\nlocation = \"x.io\"\n", "wildcard"},
        {"[[registry]]\nlocation = \"x.io\"\nmirror = 1\n", "array of tables"},
        {"[[registry]]\nlocation = \"x.io\"\n[[registry.mirror]]\ninsecure = true\n", "a mirror"},
        {"[[registry]]\nlocation = \"x.io\"\n[[registry.mirror]]\nlocation = \"m.io\"\n"
         "pull-from-mirror = \"some\"\n",
         "none of all"},
        {"[[registry]]\nlocation = \"x.io\"\nmirror-by-digest-only = true\n"
         "[[registry.mirror]]\nlocation = \"m.io\"\npull-from-mirror = \"all\"\n",
         "exclude each other"},
        {"[[registry]]\nlocation = \"x.io\"\n[registries.block]\nregistries = []\n", "mixes"},
        {"[[registry]]\nlocation = ", "line 2"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        put("system/registries.conf", cases[i].text);
        assert_fails("a.io/x", PL_E_PARSE, cases[i].word);
    }
    put("system/registries.conf", "[[registry]]\nprefix = \"a.io\"\nlocation = \"nohost/x\"\n");
    assert_fails("a.io/x", PL_E_PARSE, "does not begin with a host");
    put("system/registries.conf", "[[registry]]\nprefix = \"a.io\"\nlocation = \"m.io/Upper\"\n");
    assert_fails("a.io/x", PL_E_USAGE, "m.io/Upper");
}

static void test_hosts__docker_daemon(void **state)
{
    put("docker/daemon.json",
        "{\"registry-mirrors\": [\"https://mirror.io/\", \"http://10.1.2.3:5000\"],"
        " \"insecure-registries\": [\"in.io:5000\", \"10.0.0.0/8\", \"fd00::/9\"]}");
    assert_hosts("nginx", "*mirror.io/library/nginx *10.1.2.3:5000/library/nginx! "
                          "registry-1.docker.io/library/nginx");
    assert_hosts("in.io:5000/a", "in.io:5000/a!");
    assert_hosts("in.io/a", "in.io/a");
    assert_hosts("10.255.0.1:5000/a", "10.255.0.1:5000/a!");
    assert_hosts("11.0.0.1/a", "11.0.0.1/a");
    assert_hosts("[fd7f::1]:5000/a", "[fd7f::1]:5000/a!");
    assert_hosts("[fd80::1]:5000/a", "[fd80::1]:5000/a");
    /* registries.conf has the word where it speaks. */
    put("system/registries.conf", "[[registry]]\nlocation = \"docker.io\"\n"
                                  "[[registry]]\nlocation = \"in.io:5000\"\n");
    assert_hosts("nginx", "registry-1.docker.io/library/nginx");
    assert_hosts("in.io:5000/a", "in.io:5000/a");
    put("system/registries.conf", "");
    put("docker/daemon.json", "{\"registry-mirrors\": [\"https://u:s3cret@mirror.io/x\"]}");
    assert_fails("nginx", PL_E_USAGE, "registry-mirrors");
    put("docker/daemon.json", "{");
    assert_fails("nginx", PL_E_PARSE, "daemon.json");
}

static void test_hosts__certificates(void **state)
{
    put("docker/certs.d/a.io:5000/ca.crt", "CA\n");
    assert_string_equal(hosts("a.io:5000/x").items[0].transport.ca_file,
                        in_top("docker/certs.d/a.io:5000/ca.crt"));
    assert_null(hosts("a.io/x").items[0].transport.ca_file);
    put("user/certs.d/a.io:5000/one.crt", "ONE");
    put("user/certs.d/a.io:5000/two.crt", "TWO");
    put("user/certs.d/a.io:5000/client.cert", "C");
    put("user/certs.d/a.io:5000/client.key", "K");
    put("user/certs.d/a.io:5000/readme.txt", "-");
    struct pl_http_transport transport = hosts("a.io:5000/x").items[0].transport;
    assert_null(transport.ca_file);
    pl_assert_str(transport.ca_pem, "ONE\nTWO\n");
    assert_string_equal(transport.client_cert, in_top("user/certs.d/a.io:5000/client.cert"));
    assert_string_equal(transport.client_key, in_top("user/certs.d/a.io:5000/client.key"));
    put("own.pem", "OWN");
    options.ca_file = in_top("own.pem");
    options.client_cert = "mine.cert";
    options.client_key = "mine.key";
    transport = hosts("a.io:5000/x").items[0].transport;
    pl_assert_str(transport.ca_pem, "OWN\nONE\nTWO\n");
    assert_string_equal(transport.client_cert, "mine.cert");
    assert_string_equal(hosts("b.io/x").items[0].transport.ca_file, options.ca_file);
    put("user/certs.d/k.io/client.key", "K");
    assert_fails("k.io/x", PL_E_USAGE, "client.key stands without its client.cert");
    put("user/certs.d/c.io/client.cert", "C");
    assert_fails("c.io/x", PL_E_USAGE, "client.cert stands without its client.key");
}

static void test_hosts__every_prefix_of_a_file(void **state)
{
    static const char text[] = "unqualified-search-registries = ['x.io']\n[[registry]]\n"
                               "prefix = \"*.io\"\ninsecure = true\n[[registry.mirror]]\n"
                               "location = 'm.io'\npull-from-mirror = 'tag-only'\n";
    for (size_t len = 0; len < sizeof(text); len++) {
        struct pl_registry_rules rules = {0};
        enum pl_status st =
            pl_registries_conf_parse(&arena, pl_str_make(text, len), "f", &rules, NULL);
        assert_true(st == PL_OK || st == PL_E_PARSE);
    }
}

int pl_test_hosts(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hosts__without_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__example_of_the_manual, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__longest_prefix_and_wildcards, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__rules_of_where_rules_lead, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__mirrors_by_tag_and_digest, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__which_file_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__version_1, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__what_is_wrong_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__docker_daemon, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__certificates, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hosts__every_prefix_of_a_file, setup, teardown),
    };
    return cmocka_run_group_tests_name("image/hosts", tests, NULL, NULL);
}
