/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/selection.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/ecosystem.h"

/* In lower case, with blanks. */
static pl_str fold(struct pl_arena *arena, pl_str name)
{
    char *folded = pl_arena_alloc(arena, name.len, 1);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        folded[i] = c == '-' || c == '_' ? ' ' : pl_char_lower(c);
    }
    return pl_str_make(folded, name.len);
}

/* "debian:12" is "debian" and "12". */
static pl_str base_of(pl_str name, pl_str *ret_release)
{
    pl_str base = name;
    *ret_release = PL_STR_EMPTY;
    pl_str_cut(name, ':', &base, ret_release);
    return base;
}

/* Without regard to case, '-' and '_' being blanks: `name` is folded already. */
static bool is_same(pl_str name, pl_str text)
{
    bool same = name.len == text.len;
    for (size_t i = 0; i < name.len && same; i++) {
        char c = text.ptr[i] == '-' || text.ptr[i] == '_' ? ' ' : pl_char_lower(text.ptr[i]);
        same = c == name.ptr[i];
    }
    return same;
}

enum pl_status pl_feed_selection_add(struct pl_arena *arena, struct pl_feed_selection *selection,
                                     pl_str list, struct pl_error *err)
{
    pl_str name = PL_STR_EMPTY;
    pl_str rest = list;
    for (bool more = true; more; list = rest) {
        pl_str release = PL_STR_EMPTY;
        more = pl_str_cut(list, ',', &name, &rest);
        name = pl_str_trim(more ? name : list);
        pl_str base = base_of(name, &release);
        if (base.len == 0 || (base.len < name.len && release.len == 0)) {
            return pl_error_set(err, PL_E_USAGE,
                                "\"" PL_STR_FMT "\" is no ecosystem; they are named like debian:12 "
                                "or npm, with commas between them",
                                PL_STR_ARG(name));
        }
        pl_strs_add_unique(arena, &selection->names, fold(arena, name));
    }
    pl_strs_sort(&selection->names);
    return PL_OK;
}

void pl_feed_selection_add_name(struct pl_arena *arena, struct pl_feed_selection *selection,
                                pl_str ecosystem)
{
    size_t before = selection->names.count;
    pl_strs_add_unique(arena, &selection->names, fold(arena, ecosystem));
    if (selection->names.count > before) {
        pl_strs_sort(&selection->names);
    }
}

bool pl_feed_selection_has(const struct pl_feed_selection *selection, pl_str ecosystem)
{
    pl_str release = PL_STR_EMPTY;
    pl_str base = base_of(ecosystem, &release);
    for (size_t i = 0; i < selection->names.count; i++) {
        if (is_same(base_of(selection->names.items[i], &release), base)) {
            return true;
        }
    }
    return selection->names.count == 0 || !pl_ecosystem_has_packages(ecosystem);
}

/* Do the words between colons of `release` hold those of `wanted`, one after the other? */
static bool holds_release(pl_str release, pl_str wanted)
{
    while (release.len >= wanted.len) {
        pl_str rest = PL_STR_EMPTY;
        pl_str word = PL_STR_EMPTY;
        pl_str here = release;
        /* Alpine's releases begin with a v. */
        if (pl_char_lower(here.ptr[0]) == 'v' && here.len > wanted.len && wanted.ptr[0] != 'v') {
            here = pl_str_skip(here, 1);
        }
        if (is_same(wanted, pl_str_sub(here, 0, wanted.len)) &&
            (here.len == wanted.len || here.ptr[wanted.len] == ':')) {
            return true;
        }
        if (!pl_str_cut(release, ':', &word, &rest)) {
            return false;
        }
        release = rest;
    }
    return false;
}

bool pl_feed_selection_takes(const struct pl_feed_selection *selection, pl_str ecosystem)
{
    pl_str release = PL_STR_EMPTY;
    pl_str base = base_of(ecosystem, &release);
    for (size_t i = 0; i < selection->names.count; i++) {
        pl_str wanted = PL_STR_EMPTY;
        if (is_same(base_of(selection->names.items[i], &wanted), base) &&
            (wanted.len == 0 || release.len == 0 || holds_release(release, wanted))) {
            return true;
        }
    }
    return selection->names.count == 0 || !pl_ecosystem_has_packages(ecosystem);
}

pl_str pl_feed_selection_lacks(const struct pl_feed_selection *selection,
                               const struct pl_strs *ecosystems)
{
    for (size_t i = 0; i < selection->names.count; i++) {
        pl_str release = PL_STR_EMPTY;
        pl_str base = base_of(selection->names.items[i], &release);
        bool is_there = false;
        for (size_t k = 0; k < ecosystems->count && !is_there; k++) {
            is_there = is_same(base, ecosystems->items[k]);
        }
        if (!is_there) {
            return selection->names.items[i];
        }
    }
    return PL_STR_EMPTY;
}

pl_str pl_feed_selection_text(struct pl_arena *arena, const struct pl_feed_selection *selection)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < selection->names.count; i++) {
        pl_buf_append(&text, i > 0 ? PL_STR(",") : PL_STR_EMPTY);
        pl_buf_append(&text, selection->names.items[i]);
    }
    return pl_arena_dup(arena, pl_buf_str(&text));
}
