/* SPDX-License-Identifier: Apache-2.0 */
/* The expectations are examples of the YAML 1.2.2 specification, by their number, and of
 * yaml.org/type/merge.html, as PyYAML's BaseLoader reads them. */
#include "format/yaml.h"
#include "base/buf.h"
#include "base/limits.h"
#include "unit/test.h"

static char *read_as_json(pl_str text)
{
    json_t *read pl_autojson = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_yaml_parse_all(text, "f", &read, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    return json_dumps(read, JSON_COMPACT);
}

static void test_yaml__documents(void **state)
{
    static const struct {
        const char *yaml;
        const char *json;
    } cases[] = {
        {"", "[]"},
        {"# nothing\n", "[]"},
        {"---\n...\n", "[null]"},
        /* 2.1, 2.2, 2.3, 2.5, 2.6 */
        {"- Mark McGwire\n- Sammy Sosa\n", "[[\"Mark McGwire\",\"Sammy Sosa\"]]"},
        {"hr:  65    # Home runs\navg: 0.278 # Batting average\n",
         "[{\"hr\":\"65\",\"avg\":\"0.278\"}]"},
        {"american:\n- Boston Red Sox\nnational:\n- New York Mets\n",
         "[{\"american\":[\"Boston Red Sox\"],\"national\":[\"New York Mets\"]}]"},
        {"- [name        , hr, avg  ]\n- [Mark McGwire, 65, 0.278]\n",
         "[[[\"name\",\"hr\",\"avg\"],[\"Mark McGwire\",\"65\",\"0.278\"]]]"},
        {"Mark: {hr: 65, avg: 0.278}\n", "[{\"Mark\":{\"hr\":\"65\",\"avg\":\"0.278\"}}]"},
        /* 2.7 */
        {"# Ranking\n---\n- Mark\n\n# Team\n---\n- Cubs\n", "[[\"Mark\"],[\"Cubs\"]]"},
        /* 2.10 */
        {"---\nhr:\n- Mark\n- &SS Sammy Sosa\nrbi:\n- *SS\n- Ken\n",
         "[{\"hr\":[\"Mark\",\"Sammy Sosa\"],\"rbi\":[\"Sammy Sosa\",\"Ken\"]}]"},
        /* 2.15, 2.17 */
        {"--- >\n Sammy Sosa\n completed\n\n   63 HR\n\n What a year!\n",
         "[\"Sammy Sosa completed\\n\\n  63 HR\\n\\nWhat a year!\\n\"]"},
        {"unicode: \"Sosa did fine.\\u263A\"\nquoted: ' # Not a ''comment''.'\n",
         "[{\"unicode\":\"Sosa did fine.\xe2\x98\xba\",\"quoted\":\" # Not a 'comment'.\"}]"},
        /* Versions stay what they are. */
        {"[1.10, 010, 1e3, 0x1F, 2001-12-14, .inf, 1_000, yes, on]",
         "[[\"1.10\",\"010\",\"1e3\",\"0x1F\",\"2001-12-14\",\".inf\",\"1_000\",\"yes\",\"on\"]]"},
        /* 10.3.2 */
        {"A: null\nB: ~\nC:\nD: nULL\n", "[{\"A\":null,\"B\":null,\"C\":null,\"D\":\"nULL\"}]"},
        {"[true, True, TRUE, tRUE, false, False, FALSE]",
         "[[true,true,true,\"tRUE\",false,false,false]]"},
        {"['true', \"null\", '', !!str true, ! null]",
         "[[\"true\",\"null\",\"\",\"true\",\"null\"]]"},
        {"true: 1\n~: 2\n1: 3\n", "[{\"true\":\"1\",\"~\":\"2\",\"1\":\"3\"}]"},
        {"? \"a\"\n: 1\n? b\n", "[{\"a\":\"1\",\"b\":null}]"},
        /* Anchors: the latest of a name counts; one on a key serves as one on a value. */
        {"- &a 1\n- *a\n- &a 2\n- *a\n", "[[\"1\",\"1\",\"2\",\"2\"]]"},
        {"&k key: 1\nother: *k\n", "[{\"key\":\"1\",\"other\":\"key\"}]"},
        {"a: &k x\n*k : 2\n", "[{\"a\":\"x\",\"x\":\"2\"}]"},
        /* Windows' line ends, a byte order mark, a bracket at the start of a line. */
        {"\xef\xbb\xbf"
         "a: 1\r\nb:\r\n  - 2\r\n",
         "[{\"a\":\"1\",\"b\":[\"2\"]}]"},
        {"a: [\n  1\n]\nb: 2\n", "[{\"a\":[\"1\"],\"b\":\"2\"}]"},
        {"%YAML 1.1\n---\na: 1\n", "[{\"a\":\"1\"}]"},
        {"{\"a\": [1, {\"b\": null}]}", "[{\"a\":[\"1\",{\"b\":null}]}]"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        char *json = read_as_json(pl_str_from(cases[i].yaml));
        assert_string_equal(json, cases[i].json);
        free(json);
    }
}

static void test_yaml__merge_keys(void **state)
{
    /* The example of yaml.org/type/merge.html: all are equal. */
    static const char text[] = "- &CENTER { x: 1, y: 2 }\n"
                               "- &LEFT { x: 0, y: 2 }\n"
                               "- &BIG { r: 10 }\n"
                               "- &SMALL { r: 1 }\n"
                               "- { x: 1, y: 2, r: 10 }\n"
                               "- { <<: *CENTER, r: 10 }\n"
                               "- { <<: [ *CENTER, *BIG ] }\n"
                               "- { <<: [ *BIG, *LEFT, *SMALL ], x: 1 }\n";
    json_t *read pl_autojson = NULL;
    assert_int_equal(pl_yaml_parse(PL_STR(text), "f", &read, NULL), PL_OK);
    for (size_t i = 5; i < 8; i++) {
        assert_true(json_equal(json_array_get(read, 4), json_array_get(read, i)));
    }
    assert_int_equal(json_object_size(json_array_get(read, 0)), 2);
    char *quoted = read_as_json(PL_STR("'<<': 1\n"));
    assert_string_equal(quoted, "[{\"<<\":\"1\"}]");
    free(quoted);
}

static void test_yaml__errors_say_where(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"a: 1\nb: [1, 2", "f is not YAML: line "},
        {"a: 1\n b: 2\n", "line 2"},
        {"a:\n\t- 1\n", "line 2"},
        {"a: 1\nb: 2\na: 3\n", "line 3: a key is given twice"},
        {"a: 1\n<<: {b: 1}\n<<: {c: 1}\n", "line 3: a key is given twice"},
        {"a: 1\n<<: x\n", "line 2: a merge key's value is no mapping"},
        {"a: 1\n<<: [{b: 1}, 2]\n", "a merge key's value is no mapping"},
        {"? [a]\n: 1\n", "line 1: a key that is no text"},
        {"a: &x [1]\n? *x\n: 1\n", "line 2: a key that is no text"},
        {"- 1\n- *b\n", "line 2: an alias to an anchor that is not there"},
        {"- &a 1\n---\n- *a\n", "line 3: an alias to an anchor that is not there"},
        {"a: &a\n  b: *a\n", "line 2: an alias within what it names"},
        {"a: &a 1\nb: &a\n  c: *a\n", "line 3: an alias within what it names"},
        {"a: \"\\uD800\"\n", "line 1"},
        {"a: b\xff\n", "it is not UTF-8"},
        {"\xff\xfe"
         "a\0",
         "it is not UTF-8"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        json_t *read = NULL;
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_yaml_parse_all(pl_str_from(cases[i].text), "f", &read, &err),
                         PL_E_PARSE);
        assert_null(read);
        if (!strstr(err.msg, cases[i].message)) {
            fail_msg("\"%s\": %s", cases[i].text, err.msg);
        }
    }
    json_t *read pl_autojson = NULL;
    assert_int_equal(pl_yaml_parse(PL_STR("a\n---\nb\n"), "f", &read, NULL), PL_E_PARSE);
    assert_int_equal(pl_yaml_parse(PL_STR_EMPTY, "f", &read, NULL), PL_OK);
    assert_true(json_is_null(read));
}

