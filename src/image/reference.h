/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * reference - the name of an image, as everybody writes it: [HOST[:PORT]/]PATH[:TAG][@DIGEST].
 *
 * The grammar is that of the distribution project (reference/regexp.go's documented grammar), the
 * defaults are Docker's: the first part is a host when it has a dot or a colon or is "localhost",
 * else the registry is docker.io; a single name there is below library/; without tag and digest the
 * tag is "latest". Hosts may be bracketed IPv6 addresses. All strings live in the arena given.
 */
#include "format/digest.h"

struct pl_reference {
    pl_str registry; /* "docker.io", "ghcr.io", "[::1]:5000" */
    pl_str repository; /* "library/nginx" */
    pl_str tag; /* empty when only a digest was given */
    struct pl_digest digest; /* empty when none was given */
};

/* PL_E_USAGE, saying what is wrong with it and, where one can tell, what was probably meant. */
enum pl_status pl_reference_parse(struct pl_arena *arena, pl_str text, struct pl_reference *ret,
                                  struct pl_error *err);

/* [HOST[:PORT]] alone, or HOST/PATH without tag: for `registry ls` and `registry tags`. */
enum pl_status pl_reference_parse_repository(struct pl_arena *arena, pl_str text,
                                             struct pl_reference *ret, struct pl_error *err);

/* Is it a tag by the grammar: 128 characters at most? */
bool pl_reference_is_tag(pl_str text);

/* The whole of it: "docker.io/library/nginx:1.25@sha256:...". */
pl_str pl_reference_format(struct pl_arena *arena, const struct pl_reference *reference);
/* As people write it: "nginx:1.25", "ghcr.io/a/b@sha256:...". */
pl_str pl_reference_familiar(struct pl_arena *arena, const struct pl_reference *reference);

/* The tag or digest by which a manifest is asked for: the digest where there is one. */
pl_str pl_reference_selector(const struct pl_reference *reference);
