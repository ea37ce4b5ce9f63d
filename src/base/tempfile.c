/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tempfile.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* O_TMPFILE is missing on some network file systems: there a named file is made and unlinked. */
static int open_and_unlink(const char *dir)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/.plimsoll-XXXXXX", dir) >= (int)sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        unlink(path);
    }
    return fd;
}

enum pl_status pl_tempfile_open(const char *dir, int *ret_fd, struct pl_error *err)
{
    if (!dir) {
        dir = getenv("TMPDIR");
    }
    if (!dir || *dir == '\0') {
        dir = "/tmp";
    }
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        fd = open_and_unlink(dir);
    }
    if (fd < 0) {
        return pl_error_sys(err, errno, "making a temporary file in %s", dir);
    }
    *ret_fd = fd;
    return PL_OK;
}
