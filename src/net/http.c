/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a request goes through: attempts (http_attempt.h) are joined by redirects and by a login to
 * a chain, and chains are repeated, from the caller's URL on, when they break. A redirect's target
 * may have been signed for some minutes only, so it is asked for anew each time.
 */
#include "net/http.h"
#include "net/http_attempt.h"
#include <assert.h>

enum { MOST_REDIRECTS = 5 };

/* After as much, a break is the first one again. */
enum { GOOD_PROGRESS_BYTES = 8 << 20 };

struct sending {
    struct pl_http *http;
    struct pl_arena *arena;
    const struct pl_http_request *request;
    struct pl_http_target start;
    const char *authorization; /* the request's, later the login's */
    bool has_logged_in;
    uint64_t logged_in_at; /* what had been handed out by then */
    struct pl_http_body body;
    unsigned tries;
    unsigned most_tries; /* after the last failure */
    uint64_t mark; /* how much was handed out when the tries were counted from one again */
    bool is_own_error; /* the failure's text is the caller's, and stays as it is */
};

/* One way through redirects. */
struct chain {
    struct pl_http_target target;
    const char *method;
    bool has_body;
    bool is_foreign; /* stays so, even when a redirect leads back */
    struct pl_strs visited; /* URLs that have been asked */
};

static void release_sending(struct sending *sending)
{
    pl_http_body_release(&sending->body);
}

static bool is_line(const char *text)
{
    return strpbrk(text, "\r\n") == NULL;
}

/* What would break out of its line is a mistake of the caller, who may have it from elsewhere. */
static enum pl_status check_request(const struct pl_http_request *request, struct pl_error *err)
{
    const char *method = request->method ? request->method : "GET";
    bool is_fine = *method && strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(method);
    if (!is_fine) {
        return pl_error_set(err, PL_E_USAGE, "\"%s\" is not a method of HTTP", method);
    }
    for (size_t i = 0; request->headers && request->headers[i]; i++) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        if (!is_line(request->headers[i]) ||
            !pl_str_cut(pl_str_from(request->headers[i]), ':', &name, &value) ||
            pl_str_trim(name).len == 0) {
            return pl_error_set(err, PL_E_USAGE, "a header for %s is not of the form Name: value",
                                method);
        }
    }
    if (request->authorization && !is_line(request->authorization)) {
        return pl_error_set(err, PL_E_USAGE, "credentials with a line break in them");
    }
    return PL_OK;
}

static bool asks_range(const struct pl_http_request *request)
{
    for (size_t i = 0; request->headers && request->headers[i]; i++) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_str_cut(pl_str_from(request->headers[i]), ':', &name, &value);
        if (pl_str_eq_nocase(pl_str_trim(name), PL_STR("range"))) {
            return true;
        }
    }
    return false;
}

static bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* RFC 9110, section 15.4: 303 says so, and after 301 and 302 every client does it. */
static void change_method(struct chain *chain, unsigned status)
{
    bool is_post = strcmp(chain->method, "POST") == 0;
    if ((status == 303 && strcmp(chain->method, "HEAD") != 0) ||
        ((status == 301 || status == 302) && is_post)) {
        chain->method = "GET";
        chain->has_body = false;
    }
}

static enum pl_status follow_redirect(struct sending *sending, struct chain *chain,
                                      const struct pl_http_response *answer, struct pl_error *err)
{
    struct pl_http_target next = {.url = NULL};
    sending->most_tries = 1;
    enum pl_status st =
        pl_http_target_redirect(sending->http->curl, sending->arena, &chain->target,
                                pl_http_header_value(answer, "location"), &next, err);
    if (st < 0) {
        return st;
    }
    *pl_vec_push(sending->arena, &chain->visited) = pl_str_from(chain->target.url);
    change_method(chain, answer->status);
    if (pl_strs_contain(&chain->visited, pl_str_from(next.url))) {
        return pl_error_set(err, PL_E_NET, "%s: redirects in a loop, back to %s",
                            chain->target.shown.ptr, next.shown.ptr);
    }
    if (chain->visited.count > MOST_REDIRECTS) {
        return pl_error_set(err, PL_E_NET, "%s: more than %d redirects, the last one to %s",
                            sending->start.shown.ptr, MOST_REDIRECTS, next.shown.ptr);
    }
    chain->is_foreign = chain->is_foreign || !pl_str_eq(next.origin, sending->start.origin);
    chain->target = next;
    return PL_OK;
}

