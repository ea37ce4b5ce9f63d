/* SPDX-License-Identifier: Apache-2.0 */
/* Jansson is the second source: what the pieces are, and which texts are well formed. */
#include "format/json_pieces.h"
#include "base/buf.h"
#include "base/limits.h"
#include "format/json.h"
#include "unit/test.h"
#include <ftw.h>
#include <stdio.h>

static const char *const no_path[] = {NULL};

static json_t *whole(pl_str text)
{
    return json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
}

/* The pieces of `text`, gone through all the way down, are what Jansson has in `wanted`. */
static void assert_same(struct pl_arena *arena, pl_str text, json_t *wanted)
{
    struct pl_json_pieces pieces;
    struct pl_error err = PL_ERROR_INIT;
    pl_str key;
    pl_str value;
    size_t count = 0;
    assert_int_equal(pl_json_pieces_open(&pieces, arena, text, no_path, &err), PL_OK);
    enum pl_status st;
    while ((st = pl_json_pieces_next(&pieces, &key, &value, &err)) == PL_OK) {
        json_t *member = json_is_array(wanted) ? json_array_get(wanted, count)
                                               : json_object_getn(wanted, key.ptr, key.len);
        assert_non_null(member);
        if (json_is_object(member) || json_is_array(member)) {
            assert_same(arena, value, member);
        } else {
            json_t *piece pl_autojson = whole(value);
            assert_true(json_equal(piece, member));
            pl_str string = pl_json_text(member);
            assert_true(pl_str_eq(pl_json_piece_text(arena, value), string));
        }
        count++;
    }
    assert_int_equal(st, PL_E_NOT_FOUND);
    assert_int_equal(count,
                     json_is_array(wanted) ? json_array_size(wanted) : json_object_size(wanted));
    assert_int_equal(pl_json_pieces_next(&pieces, &key, &value, &err), PL_E_NOT_FOUND);
}

