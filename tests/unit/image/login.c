/* SPDX-License-Identifier: Apache-2.0 */
/* What a login refuses before anything is sent; all that needs a server is in tests/e2e. */
#include "image/registry/session.h"
#include "image/registry/token.h"
#include "unit/test.h"
#include <stdio.h>

/* A registry that nobody speaks to, and credentials for it. */
struct fixture {
    struct pl_arena arena;
    struct pl_registry_options options;
    struct pl_registry *registry;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    setenv("PLIMSOLL_REGISTRY_USER", "alice", 1);
    setenv("PLIMSOLL_REGISTRY_PASSWORD", "s3cret", 1);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    pl_registry_close(fixture->registry);
    pl_arena_release(&fixture->arena);
    unsetenv("PLIMSOLL_REGISTRY_USER");
    unsetenv("PLIMSOLL_REGISTRY_PASSWORD");
    free(fixture);
    return 0;
}

static enum pl_status log_in(struct fixture *fixture, const char *scheme, const char *header,
                             const char **value, struct pl_error *err)
{
    struct pl_reference reference = {0};
    *err = PL_ERROR_INIT;
    pl_registry_close(fixture->registry);
    fixture->registry = NULL;
    assert_int_equal(
        pl_reference_parse(&fixture->arena, PL_STR("registry.invalid:5000/a/b:1"), &reference, err),
        PL_OK);
    assert_int_equal(pl_registry_open(&fixture->options, &reference, &fixture->registry, err),
                     PL_OK);
    struct pl_registry_session *session = &fixture->registry->sessions[0];
    session->scheme = scheme;
    struct pl_registry_login login = {fixture->registry, session, PL_REGISTRY_PULL};
    struct pl_http_response answer = {.status = 401};
    *pl_vec_push(&fixture->arena, &answer.headers) =
        (struct pl_http_header){PL_STR("www-authenticate"), pl_str_from(header)};
    return pl_registry_log_in(&login, &fixture->arena, &answer, value, err);
}

static void test_login__basic_credentials_go_to_the_registry(void **state)
{
    const char *value = NULL;
    struct pl_error err;
    assert_int_equal(log_in(*state, "https", "Basic realm=\"x\"", &value, &err), PL_OK);
    /* base64 of "alice:s3cret", by coreutils. */
    assert_string_equal(value, "Basic YWxpY2U6czNjcmV0");
}

/* A registry that is reached over HTTPS may not have a password sent in the clear. */
static void test_login__a_token_server_has_to_be_encrypted(void **state)
{
    static const char *const realms[] = {
        "http://auth.invalid/token", "http://registry.invalid:5000/token", "HTTP://auth.invalid/"};
    for (size_t i = 0; i < PL_ARRAY_LEN(realms); i++) {
        char header[200];
        const char *value = NULL;
        struct pl_error err;
        snprintf(header, sizeof(header), "Bearer realm=\"%s\",service=\"s\"", realms[i]);
        enum pl_status st = log_in(*state, "https", header, &value, &err);
        assert_true(st == PL_E_DENIED || st == PL_E_PARSE);
        assert_null(value);
        assert_null(strstr(err.msg, "s3cret"));
    }
}

static void test_login__what_is_no_realm_is_refused(void **state)
{
    static const char *const headers[] = {
        "Bearer",
        "Bearer service=\"s\"",
        "Bearer realm=\"\"",
        "Bearer realm=\"ftp://auth.invalid/\"",
        "Bearer realm=\"file:///etc/passwd\"",
        "Bearer realm=\"//auth.invalid/token\"",
        "Bearer realm=\"\x1b[2J\"",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(headers); i++) {
        const char *value = NULL;
        struct pl_error err;
        assert_int_equal(log_in(*state, "https", headers[i], &value, &err), PL_E_PARSE);
        assert_null(value);
        assert_null(strchr(err.msg, '\x1b'));
    }
}

/* A URL that does not fit is refused, rather than cut off and sent. */
static void test_login__a_scope_without_end_is_refused(void **state)
{
    enum { LEN = 200000 };
    char *header = malloc(LEN);
    int len = snprintf(header, LEN, "Bearer realm=\"https://auth.invalid/t\",scope=\"");
    memset(header + len, 'a', LEN - (size_t)len);
    header[LEN - 2] = '"';
    header[LEN - 1] = '\0';
    const char *value = NULL;
    struct pl_error err;
    assert_int_equal(log_in(*state, "https", header, &value, &err), PL_E_LIMIT);
    free(header);
}

static void test_login__a_challenge_that_is_not_known_is_denied(void **state)
{
    static const char *const headers[] = {"", "Negotiate", "Digest realm=\"x\"", "\x01\x02"};
    for (size_t i = 0; i < PL_ARRAY_LEN(headers); i++) {
        const char *value = NULL;
        struct pl_error err;
        assert_int_equal(log_in(*state, "https", headers[i], &value, &err), PL_E_DENIED);
        assert_null(value);
    }
}

static void test_login__a_token_is_taken(void **state)
{
    struct fixture *fixture = *state;
    /* The specification's own example, shortened; OAuth2's name for it; and both. */
    static const char *const answers[] = {
        "{\"token\": \"eyJhbGciOi.JFUzI-1_N+i/I=\", \"expires_in\": 3600}",
        "{\"access_token\": \"eyJhbGciOi.JFUzI-1_N+i/I=\"}",
        "{\"token\": \"eyJhbGciOi.JFUzI-1_N+i/I=\", \"access_token\": \"another\"}",
        "{\"token\": \"\", \"access_token\": \"eyJhbGciOi.JFUzI-1_N+i/I=\"}",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(answers); i++) {
        pl_str token = PL_STR_EMPTY;
        assert_int_equal(
            pl_registry_token_parse(&fixture->arena, pl_str_from(answers[i]), &token, NULL), PL_OK);
        pl_assert_str(token, "eyJhbGciOi.JFUzI-1_N+i/I=");
    }
}

/* It becomes part of a header's line, and is not to begin another. */
static void test_login__a_token_that_breaks_its_line_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const char *const answers[] = {
        "{\"token\": \"abc\\r\\nX-Evil: yes\"}",
        "{\"token\": \"abc\\n\"}",
        "{\"token\": \"abc\\r\"}",
        "{\"token\": \"a b\"}",
        "{\"token\": \"\\u001b[2J\"}",
        "{\"token\": \"\\u0000\"}",
        "{\"token\": \"\\u00e9\"}",
        "{\"token\": 7}",
        "{\"token\": [\"a\"]}",
        "{\"token\": \"\"}",
        "{\"tokens\": \"a\"}",
        "[\"token\"]",
        "<html>",
        "",
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(answers); i++) {
        pl_str token = PL_STR("untouched");
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(
            pl_registry_token_parse(&fixture->arena, pl_str_from(answers[i]), &token, &err),
            PL_E_PARSE);
        pl_assert_str(token, "untouched");
        assert_null(strstr(err.msg, "Evil"));
    }
}

int pl_test_login(void)
{
    const struct CMUnitTest tests[] = {
#define LOGIN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        LOGIN_TEST(test_login__basic_credentials_go_to_the_registry),
        LOGIN_TEST(test_login__a_token_server_has_to_be_encrypted),
        LOGIN_TEST(test_login__what_is_no_realm_is_refused),
        LOGIN_TEST(test_login__a_scope_without_end_is_refused),
        LOGIN_TEST(test_login__a_challenge_that_is_not_known_is_denied),
        LOGIN_TEST(test_login__a_token_is_taken),
        LOGIN_TEST(test_login__a_token_that_breaks_its_line_is_refused),
    };
    return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
