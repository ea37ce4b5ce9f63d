/* SPDX-License-Identifier: Apache-2.0 */
#include "command/progress.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_MS = 500, STEP_MS = 100 };
/* All of it stays within 80 columns: a line that wraps cannot be written over. */
enum { LABEL_CHARS = 40, SUBJECT_CHARS = 44, SHORT_LABEL_CHARS = 24 };

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Labels are names out of a feed or an image: nothing in them may steer the terminal. */
static void print_label(pl_str label, size_t most)
{
    for (size_t i = 0; i < label.len && i < most; i++) {
        char c = label.ptr[i];
        fputc(c >= ' ' && c <= '~' ? c : '?', stderr);
    }
}

static void tell(void *context, pl_str label, uint64_t done, uint64_t total)
{
    struct pl_progress_line *line = context;
    uint64_t now = now_ms();
    if (!line->is_terminal || now - line->started_ms < QUIET_MS ||
        (line->is_shown && now - line->told_ms < STEP_MS)) {
        return;
    }
    fputs("\r\033[K", stderr);
    if (line->subject.len > 0) {
        print_label(line->subject, SUBJECT_CHARS);
        fputs(": ", stderr);
    }
    print_label(label, line->subject.len > 0 ? SHORT_LABEL_CHARS : LABEL_CHARS);
    if (total > 0) {
        uint64_t percent = done < total ? (uint64_t)((double)done * 100 / (double)total) : 100;
        fprintf(stderr, " %llu %%", (unsigned long long)percent);
    } else {
        fprintf(stderr, " %llu", (unsigned long long)done);
    }
    fflush(stderr);
    line->is_shown = true;
    line->told_ms = now;
}

void pl_progress_line_begin(struct pl_progress_line *line)
{
    *line = (struct pl_progress_line){.progress = {.tell = tell, .context = line},
                                      .is_terminal = isatty(STDERR_FILENO) == 1,
                                      .started_ms = now_ms()};
}

void pl_progress_line_end(struct pl_progress_line *line)
{
    if (line->is_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        line->is_shown = false;
    }
}