static void expect_limit(struct pl_buf *text)
{
    json_t *read = NULL;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_yaml_parse_all(pl_buf_str(text), "f", &read, &err), PL_E_LIMIT);
    assert_null(read);
    pl_buf_release(text);
}

static void test_yaml__limits(void **state)
{
    /* Billion laughs, in values, in text, in depth, and by merge keys. */
    struct pl_buf text = PL_BUF_INIT(64 << 20);
    pl_buf_append(&text, PL_STR("- &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
    for (int i = 1; i < 9; i++) {
        pl_buf_append_format(
            &text, "- &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    expect_limit(&text);

    text = PL_BUF_INIT(64 << 20);
    pl_buf_append(&text, PL_STR("- &a "));
    for (int i = 0; i < 1000; i++) {
        pl_buf_append(&text, PL_STR("0123456789012345678901234567890123456789"));
    }
    for (int i = 0; i < 1000; i++) {
        pl_buf_append(&text, PL_STR("\n- *a"));
    }
    expect_limit(&text);

    text = PL_BUF_INIT(64 << 20);
    pl_buf_append(&text, PL_STR("- &a0 x\n"));
    for (int i = 1; i < 200; i++) {
        pl_buf_append_format(&text, "- &a%d [*a%d]\n", i, i - 1);
    }
    expect_limit(&text);

    text = PL_BUF_INIT(64 << 20);
    pl_buf_append(&text, PL_STR("- &a\n"));
    for (int i = 0; i < 2000; i++) {
        pl_buf_append_format(&text, "  k%d: v\n", i);
    }
    for (int i = 0; i < 2000; i++) {
        pl_buf_append(&text, PL_STR("- <<: *a\n"));
    }
    expect_limit(&text);

    text = PL_BUF_INIT(64 << 20);
    for (int i = 0; i < 200; i++) {
        pl_buf_append(&text, PL_STR("["));
    }
    expect_limit(&text);

    text = PL_BUF_INIT(64 << 20);
    for (int i = 0; i < 101; i++) {
        pl_buf_append_format(&text, "%%TAG !t%d! b\n", i);
    }
    pl_buf_append(&text, PL_STR("--- a\n"));
    expect_limit(&text);

    text = PL_BUF_INIT(64 << 20);
    for (int i = 0; i <= PL_LIMIT_YAML_BYTES; i++) {
        pl_buf_append_char(&text, '#');
    }
    expect_limit(&text);
}

static void test_yaml__every_prefix(void **state)
{
    static const char text[] =
        "%YAML 1.2\n---\na: &x {b: [1, 'two', \"th\\u0072ee\"], c: !!str 4}\n"
        "d:\n  <<: *x\n  e: |\n    text\n  ? f\n  : >-\n    more\n"
        "---\n- *y\n";
    for (size_t len = 0; len < sizeof(text); len++) {
        char *copy = malloc(len + 1); /* so that a read past the end is seen */
        memcpy(copy, text, len);
        json_t *read pl_autojson = NULL;
        enum pl_status st = pl_yaml_parse_all(pl_str_make(copy, len), "f", &read, NULL);
        assert_true(st == PL_OK || st == PL_E_PARSE);
        assert_true((st == PL_OK) == (read != NULL));
        free(copy);
    }
}

int pl_test_yaml(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml__documents),        cmocka_unit_test(test_yaml__merge_keys),
        cmocka_unit_test(test_yaml__errors_say_where), cmocka_unit_test(test_yaml__limits),
        cmocka_unit_test(test_yaml__every_prefix),
    };
    return cmocka_run_group_tests_name("format/yaml", tests, NULL, NULL);
}
