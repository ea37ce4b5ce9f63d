/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"
#include "base/tempfile.h"
#include "unit/test.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* An unlinked file with `len` bytes, each its own offset modulo 251, at its start. */
static int make_file(size_t len)
{
    int fd = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, NULL), PL_OK);
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(len);
    for (size_t i = 0; i < len; i++) {
        pl_buf_append_char(&bytes, (char)(i % 251));
    }
    assert_int_equal(pl_io_write(fd, pl_buf_str(&bytes), NULL), PL_OK);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void expect_pattern(const char *bytes, size_t from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        assert_int_equal((unsigned char)bytes[i], (from + i) % 251);
    }
}

static void test_io__reads_up_to_the_ceiling_and_not_one_byte_past(void **state)
{
    static const size_t sizes[] = {0, 1, 4096, 65535, 65536, 65537, 200000};
    for (size_t i = 0; i < PL_ARRAY_LEN(sizes); i++) {
        struct pl_error err = PL_ERROR_INIT;
        int fd pl_autoclose = make_file(sizes[i]);
        struct pl_buf exact pl_autobuf = PL_BUF_INIT(sizes[i]);
        assert_int_equal(pl_io_read_all(fd, "it", &exact, &err), PL_OK);
        assert_int_equal(exact.len, sizes[i]);
        expect_pattern(exact.ptr, 0, exact.len);
        assert_true(sizes[i] == 0 || exact.ptr[exact.len] == '\0');
        if (sizes[i] > 0) {
            assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
            struct pl_buf less pl_autobuf = PL_BUF_INIT(sizes[i] - 1);
            assert_int_equal(pl_io_read_all(fd, "its name", &less, &err), PL_E_LIMIT);
            assert_non_null(strstr(err.msg, "its name"));
        }
    }
}

static void test_io__short_reads_of_a_pipe_are_put_together(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 5; i++) {
            usleep(2000);
            (void)!write(ends[1], "abc", 3);
        }
        _exit(0);
    }
    close(ends[1]);
    char into[16];
    size_t got = 0;
    assert_int_equal(pl_io_read(ends[0], into, sizeof(into), &got, NULL), PL_OK);
    close(ends[0]);
    assert_int_equal(got, 15);
    assert_memory_equal(into, "abcabcabcabcabc", 15);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_io__pread_stops_at_the_end(void **state)
{
    int fd pl_autoclose = make_file(1000);
    char into[100];
    size_t got = 0;
    assert_int_equal(pl_io_pread(fd, into, 100, 950, &got, NULL), PL_OK);
    assert_int_equal(got, 50);
    expect_pattern(into, 950, 50);
    assert_int_equal(pl_io_pread(fd, into, 100, 5000, &got, NULL), PL_OK);
    assert_int_equal(got, 0);
    /* The kernel's offsets are signed. */
    assert_true(pl_io_pread(fd, into, 100, UINT64_MAX - 5, &got, NULL) < 0);
}

static void test_io__failures_have_their_class(void **state)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_buf buf pl_autobuf = PL_BUF_INIT(10);
    size_t got = 77;
    assert_int_equal(pl_io_read_file("/nonexistent/file", &buf, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "/nonexistent/file"));
    assert_int_equal(pl_io_read_file("/", &buf, &err), PL_E_UNSUPPORTED);
    assert_int_equal(pl_io_read_file("/dev/zero", &buf, &err), PL_E_UNSUPPORTED);
    assert_int_equal(pl_io_read(-1, &got, 1, &got, &err), PL_E_IO);
    assert_int_equal(got, 77);
    int fd pl_autoclose = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(pl_io_write(fd, PL_STR("x"), &err), PL_E_IO);
}

static void test_io__replaces_a_file_whole_or_not_at_all(void **state)
{
    char dir[] = "/tmp/pl-test-io-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char deep[PATH_MAX];
    char file[PATH_MAX];
    snprintf(deep, sizeof(deep), "%s/a//b/c", dir);
    snprintf(file, sizeof(file), "%s/a/b/c/file", dir);
    assert_int_equal(pl_io_make_dirs(deep, NULL), PL_OK);
    assert_int_equal(pl_io_make_dirs(deep, NULL), PL_OK);
    assert_int_equal(pl_io_replace_file(file, PL_STR("one"), NULL), PL_OK);
    assert_int_equal(pl_io_replace_file(file, PL_STR("two"), NULL), PL_OK);
    struct pl_buf content pl_autobuf = PL_BUF_INIT(10);
    assert_int_equal(pl_io_read_file(file, &content, NULL), PL_OK);
    pl_assert_str(pl_buf_str(&content), "two");
    struct pl_error err = PL_ERROR_INIT;
    /* A directory cannot be replaced; what was written beside it is gone again. */
    assert_true(pl_io_replace_file(deep, PL_STR("x"), &err) < 0);
    assert_int_equal(unlink(file), 0);
    for (int up = 0; up < 3; up++) {
        assert_int_equal(rmdir(deep), 0);
        *strrchr(deep, '/') = '\0';
        while (deep[strlen(deep) - 1] == '/') {
            deep[strlen(deep) - 1] = '\0';
        }
    }
    assert_int_equal(rmdir(dir), 0);
}

static void test_io__a_temporary_file_has_no_name(void **state)
{
    int fd pl_autoclose = make_file(3);
    struct stat info;
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(info.st_nlink, 0);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    int untouched = -5;
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_tempfile_open("/nonexistent", &untouched, &err), PL_E_NOT_FOUND);
    assert_non_null(strstr(err.msg, "/nonexistent"));
    assert_int_equal(untouched, -5);
}

int pl_test_io(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_io__reads_up_to_the_ceiling_and_not_one_byte_past),
        cmocka_unit_test(test_io__short_reads_of_a_pipe_are_put_together),
        cmocka_unit_test(test_io__pread_stops_at_the_end),
        cmocka_unit_test(test_io__failures_have_their_class),
        cmocka_unit_test(test_io__replaces_a_file_whole_or_not_at_all),
        cmocka_unit_test(test_io__a_temporary_file_has_no_name),
    };
    return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
