/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PE: a DOS program whose header has, at 60, the offset of "PE\0\0". There follow the COFF header
 * of 20 bytes (2: number of sections, 16: size of the optional header), the optional header and the
 * section table. The optional header begins with its magic number, 0x10b for 32 bits and 0x20b for
 * 64; it has
 *
 *                       32-bit  64-bit
 *     image base          28      24      address that the program was linked for
 *     directories         92     108      their number, and then for each its address (relative to
 *                                         the image base) and size
 *
 * A section has its name (8 bytes, with a NUL if shorter), size in memory, address, size in the
 * file, offset in the file, and at 36 its flags, all in 40 bytes.
 *
 * Resources (directory 2) are a tree of three levels, type, name and language: each node has 16
 * bytes, the last four of which count its named and its numbered entries, and for each entry an id
 * and an offset from the start of the tree, with the highest bit for a further node and without it
 * for the address and size of the data. Version resources have type 16: nodes of (length, length of
 * the value, type, key in UTF-16 that ends in NUL), each part padded to 4 bytes, then value and
 * child nodes. VS_VERSION_INFO holds VS_FIXEDFILEINFO and StringFileInfo, that one table for each
 * language, and the tables the strings.
 */
#include "format/pe.h"

enum {
    MAGIC_32 = 0x10b,
    MAGIC_64 = 0x20b,
    COFF_BYTES = 24, /* with "PE\0\0" before it */
    LEAST_OPTIONAL_BYTES = 32, /* up to the image base */
    SECTION_BYTES = 40,
    DIRECTORY_RESOURCES = 2,
    DIRECTORY_CLI = 14,
    TYPE_VERSION = 16,
};

/* Of VS_FIXEDFILEINFO. */
#define FIXED_SIGNATURE 0xfeef04bdU
/* Flags of a section. */
#define HAS_CODE 0x00000020U
#define IS_EXECUTABLE 0x20000000U
#define IS_WRITABLE 0x80000000U

/* The COFF header with what follows it; empty when there is none. */
static pl_span find_headers(pl_span bytes)
{
    enum { DOS_BYTES = 64 };
    if (bytes.len < DOS_BYTES || memcmp(bytes.ptr, "MZ", 2) != 0) {
        return (pl_span){NULL, 0};
    }
    pl_span headers = pl_span_part(bytes, pl_bytes_le32(bytes.ptr + 60), UINT64_MAX);
    if (headers.len < COFF_BYTES || memcmp(headers.ptr, "PE\0", 4) != 0) {
        return (pl_span){NULL, 0};
    }
    return headers;
}

static pl_span find_optional(pl_span headers)
{
    if (headers.len < COFF_BYTES) {
        return (pl_span){NULL, 0};
    }
    return pl_span_part(headers, COFF_BYTES, pl_bytes_le16(headers.ptr + 20));
}

static uint64_t image_base(pl_span optional)
{
    if (optional.len < LEAST_OPTIONAL_BYTES) {
        return 0;
    }
    return pl_bytes_le16(optional.ptr) == MAGIC_64 ? pl_bytes_le64(optional.ptr + 24)
                                                   : pl_bytes_le32(optional.ptr + 28);
}

static enum pl_section_kind kind_of(pl_str name, uint32_t flags)
{
    if ((flags & (HAS_CODE | IS_EXECUTABLE)) != 0) {
        return PL_SECTION_CODE;
    }
    if (pl_str_eq(name, PL_STR(".reloc")) || pl_str_eq(name, PL_STR(".pdata"))) {
        return PL_SECTION_TABLE;
    }
    return (flags & IS_WRITABLE) != 0 ? PL_SECTION_DATA : PL_SECTION_CONSTANT;
}

enum pl_status pl_pe_read(struct pl_arena *arena, pl_span bytes, struct pl_object *ret,
                          struct pl_error *err)
{
    pl_span headers = find_headers(bytes);
    pl_span optional = find_optional(headers);
    uint32_t magic = optional.len >= LEAST_OPTIONAL_BYTES ? pl_bytes_le16(optional.ptr) : 0;
    if (magic != MAGIC_32 && magic != MAGIC_64) {
        return pl_error_set(err, PL_E_UNSUPPORTED, "is no PE file");
    }
    struct pl_object object = {
        .format = "PE", .bytes = bytes, .is_64 = magic == MAGIC_64, .has_sections = true};
    uint64_t base = image_base(optional);
    size_t count = pl_bytes_le16(headers.ptr + 6);
    pl_span table = pl_span_part(headers, COFF_BYTES + optional.len, count * SECTION_BYTES);
    if (table.len < count * SECTION_BYTES) {
        return pl_error_set_at(err, PL_E_PARSE, bytes.len,
                               "PE file is cut off in its table of %zu sections", count);
    }
    object.sections = PL_ARENA_ARRAY(arena, struct pl_section, count);
    object.count = count;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = table.ptr + i * SECTION_BYTES;
        struct pl_section *section = &object.sections[i];
        section->name = pl_str_make((const char *)entry, strnlen((const char *)entry, 8));
        section->kind = kind_of(section->name, pl_bytes_le32(entry + 36));
        section->address = base + pl_bytes_le32(entry + 12);
        section->bytes = pl_span_part(bytes, pl_bytes_le32(entry + 20), pl_bytes_le32(entry + 16));
    }
    *ret = object;
    return PL_OK;
}

