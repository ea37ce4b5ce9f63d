/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that are no machine code, so that catalog/executable.c does not see them, and that
 * people put into images by hand. Each has its version in one place that its own source says:
 *
 *     composer.phar          src/Composer/Composer.php, which a phar holds as it is:
 *                            "const VERSION = '2.7.7';" right before BRANCH_ALIAS_VERSION
 *     wp-cli.phar            "wp-cli/wp-cli 2.10.0", its list of what it consists of
 *     bin/elixir             "ELIXIR_VERSION=1.16.2", a shell script
 *     application.ini        Firefox, Thunderbird and what else Mozilla makes: an INI file with
 *                            Name and Version in [App]
 *
 * Whatever has the name and not the sign is another program, which is no gap.
 */
#include "catalog/cataloger.h"

struct script {
    const char *paths; /* ends of paths, with blanks between */
    const char *name;
    const char *near; /* stands in the text after the version and not far from it, or NULL */
    const char *before; /* stands right before the version */
    const char *cpe; /* vendor and product */
};

static const struct script scripts[] = {
    {"/composer.phar /bin/composer", "composer", "BRANCH_ALIAS_VERSION", "const VERSION = '",
     "getcomposer:composer"},
    {"/wp-cli.phar /bin/wp", "wp-cli", NULL, "wp-cli/wp-cli ", "wp-cli:wp-cli"},
    {"/bin/elixir", "elixir", NULL, "ELIXIR_VERSION=", "elixir-lang:elixir"},
};

static bool is_version_char(char c)
{
    return pl_char_is_alnum(c) || c == '.' || c == '-' || c == '+';
}

/* What begins with a digit and has a dot, else empty. */
static pl_str version_at(pl_str text)
{
    size_t len = 0;
    while (len < text.len && len < 64 && is_version_char(text.ptr[len])) {
        len++;
    }
    pl_str version = pl_str_sub(text, 0, len);
    bool is_version =
        len > 0 && pl_char_is_digit(version.ptr[0]) && pl_str_find_char(version, '.') != SIZE_MAX;
    return is_version ? version : PL_STR_EMPTY;
}

static void add(struct pl_sink *sink, pl_str name, pl_str version, const char *cpe,
                const char *basis)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "binary", name, version);
    if (component) {
        component->basis = pl_sink_str(sink, pl_str_from(basis));
        component->confidence = 95;
        pl_sink_push(sink, &component->cpes,
                     pl_arena_format(&scratch, "cpe:2.3:a:%s:" PL_STR_FMT ":*:*:*:*:*:*:*", cpe,
                                     PL_STR_ARG(version)));
    }
}

static bool has_path(const struct script *script, pl_str path)
{
    struct pl_arena scratch pl_autoarena = {0};
    pl_str paths = pl_str_from(script->paths);
    pl_str end = PL_STR_EMPTY;
    /* A path has no slash in front. */
    pl_str whole = pl_arena_format(&scratch, "/" PL_STR_FMT, PL_STR_ARG(path));
    while (pl_str_next_word(&paths, &end)) {
        if (pl_str_ends_with(whole, end)) {
            return true;
        }
    }
    return false;
}

static void read_script(struct pl_sink *sink, const struct script *script, pl_str text)
{
    enum { NEARNESS_BYTES = 200 };
    pl_str before = pl_str_from(script->before);
    if (script->near) {
        size_t at = pl_str_find(text, pl_str_from(script->near));
        if (at == SIZE_MAX) {
            return;
        }
        size_t from = at > NEARNESS_BYTES ? at - NEARNESS_BYTES : 0;
        text = pl_str_sub(text, from, at - from);
    }
    for (;;) {
        size_t at = pl_str_find(text, before);
        if (at == SIZE_MAX) {
            return;
        }
        text = pl_str_skip(text, at + before.len);
        pl_str version = version_at(text);
        if (version.len > 0) {
            add(sink, pl_str_from(script->name), version, script->cpe,
                "the version in its own text");
            return;
        }
    }
}

/* Name as Mozilla writes it; in lower case it is that of the program. */
static void read_application_ini(struct pl_sink *sink, pl_str text)
{
    pl_str line = PL_STR_EMPTY;
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    bool is_app = false;
    while (pl_str_next_line(&text, &line)) {
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        line = pl_str_trim(line);
        if (pl_str_starts_with(line, PL_STR("["))) {
            is_app = pl_str_eq(line, PL_STR("[App]"));
        } else if (is_app && pl_str_cut(line, '=', &key, &value)) {
            pl_str *into = pl_str_eq(key, PL_STR("Name"))      ? &name
                           : pl_str_eq(key, PL_STR("Version")) ? &version
                                                               : &key;
            *into = value;
        }
    }
    static const struct {
        const char *name;
        const char *program;
        const char *cpe;
    } known[] = {{"Firefox", "firefox", "mozilla:firefox"},
                 {"Thunderbird", "thunderbird", "mozilla:thunderbird"},
                 {"SeaMonkey", "seamonkey", "mozilla:seamonkey"}};
    for (size_t i = 0; i < PL_ARRAY_LEN(known); i++) {
        if (pl_str_eq(name, pl_str_from(known[i].name)) && version_at(version).len > 0) {
            add(sink, pl_str_from(known[i].program), version_at(version), known[i].cpe,
                "Version in its application.ini");
        }
    }
}

static enum pl_status read_script_program(struct pl_sink *sink, const struct pl_catalog_file *file,
                                          struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    if (pl_str_ends_with(file->path, PL_STR("application.ini"))) {
        read_application_ini(sink, text);
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(scripts); i++) {
        if (has_path(&scripts[i], file->path)) {
            read_script(sink, &scripts[i], text);
        }
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_script_program = {
    .name = "script-program",
    .summary = "Composer, WP-CLI, Elixir and Mozilla's programs, which are no machine code",
    .patterns = (const char *const[]){"**/composer.phar", "**/bin/composer", "**/wp-cli.phar",
                                      "**/bin/wp", "**/bin/elixir", "**/application.ini", NULL},
    .read = read_script_program,
};
