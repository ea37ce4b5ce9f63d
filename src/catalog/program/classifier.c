/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that no package manager knows, built from source or unpacked from a release, by their
 * file's name and the version string that they carry: the rows of classifiers.def. Few files have
 * such a name, so each row is looked for on its own. Besides constants, data is looked at, since
 * linkers put there what a build sets ("-X main.version=" of Go); .comment, where compilers write
 * their own version; and .dynstr, the names of symbols and of the libraries that are needed. A Go
 * program whose build information states its version needs no second statement.
 */
#include "catalog/program/signature.h"

static const struct pl_signature signatures[] = {
#define PL_SIGNATURE(...) {__VA_ARGS__},
#include "catalog/program/classifiers.def"
#undef PL_SIGNATURE
};

static bool is_searched(const struct pl_section *section)
{
    return section->kind == PL_SECTION_CONSTANT || section->kind == PL_SECTION_DATA ||
           pl_str_eq(section->name, PL_STR(".comment")) ||
           pl_str_eq(section->name, PL_STR(".dynstr"));
}

static bool contains(const struct pl_object *object, const char *literal)
{
    for (size_t i = 0; i < object->count; i++) {
        if (is_searched(&object->sections[i]) &&
            pl_str_contains(pl_span_str(object->sections[i].bytes), pl_str_from(literal))) {
            return true;
        }
    }
    return false;
}

static bool find(const struct pl_object *object, const struct pl_signature *signature,
                 struct pl_signature_hit *ret)
{
    const char *also = signature->also;
    bool must_be_absent = also && also[0] == '!';
    if (also && contains(object, also + must_be_absent) == must_be_absent) {
        return false;
    }
    for (size_t i = 0; i < object->count; i++) {
        const struct pl_section *section = &object->sections[i];
        if (is_searched(section) && pl_signature_search(signature, section->bytes, ret)) {
            ret->section = section->name;
            return true;
        }
    }
    return false;
}

static enum pl_status read_classifier(struct pl_sink *sink, const struct pl_program *program,
                                      struct pl_error *err)
{
    const char *found = "";
    for (size_t i = 0; i < PL_ARRAY_LEN(signatures); i++) {
        const struct pl_signature *signature = &signatures[i];
        struct pl_signature_hit hit = {0};
        if (strcmp(signature->name, found) != 0 && pl_signature_wants(signature, program->path) &&
            !pl_program_states_go_version(program) && find(&program->object, signature, &hit)) {
            pl_signature_report(sink, program, signature, &hit);
            found = signature->name;
        }
    }
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_classifier = {
    .name = "classifier",
    .summary = "Interpreters, servers and tools, by the version string they carry",
    .read = read_classifier,
};
