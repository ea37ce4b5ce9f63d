/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /containers/ID/json is an object in three parts. At the top: "Id", "Name" with a slash before
 * it, "Image" (the image's id), "State": {"Status", "Pid", "StartedAt"}, "AppArmorProfile",
 * "Mounts": [{"Type", "Name", "Source", "Destination", "RW"}]. "Config" is what the image and the
 * user chose: "User", "Env": ["NAME=VALUE"], "Entrypoint" and "Cmd" (null, an array, or in old
 * answers of Podman a string), "Labels", "Image" (as it was asked for). "HostConfig" is what the
 * host grants: "Privileged", "CapAdd", "SecurityOpt", "PortBindings": {"80/tcp": [{"HostIp",
 * "HostPort"}]}, the namespaces' modes, limits.
 *
 * "SecurityOpt" has entries such as "no-new-privileges", "no-new-privileges:true",
 * "seccomp=unconfined", "apparmor=PROFILE"; ':' stands for '=' in old ones. The docker client puts
 * a seccomp profile's content there in place of its file's name.
 *
 * GET /containers/ID/changes is an array of {"Path": "/etc/motd", "Kind": 0 modified, 1 added, 2
 * deleted}, or null.
 */
#include "image/docker/container_answer.h"
#include "base/limits.h"

static pl_str copy(struct pl_arena *arena, const json_t *object, const char *key)
{
    return pl_arena_dup(arena, pl_json_str(object, key));
}

static bool is_on(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* An array of strings, or one string for itself. */
static void copy_list(struct pl_arena *arena, const json_t *object, const char *key,
                      struct pl_strs *ret)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_string(value) && json_string_length(value) > 0) {
        *pl_vec_push(arena, ret) = pl_arena_dup(arena, pl_json_text(value));
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        *pl_vec_push(arena, ret) = pl_arena_dup(arena, pl_json_text(json_array_get(value, i)));
    }
}

static void read_state(struct pl_arena *arena, const json_t *answer, struct pl_container *container)
{
    const json_t *state = pl_json_object(answer, "State");
    pl_str started = pl_json_str(state, "StartedAt");
    /* The zero of the engine's own clock stands for never. */
    bool is_never = pl_str_starts_with(started, PL_STR("0001-"));
    container->state = copy(arena, state, "Status");
    container->started_at = is_never ? PL_STR_EMPTY : pl_arena_dup(arena, started);
    container->pid = is_on(state, "Running") ? pl_json_uint(state, "Pid") : 0;
}

static void read_environment(struct pl_arena *arena, const json_t *config,
                             struct pl_container *container)
{
    const json_t *list = pl_json_array(config, "Env");
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_str_cut(pl_json_text(json_array_get(list, i)), '=', &name, &value);
        if (name.len > 0) {
            *pl_vec_push(arena, &container->env_names) = pl_arena_dup(arena, name);
        }
    }
    pl_strs_sort(&container->env_names);
}

static int by_name(const void *left, const void *right)
{
    const struct pl_container_label *a = left;
    const struct pl_container_label *b = right;
    return pl_str_cmp(a->name, b->name);
}

static void read_config(struct pl_arena *arena, const json_t *answer,
                        struct pl_container *container)
{
    const json_t *config = pl_json_object(answer, "Config");
    container->image_name = copy(arena, config, "Image");
    container->user = copy(arena, config, "User");
    copy_list(arena, config, "Entrypoint", &container->entrypoint);
    copy_list(arena, config, "Cmd", &container->command);
    read_environment(arena, config, container);
    json_t *labels = json_object_get(config, "Labels");
    for (void *at = json_object_iter(labels); at; at = json_object_iter_next(labels, at)) {
        struct pl_container_label *label = pl_vec_push(arena, &container->labels);
        label->name = pl_arena_dup(arena, pl_str_from(json_object_iter_key(at)));
        label->value = pl_arena_dup(arena, pl_json_text(json_object_iter_value(at)));
    }
    if (container->labels.count > 0) {
        qsort(container->labels.items, container->labels.count, sizeof(container->labels.items[0]),
              by_name);
    }
}

