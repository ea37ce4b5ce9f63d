/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oval_tests - the tests, objects and states of an OVAL document, brought together.
 */
#include "base/map.h"
#include "feed/feed.h"

enum pl_oval_operation {
    PL_OVAL_ANY, /* there is no state: the package is there */
    PL_OVAL_LESS,
    PL_OVAL_LESS_OR_EQUAL,
    PL_OVAL_GREATER,
    PL_OVAL_GREATER_OR_EQUAL,
    PL_OVAL_EQUAL,
    PL_OVAL_OTHER, /* a signature, an architecture, a pattern */
};

/* What one test asks of one package. */
struct pl_oval_test {
    pl_str name;
    enum pl_oval_operation operation;
    pl_str version;
};

struct pl_oval_tests {
    struct pl_arena *arena;
    struct pl_map tests;
    struct pl_map objects;
    struct pl_map states;
};

void pl_oval_tests_release(struct pl_oval_tests *tests);

/* Goes through the whole document. */
enum pl_status pl_oval_tests_read(struct pl_oval_tests *tests, pl_str text, struct pl_error *err);

/* False when the test is not in the document, or is not about a package. */
bool pl_oval_tests_find(const struct pl_oval_tests *tests, pl_str id, struct pl_oval_test *ret);
