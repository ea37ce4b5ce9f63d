/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * question - asking the database for one component under one name: which advisories of an ecosystem
 * mean its version?
 */
#include "base/map.h"
#include "detect/rows.h"
#include "model/os.h"
#include "model/report.h"

/* What the questions of one scan share. */
struct pl_matcher {
    struct pl_arena *arena; /* keeps what the statements refer to */
    struct pl_db *db;
    struct pl_gaps *gaps; /* gets what could not be judged */
    struct pl_map advisories; /* records read so far, by slice and id */
};

void pl_matcher_release(struct pl_matcher *matcher);

/* Where there are advisories for subscribers beside the others: the two are asked one after the
 * other, first those that the package comes from. */
struct pl_support {
    struct pl_map spoken; /* what the first have on the package, by id: `open` or `closed` */
    char open;
    char closed;
    bool is_second; /* who is being asked */
    bool is_subscribed; /* the package came from there */
};

/* What a component is looked up as. */
struct pl_question {
    const struct pl_component *component;
    pl_str name;
    pl_str version;
    pl_str via;
    bool is_system; /* the distribution's own package */
    enum pl_distro_by by; /* EITHER: whatever names packages so */
    struct pl_support *support; /* NULL: there is but one */
};

/* By its own name and version. */
struct pl_question pl_question_of(const struct pl_component *component, bool is_system);

/* Adds what is said in one ecosystem; nothing where nobody here compares its versions. */
enum pl_status pl_question_ask(struct pl_matcher *matcher, const struct pl_question *question,
                               pl_str ecosystem, struct pl_statements *statements,
                               struct pl_error *err);
/* The same in several. */
enum pl_status pl_question_ask_each(struct pl_matcher *matcher, const struct pl_question *question,
                                    const pl_str *ecosystems, size_t count,
                                    struct pl_statements *statements, struct pl_error *err);

/* Notes that a component could not be judged. */
void pl_question_note_gap(struct pl_matcher *matcher, const struct pl_component *component,
                          pl_str reason);