/* Does `option` set `key`, and to what? */
static bool is_option(pl_str option, const char *key, pl_str *ret_value)
{
    size_t len = strlen(key);
    if (!pl_str_starts_with(option, pl_str_from(key)) ||
        (option.len > len && option.ptr[len] != '=' && option.ptr[len] != ':')) {
        return false;
    }
    *ret_value = pl_str_skip(option, len + 1);
    return true;
}

static void read_security(struct pl_arena *arena, const json_t *answer, const json_t *host,
                          struct pl_container *container)
{
    const json_t *options = pl_json_array(host, "SecurityOpt");
    container->seccomp = container->is_privileged ? PL_STR("unconfined") : PL_STR("default");
    container->apparmor = copy(arena, answer, "AppArmorProfile");
    for (size_t i = 0; i < json_array_size(options); i++) {
        pl_str option = pl_arena_dup(arena, pl_json_text(json_array_get(options, i)));
        pl_str value = PL_STR_EMPTY;
        if (is_option(option, "no-new-privileges", &value)) {
            container->has_no_new_privileges = !pl_str_eq(value, PL_STR("false"));
        } else if (is_option(option, "seccomp", &value)) {
            bool is_inline = pl_str_starts_with(pl_str_trim(value), PL_STR("{"));
            container->seccomp = is_inline ? PL_STR("custom") : value;
            option = is_inline ? PL_STR("seccomp=custom") : option;
        } else if (is_option(option, "apparmor", &value) && container->apparmor.len == 0) {
            container->apparmor = value;
        }
        *pl_vec_push(arena, &container->security_opt) = option;
    }
    if (pl_str_eq(container->seccomp, PL_STR("builtin"))) {
        container->seccomp = PL_STR("default"); /* the same by its name on the command line */
    }
}

static int by_port(const void *left, const void *right)
{
    const struct pl_container_port *a = left;
    const struct pl_container_port *b = right;
    int order = pl_str_cmp(a->container, b->container);
    order = order != 0 ? order : pl_str_cmp(a->host_ip, b->host_ip);
    return order != 0 ? order : pl_str_cmp(a->host_port, b->host_port);
}

static void read_ports(struct pl_arena *arena, json_t *ports, struct pl_container *container)
{
    for (void *at = json_object_iter(ports); at; at = json_object_iter_next(ports, at)) {
        const json_t *places = json_object_iter_value(at);
        for (size_t i = 0; i < json_array_size(places); i++) {
            const json_t *place = json_array_get(places, i);
            struct pl_container_port *port = pl_vec_push(arena, &container->ports);
            port->container = pl_arena_dup(arena, pl_str_from(json_object_iter_key(at)));
            port->host_ip = copy(arena, place, "HostIp");
            port->host_port = copy(arena, place, "HostPort");
        }
    }
    if (container->ports.count > 0) {
        qsort(container->ports.items, container->ports.count, sizeof(container->ports.items[0]),
              by_port);
    }
}

/* What is really bound stands in the network settings while a container runs, with the ports that
 * the engine picked; what was asked for in the host's part. */
static json_t *bindings_of(const json_t *answer, const json_t *host)
{
    json_t *bound = json_object_get(pl_json_object(answer, "NetworkSettings"), "Ports");
    return json_object_size(bound) > 0 ? bound : json_object_get(host, "PortBindings");
}

static void read_mounts(struct pl_arena *arena, const json_t *answer, const json_t *host,
                        struct pl_container *container)
{
    const json_t *mounts = pl_json_array(answer, "Mounts");
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const json_t *mount = json_array_get(mounts, i);
        pl_str source = pl_json_str(mount, "Source");
        *pl_vec_push(arena, &container->mounts) = (struct pl_container_mount){
            .type = copy(arena, mount, "Type"),
            .source = pl_arena_dup(arena, source.len > 0 ? source : pl_json_str(mount, "Name")),
            .destination = copy(arena, mount, "Destination"),
            .is_writable = is_on(mount, "RW")};
    }
    const json_t *devices = pl_json_array(host, "Devices");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        *pl_vec_push(arena, &container->devices) =
            copy(arena, json_array_get(devices, i), "PathOnHost");
    }
}

/* "--cpus" is a number of thousand millionths, "--cpu-quota" microseconds of each period. */
static uint64_t read_cpus(const json_t *host)
{
    uint64_t nanos = pl_json_uint(host, "NanoCpus");
    uint64_t quota = pl_json_uint(host, "CpuQuota");
    uint64_t period = pl_json_uint(host, "CpuPeriod");
    if (nanos > 0 || quota == 0 || quota > UINT32_MAX) {
        return nanos;
    }
    return quota * 1000000000ULL / (period > 0 ? period : 100000);
}

