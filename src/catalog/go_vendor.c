/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vendor/modules.txt of Go (https://go.dev/ref/mod#vendoring): what `go mod vendor` copied.
 *
 *     # example.com/b v1.2.3                      a module, its packages follow
 *     ## explicit; go 1.21                        go.mod names it
 *     example.com/b/package
 *     # example.com/c v1.0.0 => example.com/fork v1.4.5
 *     # example.com/d => ./d                      of a replacement, at the end: no module
 *
 * A module of which no package follows was not copied. Where a directory stands for a module, the
 * module is still the one that is named.
 */
#include "catalog/cataloger.h"

struct module {
    pl_str path;
    pl_str version;
    bool is_explicit;
    bool is_used; /* a package of it was seen */
};

static void add_module(struct pl_sink *sink, const struct module *module)
{
    if (!module->is_used || module->path.len == 0 || module->version.len == 0) {
        return;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_DECLARED, "golang", module->path, module->version);
    if (component) {
        component->relation = module->is_explicit ? PL_RELATION_DIRECT : PL_RELATION_TRANSITIVE;
    }
}

/* "PATH VERSION", or with "=> PATH VERSION" after it, which may stand for all versions. */
static struct module take_module(pl_str words)
{
    struct module module = {PL_STR_EMPTY, PL_STR_EMPTY, false, false};
    pl_str word = PL_STR_EMPTY;
    pl_str_next_word(&words, &module.path);
    bool has_more = pl_str_next_word(&words, &word);
    if (has_more && !pl_str_eq(word, PL_STR("=>"))) {
        module.version = word;
        has_more = pl_str_next_word(&words, &word);
    }
    pl_str path = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    if (has_more && pl_str_eq(word, PL_STR("=>")) && pl_str_next_word(&words, &path) &&
        pl_str_next_word(&words, &version)) {
        module.path = path;
        module.version = version;
    }
    return module;
}

static enum pl_status read_go_vendor(struct pl_sink *sink, const struct pl_catalog_file *file,
                                     struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    pl_str line = PL_STR_EMPTY;
    struct module module = {0};
    while (pl_str_next_line(&text, &line)) {
        if (pl_str_starts_with(line, PL_STR("## "))) {
            pl_str word = PL_STR_EMPTY;
            pl_str_cut(pl_str_skip(line, 3), ';', &word, &line);
            module.is_explicit =
                module.is_explicit || pl_str_eq(pl_str_trim(word), PL_STR("explicit"));
        } else if (pl_str_starts_with(line, PL_STR("# "))) {
            add_module(sink, &module);
            module = take_module(pl_str_skip(line, 2));
        } else {
            module.is_used = module.is_used || pl_str_trim(line).len > 0;
        }
    }
    add_module(sink, &module);
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_go_vendor = {
    .name = "go-vendor",
    .summary = "vendor/modules.txt: the modules that a Go project has copied",
    .patterns = (const char *const[]){"**/vendor/modules.txt", NULL},
    .read = read_go_vendor,
};
