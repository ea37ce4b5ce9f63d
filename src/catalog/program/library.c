/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that are linked into a program or another library, by what their own code carries: the
 * rows of libraries.def. Nothing else tells that a program has zlib 1.2.11 in it, and no package
 * manager updates it. Constants alone are searched, for all rows in one pass: for the literal that
 * must be there as well where a row has one, which is the rarer, else for the start of its text.
 */
#include "catalog/program/signature.h"
#include "format/needles.h"
#include <pthread.h>

/* Beyond so many versions in one file the file is made up. */
enum { MOST_HITS = 64 };

static const struct pl_signature signatures[] = {
#define PL_SIGNATURE(...) {__VA_ARGS__},
#include "catalog/program/libraries.def"
#undef PL_SIGNATURE
};

enum { SIGNATURES = PL_ARRAY_LEN(signatures) };

/* Made once in a process, by the first program that is seen. */
static char starts[SIGNATURES][32];
static pl_str literals[SIGNATURES];
static struct pl_needles needles;
static pthread_once_t needles_once = PTHREAD_ONCE_INIT;

static void make_needles(void)
{
    for (size_t i = 0; i < SIGNATURES; i++) {
        size_t len = pl_signature_start(&signatures[i], starts[i], sizeof(starts[i]));
        literals[i] =
            signatures[i].also ? pl_str_from(signatures[i].also) : pl_str_make(starts[i], len);
    }
    pl_needles_init(&needles, literals, SIGNATURES);
}

struct search {
    struct pl_sink *sink;
    const struct pl_program *program;
    const struct pl_section *section;
    size_t hits;
    bool is_possible[SIGNATURES]; /* its `also` was seen */
};

static bool take_literal(void *context, size_t index, size_t offset)
{
    struct search *search = context;
    struct pl_signature_hit hit = {0};
    if (signatures[index].also) {
        search->is_possible[index] = true;
    } else if (pl_signature_matches(&signatures[index], search->section->bytes, offset, &hit)) {
        hit.section = search->section->name;
        pl_signature_report(search->sink, search->program, &signatures[index], &hit);
        search->hits++;
    }
    return search->hits < MOST_HITS;
}

static void search_possible(struct search *search, const struct pl_signature *signature)
{
    const struct pl_object *object = &search->program->object;
    for (size_t i = 0; i < object->count; i++) {
        const struct pl_section *section = &object->sections[i];
        struct pl_signature_hit hit = {0};
        if (section->kind == PL_SECTION_CONSTANT &&
            pl_signature_search(signature, section->bytes, &hit)) {
            hit.section = section->name;
            pl_signature_report(search->sink, search->program, signature, &hit);
            return;
        }
    }
}

static enum pl_status read_library(struct pl_sink *sink, const struct pl_program *program,
                                   struct pl_error *err)
{
    struct search search = {.sink = sink, .program = program};
    pthread_once(&needles_once, make_needles);
    for (size_t i = 0; i < program->object.count; i++) {
        search.section = &program->object.sections[i];
        if (search.section->kind == PL_SECTION_CONSTANT) {
            pl_needles_search(&needles, search.section->bytes, take_literal, &search);
        }
    }
    for (size_t i = 0; i < SIGNATURES; i++) {
        if (search.is_possible[i]) {
            search_possible(&search, &signatures[i]);
        }
    }
    if (search.hits == MOST_HITS) {
        pl_sink_gap(sink, "names more than %d versions of libraries; the rest was not looked at",
                    MOST_HITS);
    }
    return PL_OK;
}

const struct pl_program_reader pl_program_reader_library = {
    .name = "library",
    .summary = "Libraries that are linked into a program, by what their own code carries",
    .read = read_library,
};
