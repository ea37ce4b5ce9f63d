/* SPDX-License-Identifier: Apache-2.0 */
/* The archives are made by tests/tools/make_zips.py with Python's zipfile. */
#include "format/zip.h"
#include "base/io.h"
#include "base/tempfile.h"
#include "unit/test.h"
#include <fcntl.h>
#include <limits.h>

static const struct pl_zip_limits roomy = {
    .entries = 100, .entry_bytes = 1 << 20, .total_bytes = 1 << 20};

static int open_fixture(const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/zip/%s", pl_test_dir("PL_TEST_DATA"), name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* Reads every member; *ret_names gets the names of the files, each followed by its size. */
static enum pl_status read_all(int fd, const struct pl_zip_limits *limits, struct pl_buf *ret_names,
                               struct pl_error *err)
{
    struct pl_zip *zip PL_CLEANUP(pl_zip_closep) = NULL;
    enum pl_status st = pl_zip_open(fd, "it.zip", limits, &zip, err);
    bool more = true;
    while (st == PL_OK) {
        struct pl_zip_entry entry = {.name = PL_STR_EMPTY};
        st = pl_zip_next(zip, &more, &entry, err);
        if (st < 0 || !more) {
            break;
        }
        if (entry.is_file) {
            pl_buf_append_format(ret_names, PL_STR_FMT "=", PL_STR_ARG(entry.name));
            uint8_t piece[1000];
            size_t len = 0;
            size_t got = 1;
            while (st == PL_OK && got > 0) {
                st = pl_zip_read_some(zip, piece, sizeof(piece), &got, err);
                len += st == PL_OK ? got : 0;
            }
            pl_buf_append_format(ret_names, "%zu ", len);
        }
    }
    return st;
}

static void test_zip__members_are_read_whole(void **state)
{
    struct pl_buf names pl_autobuf = PL_BUF_INIT(4096);
    struct pl_error err = PL_ERROR_INIT;
    int fd pl_autoclose = open_fixture("good.zip");
    assert_int_equal(read_all(fd, &roomy, &names, &err), PL_OK);
    pl_assert_str(pl_buf_str(&names), "A-1.json=12 B:2.json=3000 ");
}

static void test_zip__broken_promises_name_the_member(void **state)
{
    static const char *const names[] = {"encrypted.zip", "lying-size.zip", "wrong-crc.zip"};
    for (size_t i = 0; i < PL_ARRAY_LEN(names); i++) {
        struct pl_buf seen pl_autobuf = PL_BUF_INIT(4096);
        struct pl_error err = PL_ERROR_INIT;
        int fd pl_autoclose = open_fixture(names[i]);
        assert_true(read_all(fd, &roomy, &seen, &err) < 0);
        assert_non_null(strstr(err.msg, "A-1.json"));
    }
}

static void test_zip__limits_hold(void **state)
{
    static const struct pl_zip_limits tight[] = {
        {.entries = 1, .entry_bytes = 1 << 20, .total_bytes = 1 << 20},
        {.entries = 100, .entry_bytes = 2999, .total_bytes = 1 << 20},
        {.entries = 100, .entry_bytes = 1 << 20, .total_bytes = 3000},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(tight); i++) {
        struct pl_buf seen pl_autobuf = PL_BUF_INIT(4096);
        struct pl_error err = PL_ERROR_INIT;
        int fd pl_autoclose = open_fixture("good.zip");
        assert_int_equal(read_all(fd, &tight[i], &seen, &err), PL_E_LIMIT);
    }
}

static void test_zip__every_prefix_ends(void **state)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/zip/good.zip", pl_test_dir("PL_TEST_DATA"));
    struct pl_buf whole pl_autobuf = PL_BUF_INIT(1 << 20);
    assert_int_equal(pl_io_read_file(path, &whole, NULL), PL_OK);
    for (size_t len = 0; len < whole.len; len++) {
        int fd pl_autoclose = -1;
        struct pl_buf seen pl_autobuf = PL_BUF_INIT(4096);
        assert_int_equal(pl_tempfile_open(NULL, &fd, NULL), PL_OK);
        assert_int_equal(pl_io_write(fd, pl_str_sub(pl_buf_str(&whole), 0, len), NULL), PL_OK);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_true(read_all(fd, &roomy, &seen, NULL) < 0);
    }
}

int pl_test_zip(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zip__members_are_read_whole),
        cmocka_unit_test(test_zip__broken_promises_name_the_member),
        cmocka_unit_test(test_zip__limits_hold),
        cmocka_unit_test(test_zip__every_prefix_ends),
    };
    return cmocka_run_group_tests_name("format/zip", tests, NULL, NULL);
}
