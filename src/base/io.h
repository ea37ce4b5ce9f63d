/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * io - whole reads and writes on descriptors.
 *
 * Each function retries on EINTR and short counts. Paths are for our own files (databases, caches,
 * what the user named on the command line), never for files of an inspected tree: those go through
 * image/tree.h.
 */
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Up to `size` bytes; fewer only at the end of the file. */
enum pl_status pl_io_read(int fd, void *into, size_t size, size_t *ret_got, struct pl_error *err);
enum pl_status pl_io_pread(int fd, void *into, size_t size, uint64_t offset, size_t *ret_got,
                           struct pl_error *err);
enum pl_status pl_io_write(int fd, pl_str bytes, struct pl_error *err);

/* Appends all that is left of `fd` to `buf`, up to its ceiling. `name` is for messages. */
enum pl_status pl_io_read_all(int fd, const char *name, struct pl_buf *buf, struct pl_error *err);

/* The whole of a regular file; PL_E_LIMIT past buf's ceiling. */
enum pl_status pl_io_read_file(const char *path, struct pl_buf *buf, struct pl_error *err);

/* Written to a temporary name beside `path`, flushed, and renamed over it. */
enum pl_status pl_io_replace_file(const char *path, pl_str content, struct pl_error *err);

/* mkdir -p with mode 0777 less the umask. */
enum pl_status pl_io_make_dirs(const char *path, struct pl_error *err);
