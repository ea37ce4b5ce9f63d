/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * npm_package - what the readers of the JavaScript world's files share.
 */
#include "catalog/cataloger.h"
#include "format/json.h"

/* Does the path lie in an installed package? What a package brings along for its own development,
 * its lock files above all, says nothing about what is there. */
bool pl_npm_is_in_package(pl_str path);

/* Splits "name@version" and "@scope/name@version", with anything behind the at sign. False without
 * a name or an at sign. */
bool pl_npm_split(pl_str text, pl_str *ret_name, pl_str *ret_rest);

/* Does it begin like a version, and not like a URL, a path or a protocol? */
bool pl_npm_is_version(pl_str text);

/* Adds what "license" and "licenses" of a package.json state: a string, {"type": ...}, or a list of
 * these. */
void pl_npm_add_licenses(struct pl_sink *sink, struct pl_component *component,
                         const json_t *package);
