/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions of PHP. Each is a shared library with a zend_module_entry in its data, which PHP asks
 * get_module() for (Zend/zend_modules.h of PHP, the same since PHP 5.3; here the layout of 64 bits,
 * in which 32 have pointers of 4 bytes from offset 12 on):
 *
 *      0  size of the structure, 16 bits        4  API number: the day it was made, 20220829
 *      8  debug, 8 bits                         9  thread safe, 8 bits
 *     16  pointers: ini entries, dependencies, name, functions, five hooks, version
 *
 * The pointers of a shared library are filled in by the loader. What with is in place or in
 * .rela.dyn, 24 bytes an entry: address, type and symbol (none), value.
 *
 * The extensions that PHP brings along have its version, so that they tell that one. Which release
 * an API number belongs to is known here, since extensions of others may have a number like it.
 */
#include "catalog/program/program.h"

enum { FIRST_POINTER_64 = 16, FIRST_POINTER_32 = 12, NAME = 2, VERSION = 9, POINTERS = 10 };
enum { LEAST_API = 20010101, MOST_API = 20991231, MOST_TEXT = 64 };

static const struct {
    uint32_t api;
    const char *release;
} releases[] = {
    {20090626, "5.3."}, {20100525, "5.4."}, {20121212, "5.5."}, {20131226, "5.6."},
    {20151012, "7.0."}, {20160303, "7.1."}, {20170718, "7.2."}, {20180731, "7.3."},
    {20190902, "7.4."}, {20200930, "8.0."}, {20210902, "8.1."}, {20220829, "8.2."},
    {20230831, "8.3."}, {20240924, "8.4."}, {20250925, "8.5."},
};

struct entry {
    uint32_t api;
    pl_str name;
    pl_str version;
};

/* Does it export what PHP looks for in a library? */
static bool is_extension(const struct pl_program *program)
{
    pl_str name = pl_program_name(program);
    if (!pl_str_ends_with(name, PL_STR(".so")) || pl_str_starts_with(name, PL_STR("lib"))) {
        return false;
    }
    const struct pl_section *names = pl_object_section(&program->object, PL_STR(".dynstr"));
    return names && (pl_str_contains(pl_span_str(names->bytes), PL_STR("\0get_module")) ||
                     pl_str_contains(pl_span_str(names->bytes), PL_STR("\0zend_extension_entry")));
}

static uint64_t read_word(const struct pl_object *object, const uint8_t *p)
{
    return object->is_64 ? pl_object_u64(object, p) : pl_object_u32(object, p);
}

/* What the loader puts at this address, where it only adds the library's own address. */
static uint64_t relocated(const struct pl_object *object, uint64_t address)
{
    const struct pl_section *table = pl_object_section(object, PL_STR(".rela.dyn"));
    size_t word = object->is_64 ? 8 : 4;
    for (size_t at = 0; table && at + 3 * word <= table->bytes.len; at += 3 * word) {
        const uint8_t *entry = table->bytes.ptr + at;
        uint64_t symbol = read_word(object, entry + word) >> (object->is_64 ? 32 : 8);
        if (symbol == 0 && read_word(object, entry) == address) {
            return read_word(object, entry + 2 * word);
        }
    }
    return 0;
}

/* The text that the pointer at this place leads to; empty when it is none. */
static pl_str follow(const struct pl_object *object, const struct pl_section *section,
                     size_t offset)
{
    uint64_t address = read_word(object, section->bytes.ptr + offset);
    if (address == 0) {
        address = relocated(object, section->address + offset);
    }
    pl_str text = address ? pl_span_str(pl_object_at(object, address)) : PL_STR_EMPTY;
    size_t len = pl_str_find_char(pl_str_sub(text, 0, MOST_TEXT), '\0');
    for (size_t i = 0; len != SIZE_MAX && i < len; i++) {
        len = text.ptr[i] >= ' ' && text.ptr[i] <= '~' ? len : SIZE_MAX;
    }
    return len == SIZE_MAX ? PL_STR_EMPTY : pl_str_sub(text, 0, len);
}

