/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as the docker client's documentation writes them (DOCKER_HOST, "docker context"), and
 * its own layout of contexts: the directory's name below is `printf far | sha256sum`. */
#include "image/docker/client.h"
#include "image/docker/host.h"
#include "unit/test.h"
#include <sys/stat.h>

#define FAR "512eea46ceb3921dff4363c7069d89d4964d1d9fccaa0f411851a7aa60a5c868"

static const struct pl_docker_tls no_tls;

static enum pl_status parse(struct pl_arena *arena, const char *text, struct pl_docker_host *ret,
                            struct pl_error *err)
{
    return pl_docker_host_parse(arena, &pl_docker_kind_docker, pl_str_from(text), &no_tls, ret,
                                err);
}

static void test_host__good_addresses(void **state)
{
    static const struct {
        const char *text;
        const char *url;
        const char *socket;
    } cases[] = {
        {"unix:///var/run/docker.sock", "http://localhost", "/var/run/docker.sock"},
        {"tcp://10.0.0.1", "http://10.0.0.1:2375", NULL},
        {"tcp://build.example.com:4243", "http://build.example.com:4243", NULL},
        {"tcp://[fd00::1]:2375", "http://[fd00::1]:2375", NULL},
        {"tcp://[fd00::1]", "http://[fd00::1]:2375", NULL},
        {"tcp://:2375", "http://localhost:2375", NULL},
        {"10.0.0.1:2375", "http://10.0.0.1:2375", NULL},
        {"tcp://h:1/base/", "http://h:1/base", NULL},
        {"http://h", "http://h", NULL},
        {"https://h:8443", "https://h:8443", NULL},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_docker_host host;
        assert_int_equal(parse(&arena, cases[i].text, &host, NULL), PL_OK);
        assert_string_equal(host.base_url, cases[i].url);
        assert_int_equal(host.is_local, cases[i].socket != NULL);
        if (cases[i].socket) {
            assert_string_equal(host.transport.unix_socket, cases[i].socket);
        }
    }
}

static void test_host__over_ssh(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker_host host;
    assert_int_equal(parse(&arena, "ssh://build.example.com", &host, NULL), PL_OK);
    assert_string_equal(host.ssh->host, "build.example.com");
    assert_null(host.ssh->user);
    assert_null(host.ssh->port);
    assert_string_equal(host.ssh->command[0], "docker");
    assert_string_equal(host.ssh->command[1], "system");
    assert_string_equal(host.ssh->command[2], "dial-stdio");
    assert_null(host.ssh->command[3]);
    assert_int_equal(parse(&arena, "ssh://me@[::1]:2222/run/user/1000/docker.sock", &host, NULL),
                     PL_OK);
    assert_string_equal(host.ssh->user, "me");
    assert_string_equal(host.ssh->host, "::1");
    assert_string_equal(host.ssh->port, "2222");
    assert_string_equal(host.ssh->command[1], "--host");
    assert_string_equal(host.ssh->command[2], "unix:///run/user/1000/docker.sock");
    assert_string_equal(host.ssh->command[4], "dial-stdio");
    assert_null(host.ssh->command[5]);
    assert_false(host.is_local);
}

/* Nothing that ssh, or a shell, could take for something else than a name. */
static void test_host__bad_addresses(void **state)
{
    static const char *const bad[] = {
        "ssh://",
        "ssh://-oProxyCommand=x",
        "ssh://-l@host",
        "ssh://a@-host",
        "ssh://host;reboot",
        "ssh://host/run/$(reboot)",
        "ssh://host/run/a b",
        "ssh://ho%68st",
        "ssh://us'er@host",
        "ssh://user@",
        "ssh://host:",
        "ssh://host:0",
        "ssh://host:99999",
        "ssh://host:22x",
        "ssh://[::1",
        "ssh://[-oProxyCommand=x]",
        "ssh://[-l::1]:22",
        "ssh://[]",
        "tcp://h:99999",
        "tcp://h?x",
        "tcp://h/a?b=c",
        "tcp://h#x",
        "unix://",
        "unix://relative",
        "/var/run/docker.sock",
        "tcp://a b",
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_docker_host host;
        enum pl_status st = parse(&arena, bad[i], &host, NULL);
        if (st != PL_E_USAGE) {
            fail_msg("\"%s\" gives %d", bad[i], st);
        }
    }
    struct pl_docker_host host;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(parse(&arena, "npipe:////./pipe/docker", &host, &err), PL_E_UNSUPPORTED);
    assert_int_equal(parse(&arena, "fd://", &host, &err), PL_E_UNSUPPORTED);
}

