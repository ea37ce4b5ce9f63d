/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pe - the sections, the version resource and the assembly identity of a PE file, the format of
 * Windows programs and .NET assemblies (Microsoft, "PE Format"), from bytes in memory.
 */
#include "format/object.h"

/* PL_E_UNSUPPORTED for what is no PE file: DOS programs begin with "MZ" too. PL_E_PARSE for headers
 * that lie outside of the file. */
enum pl_status pl_pe_read(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                          struct pl_error *err);

/* What a program says of itself (VS_VERSIONINFO); empty where it does not. */
struct pl_pe_version {
    pl_str company;
    pl_str product;
    pl_str file_description;
    pl_str internal_name;
    pl_str original_filename;
    pl_str file_version;
    pl_str product_version;
    /* VS_FIXEDFILEINFO: four numbers, "1.2.3.4"; empty when there is none. */
    pl_str fixed_file_version;
};

/* The first version resource, in `arena`, converted to UTF-8. Empty when there is none; a damaged
 * one gives what could be read, and *ret_is_damaged. `object` must come from pl_pe_read. */
void pl_pe_read_version(struct pl_arena *arena, const struct pl_object *object,
                        struct pl_pe_version *ret, bool *ret_is_damaged);

/* Is it a .NET assembly: has it a CLI header (ECMA-335, II.25.3.3)? */
bool pl_pe_is_assembly(const struct pl_object *object);
