/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requirements.txt of pip (pip.pypa.io, "Requirements File Format"; the requirements themselves:
 * packaging.python.org, "Dependency specifiers"), a requirement or an option in each line:
 *
 *     # a comment
 *     click == 8.0.0  # up to the end of the line
 *     celery[redis, pytest] (==4.4.7) ; python_version < "3.8"
 *     argh==0.26.2 \
 *         --hash=sha256:a9b3...
 *     urllib3 @ https://host/urllib3.zip          no version
 *     -r other.txt                                a file of its own
 *     -e git+https://host/own.git
 *
 * Only what "==" or "===" pins to one version is a package; "== 2.8.*" is a range. Windows
 * PowerShell writes such files in UTF-16. Templates of such files are common, and a line that says
 * "==" but is no requirement is a gap.
 */
#include "base/buf.h"
#include "catalog/python_package.h"

struct requirements {
    struct pl_python_lock lock;
    bool is_dev;
    size_t odd_lines;
    size_t first_odd_line;
};

/* The text in ASCII, anything else as '?': names and versions have nothing else. */
static pl_str from_utf16(struct pl_arena *arena, pl_str text, bool is_big_endian)
{
    size_t count = text.len / 2;
    char *ascii = pl_arena_alloc(arena, count + 1, 1);
    for (size_t i = 0; i < count; i++) {
        uint8_t low = (uint8_t)text.ptr[2 * i + (is_big_endian ? 1 : 0)];
        uint8_t high = (uint8_t)text.ptr[2 * i + (is_big_endian ? 0 : 1)];
        ascii[i] = high == 0 && low < 0x80 ? (char)low : '?';
    }
    return pl_str_make(ascii, count);
}

static pl_str decode(struct pl_arena *arena, pl_str text)
{
    if (pl_str_starts_with(text, PL_STR("\xff\xfe"))) {
        return from_utf16(arena, pl_str_skip(text, 2), false);
    }
    if (pl_str_starts_with(text, PL_STR("\xfe\xff"))) {
        return from_utf16(arena, pl_str_skip(text, 2), true);
    }
    return pl_str_starts_with(text, PL_STR("\xef\xbb\xbf")) ? pl_str_skip(text, 3) : text;
}

/* Is there a word like "dev" or "tests" in the file's name? */
static bool is_for_development(pl_str path)
{
    pl_str name = pl_str_after_last(path, '/');
    while (name.len > 0) {
        pl_str word = pl_str_take_while(&name, pl_char_is_alpha);
        static const char *const words[] = {"dev", "develop", "development", "test", "tests"};
        for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
            if (pl_str_eq(word, pl_str_from(words[i]))) {
                return true;
            }
        }
        name = pl_str_skip(name, 1);
    }
    return false;
}

/* Takes the next line with those that it goes on in, joined in `joined` when there are some. */
static bool next_logical_line(pl_str *cursor, struct pl_buf *joined, pl_str *ret, size_t *line)
{
    pl_str part = PL_STR_EMPTY;
    if (!pl_str_next_line(cursor, &part)) {
        return false;
    }
    *line += 1;
    *ret = part;
    if (!pl_str_ends_with(part, PL_STR("\\"))) {
        return true;
    }
    pl_buf_clear(joined);
    do {
        part = pl_str_sub(part, 0, part.len - 1);
        pl_buf_append(joined, part);
        pl_buf_append_char(joined, ' ');
        if (!pl_str_next_line(cursor, &part)) {
            part = PL_STR_EMPTY;
        }
        *line += 1;
    } while (pl_str_ends_with(part, PL_STR("\\")));
    pl_buf_append(joined, part);
    *ret = pl_buf_str(joined);
    return true;
}

static bool is_version_char(char c)
{
    return pl_char_is_alnum(c) || c == '.' || c == '!' || c == '+' || c == '_' || c == '-' ||
           c == '*';
}

/* Takes one "OPERATOR VERSION" off *cursor; false when there is none. */
static bool next_clause(pl_str *cursor, pl_str *ret_operator, pl_str *ret_version)
{
    pl_str rest = pl_str_trim(*cursor);
    size_t len = 0;
    while (len < rest.len && len < 3 && memchr("=<>!~", rest.ptr[len], 5)) {
        len++;
    }
    *ret_operator = pl_str_sub(rest, 0, len);
    rest = pl_str_trim(pl_str_skip(rest, len));
    *ret_version = pl_str_take_while(&rest, is_version_char);
    *cursor = pl_str_trim(rest);
    return len > 0 && ret_version->len > 0;
}

