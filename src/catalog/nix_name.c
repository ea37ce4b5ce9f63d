/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/nix_name.h"
#include "base/compiler.h"

enum { HASH_CHARS = 32 };

/* Nix's own digits: no e, o, t, u. */
static bool is_hash(pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = c >= 'a' && c <= 'z' && !memchr("eotu", c, 4);
        if (!pl_char_is_digit(c) && !is_letter) {
            return false;
        }
    }
    return text.len == HASH_CHARS;
}

static bool is_output(pl_str word)
{
    /* The outputs that nixpkgs splits packages into: its manual, "Multiple-output packages", and
     * those of single packages. */
    static const char *const outputs[] = {
        "bin",   "data",   "debug", "dev",      "devdoc", "devman", "dist", "doc",
        "etc",   "info",   "lib",   "libgcc",   "man",    "nc",     "out",  "py",
        "share", "static", "su",    "terminfo", "tools",  "user",   "xz",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(outputs); i++) {
        if (pl_str_eq(word, pl_str_from(outputs[i]))) {
            return true;
        }
    }
    return false;
}

/* A derivation's name, which has no hash in front and no output at its end. */
static void split(pl_str name, struct pl_nix_name *ret)
{
    *ret = (struct pl_nix_name){.name = name, .version = PL_STR_EMPTY, .output = PL_STR_EMPTY};
    for (size_t i = 1; i + 1 < name.len; i++) {
        if (name.ptr[i] == '-' && !pl_char_is_alpha(name.ptr[i + 1])) {
            ret->name = pl_str_sub(name, 0, i);
            ret->version = pl_str_skip(name, i + 1);
            return;
        }
    }
}

bool pl_nix_name_parse(pl_str path, struct pl_nix_name *ret)
{
    pl_str base = pl_str_after_last(path, '/');
    if (base.len < HASH_CHARS + 2 || base.ptr[HASH_CHARS] != '-' ||
        !is_hash(pl_str_sub(base, 0, HASH_CHARS))) {
        return false;
    }
    pl_str name = pl_str_skip(base, HASH_CHARS + 1);
    pl_str output = PL_STR_EMPTY;
    size_t dash = pl_str_find_last_char(name, '-');
    if (dash != SIZE_MAX && is_output(pl_str_skip(name, dash + 1))) {
        output = pl_str_skip(name, dash + 1);
        name = pl_str_sub(name, 0, dash);
    }
    split(name, ret);
    ret->output = output;
    return true;
}