static bool read_entry(const struct pl_object *object, const struct pl_section *section,
                       size_t offset, struct entry *ret)
{
    const uint8_t *p = section->bytes.ptr + offset;
    size_t word = object->is_64 ? 8 : 4;
    size_t first = object->is_64 ? FIRST_POINTER_64 : FIRST_POINTER_32;
    size_t least = first + POINTERS * word;
    uint16_t size = pl_object_u16(object, p);
    uint32_t api = pl_object_u32(object, p + 4);
    if (size < least || size > 2 * least || api < LEAST_API || api > MOST_API || p[8] > 1 ||
        p[9] > 1) {
        return false;
    }
    *ret = (struct entry){.api = api,
                          .name = follow(object, section, offset + first + NAME * word),
                          .version = follow(object, section, offset + first + VERSION * word)};
    return ret->name.len > 0 && ret->version.len > 0;
}

static bool find_entry(const struct pl_object *object, struct entry *ret)
{
    size_t step = object->is_64 ? 8 : 4;
    size_t least =
        object->is_64 ? FIRST_POINTER_64 + POINTERS * 8 : FIRST_POINTER_32 + POINTERS * 4;
    for (size_t i = 0; i < object->count; i++) {
        const struct pl_section *section = &object->sections[i];
        bool is_searched = section->kind == PL_SECTION_DATA || section->kind == PL_SECTION_CONSTANT;
        for (size_t at = 0; is_searched && at + least <= section->bytes.len; at += step) {
            if (read_entry(object, section, at, ret)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_own(const struct entry *entry)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(releases); i++) {
        if (releases[i].api == entry->api) {
            return pl_str_starts_with(entry->version, pl_str_from(releases[i].release));
        }
    }
    return false;
}

static pl_str extension_name(struct pl_arena *arena, pl_str name)
{
    char *lower = pl_arena_alloc(arena, name.len, 1);
    for (size_t i = 0; i < name.len; i++) {
        lower[i] = name.ptr[i] == ' ' ? '-' : pl_char_lower(name.ptr[i]);
    }
    return pl_arena_format(arena, "php-" PL_STR_FMT, PL_STR_ARG(pl_str_make(lower, name.len)));
}

static enum pl_status read_php(struct pl_sink *sink, const struct pl_program *program,
                               struct pl_error *err)
{
    struct entry entry = {0};
    if (!is_extension(program) || !find_entry(&program->object, &entry)) {
        return PL_OK;
    }
    /* Some have "mysqlnd 8.2.36" in its place, and dom the day of its interface. */
    pl_str plain = entry.version;
    if (pl_str_starts_with(plain, entry.name)) {
        plain = pl_str_trim(pl_str_skip(plain, entry.name.len));
    }
    if (pl_str_find_char(plain, '.') == SIZE_MAX || !pl_char_is_digit(plain.ptr[0])) {
        return PL_OK;
    }
    entry.version = plain;
    bool is_php = is_own(&entry);
    struct pl_component *component = pl_program_component(
        sink, program, "binary",
        is_php ? PL_STR("php") : extension_name(program->scratch, entry.name), entry.version);
    if (component) {
        component->confidence = 95;
        component->basis =
            pl_sink_str(sink, pl_arena_format(program->scratch,
                                              "module entry of PHP: \"" PL_STR_FMT "\" for API %u",
                                              PL_STR_ARG(entry.name), (unsigned)entry.api));
        if (is_php) {
            pl_sink_push(sink, &component->cpes,
                         pl_arena_format(program->scratch,
                                         "cpe:2.3:a:php:php:" PL_STR_FMT ":*:*:*:*:*:*:*",
                                         PL_STR_ARG(entry.version)));
        }
    }
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_php = {
    .name = "php",
    .summary = "Extensions of PHP, by their module entry",
    .read = read_php,
};
