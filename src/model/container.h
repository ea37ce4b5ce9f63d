/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container - how a container is set up and what it is doing, as its engine tells it, with nothing
 * judged in it.
 *
 * Plain facts in an arena. A list that the engine gives as null is empty, a limit that is not set
 * is 0. Of the environment only the names are kept, since values are where people put secrets.
 */
#include "base/vec.h"

struct pl_container_port {
    pl_str container; /* "80/tcp" */
    pl_str host_ip; /* empty or "0.0.0.0": every address of the host */
    pl_str host_port; /* empty: the engine picks one */
};

struct pl_container_mount {
    pl_str type; /* "bind", "volume", "tmpfs" */
    pl_str source; /* on the host, or the volume's name where it has no path; may be empty */
    pl_str destination;
    bool is_writable;
};

struct pl_container_label {
    pl_str name;
    pl_str value;
};

struct pl_container_ports {
    PL_VEC_FIELDS(struct pl_container_port);
};

struct pl_container_mounts {
    PL_VEC_FIELDS(struct pl_container_mount);
};

struct pl_container_labels {
    PL_VEC_FIELDS(struct pl_container_label);
};

struct pl_container {
    pl_str id; /* 64 hex digits */
    pl_str name; /* without the slash that the engine puts before it */
    pl_str engine; /* "docker", "podman" */
    pl_str image_id; /* as the engine calls it: "sha256:..." */
    pl_str image_name; /* as it was asked for when the container was made */
    pl_str state; /* "running", "exited", ... */
    pl_str started_at; /* RFC 3339; empty: never */
    uint64_t pid; /* of its first process on the engine's machine; 0: it does not run */

    pl_str user; /* "1000:1000"; empty: root, or what the image says */
    pl_str runtime; /* "runc" */
    struct pl_strs entrypoint;
    struct pl_strs command;
    struct pl_strs env_names;
    struct pl_container_labels labels;

    bool is_privileged;
    bool is_rootfs_readonly;
    bool has_no_new_privileges;
    struct pl_strs cap_add;
    struct pl_strs cap_drop;
    struct pl_strs security_opt; /* an inline seccomp profile shortened to "seccomp=custom" */
    pl_str seccomp; /* "default", "unconfined", "custom", or the path of a profile */
    pl_str apparmor; /* the profile's name; empty: none is stated */

    pl_str network_mode; /* "bridge", "host", "none", "container:ID", a network's name */
    pl_str pid_mode; /* empty or "private": its own, as of the others */
    pl_str ipc_mode;
    pl_str uts_mode;
    pl_str userns_mode;
    pl_str cgroupns_mode;
    struct pl_container_ports ports; /* published, by container port */
    struct pl_container_mounts mounts;
    struct pl_strs devices; /* of the host, as "/dev/fuse" */

    uint64_t memory_bytes;
    uint64_t cpu_nanos; /* thousand millions are one processor */
    uint64_t pids;
    pl_str restart_policy; /* "no", "always", "unless-stopped", "on-failure" */
    uint64_t restart_retries; /* of on-failure; 0: without end */
};

/* What a container's own file system has beyond its image. */
#define PL_CHANGE_LIST(X)                                                                          \
    X(PL_CHANGE_MODIFIED, "modified")                                                              \
    X(PL_CHANGE_ADDED, "added")                                                                    \
    X(PL_CHANGE_DELETED, "deleted")

enum pl_change {
#define X(name, text) name,
    PL_CHANGE_LIST(X)
#undef X
};

struct pl_container_change {
    pl_str path; /* without the slash at its start, as paths of evidence are */
    enum pl_change change;
};

struct pl_container_changes {
    PL_VEC_FIELDS(struct pl_container_change);
    bool is_cut; /* there are more than PL_LIMIT_CONTAINER_CHANGES */
};

static inline const char *pl_change_to_string(enum pl_change change)
{
    static const char *const names[] = {
#define X(name, text) text,
        PL_CHANGE_LIST(X)
#undef X
    };
    return names[change];
}
