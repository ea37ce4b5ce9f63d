/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF (System V Application Binary Interface, chapter 4 "Object Files"; gABI for the extensions). A
 * file begins with 16 bytes that say class (4: 1 for 32 bits, 2 for 64) and byte order (5: 1
 * little, 2 big), then
 *
 *              32-bit  64-bit                            32-bit  64-bit
 *     e_phoff    28      32   segments, offset   e_phnum    44      56
 *     e_shoff    32      40   sections, offset   e_shnum    48      60
 *     e_phentsize 42     54   size of an entry   e_shstrndx 50      62   section with the names
 *     e_shentsize 46     58
 *
 * A section header has name (offset in the names), type, flags, address, offset, size and five
 * more; a segment header has type, flags, offset, addresses, size in the file and in memory, with
 * the flags in another place for each class. A file with 0xff00 sections or more has 0 in e_shnum
 * and the number in the size of section 0, and likewise 0xffff in e_shstrndx and the place in its
 * link. Programs run without sections, and packers and some strippers take them away: then the
 * segments stand for them.
 *
 * A note (chapter 5) is the sizes of its owner and content, a type, the owner with its NUL and the
 * content, both padded to 4 bytes.
 */
#include "format/elf.h"
#include "base/limits.h"
#include <elf.h>

/* Where the fields of a header lie in its class. */
struct layout {
    size_t header_bytes;
    size_t phoff, shoff, phentsize, shentsize, phnum, shnum, shstrndx;
    size_t section_bytes;
    size_t sh_flags, sh_addr, sh_offset, sh_size, sh_link;
    size_t segment_bytes;
    size_t p_flags, p_offset, p_vaddr, p_filesz;
};