/* The bytes at an address relative to the image base. */
static pl_span at_relative(const struct pl_object *object, uint32_t address, uint32_t len)
{
    uint64_t base = image_base(find_optional(find_headers(object->bytes)));
    return pl_span_part(pl_object_at(object, base + address), 0, len);
}

static pl_span find_directory(const struct pl_object *object, uint32_t index)
{
    pl_span optional = find_optional(find_headers(object->bytes));
    size_t at = object->is_64 ? 108 : 92;
    pl_span table = pl_span_part(optional, at, UINT64_MAX);
    if (table.len < 4 || index >= pl_bytes_le32(table.ptr)) {
        return (pl_span){NULL, 0};
    }
    pl_span entry = pl_span_part(table, 4 + (uint64_t)index * 8, 8);
    if (entry.len < 8) {
        return (pl_span){NULL, 0};
    }
    return at_relative(object, pl_bytes_le32(entry.ptr), pl_bytes_le32(entry.ptr + 4));
}

bool pl_pe_is_assembly(const struct pl_object *object)
{
    return find_directory(object, DIRECTORY_CLI).len > 0;
}

/* The offset that the entry of this id states in a node of the resource tree (of any id: 0); false
 * when there is none. */
static bool find_entry(pl_span tree, uint32_t node_at, uint32_t id, uint32_t *ret_offset)
{
    enum { NODE_BYTES = 16, ENTRY_BYTES = 8 };
    pl_span node = pl_span_part(tree, node_at, UINT64_MAX);
    if (node.len < NODE_BYTES) {
        return false;
    }
    size_t count = (size_t)pl_bytes_le16(node.ptr + 12) + pl_bytes_le16(node.ptr + 14);
    for (size_t i = 0; i < count && NODE_BYTES + (i + 1) * ENTRY_BYTES <= node.len; i++) {
        const uint8_t *entry = node.ptr + NODE_BYTES + i * ENTRY_BYTES;
        if (id == 0 || pl_bytes_le32(entry) == id) {
            *ret_offset = pl_bytes_le32(entry + 4);
            return true;
        }
    }
    return false;
}

static pl_span find_version(const struct pl_object *object)
{
    const uint32_t is_node = 0x80000000U;
    const pl_span none = {NULL, 0};
    pl_span tree = find_directory(object, DIRECTORY_RESOURCES);
    uint32_t offset = 0;
    if (!find_entry(tree, 0, TYPE_VERSION, &offset)) {
        return none;
    }
    for (int level = 0; level < 2; level++) {
        if ((offset & is_node) == 0 || !find_entry(tree, offset & ~is_node, 0, &offset)) {
            return none;
        }
    }
    pl_span leaf = pl_span_part(tree, offset, 8);
    if (leaf.len < 8) {
        return none;
    }
    return at_relative(object, pl_bytes_le32(leaf.ptr), pl_bytes_le32(leaf.ptr + 4));
}

/* A node of the version resource. */
struct node {
    pl_span key; /* UTF-16, without its NUL */
    pl_span value; /* of text: with its NULs */
    pl_span children;
};

static size_t padded(size_t at)
{
    return (at + 3) / 4 * 4;
}

/* Takes a node off *cursor; false at the end and where there is none. Parts are padded from the
 * start of the resource, to which nodes are aligned. */
