/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * elf - the sections and notes of an ELF file (System V ABI, chapters 4 and 5), of both classes and
 * either byte order, from bytes in memory.
 *
 * An own reader and not libelf: what is wanted is one table of headers and the notes, libelf reads
 * and converts lazily into memory of its own in ways that a hostile file chooses, and each layer is
 * read with this in a sandbox whose memory is bounded.
 */
#include "format/object.h"

/* PL_E_UNSUPPORTED for an ELF of a class or version that does not exist; PL_E_PARSE for headers
 * that lie outside of the file; PL_E_LIMIT for more than PL_LIMIT_SECTIONS. */
enum pl_status pl_elf_read(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                           struct pl_error *err);

/* Bytes of a file, from `start` to before `end`. */
struct pl_elf_range {
    uint64_t start;
    uint64_t end;
};

/* Where in the file nothing but code lies, as far as its first bytes tell: most of a program, and
 * what nobody needs who looks for texts. False, and *ret untouched, when they do not tell. */
bool pl_elf_code(pl_span head, struct pl_elf_range *ret);

struct pl_elf_note {
    pl_str owner; /* without its NUL */
    uint32_t type;
    pl_span content;
};

/* Takes the next note off *cursor, which starts as the bytes of a section of kind NOTE. False at
 * the end, or at a note that is cut off. */
bool pl_elf_next_note(const struct pl_object *object, pl_span *cursor, struct pl_elf_note *ret);
