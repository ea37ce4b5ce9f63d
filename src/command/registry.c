/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into registries, copies images between them and files, and logs in. */
#include "command/registry.h"
#include "command/registry_options.h"
#include <stdio.h>

static const struct {
    const char *name;
    size_t arguments; /* after the action's name */
    enum pl_status (*act)(const struct pl_registry_call *call, struct pl_error *err);
} actions[] = {
    {"copy", 2, pl_registry_run_copy},   {"inspect", 1, pl_registry_run_inspect},
    {"login", 1, pl_registry_run_login}, {"logout", 1, pl_registry_run_logout},
    {"ls", 1, pl_registry_run_ls},       {"tags", 1, pl_registry_run_tags},
};

enum pl_status pl_registry_call_platform(const struct pl_registry_call *call,
                                         struct pl_platform *ret, struct pl_error *err)
{
    const char *text = pl_args_value(call->args, "platform", NULL);
    *ret = pl_platform_host();
    return text ? pl_platform_parse(pl_str_from(text), ret, err) : PL_OK;
}

static enum pl_status check_format(const struct pl_args *args, bool *ret_wants_json,
                                   struct pl_error *err)
{
    const char *format = pl_args_value(args, "format", "table");
    *ret_wants_json = strcmp(format, "json") == 0;
    return *ret_wants_json || strcmp(format, "table") == 0
               ? PL_OK
               : pl_command_unknown("format", format, (const char *const[]){"json", "table", NULL},
                                    err);
}

static enum pl_status act(const struct pl_args *args, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_registry_options options = {.ca_file = NULL};
    struct pl_registry_call call = {args, &arena, &options, false};
    const char *names[PL_ARRAY_LEN(actions) + 1] = {NULL};
    const char *given = pl_args_positional(args, 0);
    for (size_t i = 0; i < PL_ARRAY_LEN(actions); i++) {
        names[i] = actions[i].name;
        if (!given || strcmp(given, names[i]) != 0) {
            continue;
        }
        enum pl_status st =
            pl_args_expect(args, actions[i].arguments + 1, actions[i].arguments + 1, err);
        if (st == PL_OK) {
            st = check_format(args, &call.wants_json, err);
        }
        if (st == PL_OK) {
            st = pl_registry_options_read(args, &arena, &options, err);
        }
        return st < 0 ? st : actions[i].act(&call, err);
    }
    return pl_command_unknown("action", given ? given : "", names, err);
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    enum pl_status st = act(args, err);
    return st < 0 ? pl_command_failed(st) : 0;
}

static const struct pl_option options[] = {
    {.name = "all-tags", .summary = "copy: all images of a repository, under their tags"},
    {.name = "artifact-type",
     .argument = "TYPE",
     .summary = "inspect: list only referrers of this type"},
    {.name = "format", .argument = "NAME", .summary = "table or json"},
    {.name = "password-stdin", .summary = "login: read the password from standard input"},
    {.name = "platform",
     .argument = "OS/ARCH[/VARIANT]",
     .summary = "copy, inspect: the image of this platform in place of the whole index"},
    {.name = "raw", .summary = "inspect: print the manifest's bytes as they are"},
    PL_REGISTRY_OPTIONS,
    {.name = "username", .argument = "USER", .summary = "login: asked for when not given"},
    {.name = NULL},
};

static const char *const examples[] = {
    "plimsoll registry tags ghcr.io/org/app",
    "lists the tags of a repository",
    "plimsoll registry inspect --platform linux/arm64 alpine:3.20",
    "shows config, layers and what refers to the image, without fetching a layer",
    "plimsoll registry copy alpine:3.20 oci-archive:alpine.tar:3.20",
    "takes an image with all its platforms into a file, every digest kept",
    "plimsoll registry copy oci-archive:alpine.tar:3.20 registry.local:5000/mirror/alpine:3.20",
    "and from there into a registry that has no other way to the network",
    "plimsoll registry copy --all-tags old.example/team/app new.example/team/app",
    "moves a repository; what the other side has already is not sent",
    "printenv TOKEN | plimsoll registry login --username bot --password-stdin ghcr.io",
    "checks the credentials and keeps them where docker login would",
    NULL,
};

const struct pl_command pl_command_registry = {
    .name = "registry",
    .summary = "look into registries, copy images, log in",
    .usage = "ls HOST\ntags NAME\ninspect NAME[:TAG][@DIGEST]\ncopy SOURCE DESTINATION\n"
             "login HOST\nlogout HOST",
    .details =
        "copy takes images from and to registry:NAME (which may be left out), oci-dir:DIR[:TAG],\n"
        "oci-archive:FILE[:TAG] and docker-archive:FILE[:NAME:TAG], and from docker:NAME and\n"
        "podman:NAME. Manifests and layers stay as they are, byte for byte, and are checked on\n"
        "the way. An index is copied with all its platforms, unless --platform names one. A\n"
        "docker-archive has no place for a manifest: it gets one platform, whose image id is\n"
        "kept, and a manifest is made for what comes out of one.\n"
        "\n"
        "login asks for what it is not told, on the terminal. A password is never an argument,\n"
        "where everybody on the machine could read it.",
    .examples = examples,
    .options = options,
    .run = run,
};
