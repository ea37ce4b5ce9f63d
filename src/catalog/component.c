/* SPDX-License-Identifier: Apache-2.0 */
#include "base/compiler.h"
#include "catalog/cataloger.h"
#include "format/base64.h"

const struct pl_catalog_file *pl_catalog_find(const struct pl_catalog_together *together,
                                              pl_str path)
{
    size_t low = 0;
    size_t high = together ? together->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_str_cmp(together->files[middle].path, path);
        if (order == 0) {
            return &together->files[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

struct pl_component *pl_catalog_component(struct pl_sink *sink, enum pl_scope scope,
                                          const char *type, pl_str name, pl_str version)
{
    if (name.len == 0 || version.len == 0) {
        pl_sink_gap(sink, "package '" PL_STR_FMT "' lacks its %s",
                    PL_STR_ARG(pl_str_sub(name, 0, 100)), name.len > 0 ? "version" : "name");
        return NULL;
    }
    struct pl_component *component = pl_sink_component(sink);
    if (component) {
        component->type = pl_str_from(type);
        component->name = pl_sink_str(sink, name);
        component->version = pl_sink_str(sink, version);
        component->scope = scope;
    }
    return component;
}

/* The hex digits of a hash by this algorithm; 0 for one that is not known. */
static size_t hex_digits(pl_str algorithm)
{
    static const struct {
        const char *name;
        size_t digits;
    } known[] = {{"md5", 32}, {"sha1", 40}, {"sha256", 64}, {"sha384", 96}, {"sha512", 128}};
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        if (pl_str_eq(algorithm, pl_str_from(known[i].name))) {
            return known[i].digits;
        }
    }
    return 0;
}

void pl_catalog_add_hash(struct pl_sink *sink, struct pl_component *component, pl_str algorithm,
                         pl_str hex)
{
    char text[160];
    size_t digits = hex_digits(algorithm);
    if (digits == 0 || hex.len != digits) {
        return;
    }
    int at = snprintf(text, sizeof(text), PL_STR_FMT ":", PL_STR_ARG(algorithm));
    for (size_t i = 0; i < digits; i++) {
        char c = pl_char_lower(hex.ptr[i]);
        if (!pl_char_is_digit(c) && !(c >= 'a' && c <= 'f')) {
            return;
        }
        text[at++] = c;
    }
    pl_sink_push(sink, &component->hashes, pl_str_make(text, (size_t)at));
}

void pl_catalog_add_integrity(struct pl_sink *sink, struct pl_component *component,
                              pl_str integrity)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&integrity, &word)) {
        pl_str algorithm = PL_STR_EMPTY;
        pl_str text = PL_STR_EMPTY;
        pl_str bytes = PL_STR_EMPTY;
        /* Options may follow a '?' (W3C Subresource Integrity, section 3.4). */
        pl_str options = PL_STR_EMPTY;
        pl_str_cut(word, '?', &word, &options);
        if (!pl_str_cut(word, '-', &algorithm, &text) ||
            !pl_base64_decode(&scratch, text, &bytes) || bytes.len * 2 != hex_digits(algorithm)) {
            continue;
        }
        char hex[128];
        for (size_t i = 0; i < bytes.len; i++) {
            static const char digits[] = "0123456789abcdef";
            hex[2 * i] = digits[(uint8_t)bytes.ptr[i] >> 4];
            hex[2 * i + 1] = digits[(uint8_t)bytes.ptr[i] & 15];
        }
        pl_catalog_add_hash(sink, component, algorithm, pl_str_make(hex, bytes.len * 2));
    }
}

bool pl_catalog_may_be_executable(pl_str path, uint32_t mode)
{
    static const char *const extensions[] = {".dll", ".exe", ".ko", ".node", ".pyd", ".so"};
    size_t slash = pl_str_find_last_char(path, '/');
    pl_str name = slash == SIZE_MAX ? path : pl_str_skip(path, slash + 1);
    if ((mode & 0111) != 0 || pl_str_contains(name, PL_STR(".so."))) {
        return true;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(extensions); i++) {
        if (pl_str_ends_with(name, pl_str_from(extensions[i]))) {
            return true;
        }
    }
    return false;
}

bool pl_catalog_is_executable(pl_span head)
{
    static const uint8_t magics[][4] = {
        {0x7f, 'E', 'L', 'F'},    {0xfe, 0xed, 0xfa, 0xce}, {0xfe, 0xed, 0xfa, 0xcf},
        {0xce, 0xfa, 0xed, 0xfe}, {0xcf, 0xfa, 0xed, 0xfe}, {0xca, 0xfe, 0xba, 0xbe},
    };
    if (head.len < 4) {
        return false;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(magics); i++) {
        if (memcmp(head.ptr, magics[i], 4) == 0) {
            return true;
        }
    }
    return head.ptr[0] == 'M' && head.ptr[1] == 'Z';
}
