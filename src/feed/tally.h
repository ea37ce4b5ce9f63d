/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tally - what became of the records of a feed, and the first problems in the order of reading.
 *
 * A tally is a plain value without pointers but to literals: workers fill one each, and they are
 * added up.
 */
#include "base/error.h"
#include "base/str.h"

enum { PL_TALLY_REASONS = 32, PL_TALLY_PROBLEMS = 8 };

/* Texts about the first few of many, sorted by where they were met. */
struct pl_tally_problems {
    struct pl_tally_problem {
        uint64_t sequence;
        char text[480];
    } items[PL_TALLY_PROBLEMS];
    size_t count;
};

struct pl_tally {
    uint64_t documents;
    uint64_t bytes; /* of the documents, open */
    uint64_t taken;
    uint64_t exploitations;
    uint64_t malformed;
    struct {
        const char *reason;
        uint64_t count;
    } skipped[PL_TALLY_REASONS]; /* in the order in which they were met; the last is for the rest */
    size_t reasons;
    struct pl_tally_problems problems; /* about the malformed */
};

void pl_tally_skip(struct pl_tally *tally, const char *reason, uint64_t count);
/* The count of one reason. */
uint64_t pl_tally_skipped(const struct pl_tally *tally, const char *reason);

/* Keeps the text, made printable, if it is among the first by sequence; of equal ones the one said
 * first goes before. */
void pl_tally_note(struct pl_tally_problems *problems, uint64_t sequence, const char *text);

void pl_tally_add(struct pl_tally *sum, const struct pl_tally *more);
