/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yarn.lock in both its kinds. Version 1 (Yarn Classic) has a syntax of its own: blocks without
 * indentation, members indented by two blanks, members of these by four; names and values are
 * quoted where they need be:
 *
 *     "@scope/a@^1.0.0", "@scope/a@^1.2.0":
 *       version "1.2.3"
 *       resolved "https://registry.yarnpkg.com/..."
 *       integrity sha512-...
 *       dependencies:
 *         b "^2.0.0"
 *
 * From version 2 on (Berry) it is YAML with a block "__metadata"; the package's own name stands in
 * its resolution, "a@npm:1.2.3", and members of the workspace are blocks too,
 * "project@workspace:.".
 *
 * A block is named by all that asks for it ("descriptors"), which is how the version that a package
 * depends on is found: "b@^2.0.0" or "b@npm:^2.0.0" is the name of b's block. An alias is
 * "other@npm:real@^1.0.0". Packages in directories (file:, link:, portal:, workspace:) are the
 * project's own, patches ("a@patch:...") are of the package. Neither kind says what is for
 * development alone; Berry's members of the workspace say what is direct. The checksum of Berry is
 * that of Yarn's own archive and not of the package as published, so it is left out.
 */
#include "base/limits.h"
#include "catalog/distinct.h"
#include "catalog/need.h"
#include "catalog/npm_package.h"
#include "format/yaml.h"

/* One block of version 1. */
struct block {
    pl_str descriptors; /* as written */
    pl_str version;
    pl_str integrity;
    struct pl_strs depends; /* descriptors */
    struct pl_strs optional; /* the same */
};

struct lock {
    struct pl_arena arena;
    struct {
        PL_VEC_FIELDS(struct block);
    } blocks;
    struct pl_map versions; /* descriptor to the block it names, from 1 */
};

/* Takes a quoted or plain word off the cursor; a plain one ends at a blank, comma or colon that
 * ends the line. Escapes, which are JSON's, occur in no name or version and stay as they are. */
static pl_str take_word(pl_str *cursor)
{
    *cursor = pl_str_trim(*cursor);
    bool is_quoted = pl_str_starts_with(*cursor, PL_STR("\""));
    size_t begin = is_quoted ? 1 : 0;
    size_t end = begin;
    while (end < cursor->len) {
        char c = cursor->ptr[end];
        if (is_quoted ? c == '"'
                      : pl_char_is_blank(c) || c == ',' || (c == ':' && end + 1 == cursor->len)) {
            break;
        }
        end++;
    }
    pl_str word = pl_str_sub(*cursor, begin, end - begin);
    *cursor = pl_str_skip(*cursor, end + (is_quoted ? 1 : 0));
    return word;
}

/* Takes the next descriptor off a block's line. */
static bool next_descriptor(pl_str *cursor, pl_str *ret)
{
    *cursor = pl_str_trim(*cursor);
    while (pl_str_starts_with(*cursor, PL_STR(","))) {
        *cursor = pl_str_trim(pl_str_skip(*cursor, 1));
    }
    if (cursor->len == 0 || cursor->ptr[0] == ':') {
        return false;
    }
    *ret = take_word(cursor);
    return true;
}

static void add_dependency(struct lock *lock, struct pl_strs *list, pl_str line)
{
    pl_str name = take_word(&line);
    pl_str range = take_word(&line);
    *pl_vec_push(&lock->arena, list) = pl_arena_format(&lock->arena, PL_STR_FMT "@" PL_STR_FMT,
                                                       PL_STR_ARG(name), PL_STR_ARG(range));
}

static void add_member(struct block *block, pl_str line, pl_str *section)
{
    pl_str key = take_word(&line);
    *section = PL_STR_EMPTY;
    if (pl_str_eq(key, PL_STR("version"))) {
        block->version = take_word(&line);
    } else if (pl_str_eq(key, PL_STR("integrity"))) {
        line = pl_str_trim(line);
        block->integrity = pl_str_starts_with(line, PL_STR("\"")) ? take_word(&line) : line;
    } else {
        *section = key;
    }
}

