/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go programs: the build information that the linker leaves, which `go version -m` shows (package
 * debug/buildinfo of Go). It lies in the section .go.buildinfo (__go_buildinfo in Mach-O files,
 * somewhere in .data in PE files), stays when a program is stripped, and begins, at a multiple of
 * 16, with "\xff Go buildinf:", the size of a pointer and flags:
 *
 *     flags & 2 (since Go 1.18)   at 32 a length as a varint and the version of Go, then a length
 *                                 and the list of modules
 *     flags & 2 not set           at 16 a pointer to a Go string (pointer and length) with the
 *                                 version and one to a string with the list; both in big-endian
 *                                 order when flags & 1 is set
 *
 * The list is wrapped in 16 bytes on either side that are not text. Its lines:
 *
 *     path  PATH                    package of main()
 *     mod   PATH  VERSION  SUM      the module of the program
 *     dep   PATH  VERSION  SUM      a module that is linked in
 *     =>    PATH  VERSION  SUM      what stands for the module of the line before
 *     build KEY=VALUE               -ldflags, vcs.revision...; quoted when VALUE has blanks
 *
 * with tabs between. "(devel)" stands for a version that was not known when it was built. The main
 * module has it unless it was built by `go install PATH@VERSION` or with Go 1.24: then the version
 * is what -ldflags "-X main.version=..." states, else that of the commit, as Go itself makes one
 * for a commit without a tag (https://go.dev/ref/mod#pseudo-versions).
 */
#include "catalog/program/kubernetes.h"
#include "catalog/program/program.h"
#include "model/kubernetes.h"

enum { MAGIC_BYTES = 14, ALIGNMENT = 16, FIXED_BYTES = 32 };

#define FLAG_BIG_ENDIAN 1
#define FLAG_INLINE 2

struct module {
    pl_str path;
    pl_str version;
};

struct main_module {
    struct module module;
    pl_str package; /* of main() */
    pl_str ldflags;
    pl_str revision;
    pl_str time;
    bool is_modified;
};

/* The build information and what follows it; empty when there is none. */
static pl_span find_magic(pl_span bytes)
{
    static const char magic[] = "\xff Go buildinf:";
    pl_span rest = bytes;
    for (;;) {
        size_t at = pl_str_find(pl_span_str(rest), pl_str_make(magic, MAGIC_BYTES));
        if (at == SIZE_MAX) {
            return (pl_span){NULL, 0};
        }
        rest = pl_span_part(rest, at, UINT64_MAX);
        if ((bytes.len - rest.len) % ALIGNMENT == 0 && rest.len >= FIXED_BYTES) {
            return rest;
        }
        rest = pl_span_part(rest, 1, UINT64_MAX);
    }
}

static pl_span find_build_info(const struct pl_object *object)
{
    static const char *const names[] = {".go.buildinfo", "__DATA,__go_buildinfo"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        const struct pl_section *section = pl_object_section(object, pl_str_from(names[i]));
        if (section) {
            return find_magic(section->bytes);
        }
    }
    if (object->has_sections && strcmp(object->format, "PE") != 0) {
        return (pl_span){NULL, 0};
    }
    for (size_t i = 0; i < object->count; i++) {
        if (object->sections[i].kind == PL_SECTION_DATA) {
            pl_span found = find_magic(object->sections[i].bytes);
            if (found.len > 0) {
                return found;
            }
        }
    }
    return (pl_span){NULL, 0};
}

/* Takes a string with its length as a varint before it (package encoding/binary of Go). */
static pl_str take_inline(pl_span *cursor)
{
    uint64_t len = 0;
    for (unsigned shift = 0; shift < 63 && cursor->len > 0; shift += 7) {
        uint8_t byte = *cursor->ptr++;
        cursor->len--;
        len |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            pl_span text = pl_span_part(*cursor, 0, len);
            *cursor = pl_span_part(*cursor, len, UINT64_MAX);
            return text.len == len ? pl_span_str(text) : PL_STR_EMPTY;
        }
    }
    return PL_STR_EMPTY;
}

