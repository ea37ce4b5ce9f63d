/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http - fetching a document over HTTP or HTTPS, through libcurl.
 *
 * Certificates are checked; proxies come from the usual variables (https_proxy, no_proxy ...).
 * Redirects are followed a few times and never from HTTPS to HTTP. A connection that cannot be made
 * or that stands still is given up, and so is a body above the cap.
 */
#include "base/buf.h"
#include "base/progress.h"

/* Is `text` something that these functions take? */
bool pl_http_is_url(pl_str text);

/* Into a file without a name on the file system of `temp_dir` (base/tempfile.h), read from its
 * start on. NOT_FOUND for status 404, DENIED for 401 and 403, else NET. */
enum pl_status pl_http_download(const char *url, uint64_t max_bytes, const char *temp_dir,
                                const struct pl_progress *progress, int *ret_fd,
                                struct pl_error *err);

/* Appends to a buffer, whose ceiling is the cap. */
enum pl_status pl_http_get(const char *url, struct pl_buf *into, struct pl_error *err);

/* `segment` escaped for a place between two slashes of a URL: "Rocky Linux" is "Rocky%20Linux". */
void pl_http_append_escaped(struct pl_buf *url, pl_str segment);
/* The reverse; a '%' without two digits stands for itself. */
void pl_http_append_unescaped(struct pl_buf *text, pl_str segment);
