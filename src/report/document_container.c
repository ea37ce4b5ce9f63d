/* SPDX-License-Identifier: Apache-2.0 */
#include "report/document.h"

/* A limit; null when there is none. */
static void write_limit(struct pl_json_writer *json, const char *key, uint64_t value)
{
    pl_json_writer_key(json, key);
    if (value > 0) {
        pl_json_writer_uint(json, value);
    } else {
        pl_json_writer_null(json);
    }
}

static void write_ports(struct pl_json_writer *json, const struct pl_container_ports *ports)
{
    pl_json_writer_member_array(json, "ports");
    for (size_t i = 0; i < ports->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "container", ports->items[i].container);
        pl_json_writer_member(json, "host_ip", ports->items[i].host_ip);
        pl_json_writer_member(json, "host_port", ports->items[i].host_port);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_mounts(struct pl_json_writer *json, const struct pl_container_mounts *mounts)
{
    pl_json_writer_member_array(json, "mounts");
    for (size_t i = 0; i < mounts->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "type", mounts->items[i].type);
        pl_json_writer_member(json, "source", mounts->items[i].source);
        pl_json_writer_member(json, "destination", mounts->items[i].destination);
        pl_json_writer_member_bool(json, "writable", mounts->items[i].is_writable);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_labels(struct pl_json_writer *json, const struct pl_container_labels *labels)
{
    pl_json_writer_member_array(json, "labels");
    for (size_t i = 0; i < labels->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "name", labels->items[i].name);
        pl_json_writer_member(json, "value", labels->items[i].value);
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

static void write_identity(struct pl_json_writer *json, const struct pl_container *container)
{
    pl_json_writer_member(json, "id", container->id);
    pl_json_writer_member(json, "name", container->name);
    pl_json_writer_member(json, "engine", container->engine);
    pl_json_writer_member(json, "image", container->image_name);
    pl_json_writer_member(json, "image_id", container->image_id);
    pl_json_writer_member(json, "state", container->state);
    pl_json_writer_member(json, "started_at", container->started_at);
    pl_json_writer_member(json, "user", container->user);
    pl_json_writer_member(json, "runtime", container->runtime);
    pl_json_writer_member_strings(json, "entrypoint", &container->entrypoint);
    pl_json_writer_member_strings(json, "command", &container->command);
    pl_json_writer_member_strings(json, "env_names", &container->env_names);
    write_labels(json, &container->labels);
}

static void write_isolation(struct pl_json_writer *json, const struct pl_container *container)
{
    pl_json_writer_member_bool(json, "privileged", container->is_privileged);
    pl_json_writer_member_bool(json, "read_only_root", container->is_rootfs_readonly);
    pl_json_writer_member_bool(json, "no_new_privileges", container->has_no_new_privileges);
    pl_json_writer_member_strings(json, "cap_add", &container->cap_add);
    pl_json_writer_member_strings(json, "cap_drop", &container->cap_drop);
    pl_json_writer_member_strings(json, "security_opt", &container->security_opt);
    pl_json_writer_member(json, "seccomp", container->seccomp);
    pl_json_writer_member(json, "apparmor", container->apparmor);
    pl_json_writer_member(json, "network_mode", container->network_mode);
    pl_json_writer_member(json, "pid_mode", container->pid_mode);
    pl_json_writer_member(json, "ipc_mode", container->ipc_mode);
    pl_json_writer_member(json, "uts_mode", container->uts_mode);
    pl_json_writer_member(json, "userns_mode", container->userns_mode);
    pl_json_writer_member(json, "cgroupns_mode", container->cgroupns_mode);
    write_ports(json, &container->ports);
    write_mounts(json, &container->mounts);
    pl_json_writer_member_strings(json, "devices", &container->devices);
}

static void write_limits(struct pl_json_writer *json, const struct pl_container *container)
{
    write_limit(json, "memory_bytes", container->memory_bytes);
    write_limit(json, "cpu_nanos", container->cpu_nanos);
    write_limit(json, "pids", container->pids);
    pl_json_writer_member(json, "restart_policy", container->restart_policy);
}

static void write_changes(struct pl_json_writer *json, const struct pl_container_changes *changes)
{
    pl_json_writer_member_array(json, "changes");
    for (size_t i = 0; i < changes->count; i++) {
        pl_json_writer_begin_object(json);
        pl_json_writer_member(json, "path", changes->items[i].path);
        pl_json_writer_member(json, "change",
                              pl_str_from(pl_change_to_string(changes->items[i].change)));
        pl_json_writer_end_object(json);
    }
    pl_json_writer_end_array(json);
}

void pl_document_container(struct pl_json_writer *json, const struct pl_subject *subject)
{
    pl_json_writer_member_object(json, "container");
    write_identity(json, subject->container);
    write_isolation(json, subject->container);
    write_limits(json, subject->container);
    pl_json_writer_member_strings(json, "removed", &subject->removed);
    write_changes(json, subject->changes);
    pl_json_writer_end_object(json);
}
