/* SPDX-License-Identifier: Apache-2.0 */
/* The digits of a table are made by its writer from what was put in; packs and patches have to
 * arrive at the same ones. */
#include "db/patch.h"
#include "base/io.h"
#include "base/tempfile.h"
#include "db/pack.h"
#include "unit/test.h"
#include <stdio.h>

enum { CEILING = 1 << 26 };

/* A table of `count` pairs in each of three sections, written in the order that slices have.
 * `skipped` and `changed` are every how many pairs one is left out, or has another value; 0: none.
 */
struct recipe {
    unsigned count;
    unsigned skipped;
    unsigned changed;
    bool has_exploitations;
};

static struct pl_table *make_table(struct recipe recipe)
{
    static const enum pl_table_section sections[] = {PL_TABLE_RECORDS, PL_TABLE_ALIASES,
                                                     PL_TABLE_KEYS, PL_TABLE_EXPLOITATIONS};
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *table = NULL;
    char digits[33];
    int fd pl_autoclose = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, &err), PL_OK);
    struct pl_table_writer *writer PL_CLEANUP(pl_table_writer_freep) = pl_table_writer_new(fd);
    for (size_t i = 0; i < (recipe.has_exploitations ? 4 : 3); i++) {
        for (unsigned n = 0; n < recipe.count; n++) {
            char key[64];
            char value[900];
            if (recipe.skipped > 0 && n % recipe.skipped == 1) {
                continue;
            }
            int key_len = snprintf(key, sizeof(key), "npm:%zu/package-%07u", i, n);
            int len = snprintf(value, sizeof(value), "%s of %u in section %zu; %u and %u%*s",
                               recipe.changed > 0 && n % recipe.changed == 2 ? "Changed" : "Said",
                               n, i, n * 2654435761U, n * 40503U, (int)(n % 700), "");
            assert_int_equal(pl_table_add(writer, sections[i], pl_str_make(key, (size_t)key_len),
                                          pl_str_make(value, (size_t)len), &err),
                             PL_OK);
        }
    }
    assert_int_equal(pl_table_finish(writer, digits, &err), PL_OK);
    assert_int_equal(pl_table_open(fd, "made", &table, &err), PL_OK);
    pl_assert_str(pl_table_digest(table), digits);
    return table;
}

/* What was written to the file is a sound table of these digits. */
static void expect_table(int fd, pl_str digits, const char *got)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    pl_assert_str(digits, got);
    assert_int_equal(pl_table_open(fd, "arrived", &table, &err), PL_OK);
    pl_assert_str(pl_table_digest(table), got);
    assert_int_equal(pl_table_verify(table, &err), PL_OK);
}

static void expect_packed(struct recipe recipe)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *table PL_CLEANUP(pl_table_closep) = make_table(recipe);
    char digits[33] = "";
    uint64_t bytes = 0;
    int pack_fd pl_autoclose = -1;
    int table_fd pl_autoclose = -1;
    assert_int_equal(pl_tempfile_open(NULL, &pack_fd, &err), PL_OK);
    assert_int_equal(pl_tempfile_open(NULL, &table_fd, &err), PL_OK);
    assert_int_equal(pl_pack_write(table, pack_fd, &bytes, &err), PL_OK);
    assert_int_equal(bytes, lseek(pack_fd, 0, SEEK_END));
    assert_int_equal(pl_pack_read(pack_fd, "pack", table_fd, digits, &err), PL_OK);
    expect_table(table_fd, pl_table_digest(table), digits);
}

static void test_pack__the_table_is_made_again(void **state)
{
    (void)state;
    expect_packed((struct recipe){.count = 0});
    expect_packed((struct recipe){.count = 1});
    expect_packed((struct recipe){.count = 5000, .has_exploitations = true});
}

static void test_pack__cut_off_or_flipped_is_never_taken(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *table PL_CLEANUP(pl_table_closep) = make_table((struct recipe){.count = 40});
    struct pl_buf pack pl_autobuf = PL_BUF_INIT(CEILING);
    int pack_fd pl_autoclose = -1;
    uint64_t bytes = 0;
    assert_int_equal(pl_tempfile_open(NULL, &pack_fd, &err), PL_OK);
    assert_int_equal(pl_pack_write(table, pack_fd, &bytes, &err), PL_OK);
    lseek(pack_fd, 0, SEEK_SET);
    assert_int_equal(pl_io_read_all(pack_fd, "pack", &pack, &err), PL_OK);
    for (size_t i = 0; i < 2 * pack.len; i++) {
        char digits[33] = "";
        int fd pl_autoclose = -1;
        int table_fd pl_autoclose = -1;
        pl_str all = pl_buf_str(&pack);
        pl_str bad = i < pack.len ? pl_str_sub(all, 0, i) : all;
        assert_int_equal(pl_tempfile_open(NULL, &fd, &err), PL_OK);
        assert_int_equal(pl_tempfile_open(NULL, &table_fd, &err), PL_OK);
        char *flipped = i < pack.len ? NULL : &pack.ptr[i - pack.len];
        if (flipped) {
            *flipped = (char)(*flipped ^ 0x10);
        }
        assert_int_equal(pl_io_write(fd, bad, &err), PL_OK);
        enum pl_status st = pl_pack_read(fd, "pack", table_fd, digits, &err);
        /* A few bits of a frame mean nothing. */
        assert_true(st < 0 || (flipped && pl_str_eq(pl_str_from(digits), pl_table_digest(table))));
        if (flipped) {
            *flipped = (char)(*flipped ^ 0x10);
        }
    }
}

