/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go.mod (https://go.dev/ref/mod#go-mod-file): directives, one a line or several in a block.
 *
 *     module example.com/a
 *     require example.com/b v1.2.3
 *     require (
 *         example.com/c v1.0.0 // indirect
 *     )
 *     replace example.com/b v1.2.3 => example.com/fork v1.4.5
 *     replace example.com/c => ../c
 *     exclude example.com/b v1.2.4
 *
 * Words are bare or Go strings. A replacement without a version on its left stands for all versions
 * of the module; one with a version goes before it. A replacement by a directory makes the module
 * part of the project. The versions are those that the project asks for: what is built may be
 * newer, when a dependency asks for more.
 */
#include "base/limits.h"
#include "base/map.h"
#include "catalog/cataloger.h"

struct replacement {
    pl_str path;
    pl_str version; /* empty: a directory */
};

struct requirement {
    pl_str path;
    pl_str version;
    bool is_indirect;
};

struct requirements {
    PL_VEC_FIELDS(struct requirement);
};

struct go_mod {
    struct pl_arena scratch;
    struct requirements requirements;
    struct pl_map replacements; /* "PATH" or "PATH VERSION" */
    struct pl_map excluded; /* "PATH VERSION" */
};

/* Takes a word, bare or quoted; false at the end of what counts. */
static bool next_word(pl_str *cursor, pl_str *ret)
{
    *cursor = pl_str_trim(*cursor);
    if (cursor->len == 0 || pl_str_starts_with(*cursor, PL_STR("//"))) {
        return false;
    }
    char quote = cursor->ptr[0];
    if (quote == '"' || quote == '`') {
        *cursor = pl_str_skip(*cursor, 1);
        pl_str_cut(*cursor, quote, ret, cursor);
        return true;
    }
    return pl_str_next_word(cursor, ret);
}

static pl_str key_of(struct pl_arena *scratch, pl_str path, pl_str version)
{
    return pl_arena_format(scratch, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(path),
                           version.len > 0 ? " " : "", PL_STR_ARG(version));
}

static void take_require(struct go_mod *mod, pl_str words)
{
    struct requirement requirement = {PL_STR_EMPTY, PL_STR_EMPTY, false};
    if (next_word(&words, &requirement.path) && next_word(&words, &requirement.version) &&
        mod->requirements.count < PL_LIMIT_COMPONENTS) {
        /* "// indirect", alone or before more of a comment. */
        pl_str comment = pl_str_trim(words);
        comment = pl_str_trim(pl_str_skip(comment, 2));
        requirement.is_indirect = pl_str_eq(comment, PL_STR("indirect")) ||
                                  pl_str_starts_with(comment, PL_STR("indirect;"));
        *pl_vec_push(&mod->scratch, &mod->requirements) = requirement;
    }
}

static void take_replace(struct go_mod *mod, pl_str words)
{
    pl_str path = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str word = PL_STR_EMPTY;
    struct replacement *to = PL_ARENA_NEW(&mod->scratch, struct replacement);
    if (!next_word(&words, &path) || !next_word(&words, &word)) {
        return;
    }
    if (!pl_str_eq(word, PL_STR("=>"))) {
        version = word;
        next_word(&words, &word);
    }
    if (pl_str_eq(word, PL_STR("=>")) && next_word(&words, &to->path)) {
        next_word(&words, &to->version);
        *pl_map_at(&mod->replacements, key_of(&mod->scratch, path, version)) = to;
    }
}

static void take_exclude(struct go_mod *mod, pl_str words)
{
    pl_str path = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    if (next_word(&words, &path) && next_word(&words, &version)) {
        *pl_map_at(&mod->excluded, key_of(&mod->scratch, path, version)) = mod;
    }
}

static void take_directive(struct go_mod *mod, pl_str name, pl_str words)
{
    if (pl_str_eq(name, PL_STR("require"))) {
        take_require(mod, words);
    } else if (pl_str_eq(name, PL_STR("replace"))) {
        take_replace(mod, words);
    } else if (pl_str_eq(name, PL_STR("exclude"))) {
        take_exclude(mod, words);
    }
}

static void read_lines(struct go_mod *mod, pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    pl_str block = PL_STR_EMPTY; /* the directive of the block at hand */
    while (pl_str_next_line(&text, &line)) {
        pl_str words = line;
        pl_str word = PL_STR_EMPTY;
        if (!next_word(&words, &word)) {
            continue;
        }
        pl_str after = pl_str_trim(words);
        if (block.len > 0 && pl_str_eq(word, PL_STR(")"))) {
            block = PL_STR_EMPTY;
        } else if (block.len > 0) {
            take_directive(mod, block, line);
        } else if (pl_str_starts_with(after, PL_STR("("))) {
            block = word;
        } else if (pl_str_ends_with(word, PL_STR("("))) {
            block = pl_str_sub(word, 0, word.len - 1);
        } else {
            take_directive(mod, word, words);
        }
    }
}

static void add_requirement(struct pl_sink *sink, struct go_mod *mod,
                            const struct requirement *requirement)
{
    pl_str exact = key_of(&mod->scratch, requirement->path, requirement->version);
    const struct replacement *to = pl_map_find(&mod->replacements, exact);
    if (!to) {
        to = pl_map_find(&mod->replacements, requirement->path);
    }
    if (pl_map_find(&mod->excluded, exact) || (to && to->version.len == 0)) {
        return;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_DECLARED, "golang", to ? to->path : requirement->path,
                             to ? to->version : requirement->version);
    if (component) {
        component->relation =
            requirement->is_indirect ? PL_RELATION_TRANSITIVE : PL_RELATION_DIRECT;
    }
}

static enum pl_status read_go_mod(struct pl_sink *sink, const struct pl_catalog_file *file,
                                  struct pl_error *err)
{
    struct go_mod mod = {0};
    pl_str text = pl_span_str(file->content);
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    read_lines(&mod, text);
    for (size_t i = 0; i < mod.requirements.count; i++) {
        add_requirement(sink, &mod, &mod.requirements.items[i]);
    }
    pl_map_release(&mod.replacements);
    pl_map_release(&mod.excluded);
    pl_arena_release(&mod.scratch);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_go_mod = {
    .name = "go-mod",
    .summary = "go.mod: the modules that a Go project asks for",
    .patterns = (const char *const[]){"**/go.mod", NULL},
    .read = read_go_mod,
};
