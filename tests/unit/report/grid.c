/* SPDX-License-Identifier: Apache-2.0 */
#include "report/grid.h"
#include "base/compiler.h"
#include "base/utf8.h"
#include "unit/test.h"

static const struct pl_grid_column columns[] = {{"NAME", 12}, {"VERSION", 10}, {"NOTES", 0}};

static struct pl_grid_row *add(struct pl_arena *arena, struct pl_grid *grid, const char *a,
                               const char *b, const char *c)
{
    struct pl_grid_row *row = pl_vec_push(arena, grid);
    row->cells[0].text = pl_str_from(a);
    row->cells[1].text = pl_str_from(b);
    row->cells[2].text = pl_str_from(c);
    return row;
}

static void check(const struct pl_grid *grid, unsigned width, bool color, const char *wanted)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    pl_grid_write(grid, width, color, &writer);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    assert_string_equal(pl_buf_str(&text).ptr, wanted);
}

static void test_grid__wraps_inside_the_column(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    add(&arena, &grid, "abc def ghijkl", "1", "one two three four five six seven eight");
    add(&arena, &grid, "", "012345678901234", "x");
    check(&grid, 60, false,
          "NAME          VERSION     NOTES\n"
          "abc def       1           one two three four five six seven\n"
          "ghijkl                    eight\n"
          "              0123456789  x\n"
          "              01234\n");
}

/* A word that is too long is parted after a sign where there is one in its second half. */
static void test_grid__versions_part_at_signs(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    add(&arena, &grid, "a", "3.0.11-1~deb12u1", "x");
    add(&arena, &grid, "b", "1-2345678901234", "y");
    check(&grid, 60, false,
          "NAME  VERSION     NOTES\n"
          "a     3.0.11-1~   x\n"
          "      deb12u1\n"
          "b     1-23456789  y\n"
          "      01234\n");
}

static void test_grid__wide_characters_take_two_columns(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    add(&arena, &grid, "\xe4\xb8\xad\xe6\x96\x87", "1", "x");
    add(&arena, &grid, "e\xcc\x81", "2", "y");
    check(&grid, 50, false,
          "NAME  VERSION  NOTES\n"
          "\xe4\xb8\xad\xe6\x96\x87  1        x\n"
          "e\xcc\x81     2        y\n");
}

static void test_grid__color_only_when_asked(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    add(&arena, &grid, "a", "1", "x")->cells[0].sgr = "31";
    check(&grid, 50, false, "NAME  VERSION  NOTES\na     1        x\n");
    check(&grid, 50, true,
          "\033[1mNAME\033[0m  \033[1mVERSION\033[0m  \033[1mNOTES\033[0m\n"
          "\033[31ma\033[0m     1        x\n");
}

/* A width of nothing still ends, and loses nothing. */
static void test_grid__any_width_ends(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_grid grid = {.columns = columns, .column_count = PL_ARRAY_LEN(columns)};
    add(&arena, &grid, "aaaaaaaaaaaaaaaaaaaaaaaa", "  leading", "\xe4\xb8\xad\xe4\xb8\xad");
    for (unsigned width = 0; width < 90; width++) {
        struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
        struct pl_writer writer;
        pl_writer_init_buf(&writer, &text);
        pl_grid_write(&grid, width, false, &writer);
        assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
        size_t letters = 0;
        for (size_t i = 0; i < text.len; i++) {
            letters += text.ptr[i] == 'a';
        }
        assert_int_equal(letters, 24 + 1); /* one of "leading" */
    }
}

static void test_grid__paragraph(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(65536);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    pl_grid_write_paragraph(PL_STR("one two three four five six seven eight"), 26, 2, &writer);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    assert_string_equal(pl_buf_str(&text).ptr, "one two three four five\n  six seven eight\n");
}

int pl_test_grid(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid__wraps_inside_the_column),
        cmocka_unit_test(test_grid__versions_part_at_signs),
        cmocka_unit_test(test_grid__wide_characters_take_two_columns),
        cmocka_unit_test(test_grid__color_only_when_asked),
        cmocka_unit_test(test_grid__any_width_ends),
        cmocka_unit_test(test_grid__paragraph),
    };
    return cmocka_run_group_tests_name("report/grid", tests, NULL, NULL);
}