#define LAYOUT(bits)                                                                               \
    {                                                                                              \
        .header_bytes = sizeof(Elf##bits##_Ehdr), .phoff = offsetof(Elf##bits##_Ehdr, e_phoff),    \
        .shoff = offsetof(Elf##bits##_Ehdr, e_shoff),                                              \
        .phentsize = offsetof(Elf##bits##_Ehdr, e_phentsize),                                      \
        .shentsize = offsetof(Elf##bits##_Ehdr, e_shentsize),                                      \
        .phnum = offsetof(Elf##bits##_Ehdr, e_phnum),                                              \
        .shnum = offsetof(Elf##bits##_Ehdr, e_shnum),                                              \
        .shstrndx = offsetof(Elf##bits##_Ehdr, e_shstrndx),                                        \
        .section_bytes = sizeof(Elf##bits##_Shdr),                                                 \
        .sh_flags = offsetof(Elf##bits##_Shdr, sh_flags),                                          \
        .sh_addr = offsetof(Elf##bits##_Shdr, sh_addr),                                            \
        .sh_offset = offsetof(Elf##bits##_Shdr, sh_offset),                                        \
        .sh_size = offsetof(Elf##bits##_Shdr, sh_size),                                            \
        .sh_link = offsetof(Elf##bits##_Shdr, sh_link), .segment_bytes = sizeof(Elf##bits##_Phdr), \
        .p_flags = offsetof(Elf##bits##_Phdr, p_flags),                                            \
        .p_offset = offsetof(Elf##bits##_Phdr, p_offset),                                          \
        .p_vaddr = offsetof(Elf##bits##_Phdr, p_vaddr),                                            \
        .p_filesz = offsetof(Elf##bits##_Phdr, p_filesz),                                          \
    }

static const struct layout layouts[] = {LAYOUT(32), LAYOUT(64)};

static const struct layout *layout_of(const struct pl_object *object)
{
    return &layouts[object->is_64 ? 1 : 0];
}

/* A field as wide as an address. */
static uint64_t read_word(const struct pl_object *object, const uint8_t *p)
{
    return object->is_64 ? pl_object_u64(object, p) : pl_object_u32(object, p);
}

/* A table of entries that the header names. */
struct table {
    const uint8_t *first;
    size_t entry_bytes;
    size_t count;
};

static enum pl_status find_table(const struct pl_object *object, uint64_t offset,
                                 size_t entry_bytes, size_t least_entry_bytes, uint64_t count,
                                 const char *what, struct table *ret, struct pl_error *err)
{
    if (count > PL_LIMIT_SECTIONS) {
        return pl_error_set(err, PL_E_LIMIT, "has %llu %s, more than are read",
                            (unsigned long long)count, what);
    }
    if (count > 0 && entry_bytes < least_entry_bytes) {
        return pl_error_set(err, PL_E_PARSE, "ELF header states %zu bytes for each of its %s",
                            entry_bytes, what);
    }
    uint64_t len = count * entry_bytes;
    if (offset > object->bytes.len || len > object->bytes.len - offset) {
        return pl_error_set_at(err, PL_E_PARSE, offset,
                               "ELF file is cut off: it has no %s at offset %llu", what,
                               (unsigned long long)offset);
    }
    *ret = (struct table){object->bytes.ptr + offset, entry_bytes, (size_t)count};
    return PL_OK;
}

/* A table of strings has NULs between them; a name that does not end is none. */
static pl_str name_at(pl_span names, uint32_t offset)
{
    pl_span rest = pl_span_part(names, offset, UINT64_MAX);
    const uint8_t *end = rest.len > 0 ? memchr(rest.ptr, 0, rest.len) : NULL;
    return end ? pl_str_make((const char *)rest.ptr, (size_t)(end - rest.ptr)) : PL_STR_EMPTY;
}

static enum pl_section_kind kind_of_section(uint32_t type, uint64_t flags, pl_str name)
{
    if (type == SHT_NOTE) {
        return PL_SECTION_NOTE;
    }
    if ((flags & SHF_ALLOC) == 0 || (flags & SHF_COMPRESSED) != 0) {
        return PL_SECTION_OTHER;
    }
    if ((flags & SHF_EXECINSTR) != 0) {
        return PL_SECTION_CODE;
    }
    if (type != SHT_PROGBITS && type != SHT_NOBITS) {
        return PL_SECTION_TABLE;
    }
    if (pl_str_starts_with(name, PL_STR(".eh_frame")) || pl_str_eq(name, PL_STR(".interp")) ||
        pl_str_starts_with(name, PL_STR(".gcc_except_table")) ||
        pl_str_eq(name, PL_STR(".gopclntab"))) {
        return PL_SECTION_TABLE;
    }
    /* Written to by the loader alone, which then protects it. */
    bool is_relro = pl_str_starts_with(name, PL_STR(".data.rel.ro"));
    return (flags & SHF_WRITE) != 0 && !is_relro ? PL_SECTION_DATA : PL_SECTION_CONSTANT;
}

static void read_section(const struct pl_object *object, const uint8_t *header, pl_span names,
                         struct pl_section *ret)
{
    const struct layout *layout = layout_of(object);
    uint32_t type = pl_object_u32(object, header + 4);
    uint64_t flags = read_word(object, header + layout->sh_flags);
    ret->name = name_at(names, pl_object_u32(object, header));
    ret->kind = kind_of_section(type, flags, ret->name);
    ret->address = read_word(object, header + layout->sh_addr);
    if (type != SHT_NOBITS && type != SHT_NULL) {
        ret->bytes = pl_span_part(object->bytes, read_word(object, header + layout->sh_offset),
                                  read_word(object, header + layout->sh_size));
    }
}

/* *ret_count stays 0 when there are none. */
static enum pl_status read_sections(struct pl_arena *arena, struct pl_object *object,
                                    struct pl_error *err)
{
    const struct layout *layout = layout_of(object);
    const uint8_t *header = object->bytes.ptr;
    uint64_t offset = read_word(object, header + layout->shoff);
    uint64_t count = pl_object_u16(object, header + layout->shnum);
    uint32_t names_at = pl_object_u16(object, header + layout->shstrndx);
    size_t entry_bytes = pl_object_u16(object, header + layout->shentsize);
    if (offset == 0) {
        return PL_OK;
    }
    struct table table = {0};
    enum pl_status st = find_table(object, offset, entry_bytes, layout->section_bytes,
                                   count > 0 ? count : 1, "sections", &table, err);
    if (st == PL_OK && count == 0) {
        count = read_word(object, table.first + layout->sh_size);
        st = find_table(object, offset, entry_bytes, layout->section_bytes, count, "sections",
                        &table, err);
    }
    if (st < 0 || table.count == 0) {
        return st;
    }
    if (names_at == SHN_XINDEX) {
        names_at = pl_object_u32(object, table.first + layout->sh_link);
    }
    pl_span names = {NULL, 0};
    if (names_at < table.count) {
        const uint8_t *entry = table.first + names_at * table.entry_bytes;
        names = pl_span_part(object->bytes, read_word(object, entry + layout->sh_offset),
                             read_word(object, entry + layout->sh_size));
    }
    object->sections = PL_ARENA_ARRAY(arena, struct pl_section, table.count);
    object->count = table.count;
    object->has_sections = true;
    for (size_t i = 0; i < table.count; i++) {
        read_section(object, table.first + i * table.entry_bytes, names, &object->sections[i]);
    }
    return PL_OK;
}

static enum pl_status find_segments(const struct pl_object *object, struct table *ret,
                                    struct pl_error *err)
{
    const struct layout *layout = layout_of(object);
    const uint8_t *header = object->bytes.ptr;
    return find_table(object, read_word(object, header + layout->phoff),
                      pl_object_u16(object, header + layout->phentsize), layout->segment_bytes,
                      pl_object_u16(object, header + layout->phnum), "segments", ret, err);
}

/* Linkers put constants either with the code or into a segment of their own, which can neither be
 * written nor run. */
static bool has_constants(const struct pl_object *object, const struct table *segments)
{
    for (size_t i = 0; i < segments->count; i++) {
        const uint8_t *entry = segments->first + i * segments->entry_bytes;
        uint32_t flags = pl_object_u32(object, entry + layout_of(object)->p_flags);
        if (pl_object_u32(object, entry) == PT_LOAD && (flags & (PF_W | PF_X)) == 0) {
            return true;
        }
    }
    return false;
}

/* Without sections, constants are whatever cannot be written, with the code unless they have a
 * place of their own. */
static enum pl_status read_segments(struct pl_arena *arena, struct pl_object *object,
                                    struct pl_error *err)
{
    const struct layout *layout = layout_of(object);
    struct table table = {0};
    enum pl_status st = find_segments(object, &table, err);
    if (st < 0) {
        return st;
    }
    bool are_apart = has_constants(object, &table);
    object->sections = PL_ARENA_ARRAY(arena, struct pl_section, table.count);
    for (size_t i = 0; i < table.count; i++) {
        const uint8_t *entry = table.first + i * table.entry_bytes;
        uint32_t type = pl_object_u32(object, entry);
        if (type != PT_LOAD && type != PT_NOTE) {
            continue;
        }
        uint32_t flags = pl_object_u32(object, entry + layout->p_flags);
        struct pl_section *section = &object->sections[object->count++];
        section->kind = type == PT_NOTE                    ? PL_SECTION_NOTE
                        : (flags & PF_W) != 0              ? PL_SECTION_DATA
                        : (flags & PF_X) != 0 && are_apart ? PL_SECTION_CODE
                                                           : PL_SECTION_CONSTANT;
        section->address = read_word(object, entry + layout->p_vaddr);
        uint64_t offset = read_word(object, entry + layout->p_offset);
        uint64_t len = read_word(object, entry + layout->p_filesz);
        section->bytes = pl_span_part(object->bytes, offset, len);
        if (section->bytes.len < len) {
            return pl_error_set_at(err, PL_E_PARSE, offset,
                                   "ELF file is cut off within its segment %zu", i);
        }
    }
    return PL_OK;
}

/* The header of an ELF file; PL_E_UNSUPPORTED or PL_E_PARSE. */
static enum pl_status read_header(pl_span bytes, struct pl_object *ret, struct pl_error *err)
{
    struct pl_object object = {.format = "ELF", .bytes = bytes};
    if (bytes.len < EI_NIDENT || memcmp(bytes.ptr, ELFMAG, SELFMAG) != 0) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "is no ELF file");
    }
    uint8_t class = bytes.ptr[EI_CLASS];
    uint8_t order = bytes.ptr[EI_DATA];
    if ((class != ELFCLASS32 && class != ELFCLASS64) ||
        (order != ELFDATA2LSB && order != ELFDATA2MSB)) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "is an ELF file of class %u and byte order %u",
                            class, order);
    }
    object.is_64 = class == ELFCLASS64;
    object.is_big_endian = order == ELFDATA2MSB;
    if (bytes.len < layout_of(&object)->header_bytes) {
        return pl_error_set(err, PL_E_PARSE, "ELF file is cut off in its header");
    }
    *ret = object;
    return PL_OK;
}

enum pl_status pl_elf_read(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                           struct pl_error *err)
{
    struct pl_object object = {0};
    enum pl_status st = read_header(bytes, &object, err);
    if (st < 0) {
        return st;
    }
    st = read_sections(arena, &object, err);
    if (st == PL_E_PARSE || (st == PL_OK && !object.has_sections)) {
        /* What runs a program looks at the segments alone: one with useless sections is whole. */
        st = read_segments(arena, &object, err);
    }
    if (st == PL_OK) {
        *ret = object;
    }
    return st;
}

bool pl_elf_code(pl_span head, struct pl_elf_range *ret)
{
    enum { FIRST_PAGE_BYTES = 4096 /* headers and notes, even where code follows */ };
    struct pl_object object = {0};
    struct table segments = {0};
    struct pl_elf_range largest = {0};
    if (read_header(head, &object, NULL) < 0 || find_segments(&object, &segments, NULL) < 0 ||
        !has_constants(&object, &segments)) {
        return false;
    }
    const struct layout *layout = layout_of(&object);
    for (size_t i = 0; i < segments.count; i++) {
        const uint8_t *entry = segments.first + i * segments.entry_bytes;
        uint32_t flags = pl_object_u32(&object, entry + layout->p_flags);
        uint64_t start = read_word(&object, entry + layout->p_offset);
        uint64_t len = read_word(&object, entry + layout->p_filesz);
        if (pl_object_u32(&object, entry) != PT_LOAD || (flags & (PF_W | PF_X)) != PF_X ||
            len > UINT64_MAX - start) {
            continue;
        }
        uint64_t end = start + len;
        start = start > FIRST_PAGE_BYTES ? start : FIRST_PAGE_BYTES;
        if (end > start && end - start > largest.end - largest.start) {
            largest = (struct pl_elf_range){start, end};
        }
    }
    if (largest.end == 0) {
        return false;
    }
    *ret = largest;
    return true;
}

bool pl_elf_next_note(const struct pl_object *object, pl_span *cursor, struct pl_elf_note *ret)
{
    enum { HEADER_BYTES = 12 };
    if (cursor->len < HEADER_BYTES) {
        return false;
    }
    uint64_t owner_len = pl_object_u32(object, cursor->ptr);
    uint64_t content_len = pl_object_u32(object, cursor->ptr + 4);
    uint64_t content_at = HEADER_BYTES + (owner_len + 3) / 4 * 4;
    if (content_at > cursor->len || content_len > cursor->len - content_at) {
        return false;
    }
    ret->type = pl_object_u32(object, cursor->ptr + 8);
    ret->owner = pl_str_make((const char *)cursor->ptr + HEADER_BYTES, (size_t)owner_len);
    while (ret->owner.len > 0 && ret->owner.ptr[ret->owner.len - 1] == '\0') {
        ret->owner.len--;
    }
    ret->content = (pl_span){cursor->ptr + content_at, (size_t)content_len};
    *cursor = pl_span_part(*cursor, content_at + (content_len + 3) / 4 * 4, UINT64_MAX);
    return true;
}
