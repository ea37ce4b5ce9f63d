/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cargo.lock of Rust (doc.rust-lang.org/cargo, "Cargo.toml vs Cargo.lock"; the format is that of
 * cargo's own src/cargo/core/resolver/encode.rs), TOML in versions 1 to 4:
 *
 *     [[package]]
 *     name = "errno"
 *     version = "0.3.9"
 *     source = "registry+https://github.com/rust-lang/crates.io-index"
 *     checksum = "534c..."                       SHA-256 of the crate
 *     dependencies = ["libc", "windows-sys 0.52.0", "a 1.0.0 (registry+https://...)"]
 *
 * In version 1 the checksums stand in a table of their own, "checksum NAME VERSION (SOURCE)" to the
 * digits, and "[root]" is the project. A package without a source is the project itself, a member
 * of its workspace or a path. A dependency has its version when the file has several of the name.
 */
#include "catalog/cataloger.h"
#include "catalog/need.h"
#include "format/toml.h"

static void add_depends(struct pl_sink *sink, struct pl_component *component, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str words = pl_json_text(json_array_get(list, i));
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        pl_str_next_word(&words, &name);
        pl_str_next_word(&words, &version);
        pl_need_add(sink, component, name, version);
    }
}

/* The checksum that version 1 keeps apart. */
static pl_str old_checksum(struct pl_arena *scratch, const json_t *lock, const json_t *package)
{
    const json_t *metadata = pl_json_object(lock, "metadata");
    if (!metadata) {
        return PL_STR_EMPTY;
    }
    pl_str key = pl_arena_format(scratch, "checksum " PL_STR_FMT " " PL_STR_FMT " (" PL_STR_FMT ")",
                                 PL_STR_ARG(pl_json_str(package, "name")),
                                 PL_STR_ARG(pl_json_str(package, "version")),
                                 PL_STR_ARG(pl_json_str(package, "source")));
    return pl_json_text(json_object_getn(metadata, key.ptr, key.len));
}

static void add_package(struct pl_sink *sink, const json_t *lock, const json_t *package)
{
    if (pl_json_str(package, "source").len == 0) {
        return;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_DECLARED, "cargo", pl_json_str(package, "name"),
                             pl_json_str(package, "version"));
    if (!component) {
        return;
    }
    struct pl_arena scratch pl_autoarena = {0};
    pl_str checksum = pl_json_str(package, "checksum");
    pl_catalog_add_hash(sink, component, PL_STR("sha256"),
                        checksum.len > 0 ? checksum : old_checksum(&scratch, lock, package));
    add_depends(sink, component, pl_json_array(package, "dependencies"));
}

static enum pl_status read_cargo_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    json_t *lock pl_autojson = NULL;
    enum pl_status st = pl_toml_parse(pl_span_str(file->content), "the file", &lock, err);
    const json_t *packages = pl_json_array(lock, "package");
    for (size_t i = 0; i < json_array_size(packages); i++) {
        add_package(sink, lock, json_array_get(packages, i));
    }
    return st;
}

const struct pl_cataloger pl_cataloger_cargo_lock = {
    .name = "cargo-lock",
    .summary = "Cargo.lock of Rust",
    .patterns = (const char *const[]){"**/Cargo.lock", NULL},
    .read = read_cargo_lock,
};
