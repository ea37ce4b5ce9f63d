/* SPDX-License-Identifier: Apache-2.0 */
/* What is set in a file that parses is found there, and is gone when it is removed. */
#include "image/registry/auth_file.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const registries[] = {"docker.io", "ghcr.io", "[::1]:5000", ""};
    static const struct pl_credentials alice = {.user = PL_STR_INIT("alice"),
                                                .password = PL_STR_INIT("s3cret:")};
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    json_t *file pl_autojson = NULL;
    if (pl_auth_file_parse(pl_str_make((const char *)data, size), "f", &file, &err) < 0) {
        return 0;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(registries); i++) {
        pl_str registry = pl_str_from(registries[i]);
        struct pl_credentials found = {0};
        pl_auth_file_helper(file, registry);
        pl_auth_file_find(&arena, file, "f", registry, PL_STR("a/b"), &found, &err);
        bool had_secret = false;
        pl_auth_file_remove(file, registry, &had_secret);
        if (pl_auth_file_set(&arena, file, registry, &alice, &err) < 0 ||
            pl_auth_file_find(&arena, file, "f", registry, PL_STR_EMPTY, &found, &err) < 0 ||
            !pl_str_eq(found.user, alice.user) || !pl_str_eq(found.password, alice.password)) {
            abort();
        }
        pl_auth_file_remove(file, registry, &had_secret);
        found = (struct pl_credentials){0};
        if (!had_secret ||
            pl_auth_file_find(&arena, file, "f", registry, PL_STR_EMPTY, &found, &err) < 0 ||
            !pl_credentials_are_empty(&found)) {
            abort();
        }
    }
    return 0;
}
