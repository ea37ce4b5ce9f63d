/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"
#include <sys/utsname.h>

/* Kernel names of machines, and what OCI calls them. */
static const struct {
    const char *machine;
    const char *architecture;
    const char *variant;
} machines[] = {
    {"x86_64", "amd64", ""},    {"aarch64", "arm64", ""},   {"armv7l", "arm", "v7"},
    {"armv6l", "arm", "v6"},    {"i686", "386", ""},        {"ppc64le", "ppc64le", ""},
    {"s390x", "s390x", ""},     {"riscv64", "riscv64", ""}, {"loongarch64", "loong64", ""},
    {"mips64", "mips64le", ""},
};

struct pl_platform pl_platform_host(void)
{
    struct pl_platform platform = {.os = PL_STR("linux"), .architecture = PL_STR("amd64")};
    struct utsname name;
    if (uname(&name) == 0) {
        for (size_t i = 0; i < PL_ARRAY_LEN(machines); i++) {
            if (strcmp(name.machine, machines[i].machine) == 0) {
                platform.architecture = pl_str_from(machines[i].architecture);
                platform.variant = pl_str_from(machines[i].variant);
            }
        }
    }
    return platform;
}

enum pl_status pl_platform_parse(pl_str text, struct pl_platform *ret, struct pl_error *err)
{
    struct pl_platform platform = {.is_stated = true};
    pl_str rest = PL_STR_EMPTY;
    pl_str_cut(text, '/', &platform.os, &rest);
    pl_str_cut(rest, '/', &platform.architecture, &platform.variant);
    if (platform.os.len == 0 || platform.architecture.len == 0 ||
        pl_str_find_char(platform.variant, '/') != SIZE_MAX) {
        return pl_error_set(err, PL_E_USAGE,
                            "\"" PL_STR_FMT "\" is no platform; write OS/ARCHITECTURE[/VARIANT], "
                            "such as linux/arm64",
                            PL_STR_ARG(text));
    }
    *ret = platform;
    return PL_OK;
}

pl_str pl_platform_format(struct pl_arena *arena, const struct pl_platform *platform)
{
    return pl_arena_format(arena, PL_STR_FMT "/" PL_STR_FMT "%s" PL_STR_FMT,
                           PL_STR_ARG(platform->os), PL_STR_ARG(platform->architecture),
                           platform->variant.len > 0 ? "/" : "", PL_STR_ARG(platform->variant));
}

/* arm64 is v8 where nothing is said (image-spec, image-index.md, "Platform Variants"). */
static pl_str variant_of(const struct pl_platform *platform)
{
    bool is_default = pl_str_eq(platform->architecture, PL_STR("arm64")) &&
                      pl_str_eq(platform->variant, PL_STR("v8"));
    return is_default ? PL_STR_EMPTY : platform->variant;
}

bool pl_platform_matches(const struct pl_platform *wanted, const struct pl_platform *offered)
{
    pl_str left = variant_of(wanted);
    pl_str right = variant_of(offered);
    return pl_str_eq(wanted->os, offered->os) &&
           pl_str_eq(wanted->architecture, offered->architecture) &&
           (left.len == 0 || right.len == 0 || pl_str_eq(left, right));
}
