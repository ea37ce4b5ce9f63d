/* SPDX-License-Identifier: Apache-2.0 */
/* What this file does not hold is held by tests/tools/toml_oracle.py, against tomllib. */
#include "format/toml.h"
#include "base/buf.h"
#include "base/limits.h"
#include "unit/test.h"

/* In the manner of the specification's overview; the JSON is tomllib's answer, with dates as text.
 */
static const char document[] = "# comment\r\n"
                               "title = \"TOML \\u00e9\"\n"
                               "[owner]\n"
                               "name.first = 'T\\'\n"
                               "born = 1979-05-27T07:32:00-08:00\n"
                               "at = 07:32:00\n"
                               "[database]\n"
                               "ports = [ 8000, 0x1F41, 8_002, ] # three\n"
                               "temp = { cpu = 79.5, case = -inf, off = nan }\n"
                               "text = \"\"\"\n"
                               "two \\\n"
                               "   lines\"\"\"\n"
                               "[[servers.list]]\n"
                               "ip = \"10.0.0.1\"\n"
                               "[[servers.list]]\n"
                               "up = true\n"
                               "[servers.list.inner]\n";
static const char as_json[] =
    "{\"title\":\"TOML \\u00E9\",\"owner\":{\"name\":{\"first\":\"T\\\\\"},"
    "\"born\":\"1979-05-27T07:32:00-08:00\",\"at\":\"07:32:00\"},"
    "\"database\":{\"ports\":[8000,8001,8002],\"temp\":{\"cpu\":79.5,\"case\":\"-inf\","
    "\"off\":\"nan\"},\"text\":\"two lines\"},"
    "\"servers\":{\"list\":[{\"ip\":\"10.0.0.1\"},{\"up\":true,\"inner\":{}}]}}";

static void test_toml__a_document(void **state)
{
    json_t *read pl_autojson = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_toml_parse(PL_STR(document), "f", &read, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    char *json = json_dumps(read, JSON_COMPACT | JSON_ENSURE_ASCII);
    assert_string_equal(json, as_json);
    free(json);
}

static void test_toml__every_prefix(void **state)
{
    for (size_t len = 0; len < sizeof(document); len++) {
        char *copy = malloc(len + 1); /* so that a read past the end is seen */
        memcpy(copy, document, len);
        json_t *read pl_autojson = NULL;
        enum pl_status st = pl_toml_parse(pl_str_make(copy, len), "f", &read, NULL);
        assert_true(st == PL_OK || st == PL_E_PARSE);
        assert_true((st == PL_OK) == (read != NULL));
        free(copy);
    }
}

static void test_toml__errors_say_where(void **state)
{
    static const struct {
        const char *text;
        const char *message;
        uint64_t pos;
    } cases[] = {
        {"a = 1\nb = \"x", "f is not TOML: line 2: a string without its end", 12},
        {"[a]\n[b]\n[a]\n", "line 3: a table is defined twice", 11},
        {"a = 1\na = 2", "line 2: a key is given twice", 9},
        {"a = 9223372036854775808", "line 1: an integer of more than 64 bits", 4},
        {"x = {\n}", "line 1: a key is missing", 5},
        {"\n\na 1", "line 3: a key without \"=\"", 4},
        {"a = 1 b", "line 1: more than one thing on a line", 6},
        {"a = 2021-02-29", "line 1: a date or time that is none", 4},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        json_t *read = NULL;
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_toml_parse(pl_str_from(cases[i].text), "f", &read, &err), PL_E_PARSE);
        assert_null(read);
        if (!strstr(err.msg, cases[i].message) || err.pos != cases[i].pos) {
            fail_msg("%s at %d", err.msg, (int)err.pos);
        }
    }
    json_t *read = NULL;
    assert_int_equal(pl_toml_parse(PL_STR("a = '\xff'"), "f", &read, NULL), PL_E_PARSE);
}

/* `piece` a number of times, between `before` and `after`. */
static enum pl_status parse_repeated(const char *before, const char *piece, size_t count,
                                     const char *after)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(256 << 20);
    pl_buf_append(&text, pl_str_from(before));
    for (size_t i = 0; i < count; i++) {
        pl_buf_append(&text, pl_str_from(piece));
    }
    pl_buf_append(&text, pl_str_from(after));
    json_t *read pl_autojson = NULL;
    return pl_toml_parse(pl_buf_str(&text), "f", &read, NULL);
}

static void test_toml__limits(void **state)
{
    assert_int_equal(parse_repeated("a = ", "[", 100, "]"), PL_E_PARSE);
    assert_int_equal(parse_repeated("a = ", "[", 100000, ""), PL_E_LIMIT);
    assert_int_equal(parse_repeated("a = ", "{a=", 100000, ""), PL_E_LIMIT);
    assert_int_equal(parse_repeated("a", ".a", 100, " = 1"), PL_OK);
    assert_int_equal(parse_repeated("a", ".a", 100000, " = 1"), PL_E_LIMIT);
    assert_int_equal(parse_repeated("[a", ".a", 100000, "]"), PL_E_LIMIT);
    assert_int_equal(parse_repeated("", "[[a]]\n", PL_LIMIT_TOML_VALUES + 1, ""), PL_E_LIMIT);
    assert_int_equal(parse_repeated("a = [", "1,", PL_LIMIT_TOML_VALUES, "]"), PL_E_LIMIT);
    assert_int_equal(parse_repeated("", "#\n", PL_LIMIT_TOML_BYTES / 2 + 1, ""), PL_E_LIMIT);
    assert_int_equal(parse_repeated("a = ", "1", 1 << 20, ""), PL_E_PARSE);
    assert_int_equal(parse_repeated("a = 0.", "1", 1 << 20, ""), PL_OK);
}

/* Keys are any characters, a NUL too; RFC 3339 knows the second 60 and the year 0. */
static void test_toml__what_the_oracle_cannot_say(void **state)
{
    json_t *read pl_autojson = NULL;
    assert_int_equal(
        pl_toml_parse(PL_STR("\"a\\u0000b\" = 1\nt = 23:59:60\nd = 0000-01-01"), "f", &read, NULL),
        PL_OK);
    assert_int_equal(json_integer_value(json_object_getn(read, "a\0b", 3)), 1);
    pl_assert_str(pl_json_str(read, "t"), "23:59:60");
    pl_assert_str(pl_json_str(read, "d"), "0000-01-01");
}

int pl_test_toml(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_toml__a_document),
        cmocka_unit_test(test_toml__every_prefix),
        cmocka_unit_test(test_toml__errors_say_where),
        cmocka_unit_test(test_toml__limits),
        cmocka_unit_test(test_toml__what_the_oracle_cannot_say),
    };
    return cmocka_run_group_tests_name("format/toml", tests, NULL, NULL);
}