static void read_blocks(struct lock *lock, pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    pl_str section = PL_STR_EMPTY;
    struct block *block = NULL;
    while (pl_str_next_line(&text, &line)) {
        size_t indent = 0;
        while (indent < line.len && line.ptr[indent] == ' ') {
            indent++;
        }
        pl_str content = pl_str_trim(line);
        if (content.len == 0 || content.ptr[0] == '#') {
            continue;
        }
        if (indent == 0) {
            block = pl_vec_push(&lock->arena, &lock->blocks);
            block->descriptors = content;
            section = PL_STR_EMPTY;
        } else if (block && indent <= 2) {
            add_member(block, content, &section);
        } else if (block && pl_str_eq(section, PL_STR("dependencies"))) {
            add_dependency(lock, &block->depends, content);
        } else if (block && pl_str_eq(section, PL_STR("optionalDependencies"))) {
            add_dependency(lock, &block->optional, content);
        }
    }
}

/* The package's own name, and whether it is one of the project's own. */
static bool name_of(pl_str descriptor, pl_str *ret_name)
{
    static const pl_str local[] = {PL_STR_INIT("file:"), PL_STR_INIT("link:"),
                                   PL_STR_INIT("portal:"), PL_STR_INIT("workspace:")};
    pl_str range = PL_STR_EMPTY;
    pl_str real = PL_STR_EMPTY;
    pl_str real_range = PL_STR_EMPTY;
    if (!pl_npm_split(descriptor, ret_name, &range)) {
        *ret_name = descriptor;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(local); i++) {
        if (pl_str_starts_with(range, local[i])) {
            return false;
        }
    }
    if (pl_str_starts_with(range, PL_STR("npm:")) &&
        pl_npm_split(pl_str_skip(range, 4), &real, &real_range)) {
        *ret_name = real;
    }
    return true;
}

static pl_str name_of_block(const struct block *block, bool *ret_is_local)
{
    pl_str rest = block->descriptors;
    pl_str first = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    next_descriptor(&rest, &first);
    *ret_is_local = !name_of(first, &name);
    return name;
}

static void add_depends(struct pl_sink *sink, struct pl_component *component,
                        const struct lock *lock, const struct pl_strs *descriptors)
{
    for (size_t i = 0; i < descriptors->count; i++) {
        bool is_local = false;
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        void *place = pl_map_find(&lock->versions, descriptors->items[i]);
        if (place) {
            const struct block *found = &lock->blocks.items[(uintptr_t)place - 1];
            name = name_of_block(found, &is_local);
            version = found->version;
        } else {
            is_local = !name_of(descriptors->items[i], &name);
        }
        if (!is_local) {
            pl_need_add(sink, component, name, version);
        }
    }
}

static void read_classic(struct pl_sink *sink, pl_str text)
{
    struct lock lock = {0};
    struct pl_distinct list = {.sink = sink, .type = "npm", .scope = PL_SCOPE_DECLARED};
    read_blocks(&lock, text);
    for (size_t i = 0; i < lock.blocks.count; i++) {
        pl_str rest = lock.blocks.items[i].descriptors;
        pl_str descriptor = PL_STR_EMPTY;
        while (next_descriptor(&rest, &descriptor)) {
            *pl_map_at(&lock.versions, descriptor) = (void *)(uintptr_t)(i + 1);
        }
    }
    for (size_t i = 0; i < lock.blocks.count; i++) {
        const struct block *block = &lock.blocks.items[i];
        bool is_local = false;
        pl_str name = name_of_block(block, &is_local);
        struct pl_component *component =
            is_local ? NULL
                     : pl_distinct_add(&list, name, block->version, &(struct pl_distinct_facts){0});
        if (component) {
            pl_catalog_add_integrity(sink, component, block->integrity);
            add_depends(sink, component, &lock, &block->depends);
            add_depends(sink, component, &lock, &block->optional);
        }
    }
    pl_distinct_release(&list);
    pl_map_release(&lock.versions);
    pl_arena_release(&lock.arena);
}

/* What Berry's blocks are called, each by its descriptors. */
static void index_berry(struct pl_map *blocks, const json_t *lock)
{
    struct pl_json_member each = {0};
    while (pl_json_next(lock, &each)) {
        pl_str rest = each.key;
        pl_str descriptor = PL_STR_EMPTY;
        while (pl_str_next_piece(&rest, ',', &descriptor)) {
            *pl_map_at(blocks, pl_str_trim(descriptor)) = (void *)(uintptr_t)each.value;
        }
    }
}

/* The block that a dependency means. Berry before version 4 leaves "npm:" out of ranges. */
static const json_t *find_berry(const struct pl_map *blocks, pl_str name, pl_str range)
{
    static const char *const protocols[] = {"", "npm:"};
    for (size_t i = 0; i < PL_ARRAY_LEN(protocols); i++) {
        char text[1024];
        int len = snprintf(text, sizeof(text), PL_STR_FMT "@%s" PL_STR_FMT, PL_STR_ARG(name),
                           protocols[i], PL_STR_ARG(range));
        if (len > 0 && (size_t)len < sizeof(text)) {
            const json_t *found = pl_map_find(blocks, pl_str_make(text, (size_t)len));
            if (found) {
                return found;
            }
        }
    }
    return NULL;
}

