/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How distributions call what they build of the kernel, and how the kernel calls itself there
 * (uname -r):
 *
 *     deb   linux-image-6.1.0-18-amd64           6.1.0-18-amd64: the end of the name
 *     rpm   kernel-core 5.14.0-427.el9           5.14.0-427.el9.x86_64: the version and more
 *     SUSE  kernel-default 5.14.21-150500.55.1   5.14.21-150500.55-default: without the rebuild
 *     apk   linux-lts 6.6.14-r0                  6.6.14-0-lts
 *     alpm  linux 6.7.4.arch1-1                  6.7.4-arch1-1
 */
#include "detect/kernel.h"
#include "base/compiler.h"

enum part { OTHER, HEADERS, KERNEL };

/* The first row that fits counts; a star stands for any run of characters. */
static const struct {
    const char *type;
    const char *source; /* what the source package's name begins with */
    const char *name;
    enum part part;
} rows[] = {
    {"deb", "linux", "linux-libc-dev*", HEADERS},
    {"deb", "linux", "linux-*headers-*", HEADERS},
    {"deb", "linux", "linux-kbuild-*", HEADERS},
    {"deb", "linux", "linux-source*", HEADERS},
    {"deb", "linux", "linux-doc*", HEADERS},
    {"deb", "linux", "linux-compiler-*", HEADERS},
    {"deb", "linux", "linux-config-*", HEADERS},
    {"deb", "linux", "linux-support-*", HEADERS},
    {"deb", "linux", "linux-buildinfo-*", HEADERS},
    {"deb", "linux", "linux-image-*", KERNEL},
    {"deb", "linux", "linux-modules-*", KERNEL},
    {"rpm", "kernel", "kernel-tools*", OTHER},
    {"rpm", "kernel", "kernel-firmware*", OTHER},
    {"rpm", "kernel", "kernel*-headers", HEADERS},
    {"rpm", "kernel", "kernel*-devel*", HEADERS},
    {"rpm", "kernel", "kernel*-doc*", HEADERS},
    {"rpm", "kernel", "kernel-source*", HEADERS},
    {"rpm", "kernel", "kernel-syms*", HEADERS},
    {"rpm", "kernel", "kernel*-macros", HEADERS},
    {"rpm", "kernel", "kernel-abi*", HEADERS},
    {"rpm", "kernel", "kernel", KERNEL},
    {"rpm", "kernel", "kernel-*", KERNEL},
    {"rpm", "kernel", "kernel6.*", KERNEL}, /* of Amazon Linux */
    {"rpm", "linux", "linux-api-headers", HEADERS},
    {"rpm", "linux", "linux-glibc-devel", HEADERS},
    {"rpm", "linux", "linux*-devel", HEADERS}, /* of Photon OS, as those that follow */
    {"rpm", "linux", "linux*-docs", HEADERS},
    {"rpm", "linux", "linux", KERNEL},
    {"rpm", "linux", "linux-aws", KERNEL},
    {"rpm", "linux", "linux-esx", KERNEL},
    {"rpm", "linux", "linux-rt", KERNEL},
    {"rpm", "linux", "linux-secure", KERNEL},
    {"apk", "linux", "linux-headers", HEADERS},
    {"apk", "linux-lts", "linux-*-dev", HEADERS},
    {"apk", "linux-lts", "linux-*-doc", HEADERS},
    {"apk", "linux-lts", "linux-*", KERNEL}, /* linux-virt is built of it as well */
    {"apk", "linux-edge", "linux-*-dev", HEADERS},
    {"apk", "linux-edge", "linux-*-doc", HEADERS},
    {"apk", "linux-edge", "linux-*", KERNEL},
    {"apk", "linux-rpi", "linux-*-dev", HEADERS},
    {"apk", "linux-rpi", "linux-*-doc", HEADERS},
    {"apk", "linux-rpi", "linux-*", KERNEL},
    {"alpm", "linux", "linux*-headers", HEADERS},
    {"alpm", "linux", "linux*-docs", HEADERS},
    {"alpm", "linux", "linux", KERNEL},
    {"alpm", "linux", "linux-lts", KERNEL},
    {"alpm", "linux", "linux-zen", KERNEL},
    {"alpm", "linux", "linux-hardened", KERNEL},
    {"alpm", "linux", "linux-rt*", KERNEL},
};

