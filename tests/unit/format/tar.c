/* SPDX-License-Identifier: Apache-2.0 */
/* The archives are made by tests/tools/make_streams.py with Python's tarfile and GNU tar; what they
 * hold is written down there. */
#include "format/tar.h"
#include "base/io.h"
#include "unit/test.h"
#include <limits.h>

/* Gives an archive in blocks, and fails at one of the calls. */
struct source {
    pl_str rest;
    size_t block_bytes;
    size_t calls;
    size_t fails_at; /* 0: never */
};

static enum pl_status pull(void *context, pl_span *ret_block, struct pl_error *err)
{
    struct source *source = context;
    if (++source->calls == source->fails_at) {
        return pl_error_set(err, PL_E_NET, "the line is dead");
    }
    *ret_block = pl_str_span(pl_str_sub(source->rest, 0, source->block_bytes));
    source->rest = pl_str_skip(source->rest, source->block_bytes);
    return PL_OK;
}

static void read_fixture(const char *name, struct pl_buf *ret)
{
    char path[PATH_MAX];
    struct pl_error err = PL_ERROR_INIT;
    snprintf(path, sizeof(path), "%s/tar/%s", pl_test_dir("PL_TEST_DATA"), name);
    *ret = PL_BUF_INIT(1 << 20);
    if (pl_io_read_file(path, ret, &err) < 0) {
        fail_msg("%s", err.msg);
    }
}

/* Writes "type path>link size mode, " for each entry and adds up the bytes of data that are not
 * zero; PL_OK when the archive came to its end. */
static enum pl_status list(struct source *source, bool reads, struct pl_buf *ret, size_t *ret_data,
                           struct pl_error *err)
{
    struct pl_tar *tar PL_CLEANUP(pl_tar_closep) = NULL;
    *ret = PL_BUF_INIT(1 << 20);
    *ret_data = 0;
    enum pl_status st = pl_tar_open(pull, source, &tar, err);
    while (st == PL_OK) {
        struct pl_tar_entry entry = {.path = PL_STR_EMPTY};
        st = pl_tar_next(tar, &entry, err);
        if (st < 0) {
            break;
        }
        pl_buf_append_format(ret, "%c " PL_STR_FMT ">" PL_STR_FMT " %llu %o, ", "fdlho"[entry.type],
                             PL_STR_ARG(entry.path), PL_STR_ARG(entry.link),
                             (unsigned long long)entry.size_bytes, entry.mode);
        while (reads && entry.type == PL_TAR_FILE && st == PL_OK) {
            pl_span piece = {NULL, 0};
            uint64_t offset = 0;
            st = pl_tar_read(tar, &piece, &offset, err);
            assert_true(st < 0 || offset + piece.len <= entry.size_bytes);
            for (size_t i = 0; st == PL_OK && i < piece.len; i++) {
                *ret_data += piece.ptr[i] != 0;
            }
        }
        st = st == PL_E_NOT_FOUND ? PL_OK : st;
    }
    return st == PL_E_NOT_FOUND ? PL_OK : st;
}

#define FIRST                                                                                      \
    "d ./etc/> 0 755, f etc/motd> 6 644, f etc/empty> 0 4755, l etc/link>../usr/motd 0 644, "      \
    "h etc/hard>etc/motd 0 644, o run/pipe> 0 644, "
#define D60 "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define E30 "eeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define LONG(name) FIRST "f " name "> 700 644, l far>" name " 0 644, "

static const struct {
    const char *name;
    const char *entries;
    size_t data;
} archives[] = {
    {"ustar.tar", LONG(D60 "/eeeeeeeeeeeeeeeeeeeeeeeeeeeee"), 706},
    {"gnu.tar", LONG(D60 "/" E30 E30 E30), 706},
    {"pax.tar", LONG("caf\xc3\xa9/" D60 "/" E30 E30 E30), 706},
    {"sparse-gnu.tar", "f sparse> 300000 644, ", 6},
    {"sparse-posix.tar", "f sparse> 300000 644, ", 6},
};

