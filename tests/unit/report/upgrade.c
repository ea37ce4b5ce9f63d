/* SPDX-License-Identifier: Apache-2.0 */
#include "report/upgrade.h"
#include "unit/test.h"

static struct pl_strs commands_for(struct pl_arena *arena, const char *type, const char *os_id,
                                   const char *id_like, const char *names)
{
    struct pl_os os = {.id = pl_str_from(os_id), .id_like = pl_str_from(id_like)};
    struct pl_packages packages = {0};
    struct pl_package *package = pl_vec_push(arena, &packages);
    package->type = pl_str_from(type);
    pl_str cursor = pl_str_from(names);
    pl_str name = PL_STR_EMPTY;
    while (pl_str_next_piece(&cursor, ',', &name)) {
        *pl_vec_push(arena, &package->fixable) = name;
    }
    return pl_upgrade_commands(arena, &os, &packages);
}

static void check(const char *type, const char *os_id, const char *id_like, const char *names,
                  const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_strs commands = commands_for(&arena, type, os_id, id_like, names);
    assert_int_equal(commands.count, 1);
    pl_assert_str(commands.items[0], wanted);
}

static void test_upgrade__each_manager(void **state)
{
    check("deb", "debian", "", "openssl,libssl3,openssl",
          "apt-get update && apt-get install -y --only-upgrade libssl3 openssl");
    check("apk", "alpine", "", "musl", "apk upgrade --no-cache musl");
    check("rpm", "rocky", "rhel centos fedora", "glibc", "dnf upgrade -y glibc");
    check("rpm", "opensuse-leap", "suse opensuse", "glibc", "zypper update -y glibc");
    check("rpm", "photon", "", "glibc", "tdnf upgrade -y glibc");
}

static void test_upgrade__many_names_upgrade_all(void **state)
{
    check("deb", "debian", "", "a,b,c,d,e,f,g,h",
          "apt-get update && apt-get install -y --only-upgrade a b c d e f g h");
    check("deb", "debian", "", "a,b,c,d,e,f,g,h,i", "apt-get update && apt-get upgrade -y");
}

/* Somebody may paste the command: no name of the image may say more than a name. */
static void test_upgrade__hostile_names_never_reach_the_command(void **state)
{
    const char *all = "apt-get update && apt-get upgrade -y";
    check("deb", "debian", "", "a;reboot", all);
    check("deb", "debian", "", "openssl,$(reboot)", all);
    check("deb", "debian", "", "-o=x", all);
    check("deb", "debian", "", "a b", all);
    check("deb", "debian", "", "a\nb", all);
    check("deb", "debian", "",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", all);
}

static void test_upgrade__nothing_to_do(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    assert_int_equal(commands_for(&arena, "deb", "debian", "", "").count, 0);
    assert_int_equal(commands_for(&arena, "npm", "debian", "", "left-pad").count, 0);
}

int pl_test_upgrade(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade__each_manager),
        cmocka_unit_test(test_upgrade__many_names_upgrade_all),
        cmocka_unit_test(test_upgrade__hostile_names_never_reach_the_command),
        cmocka_unit_test(test_upgrade__nothing_to_do),
    };
    return cmocka_run_group_tests_name("report/upgrade", tests, NULL, NULL);
}
