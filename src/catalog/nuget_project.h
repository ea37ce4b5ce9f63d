/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * nuget_project - what the JSON files of NuGet and .NET have in common: a list of libraries, of
 * which some are packages, and for each target what they depend on.
 */
#include "catalog/distinct.h"
#include "format/json.h"

/* The exact version that a reference asks for: "1.0", "[1.0]"; empty for ranges, floating versions
 * ("1.*") and what has properties left in it. */
pl_str pl_nuget_exact_version(pl_str text);

/* Reads "libraries" ("NAME/VERSION": { "type": "package" }) and "targets" of *.deps.json and
 * project.assets.json. */
void pl_nuget_add_libraries(struct pl_distinct *list, const json_t *document,
                            const struct pl_map *direct);
