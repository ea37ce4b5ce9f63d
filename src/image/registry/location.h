/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * location - where a registry sends us on to: the Location of an upload, the URL of a next page.
 * Private to image/registry/.
 */
#include "base/arena.h"

/* `reference`, absolute or relative to `base` (the absolute URL of the request that it answers), as
 * an absolute URL (RFC 3986, section 5.2). The host of the result is in lower case and without a
 * port that is the scheme's own, so that it can be compared with the registry's. PARSE for what is
 * no URL; DENIED for another scheme than HTTP's, for a user or password in it, and for http where
 * `base` is https. */
enum pl_status pl_registry_location(struct pl_arena *arena, pl_str base, pl_str reference,
                                    pl_str *ret, struct pl_error *err);

/* `url` with one more parameter in its query; what is in it already stays as it is. */
pl_str pl_registry_location_add(struct pl_arena *arena, pl_str url, const char *name, pl_str value);
