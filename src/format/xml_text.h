/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xml_text - what a text in XML has to be before libxml2 sees it; shared by xml.c and xml_pieces.c.
 */
#include "base/arena.h"
#include "base/error.h"

/* The text in UTF-8, in `scratch` where it had to be changed, and found to hold no NUL, no document
 * type with declarations and no tag with too many attributes. */
enum pl_status pl_xml_prepare(struct pl_arena *scratch, pl_str text, const char *name, pl_str *ret,
                              struct pl_error *err);

enum pl_status pl_xml_failed(const char *name, enum pl_status status, int line, pl_str what,
                             struct pl_error *err);
