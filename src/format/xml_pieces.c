/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work is that of format/xml_reader.c. Encodings other than UTF-8 cost a copy of the whole
 * text, so that those documents have the size of other documents; no publisher of large ones uses
 * any.
 */
#include "format/xml_pieces.h"
#include "base/limits.h"
#include "format/xml_reader.h"

enum pl_status pl_xml_pieces(pl_str text, const char *name, const char *const *wanted,
                             pl_xml_take *take, void *context, struct pl_error *err)
{
    /* UTF-16 without a mark has a NUL in its first character. */
    bool is_copied = !pl_str_is_utf8(text) || pl_str_contains(pl_str_sub(text, 0, 2), PL_STR("\0"));
    size_t limit = is_copied ? PL_LIMIT_XML_BYTES : PL_LIMIT_FEED_DOCUMENT_BYTES;
    if (text.len > limit) {
        return pl_error_set(err, PL_E_LIMIT, "%s has %zu bytes; no more than %zu are read", name,
                            text.len, limit);
    }
    struct pl_xml_reading reading = {
        .name = name, .wanted = wanted, .take = take, .context = context};
    return pl_xml_read(&reading, text, NULL, err);
}
