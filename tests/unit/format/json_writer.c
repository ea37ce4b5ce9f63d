/* SPDX-License-Identifier: Apache-2.0 */
/* Jansson, which did not write the documents, reads them back. */
#include "format/json_writer.h"
#include "format/json.h"
#include "unit/test.h"
#include <math.h>

static void test_json_writer__layout(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member(&json, "a", PL_STR("x"));
    pl_json_writer_member(&json, "b", PL_STR_EMPTY);
    pl_json_writer_key(&json, "c");
    pl_json_writer_begin_array(&json);
    pl_json_writer_uint(&json, UINT64_MAX);
    pl_json_writer_bool(&json, false);
    pl_json_writer_begin_object(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    assert_string_equal(text.ptr, "{\n  \"a\": \"x\",\n  \"b\": null,\n  \"c\": [\n"
                                  "    18446744073709551615,\n    false,\n    {}\n  ]\n}\n");
}

static void test_json_writer__members(void **state)
{
    pl_str items[] = {PL_STR("x"), PL_STR_EMPTY};
    struct pl_strs list = {.items = items, .count = 2};
    struct pl_strs none = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_writer_init_buf(&writer, &text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_object(&json);
    pl_json_writer_member_text(&json, "none", PL_STR_EMPTY);
    pl_json_writer_member_text(&json, "text", PL_STR("x"));
    pl_json_writer_member_uint(&json, "uint", 7);
    pl_json_writer_member_bool(&json, "bool", true);
    pl_json_writer_member_strings(&json, "strings", &list);
    pl_json_writer_member_strings(&json, "no_strings", &none);
    pl_json_writer_member_object(&json, "object");
    pl_json_writer_member_array(&json, "array");
    pl_json_writer_end_array(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_end_object(&json);
    pl_json_writer_finish(&json);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    assert_string_equal(text.ptr,
                        "{\n  \"text\": \"x\",\n  \"uint\": 7,\n  \"bool\": true,\n"
                        "  \"strings\": [\n    \"x\",\n    \"\"\n  ],\n  \"no_strings\": [],\n"
                        "  \"object\": {\n    \"array\": []\n  }\n}\n");
}

static json_t *written(void (*write)(struct pl_json_writer *, const void *), const void *value,
                       struct pl_buf *text)
{
    struct pl_writer writer;
    struct pl_json_writer json;
    pl_buf_clear(text);
    pl_writer_init_buf(&writer, text);
    pl_json_writer_init(&json, &writer);
    pl_json_writer_begin_array(&json);
    write(&json, value);
    pl_json_writer_end_array(&json);
    pl_json_writer_finish(&json);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    json_t *document = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_json_parse(pl_buf_str(text), "output", &document, &err) < 0) {
        fail_msg("%s in %s", err.msg, text->ptr);
    }
    return document;
}

static void write_string(struct pl_json_writer *json, const void *value)
{
    pl_json_writer_string(json, *(const pl_str *)value);
}

static void write_double(struct pl_json_writer *json, const void *value)
{
    pl_json_writer_double(json, *(const double *)value);
}

/* Every character but NUL, which Jansson does not read, comes back as it was. */
static void test_json_writer__strings_come_back(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    for (uint32_t c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 251) {
        if (c >= 0xd800 && c < 0xe000) {
            continue;
        }
        char bytes[4];
        size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        bytes[0] = (char)(c < 0x80      ? c
                          : c < 0x800   ? 0xc0 | c >> 6
                          : c < 0x10000 ? 0xe0 | c >> 12
                                        : 0xf0 | c >> 18);
        for (size_t i = 1; i < len; i++) {
            bytes[i] = (char)(0x80 | (c >> (6 * (len - 1 - i)) & 0x3f));
        }
        pl_str value = pl_str_make(bytes, len);
        json_t *document pl_autojson = written(write_string, &value, &text);
        pl_str got = pl_json_text(json_array_get(document, 0));
        if (!pl_str_eq(got, value)) {
            fail_msg("U+%04X was written as %s", c, text.ptr);
        }
    }
}

static void test_json_writer__malformed_text_is_repaired(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    pl_str value = PL_STR("a\xff\xed\xa0\x80\xc0\x80z");
    json_t *document pl_autojson = written(write_string, &value, &text);
    pl_assert_str(pl_json_text(json_array_get(document, 0)),
                  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
}

static void test_json_writer__numbers_are_shortest(void **state)
{
    static const struct {
        double value;
        const char *wanted;
    } rows[] = {
        {9.8, "9.8"},  {10, "10"},         {0, "0"},          {0.1 + 0.2, "0.30000000000000004"},
        {7.5, "7.5"},  {-1, "-1"},         {1e300, "1e+300"}, {0.97529, "0.97529"},
        {NAN, "null"}, {INFINITY, "null"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
        json_t *document pl_autojson = written(write_double, &rows[i].value, &text);
        char wanted[64];
        snprintf(wanted, sizeof(wanted), "[\n  %s\n]\n", rows[i].wanted);
        assert_string_equal(text.ptr, wanted);
        assert_non_null(document);
    }
}

int pl_test_json_writer(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_writer__layout),
        cmocka_unit_test(test_json_writer__members),
        cmocka_unit_test(test_json_writer__strings_come_back),
        cmocka_unit_test(test_json_writer__malformed_text_is_repaired),
        cmocka_unit_test(test_json_writer__numbers_are_shortest),
    };
    return cmocka_run_group_tests_name("format/json_writer", tests, NULL, NULL);
}
