/* SPDX-License-Identifier: Apache-2.0 */
#include "format/protobuf.h"
#include "base/io.h"
#include "unit/test.h"
#include <stdio.h>

static pl_str bytes_of(const char *bytes, size_t len)
{
    return pl_str_make(bytes, len);
}
#define BYTES(literal) bytes_of(literal, sizeof(literal) - 1)

static struct pl_protobuf_field next(pl_str *message)
{
    struct pl_protobuf_field field = {0};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_protobuf_next(message, &field, &err), PL_OK);
    return field;
}

/* The examples of "Encoding" in the Protocol Buffers documentation: 150 in field 1; "testing" in
 * field 2; a message with the first in field 3; packed numbers in field 6. */
static void test_protobuf__examples_of_the_documentation(void **state)
{
    pl_str message = BYTES("\x08\x96\x01\x12\x07testing\x1a\x03\x08\x96\x01"
                           "\x32\x06\x03\x8e\x02\x9e\xa7\x05");
    struct pl_protobuf_field field = next(&message);
    assert_true(pl_protobuf_is_varint(&field, 1));
    assert_int_equal(field.value, 150);
    field = next(&message);
    assert_true(pl_protobuf_is_bytes(&field, 2));
    pl_assert_str(field.bytes, "testing");
    field = next(&message);
    assert_true(pl_protobuf_is_bytes(&field, 3));
    pl_str inner = field.bytes;
    field = next(&inner);
    assert_int_equal(field.value, 150);
    assert_int_equal(next(&inner).number, 0);
    field = next(&message);
    assert_int_equal(field.number, 6);
    assert_int_equal(field.bytes.len, 6);
    assert_int_equal(next(&message).number, 0);
    assert_int_equal(next(&message).number, 0);

    struct pl_buf written pl_autobuf = PL_BUF_INIT(100);
    pl_protobuf_put_varint(&written, 1, 150);
    pl_protobuf_put_bytes(&written, 2, PL_STR("testing"));
    pl_protobuf_put_bytes(&written, 3, BYTES("\x08\x96\x01"));
    assert_true(
        pl_str_eq(pl_buf_str(&written), BYTES("\x08\x96\x01\x12\x07testing\x1a\x03\x08\x96\x01")));
}

/* -2 as an int64 takes ten bytes (the documentation's example); the highest number there is. */
static void test_protobuf__numbers_at_their_ends(void **state)
{
    pl_str message = BYTES("\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                           "\x11\x01\x02\x03\x04\x05\x06\x07\x08\x1d\xff\x00\x00\x80"
                           "\xf8\xff\xff\xff\x0f\x00");
    assert_int_equal((int64_t)next(&message).value, -2);
    struct pl_protobuf_field field = next(&message);
    assert_int_equal(field.kind, PL_PROTOBUF_FIXED64);
    assert_int_equal(field.value, 0x0807060504030201);
    field = next(&message);
    assert_int_equal(field.kind, PL_PROTOBUF_FIXED32);
    assert_int_equal(field.value, 0x800000ff);
    field = next(&message);
    assert_int_equal(field.number, (1 << 29) - 1);
    assert_int_equal(next(&message).number, 0);
}

static void test_protobuf__groups_are_passed_over(void **state)
{
    /* SGROUP 9, 1: 1, SGROUP 2, EGROUP 2, EGROUP 9, 1: 5 */
    pl_str message = BYTES("\x4b\x08\x01\x13\x14\x4c\x08\x05\x4b\x4c");
    assert_int_equal(next(&message).value, 5);
    assert_int_equal(next(&message).number, 0);

    char nested[200];
    memset(nested, 0x0b, sizeof(nested));
    pl_str deep = pl_str_make(nested, sizeof(nested));
    struct pl_protobuf_field field;
    assert_int_equal(pl_protobuf_next(&deep, &field, NULL), PL_E_LIMIT);
}

static void test_protobuf__broken_messages(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } broken[] = {
#define X(literal) {literal, sizeof(literal) - 1}
        X("\x08"), /* no value */
        X("\x08\x80"), /* a number that breaks off */
        X("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), /* of eleven bytes */
        X("\x00\x00"), /* field 0 */
        X("\x80\x80\x80\x80\x10\x00"), /* field 2^29 */
        X("\x12\x08testing"), /* one byte short */
        X("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), /* a length of 2^64 - 1 */
        X("\x11\x01\x02\x03\x04\x05\x06\x07"),
        X("\x1d\x01\x02\x03"), /* fixed, short */
        X("\x0e\x00"),
        X("\x0f\x00"), /* kinds 6 and 7 */
        X("\x0c"), /* a group's end alone */
        X("\x0b\x08\x01"),
        X("\x0b\x14"), /* a group without its end, with another's */
#undef X
    };
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        pl_str message = bytes_of(broken[i].bytes, broken[i].len);
        struct pl_protobuf_field field = {.number = 77};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_protobuf_next(&message, &field, &err), PL_E_PARSE);
        assert_int_equal(field.number, 77);
        assert_int_equal(message.len, broken[i].len);
        assert_true(err.msg[0] != '\0');
    }
}