static enum pl_status log_in(struct sending *sending, struct chain *chain,
                             const struct pl_http_response *answer, struct pl_error *err)
{
    const struct pl_http_login *login = sending->request->login;
    const char *value = NULL;
    sending->has_logged_in = true;
    sending->logged_in_at = sending->body.handed;
    sending->most_tries = 1;
    sending->is_own_error = true;
    enum pl_status st = login->answer(login->context, sending->arena, answer, &value, err);
    if (st < 0) {
        return st;
    }
    if (!value || !is_line(value)) {
        return pl_error_set(err, PL_E_DENIED, "%s: the credentials cannot be sent",
                            chain->target.shown.ptr);
    }
    sending->is_own_error = false;
    sending->authorization = value;
    chain->visited.count = 0;
    return PL_OK;
}

/* "URL: tried 5 times: why", and for what was not tried again "URL: why". */
static void tell_where(const struct sending *sending, const struct chain *chain,
                       struct pl_error *err)
{
    pl_str shown = pl_str_sub(chain->target.shown, 0, 200); /* the reason is to fit, too */
    if (err->status == PL_E_NET && sending->tries > 1) {
        pl_error_wrap(err, PL_STR_FMT ": tried %u times", PL_STR_ARG(shown), sending->tries);
    } else {
        pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(shown));
    }
}

/* Once, and again when the login did help: of a long body that broke, the rest may be asked for
 * after the token's time. */
static bool may_log_in(const struct sending *sending, const struct chain *chain)
{
    return sending->request->login && !chain->is_foreign &&
           (!sending->has_logged_in || sending->body.handed > sending->logged_in_at);
}

static enum pl_status run_attempt(struct sending *sending, struct chain *chain,
                                  struct pl_http_response *ret, struct pl_error *err)
{
    struct pl_http_attempt attempt PL_CLEANUP(pl_http_attempt_release) = {
        .http = sending->http,
        .arena = sending->arena,
        .request = sending->request,
        .target = &chain->target,
        .method = chain->method,
        .authorization = chain->is_foreign ? NULL : sending->authorization,
        .user = sending->start.user,
        .password = sending->start.password,
        .is_foreign = chain->is_foreign,
        .has_body = chain->has_body,
        .body = &sending->body,
    };
    sending->body.method = chain->method;
    enum pl_status st = pl_http_attempt_run(&attempt, err);
    sending->most_tries = attempt.most_tries;
    sending->is_own_error = attempt.is_own_error;
    if (st < 0) {
        if (!attempt.is_own_error) {
            tell_where(sending, chain, err);
        }
        return st;
    }
    *ret = (struct pl_http_response){.status = attempt.head.status,
                                     .headers = attempt.head.headers,
                                     .url = pl_str_from(chain->target.url)};
    if (attempt.failure.len > 0) {
        ret->body = pl_buf_str(&attempt.failure);
        ret->body_bytes = attempt.failure.len;
        pl_arena_adopt(sending->arena, PL_TAKE(attempt.failure.ptr));
    }
    return PL_OK;
}

static enum pl_status run_chain(struct sending *sending, struct pl_http_response *ret,
                                struct pl_error *err)
{
    const struct pl_http_request *request = sending->request;
    struct chain chain = {.target = sending->start,
                          .method = request->method ? request->method : "GET",
                          .has_body =
                              request->upload || request->has_body || request->body.len > 0};
    for (;;) {
        struct pl_http_response answer = {0};
        enum pl_status st = run_attempt(sending, &chain, &answer, err);
        if (st == PL_OK && answer.status == 401 && may_log_in(sending, &chain)) {
            st = log_in(sending, &chain, &answer, err);
        } else if (st == PL_OK && is_redirect(answer.status) && !request->keeps_redirect &&
                   pl_http_header_value(&answer, "location").len > 0) {
            st = follow_redirect(sending, &chain, &answer, err);
        } else if (st == PL_OK) {
            *ret = answer;
            return PL_OK;
        }
        if (st < 0) {
            return st;
        }
    }
}

