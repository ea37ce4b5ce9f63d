/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json.h"
#include "base/buf.h"
#include "base/limits.h"
#include "unit/test.h"

static enum pl_status parse(pl_str text, struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    return pl_json_parse(text, "it.json", &document, err);
}

/* `depth` arrays inside one another. */
static pl_str nested(struct pl_arena *arena, size_t depth)
{
    char *text = pl_arena_alloc(arena, 2, depth);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return pl_str_make(text, depth * 2);
}

static void test_json__nests_up_to_the_limit(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(parse(nested(&arena, PL_LIMIT_JSON_DEPTH), &err), PL_OK);
    assert_int_equal(parse(nested(&arena, PL_LIMIT_JSON_DEPTH + 1), &err), PL_E_LIMIT);
    assert_non_null(strstr(err.msg, "it.json"));
    assert_int_equal(parse(nested(&arena, 1000000), &err), PL_E_LIMIT);
}

/* Brackets inside strings are no nesting, however the string ends. */
static void test_json__brackets_in_strings_do_not_count(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(10000);
    pl_buf_append(&text, PL_STR("[\"\\\\\",\"\\\""));
    for (int i = 0; i < 500; i++) {
        pl_buf_append(&text, PL_STR("[{"));
    }
    pl_buf_append(&text, PL_STR("\"]"));
    assert_int_equal(parse(pl_buf_str(&text), NULL), PL_OK);
}

static void test_json__what_is_refused(void **state)
{
    /* RFC 8259: section 2 (one value, no trailing comma), 6 (numbers), 7 (strings), 8.1 (UTF-8); a
     * name twice is legal by section 4, but then readers disagree on what it says. */
    static const pl_str bad[] = {
        PL_STR_INIT(""),
        PL_STR_INIT("[1,]"),
        PL_STR_INIT("{\"a\":1,\"a\":2}"),
        PL_STR_INIT("[01]"),
        PL_STR_INIT("[\"\n\"]"),
        PL_STR_INIT("[\"\xff\"]"),
        PL_STR_INIT("[1] x"),
        PL_STR_INIT("[\"a\\u0000b\"]"),
        PL_STR_INIT("[1e999]"),
        PL_STR_INIT("[9223372036854775808]"),
        PL_STR_INIT("{1:2}"),
        PL_STR_INIT("[nul]"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(parse(bad[i], &err), PL_E_PARSE);
        assert_non_null(strstr(err.msg, "it.json is not JSON: line "));
    }
    assert_int_equal(parse(pl_str_make(NULL, 0), NULL), PL_E_PARSE);
}

static void test_json__every_prefix_is_refused(void **state)
{
    static const pl_str text =
        PL_STR_INIT("{\"a\":[1,-2.5e3,true,null],\"\\u00e9\":{\"b\":\"\xc3\xa9\\n\"}}");
    assert_int_equal(parse(text, NULL), PL_OK);
    for (size_t len = 0; len < text.len; len++) {
        assert_int_equal(parse(pl_str_sub(text, 0, len), NULL), PL_E_PARSE);
    }
}

static void test_json__getters_of_other_types_give_nothing(void **state)
{
    json_t *document pl_autojson = NULL;
    assert_int_equal(pl_json_parse(PL_STR("{\"s\":\"text\",\"n\":7,\"m\":-7,\"a\":[1],\"o\":{}}"),
                                   "it", &document, NULL),
                     PL_OK);
    pl_assert_str(pl_json_str(document, "s"), "text");
    pl_assert_str(pl_json_str(document, "n"), "");
    pl_assert_str(pl_json_str(document, "missing"), "");
    pl_assert_str(pl_json_str(NULL, "s"), "");
    assert_int_equal(pl_json_uint(document, "n"), 7);
    assert_int_equal(pl_json_uint(document, "m"), 0);
    assert_int_equal(pl_json_uint(document, "s"), 0);
    assert_non_null(pl_json_array(document, "a"));
    assert_null(pl_json_array(document, "o"));
    assert_non_null(pl_json_object(document, "o"));
    assert_null(pl_json_object(document, "a"));
    assert_null(pl_json_object(pl_json_array(document, "a"), "a"));
}

static void test_json__loose_as_javascript_reads(void **state)
{
    json_t *read pl_autojson = NULL;
    assert_int_equal(
        pl_json_parse_loose(PL_STR("\xef\xbb\xbf{\"a\":\"\xff\xc3\xa9\",\"b\":1,\"b\":2}"), "f",
                            &read, NULL),
        PL_OK);
    pl_assert_str(pl_json_str(read, "a"), "\xef\xbf\xbd\xc3\xa9");
    assert_int_equal(pl_json_uint(read, "b"), 2);

    struct pl_json_member each = {0};
    size_t count = 0;
    while (pl_json_next(read, &each)) {
        assert_ptr_equal(each.value, json_object_getn(read, each.key.ptr, each.key.len));
        count++;
    }
    assert_int_equal(count, 2);
    each = (struct pl_json_member){0};
    assert_false(pl_json_next(NULL, &each));
}

int pl_test_json(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__loose_as_javascript_reads),
        cmocka_unit_test(test_json__nests_up_to_the_limit),
        cmocka_unit_test(test_json__brackets_in_strings_do_not_count),
        cmocka_unit_test(test_json__what_is_refused),
        cmocka_unit_test(test_json__every_prefix_is_refused),
        cmocka_unit_test(test_json__getters_of_other_types_give_nothing),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
