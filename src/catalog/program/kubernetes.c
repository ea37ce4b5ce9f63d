/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/program/kubernetes.h"

enum { MOST_BYTES = 128 }; /* of a version, with what a builder adds to it */

/* The text between NULs that begins as a version of Kubernetes does, at `offset`; else empty. */
static pl_str text_at(pl_str bytes, size_t offset)
{
    pl_str text = pl_str_sub(pl_str_skip(bytes, offset), 0, MOST_BYTES);
    size_t end = pl_str_find_char(text, '\0');
    if (end == SIZE_MAX || (offset > 0 && bytes.ptr[offset - 1] != '\0')) {
        return PL_STR_EMPTY;
    }
    text = pl_str_sub(text, 0, end);
    pl_str rest = text;
    for (size_t i = 0; i < 3; i++) { /* v1.29.3 */
        uint64_t number = 0;
        bool is_parted = rest.len > 1 && rest.ptr[0] == (i == 0 ? 'v' : '.');
        rest = pl_str_skip(rest, 1);
        if (!is_parted || !pl_str_take_uint(&rest, UINT32_MAX, &number)) {
            return PL_STR_EMPTY;
        }
    }
    for (size_t i = 0; i < rest.len; i++) {
        bool is_of_version = pl_char_is_alnum(rest.ptr[i]) || rest.ptr[i] == '.' ||
                             rest.ptr[i] == '-' || rest.ptr[i] == '+';
        if (!is_of_version || (i == 0 && pl_char_is_alnum(rest.ptr[i]))) {
            return PL_STR_EMPTY;
        }
    }
    return text;
}

/* Adds what is in one section to *io_found; false when that differs. */
static bool search(pl_str bytes, pl_str *io_found)
{
    for (size_t at = 0; at < bytes.len;) {
        size_t next = pl_str_find(pl_str_skip(bytes, at), PL_STR("v1."));
        if (next == SIZE_MAX) {
            break;
        }
        at += next;
        pl_str text = text_at(bytes, at);
        if (text.len > 0 && io_found->len > 0 && !pl_str_eq(text, *io_found)) {
            return false;
        }
        *io_found = text.len > 0 ? text : *io_found;
        at += 3;
    }
    return true;
}

pl_str pl_program_kubernetes_version(const struct pl_program *program, pl_str *ret_section)
{
    pl_str found = PL_STR_EMPTY;
    for (size_t i = 0; i < program->object.count; i++) {
        const struct pl_section *section = &program->object.sections[i];
        pl_str before = found;
        if (section->kind != PL_SECTION_CONSTANT && section->kind != PL_SECTION_DATA) {
            continue;
        }
        if (!search(pl_span_str(section->bytes), &found)) {
            return PL_STR_EMPTY;
        }
        if (before.len == 0 && found.len > 0) {
            *ret_section = section->name.len > 0 ? section->name : PL_STR("a segment");
        }
    }
    return found;
}
