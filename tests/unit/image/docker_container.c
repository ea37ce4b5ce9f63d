/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that were made by `docker create` and `podman create` with options that stand in
 * tests/data/engine/README.md: what was asked for is what has to be read. */
#include "base/limits.h"
#include "image/docker/container_answer.h"
#include "image/docker/process.h"
#include "unit/image/engine_fixture.h"

static struct pl_container read_fixture(struct pl_arena *arena, const char *name)
{
    struct pl_container container = {.pid = 0};
    json_t *answer pl_autojson = engine_json(arena, name);
    assert_int_equal(pl_docker_read_container(arena, answer, PL_STR("docker"), &container, NULL),
                     PL_OK);
    return container;
}

static void assert_list(const struct pl_strs *got, const char *wanted)
{
    char text[500] = "";
    for (size_t i = 0; i < got->count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "%s" PL_STR_FMT, i ? " " : "",
                 PL_STR_ARG(got->items[i]));
    }
    assert_string_equal(text, wanted);
}

static void test_container__a_hardened_one(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_container web = read_fixture(&arena, "docker-container.json");
    pl_assert_str(web.name, "web");
    pl_assert_str(web.state, "running");
    pl_assert_str(web.image_name, "local/app:2");
    pl_assert_str(web.user, "1000:1000");
    pl_assert_str(web.runtime, "runc");
    assert_true(web.pid > 0 && web.started_at.len > 0 && web.id.len == 64);
    assert_false(web.is_privileged);
    assert_true(web.is_rootfs_readonly && web.has_no_new_privileges);
    assert_list(&web.cap_add, "NET_BIND_SERVICE");
    assert_list(&web.cap_drop, "ALL");
    assert_list(&web.security_opt, "no-new-privileges seccomp=custom");
    pl_assert_str(web.seccomp, "custom");
    pl_assert_str(web.network_mode, "none");
    pl_assert_str(web.ipc_mode, "private");
    assert_int_equal(web.memory_bytes, 64 << 20);
    assert_int_equal(web.cpu_nanos, 1500000000);
    assert_int_equal(web.pids, 20);
    pl_assert_str(web.restart_policy, "on-failure");
    assert_int_equal(web.restart_retries, 3);
    assert_list(&web.command, "/bin/sleep 1000");
    assert_int_equal(web.entrypoint.count, 0);
}

static void test_container__ports_mounts_and_labels(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_container web = read_fixture(&arena, "docker-container.json");
    assert_int_equal(web.ports.count, 2);
    pl_assert_str(web.ports.items[0].container, "53/udp");
    pl_assert_str(web.ports.items[0].host_ip, "");
    pl_assert_str(web.ports.items[0].host_port, "53");
    pl_assert_str(web.ports.items[1].container, "80/tcp");
    pl_assert_str(web.ports.items[1].host_ip, "127.0.0.1");
    pl_assert_str(web.ports.items[1].host_port, "8080");
    assert_int_equal(web.mounts.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct pl_container_mount *mount = &web.mounts.items[i];
        bool is_bind = pl_str_eq(mount->type, PL_STR("bind"));
        pl_assert_str(mount->destination, is_bind ? "/data" : "/files");
        pl_assert_str(mount->source, is_bind ? "/srv/data" : "/var/lib/docker/volumes/files/_data");
        assert_int_equal(mount->is_writable, !is_bind);
    }
    assert_int_equal(web.labels.count, 2);
    pl_assert_str(web.labels.items[1].name, "tier");
    pl_assert_str(web.labels.items[1].value, "web");
}

/* The values are in the answer, and must not be in what is read of it. */
static void test_container__no_secret_is_kept(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    assert_true(pl_str_contains(engine_text(&arena, "docker-container.json"), PL_STR("TOKEN=abc")));
    struct pl_container web = read_fixture(&arena, "docker-container.json");
    assert_list(&web.env_names, "PATH SECRET TOKEN");
}

