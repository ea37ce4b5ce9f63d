/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Derivations in the Nix store (Nix manual, "Store Derivation", the ATerm format): how an output is
 * built, which does not mean that it is there.
 *
 *     Derive([("bin","/nix/store/...-glibc-2.34-210-bin","",""),
 *             ("out","/nix/store/...-glibc-2.34-210","","")],
 *            [inputs], [sources], "system", "builder", [arguments],
 *            [("name","glibc-2.34-210"), ("pname","glibc"), ("version","2.34-210")])
 *
 * An output whose third string is not empty has a hash that was known before it was built: it is
 * something fetched, a source. The environment is the last list; pname and version are what the
 * package says of itself, and the path says the same where they are absent.
 */
#include "catalog/cataloger.h"
#include "catalog/nix_name.h"

/* Takes a string literal off, which begins at the cursor; escapes stay as they are. */
static bool take_string(pl_str *cursor, pl_str *ret)
{
    if (cursor->len == 0 || cursor->ptr[0] != '"') {
        return false;
    }
    for (size_t i = 1; i < cursor->len; i++) {
        if (cursor->ptr[i] == '\\') {
            i++;
        } else if (cursor->ptr[i] == '"') {
            *ret = pl_str_sub(*cursor, 1, i - 1);
            *cursor = pl_str_skip(*cursor, i + 1);
            return true;
        }
    }
    return false;
}

static bool take(pl_str *cursor, char c)
{
    if (cursor->len == 0 || cursor->ptr[0] != c) {
        return false;
    }
    *cursor = pl_str_skip(*cursor, 1);
    return true;
}

/* The next tuple of strings, wherever in the lists; the first four are kept. */
static bool next_tuple(pl_str *cursor, pl_str strings[4], size_t *ret_count)
{
    size_t count = 0;
    while (cursor->len > 0 && cursor->ptr[0] != '(') {
        pl_str skipped = PL_STR_EMPTY;
        if (cursor->ptr[0] == '"') {
            if (!take_string(cursor, &skipped)) {
                return false;
            }
        } else {
            *cursor = pl_str_skip(*cursor, 1);
        }
    }
    if (!take(cursor, '(')) {
        return false;
    }
    do {
        pl_str text = PL_STR_EMPTY;
        if (!take_string(cursor, &text)) {
            break;
        }
        if (count < 4) {
            strings[count] = text;
        }
        count++;
    } while (take(cursor, ','));
    *ret_count = count;
    return true;
}

static enum pl_status read_nix_derivation(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    pl_str cursor = pl_span_str(file->content);
    pl_str pname = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str strings[4];
    size_t count = 0;
    bool has_output = false;
    if (!pl_str_starts_with(cursor, PL_STR("Derive("))) {
        return pl_error_set(err, PL_E_PARSE, "is no derivation: it does not begin with Derive(");
    }
    cursor = pl_str_skip(cursor, 7);
    while (next_tuple(&cursor, strings, &count)) {
        if (count == 4 && strings[2].len > 0) {
            return PL_OK;
        }
        has_output = has_output || count == 4;
        if (count == 2 && pl_str_eq(strings[0], PL_STR("pname"))) {
            pname = strings[1];
        } else if (count == 2 && pl_str_eq(strings[0], PL_STR("version"))) {
            version = strings[1];
        }
    }
    if (!has_output) {
        return pl_error_set(err, PL_E_PARSE, "the derivation states no output");
    }
    struct pl_nix_name it;
    pl_str path = pl_str_sub(file->path, 0, file->path.len - 4);
    if (!pl_nix_name_parse(path, &it) || it.version.len == 0) {
        return PL_OK;
    }
    bool says_itself = pname.len > 0 && version.len > 0;
    pl_catalog_component(sink, PL_SCOPE_DECLARED, "nix", says_itself ? pname : it.name,
                         says_itself ? version : it.version);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_nix_derivation = {
    .name = "nix-derivation",
    .summary = "packages that derivations in the Nix store build",
    .patterns = (const char *const[]){"nix/store/*.drv", NULL},
    .read = read_nix_derivation,
};
