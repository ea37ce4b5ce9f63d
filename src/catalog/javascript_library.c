/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JavaScript libraries that lie about without their package.json: copied into a web application,
 * minified, or bundled with others into one file. What stays of them is the comment at their
 * beginning, which minifiers keep (those that begin with an exclamation mark, or hold "@license"),
 * in a form that each library has its own way with: the rows of javascript_libraries.def, searched
 * in one pass.
 *
 * Only files are read that are minified by their name, or have the name of a library: of other
 * JavaScript there is too much. What lies in a node_modules directory is not left out, since one
 * package may bring another in a bundle; where the package is installed as well, both are one.
 */
#include "catalog/program/signature.h"
#include "format/needles.h"
#include <pthread.h>

/* Beyond so many libraries in one file the file is made up. */
enum { MOST_HITS = 128 };

static const struct pl_signature signatures[] = {
#define PL_SIGNATURE(...) {__VA_ARGS__},
#include "catalog/javascript_libraries.def"
#undef PL_SIGNATURE
};

enum { SIGNATURES = PL_ARRAY_LEN(signatures) };

/* Made once in a process, by the first file that is seen. */
static char starts[SIGNATURES][64];
static pl_str literals[SIGNATURES];
static struct pl_needles needles;
static pthread_once_t needles_once = PTHREAD_ONCE_INIT;

static void make_needles(void)
{
    for (size_t i = 0; i < SIGNATURES; i++) {
        size_t len = pl_signature_start(&signatures[i], starts[i], sizeof(starts[i]));
        literals[i] = pl_str_make(starts[i], len);
    }
    pl_needles_init(&needles, literals, SIGNATURES);
}

struct search {
    struct pl_sink *sink;
    pl_span content;
    pl_str seen[MOST_HITS]; /* versions, with the rows they are of */
    size_t rows[MOST_HITS];
    size_t hits;
};

static bool is_known(const struct search *search, size_t row, pl_str version)
{
    for (size_t i = 0; i < search->hits; i++) {
        if (strcmp(signatures[search->rows[i]].name, signatures[row].name) == 0 &&
            pl_str_eq(search->seen[i], version)) {
            return true;
        }
    }
    return false;
}

/* As one line. */
static pl_str basis_of(struct pl_arena *arena, pl_str seen)
{
    enum { MOST_BYTES = 100 };
    seen = pl_str_trim(pl_str_sub(seen, 0, MOST_BYTES));
    char line[MOST_BYTES];
    for (size_t i = 0; i < seen.len; i++) {
        line[i] = pl_char_is_blank(seen.ptr[i]) ? ' ' : seen.ptr[i];
    }
    return pl_arena_format(arena, "\"%.*s\"", (int)seen.len, line);
}

static bool take_literal(void *context, size_t row, size_t offset)
{
    struct search *search = context;
    struct pl_signature_hit hit = {0};
    const struct pl_signature *signature = &signatures[row];
    bool is_there = pl_signature_matches(signature, search->content, offset, &hit) &&
                    (!signature->also ||
                     pl_str_contains(pl_span_str(search->content), pl_str_from(signature->also)));
    if (!is_there || is_known(search, row, hit.version)) {
        return true;
    }
    search->seen[search->hits] = hit.version;
    search->rows[search->hits++] = row;
    struct pl_component *component = pl_catalog_component(
        search->sink, PL_SCOPE_INSTALLED, "npm", pl_str_from(signature->name), hit.version);
    if (component) {
        struct pl_arena scratch pl_autoarena = {0};
        component->confidence = signature->confidence;
        component->basis = pl_sink_str(search->sink, basis_of(&scratch, hit.seen));
    }
    return search->hits < MOST_HITS;
}

static enum pl_status read_javascript_library(struct pl_sink *sink,
                                              const struct pl_catalog_file *file,
                                              struct pl_error *err)
{
    struct search search = {.sink = sink, .content = file->content};
    pthread_once(&needles_once, make_needles);
    pl_needles_search(&needles, file->content, take_literal, &search);
    if (search.hits == MOST_HITS) {
        pl_sink_gap(sink, "names more than %d libraries; the rest was not looked at", MOST_HITS);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_javascript_library = {
    .name = "javascript-library",
    .summary = "JavaScript libraries without a package, by their banners",
    .patterns =
        (const char *const[]){
            "**/*.bundle.js",
            "**/*.min.js",
            "**/angular.js",
            "**/axios.js",
            "**/backbone.js",
            "**/bootstrap.js",
            "**/d3.js",
            "**/jquery-*.js",
            "**/jquery.js",
            "**/knockout.js",
            "**/leaflet.js",
            "**/lodash.js",
            "**/moment.js",
            "**/underscore.js",
            "**/vendor.js",
            "**/vue.js",
            NULL,
        },
    .read = read_javascript_library,
};
