/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows programs and .NET assemblies by their version resource: product, company and version as
 * whoever built them typed them in. Of an assembly the name is that of its file, which is what
 * packages of NuGet are mostly called, and ProductVersion that of the package with the commit after
 * a '+'; but packages hold many assemblies and assemblies change hands, so that this is software of
 * this name and version, and no package of NuGet: what is one says a deps.json or
 * packages.lock.json.
 */
#include "catalog/program/program.h"
#include "format/pe.h"

/* "1.2.3" of "1.2.3+4f1a" and of "1.2.3.0 built by: x". Zeros are what a compiler writes when
 * nobody states a version. */
static pl_str first_version(pl_str text)
{
    pl_str word = PL_STR_EMPTY;
    pl_str rest = PL_STR_EMPTY;
    pl_str_next_word(&text, &word);
    pl_str_cut(word, '+', &word, &rest);
    bool is_stated =
        word.len > 0 && pl_char_is_digit(word.ptr[0]) && !pl_str_eq(word, PL_STR("0.0.0.0"));
    return is_stated ? word : PL_STR_EMPTY;
}

/* Without its extension, as an assembly is called. */
static pl_str plain_name(pl_str name)
{
    static const char *const extensions[] = {".dll", ".exe", ".DLL", ".EXE"};
    for (size_t i = 0; i < PL_ARRAY_LEN(extensions); i++) {
        if (pl_str_ends_with(name, pl_str_from(extensions[i]))) {
            return pl_str_sub(name, 0, name.len - 4);
        }
    }
    return name;
}

static enum pl_status read_pe_version(struct pl_sink *sink, const struct pl_program *program,
                                      struct pl_error *err)
{
    struct pl_pe_version stated = {0};
    bool is_damaged = false;
    if (strcmp(program->object.format, "PE") != 0) {
        return PL_OK;
    }
    pl_pe_read_version(program->scratch, &program->object, &stated, &is_damaged);
    if (is_damaged) {
        return pl_error_set(err, PL_E_PARSE, "version resource is damaged");
    }
    bool is_assembly = pl_pe_is_assembly(&program->object);
    pl_str name = is_assembly || stated.product.len == 0
                      ? plain_name(stated.original_filename.len > 0 ? stated.original_filename
                                                                    : stated.internal_name)
                      : stated.product;
    pl_str version = first_version(stated.product_version);
    version = version.len > 0 ? version : first_version(stated.file_version);
    if (name.len == 0 || version.len == 0) {
        return PL_OK;
    }
    struct pl_component *component = pl_program_component(sink, program, "binary", name, version);
    if (component) {
        component->vendor = pl_sink_str(sink, stated.company);
        component->confidence = 80;
        component->basis =
            pl_sink_str(sink, pl_arena_format(program->scratch,
                                              "version resource: ProductName \"" PL_STR_FMT
                                              "\", ProductVersion \"" PL_STR_FMT
                                              "\", FileVersion \"" PL_STR_FMT "\"%s",
                                              PL_STR_ARG(pl_str_sub(stated.product, 0, 80)),
                                              PL_STR_ARG(pl_str_sub(stated.product_version, 0, 80)),
                                              PL_STR_ARG(pl_str_sub(stated.file_version, 0, 80)),
                                              is_assembly ? ", .NET assembly" : ""));
    }
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_pe_version = {
    .name = "pe-version",
    .summary = "Windows programs and .NET assemblies, by their version resource",
    .read = read_pe_version,
};