static uint64_t read_pointer(const uint8_t *p, size_t bytes, bool is_big_endian)
{
    if (bytes == 8) {
        return is_big_endian ? pl_bytes_be64(p) : pl_bytes_le64(p);
    }
    return is_big_endian ? pl_bytes_be32(p) : pl_bytes_le32(p);
}

/* The Go string that the pointer at `p` leads to. */
static pl_str follow_string(const struct pl_object *object, const uint8_t *p, size_t pointer_bytes,
                            bool is_big_endian)
{
    pl_span header = pl_object_at(object, read_pointer(p, pointer_bytes, is_big_endian));
    if (header.len < 2 * pointer_bytes) {
        return PL_STR_EMPTY;
    }
    uint64_t address = read_pointer(header.ptr, pointer_bytes, is_big_endian);
    uint64_t len = read_pointer(header.ptr + pointer_bytes, pointer_bytes, is_big_endian);
    pl_span text = pl_span_part(pl_object_at(object, address), 0, len);
    return text.len == len ? pl_span_str(text) : PL_STR_EMPTY;
}

/* The list without what wraps it; empty when it is not as the linker makes it. */
static pl_str unwrap(pl_str list)
{
    enum { WRAP = 16 };
    bool is_whole = list.len >= 2 * WRAP + 1 && list.ptr[list.len - WRAP - 1] == '\n';
    return is_whole ? pl_str_sub(list, WRAP, list.len - 2 * WRAP) : PL_STR_EMPTY;
}

static bool is_local(pl_str path)
{
    return pl_str_starts_with(path, PL_STR("./")) || pl_str_starts_with(path, PL_STR("../")) ||
           pl_str_starts_with(path, PL_STR("/")) ||
           (path.len > 2 && pl_char_is_alpha(path.ptr[0]) && path.ptr[1] == ':');
}

static bool is_devel(pl_str version)
{
    return version.len == 0 || pl_str_eq(version, PL_STR("(devel)"));
}

/* The system, as package URLs that CycloneDX's tool for Go writes have it; what says nothing is for
 * Linux. */
static struct pl_component *add_component(struct pl_sink *sink, const struct pl_program *program,
                                          pl_str name, pl_str version)
{
    struct pl_component *component = pl_program_component(sink, program, "golang", name, version);
    if (component && strcmp(program->object.format, "PE") == 0) {
        pl_sink_push(sink, &component->qualifiers, PL_STR("goos=windows"));
    } else if (component && strcmp(program->object.format, "Mach-O") == 0) {
        pl_sink_push(sink, &component->qualifiers, PL_STR("goos=darwin"));
    }
    return component;
}

/* A module of a workspace, or one that a directory stands for, is no package. */
static void add_module(struct pl_sink *sink, const struct pl_program *program,
                       const struct module *module)
{
    if (module->path.len > 0 && !is_local(module->path) && !is_devel(module->version)) {
        add_component(sink, program, module->path, module->version);
    }
}

/* A value as strconv.Quote of Go writes it, or as it is; only quotes and backslashes are undone,
 * since flags have no other character that is written with one. */
static pl_str unquote(struct pl_arena *arena, pl_str value)
{
    char quote = value.len >= 2 ? value.ptr[0] : '\0';
    if ((quote != '"' && quote != '`') || value.ptr[value.len - 1] != quote) {
        return value;
    }
    value = pl_str_sub(value, 1, value.len - 2);
    if (quote == '`' || pl_str_find_char(value, '\\') == SIZE_MAX) {
        return value;
    }
    char *into = pl_arena_alloc(arena, value.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        i += value.ptr[i] == '\\' && i + 1 < value.len;
        into[len++] = value.ptr[i];
    }
    return pl_str_make(into, len);
}

static void take_setting(struct pl_arena *arena, pl_str setting, struct main_module *main)
{
    pl_str key = PL_STR_EMPTY;
    pl_str value = PL_STR_EMPTY;
    pl_str_cut(setting, '=', &key, &value);
    if (pl_str_eq(key, PL_STR("-ldflags"))) {
        main->ldflags = unquote(arena, value);
    } else if (pl_str_eq(key, PL_STR("vcs.revision"))) {
        main->revision = value;
    } else if (pl_str_eq(key, PL_STR("vcs.time"))) {
        main->time = value;
    } else if (pl_str_eq(key, PL_STR("vcs.modified"))) {
        main->is_modified = pl_str_eq(value, PL_STR("true"));
    }
}

