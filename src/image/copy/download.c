/* SPDX-License-Identifier: Apache-2.0 */
#include "image/copy/download.h"
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>

struct download {
    struct pl_registry *registry;
    struct pl_descriptor descriptor;
    pthread_t thread;
    bool is_running;
    int read_fd;
    int write_fd; /* the thread's */
    enum pl_status status; /* the thread's, to be read once it has ended */
    struct pl_error error;
};

static enum pl_status put(void *context, pl_span piece, struct pl_error *err)
{
    const struct download *download = context;
    while (piece.len > 0) {
        /* A reader that went away is no signal but a failure. */
        ssize_t count = send(download->write_fd, piece.ptr, piece.len, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return pl_error_sys(err, errno, "passing a blob on");
        }
        piece = (pl_span){piece.ptr + count, piece.len - (size_t)count};
    }
    return PL_OK;
}

static void *run(void *context)
{
    struct download *download = context;
    struct pl_http_sink sink = {put, download};
    download->status =
        pl_registry_blob(download->registry, &download->descriptor, &sink, &download->error);
    shutdown(download->write_fd, SHUT_WR);
    return NULL;
}

static void join(struct download *download)
{
    if (download->is_running) {
        pthread_join(download->thread, NULL);
        download->is_running = false;
    }
}

static enum pl_status read_download(void *context, uint8_t *into, size_t size, size_t *ret_got,
                                    struct pl_error *err)
{
    struct download *download = context;
    ssize_t count = 0;
    do {
        count = recv(download->read_fd, into, size, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return pl_error_sys(err, errno, "taking a blob over");
    }
    if (count == 0 && size > 0) {
        /* Its end, or a failure: the thread knows. */
        join(download);
        if (download->status < 0) {
            if (err) {
                *err = download->error;
            }
            return pl_error_wrap(err, "the blob %s", download->descriptor.digest.text);
        }
    }
    *ret_got = (size_t)count;
    return PL_OK;
}

static void close_download(void *context)
{
    struct download *download = context;
    close(download->read_fd);
    join(download);
    close(download->write_fd);
    free(download);
}

enum pl_status pl_copy_download(struct pl_registry *registry,
                                const struct pl_descriptor *descriptor, struct pl_copy_stream *ret,
                                struct pl_error *err)
{
    int fds[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
        return pl_error_sys(err, errno, "making a socket");
    }
    struct download *download = pl_mem_alloc(1, sizeof(*download));
    *download = (struct download){.registry = registry,
                                  .descriptor = *descriptor,
                                  .read_fd = fds[0],
                                  .write_fd = fds[1],
                                  .error = PL_ERROR_INIT};
    int code = pthread_create(&download->thread, NULL, run, download);
    if (code != 0) {
        close_download(download);
        return pl_error_sys(err, code, "starting a thread");
    }
    download->is_running = true;
    *ret = (struct pl_copy_stream){
        .read = read_download, .close = close_download, .context = download};
    return PL_OK;
}
