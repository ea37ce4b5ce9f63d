/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A test names an object and a state. An object has a package's name; Canonical's have the names of
 * a source package's binaries, by a variable, and say in their comment which source that is: "The
 * 'openssh' package binaries". A state has a version and how to compare with it, beside an
 * architecture, or a signature.
 */
#include "feed/reader/oval_tests.h"
#include "format/xml_pieces.h"

struct test {
    pl_str object;
    pl_str state;
};

struct state {
    enum pl_oval_operation operation;
    pl_str version;
};

void pl_oval_tests_release(struct pl_oval_tests *tests)
{
    pl_map_release(&tests->tests);
    pl_map_release(&tests->objects);
    pl_map_release(&tests->states);
}

static pl_str keep(struct pl_oval_tests *tests, pl_str s)
{
    return pl_arena_dup(tests->arena, s);
}

static void take_test(struct pl_oval_tests *tests, pl_str id, const struct pl_xml_node *piece)
{
    struct test *test = PL_ARENA_NEW(tests->arena, struct test);
    test->object = keep(tests, pl_xml_attribute(pl_xml_child(piece, "object"), "object_ref"));
    test->state = keep(tests, pl_xml_attribute(pl_xml_child(piece, "state"), "state_ref"));
    *pl_map_at(&tests->tests, id) = test;
}

static void take_object(struct pl_oval_tests *tests, pl_str id, const struct pl_xml_node *piece)
{
    pl_str name = pl_xml_text(piece, "name");
    pl_str rest = PL_STR_EMPTY;
    pl_str comment = pl_xml_attribute(piece, "comment");
    pl_str begin = PL_STR("The '");
    if (name.len == 0 && pl_str_starts_with(comment, begin)) {
        pl_str_cut(pl_str_skip(comment, begin.len), '\'', &name, &rest);
    }
    if (name.len > 0) {
        pl_str *kept = PL_ARENA_NEW(tests->arena, pl_str);
        *kept = keep(tests, name);
        *pl_map_at(&tests->objects, id) = kept;
    }
}

static enum pl_oval_operation operation_of(pl_str text)
{
    static const struct {
        const char *text;
        enum pl_oval_operation operation;
    } operations[] = {
        {"less than", PL_OVAL_LESS},       {"less than or equal", PL_OVAL_LESS_OR_EQUAL},
        {"greater than", PL_OVAL_GREATER}, {"greater than or equal", PL_OVAL_GREATER_OR_EQUAL},
        {"equals", PL_OVAL_EQUAL},         {"", PL_OVAL_EQUAL}, /* by default */
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(operations); i++) {
        if (pl_str_eq(text, pl_str_from(operations[i].text))) {
            return operations[i].operation;
        }
    }
    return PL_OVAL_OTHER;
}

/* Microsoft has blanks in some: "0: 1.20.10-1.azl3". */
static pl_str without_blanks(struct pl_oval_tests *tests, pl_str text)
{
    char *kept = pl_arena_alloc(tests->arena, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!pl_char_is_blank(text.ptr[i])) {
            kept[len++] = text.ptr[i];
        }
    }
    return pl_str_make(kept, len);
}

static void take_state(struct pl_oval_tests *tests, pl_str id, const struct pl_xml_node *piece)
{
    static const char *const members[] = {"evr", "version", "subexpression"};
    struct state *state = PL_ARENA_NEW(tests->arena, struct state);
    state->operation = PL_OVAL_OTHER;
    state->version = PL_STR_EMPTY;
    for (size_t i = 0; i < PL_ARRAY_LEN(members) && state->operation == PL_OVAL_OTHER; i++) {
        const struct pl_xml_node *member = pl_xml_child(piece, members[i]);
        if (member) {
            state->operation = operation_of(pl_xml_attribute(member, "operation"));
            state->version = without_blanks(tests, pl_xml_text(member, NULL));
        }
    }
    *pl_map_at(&tests->states, id) = state;
}

static enum pl_status take(void *context, const struct pl_xml_node *piece, struct pl_error *err)
{
    struct pl_oval_tests *tests = context;
    pl_str id = keep(tests, pl_xml_attribute(piece, "id"));
    (void)err;
    if (id.len == 0) {
        return PL_OK;
    }
    if (pl_str_ends_with(piece->name, PL_STR("_test"))) {
        take_test(tests, id, piece);
    } else if (pl_str_ends_with(piece->name, PL_STR("_object"))) {
        take_object(tests, id, piece);
    } else {
        take_state(tests, id, piece);
    }
    return PL_OK;
}

enum pl_status pl_oval_tests_read(struct pl_oval_tests *tests, pl_str text, struct pl_error *err)
{
    static const char *const wanted[] = {"rpminfo_test",
                                         "rpminfo_object",
                                         "rpminfo_state",
                                         "dpkginfo_test",
                                         "dpkginfo_object",
                                         "dpkginfo_state",
                                         "textfilecontent54_test",
                                         "textfilecontent54_object",
                                         "textfilecontent54_state",
                                         NULL};
    return pl_xml_pieces(text, "the document", wanted, take, tests, err);
}

bool pl_oval_tests_find(const struct pl_oval_tests *tests, pl_str id, struct pl_oval_test *ret)
{
    const struct test *test = id.len > 0 ? pl_map_find(&tests->tests, id) : NULL;
    const pl_str *name =
        test && test->object.len > 0 ? pl_map_find(&tests->objects, test->object) : NULL;
    if (!name) {
        return false;
    }
    const struct state *state =
        test->state.len > 0 ? pl_map_find(&tests->states, test->state) : NULL;
    if (!state && test->state.len > 0) {
        return false;
    }
    *ret = (struct pl_oval_test){.name = *name,
                                 .operation = state ? state->operation : PL_OVAL_ANY,
                                 .version = state ? state->version : PL_STR_EMPTY};
    return true;
}
