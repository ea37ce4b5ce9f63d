/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tempfile - a file without a name, gone when its descriptor is closed, even by a crash.
 */
#include "base/error.h"

/* An empty file open for reading and writing on the file system of `dir`; NULL means TMPDIR, or
 * /tmp when that is not set. The caller closes *ret_fd. */
enum pl_status pl_tempfile_open(const char *dir, int *ret_fd, struct pl_error *err);
