/* SPDX-License-Identifier: Apache-2.0 */
/* The archives are made by tests/tools/make_jars.py and make_zips.py with Python's zipfile; names,
 * sizes and checksums are what zipfile was given. */
#include "format/zip_memory.h"
#include "base/io.h"
#include "format/bytes.h"
#include "unit/test.h"
#include <limits.h>

static void load(const char *name, struct pl_buf *into)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/zip/%s", pl_test_dir("PL_TEST_DATA"), name);
    assert_int_equal(pl_io_read_file(path, into, NULL), PL_OK);
}

/* "name=size " of each member, and of one that cannot be read "name! "; then the first failure. */
static void list(pl_span bytes, struct pl_buf *into)
{
    struct pl_zip_memory zip = {0};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_zip_member member = {0};
    bool is_more = true;
    enum pl_status st = pl_zip_memory_open(bytes, &zip, &err);
    while (st == PL_OK && (st = pl_zip_memory_next(&zip, &is_more, &member, &err)) == PL_OK &&
           is_more) {
        void *memory pl_autofree = NULL;
        pl_span content = {0};
        struct pl_error why = PL_ERROR_INIT;
        enum pl_status read = pl_zip_memory_read(&zip, &member, 1 << 20, &memory, &content, &why);
        pl_buf_append(into, member.name);
        if (read < 0) {
            pl_buf_append_format(into, "! (%s) ", why.msg);
        } else {
            pl_buf_append_format(into, "=%zu ", content.len);
        }
    }
    if (st < 0) {
        pl_buf_append_format(into, "%s", err.msg);
    }
}

static void expect_list(const char *name, const char *wanted)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_buf got pl_autobuf = PL_BUF_INIT(1 << 16);
    load(name, &bytes);
    list(pl_str_span(pl_buf_str(&bytes)), &got);
    assert_string_equal(got.ptr, wanted);
    assert_true(pl_zip_memory_is_one(pl_str_span(pl_buf_str(&bytes))));
    for (size_t len = 0; len < bytes.len; len += len < 2000 ? 1 : 97) {
        struct pl_buf ignored pl_autobuf = PL_BUF_INIT(1 << 20);
        uint8_t *copy pl_autofree = pl_mem_alloc(len, 1);
        memcpy(copy, bytes.ptr, len);
        list((pl_span){copy, len}, &ignored);
    }
}

static void test_zip_memory__members(void **state)
{
    static const char *const names[] = {"plain.zip",     "stored.zip",   "prefixed.zip",
                                        "commented.zip", "streamed.zip", "zip64.zip"};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        expect_list(names[i], "a.txt=6 dir/=0 dir/b.bin=16384 empty=0 ");
    }
}

static void test_zip_memory__lies(void **state)
{
    (void)state;
    expect_list("encrypted.zip", "A-1.json! (A-1.json: it is encrypted) sub/! (sub/: it is "
                                 "encrypted) B:2.json! (B:2.json: it is encrypted) ");
    expect_list("wrong-crc.zip",
                "A-1.json! (A-1.json: its checksum is wrong) sub/=0 B:2.json=3000 ");
}

static void set_le32(struct pl_buf *bytes, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++) {
        bytes->ptr[at + i] = (char)(value >> (8 * i));
    }
}

static void test_zip_memory__places_that_lead_nowhere(void **state)
{
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(1 << 20);
    (void)state;
    load("plain.zip", &bytes);
    size_t end = bytes.len - 22;
    size_t entry = pl_bytes_le32((uint8_t *)bytes.ptr + end + 16);
    static const struct {
        bool is_of_end;
        size_t at;
        uint32_t value;
        const char *wanted;
    } cases[] = {
        {true, 12, 0x7fffffff, "its central directory is not where it is said to be"},
        {true, 16, 0x7fffffff, "its central directory is not where it is said to be"},
        {false, 42, 0x7fffffff, "a.txt! (a.txt: it is not where the central directory says) "},
        {false, 42, 1, "a.txt! (a.txt: it is not where the central directory says) "},
        {false, 20, 0x7fffffff, "a.txt! (a.txt: it is not where the central directory says) "},
        {false, 24, 0x7fffffff, "a.txt! (a.txt: it is too large) "},
        {false, 24, 0x000fffff, "a.txt! (a.txt: it cannot be as large as is said) "},
        {false, 24, 7, "a.txt! (a.txt: its data is damaged or of another size) "},
        {false, 24, 5, "a.txt! (a.txt: its data is damaged or of another size) "},
        {false, 28, 0xffffffff, "its central directory breaks off at byte"},
        {false, 0, 0, "its central directory is damaged at byte"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        struct pl_buf got pl_autobuf = PL_BUF_INIT(1 << 16);
        size_t at = (cases[i].is_of_end ? end : entry) + cases[i].at;
        uint32_t before = pl_bytes_le32((uint8_t *)bytes.ptr + at);
        set_le32(&bytes, at, cases[i].value);
        list(pl_str_span(pl_buf_str(&bytes)), &got);
        if (!pl_str_starts_with(pl_buf_str(&got), pl_str_from(cases[i].wanted))) {
            fail_msg("%s and not %s", got.ptr, cases[i].wanted);
        }
        set_le32(&bytes, at, before);
    }
}

static void test_zip_memory__none(void **state)
{
    struct pl_zip_memory zip = {0};
    (void)state;
    assert_false(pl_zip_memory_is_one((pl_span){0}));
    assert_false(pl_zip_memory_is_one(pl_str_span(PL_STR("a text that is long enough for one"))));
    assert_int_equal(pl_zip_memory_open(pl_str_span(PL_STR("PK\3\4 and no end")), &zip, NULL),
                     PL_E_PARSE);
}

int pl_test_zip_memory(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zip_memory__members),
        cmocka_unit_test(test_zip_memory__lies),
        cmocka_unit_test(test_zip_memory__places_that_lead_nowhere),
        cmocka_unit_test(test_zip_memory__none),
    };
    return cmocka_run_group_tests_name("format/zip_memory", tests, NULL, NULL);
}
