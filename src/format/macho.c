/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mach-O: a header of 28 bytes (32 with 64 bits) whose magic number tells class and byte order,
 * then load commands, each with its kind and length. LC_SEGMENT (1) and LC_SEGMENT_64 (0x19) are
 *
 *                        32-bit  64-bit                         32-bit  64-bit
 *     name                  8       8     number of sections       48      64
 *     address              24      24     first section            56      72
 *     protection           44      60
 *
 * and each of their sections
 *
 *     name                  0       0     offset in the file       40      48
 *     segment's name       16      16     flags                    56      64
 *     address, size      32 36   32 40    in all                   68      80
 *
 * Names take 16 bytes and end in a NUL if they are shorter. In an object file all sections stand in
 * one segment without a name. A fat file is, in big-endian order, 0xcafebabe, the number of parts
 * and for each its processor (2 words), offset, length and alignment; with 0xcafebabf offset and
 * length are of 64 bits. A Java class has 0xcafebabe too, followed by its version, of 45 or more.
 */
#include "format/macho.h"
#include "base/limits.h"

#define MAGIC_32 0xfeedfaceU
#define MAGIC_64 0xfeedfacfU
#define MAGIC_FAT 0xcafebabeU
#define MAGIC_FAT_64 0xcafebabfU
/* Flags of a section, besides its type in the low byte. */
#define HAS_INSTRUCTIONS 0x80000400U

enum {
    SEGMENT_32 = 1,
    SEGMENT_64 = 0x19,
    TYPE_ZEROFILL = 1,
    MAY_WRITE = 2, /* of a segment's protection */
};

/* Where the fields lie in each class. */
struct layout {
    size_t header_bytes, word_bytes;
    size_t segment_bytes, segment_protection, segment_count;
    size_t section_bytes, section_offset, section_flags;
};

static const struct layout layouts[] = {
    {28, 4, 56, 44, 48, 68, 40, 56},
    {32, 8, 72, 60, 64, 80, 48, 64},
};

size_t pl_macho_parts(pl_span bytes)
{
    if (bytes.len < 8) {
        return 0;
    }
    uint32_t magic = pl_bytes_be32(bytes.ptr);
    if (magic == MAGIC_FAT || magic == MAGIC_FAT_64) {
        uint32_t count = pl_bytes_be32(bytes.ptr + 4);
        return count <= PL_LIMIT_FAT_PARTS ? count : 0;
    }
    uint32_t reversed = pl_bytes_le32(bytes.ptr);
    return magic == MAGIC_32 || magic == MAGIC_64 || reversed == MAGIC_32 || reversed == MAGIC_64;
}

pl_span pl_macho_part(pl_span bytes, size_t index)
{
    enum { FAT_HEADER_BYTES = 8 };
    uint32_t magic = bytes.len >= FAT_HEADER_BYTES ? pl_bytes_be32(bytes.ptr) : 0;
    if (magic != MAGIC_FAT && magic != MAGIC_FAT_64) {
        return bytes;
    }
    size_t entry_bytes = magic == MAGIC_FAT_64 ? 32 : 20;
    pl_span entry = pl_span_part(bytes, FAT_HEADER_BYTES + index * entry_bytes, entry_bytes);
    if (entry.len < entry_bytes) {
        return (pl_span){bytes.ptr, 0};
    }
    return magic == MAGIC_FAT_64
               ? pl_span_part(bytes, pl_bytes_be64(entry.ptr + 8), pl_bytes_be64(entry.ptr + 16))
               : pl_span_part(bytes, pl_bytes_be32(entry.ptr + 8), pl_bytes_be32(entry.ptr + 12));
}

static uint64_t read_word(const struct pl_object *object, const uint8_t *p)
{
    return object->is_64 ? pl_object_u64(object, p) : pl_object_u32(object, p);
}

static pl_str fixed_name(const uint8_t *p)
{
    return pl_str_make((const char *)p, strnlen((const char *)p, 16));
}

static enum pl_section_kind kind_of(pl_str segment, uint32_t flags, bool may_write)
{
    if (pl_str_eq(segment, PL_STR("__DWARF"))) {
        return PL_SECTION_OTHER;
    }
    if ((flags & HAS_INSTRUCTIONS) != 0) {
        return PL_SECTION_CODE;
    }
    bool is_constant = !may_write || pl_str_eq(segment, PL_STR("__DATA_CONST"));
    return is_constant ? PL_SECTION_CONSTANT : PL_SECTION_DATA;
}