static bool next_node(pl_span *cursor, struct node *ret)
{
    enum { HEADER_BYTES = 6 };
    if (cursor->len < HEADER_BYTES) {
        return false;
    }
    size_t len = pl_bytes_le16(cursor->ptr);
    size_t value_len = pl_bytes_le16(cursor->ptr + 2);
    bool is_text = pl_bytes_le16(cursor->ptr + 4) == 1;
    if (len < HEADER_BYTES || len > cursor->len) {
        return false;
    }
    pl_span node = {cursor->ptr, len};
    size_t at = HEADER_BYTES;
    while (at + 2 <= len && pl_bytes_le16(node.ptr + at) != 0) {
        at += 2;
    }
    ret->key = pl_span_part(node, HEADER_BYTES, at - HEADER_BYTES);
    /* The length of text counts characters; some linkers count its bytes, and are cut off. */
    ret->value = pl_span_part(node, padded(at + 2), is_text ? value_len * 2 : value_len);
    ret->children = pl_span_part(node, padded(padded(at + 2) + ret->value.len), UINT64_MAX);
    *cursor = pl_span_part(*cursor, padded(len), UINT64_MAX);
    return true;
}

static void append_utf8(char *into, size_t *at, uint32_t c)
{
    if (c < 0x80) {
        into[(*at)++] = (char)c;
        return;
    }
    if (c >= 0x10000) {
        into[(*at)++] = (char)(0xf0 | c >> 18);
        into[(*at)++] = (char)(0x80 | (c >> 12 & 0x3f));
    } else if (c >= 0x800) {
        into[(*at)++] = (char)(0xe0 | c >> 12);
    } else {
        into[(*at)++] = (char)(0xc0 | c >> 6);
    }
    if (c >= 0x800) {
        into[(*at)++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    into[(*at)++] = (char)(0x80 | (c & 0x3f));
}

/* UTF-16 up to its NUL, trimmed; an unpaired surrogate becomes U+FFFD. */
static pl_str to_utf8(struct pl_arena *arena, pl_span text)
{
    char *into = pl_arena_alloc(arena, text.len / 2, 3);
    size_t len = 0;
    for (size_t i = 0; i + 2 <= text.len; i += 2) {
        uint32_t c = pl_bytes_le16(text.ptr + i);
        if (c == 0) {
            break;
        }
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = i + 4 <= text.len ? pl_bytes_le16(text.ptr + i + 2) : 0;
            bool is_pair = c < 0xdc00 && low >= 0xdc00 && low < 0xe000;
            c = is_pair ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
            i += is_pair ? 2 : 0;
        }
        append_utf8(into, &len, c);
    }
    return pl_str_trim(pl_str_make(into, len));
}

static void take_string(struct pl_arena *arena, const struct node *string,
                        struct pl_pe_version *ret)
{
    const struct {
        const char *key;
        pl_str *field;
    } fields[] = {
        {"CompanyName", &ret->company},
        {"FileDescription", &ret->file_description},
        {"FileVersion", &ret->file_version},
        {"InternalName", &ret->internal_name},
        {"OriginalFilename", &ret->original_filename},
        {"ProductName", &ret->product},
        {"ProductVersion", &ret->product_version},
    };
    pl_str key = to_utf8(arena, string->key);
    for (size_t i = 0; i < PL_ARRAY_LEN(fields); i++) {
        if (fields[i].field->len == 0 && pl_str_eq(key, pl_str_from(fields[i].key))) {
            *fields[i].field = to_utf8(arena, string->value);
        }
    }
}

static void take_fixed(struct pl_arena *arena, pl_span value, struct pl_pe_version *ret)
{
    if (value.len >= 16 && pl_bytes_le32(value.ptr) == FIXED_SIGNATURE) {
        ret->fixed_file_version = pl_arena_format(
            arena, "%u.%u.%u.%u", pl_bytes_le16(value.ptr + 10), pl_bytes_le16(value.ptr + 8),
            pl_bytes_le16(value.ptr + 14), pl_bytes_le16(value.ptr + 12));
    }
}

void pl_pe_read_version(struct pl_arena *arena, const struct pl_object *object,
                        struct pl_pe_version *ret, bool *ret_is_damaged)
{
    *ret = (struct pl_pe_version){0};
    *ret_is_damaged = false;
    pl_span resource = find_version(object);
    struct node root = {0};
    if (resource.len == 0) {
        return;
    }
    if (!next_node(&resource, &root)) {
        *ret_is_damaged = true;
        return;
    }
    take_fixed(arena, root.value, ret);
    struct node info = {0};
    while (next_node(&root.children, &info)) {
        struct node table = {0};
        if (!pl_str_eq(to_utf8(arena, info.key), PL_STR("StringFileInfo"))) {
            continue;
        }
        while (next_node(&info.children, &table)) {
            struct node string = {0};
            while (next_node(&table.children, &string)) {
                take_string(arena, &string, ret);
            }
        }
    }
}
