/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * macho - the sections of a Mach-O file, and the parts of a fat one (Apple's <mach-o/loader.h> and
 * <mach-o/fat.h>), from bytes in memory.
 */
#include "format/object.h"

/* How many Mach-O files are in it: 1, or those of a fat file up to PL_LIMIT_FAT_PARTS; 0 when it is
 * neither. Java classes begin as fat files do, and are told apart by the number of parts. */
size_t pl_macho_parts(pl_span bytes);
/* One of them; empty when it lies outside of the file. */
pl_span pl_macho_part(pl_span bytes, size_t index);

/* Section names are written "__TEXT,__const". PL_E_UNSUPPORTED for what is no Mach-O file,
 * PL_E_PARSE for load commands that lie outside of it, PL_E_LIMIT for more than
 * PL_LIMIT_SECTIONS. */
enum pl_status pl_macho_read(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                             struct pl_error *err);
