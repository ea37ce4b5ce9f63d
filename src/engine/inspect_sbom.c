/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/inspect_sbom.h"
#include "base/io.h"
#include "base/sandbox.h"
#include "engine/inspect.h"
#include "sbom/read.h"

struct inspection {
    int fd;
    pl_str name;
    struct pl_budget_limits limits;
};

static enum pl_status inspect(const struct inspection *inspection, struct pl_arena *arena,
                              struct pl_evidence *evidence, struct pl_error *err)
{
    struct pl_buf content pl_autobuf = PL_BUF_INIT((size_t)inspection->limits.file_bytes);
    enum pl_status st = pl_io_read_all(inspection->fd, "the document", &content, err);
    if (st < 0) {
        return st;
    }
    struct pl_evidence_file *file = pl_vec_push(arena, &evidence->files);
    file->type = PL_ENTRY_FILE;
    file->size_bytes = content.len;
    file->path = PL_STR("sbom");
    file->cataloger = PL_STR("sbom");
    struct pl_sink sink = {
        .arena = arena, .file = file, .left_bytes = inspection->limits.evidence_bytes};
    return pl_sbom_read(&sink, pl_str_span(pl_buf_str(&content)), err);
}

static void run(void *context, int answer_fd)
{
    const struct inspection *inspection = context;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence evidence = {0};
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status st = inspect(inspection, &arena, &evidence, &err);
    pl_inspect_send(answer_fd, st, &err, &evidence);
}

enum pl_status pl_sbom_inspect(struct pl_arena *arena, int fd, pl_str name,
                               const struct pl_layers_options *options,
                               const struct pl_evidence **ret, struct pl_error *err)
{
    struct inspection inspection = {fd, name, options->limits};
    struct pl_sandbox_job job = {.run = run,
                                 .context = &inspection,
                                 .keep_fds = {fd, -1, -1, -1},
                                 .read_below_fd = -1,
                                 .most_seconds = pl_inspect_most_seconds(&options->limits)};
    struct pl_sandbox_child child = {0};
    enum pl_status st =
        pl_sandbox_start(&child, &job, pl_inspect_answer_ceiling(&options->limits), err);
    if (st < 0) {
        return st;
    }
    size_t slot = 0;
    st = pl_sandbox_wait_any(&child, 1, NULL, &slot, err);
    struct pl_evidence *evidence = PL_ARENA_NEW(arena, struct pl_evidence);
    if (st == PL_OK) {
        st = pl_inspect_answer(arena, pl_str_span(pl_buf_str(&child.answer)), evidence, err);
        pl_arena_adopt(arena, PL_TAKE(child.answer.ptr));
    }
    pl_sandbox_release(&child, 1);
    if (st < 0) {
        return st;
    }
    if (evidence->files.count > 0) {
        evidence->files.items[0].path = pl_str_after_last(name, '/');
    }
    *ret = evidence;
    return PL_OK;
}