/* The name and version of a block; false for the project's own. */
static bool identify_berry(const json_t *block, pl_str *ret_name, pl_str *ret_version)
{
    *ret_version = pl_json_str(block, "version");
    return name_of(pl_json_str(block, "resolution"), ret_name);
}

static pl_str key_of(pl_str name, pl_str version, struct pl_arena *arena)
{
    return pl_arena_format(arena, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(name), PL_STR_ARG(version));
}

/* What the members of the workspace ask for. */
static void find_direct(struct pl_map *direct, struct pl_arena *arena, const struct pl_map *blocks,
                        const json_t *lock)
{
    struct pl_json_member each = {0};
    while (pl_json_next(lock, &each)) {
        struct pl_json_member inner = {0};
        if (!pl_str_contains(pl_json_str(each.value, "resolution"), PL_STR("@workspace:"))) {
            continue;
        }
        while (pl_json_next(json_object_get(each.value, "dependencies"), &inner)) {
            pl_str name = PL_STR_EMPTY;
            pl_str version = PL_STR_EMPTY;
            const json_t *found = find_berry(blocks, inner.key, pl_json_text(inner.value));
            if (found && identify_berry(found, &name, &version)) {
                *pl_map_at(direct, key_of(name, version, arena)) = direct;
            }
        }
    }
}

static void add_berry_depends(struct pl_sink *sink, struct pl_component *component,
                              const struct pl_map *blocks, const json_t *block)
{
    struct pl_json_member each = {0};
    while (pl_json_next(json_object_get(block, "dependencies"), &each)) {
        pl_str name = each.key;
        pl_str version = PL_STR_EMPTY;
        const json_t *found = find_berry(blocks, each.key, pl_json_text(each.value));
        if (!found || identify_berry(found, &name, &version)) {
            pl_need_add(sink, component, name, version);
        }
    }
}

static void add_berry(struct pl_sink *sink, const json_t *lock)
{
    struct pl_arena arena = {0};
    struct pl_map blocks = {0};
    struct pl_map direct = {0};
    struct pl_distinct list = {.sink = sink, .type = "npm", .scope = PL_SCOPE_DECLARED};
    struct pl_json_member each = {0};
    index_berry(&blocks, lock);
    find_direct(&direct, &arena, &blocks, lock);
    while (pl_json_next(lock, &each)) {
        pl_str name = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        struct pl_distinct_facts facts = {0};
        if (pl_str_eq(each.key, PL_STR("__metadata")) ||
            !identify_berry(each.value, &name, &version)) {
            continue;
        }
        if (direct.count > 0) {
            facts.relation = pl_map_find(&direct, key_of(name, version, &arena))
                                 ? PL_RELATION_DIRECT
                                 : PL_RELATION_TRANSITIVE;
        }
        struct pl_component *component = pl_distinct_add(&list, name, version, &facts);
        if (component) {
            add_berry_depends(sink, component, &blocks, each.value);
        }
    }
    pl_distinct_release(&list);
    pl_map_release(&blocks);
    pl_map_release(&direct);
    pl_arena_release(&arena);
}

static enum pl_status read_yarn_lock(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    if (pl_npm_is_in_package(file->path)) {
        return PL_OK;
    }
    if (text.len > PL_LIMIT_YAML_BYTES) {
        return pl_error_set(err, PL_E_LIMIT, "the file has %zu bytes; no more than %d are read",
                            text.len, PL_LIMIT_YAML_BYTES);
    }
    if (pl_str_starts_with(text, PL_STR("__metadata:")) ||
        pl_str_contains(text, PL_STR("\n__metadata:"))) {
        json_t *lock pl_autojson = NULL;
        enum pl_status st = pl_yaml_parse(text, "the file", &lock, err);
        if (st == PL_OK) {
            add_berry(sink, lock);
        }
        return st;
    }
    if (pl_str_starts_with(text, PL_STR("\xef\xbb\xbf"))) {
        text = pl_str_skip(text, 3);
    }
    read_classic(sink, text);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_yarn_lock = {
    .name = "yarn-lock",
    .summary = "yarn.lock, of Yarn Classic and of Berry",
    .patterns = (const char *const[]){"**/yarn.lock", NULL},
    .read = read_yarn_lock,
};
