/* SPDX-License-Identifier: Apache-2.0 */
#include "command/progress_line.h"
#include <unistd.h>

enum { FIRST_AFTER_MS = 500, EVERY_MS = 100 };

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void tell(void *context, pl_str label, uint64_t done, uint64_t total)
{
    struct pl_progress_line *line = context;
    uint64_t now = now_ms();
    if (!line->is_terminal || now - line->started_ms < FIRST_AFTER_MS ||
        (line->is_shown && now - line->told_ms < EVERY_MS)) {
        return;
    }
    line->is_shown = true;
    line->told_ms = now;
    fprintf(stderr, "\r\033[K" PL_STR_FMT " %llu", PL_STR_ARG(label), (unsigned long long)done);
    if (total > 0) {
        fprintf(stderr, " of %llu", (unsigned long long)total);
    }
    fflush(stderr);
}

struct pl_progress pl_progress_line_start(struct pl_progress_line *line)
{
    *line = (struct pl_progress_line){.is_terminal = isatty(STDERR_FILENO) == 1,
                                      .started_ms = now_ms()};
    return (struct pl_progress){.tell = tell, .context = line};
}

void pl_progress_line_end(struct pl_progress_line *line)
{
    if (line->is_shown) {
        fputs("\r\033[K", stderr);
        line->is_shown = false;
    }
}
