/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that are linked into a program or another library, by what their own code carries: the
 * rows of libraries.def. Nothing else tells that a program has zlib 1.2.11 in it, and no package
 * manager updates it. Constants alone are searched, for all rows in one pass: for the literal that
 * must be there as well where a row has one, which is the rarer, else for the start of its text.
 *
 * A scanner, or the test of one, has the texts of many libraries next to each other. Linkers keep
 * the constants of a library together, so that those of eight libraries within two KiB are such a
 * list: what stands in it speaks of no library.
 */
#include "base/vec.h"
#include "catalog/program/signature.h"
#include "format/needles.h"
#include <pthread.h>

enum {
    /* Beyond so many versions in one file the file is made up, */
    MOST_HITS = 64,
    /* and beyond so many places as well. */
    MOST_PLACES = 1 << 16,
    LIST_BYTES = 2048,
    LIST_LIBRARIES = 8,
};

static const struct pl_signature signatures[] = {
#define PL_SIGNATURE(...) {__VA_ARGS__},
#include "catalog/program/libraries.def"
#undef PL_SIGNATURE
};

enum { SIGNATURES = PL_ARRAY_LEN(signatures) };

/* Made once in a process, by the first program that is seen. */
static char starts[SIGNATURES][32];
static pl_str literals[SIGNATURES];
static size_t libraries[SIGNATURES]; /* the first row of the same library */
static struct pl_needles needles;
static pthread_once_t needles_once = PTHREAD_ONCE_INIT;

static void make_needles(void)
{
    for (size_t i = 0; i < SIGNATURES; i++) {
        size_t len = pl_signature_start(&signatures[i], starts[i], sizeof(starts[i]));
        bool is_same = i > 0 && strcmp(signatures[i].name, signatures[i - 1].name) == 0;
        libraries[i] = is_same ? libraries[i - 1] : i;
        literals[i] =
            signatures[i].also ? pl_str_from(signatures[i].also) : pl_str_make(starts[i], len);
    }
    pl_needles_init(&needles, literals, SIGNATURES);
}

/* A literal of a row, and where it stands in a section. */
struct place {
    size_t row;
    size_t offset;
    bool is_listed; /* among those of many others */
};

struct search {
    struct pl_sink *sink;
    const struct pl_program *program;
    struct {
        PL_VEC_FIELDS(struct place);
    } places; /* of the section that is looked at */
    size_t hits;
    bool is_possible[SIGNATURES]; /* its `also` was seen */
};

static bool take_literal(void *context, size_t row, size_t offset)
{
    struct search *search = context;
    *pl_vec_push(search->program->scratch, &search->places) =
        (struct place){.row = row, .offset = offset};
    return search->places.count < MOST_PLACES;
}

/* Marks the places that stand among those of many other libraries. */
static void mark_lists(struct search *search)
{
    size_t counts[SIGNATURES] = {0};
    size_t distinct = 0;
    size_t first = 0;
    size_t marked = 0;
    struct place *places = search->places.items;
    for (size_t last = 0; last < search->places.count; last++) {
        distinct += counts[libraries[places[last].row]]++ == 0;
        for (; places[last].offset - places[first].offset > LIST_BYTES; first++) {
            distinct -= --counts[libraries[places[first].row]] == 0;
        }
        if (distinct >= LIST_LIBRARIES) {
            for (marked = marked > first ? marked : first; marked <= last; marked++) {
                places[marked].is_listed = true;
            }
        }
    }
}

static void report(struct search *search, size_t row, const struct pl_section *section,
                   struct pl_signature_hit *hit)
{
    hit->section = section->name;
    search->hits += pl_signature_report(search->sink, search->program, &signatures[row], hit);
}

static void search_section(struct search *search, const struct pl_section *section)
{
    search->places.count = 0;
    pl_needles_search(&needles, section->bytes, take_literal, search);
    mark_lists(search);
    for (size_t i = 0; i < search->places.count && search->hits < MOST_HITS; i++) {
        const struct place *place = &search->places.items[i];
        struct pl_signature_hit hit = {0};
        if (place->is_listed) {
            continue;
        }
        if (signatures[place->row].also) {
            search->is_possible[place->row] = true;
        } else if (pl_signature_matches(&signatures[place->row], section->bytes, place->offset,
                                        &hit)) {
            report(search, place->row, section, &hit);
        }
    }
}

static void search_possible(struct search *search, size_t row)
{
    const struct pl_object *object = &search->program->object;
    for (size_t i = 0; i < object->count; i++) {
        const struct pl_section *section = &object->sections[i];
        struct pl_signature_hit hit = {0};
        if (section->kind == PL_SECTION_CONSTANT &&
            pl_signature_search(&signatures[row], section->bytes, &hit)) {
            report(search, row, section, &hit);
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
        if (program->object.sections[i].kind == PL_SECTION_CONSTANT) {
            search_section(&search, &program->object.sections[i]);
        }
    }
    for (size_t i = 0; i < SIGNATURES; i++) {
        if (search.is_possible[i]) {
            search_possible(&search, i);
        }
    }
    if (search.hits >= MOST_HITS) {
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
