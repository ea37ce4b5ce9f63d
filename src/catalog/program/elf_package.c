/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a distribution's build writes into each program and library (Package Metadata for Executable
 * Files, https://systemd.io/ELF_PACKAGE_METADATA): a note of owner "FDO" and type 0xcafe1a7e, in
 * the section .note.package, with JSON that ends in a NUL:
 *
 *     {"type":"rpm", "os":"fedora", "osVersion":"33", "name":"coreutils",
 * "version":"4711.0815.fc13", "architecture":"arm32", "osCpe":"cpe:/o:fedoraproject:fedora:33",
 * "appCpe":"cpe:2.3:a:...", "debugInfoUrl":"..."}
 *
 * The name is that of the source package in most distributions, so that it is not given as an
 * installed package of the system: that is what the package database says. It counts where nothing
 * owns the file, in images that copied it from another.
 */
#include "catalog/program/program.h"
#include "format/elf.h"
#include "format/json.h"

#define TYPE_PACKAGE_METADATA 0xcafe1a7eU

static enum pl_status read_note(struct pl_sink *sink, const struct pl_program *program, pl_str text,
                                struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    text = pl_str_sub(text, 0, pl_str_find_char(text, '\0'));
    enum pl_status st = pl_json_parse(text, ".note.package", &document, err);
    if (st < 0) {
        return st;
    }
    struct pl_component *component = pl_program_component(
        sink, program, "binary", pl_json_str(document, "name"), pl_json_str(document, "version"));
    if (!component) {
        return PL_OK;
    }
    component->arch = pl_sink_str(sink, pl_json_str(document, "architecture"));
    component->vendor = pl_sink_str(sink, pl_json_str(document, "os"));
    component->source_name = component->name;
    component->source_version = component->version;
    component->basis = pl_sink_str(sink, PL_STR("package metadata in .note.package"));
    component->confidence = 100;
    if (pl_str_starts_with(pl_json_str(document, "appCpe"), PL_STR("cpe:2.3:"))) {
        pl_sink_push(sink, &component->cpes, pl_json_str(document, "appCpe"));
    }
    return PL_OK;
}

static enum pl_status read_elf_package(struct pl_sink *sink, const struct pl_program *program,
                                       struct pl_error *err)
{
    for (size_t i = 0; i < program->object.count; i++) {
        const struct pl_section *section = &program->object.sections[i];
        struct pl_elf_note note = {0};
        pl_span cursor = section->bytes;
        if (section->kind != PL_SECTION_NOTE) {
            continue;
        }
        while (pl_elf_next_note(&program->object, &cursor, &note)) {
            if (note.type == TYPE_PACKAGE_METADATA && pl_str_eq(note.owner, PL_STR("FDO"))) {
                return read_note(sink, program, pl_span_str(note.content), err);
            }
        }
    }
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_elf_package = {
    .name = "elf-package",
    .summary = "The package that an ELF file was built for, as its note states",
    .read = read_elf_package,
};
