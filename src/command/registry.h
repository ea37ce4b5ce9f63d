/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * registry - the actions of `plimsoll registry`, one file each or two.
 */
#include "base/arena.h"
#include "command/command.h"
#include "image/image.h"
#include "image/registry/hosts.h"

/* What every action is given. */
struct pl_registry_call {
    const struct pl_args *args;
    struct pl_arena *arena;
    const struct pl_registry_options *options;
    bool wants_json;
};

enum pl_status pl_registry_run_copy(const struct pl_registry_call *call, struct pl_error *err);
enum pl_status pl_registry_run_inspect(const struct pl_registry_call *call, struct pl_error *err);
enum pl_status pl_registry_run_login(const struct pl_registry_call *call, struct pl_error *err);
enum pl_status pl_registry_run_logout(const struct pl_registry_call *call, struct pl_error *err);
enum pl_status pl_registry_run_ls(const struct pl_registry_call *call, struct pl_error *err);
enum pl_status pl_registry_run_tags(const struct pl_registry_call *call, struct pl_error *err);

/* The value of --platform, else this machine's. */
enum pl_status pl_registry_call_platform(const struct pl_registry_call *call,
                                         struct pl_platform *ret, struct pl_error *err);
