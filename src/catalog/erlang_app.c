/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed applications of Erlang and Elixir (erlang.org, "app"): each has a resource file beside
 * its modules, in a release as in Erlang itself, lib/NAME-VERSION/ebin/NAME.app:
 *
 *     {application, cowboy,
 *      [{description, "Small, fast, modern HTTP server."},
 *       {vsn, "2.9.0"},
 *       {licenses, ["ISC"]},
 *       {applications, [kernel, stdlib, crypto, cowlib, ranch]}]}.
 *
 * The applications of Erlang/OTP and of Elixir itself are packages of the type "otp"; others come
 * from Hex as a rule, and the file does not say which do not.
 */
#include "catalog/cataloger.h"
#include "format/erlang.h"

/* Names of Erlang/OTP's lib/ (25 to 27, and those dropped since 18), and of Elixir's. */
static const char *const own[] = {
    "asn1",
    "common_test",
    "compiler",
    "cosEvent",
    "cosEventDomain",
    "cosFileTransfer",
    "cosNotification",
    "cosProperty",
    "cosTime",
    "cosTransactions",
    "crypto",
    "debugger",
    "dialyzer",
    "diameter",
    "edoc",
    "eex",
    "eldap",
    "elixir",
    "erl_docgen",
    "erl_interface",
    "erts",
    "et",
    "eunit",
    "ex_unit",
    "ftp",
    "gs",
    "hipe",
    "ic",
    "iex",
    "inets",
    "jinterface",
    "kernel",
    "logger",
    "megaco",
    "mix",
    "mnesia",
    "observer",
    "odbc",
    "orber",
    "os_mon",
    "ose",
    "otp_mibs",
    "parsetools",
    "percept",
    "public_key",
    "reltool",
    "runtime_tools",
    "sasl",
    "snmp",
    "ssh",
    "ssl",
    "stdlib",
    "syntax_tools",
    "test_server",
    "tftp",
    "tools",
    "typer",
    "webtool",
    "wx",
    "xmerl",
};

static const char *type_of(pl_str name)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(own); i++) {
        if (pl_str_eq(name, pl_str_from(own[i]))) {
            return "otp";
        }
    }
    return "hex";
}

static const json_t *property(const json_t *properties, const char *key)
{
    for (size_t i = 0; i < json_array_size(properties); i++) {
        const json_t *pair = json_array_get(properties, i);
        if (pl_str_eq(pl_erlang_text_at(pair, 0), pl_str_from(key))) {
            return json_array_get(pair, 1);
        }
    }
    return NULL;
}

static void add_application(struct pl_sink *sink, const json_t *application)
{
    pl_str name = pl_erlang_text_at(application, 1);
    const json_t *properties = json_array_get(application, 2);
    const char *type = type_of(name);
    struct pl_component *component = pl_catalog_component(
        sink, PL_SCOPE_INSTALLED, type, name, pl_json_text(property(properties, "vsn")));
    if (!component) {
        return;
    }
    const json_t *licenses = property(properties, "licenses");
    for (size_t i = 0; i < json_array_size(licenses); i++) {
        pl_sink_push(sink, &component->licenses, pl_erlang_text_at(licenses, i));
    }
    /* Needs are names of the component's own type, which OTP's are for OTP's alone. */
    const json_t *needs = property(properties, "applications");
    for (size_t i = 0; i < json_array_size(needs); i++) {
        if (strcmp(type_of(pl_erlang_text_at(needs, i)), type) == 0) {
            pl_sink_push(sink, &component->depends, pl_erlang_text_at(needs, i));
        }
    }
}

static enum pl_status read_erlang_app(struct pl_sink *sink, const struct pl_catalog_file *file,
                                      struct pl_error *err)
{
    json_t *document pl_autojson = NULL;
    enum pl_status st =
        pl_erlang_parse(pl_span_str(file->content), PL_ERLANG_ERLANG, "the file", &document, err);
    const json_t *application = json_array_get(document, 0);
    if (pl_str_eq(pl_erlang_text_at(application, 0), PL_STR("application"))) {
        add_application(sink, application);
    }
    return st;
}

const struct pl_cataloger pl_cataloger_erlang_app = {
    .name = "erlang-app",
    .summary = "Installed applications of Erlang and Elixir, from their .app files",
    .patterns = (const char *const[]){"**/ebin/*.app", NULL},
    .read = read_erlang_app,
};
