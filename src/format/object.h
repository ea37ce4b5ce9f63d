/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * object - a program or a library as the sections it consists of, whatever its format.
 *
 * elf.h, pe.h and macho.h each fill one in from the bytes of a file. Names and bytes are views into
 * the file, the list lies in the given arena. A section's bytes are always inside the file: what a
 * header says beyond its end is cut off. Nothing is decoded, relocated or unpacked.
 */
#include "base/arena.h"
#include "format/bytes.h"

/* What a section is for, as its flags say. */
enum pl_section_kind {
    PL_SECTION_OTHER, /* not loaded: symbols, debug information, attributes */
    PL_SECTION_CODE,
    PL_SECTION_CONSTANT, /* data that the program only reads, once it runs */
    PL_SECTION_DATA, /* data that it writes to */
    PL_SECTION_TABLE, /* loaded for the loader alone: symbols, relocations, unwinding */
    PL_SECTION_NOTE, /* ELF notes */
};

struct pl_section {
    pl_str name; /* empty for the segment of a file without sections */
    enum pl_section_kind kind;
    uint64_t address; /* in memory */
    pl_span bytes; /* in the file; empty for memory that starts as zeros */
};

struct pl_object {
    const char *format; /* "ELF", "PE", "Mach-O" */
    pl_span bytes; /* the whole file; of a fat Mach-O the one part */
    bool is_64;
    bool is_big_endian;
    bool has_sections; /* false: stripped of them, and `sections` are the segments */
    struct pl_section *sections;
    size_t count;
};

/* The first section of this name, or NULL. */
const struct pl_section *pl_object_section(const struct pl_object *object, pl_str name);

/* What lies in memory from this address to the end of its section; empty when nothing does. */
pl_span pl_object_at(const struct pl_object *object, uint64_t address);

/* Integers in the byte order of the file; the caller has checked that the bytes are there. */
static inline uint16_t pl_object_u16(const struct pl_object *object, const uint8_t *p)
{
    return object->is_big_endian ? pl_bytes_be16(p) : pl_bytes_le16(p);
}

static inline uint32_t pl_object_u32(const struct pl_object *object, const uint8_t *p)
{
    return object->is_big_endian ? pl_bytes_be32(p) : pl_bytes_le32(p);
}

static inline uint64_t pl_object_u64(const struct pl_object *object, const uint8_t *p)
{
    return object->is_big_endian ? pl_bytes_be64(p) : pl_bytes_le64(p);
}

/* The part of `bytes` from `offset` of `len` bytes, cut at its end. */
static inline pl_span pl_span_part(pl_span bytes, uint64_t offset, uint64_t len)
{
    if (offset >= bytes.len) {
        return (pl_span){bytes.ptr, 0};
    }
    uint64_t left = bytes.len - offset;
    return (pl_span){bytes.ptr + offset, (size_t)(len < left ? len : left)};
}
