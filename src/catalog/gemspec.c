/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed Ruby gems: for each of them RubyGems writes its specification as Ruby source into a
 * folder "specifications", default gems into "specifications/default" (rubygems' specification.rb,
 * to_ruby):
 *
 *     # stub: nokogiri 1.13.3 x86_64-linux lib
 *     Gem::Specification.new do |s|
 *       s.name = "nokogiri".freeze
 *       s.version = "1.13.3"
 *       s.authors = ["Aaron Patterson".freeze, "Mike Dalessio".freeze]
 *       s.licenses = ["MIT".freeze]
 *       if s.respond_to? :specification_version then
 *         s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4"])
 *       else                                      for RubyGems before 1.2: all kinds alike
 *         s.add_dependency(%q<racc>.freeze, ["~> 1.4"])
 *       end
 *     end
 *
 * Nothing is evaluated: what counts are assignments of strings and lists of strings, one a line, as
 * to_ruby writes them. What is computed instead is taken from the stub line, which RubyGems itself
 * goes by.
 */
#include "catalog/cataloger.h"

struct gemspec {
    pl_str variable; /* "s" */
    pl_str name;
    pl_str version;
    pl_str stub_name;
    pl_str stub_version;
    pl_str author;
    struct pl_strs licenses;
    struct pl_strs depends;
    bool is_past_depends;
};

/* One list in a specification; the longest known licences and needs are some ten. */
enum { MOST_STRINGS = 1000 };

static char closing(char opening)
{
    switch (opening) {
    case '<':
        return '>';
    case '(':
        return ')';
    case '[':
        return ']';
    case '{':
        return '}';
    default:
        return opening;
    }
}

/* Takes a string literal off *cursor: "...", '...' or %q<...>. */
static bool take_string(struct pl_arena *arena, pl_str *cursor, pl_str *ret)
{
    pl_str rest = pl_str_trim(*cursor);
    bool is_percent =
        pl_str_starts_with(rest, PL_STR("%q")) || pl_str_starts_with(rest, PL_STR("%Q"));
    size_t begin = is_percent ? 2 : 0;
    if (rest.len <= begin || (!is_percent && rest.ptr[0] != '"' && rest.ptr[0] != '\'')) {
        return false;
    }
    char quote = closing(rest.ptr[begin]);
    size_t end = begin + 1;
    while (end < rest.len && rest.ptr[end] != quote) {
        end += rest.ptr[end] == '\\' ? 2 : 1;
    }
    if (end >= rest.len) {
        return false;
    }
    *cursor = pl_str_skip(rest, end + 1);
    *ret = pl_arena_unescape(arena, pl_str_sub(rest, begin + 1, end - begin - 1));
    return true;
}

/* Adds a string, or all of a list of them. */
static void take_strings(struct pl_arena *arena, pl_str value, struct pl_strs *into)
{
    value = pl_str_trim(value);
    bool is_list = pl_str_starts_with(value, PL_STR("["));
    value = pl_str_skip(value, is_list ? 1 : 0);
    pl_str text = PL_STR_EMPTY;
    while (into->count < MOST_STRINGS && take_string(arena, &value, &text)) {
        pl_strs_add_unique(arena, into, text);
        value = pl_str_trim(value);
        if (pl_str_starts_with(value, PL_STR(".freeze"))) {
            value = pl_str_trim(pl_str_skip(value, 7));
        }
        if (!is_list || !pl_str_starts_with(value, PL_STR(","))) {
            return;
        }
        value = pl_str_skip(value, 1);
    }
}