static void test_protobuf__every_prefix(void **state)
{
    pl_str whole = BYTES("\x08\x96\x01\x12\x07testing\x4b\x08\x01\x4c\x1d\xff\x00\x00\x80");
    for (size_t len = 0; len <= whole.len; len++) {
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, whole.ptr, len);
        pl_str message = pl_str_make(copy, len);
        struct pl_protobuf_field field = {.number = 1};
        size_t steps = 0;
        while (field.number != 0 && pl_protobuf_next(&message, &field, NULL) == PL_OK) {
            steps++;
        }
        assert_in_range(steps, 0, 4);
        free(copy);
    }
}

/* What protoc reads out of what is written here, and writes for it to be read. */
static void run_protoc(const char *mode, pl_str input, struct pl_buf *output)
{
    char folder[] = "/tmp/pl-protobuf-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[100];
    snprintf(path, sizeof(path), "%s/in", folder);
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_io_replace_file(path, input, &err), PL_OK);
    char schema[100];
    snprintf(schema, sizeof(schema), "%s/m.proto", folder);
    static const char text[] =
        "syntax = \"proto3\";\n"
        "message M { string name = 1; map<string, string> labels = 2; D target = 3;\n"
        "            repeated int64 packed = 4; fixed64 f = 5; sfixed32 g = 6; }\n"
        "message D { string media_type = 1; string digest = 2; int64 size = 3; }\n";
    assert_int_equal(pl_io_replace_file(schema, pl_str_from(text), &err), PL_OK);
    char command[400];
    snprintf(command, sizeof(command), "protoc --proto_path=%s --%s=M %s < %s", folder, mode,
             schema, path);
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c): a fixed command
    assert_non_null(pipe);
    assert_int_equal(pl_io_read_all(fileno(pipe), "protoc", output, &err), PL_OK);
    assert_int_equal(pclose(pipe), 0);
    unlink(path);
    unlink(schema);
    rmdir(folder);
}

static void test_protobuf__as_protoc_has_it(void **state)
{
    if (system("protoc --version >/dev/null 2>&1") != 0) { // NOLINT(cert-env33-c)
        skip();
    }
    struct pl_buf inner pl_autobuf = PL_BUF_INIT(1000);
    pl_protobuf_put_bytes(&inner, 1, PL_STR("application/x"));
    pl_protobuf_put_varint(&inner, 3, UINT64_MAX);
    struct pl_buf message pl_autobuf = PL_BUF_INIT(1000);
    pl_protobuf_put_bytes(&message, 1, PL_STR("n"));
    pl_protobuf_put_bytes(&message, 3, pl_buf_str(&inner));
    struct pl_buf said pl_autobuf = PL_BUF_INIT(10000);
    run_protoc("decode", pl_buf_str(&message), &said);
    pl_assert_str(pl_buf_str(&said),
                  "name: \"n\"\ntarget {\n  media_type: \"application/x\"\n  size: -1\n}\n");

    pl_buf_clear(&said);
    run_protoc(
        "encode",
        PL_STR("name: \"abc\" labels { key: \"k\" value: \"v\" } target { size: 300 } packed: 1 "
               "packed: 300 f: 258 g: -1"),
        &said);
    pl_str left = pl_buf_str(&said);
    pl_assert_str(next(&left).bytes, "abc");
    struct pl_protobuf_field labels = next(&left);
    assert_int_equal(labels.number, 2);
    pl_assert_str(next(&labels.bytes).bytes, "k");
    pl_assert_str(next(&labels.bytes).bytes, "v");
    struct pl_protobuf_field target = next(&left);
    struct pl_protobuf_field size = next(&target.bytes);
    assert_true(pl_protobuf_is_varint(&size, 3));
    assert_int_equal(size.value, 300);
    assert_true(pl_str_eq(next(&left).bytes, BYTES("\x01\xac\x02")));
    assert_int_equal(next(&left).value, 258);
    assert_int_equal(next(&left).value, 0xffffffff);
    assert_int_equal(next(&left).number, 0);
}

int pl_test_protobuf(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_protobuf__examples_of_the_documentation),
        cmocka_unit_test(test_protobuf__numbers_at_their_ends),
        cmocka_unit_test(test_protobuf__groups_are_passed_over),
        cmocka_unit_test(test_protobuf__broken_messages),
        cmocka_unit_test(test_protobuf__every_prefix),
        cmocka_unit_test(test_protobuf__as_protoc_has_it),
    };
    return cmocka_run_group_tests_name("format/protobuf", tests, NULL, NULL);
}
