/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * xml_pieces - the elements of certain names in a large XML document, one after the other, each as
 * a small tree.
 *
 * The same documents are read and refused as by format/xml.h, but for their size: up to
 * PL_LIMIT_FEED_DOCUMENT_BYTES in UTF-8 (PL_LIMIT_XML_BYTES in other encodings). The limits of a
 * tree hold for each piece, and memory is that of one piece. What is around the pieces is checked
 * to be well formed, to the end, so that a truncated document is noticed.
 *
 *     static const char *const wanted[] = {"update", NULL};
 *     st = pl_xml_pieces(text, "updateinfo", wanted, take_update, &context, err);
 */
#include "format/xml.h"

/* The piece is good during the call. What it fails with ends the reading. */
typedef enum pl_status pl_xml_take(void *context, const struct pl_xml_node *piece,
                                   struct pl_error *err);

/* `wanted` are local names of any namespace and depth, and ends in NULL; one that lies in another
 * is a part of that. Pieces before a failure were handed over. */
enum pl_status pl_xml_pieces(pl_str text, const char *name, const char *const *wanted,
                             pl_xml_take *take, void *context, struct pl_error *err);