static enum part part_of(const struct pl_component *component)
{
    pl_str source = component->source_name.len > 0 ? component->source_name : component->name;
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        if (pl_str_eq(component->type, pl_str_from(rows[i].type)) &&
            pl_str_starts_with(source, pl_str_from(rows[i].source)) &&
            pl_str_fits(component->name, pl_str_from(rows[i].name))) {
            return rows[i].part;
        }
    }
    return OTHER;
}

/* Takes the same beginning off both; dots and hyphens are written for one another. */
static void take_same(pl_str *a, pl_str *b)
{
    while (a->len > 0 && b->len > 0) {
        bool is_mark =
            (a->ptr[0] == '.' || a->ptr[0] == '-') && (b->ptr[0] == '.' || b->ptr[0] == '-');
        if (!is_mark && a->ptr[0] != b->ptr[0]) {
            return;
        }
        bool is_hyphen = a->ptr[0] == '-';
        *a = pl_str_skip(*a, 1);
        *b = pl_str_skip(*b, 1);
        /* "-r0" of apk is "-0" of the kernel. */
        if (is_hyphen && a->len > 1 && a->ptr[0] == 'r' && pl_char_is_digit(a->ptr[1])) {
            *a = pl_str_skip(*a, 1);
        }
    }
}

static bool is_running(const struct pl_component *component, pl_str release)
{
    pl_str version = component->version;
    pl_str epoch = PL_STR_EMPTY;
    if (pl_str_eq(component->type, PL_STR("deb"))) {
        return pl_str_ends_with(component->name, release);
    }
    if (pl_str_find_char(version, ':') != SIZE_MAX) {
        pl_str_cut(version, ':', &epoch, &version);
    }
    take_same(&version, &release);
    /* What is left over is an architecture or a flavour, which the name ends in as well. */
    bool is_more = release.len == 0 || memchr(".+-", release.ptr[0], 3) != NULL;
    pl_str flavour = pl_str_skip(release, release.len > 0);
    if (version.len == 0) {
        return is_more && (release.len == 0 || release.ptr[0] != '-' ||
                           pl_str_ends_with(component->name, flavour));
    }
    /* SUSE's packages have the number of the rebuild behind, where the kernel has its flavour. */
    bool is_rebuild = release.len > 0 && pl_char_is_digit(version.ptr[0]);
    return is_rebuild && pl_str_ends_with(component->name, release) &&
           pl_str_find_char(version, '.') == SIZE_MAX;
}

static bool has_running(const struct pl_components *components, pl_str release)
{
    for (size_t i = 0; i < components->count; i++) {
        const struct pl_component *component = &components->items[i];
        if (part_of(component) == KERNEL && is_running(component, release)) {
            return true;
        }
    }
    return false;
}

void pl_kernel_set_apart(const struct pl_kernel_place *place,
                         const struct pl_components *components, struct pl_findings *findings)
{
    bool knows_running = place->running.len > 0 && has_running(components, place->running);
    for (size_t i = 0; i < findings->count; i++) {
        struct pl_finding *finding = &findings->items[i];
        if (!finding->component || finding->kind != PL_FINDING_VULNERABILITY ||
            finding->apart != PL_APART_NOT) {
            continue;
        }
        enum part part = part_of(finding->component);
        bool is_idle =
            part == KERNEL && (place->is_container ||
                               (knows_running && !is_running(finding->component, place->running)));
        if (part == HEADERS || is_idle) {
            finding->apart = PL_APART_NOT_RUNNING;
        }
    }
}