/* May the request be made again, after the failure or the answer that it came to? */
static bool may_repeat(struct sending *sending, enum pl_status st,
                       const struct pl_http_response *answer)
{
    /* A long body over a bad line: who gets on may go on. */
    if (sending->body.handed >= sending->mark + GOOD_PROGRESS_BYTES) {
        sending->mark = sending->body.handed;
        sending->tries = 1;
    }
    if (sending->request->is_once || sending->tries >= sending->most_tries ||
        (st == PL_OK && !pl_http_is_retry_status(answer->status))) {
        return false;
    }
    struct pl_http_body *body = &sending->body;
    if (!pl_http_body_can_resume(body)) {
        if (body->sink) {
            return false;
        }
        pl_buf_clear(&body->buffer);
        body->handed = 0;
    }
    return true;
}

/* After the last try: completes the answer. */
static void end(struct sending *sending, struct pl_http_response *answer)
{
    struct pl_http_body *body = &sending->body;
    struct pl_http_head head = {.headers = answer->headers};
    if (answer->status == 416 && pl_http_body_is_ended_by(body, &head)) {
        answer->status = body->status;
    }
    if (body->handed > 0 && answer->status == 206) {
        answer->status = body->status; /* the caller did not ask for the parts it came in */
    }
    if (answer->status >= 200 && answer->status <= 299) {
        answer->body = pl_buf_str(&body->buffer);
        answer->body_bytes = body->handed;
        pl_arena_adopt(sending->arena, PL_TAKE(body->buffer.ptr));
    }
}

static enum pl_status send_until_done(struct sending *sending, struct pl_http_response *ret,
                                      struct pl_error *err)
{
    for (;;) {
        struct pl_http_response answer = {0};
        sending->tries++;
        enum pl_status st = run_chain(sending, &answer, err);
        if (!may_repeat(sending, st, &answer)) {
            if (st == PL_OK) {
                end(sending, &answer);
                *ret = answer;
            }
            return st;
        }
        st = pl_http_pause(&sending->http->timings, sending->tries, st == PL_OK ? &answer : NULL,
                           err);
        if (st < 0) {
            struct chain at = {.target = sending->start};
            tell_where(sending, &at, err);
            return st;
        }
    }
}

enum pl_status pl_http_send(struct pl_http *http, struct pl_arena *arena,
                            const struct pl_http_request *request, struct pl_http_response *ret,
                            struct pl_error *err)
{
    struct sending sending PL_CLEANUP(release_sending) = {
        .http = http,
        .arena = arena,
        .request = request,
        .authorization = request->authorization,
        .body = {.sink = request->sink,
                 .buffer = PL_BUF_INIT(request->max_bytes),
                 .has_own_range = asks_range(request),
                 .from = request->from_offset,
                 .max_bytes = request->max_bytes,
                 .whole = UINT64_MAX},
    };
    struct pl_error failure = PL_ERROR_INIT;
    struct pl_http_response answer = {0};
    enum pl_status st = check_request(request, &failure);
    if (st == PL_OK) {
        st = pl_http_target_parse(http->curl, arena, request->url, &sending.start, &failure);
    }
    if (st == PL_OK) {
        st = send_until_done(&sending, &answer, &failure);
    }
    if (st == PL_OK) {
        *ret = answer;
    } else if (err) {
        *err = failure;
    }
    return st;
}

pl_str pl_http_header_value(const struct pl_http_response *response, const char *name)
{
    return pl_http_headers_find(&response->headers, name);
}

enum pl_status pl_http_status_class(unsigned status)
{
    switch (status) {
    case 401:
    case 403:
        return PL_E_DENIED;
    case 404:
    case 410:
        return PL_E_NOT_FOUND;
    case 413:
        return PL_E_LIMIT;
    default:
        return PL_E_NET;
    }
}
