/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs and libraries, wherever they are: ELF (Linux), PE (Windows, .NET) and Mach-O (macOS). A
 * file is opened once, and each reader of program/programs.def is asked what it sees in it. What
 * begins as one of these formats and is none, as Java classes and DOS programs do, is passed over;
 * what is one and damaged is a gap.
 *
 * A program packed by UPX (https://upx.github.io) is a small unpacking program and compressed data:
 * a file without sections with "UPX!" after its headers, or in PE files sections called UPX0 and
 * UPX1. Nothing can be read in it, which is a gap too.
 */
#include "base/limits.h"
#include "catalog/program/program.h"
#include "format/elf.h"
#include "format/macho.h"
#include "format/pe.h"

#define PL_PROGRAM_READER(name) extern const struct pl_program_reader pl_program_reader_##name;
#include "catalog/program/programs.def"
#undef PL_PROGRAM_READER

static const struct pl_program_reader *const readers[] = {
#define PL_PROGRAM_READER(name) &pl_program_reader_##name,
#include "catalog/program/programs.def"
#undef PL_PROGRAM_READER
};

struct pl_component *pl_program_component(struct pl_sink *sink, const struct pl_program *program,
                                          const char *type, pl_str name, pl_str version)
{
    pl_str key = pl_arena_format(program->scratch, "%s\n" PL_STR_FMT "\n" PL_STR_FMT, type,
                                 PL_STR_ARG(pl_str_sub(name, 0, PL_LIMIT_FIELD_BYTES)),
                                 PL_STR_ARG(pl_str_sub(version, 0, PL_LIMIT_FIELD_BYTES)));
    void **seen = pl_map_at(program->seen, key);
    if (*seen) {
        return NULL;
    }
    *seen = program->seen;
    return pl_catalog_component(sink, PL_SCOPE_INSTALLED, type, name, version);
}

pl_str pl_program_name(const struct pl_program *program)
{
    return pl_str_after_last(program->path, '/');
}

static bool is_packed(const struct pl_object *object)
{
    enum { HEADERS_BYTES = 1024 };
    if (object->has_sections) {
        return pl_object_section(object, PL_STR("UPX0")) &&
               pl_object_section(object, PL_STR("UPX1"));
    }
    pl_str head = pl_span_str(pl_span_part(object->bytes, 0, HEADERS_BYTES));
    return pl_str_contains(head, PL_STR("UPX!"));
}

static enum pl_status read_object(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                                  struct pl_error *err)
{
    if (bytes.len >= 2 && memcmp(bytes.ptr, "MZ", 2) == 0) {
        return pl_pe_read(arena, bytes, ret, err);
    }
    if (bytes.len >= 4 && memcmp(bytes.ptr,
                                 "\x7f"
                                 "ELF",
                                 4) == 0) {
        return pl_elf_read(arena, bytes, ret, err);
    }
    return pl_macho_read(arena, bytes, ret, err);
}

/* One program; what is wrong with it is a gap. */
static void read_program(struct pl_sink *sink, struct pl_program *program, pl_span bytes)
{
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = read_object(program->scratch, bytes, &program->object, &err);
    if (st == PL_E_UNSUPPORTED) {
        return;
    }
    if (st < 0) {
        pl_sink_gap(sink, "%s", err.msg);
        return;
    }
    if (is_packed(&program->object)) {
        pl_sink_gap(sink, "is packed by UPX: what is in it was not seen; `upx -d` unpacks it");
        return;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(readers); i++) {
        if (readers[i]->read(sink, program, &err) < 0) {
            pl_sink_gap(sink, "%s: %s", readers[i]->name, err.msg);
        }
    }
}

static enum pl_status read_executable(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_map seen pl_automap = {0};
    struct pl_program program = {.path = file->path, .scratch = &scratch, .seen = &seen};
    size_t parts = pl_macho_parts(file->content);
    if (parts == 0) {
        read_program(sink, &program, file->content);
    }
    for (size_t i = 0; i < parts; i++) {
        read_program(sink, &program, pl_macho_part(file->content, i));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_executable = {
    .name = "executable",
    .summary = "Programs and libraries: what their compilers and packagers left in them",
    .patterns = (const char *const[]){NULL},
    .is_of_executables = true,
    .read = read_executable,
};