static void test_container__a_privileged_one(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_container bad = read_fixture(&arena, "docker-privileged.json");
    assert_true(bad.is_privileged);
    assert_false(bad.is_rootfs_readonly || bad.has_no_new_privileges);
    pl_assert_str(bad.state, "created");
    pl_assert_str(bad.started_at, "");
    assert_int_equal(bad.pid, 0);
    pl_assert_str(bad.seccomp, "unconfined");
    assert_list(&bad.cap_add, "SYS_ADMIN");
    pl_assert_str(bad.pid_mode, "host");
    pl_assert_str(bad.ipc_mode, "host");
    pl_assert_str(bad.uts_mode, "host");
    assert_int_equal(bad.cpu_nanos, 500000000); /* half of a period of 100 ms */
    assert_int_equal(bad.memory_bytes + bad.pids, 0);
    pl_assert_str(bad.restart_policy, "always");
    assert_list(&bad.devices, "/dev/fuse");
    assert_list(&bad.entrypoint, "/bin/sh");
    pl_assert_str(bad.mounts.items[0].source, "/var/run/docker.sock");
    assert_true(bad.mounts.items[0].is_writable);
}

static void test_container__of_podman(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_container pod = read_fixture(&arena, "podman-container.json");
    pl_assert_str(pod.name, "pod");
    assert_true(pod.is_rootfs_readonly);
    assert_true(pl_strs_contain(&pod.cap_drop, PL_STR("SYS_CHROOT")));
    assert_int_equal(pod.mounts.count, 1);
    assert_false(pod.mounts.items[0].is_writable);
    assert_int_equal(pod.pids, 2048);
    pl_assert_str(pod.seccomp, "default");
    assert_list(&pod.env_names, "PATH SECRET TERM container");
}

static struct pl_container read_text(struct pl_arena *arena, const char *rest)
{
    struct pl_container container = {.pid = 0};
    pl_str text = pl_arena_format(arena, "{\"Id\":\"%064d\",%s}", 7, rest);
    json_t *answer pl_autojson = NULL;
    assert_int_equal(pl_json_parse(text, "it", &answer, NULL), PL_OK);
    assert_int_equal(pl_docker_read_container(arena, answer, PL_STR("docker"), &container, NULL),
                     PL_OK);
    return container;
}

