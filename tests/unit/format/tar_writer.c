/* SPDX-License-Identifier: Apache-2.0 */
/* What is written is read by tar(1), the second opinion; where that is missing, the tests say so.
 */
#include "format/tar_writer.h"
#include "base/buf.h"
#include "base/mem.h"
#include "unit/test.h"
#include <stdio.h>
#include <sys/mman.h>

/* What tar says when it is given the archive. */
static void ask_tar(int fd, const char *options, struct pl_buf *ret)
{
    char command[200];
    snprintf(command, sizeof(command), "tar %s /proc/%d/fd/%d 2>&1", options, (int)getpid(), fd);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    char piece[512];
    size_t got = 0;
    while ((got = fread(piece, 1, sizeof(piece), output)) > 0) {
        pl_buf_append(ret, pl_str_make(piece, got));
    }
    assert_int_equal(pclose(output), 0);
}

static void need_tar(void)
{
    if (system("tar --version >/dev/null 2>&1") != 0) {
        print_message("# no tar here\n");
        skip();
    }
}

static int new_file(void)
{
    int fd = memfd_create("archive", MFD_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void test_tar_writer__members_as_tar_lists_them(void **state)
{
    need_tar();
    char name[142];
    char wanted[400];
    int fd pl_autoclose = new_file();
    struct pl_tar_writer tar;
    struct pl_buf listed pl_autobuf = PL_BUF_INIT(4096);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(4096);
    memset(name, 'f', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    memcpy(name, "blobs/sha512/", 13);
    pl_tar_writer_init(&tar, fd);
    assert_int_equal(pl_tar_writer_add(&tar, "a", PL_STR("first"), NULL), PL_OK);
    assert_int_equal(pl_tar_writer_add(&tar, "empty", PL_STR_EMPTY, NULL), PL_OK);
    assert_int_equal(pl_tar_writer_add(&tar, name, PL_STR("long"), NULL), PL_OK);
    assert_int_equal(pl_tar_writer_finish(&tar, NULL), PL_OK);
    ask_tar(fd, "--utc --full-time -tvf", &listed);
    snprintf(wanted, sizeof(wanted),
             "-rw-r--r-- 0/0               5 1970-01-01 00:00:00 a\n"
             "-rw-r--r-- 0/0               0 1970-01-01 00:00:00 empty\n"
             "-rw-r--r-- 0/0               4 1970-01-01 00:00:00 %s\n",
             name);
    pl_assert_str(pl_buf_str(&listed), wanted);
    ask_tar(fd, "-xOf", &content);
    pl_assert_str(pl_buf_str(&content), "firstlong");
}

/* The length is only known at the end, and of what is dropped nothing stays. */
static void test_tar_writer__in_pieces_and_dropped(void **state)
{
    need_tar();
    uint8_t block[1000];
    int fd pl_autoclose = new_file();
    struct pl_tar_writer tar;
    struct pl_buf listed pl_autobuf = PL_BUF_INIT(4096);
    memset(block, 'x', sizeof(block));
    pl_tar_writer_init(&tar, fd);
    assert_int_equal(pl_tar_writer_begin(&tar, "dropped", NULL), PL_OK);
    for (int i = 0; i < 50; i++) {
        pl_span piece = {block, sizeof(block)};
        assert_int_equal(pl_tar_writer_data(&tar, piece, NULL), PL_OK);
    }
    assert_int_equal(pl_tar_writer_begin(&tar, "kept", NULL), PL_OK);
    for (size_t size = 1; size <= sizeof(block); size++) {
        assert_int_equal(pl_tar_writer_data(&tar, (pl_span){block, size}, NULL), PL_OK);
    }
    assert_int_equal(pl_tar_writer_end(&tar, NULL), PL_OK);
    assert_int_equal(pl_tar_writer_begin(&tar, "dropped too", NULL), PL_OK);
    assert_int_equal(pl_tar_writer_data(&tar, (pl_span){block, 700}, NULL), PL_OK);
    assert_int_equal(pl_tar_writer_finish(&tar, NULL), PL_OK);
    ask_tar(fd, "--utc --full-time -tvf", &listed);
    pl_assert_str(pl_buf_str(&listed), "-rw-r--r-- 0/0          500500 1970-01-01 00:00:00 kept\n");
}

static void test_tar_writer__more_than_eight_gib(void **state)
{
    need_tar();
    int fd pl_autoclose = new_file();
    struct pl_tar_writer tar;
    struct pl_buf listed pl_autobuf = PL_BUF_INIT(4096);
    pl_tar_writer_init(&tar, fd);
    assert_int_equal(pl_tar_writer_begin(&tar, "large", NULL), PL_OK);
    /* A hole, so that the test costs neither time nor space. */
    tar.member_bytes = 9ULL << 30;
    assert_int_equal(pl_tar_writer_end(&tar, NULL), PL_OK);
    assert_int_equal(pl_tar_writer_finish(&tar, NULL), PL_OK);
    ask_tar(fd, "--utc --full-time -tvf", &listed);
    pl_assert_str(pl_buf_str(&listed),
                  "-rw-r--r-- 0/0      9663676416 1970-01-01 00:00:00 large\n");
}

static void test_tar_writer__failures(void **state)
{
    char name[PL_TAR_WRITER_NAME_BYTES + 2];
    struct pl_tar_writer tar;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    pl_tar_writer_init(&tar, -1);
    assert_int_equal(pl_tar_writer_begin(&tar, name, NULL), PL_E_LIMIT);
    assert_int_equal(pl_tar_writer_add(&tar, "a", PL_STR("x"), NULL), PL_E_IO);
    assert_int_equal(pl_tar_writer_finish(&tar, NULL), PL_E_IO);
}

int pl_test_tar_writer(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tar_writer__members_as_tar_lists_them),
        cmocka_unit_test(test_tar_writer__in_pieces_and_dropped),
        cmocka_unit_test(test_tar_writer__more_than_eight_gib),
        cmocka_unit_test(test_tar_writer__failures),
    };
    return cmocka_run_group_tests_name("tar_writer", tests, NULL, NULL);
}