/* Takes a word of a command line, in which quotes keep blanks together. */
static bool next_flag(pl_str *cursor, pl_str *ret)
{
    *cursor = pl_str_trim(*cursor);
    if (cursor->len == 0) {
        return false;
    }
    char quote = cursor->ptr[0];
    if (quote == '\'' || quote == '"') {
        pl_str rest = pl_str_skip(*cursor, 1);
        return pl_str_cut(rest, quote, ret, cursor) || ret->len > 0;
    }
    return pl_str_next_word(cursor, ret);
}

/* "1.2" or "v1.2.3-rc.1": what a version begins with. */
static bool is_version(pl_str value)
{
    uint64_t number = 0;
    if (pl_str_starts_with(value, PL_STR("v"))) {
        value = pl_str_skip(value, 1);
    }
    return pl_str_take_uint(&value, UINT64_MAX, &number) && value.len > 0 && value.ptr[0] == '.' &&
           value.len > 1 && pl_char_is_digit(value.ptr[1]);
}

static bool is_kubernetes(const struct main_module *main)
{
    return pl_str_eq(main->module.path, PL_STR(PL_KUBERNETES_WHOLE));
}

/* The version that "-X PACKAGE.version=VALUE" sets: one in package main before one of a package of
 * the module. */
static pl_str version_of_flags(const struct main_module *main)
{
    static const char *const names[] = {"version",    "gitversion",    "appversion", "buildversion",
                                        "versionstr", "versionstring", "release",    "tag"};
    pl_str flags = main->ldflags;
    pl_str flag = PL_STR_EMPTY;
    pl_str found = PL_STR_EMPTY;
    while (next_flag(&flags, &flag)) {
        if (!pl_str_eq(flag, PL_STR("-X")) && !pl_str_eq(flag, PL_STR("--X"))) {
            if (!pl_str_starts_with(flag, PL_STR("-X="))) {
                continue;
            }
            flag = pl_str_skip(flag, 3);
        } else if (!next_flag(&flags, &flag)) {
            break;
        }
        pl_str variable = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_str_cut(flag, '=', &variable, &value);
        size_t dot = pl_str_find_last_char(variable, '.');
        if (dot == SIZE_MAX || !is_version(value)) {
            continue;
        }
        pl_str package = pl_str_sub(variable, 0, dot);
        bool is_main = pl_str_eq(package, PL_STR("main"));
        bool is_own =
            is_main || pl_str_starts_with(package, main->module.path) ||
            (is_kubernetes(main) && pl_str_eq(package, PL_STR("k8s.io/component-base/version")));
        for (size_t i = 0; is_own && i < PL_ARRAY_LEN(names); i++) {
            if (pl_str_eq_nocase(pl_str_skip(variable, dot + 1), pl_str_from(names[i])) &&
                (found.len == 0 || is_main)) {
                found = value;
            }
        }
    }
    return found;
}

/* "v0.0.0-20200622213623-75b288015ac9" of time and revision; empty when they are not what git has.
 */
static pl_str pseudo_version(struct pl_arena *arena, const struct main_module *main)
{
    enum { REVISION_CHARS = 12, DATE_CHARS = 14 };
    char date[DATE_CHARS];
    size_t digits = 0;
    for (size_t i = 0; i < main->time.len && digits < DATE_CHARS; i++) {
        if (pl_char_is_digit(main->time.ptr[i])) {
            date[digits++] = main->time.ptr[i];
        }
    }
    bool is_known = digits == DATE_CHARS && main->revision.len >= REVISION_CHARS &&
                    pl_str_ends_with(main->time, PL_STR("Z"));
    if (!is_known) {
        return PL_STR_EMPTY;
    }
    return pl_arena_format(arena, "v0.0.0-%.*s-%.*s%s", DATE_CHARS, date, REVISION_CHARS,
                           main->revision.ptr, main->is_modified ? "+dirty" : "");
}