static void test_host__passwords_are_never_shown(void **state)
{
    static const char *const secret[] = {"ssh://me:hunter2@host", "tcp://me:hunter2@host:2375",
                                         "https://me:hunter2@host", "http://hunter2@host"};
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(secret); i++) {
        struct pl_docker_host host;
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(parse(&arena, secret[i], &host, &err), PL_E_USAGE);
        assert_null(strstr(err.msg, "hunter2"));
    }
}

static void forget_environment(void)
{
    static const char *const names[] = {"DOCKER_HOST",   "DOCKER_CONTEXT",    "DOCKER_TLS",
                                        "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
                                        "CONTAINER_HOST"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        unsetenv(names[i]);
    }
}

static void put(const char *dir, const char *name, const char *content)
{
    char path[500];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void find(struct pl_arena *arena, struct pl_docker_hosts *ret)
{
    struct pl_error err = PL_ERROR_INIT;
    *ret = (struct pl_docker_hosts){0};
    if (pl_docker_hosts_find(arena, &pl_docker_kind_docker, ret, &err) < 0) {
        fail_msg("%s", err.msg);
    }
}

static void remove_tree(const char *dir)
{
    char command[200];
    snprintf(command, sizeof(command), "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

static void test_hosts__the_usual_sockets(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker_hosts hosts;
    forget_environment();
    setenv("HOME", "/users/nobody", 1);
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    find(&arena, &hosts);
    assert_int_equal(hosts.count, 3);
    pl_assert_str(hosts.items[0].shown, "unix:///var/run/docker.sock");
    pl_assert_str(hosts.items[1].shown, "unix:///run/user/7/docker.sock");
    pl_assert_str(hosts.items[2].shown, "unix:///users/nobody/.docker/run/docker.sock");
    assert_int_equal(pl_docker_hosts_find(&arena, &pl_docker_kind_podman, &hosts, NULL), PL_OK);
    assert_int_equal(hosts.count, 2);
    pl_assert_str(hosts.items[0].shown, "unix:///run/user/7/podman/podman.sock");
    pl_assert_str(hosts.items[1].shown, "unix:///run/podman/podman.sock");
}

/* DOCKER_HOST, DOCKER_CONTEXT and config.json come in this order (docker's "docker context"). */
static void test_hosts__who_comes_first(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker_hosts hosts;
    char dir[] = "/tmp/pl-host-XXXXXX";
    assert_non_null(mkdtemp(dir));
    put(dir, "config.json", "{\"currentContext\":\"far\",\"auths\":{}}");
    put(dir, "contexts/meta/" FAR "/meta.json",
        "{\"Name\":\"far\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"ssh://"
        "far.example\","
        "\"SkipTLSVerify\":false}}}");
    forget_environment();
    setenv("DOCKER_CONFIG", dir, 1);
    find(&arena, &hosts);
    assert_int_equal(hosts.count, 1);
    assert_string_equal(hosts.items[0].ssh->host, "far.example");
    setenv("DOCKER_CONTEXT", "default", 1);
    find(&arena, &hosts);
    assert_int_equal(hosts.count, 3);
    setenv("DOCKER_CONTEXT", "gone", 1);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_docker_hosts_find(&arena, &pl_docker_kind_docker, &hosts, &err),
                     PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "DOCKER_CONTEXT"));
    assert_non_null(strstr(err.msg, "gone"));
    setenv("DOCKER_HOST", "tcp://near.example", 1);
    find(&arena, &hosts);
    pl_assert_str(hosts.items[0].shown, "http://near.example:2375");
    forget_environment();
    setenv("DOCKER_CONFIG", dir, 1);
    put(dir, "config.json", "{\"currentContext\":");
    assert_int_equal(pl_docker_hosts_find(&arena, &pl_docker_kind_docker, &hosts, &err),
                     PL_E_PARSE);
    forget_environment();
    remove_tree(dir);
}

static void test_hosts__certificates(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker_hosts hosts;
    char dir[] = "/tmp/pl-host-XXXXXX";
    assert_non_null(mkdtemp(dir));
    put(dir, "ca.pem", "");
    put(dir, "cert.pem", "");
    put(dir, "key.pem", "");
    forget_environment();
    setenv("DOCKER_HOST", "tcp://far.example", 1);
    setenv("DOCKER_CERT_PATH", dir, 1);
    setenv("DOCKER_TLS_VERIFY", "1", 1);
    find(&arena, &hosts);
    const struct pl_docker_host *host = &hosts.items[0];
    assert_string_equal(host->base_url, "https://far.example:2376");
    assert_false(host->transport.is_insecure);
    assert_non_null(strstr(host->transport.ca_file, "/ca.pem"));
    assert_non_null(strstr(host->transport.client_cert, "/cert.pem"));
    assert_non_null(strstr(host->transport.client_key, "/key.pem"));
    unsetenv("DOCKER_TLS_VERIFY");
    find(&arena, &hosts);
    assert_string_equal(hosts.items[0].base_url, "http://far.example:2375");
    forget_environment();
    remove_tree(dir);
}

static void test_names__that_a_path_can_carry(void **state)
{
    static const struct {
        const char *name;
        const char *escaped; /* NULL: refused */
    } cases[] = {
        {"nginx", "nginx"},
        {"ghcr.io/a/b:1.2@sha256:ab", "ghcr.io/a/b:1.2@sha256:ab"},
        {"a?b#c%2e", "a%3Fb%23c%252e"},
        {"[::1]:5000/a", "%5B::1%5D:5000/a"},
        {"", NULL},
        {"../containers/x", NULL},
        {"a/./b", NULL},
        {"a//b", NULL},
        {"/a", NULL},
        {"a/", NULL},
        {"a b", NULL},
        {"a\nb", NULL},
        {"\xc3\xa4", NULL},
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        pl_str got = PL_STR_EMPTY;
        enum pl_status st = pl_docker_escape_name(&arena, pl_str_from(cases[i].name), &got, NULL);
        assert_int_equal(st, cases[i].escaped ? PL_OK : PL_E_USAGE);
        pl_assert_str(got, cases[i].escaped ? cases[i].escaped : "");
    }
    char longer[2000];
    memset(longer, 'a', sizeof(longer));
    pl_str got = PL_STR_EMPTY;
    assert_int_equal(pl_docker_escape_name(&arena, pl_str_make(longer, sizeof(longer)), &got, NULL),
                     PL_E_USAGE);
}

/* Every place that was tried is named, with what it said. */
static void test_open__nobody_answers(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_docker *docker = NULL;
    struct pl_error err = PL_ERROR_INIT;
    forget_environment();
    setenv("DOCKER_HOST", "unix:///nonexistent/d.sock", 1);
    assert_int_equal(pl_docker_open(&arena, &pl_docker_kind_docker, &docker, &err), PL_E_NET);
    assert_non_null(strstr(err.msg, "unix:///nonexistent/d.sock: is not there"));
    assert_non_null(strstr(err.msg, "DOCKER_HOST"));
    setenv("CONTAINER_HOST", "unix:///tmp", 1);
    assert_int_equal(pl_docker_open(&arena, &pl_docker_kind_podman, &docker, &err), PL_E_NET);
    assert_non_null(strstr(err.msg, "unix:///tmp: "));
    assert_null(docker);
    forget_environment();
}

int pl_test_docker_host(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host__good_addresses),
        cmocka_unit_test(test_host__over_ssh),
        cmocka_unit_test(test_host__bad_addresses),
        cmocka_unit_test(test_host__passwords_are_never_shown),
        cmocka_unit_test(test_hosts__the_usual_sockets),
        cmocka_unit_test(test_hosts__who_comes_first),
        cmocka_unit_test(test_hosts__certificates),
        cmocka_unit_test(test_names__that_a_path_can_carry),
        cmocka_unit_test(test_open__nobody_answers),
    };
    return cmocka_run_group_tests_name("image/docker_host", tests, NULL, NULL);
}
