/* SPDX-License-Identifier: Apache-2.0 */
/* The forms are those of the Go modules reference ("go.mod files", "Vendoring"); what directives
 * amount to is what `go mod edit -json` says of them. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_go_mod;
extern const struct pl_cataloger pl_cataloger_go_vendor;

static void test_go_mod__directives(void **state)
{
    expect_listing(
        &pl_cataloger_go_mod, "go.mod",
        "\xef\xbb\xbfmodule example.com/my/thing\r\n\ngo 1.23.0\n\n"
        "require example.com/other/thing v1.0.2\r\n"
        "require \"example.com/new/thing\" v2.3.4 // indirect\n"
        "require (\n\texample.com/new/thing/v2 v2.3.4 // indirect; kept\n\t// a comment\n"
        "\texample.com/old `v1.2.3`\n\texample.com/gone v1.0.0\n\texample.com/local v1.0.0\n)\n"
        "exclude example.com/gone v1.0.0\n"
        "replace (\n\texample.com/old v1.2.3 => example.com/fork v1.4.5\n"
        "\texample.com/old => ../old\n\texample.com/local => ./local\n)\n"
        "retract [v1.9.0, v1.9.5]\ntool example.com/tool\n",
        "example.com/other/thing@v1.0.2 direct\n"
        "example.com/new/thing@v2.3.4 transitive\n"
        "example.com/new/thing/v2@v2.3.4 transitive\n"
        "example.com/fork@v1.4.5 direct\n");
}

static void test_go_mod__vendored(void **state)
{
    expect_listing(&pl_cataloger_go_vendor, "vendor/modules.txt",
                   "# example.com/a v1.2.3\n## explicit; go 1.21\nexample.com/a/x\n"
                   "# example.com/b v1.0.0 => example.com/fork v1.4.5\n## explicit\nexample.com/b\n"
                   "# example.com/c v1.0.0 => ./c\nexample.com/c\n"
                   "# example.com/none v1.0.0\n## explicit\n"
                   "# example.com/d => ./d\n",
                   "example.com/a@v1.2.3 direct\n"
                   "example.com/fork@v1.4.5 direct\n"
                   "example.com/c@v1.0.0 transitive\n");
}

static void test_go_mod__places(void **state)
{
    expect_reader("src/app/go.mod", &pl_cataloger_go_mod);
    expect_reader("src/app/vendor/modules.txt", &pl_cataloger_go_vendor);
    expect_reader("src/app/modules.txt", NULL);
    expect_reader("src/app/go.sum", NULL);
}

int pl_test_go_mod(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_go_mod__directives),
        cmocka_unit_test(test_go_mod__vendored),
        cmocka_unit_test(test_go_mod__places),
    };
    return cmocka_run_group_tests_name("catalog/go_mod", tests, NULL, NULL);
}
