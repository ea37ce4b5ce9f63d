/* SPDX-License-Identifier: Apache-2.0 */
/* A rule that is found covers a part of the name, and its prefix is one that was read. */
#include "image/registry/registries_conf.h"
#include "target.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "docker.io/library/nginx:1",
        "a.example.com:5000/b@sha256:00",
        "[::1]:5000/x/y:z",
        "ghcr.io",
    };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_registry_rules rules = {0};
    pl_str text = pl_str_make((const char *)data, size);
    if (pl_registries_conf_parse(&arena, text, "f", &rules, &err) < 0) {
        return 0;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        pl_str name = pl_str_from(names[i]);
        size_t covered = 0;
        const struct pl_registry_rule *rule = pl_registry_rule_find(&rules, name, &covered);
        if (rule && (covered == 0 || covered > name.len || rule->prefix.len == 0)) {
            abort();
        }
    }
    return 0;
}