static enum pl_status go_through(pl_str text, const char *const *path, size_t *ret_count,
                                 struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_json_pieces pieces;
    pl_str key;
    pl_str value;
    size_t count = 0;
    enum pl_status st = pl_json_pieces_open(&pieces, &arena, text, path, err);
    if (st < 0) {
        return st;
    }
    while ((st = pl_json_pieces_next(&pieces, &key, &value, err)) == PL_OK) {
        count++;
    }
    *ret_count = count;
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

static const pl_str sample = PL_STR_INIT(
    " {\"a\\u00e9\\ud83d\\ude00\\n\" : [ 1 , -2.5e+3,0, true,null,false , \"\\\\\", \"\\\"]\"],"
    "\"b\":{\"c\":{\"k\\\"}\": {} ,\"\":[]},\"d\":[[],[{}]] }, \"\xc3\xa9\":\"x\\ty\"}\n");

static void test_json_pieces__are_what_jansson_has(void **state)
{
    const pl_str more[] = {
        PL_STR_INIT("[]"),
        PL_STR_INIT("{}"),
        PL_STR_INIT("[[[\"[\"]]]"),
        PL_STR_INIT("{\"\":\"\"}"),
        PL_STR_INIT("[\"\\\\\\\\\\\"\",\"\\\\\"]"),
        sample,
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(more); i++) {
        json_t *wanted pl_autojson = whole(more[i]);
        assert_non_null(wanted);
        assert_same(&arena, more[i], wanted);
    }
}

static void test_json_pieces__path_leads_to_them(void **state)
{
    static const char *const c[] = {"b", "c", NULL};
    static const char *const d[] = {"b", "d", NULL};
    static const char *const missing[] = {"b", "e", NULL};
    static const char *const scalar[] = {"\xc3\xa9", NULL};
    static const char *const through_array[] = {"a\xc3\xa9\xf0\x9f\x98\x80\n", "x", NULL};
    struct pl_error err = PL_ERROR_INIT;
    size_t count = 0;
    assert_int_equal(go_through(sample, c, &count, &err), PL_OK);
    assert_int_equal(count, 2);
    assert_int_equal(go_through(sample, d, &count, &err), PL_OK);
    assert_int_equal(count, 2);
    assert_int_equal(go_through(sample, missing, &count, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "\"e\""));
    assert_int_equal(go_through(sample, scalar, &count, &err), PL_E_PARSE);
    assert_int_equal(go_through(sample, through_array, &count, &err), PL_E_PARSE);
}

/* What is wrong behind the pieces, or twice, is seen as well. */
static void test_json_pieces__rest_is_checked(void **state)
{
    static const char *const a[] = {"a", NULL};
    static const pl_str bad[] = {
        PL_STR_INIT("{\"a\":[1]"),
        PL_STR_INIT("{\"a\":[1]}}"),
        PL_STR_INIT("{\"a\":[1],}"),
        PL_STR_INIT("{\"a\":[1] \"b\":2}"),
        PL_STR_INIT("{\"a\":[1],\"b\":tru}"),
        PL_STR_INIT("{\"a\":[1],\"a\":2}"),
        PL_STR_INIT("{\"a\":[1],\"b\":[}]}"),
        PL_STR_INIT("{\"a\":[1]]"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_error err = PL_ERROR_INIT;
        size_t count = 0;
        assert_int_equal(go_through(bad[i], a, &count, &err), PL_E_PARSE);
        assert_int_equal(count, 1);
        assert_true(err.pos <= bad[i].len);
    }
}

/* The same texts that Jansson refuses, as far as they are wrong at the level of the pieces. */
static void test_json_pieces__what_is_refused(void **state)
{
    static const pl_str bad[] = {
        PL_STR_INIT(""),
        PL_STR_INIT("1"),
        PL_STR_INIT("[1,]"),
        PL_STR_INIT("[,1]"),
        PL_STR_INIT("[1 2]"),
        PL_STR_INIT("[01]"),
        PL_STR_INIT("[-]"),
        PL_STR_INIT("[1.]"),
        PL_STR_INIT("[1e]"),
        PL_STR_INIT("[.5]"),
        PL_STR_INIT("[+1]"),
        PL_STR_INIT("[nul]"),
        PL_STR_INIT("[truefalse]"),
        PL_STR_INIT("[1] x"),
        PL_STR_INIT("[1}"),
        PL_STR_INIT("[[}]"),
        PL_STR_INIT("{1:2}"),
        PL_STR_INIT("{\"a\"}"),
        PL_STR_INIT("{\"a\":}"),
        PL_STR_INIT("{\"a\" 1}"),
        PL_STR_INIT("{\"a\":1,}"),
        PL_STR_INIT("{\"\xff\":1}"),
        PL_STR_INIT("{\"\n\":1}"),
        PL_STR_INIT("{\"\\x\":1}"),
        PL_STR_INIT("{\"\\u12g4\":1}"),
        PL_STR_INIT("{\"\\u0000\":1}"),
        PL_STR_INIT("{\"\\ud800\":1}"),
        PL_STR_INIT("{\"\\ud800\\u0041\":1}"),
        PL_STR_INIT("{\"\\udc00\":1}"),
        PL_STR_INIT("[\"\\\"]"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(bad); i++) {
        struct pl_error err = PL_ERROR_INIT;
        size_t count = 0;
        json_t *parsed pl_autojson = whole(bad[i]);
        assert_true(!parsed || json_is_integer(parsed));
        assert_int_equal(go_through(bad[i], no_path, &count, &err), PL_E_PARSE);
        assert_true(err.pos <= bad[i].len);
    }
}

static void test_json_pieces__every_prefix_is_refused(void **state)
{
    size_t count = 0;
    for (size_t len = 0; len < sample.len - 1; len++) {
        assert_int_equal(go_through(pl_str_sub(sample, 0, len), no_path, &count, NULL), PL_E_PARSE);
    }
}

/* As deep as pl_json_parse goes, counted from the top of the text, and no deeper. */
static void test_json_pieces__nest_up_to_the_limit(void **state)
{
    static const char *const a[] = {"a", NULL};
    for (size_t depth = PL_LIMIT_JSON_DEPTH; depth <= PL_LIMIT_JSON_DEPTH + 1; depth++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(10000);
        size_t count = 0;
        pl_buf_append(&text, PL_STR("{\"a\":"));
        for (size_t i = 1; i < depth; i++) {
            pl_buf_append_char(&text, '[');
        }
        for (size_t i = 1; i < depth; i++) {
            pl_buf_append_char(&text, ']');
        }
        pl_buf_append_char(&text, '}');
        json_t *parsed pl_autojson = NULL;
        enum pl_status wanted = pl_json_parse(pl_buf_str(&text), "it", &parsed, NULL);
        assert_int_equal(go_through(pl_buf_str(&text), a, &count, NULL), wanted);
        assert_int_equal(go_through(pl_buf_str(&text), no_path, &count, NULL), wanted);
    }
}

static void test_json_pieces__text_of_what_is_no_string_is_empty(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    pl_assert_str(pl_json_piece_text(&arena, PL_STR("\"a\\u0041\"")), "aA");
    pl_assert_str(pl_json_piece_text(&arena, PL_STR("12")), "");
    pl_assert_str(pl_json_piece_text(&arena, PL_STR("\"")), "");
    pl_assert_str(pl_json_piece_text(&arena, PL_STR("\"\\\"")), "");
    pl_assert_str(pl_json_piece_text(&arena, PL_STR("")), "");
}

/* nftw hands no context on. */
static size_t compared;

static int compare_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    size_t len = strlen(path);
    if (kind != FTW_F || len < 5 || strcmp(path + len - 5, ".json") != 0 ||
        info->st_size > (8 << 20)) {
        return 0;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(16 << 20);
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    char *into = pl_buf_reserve(&text, (size_t)info->st_size + 1);
    text.len = fread(into, 1, (size_t)info->st_size, file);
    fclose(file);
    json_t *wanted pl_autojson = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (wanted) {
        assert_same(&arena, pl_buf_str(&text), wanted);
        compared++;
    }
    return 0;
}

static void compare_tree(const char *variable, size_t at_least)
{
    const char *dir = pl_test_dir(variable);
    if (!dir) {
        print_message("%s is not set\n", variable);
        skip();
    }
    compared = 0;
    assert_int_equal(nftw(dir, compare_file, 32, FTW_PHYS), 0);
    assert_true(compared >= at_least);
}

static void test_json_pieces__all_files_of_the_corpus(void **state)
{
    compare_tree("PL_TEST_CORPUS", 100);
}

static void test_json_pieces__all_files_of_the_feeds(void **state)
{
    compare_tree("PL_TEST_FEEDS", 3);
}

int pl_test_json_pieces(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_pieces__are_what_jansson_has),
        cmocka_unit_test(test_json_pieces__path_leads_to_them),
        cmocka_unit_test(test_json_pieces__rest_is_checked),
        cmocka_unit_test(test_json_pieces__what_is_refused),
        cmocka_unit_test(test_json_pieces__every_prefix_is_refused),
        cmocka_unit_test(test_json_pieces__nest_up_to_the_limit),
        cmocka_unit_test(test_json_pieces__text_of_what_is_no_string_is_empty),
        cmocka_unit_test(test_json_pieces__all_files_of_the_corpus),
        cmocka_unit_test(test_json_pieces__all_files_of_the_feeds),
    };
    return cmocka_run_group_tests_name("json_pieces", tests, NULL, NULL);
}