static void read_host(struct pl_arena *arena, const json_t *answer, struct pl_container *container)
{
    const json_t *host = pl_json_object(answer, "HostConfig");
    const json_t *restart = pl_json_object(host, "RestartPolicy");
    container->runtime = copy(arena, host, "Runtime");
    container->is_privileged = is_on(host, "Privileged");
    container->is_rootfs_readonly = is_on(host, "ReadonlyRootfs");
    copy_list(arena, host, "CapAdd", &container->cap_add);
    copy_list(arena, host, "CapDrop", &container->cap_drop);
    read_security(arena, answer, host, container);
    container->network_mode = copy(arena, host, "NetworkMode");
    container->pid_mode = copy(arena, host, "PidMode");
    container->ipc_mode = copy(arena, host, "IpcMode");
    container->uts_mode = copy(arena, host, "UTSMode");
    container->userns_mode = copy(arena, host, "UsernsMode");
    container->cgroupns_mode = copy(arena, host, "CgroupnsMode");
    read_ports(arena, bindings_of(answer, host), container);
    read_mounts(arena, answer, host, container);
    container->memory_bytes = pl_json_uint(host, "Memory");
    container->cpu_nanos = read_cpus(host);
    container->pids = pl_json_uint(host, "PidsLimit");
    container->restart_policy = copy(arena, restart, "Name");
    container->restart_retries = pl_json_uint(restart, "MaximumRetryCount");
}

static bool is_id(pl_str id)
{
    bool good = id.len == 64;
    for (size_t i = 0; good && i < id.len; i++) {
        good = pl_char_is_digit(id.ptr[i]) || (id.ptr[i] >= 'a' && id.ptr[i] <= 'f');
    }
    return good;
}

enum pl_status pl_docker_read_container(struct pl_arena *arena, const json_t *answer, pl_str engine,
                                        struct pl_container *ret, struct pl_error *err)
{
    struct pl_container container = {.id = copy(arena, answer, "Id"), .engine = engine};
    if (!is_id(container.id)) {
        return pl_error_set(err, PL_E_PARSE, "the engine's answer about the container has no id");
    }
    pl_str name = pl_json_str(answer, "Name");
    container.name = pl_arena_dup(arena, pl_str_skip(name, pl_str_starts_with(name, PL_STR("/"))));
    container.image_id = copy(arena, answer, "Image");
    read_state(arena, answer, &container);
    read_config(arena, answer, &container);
    read_host(arena, answer, &container);
    *ret = container;
    return PL_OK;
}

/* Absolute, without the segments that lead elsewhere, and not the root itself. */
static bool is_path(pl_str path)
{
    pl_str cursor = pl_str_skip(path, 1);
    pl_str segment = PL_STR_EMPTY;
    bool good = path.len > 1 && path.len <= PL_LIMIT_PATH_BYTES && path.ptr[0] == '/' &&
                path.ptr[path.len - 1] != '/';
    while (good && pl_str_next_piece(&cursor, '/', &segment)) {
        good = segment.len > 0 && !pl_str_eq(segment, PL_STR(".")) &&
               !pl_str_eq(segment, PL_STR(".."));
    }
    return good;
}

void pl_docker_read_changes(struct pl_arena *arena, const json_t *answer,
                            struct pl_container_changes *ret)
{
    for (size_t i = 0; i < json_array_size(answer); i++) {
        const json_t *change = json_array_get(answer, i);
        const json_t *kind = json_object_get(change, "Kind");
        pl_str path = pl_json_str(change, "Path");
        json_int_t number = json_is_integer(kind) ? json_integer_value(kind) : -1;
        if (number < PL_CHANGE_MODIFIED || number > PL_CHANGE_DELETED || !is_path(path)) {
            continue;
        }
        if (ret->count == PL_LIMIT_CONTAINER_CHANGES) {
            ret->is_cut = true;
            return;
        }
        *pl_vec_push(arena, ret) = (struct pl_container_change){
            .path = pl_arena_dup(arena, pl_str_skip(path, 1)), .change = (enum pl_change)number};
    }
}
