/* SPDX-License-Identifier: Apache-2.0 */
#include "command/command.h"
#include "unit/test.h"

static void check_options(const struct pl_command *command)
{
    for (const struct pl_option *row = command->options; row && row->name; row++) {
        assert_int_not_equal(row->name[0], '-');
        assert_string_not_equal(row->name, "help");
        assert_non_null(row->summary);
        assert_int_not_equal(row->summary[0], '\0');
        for (const struct pl_option *other = row + 1; other->name; other++) {
            assert_string_not_equal(row->name, other->name);
        }
    }
}

static void test_registry__rows_are_sorted_and_complete(void **state)
{
    size_t count = 0;
    const struct pl_command *const *commands = pl_commands(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || strcmp(commands[i - 1]->name, commands[i]->name) < 0);
        assert_non_null(commands[i]->usage);
        assert_non_null(commands[i]->run);
        assert_int_not_equal(commands[i]->summary[0], '\0');
        assert_non_null(commands[i]->examples);
        assert_ptr_equal(pl_command_find(commands[i]->name), commands[i]);
        check_options(commands[i]);
    }
}

static void test_registry__unknown_words_suggest(void **state)
{
    static const char *const names[] = {"apk", "dpkg", "rpm", NULL};
    struct pl_error err = PL_ERROR_INIT;
    assert_int_equal(pl_command_unknown("scheme", "dkpg", names, &err), PL_E_USAGE);
    assert_non_null(strstr(err.msg, "did you mean dpkg?"));
    assert_non_null(strstr(err.msg, "apk, dpkg, rpm"));
    assert_int_equal(pl_command_unknown("scheme", "semver", names, &err), PL_E_USAGE);
    assert_null(strstr(err.msg, "did you mean"));
    assert_null(pl_command_find("nonsense"));
}

int pl_test_registry(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry__rows_are_sorted_and_complete),
        cmocka_unit_test(test_registry__unknown_words_suggest),
    };
    return cmocka_run_group_tests_name("command/registry", tests, NULL, NULL);
}
