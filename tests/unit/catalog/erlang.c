/* SPDX-License-Identifier: Apache-2.0 */
/* Terms as Mix, rebar3 and Erlang's own tools write them. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_erlang_app;
extern const struct pl_cataloger pl_cataloger_mix_lock;
extern const struct pl_cataloger pl_cataloger_rebar_lock;

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_erlang__mix_lock(void **state)
{
    expect_listing(
        &pl_cataloger_mix_lock, "mix.lock",
        "# comment\n%{\r\n"
        "  \"a_key\": {:hex, :cowboy, \"2.9.0\", \"00\", [:make, :rebar3],"
        " [{:cowlib, \"2.11.0\", [hex: :cowlib, repo: \"hexpm\", optional: false]},"
        " {:ranch, \"~> 1\", []}], \"hexpm\", \"" SUM "\"},\n"
        "  cowlib: {:hex, :cowlib, \"2.11.0\", \"00\", [:make], [], \"hexpm:acme\"},\n"
        "  \"old\" => {:hex, :old, \"0.1.0\"},\n"
        "  \"esaml\": {:git, \"https://host/esaml.git\", \"4294\", [ref: \"4294\"]},\n}\n",
        "cowboy@2.9.0 {sha256:e3b0c442} > acme/cowlib@2.11.0 > ranch\n"
        "acme/cowlib@2.11.0\nold@0.1.0\n");
}

static void test_erlang__rebar_lock(void **state)
{
    expect_listing(&pl_cataloger_rebar_lock, "rebar.lock",
                   "{\"1.2.0\",\n[{<<\"certifi\">>,{pkg,<<\"certifi\">>,<<\"2.9.0\">>},0},\n"
                   " {<<\"own\">>,{git,\"https://host/own.git\",{ref,\"01\"}},0},\n"
                   " {<<\"idna\">>,{pkg,<<\"idna\">>,<<\"6.1.1\">>},1}]}.\n"
                   "[\n{pkg_hash,[\n {<<\"certifi\">>, <<\"00\">>}]},\n"
                   "{pkg_hash_ext,[\n {<<\"certifi\">>, <<\"" SUM "\">>}]}\n].\n",
                   "certifi@2.9.0 direct {sha256:e3b0c442}\nidna@6.1.1 transitive\n");
    expect_listing(&pl_cataloger_rebar_lock, "rebar.lock",
                   "[{<<\"idna\">>,{pkg,<<\"idna\">>,<<\"1.0\">>},0}].", "idna@1.0 direct\n");
    expect_listing(&pl_cataloger_rebar_lock, "rebar.lock", "[].\n", "");
}

static void test_erlang__applications(void **state)
{
    expect_listing(&pl_cataloger_erlang_app, "app/lib/cowboy-2.9.0/ebin/cowboy.app",
                   "%% This file\n{application, 'cowboy', [\n"
                   "\t{description, \"Small \\\"fast\\\" \"\n  \"HTTP server.\"},\n"
                   "\t{vsn, \"2.9.0\"},\n\t{modules, ['a b',cowboy]},\n"
                   "\t{applications, [kernel,stdlib,crypto,cowlib,ranch]},\n"
                   "\t{licenses, [<<\"ISC\"/utf8>>]},\n\t{optional_applications, []},\n"
                   "\t{mod, {cowboy_app, []}},\n\t{env, [{a, #{b => 1.5, c => -2}}, {d, 16#ff}]}\n"
                   "]}.\n",
                   "cowboy@2.9.0 [ISC] > cowlib > ranch\n");
    expect_listing(&pl_cataloger_erlang_app, "usr/lib/erlang/lib/ssl-10.8/ebin/ssl.app",
                   "{application, ssl,\n   [{description, \"x\"},\n    {vsn, \"10.8\"},\n"
                   "    {applications, [crypto, public_key, kernel, stdlib]}]}.\n",
                   "ssl@10.8 > crypto > public_key > kernel > stdlib\n");
    expect_listing(&pl_cataloger_erlang_app, "ebin/a.app", "{other, a}.", "");
    expect_reader("usr/lib/erlang/lib/ssl-10.8/ebin/ssl.app", &pl_cataloger_erlang_app);
}

static void test_erlang__what_is_broken(void **state)
{
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"%{\n \"a\": {:hex, :a", "gap: the file: a comma or bracket is missing in line 2\n"},
        {"%{\n<<<<<<< HEAD\n", "gap: the file: what is no term in line 2\n"},
        {"%{\"a", "gap: the file: what is no term in line 1\n"},
        {"", ""},
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        expect_listing(&pl_cataloger_mix_lock, "mix.lock", cases[i].text, cases[i].wanted);
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf deep pl_autobuf = PL_BUF_INIT(1 << 20);
    for (size_t i = 0; i < 10000; i++) {
        pl_buf_append(&deep, PL_STR("{a => ["));
    }
    const struct pl_evidence_file *found =
        inspect_content(&arena, &pl_cataloger_mix_lock, "mix.lock", pl_buf_str(&deep), NULL);
    assert_int_equal(found->gaps.count, 1);
}

int pl_test_erlang(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlang__mix_lock),
        cmocka_unit_test(test_erlang__rebar_lock),
        cmocka_unit_test(test_erlang__applications),
        cmocka_unit_test(test_erlang__what_is_broken),
    };
    return cmocka_run_group_tests_name("catalog/erlang", tests, NULL, NULL);
}
