/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What image/registry/ finds out before a registry is asked, for tests/tools/registries_peers.py.
 *
 * usage: registry_probe find REGISTRY REPOSITORY     "USER PASSWORD", or nothing
 *        registry_probe store REGISTRY USER PASSWORD
 *        registry_probe erase REGISTRY
 *        registry_probe hosts IMAGE                  a line "HOST/REPOSITORY" for each endpoint
 *        registry_probe get IMAGE                    the status of HTTPS GET /v2/ at the last one,
 *                                                    with certificates checked even on loopback
 * A failure is told as "CLASS: text" on standard error, with status 1.
 */
#include "image/registry/credentials.h"
#include "image/registry/hosts.h"
#include <stdio.h>

static enum pl_status find(struct pl_arena *arena, char **args, struct pl_error *err)
{
    struct pl_credentials found = {0};
    enum pl_status st =
        pl_credentials_find(arena, pl_str_from(args[0]), pl_str_from(args[1]), &found, err);
    if (st == PL_OK && found.user.len > 0) {
        printf(PL_STR_FMT " " PL_STR_FMT "\n", PL_STR_ARG(found.user), PL_STR_ARG(found.password));
    }
    return st;
}

static enum pl_status store(struct pl_arena *arena, char **args, struct pl_error *err)
{
    pl_str where = PL_STR_EMPTY;
    const struct pl_credentials given = {.user = pl_str_from(args[1]),
                                         .password = pl_str_from(args[2])};
    return pl_credentials_store(arena, pl_str_from(args[0]), &given, &where, err);
}

static enum pl_status erase(struct pl_arena *arena, char **args, struct pl_error *err)
{
    pl_str where = PL_STR_EMPTY;
    return pl_credentials_erase(arena, pl_str_from(args[0]), &where, err);
}

static enum pl_status endpoints_of(struct pl_arena *arena, char **args,
                                   struct pl_registry_endpoints *ret, struct pl_error *err)
{
    const struct pl_registry_options options = {0};
    struct pl_reference reference = {0};
    enum pl_status st = pl_reference_parse(arena, pl_str_from(args[0]), &reference, err);
    return st < 0 ? st : pl_registry_hosts(arena, &options, &reference, ret, err);
}

static enum pl_status hosts(struct pl_arena *arena, char **args, struct pl_error *err)
{
    struct pl_registry_endpoints found = {0};
    enum pl_status st = endpoints_of(arena, args, &found, err);
    for (size_t i = 0; i < found.count; i++) {
        printf(PL_STR_FMT "/" PL_STR_FMT "\n", PL_STR_ARG(found.items[i].host),
               PL_STR_ARG(found.items[i].repository));
    }
    return st;
}

static enum pl_status get(struct pl_arena *arena, char **args, struct pl_error *err)
{
    struct pl_registry_endpoints found = {0};
    struct pl_http *http PL_CLEANUP(pl_http_freep) = NULL;
    enum pl_status st = endpoints_of(arena, args, &found, err);
    if (st < 0) {
        return st;
    }
    struct pl_registry_endpoint *last = &found.items[found.count - 1];
    last->transport.is_insecure = false;
    st = pl_http_new(&last->transport, &http, err);
    pl_str url = pl_arena_format(arena, "https://" PL_STR_FMT "/v2/", PL_STR_ARG(last->host));
    const struct pl_http_request request = {.url = url.ptr, .max_bytes = 65536, .is_once = true};
    struct pl_http_response response = {0};
    if (st == PL_OK) {
        st = pl_http_send(http, arena, &request, &response, err);
    }
    if (st == PL_OK) {
        printf("%u\n", response.status);
    }
    return st;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int args;
        enum pl_status (*run)(struct pl_arena *arena, char **args, struct pl_error *err);
    } verbs[] = {
        {"find", 2, find},   {"store", 3, store}, {"erase", 1, erase},
        {"hosts", 1, hosts}, {"get", 1, get},
    };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    for (size_t i = 0; i < PL_ARRAY_LEN(verbs); i++) {
        if (argc == verbs[i].args + 2 && strcmp(argv[1], verbs[i].name) == 0) {
            enum pl_status st = verbs[i].run(&arena, argv + 2, &err);
            if (st < 0) {
                fprintf(stderr, "%s: %s\n", pl_status_to_string(st), err.msg);
            }
            return st < 0;
        }
    }
    return 2;
}