static void read_section(struct pl_arena *arena, const struct pl_object *object,
                         const uint8_t *entry, bool may_write, struct pl_section *ret)
{
    const struct layout *layout = &layouts[object->is_64 ? 1 : 0];
    pl_str segment = fixed_name(entry + 16);
    uint32_t flags = pl_object_u32(object, entry + layout->section_flags);
    ret->name = pl_arena_format(arena, PL_STR_FMT "," PL_STR_FMT, PL_STR_ARG(segment),
                                PL_STR_ARG(fixed_name(entry)));
    ret->kind = kind_of(segment, flags, may_write);
    ret->address = read_word(object, entry + 32);
    if ((flags & 0xff) != TYPE_ZEROFILL) {
        ret->bytes =
            pl_span_part(object->bytes, pl_object_u32(object, entry + layout->section_offset),
                         read_word(object, entry + 32 + layout->word_bytes));
    }
}

/* The sections of all segments go into one list, in two passes: the first counts them. */
static enum pl_status read_commands(struct pl_arena *arena, struct pl_object *object,
                                    size_t *ret_count, struct pl_error *err)
{
    const struct layout *layout = &layouts[object->is_64 ? 1 : 0];
    uint32_t commands = pl_object_u32(object, object->bytes.ptr + 16);
    pl_span rest = pl_span_part(object->bytes, layout->header_bytes, UINT64_MAX);
    size_t count = 0;
    for (uint32_t i = 0; i < commands; i++) {
        uint32_t len = rest.len >= 8 ? pl_object_u32(object, rest.ptr + 4) : 0;
        if (len < 8 || len > rest.len) {
            return pl_error_set_at(err, PL_E_PARSE, object->bytes.len - rest.len,
                                   "Mach-O file is cut off in its load command %u", i);
        }
        uint32_t kind = pl_object_u32(object, rest.ptr);
        if (kind == (object->is_64 ? SEGMENT_64 : SEGMENT_32) && len >= layout->segment_bytes) {
            uint32_t sections = pl_object_u32(object, rest.ptr + layout->segment_count);
            uint32_t protection = pl_object_u32(object, rest.ptr + layout->segment_protection);
            if (sections > (len - layout->segment_bytes) / layout->section_bytes) {
                return pl_error_set_at(err, PL_E_PARSE, object->bytes.len - rest.len,
                                       "Mach-O segment states %u sections, more than it has room "
                                       "for",
                                       sections);
            }
            const uint8_t *entry = rest.ptr + layout->segment_bytes;
            for (uint32_t j = 0; j < sections; j++, count++, entry += layout->section_bytes) {
                if (object->sections) {
                    read_section(arena, object, entry, (protection & MAY_WRITE) != 0,
                                 &object->sections[count]);
                }
            }
        }
        rest = pl_span_part(rest, len, UINT64_MAX);
    }
    *ret_count = count;
    return PL_OK;
}

enum pl_status pl_macho_read(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                             struct pl_error *err)
{
    struct pl_object object = {.format = "Mach-O", .bytes = bytes, .has_sections = true};
    uint32_t magic = bytes.len >= 4 ? pl_bytes_le32(bytes.ptr) : 0;
    if (magic != MAGIC_32 && magic != MAGIC_64) {
        magic = bytes.len >= 4 ? pl_bytes_be32(bytes.ptr) : 0;
        object.is_big_endian = true;
    }
    if (magic != MAGIC_32 && magic != MAGIC_64) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "is no Mach-O file");
    }
    object.is_64 = magic == MAGIC_64;
    if (bytes.len < layouts[object.is_64 ? 1 : 0].header_bytes) {
        return pl_error_set(err, PL_E_PARSE, "Mach-O file is cut off in its header");
    }
    size_t count = 0;
    enum pl_status st = read_commands(arena, &object, &count, err);
    if (st == PL_OK && count > PL_LIMIT_SECTIONS) {
        st = pl_error_set(err, PL_E_LIMIT, "has %zu sections, more than are read", count);
    }
    if (st == PL_OK && count > 0) {
        object.sections = PL_ARENA_ARRAY(arena, struct pl_section, count);
        object.count = count;
        st = read_commands(arena, &object, &count, err);
    }
    if (st == PL_OK) {
        *ret = object;
    }
    return st;
}
