/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_url - where a request goes, taken apart by the very parser that will connect there, so that
 * what is checked and what is asked cannot differ.
 */
#include "base/arena.h"
#include "net/curl.h"

struct pl_http_target {
    const char *url; /* without user, password and fragment */
    pl_str origin; /* "https://example.org:443", in lower case */
    bool is_secure;
    const char *user; /* as the URL gave them; NULL when it did not */
    const char *password;
    pl_str shown; /* for messages */
};

/* Of a request: USAGE for anything but an http or https URL with a host. */
enum pl_status pl_http_target_parse(const struct pl_curl *curl, struct pl_arena *arena,
                                    const char *url, struct pl_http_target *ret,
                                    struct pl_error *err);

/* Where `from` sends on to with a Location (RFC 9110, section 10.2.2), which may be relative.
 * DENIED for what no redirect may lead to: another scheme, HTTP from HTTPS, a user or password in
 * the URL; NET for what is not a URL. */
enum pl_status pl_http_target_redirect(const struct pl_curl *curl, struct pl_arena *arena,
                                       const struct pl_http_target *from, pl_str location,
                                       struct pl_http_target *ret, struct pl_error *err);