/* Spellings of docker run's reference, "--security-opt", and of older answers. */
static void test_container__security_options(void **state)
{
    static const struct {
        const char *option;
        bool no_new_privileges;
        const char *seccomp;
        const char *apparmor;
    } cases[] = {
        {"no-new-privileges", true, "default", ""},
        {"no-new-privileges:true", true, "default", ""},
        {"no-new-privileges=false", false, "default", ""},
        {"no-new-privilegesx", false, "default", ""},
        {"seccomp=unconfined", false, "unconfined", ""},
        {"seccomp:unconfined", false, "unconfined", ""},
        {"seccomp=builtin", false, "default", ""},
        {"seccomp=/etc/x.json", false, "/etc/x.json", ""},
        {"seccomp= {\\\"a\\\":1}", false, "custom", ""},
        {"apparmor=unconfined", false, "default", "unconfined"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_arena arena pl_autoarena = {0};
        char text[200];
        snprintf(text, sizeof(text), "\"HostConfig\":{\"SecurityOpt\":[\"%s\"]}", cases[i].option);
        struct pl_container container = read_text(&arena, text);
        assert_int_equal(container.has_no_new_privileges, cases[i].no_new_privileges);
        pl_assert_str(container.seccomp, cases[i].seccomp);
        pl_assert_str(container.apparmor, cases[i].apparmor);
    }
}

/* While a container runs, the ports that were bound stand in the network settings (the API's own
 * example of GET /containers/{id}/json), null for one that is only exposed. */
static void test_container__ports_that_were_picked(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_container container = read_text(
        &arena,
        "\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}]"
        "}},\"NetworkSettings\":{\"Ports\":{\"443/tcp\":null,\"80/tcp\":[{\"HostIp\":"
        "\"0.0.0.0\",\"HostPort\":\"49153\"},{\"HostIp\":\"::\",\"HostPort\":\"49153\"}]}}");
    assert_int_equal(container.ports.count, 2);
    pl_assert_str(container.ports.items[0].host_port, "49153");
    pl_assert_str(container.ports.items[1].host_ip, "::");
}

static void test_container__what_is_wrong(void **state)
{
    static const char *const bad[] = {"[]", "{}", "{\"Id\":\"12\"}", "{\"Id\":[]}"};
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_container container;
        json_t *answer pl_autojson = json_loads(bad[i], 0, NULL);
        assert_int_equal(
            pl_docker_read_container(&arena, answer, PL_STR("docker"), &container, NULL),
            PL_E_PARSE);
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_container odd =
        read_text(&arena, "\"State\":7,\"Config\":{\"Env\":[7,\"=x\",\"A\"],\"Labels\":[],"
                          "\"Entrypoint\":\"run me\"},\"HostConfig\":{\"PidsLimit\":-1,"
                          "\"CpuQuota\":99999999999999,\"SecurityOpt\":[{}],\"PortBindings\":[]},"
                          "\"Mounts\":[7],\"NetworkSettings\":[]");
    assert_list(&odd.env_names, "A");
    assert_list(&odd.entrypoint, "run me");
    assert_int_equal(odd.pids + odd.cpu_nanos + odd.pid, 0);
}

static void test_container__every_prefix(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_str text = pl_str_trim(engine_text(&arena, "docker-container.json"));
    for (size_t len = 0; len < text.len; len++) {
        json_t *answer pl_autojson = NULL;
        assert_int_equal(pl_json_parse(pl_str_sub(text, 0, len), "it", &answer, NULL), PL_E_PARSE);
    }
}

/* What `touch /added; rm /made; echo >> /var/lib/dpkg/status` did. */
static void test_changes__of_a_container(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    json_t *answer pl_autojson = engine_json(&arena, "docker-changes.json");
    struct pl_container_changes changes = {0};
    pl_docker_read_changes(&arena, answer, &changes);
    assert_int_equal(changes.count, 6);
    assert_false(changes.is_cut);
    size_t told = 0;
    for (size_t i = 0; i < changes.count; i++) {
        pl_str path = changes.items[i].path;
        const char *change = pl_change_to_string(changes.items[i].change);
        if (pl_str_eq(path, PL_STR("added")) || pl_str_eq(path, PL_STR("made")) ||
            pl_str_eq(path, PL_STR("var/lib/dpkg/status"))) {
            assert_string_equal(change, path.ptr[0] == 'a'   ? "added"
                                        : path.ptr[0] == 'm' ? "deleted"
                                                             : "modified");
            told++;
        }
    }
    assert_int_equal(told, 3);
}

static void test_changes__odd_ones_and_too_many(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    json_t *odd pl_autojson =
        json_loads("[{\"Path\":\"/\",\"Kind\":0},{\"Path\":\"/a/../b\",\"Kind\":0},{\"Path\":\"a\","
                   "\"Kind\":0},{\"Path\":\"/a\",\"Kind\":3},{\"Path\":\"/a\",\"Kind\":-1},"
                   "{\"Path\":\"/a//b\",\"Kind\":1},{\"Path\":\"/a/\",\"Kind\":1},{\"Kind\":1},"
                   "{\"Path\":\"/a\"},null,{\"Path\":\"/good\",\"Kind\":2}]",
                   0, NULL);
    struct pl_container_changes changes = {0};
    pl_docker_read_changes(&arena, odd, &changes);
    assert_int_equal(changes.count, 1);
    pl_assert_str(changes.items[0].path, "good");
    struct pl_container_changes none = {0};
    json_t *null pl_autojson = json_null();
    pl_docker_read_changes(&arena, null, &none);
    assert_int_equal(none.count, 0);
    json_t *many pl_autojson = json_array();
    for (size_t i = 0; i <= PL_LIMIT_CONTAINER_CHANGES; i++) {
        json_array_append(many, json_array_get(odd, 10));
    }
    struct pl_container_changes cut = {0};
    pl_docker_read_changes(&arena, many, &cut);
    assert_int_equal(cut.count, PL_LIMIT_CONTAINER_CHANGES);
    assert_true(cut.is_cut);
}

#define ID "5c8373935cac8c33d57545c48d50b605c0569ec72fcc8929e6679b2148b7de54"

/* As Docker and Podman name control groups (cgroups(7), and the engines' own layouts). */
static void test_process__control_groups(void **state)
{
    static const struct {
        const char *groups;
        bool is_its;
    } cases[] = {
        {"9:name=systemd:/docker/" ID "\n8:pids:/docker/" ID "\n", true},
        {"0::/system.slice/docker-" ID ".scope\n", true},
        {"0::/machine.slice/libpod-" ID ".scope/container\n", true},
        {"0::/../libpod_parent/libpod-" ID "\n", true},
        {"0::/system.slice/ssh.service\n", false},
        {"0::/docker/" ID "0\n", false},
        {"0::/docker/x" ID "\n", false},
        {"0::/\n", false},
        {"", false},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        assert_int_equal(pl_container_is_group(pl_str_from(cases[i].groups), PL_STR(ID)),
                         cases[i].is_its);
    }
    assert_false(pl_container_is_group(PL_STR("0::/docker/\n"), PL_STR_EMPTY));
}

static void test_process__start_time(void **state)
{
    uint64_t ticks = 0;
    assert_true(pl_container_start_ticks(
        PL_STR("7 (a) b (c)) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 99 98\n"),
        &ticks));
    assert_int_equal(ticks, 12345);
    assert_false(pl_container_start_ticks(PL_STR("7 (a) S 1 7"), &ticks));
    assert_false(pl_container_start_ticks(PL_STR(""), &ticks));
    int64_t seconds = 0;
    /* `date -u -d 2026-11-21T16:09:08Z +%s` */
    assert_true(pl_container_time(PL_STR("2026-11-21T16:09:08.471654331Z"), &seconds));
    assert_int_equal(seconds, 1795277348);
    assert_true(pl_container_time(PL_STR("1970-01-01T00:00:00Z"), &seconds));
    assert_int_equal(seconds, 0);
    assert_false(pl_container_time(PL_STR("2026-11-21 16:09:08Z"), &seconds));
    assert_false(pl_container_time(PL_STR("2026-11-21T16:09:08+01:00"), &seconds));
    assert_false(pl_container_time(PL_STR("Z"), &seconds));
}

/* This test's own process is no container's, whatever its number. */
static void test_process__of_somebody_else_is_refused(void **state)
{
    struct pl_container container = {
        .id = PL_STR(ID), .pid = (uint64_t)getpid(), .started_at = PL_STR("2020-01-01T00:00:00Z")};
    int fd = -1;
    assert_int_equal(pl_container_open_root(&container, &fd, NULL), PL_E_NOT_FOUND);
    container.pid = 0;
    assert_int_equal(pl_container_open_root(&container, &fd, NULL), PL_E_NOT_FOUND);
    container.pid = UINT64_MAX;
    assert_int_equal(pl_container_open_root(&container, &fd, NULL), PL_E_NOT_FOUND);
    assert_int_equal(fd, -1);
}

int pl_test_docker_container(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_container__a_hardened_one),
        cmocka_unit_test(test_container__ports_mounts_and_labels),
        cmocka_unit_test(test_container__no_secret_is_kept),
        cmocka_unit_test(test_container__a_privileged_one),
        cmocka_unit_test(test_container__of_podman),
        cmocka_unit_test(test_container__security_options),
        cmocka_unit_test(test_container__ports_that_were_picked),
        cmocka_unit_test(test_container__what_is_wrong),
        cmocka_unit_test(test_container__every_prefix),
        cmocka_unit_test(test_changes__of_a_container),
        cmocka_unit_test(test_changes__odd_ones_and_too_many),
        cmocka_unit_test(test_process__control_groups),
        cmocka_unit_test(test_process__start_time),
        cmocka_unit_test(test_process__of_somebody_else_is_refused),
    };
    return cmocka_run_group_tests_name("image/docker_container", tests, NULL, NULL);
}