static void test_tar__entries_in_blocks_of_any_size(void **state)
{
    static const size_t blocks[] = {1 << 20, 10240, 512, 100, 1};
    for (size_t i = 0; i < PL_ARRAY_LEN(archives) * PL_ARRAY_LEN(blocks); i++) {
        struct pl_buf bytes pl_autobuf = {0};
        struct pl_buf entries pl_autobuf = {0};
        struct pl_error err = PL_ERROR_INIT;
        size_t data = 0;
        read_fixture(archives[i / PL_ARRAY_LEN(blocks)].name, &bytes);
        struct source source = {.rest = pl_buf_str(&bytes),
                                .block_bytes = blocks[i % PL_ARRAY_LEN(blocks)]};
        if (list(&source, i % 2 == 0, &entries, &data, &err) < 0) {
            fail_msg("%s: %s", archives[i / PL_ARRAY_LEN(blocks)].name, err.msg);
        }
        pl_assert_str(pl_buf_str(&entries), archives[i / PL_ARRAY_LEN(blocks)].entries);
        assert_int_equal(data, i % 2 == 0 ? archives[i / PL_ARRAY_LEN(blocks)].data : 0);
    }
}

/* What was listed of a cut archive is what the whole one begins with. */
static void test_tar__every_prefix(void **state)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(archives); i++) {
        struct pl_buf bytes pl_autobuf = {0};
        read_fixture(archives[i].name, &bytes);
        for (size_t len = 0; len < bytes.len; len += len % 512 < 4 || len % 512 > 508 ? 1 : 63) {
            struct pl_buf entries pl_autobuf = {0};
            struct pl_error err = PL_ERROR_INIT;
            size_t data = 0;
            /* A copy of exactly the size, so that a read past its end is seen. */
            char *copy pl_autofree = pl_mem_alloc(len + 1, 1);
            memcpy(copy, bytes.ptr, len);
            copy = pl_mem_realloc(copy, len > 0 ? len : 1, 1);
            struct source source = {.rest = pl_str_make(copy, len), .block_bytes = 1000};
            enum pl_status st = list(&source, true, &entries, &data, &err);
            assert_true(st == PL_OK || st == PL_E_PARSE);
            assert_true(st == PL_OK || err.msg[0] != '\0');
            pl_str wanted = pl_str_from(archives[i].entries);
            if (!pl_str_starts_with(wanted, pl_buf_str(&entries))) {
                fail_msg("%s cut at %zu: " PL_STR_FMT, archives[i].name, len,
                         PL_STR_ARG(pl_buf_str(&entries)));
            }
        }
    }
}

/* The reason of the callback comes out as it is, whichever call fails. */
static void test_tar__a_failing_pull_keeps_its_reason(void **state)
{
    struct pl_buf bytes pl_autobuf = {0};
    read_fixture("gnu.tar", &bytes);
    for (int reads = 0; reads < 2; reads++) {
        for (size_t at = 1;; at++) {
            struct pl_buf entries pl_autobuf = {0};
            struct pl_error err = PL_ERROR_INIT;
            size_t data = 0;
            struct source source = {.rest = pl_buf_str(&bytes), .block_bytes = 512, .fails_at = at};
            enum pl_status st = list(&source, reads, &entries, &data, &err);
            if (source.calls < at) {
                assert_int_equal(st, PL_OK);
                assert_true(at > 5);
                break;
            }
            if (st != PL_E_NET) {
                fail_msg("call %zu, reads %d: %d", at, reads, st);
            }
            assert_string_equal(err.msg, "the line is dead");
        }
    }
}

static void test_tar__what_is_no_tar(void **state)
{
    char zeros[1024] = {0};
    const pl_str empty[] = {PL_STR_EMPTY, pl_str_make(zeros, sizeof(zeros))};
    for (size_t i = 0; i < PL_ARRAY_LEN(empty); i++) {
        struct pl_buf entries pl_autobuf = {0};
        size_t data = 0;
        struct source source = {.rest = empty[i], .block_bytes = 512};
        assert_int_equal(list(&source, true, &entries, &data, NULL), PL_OK);
        assert_int_equal(entries.len, 0);
    }
    char text[2000];
    memset(text, 'x', sizeof(text));
    struct pl_buf entries pl_autobuf = {0};
    struct pl_error err = PL_ERROR_INIT;
    size_t data = 0;
    struct source source = {.rest = pl_str_make(text, sizeof(text)), .block_bytes = 512};
    assert_int_equal(list(&source, true, &entries, &data, &err), PL_E_PARSE);
    assert_true(err.msg[0] != '\0');
}

int pl_test_tar(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tar__entries_in_blocks_of_any_size),
        cmocka_unit_test(test_tar__every_prefix),
        cmocka_unit_test(test_tar__a_failing_pull_keeps_its_reason),
        cmocka_unit_test(test_tar__what_is_no_tar),
    };
    return cmocka_run_group_tests_name("tar", tests, NULL, NULL);
}
