/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xml_reader - the one way through a document, as one tree (format/xml.h) or as many small ones
 * (format/xml_pieces.h).
 */
#include "format/xml.h"
#include "format/xml_pieces.h"

struct pl_xml_reading {
    const char *name; /* for messages */
    const char *const *wanted; /* ends in NULL; NULL for the whole document as one tree */
    struct pl_arena *arena; /* of the whole tree */
    pl_xml_take *take; /* of the wanted ones */
    void *context;
};

/* *ret is the root when the whole is wanted. */
enum pl_status pl_xml_read(const struct pl_xml_reading *reading, pl_str text,
                           const struct pl_xml_node **ret, struct pl_error *err);