/* Passes over "[extra, extra]". */
static bool skip_extras(pl_str *cursor)
{
    *cursor = pl_str_trim(*cursor);
    if (!pl_str_starts_with(*cursor, PL_STR("["))) {
        return true;
    }
    size_t end = pl_str_find_char(*cursor, ']');
    *cursor = end == SIZE_MAX ? PL_STR_EMPTY : pl_str_skip(*cursor, end + 1);
    return end != SIZE_MAX;
}

/* Splits a requirement into its name and what pins it, which may be nothing; false when it is not
 * well formed. */
static bool parse_pin(pl_str text, pl_str *ret_name, pl_str *ret_version)
{
    pl_str rest = PL_STR_EMPTY;
    *ret_version = PL_STR_EMPTY;
    *ret_name = pl_python_requirement_name(text, &rest);
    if (ret_name->len == 0 || !skip_extras(&rest)) {
        return false;
    }
    rest = pl_str_trim(rest);
    if (pl_str_starts_with(rest, PL_STR("(")) && pl_str_ends_with(rest, PL_STR(")"))) {
        rest = pl_str_trim(pl_str_sub(rest, 1, rest.len - 2));
    }
    while (rest.len > 0) {
        pl_str comparison = PL_STR_EMPTY;
        pl_str version = PL_STR_EMPTY;
        if (!next_clause(&rest, &comparison, &version)) {
            return false;
        }
        bool is_exact =
            pl_str_eq(comparison, PL_STR("===")) ||
            (pl_str_eq(comparison, PL_STR("==")) && !pl_str_contains(version, PL_STR("*")));
        *ret_version = is_exact ? version : *ret_version;
        if (rest.len > 0 && rest.ptr[0] != ',') {
            return false;
        }
        rest = pl_str_skip(rest, 1);
    }
    return true;
}

/* Without a comment, and the options of one requirement, such as --hash, apart. */
static pl_str split_line(pl_str line, pl_str *ret_options)
{
    pl_str comment = PL_STR_EMPTY;
    pl_str_cut(line, '#', &line, &comment);
    size_t at = pl_str_find(line, PL_STR(" --"));
    *ret_options = pl_str_skip(line, at);
    return pl_str_trim(pl_str_sub(line, 0, at));
}

static void add_hashes(struct pl_sink *sink, struct pl_component *component, pl_str options)
{
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&options, &word)) {
        if (pl_str_starts_with(word, PL_STR("--hash="))) {
            pl_python_add_hash(sink, component, pl_str_skip(word, 7));
        }
    }
}

static void take_line(struct requirements *into, pl_str line, size_t number)
{
    pl_str options = PL_STR_EMPTY;
    pl_str requirement = split_line(line, &options);
    if (requirement.len == 0 || requirement.ptr[0] == '-') {
        return;
    }
    pl_str marker = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    pl_str_cut(requirement, ';', &requirement, &marker);
    requirement = pl_str_trim(requirement);
    if (!parse_pin(requirement, &name, &version)) {
        /* Paths and URLs are no packages, with or without a version in them. */
        if (pl_str_contains(requirement, PL_STR("==")) &&
            !pl_str_contains(requirement, PL_STR("/"))) {
            into->first_odd_line = into->odd_lines++ == 0 ? number : into->first_odd_line;
        }
        return;
    }
    const struct pl_distinct_facts facts = {.is_dev = into->is_dev};
    struct pl_component *component =
        version.len == 0 ? NULL : pl_distinct_add(&into->lock.list, name, version, &facts);
    if (component) {
        add_hashes(into->lock.list.sink, component, options);
    }
}

static enum pl_status read_python_requirements(struct pl_sink *sink,
                                               const struct pl_catalog_file *file,
                                               struct pl_error *err)
{
    struct requirements into = {
        .lock = PL_PYTHON_LOCK_INIT(sink),
        .is_dev = is_for_development(file->path),
    };
    struct pl_buf joined pl_autobuf = PL_BUF_INIT(file->content.len + 1);
    pl_str cursor = decode(&into.lock.arena, pl_span_str(file->content));
    pl_str line = PL_STR_EMPTY;
    size_t number = 0;
    for (size_t first = 1; next_logical_line(&cursor, &joined, &line, &number);
         first = number + 1) {
        take_line(&into, line, first);
    }
    if (into.odd_lines > 0) {
        pl_sink_gap(sink, "%zu lines with \"==\" are no requirements, first line %zu",
                    into.odd_lines, into.first_odd_line);
    }
    pl_python_lock_release(&into.lock);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_python_requirements = {
    .name = "python-requirements",
    .summary = "requirements.txt of pip: what is pinned to one version",
    .patterns = (const char *const[]){"**/requirements*.txt", "**/*requirements.txt",
                                      "**/requirements/*.txt", NULL},
    .read = read_python_requirements,
};
