/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of an engine come as the archive that `docker save` would write. It goes to a temporary
 * file without a name, since it says at its end what is in it.
 */
#include "base/io.h"
#include "base/tempfile.h"
#include "image/copy/places.h"

static bool find_nothing(void *context, struct pl_arena *arena, const struct pl_digest *digest,
                         pl_str *ret)
{
    (void)context;
    (void)arena;
    (void)digest;
    (void)ret;
    return false;
}

static void keep_nothing(void *context, const struct pl_digest *digest, pl_str bytes)
{
    (void)context;
    (void)digest;
    (void)bytes;
}

struct spool {
    int fd;
    const struct pl_progress *progress;
    uint64_t bytes;
};

static enum pl_status keep(void *context, pl_span piece, struct pl_error *err)
{
    struct spool *spool = context;
    spool->bytes += piece.len;
    pl_progress_tell(spool->progress, PL_STR("reading from the engine"), spool->bytes, 0);
    return pl_io_write(spool->fd, pl_span_str(piece), err);
}

static enum pl_status read_engine(struct pl_arena *arena, const char *scheme, pl_str name,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    const struct pl_image_documents documents = {find_nothing, keep_nothing, NULL};
    const struct pl_reach how = {settings->registry, &documents, settings->progress};
    const struct pl_image_source *kind = pl_image_source_find(pl_str_from(scheme));
    struct pl_reached reached = {.close = NULL};
    int fd pl_autoclose = -1;
    enum pl_status st = kind->reach(arena, &how, name, settings->platform, &reached, err);
    if (st < 0) {
        return st;
    }
    struct spool spool = {.progress = settings->progress};
    st = pl_tempfile_open(NULL, &fd, err);
    if (st == PL_OK) {
        spool.fd = fd;
        struct pl_fetch_sink sink = {keep, &spool};
        st = reached.archive->run(reached.archive->context, &sink, err);
    }
    if (reached.close) {
        reached.close(reached.context);
    }
    return st < 0 ? st
                  : pl_copy_docker_reader(arena, pl_fd_take(&fd), reached.archive_selector,
                                          settings, ret, err);
}

static enum pl_status read_docker(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    return read_engine(arena, "docker", rest, settings, ret, err);
}

static enum pl_status read_podman(struct pl_arena *arena, pl_str rest,
                                  const struct pl_copy_settings *settings,
                                  struct pl_copy_reader *ret, struct pl_error *err)
{
    return read_engine(arena, "podman", rest, settings, ret, err);
}

const struct pl_copy_place pl_copy_place_docker = {.scheme = "docker", .open_reader = read_docker};
const struct pl_copy_place pl_copy_place_podman = {.scheme = "podman", .open_reader = read_podman};