/* A version that somebody gave the main module; empty when there is none. */
static pl_str stated_version(struct pl_arena *arena, const struct main_module *main)
{
    if (!is_devel(main->module.version)) {
        return main->module.version;
    }
    pl_str stated = version_of_flags(main);
    bool has_v = pl_str_starts_with(stated, PL_STR("v"));
    return stated.len == 0 || has_v ? stated
                                    : pl_arena_format(arena, "v" PL_STR_FMT, PL_STR_ARG(stated));
}

/* The version of Kubernetes that somebody stated; *ret_section is where, if nothing but a constant
 * has it. What git says of a commit between two releases is the last that counts. */
static pl_str kubernetes_version(const struct pl_program *program, const struct main_module *main,
                                 pl_str *ret_section)
{
    pl_str module = is_devel(main->module.version) ? PL_STR_EMPTY : main->module.version;
    bool is_release = module.len > 0 && pl_str_find_char(module, '-') == SIZE_MAX &&
                      pl_str_find_char(module, '+') == SIZE_MAX;
    pl_str stated = version_of_flags(main);
    *ret_section = PL_STR_EMPTY;
    if (stated.len > 0 || is_release) {
        return stated.len > 0 ? stated : module;
    }
    stated = pl_program_kubernetes_version(program, ret_section);
    return stated.len > 0 ? stated : module;
}

/* A program of Kubernetes is one by the package that it was built of, too: its advisories go by
 * those. */
static void add_kubernetes(struct pl_sink *sink, const struct pl_program *program,
                           const struct main_module *main)
{
    enum { FROM_CONSTANT_PERCENT = 85 };
    const pl_str directory = PL_STR("k8s.io/kubernetes/cmd/");
    pl_str section = PL_STR_EMPTY;
    pl_str version = kubernetes_version(program, main, &section);
    struct module module = {main->module.path, version};
    if (version.len == 0) {
        module.version = pseudo_version(program->scratch, main);
    }
    add_module(sink, program, &module);
    pl_str name = pl_str_starts_with(main->package, directory)
                      ? pl_kubernetes_name(pl_str_skip(main->package, directory.len))
                      : PL_STR_EMPTY;
    if (name.len > 0 && version.len == 0) {
        pl_sink_gap(sink, "is a program of Kubernetes that does not say of which version");
    }
    if (name.len == 0 || version.len == 0) {
        return;
    }
    pl_str plain = pl_str_skip(version, pl_str_starts_with(version, PL_STR("v")) ? 1 : 0);
    struct pl_component *component =
        pl_program_component(sink, program, PL_KUBERNETES_TYPE, name, plain);
    if (component && section.len > 0) {
        component->confidence = FROM_CONSTANT_PERCENT;
        component->basis =
            pl_sink_str(sink, pl_arena_format(program->scratch, "\"" PL_STR_FMT "\" in " PL_STR_FMT,
                                              PL_STR_ARG(version), PL_STR_ARG(section)));
    }
}

static void add_main(struct pl_sink *sink, const struct pl_program *program,
                     const struct main_module *main)
{
    struct module module = main->module;
    if (is_kubernetes(main)) {
        add_kubernetes(sink, program, main);
        return;
    }
    module.version = stated_version(program->scratch, main);
    if (module.version.len == 0) {
        module.version = pseudo_version(program->scratch, main);
    }
    add_module(sink, program, &module);
}

static struct module take_module(pl_str line)
{
    struct module module = {PL_STR_EMPTY, PL_STR_EMPTY};
    pl_str_next_piece(&line, '\t', &module.path);
    pl_str_next_piece(&line, '\t', &module.version);
    return module;
}

static struct main_module take_main(struct pl_arena *arena, pl_str list)
{
    struct main_module main = {0};
    pl_str line = PL_STR_EMPTY;
    bool is_of_main = false;
    while (pl_str_next_line(&list, &line)) {
        pl_str key = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &key, &line);
        bool replaces = pl_str_eq(key, PL_STR("=>"));
        if (pl_str_eq(key, PL_STR("mod")) || (replaces && is_of_main)) {
            main.module = take_module(line);
        } else if (pl_str_eq(key, PL_STR("path"))) {
            main.package = line;
        } else if (pl_str_eq(key, PL_STR("build"))) {
            take_setting(arena, line, &main);
        }
        is_of_main = pl_str_eq(key, PL_STR("mod")) || (replaces && is_of_main);
    }
    return main;
}

