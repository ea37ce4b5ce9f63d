/* SPDX-License-Identifier: Apache-2.0 */
#include "db/table.h"
#include "base/io.h"
#include "base/tempfile.h"
#include "unit/test.h"

enum { PAIRS = 3000 };

/* The n-th pair; values of a few bytes up to some that make a block of their own. */
static pl_str pair(unsigned n, char key[32], char *value, size_t *ret_value_len)
{
    *ret_value_len = n % 97 == 0 ? 9000 : n % 50;
    memset(value, 'a' + (char)(n % 26), *ret_value_len);
    return pl_str_make(key, (size_t)snprintf(key, 32, "package-%06u", n * 2));
}

static int write_table(char digest[33])
{
    int fd = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, NULL), PL_OK);
    struct pl_table_writer *writer PL_CLEANUP(pl_table_writer_freep) = pl_table_writer_new(fd);
    char *value pl_autofree = pl_mem_alloc(1, 10000);
    for (unsigned section = PL_TABLE_KEYS; section <= PL_TABLE_ALIASES; section++) {
        for (unsigned n = 0; n < PAIRS; n++) {
            char key[32];
            size_t len = 0;
            pl_str name = pair(n, key, value, &len);
            assert_int_equal(pl_table_add(writer, (enum pl_table_section)section, name,
                                          pl_str_make(value, len), NULL),
                             PL_OK);
        }
    }
    assert_int_equal(pl_table_finish(writer, digest, NULL), PL_OK);
    return fd;
}

static void test_table__gives_back_what_was_put_in(void **state)
{
    char digest[33];
    int fd pl_autoclose = write_table(digest);
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    assert_int_equal(pl_table_open(fd, "t", &table, NULL), PL_OK);
    pl_assert_str(pl_table_digest(table), digest);
    char *value pl_autofree = pl_mem_alloc(1, 10000);
    for (unsigned section = PL_TABLE_KEYS; section <= PL_TABLE_ALIASES; section++) {
        struct pl_table_cursor cursor pl_autocursor;
        pl_table_cursor_init(&cursor, table, (enum pl_table_section)section);
        assert_int_equal(pl_table_count(table, (enum pl_table_section)section), PAIRS);
        for (unsigned n = 0; n < PAIRS; n++) {
            struct pl_arena arena pl_autoarena = {0};
            char key[32];
            size_t len = 0;
            pl_str name = pair(n, key, value, &len);
            bool found = false;
            pl_str got = PL_STR_EMPTY;
            pl_str at = PL_STR_EMPTY;
            assert_int_equal(pl_table_find(table, (enum pl_table_section)section, name, &arena,
                                           &found, &got, NULL),
                             PL_OK);
            assert_true(found && pl_str_eq(got, pl_str_make(value, len)));
            assert_int_equal(pl_table_cursor_next(&cursor, &found, &at, &got, NULL), PL_OK);
            assert_true(found && pl_str_eq(at, name) && pl_str_eq(got, pl_str_make(value, len)));
            key[name.len - 1]++; /* between this key and the next */
            assert_int_equal(pl_table_find(table, (enum pl_table_section)section, name, &arena,
                                           &found, &got, NULL),
                             PL_OK);
            assert_false(found);
        }
        bool more = true;
        pl_str none = PL_STR_EMPTY;
        assert_int_equal(pl_table_cursor_next(&cursor, &more, &none, &none, NULL), PL_OK);
        assert_false(more);
    }
}

static void test_table__keys_must_ascend(void **state)
{
    int fd pl_autoclose = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, NULL), PL_OK);
    struct pl_table_writer *writer PL_CLEANUP(pl_table_writer_freep) = pl_table_writer_new(fd);
    assert_int_equal(pl_table_add(writer, PL_TABLE_KEYS, PL_STR("b"), PL_STR("1"), NULL), PL_OK);
    assert_int_equal(pl_table_add(writer, PL_TABLE_KEYS, PL_STR("b"), PL_STR("2"), NULL),
                     PL_E_INTERNAL);
    assert_int_equal(pl_table_add(writer, PL_TABLE_KEYS, PL_STR("a"), PL_STR("2"), NULL),
                     PL_E_INTERNAL);
}

/* Opens the bytes as a table and walks all of it; the worst that may come is an error. */
static enum pl_status walk(pl_str bytes)
{
    int fd pl_autoclose = -1;
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    assert_int_equal(pl_tempfile_open(NULL, &fd, NULL), PL_OK);
    assert_int_equal(pl_io_write(fd, bytes, NULL), PL_OK);
    enum pl_status st = pl_table_open(fd, "t", &table, NULL);
    for (unsigned section = 0; section < PL_TABLE_SECTION_COUNT_ && st == PL_OK; section++) {
        struct pl_table_cursor cursor pl_autocursor;
        pl_table_cursor_init(&cursor, table, (enum pl_table_section)section);
        bool more = true;
        while (st == PL_OK && more) {
            pl_str key = PL_STR_EMPTY;
            pl_str value = PL_STR_EMPTY;
            st = pl_table_cursor_next(&cursor, &more, &key, &value, NULL);
        }
    }
    return st;
}

static void read_back(int fd, struct pl_buf *into)
{
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_int_equal(pl_io_read_all(fd, "table", into, NULL), PL_OK);
}

/* Every byte of the file is under some checksum, so that no flip goes unseen. */
static void test_table__a_flipped_bit_is_an_error(void **state)
{
    char digest[33];
    int fd pl_autoclose = write_table(digest);
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(64 << 20);
    read_back(fd, &bytes);
    assert_int_equal(walk(pl_buf_str(&bytes)), PL_OK);
    for (size_t i = 0; i < 400; i++) {
        size_t at = i < 200 ? bytes.len - 1 - i * 3 : i * 104729 % bytes.len;
        bytes.ptr[at] ^= (char)(1 << (i % 8));
        assert_int_equal(walk(pl_buf_str(&bytes)), PL_E_PARSE);
        bytes.ptr[at] ^= (char)(1 << (i % 8));
    }
}

static void test_table__a_cut_file_is_an_error(void **state)
{
    char digest[33];
    int fd pl_autoclose = write_table(digest);
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(64 << 20);
    read_back(fd, &bytes);
    for (size_t i = 1; i < 300; i++) {
        size_t len = i < 100 ? bytes.len - i : i * 99991 % bytes.len;
        assert_int_equal(walk(pl_str_sub(pl_buf_str(&bytes), 0, len)), PL_E_PARSE);
    }
}

int pl_test_table(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table__gives_back_what_was_put_in),
        cmocka_unit_test(test_table__keys_must_ascend),
        cmocka_unit_test(test_table__a_flipped_bit_is_an_error),
        cmocka_unit_test(test_table__a_cut_file_is_an_error),
    };
    return cmocka_run_group_tests_name("db/table", tests, NULL, NULL);
}
