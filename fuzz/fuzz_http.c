/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a server, one after another and with a byte 0x1e between them: their headers are read,
 * a success's body is put together from all of them, and the last redirect is looked at. The first
 * byte says where the body should begin. */
#include "net/http_body.h"
#include "net/http_url.h"
#include "target.h"

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void look_at_redirect(struct pl_arena *arena, pl_str location)
{
    const struct pl_curl *curl = NULL;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_http_target from = {.url = NULL};
    struct pl_http_target next = {.url = NULL};
    check(pl_curl_get(&curl, &err) == PL_OK &&
          pl_http_target_parse(curl, arena, "https://a.example/b/c?d", &from, &err) == PL_OK);
    if (pl_http_target_redirect(curl, arena, &from, location, &next, &err) < 0) {
        return;
    }
    check(next.is_secure && !next.user && !next.password);
    check(pl_str_starts_with(next.origin, PL_STR("https://")));
    check(pl_str_find_char(next.shown, '?') == SIZE_MAX);
    /* What was understood once is understood again, as the same place. */
    struct pl_http_target again = {.url = NULL};
    check(pl_http_target_parse(curl, arena, next.url, &again, &err) == PL_OK);
    check(pl_str_eq(again.origin, next.origin));
}

static void read_answer(struct pl_arena *arena, struct pl_http_body *body, pl_str answer)
{
    struct pl_http_head head = {0};
    struct pl_error err = PL_ERROR_INIT;
    pl_str line = PL_STR_EMPTY;
    while (!head.is_complete && pl_str_next_line(&answer, &line)) {
        if (pl_http_head_take(&head, arena, line, &err) < 0) {
            return;
        }
    }
    uint64_t seconds = 0;
    pl_http_retry_after_parse(pl_http_headers_find(&head.headers, "retry-after"),
                              pl_http_headers_find(&head.headers, "date"), &seconds);
    pl_http_body_is_ended_by(body, &head);
    pl_str location = pl_http_headers_find(&head.headers, "location");
    if (location.len > 0) {
        look_at_redirect(arena, location);
    }
    if (head.status < 200 || head.status > 299 ||
        pl_http_body_begin(body, arena, &head, &err) < 0) {
        return;
    }
    uint64_t before = body->handed;
    uint64_t skip = body->skip;
    if (pl_http_body_take(body, pl_str_span(answer), &err) == PL_OK) {
        check(body->handed - before == (answer.len > skip ? answer.len - skip : 0));
        pl_http_body_end(body, &err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct pl_arena arena pl_autoarena = {0};
    struct pl_http_body body PL_CLEANUP(pl_http_body_release) = {.buffer = PL_BUF_INIT(64),
                                                                 .method = "GET",
                                                                 .from = data[0] % 8,
                                                                 .max_bytes = 64,
                                                                 .whole = UINT64_MAX};
    pl_str rest = pl_str_make((const char *)data + 1, size - 1);
    pl_str answer = PL_STR_EMPTY;
    for (unsigned count = 0; count < 5 && pl_str_next_piece(&rest, 0x1e, &answer); count++) {
        read_answer(&arena, &body, answer);
        check(body.handed == body.buffer.len && body.handed <= body.max_bytes);
        check(body.whole == UINT64_MAX || pl_http_body_offset(&body) <= body.whole);
    }
    return 0;
}