static void take_attribute(struct gemspec *spec, struct pl_arena *arena, pl_str name, pl_str value)
{
    if (pl_str_eq(name, PL_STR("name")) && spec->name.len == 0) {
        take_string(arena, &value, &spec->name);
    } else if (pl_str_eq(name, PL_STR("version")) && spec->version.len == 0) {
        static const pl_str call = PL_STR_INIT("Gem::Version.new(");
        value = pl_str_skip(value, pl_str_starts_with(value, call) ? call.len : 0);
        take_string(arena, &value, &spec->version);
    } else if (pl_str_eq(name, PL_STR("license")) || pl_str_eq(name, PL_STR("licenses"))) {
        take_strings(arena, value, &spec->licenses);
    } else if (pl_str_eq(name, PL_STR("author")) || pl_str_eq(name, PL_STR("authors"))) {
        value = pl_str_skip(value, pl_str_starts_with(value, PL_STR("[")) ? 1 : 0);
        take_string(arena, &value, &spec->author);
    }
}

static void take_need(struct gemspec *spec, struct pl_arena *arena, pl_str call)
{
    pl_str method = PL_STR_EMPTY;
    pl_str arguments = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    pl_str_cut(call, '(', &method, &arguments);
    bool is_need = pl_str_eq(method, PL_STR("add_runtime_dependency")) ||
                   pl_str_eq(method, PL_STR("add_dependency"));
    if (is_need && !spec->is_past_depends && spec->depends.count < MOST_STRINGS &&
        take_string(arena, &arguments, &name)) {
        pl_strs_add_unique(arena, &spec->depends, name);
    }
}

static void take_stub(struct gemspec *spec, pl_str words)
{
    pl_str_next_word(&words, &spec->stub_name);
    pl_str_next_word(&words, &spec->stub_version);
}

static void take_line(struct gemspec *spec, struct pl_arena *arena, pl_str line)
{
    static const pl_str stub = PL_STR_INIT("# stub: ");
    static const pl_str begin = PL_STR_INIT("Gem::Specification.new do |");
    line = pl_str_trim(line);
    if (pl_str_starts_with(line, stub) && spec->stub_name.len == 0) {
        take_stub(spec, pl_str_skip(line, stub.len));
    } else if (pl_str_starts_with(line, begin)) {
        pl_str rest = PL_STR_EMPTY;
        pl_str_cut(pl_str_skip(line, begin.len), '|', &spec->variable, &rest);
        spec->variable = pl_str_trim(spec->variable);
    } else if (pl_str_eq(line, PL_STR("else"))) {
        spec->is_past_depends = true;
    } else if (spec->variable.len > 0 && pl_str_starts_with(line, spec->variable) &&
               line.len > spec->variable.len && line.ptr[spec->variable.len] == '.') {
        pl_str call = pl_str_skip(line, spec->variable.len + 1);
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        if (pl_str_starts_with(call, PL_STR("add_"))) {
            take_need(spec, arena, call);
        } else if (pl_str_cut(call, '=', &name, &value)) {
            take_attribute(spec, arena, pl_str_trim(name), pl_str_trim(value));
        }
    }
}

static enum pl_status read_gemspec(struct pl_sink *sink, const struct pl_catalog_file *file,
                                   struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct gemspec spec = {0};
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        take_line(&spec, &arena, line);
    }
    struct pl_component *component = pl_catalog_component(
        sink, PL_SCOPE_INSTALLED, "gem", spec.name.len > 0 ? spec.name : spec.stub_name,
        spec.version.len > 0 ? spec.version : spec.stub_version);
    if (!component) {
        return PL_OK;
    }
    component->vendor = pl_sink_str(sink, spec.author);
    for (size_t i = 0; i < spec.licenses.count; i++) {
        pl_sink_push(sink, &component->licenses, spec.licenses.items[i]);
    }
    for (size_t i = 0; i < spec.depends.count; i++) {
        pl_sink_push(sink, &component->depends, spec.depends.items[i]);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_gemspec = {
    .name = "gemspec",
    .summary = "Installed Ruby gems, from their specifications",
    .patterns = (const char *const[]){"**/specifications/*.gemspec",
                                      "**/specifications/default/*.gemspec", NULL},
    .read = read_gemspec,
};