static void test_pack__keys_out_of_order_are_malformed(void **state)
{
    (void)state;
    /* Not compressed, which a reader does not mind: two sections, keys b and a. */
    static const char bad[] = "plimsoll-pack\2\2\2\0\1b\0\0\1a\0\6";
    static const char twice[] = "plimsoll-pack\2\2\1\0\1b\0\3\1\0\1c\0\2\1\0\1d\0\6";
    const pl_str packs[] = {pl_str_make(bad, sizeof(bad) - 1),
                            pl_str_make(twice, sizeof(twice) - 1)};
    for (size_t i = 0; i < PL_ARRAY_LEN(packs); i++) {
        struct pl_error err = PL_ERROR_INIT;
        char digits[33] = "";
        int fd pl_autoclose = -1;
        int table_fd pl_autoclose = -1;
        assert_int_equal(pl_tempfile_open(NULL, &fd, &err), PL_OK);
        assert_int_equal(pl_tempfile_open(NULL, &table_fd, &err), PL_OK);
        assert_int_equal(pl_io_write(fd, packs[i], &err), PL_OK);
        assert_int_equal(pl_pack_read(fd, "pack", table_fd, digits, &err), PL_E_PARSE);
    }
}

static size_t expect_patched(struct recipe before, struct recipe after)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *from PL_CLEANUP(pl_table_closep) = make_table(before);
    struct pl_table *to PL_CLEANUP(pl_table_closep) = make_table(after);
    struct pl_buf patch pl_autobuf = PL_BUF_INIT(CEILING);
    char digits[33] = "";
    int fd pl_autoclose = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, &err), PL_OK);
    assert_int_equal(pl_patch_make(from, to, &patch, &err), PL_OK);
    assert_int_equal(pl_patch_apply(from, pl_buf_str(&patch), fd, digits, &err), PL_OK);
    expect_table(fd, pl_table_digest(to), digits);
    return patch.len;
}

static void test_patch__makes_the_later_table(void **state)
{
    (void)state;
    const struct recipe whole = {.count = 3000, .has_exploitations = true};
    const struct recipe others[] = {
        {.count = 3000, .changed = 97, .has_exploitations = true},
        {.count = 3000, .skipped = 50, .has_exploitations = true},
        {.count = 3200, .changed = 11, .skipped = 7},
        {.count = 1},
        {.count = 0},
        whole,
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(others); i++) {
        expect_patched(whole, others[i]);
        expect_patched(others[i], whole);
    }
    /* Nothing changed, and little: it is worth its while. */
    assert_true(expect_patched(whole, whole) < 200);
    assert_true(expect_patched(whole, others[0]) < 4000);
}

static void test_patch__for_another_slice_is_a_conflict(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *from PL_CLEANUP(pl_table_closep) = make_table((struct recipe){.count = 100});
    struct pl_table *to PL_CLEANUP(pl_table_closep) = make_table((struct recipe){.count = 101});
    struct pl_buf patch pl_autobuf = PL_BUF_INIT(CEILING);
    char digits[33] = "";
    int fd pl_autoclose = -1;
    assert_int_equal(pl_tempfile_open(NULL, &fd, &err), PL_OK);
    assert_int_equal(pl_patch_make(from, to, &patch, &err), PL_OK);
    assert_int_equal(pl_patch_apply(to, pl_buf_str(&patch), fd, digits, &err), PL_E_CONFLICT);
}

static void test_patch__cut_off_or_flipped_is_never_taken(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_table *from PL_CLEANUP(pl_table_closep) = make_table((struct recipe){.count = 60});
    struct pl_table *to PL_CLEANUP(pl_table_closep) =
        make_table((struct recipe){.count = 70, .changed = 9, .skipped = 11});
    struct pl_buf patch pl_autobuf = PL_BUF_INIT(CEILING);
    assert_int_equal(pl_patch_make(from, to, &patch, &err), PL_OK);
    for (size_t i = 0; i < 2 * patch.len; i++) {
        char digits[33] = "";
        int fd pl_autoclose = -1;
        assert_int_equal(pl_tempfile_open(NULL, &fd, &err), PL_OK);
        char *flipped = i < patch.len ? NULL : &patch.ptr[i - patch.len];
        /* A copy of its own size, so that a read beyond its end is seen. */
        size_t len = flipped ? patch.len : i;
        char *copy pl_autofree = pl_mem_alloc(len + 1, 1);
        if (len > 0) {
            memcpy(copy, patch.ptr, len);
        }
        if (flipped) {
            copy[i - patch.len] = (char)(copy[i - patch.len] ^ 0x04);
        }
        enum pl_status st = pl_patch_apply(from, pl_str_make(copy, len), fd, digits, &err);
        assert_true(st < 0 || (flipped && pl_str_eq(pl_str_from(digits), pl_table_digest(to))));
    }
}

int pl_test_patch(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack__the_table_is_made_again),
        cmocka_unit_test(test_pack__cut_off_or_flipped_is_never_taken),
        cmocka_unit_test(test_pack__keys_out_of_order_are_malformed),
        cmocka_unit_test(test_patch__makes_the_later_table),
        cmocka_unit_test(test_patch__for_another_slice_is_a_conflict),
        cmocka_unit_test(test_patch__cut_off_or_flipped_is_never_taken),
    };
    return cmocka_run_group_tests_name("db/patch", tests, NULL, NULL);
}
