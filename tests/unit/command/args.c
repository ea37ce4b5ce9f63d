/* SPDX-License-Identifier: Apache-2.0 */
#include "command/args.h"
#include "base/compiler.h"
#include "unit/test.h"

static const struct pl_option options[] = {
    {.name = "format", .argument = "NAME", .summary = "a value that repeats", .repeats = true},
    {.name = "strict", .summary = "a flag"},
    {.name = "db", .argument = "DIR", .summary = "a value"},
    {.name = NULL},
};

static const struct pl_command command = {.name = "scan", .usage = "", .options = options};

#define PARSE(args, err, ...)                                                                      \
    parse((args), (err), (const char *const[]){__VA_ARGS__},                                       \
          PL_ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

static enum pl_status parse(struct pl_args *args, struct pl_error *err, const char *const *words,
                            size_t count)
{
    *err = PL_ERROR_INIT;
    char *argv[16];
    assert_true(count <= PL_ARRAY_LEN(argv));
    memcpy(argv, words, count * sizeof(*argv));
    return pl_args_parse(args, &command, (int)count, argv, err);
}

static void test_args__both_spellings_and_mixed_order(void **state)
{
    struct pl_error err;
    struct pl_args args pl_autoargs = {0};
    assert_int_equal(PARSE(&args, &err, "one", "--format", "table", "--strict", "--format=json=a=b",
                           "two", "--db="),
                     PL_OK);
    assert_string_equal(pl_args_nth(&args, "format", 0), "table");
    assert_string_equal(pl_args_nth(&args, "format", 1), "json=a=b");
    assert_null(pl_args_nth(&args, "format", 2));
    assert_string_equal(pl_args_value(&args, "format", NULL), "json=a=b");
    assert_string_equal(pl_args_value(&args, "db", "x"), "");
    assert_true(pl_args_flag(&args, "strict"));
    assert_int_equal(pl_args_positional_count(&args), 2);
    assert_string_equal(pl_args_positional(&args, 1), "two");
    assert_null(pl_args_positional(&args, 2));
}

static void test_args__absent_gives_the_default(void **state)
{
    struct pl_error err;
    struct pl_args args pl_autoargs = {0};
    assert_int_equal(PARSE(&args, &err, "-"), PL_OK);
    assert_string_equal(pl_args_value(&args, "db", "elsewhere"), "elsewhere");
    assert_null(pl_args_value(&args, "db", NULL));
    assert_false(pl_args_flag(&args, "strict"));
    assert_string_equal(pl_args_positional(&args, 0), "-");
}

static void test_args__two_dashes_end_options(void **state)
{
    struct pl_error err;
    struct pl_args args pl_autoargs = {0};
    assert_int_equal(PARSE(&args, &err, "--", "--strict", "--", "--help"), PL_OK);
    assert_false(pl_args_flag(&args, "strict"));
    assert_false(args.wants_help);
    assert_int_equal(pl_args_positional_count(&args), 3);
    assert_string_equal(pl_args_positional(&args, 0), "--strict");
}

static void test_args__help_wins_over_what_follows(void **state)
{
    struct pl_error err;
    struct pl_args args pl_autoargs = {0};
    assert_int_equal(PARSE(&args, &err, "--help", "--nonsense"), PL_OK);
    assert_true(args.wants_help);
}

static void test_args__mistakes_are_usage_errors(void **state)
{
    static const struct {
        const char *word;
        const char *said;
    } rows[] = {
        {"--fromat=x", "did you mean --format?"},
        {"--strcit", "did you mean --strict?"},
        {"--zzzzzzzzz", "no option --zzzzzzzzz"},
        {"--strict=yes", "--strict takes no value"},
        {"--db", "--db needs a value: --db DIR"},
        {"-x", "options have two dashes"},
        {"--=", "has no option --"},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(rows); i++) {
        struct pl_error err;
        struct pl_args args pl_autoargs = {0};
        assert_int_equal(PARSE(&args, &err, "ok", rows[i].word), PL_E_USAGE);
        if (!strstr(err.msg, rows[i].said)) {
            fail_msg("%s gave: %s", rows[i].word, err.msg);
        }
    }
}

static void test_args__count_of_arguments(void **state)
{
    struct pl_error err;
    struct pl_args args pl_autoargs = {0};
    assert_int_equal(PARSE(&args, &err, "a", "b"), PL_OK);
    assert_int_equal(pl_args_expect(&args, 0, 2, &err), PL_OK);
    assert_int_equal(pl_args_expect(&args, 3, 9, &err), PL_E_USAGE);
    assert_int_equal(pl_args_expect(&args, 0, 1, &err), PL_E_USAGE);
    assert_non_null(strstr(err.msg, "b"));
}

int pl_test_args(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_args__both_spellings_and_mixed_order),
        cmocka_unit_test(test_args__absent_gives_the_default),
        cmocka_unit_test(test_args__two_dashes_end_options),
        cmocka_unit_test(test_args__help_wins_over_what_follows),
        cmocka_unit_test(test_args__mistakes_are_usage_errors),
        cmocka_unit_test(test_args__count_of_arguments),
    };
    return cmocka_run_group_tests_name("command/args", tests, NULL, NULL);
}
