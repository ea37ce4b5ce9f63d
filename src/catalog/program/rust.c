/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rust programs built with cargo-auditable (https://github.com/rust-secure-code/cargo-auditable,
 * PARSING.md): the section .dep-v0, of Mach-O files __DATA,.dep-v0, holds zlib-compressed JSON
 *
 *     {"packages": [{"name": "serde", "version": "1.0.217", "source": "crates.io",
 *                    "kind": "runtime", "dependencies": [3, 7], "root": false}]}
 *
 * "kind" is "build" for what ran when the program was built and is not in it, "runtime" where it is
 * not stated. "dependencies" are places in the list. "source" tells crates.io, git, a local
 * directory, another registry. The program itself is the one with "root".
 */
#include "base/limits.h"
#include "catalog/program/program.h"
#include "format/inflate.h"
#include "format/json.h"

static bool is_in_program(const json_t *package)
{
    pl_str kind = pl_json_str(package, "kind");
    return kind.len == 0 || pl_str_eq(kind, PL_STR("runtime"));
}

/* Marks what the program itself names; false when no package is the program. */
static bool find_direct(const json_t *packages, bool *is_direct)
{
    size_t index = 0;
    const json_t *package = NULL;
    json_array_foreach(packages, index, package)
    {
        if (!json_is_true(json_object_get(package, "root"))) {
            continue;
        }
        const json_t *dependencies = pl_json_array(package, "dependencies");
        for (size_t i = 0; i < json_array_size(dependencies); i++) {
            json_int_t at = json_integer_value(json_array_get(dependencies, i));
            if (at >= 0 && (size_t)at < json_array_size(packages)) {
                is_direct[at] = true;
            }
        }
        return true;
    }
    return false;
}

static void add_dependencies(struct pl_sink *sink, const json_t *packages, const json_t *package,
                             struct pl_component *component)
{
    const json_t *dependencies = pl_json_array(package, "dependencies");
    for (size_t i = 0; i < json_array_size(dependencies); i++) {
        const json_t *place = json_array_get(dependencies, i);
        const json_t *needed = json_integer_value(place) >= 0
                                   ? json_array_get(packages, (size_t)json_integer_value(place))
                                   : NULL;
        if (json_is_integer(place) && needed && is_in_program(needed)) {
            /* No longer than crates.io and semantic versions allow by far: a long name that all
             * others depend on would be copied as many times. */
            char text[512];
            int len = snprintf(text, sizeof(text), PL_STR_FMT "@" PL_STR_FMT,
                               PL_STR_ARG(pl_json_str(needed, "name")),
                               PL_STR_ARG(pl_json_str(needed, "version")));
            pl_sink_push(sink, &component->depends,
                         pl_str_make(text, (size_t)len < sizeof(text) ? (size_t)len : 0));
        }
    }
}

static void add_packages(struct pl_sink *sink, const struct pl_program *program,
                         const json_t *packages)
{
    bool *is_direct = PL_ARENA_ARRAY(program->scratch, bool, json_array_size(packages));
    bool has_root = find_direct(packages, is_direct);
    size_t index = 0;
    const json_t *package = NULL;
    json_array_foreach(packages, index, package)
    {
        if (!is_in_program(package)) {
            continue;
        }
        struct pl_component *component = pl_program_component(
            sink, program, "cargo", pl_json_str(package, "name"), pl_json_str(package, "version"));
        if (!component) {
            continue;
        }
        if (has_root && !json_is_true(json_object_get(package, "root"))) {
            component->relation = is_direct[index] ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
        }
        add_dependencies(sink, packages, package, component);
    }
}

static enum pl_status read_rust(struct pl_sink *sink, const struct pl_program *program,
                                struct pl_error *err)
{
    const struct pl_section *section = pl_object_section(&program->object, PL_STR(".dep-v0"));
    if (!section) {
        section = pl_object_section(&program->object, PL_STR("__DATA,.dep-v0"));
    }
    if (!section) {
        return PL_OK;
    }
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_CRATES_BYTES);
    json_t *document pl_autojson = NULL;
    enum pl_status st = pl_inflate_zlib(section->bytes, &text, err);
    if (st == PL_OK) {
        st = pl_json_parse(pl_buf_str(&text), ".dep-v0", &document, err);
    }
    if (st < 0) {
        return pl_error_wrap(err, "list of crates");
    }
    const json_t *packages = pl_json_array(document, "packages");
    if (!packages) {
        return pl_error_set(err, PL_E_PARSE, "list of crates has no packages");
    }
    add_packages(sink, program, packages);
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_rust = {
    .name = "rust",
    .summary = "Crates of Rust programs, as cargo-auditable left them",
    .read = read_rust,
};