static void add_dependencies(struct pl_sink *sink, const struct pl_program *program, pl_str list)
{
    struct module dependency = {PL_STR_EMPTY, PL_STR_EMPTY};
    bool is_of_dependency = false;
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&list, &line)) {
        pl_str key = PL_STR_EMPTY;
        pl_str_cut(line, '\t', &key, &line);
        if (pl_str_eq(key, PL_STR("dep"))) {
            add_module(sink, program, &dependency);
            dependency = take_module(line);
            is_of_dependency = true;
        } else if (pl_str_eq(key, PL_STR("=>")) && is_of_dependency) {
            dependency = take_module(line);
        } else {
            is_of_dependency = false;
        }
    }
    add_module(sink, program, &dependency);
}

/* "go1.19.8 X:boringcrypto" is 1.19.8; a toolchain that was built from a commit has no release. */
static void add_standard_library(struct pl_sink *sink, const struct pl_program *program,
                                 pl_str version)
{
    pl_str word = PL_STR_EMPTY;
    if (!pl_str_next_word(&version, &word) || !pl_str_starts_with(word, PL_STR("go"))) {
        return;
    }
    pl_str release = pl_str_skip(word, 2);
    struct pl_component *component = add_component(sink, program, PL_STR("stdlib"), release);
    if (component) {
        pl_sink_push(sink, &component->cpes,
                     pl_arena_format(program->scratch,
                                     "cpe:2.3:a:golang:go:" PL_STR_FMT ":*:*:*:*:*:*:*",
                                     PL_STR_ARG(release)));
    }
}

/* The release of Go and the list of modules; the first is empty when what is there is damaged. */
static void read_build_info(const struct pl_program *program, pl_span info, pl_str *ret_version,
                            pl_str *ret_list)
{
    size_t pointer_bytes = info.ptr[MAGIC_BYTES];
    uint8_t flags = info.ptr[MAGIC_BYTES + 1];
    pl_str version = PL_STR_EMPTY;
    pl_str list = PL_STR_EMPTY;
    if ((flags & FLAG_INLINE) != 0) {
        pl_span cursor = pl_span_part(info, FIXED_BYTES, UINT64_MAX);
        version = take_inline(&cursor);
        list = take_inline(&cursor);
    } else if (pointer_bytes == 4 || pointer_bytes == 8) {
        bool is_big = (flags & FLAG_BIG_ENDIAN) != 0;
        version = follow_string(&program->object, info.ptr + 16, pointer_bytes, is_big);
        list =
            follow_string(&program->object, info.ptr + 16 + pointer_bytes, pointer_bytes, is_big);
    }
    *ret_version = version;
    *ret_list = unwrap(list);
}

/* A version of commit and time (v0.0.0-...) states none. */
bool pl_program_states_go_version(const struct pl_program *program)
{
    pl_span info = find_build_info(&program->object);
    pl_str version = PL_STR_EMPTY;
    pl_str list = PL_STR_EMPTY;
    if (info.len == 0) {
        return false;
    }
    read_build_info(program, info, &version, &list);
    struct main_module main = take_main(program->scratch, list);
    pl_str stated = stated_version(program->scratch, &main);
    return main.module.path.len > 0 && stated.len > 0 &&
           !pl_str_starts_with(stated, PL_STR("v0.0.0-"));
}

static enum pl_status read_go(struct pl_sink *sink, const struct pl_program *program,
                              struct pl_error *err)
{
    pl_span info = find_build_info(&program->object);
    pl_str version = PL_STR_EMPTY;
    pl_str list = PL_STR_EMPTY;
    if (info.len == 0) {
        return PL_OK;
    }
    read_build_info(program, info, &version, &list);
    if (version.len == 0) {
        return pl_error_set(err, PL_E_PARSE, "build information is there but damaged");
    }
    add_standard_library(sink, program, version);
    add_dependencies(sink, program, list);
    struct main_module main = take_main(program->scratch, list);
    add_main(sink, program, &main);
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_go = {
    .name = "go",
    .summary = "Modules of Go programs, and the release of Go that built them",
    .read = read_go,
};
