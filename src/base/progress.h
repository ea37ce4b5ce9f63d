/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * progress - how long work tells its caller how far it is.
 *
 * The caller fills a pl_progress (or passes NULL, when nobody looks) and owns it for as long as the
 * work lasts; library code only calls pl_progress_tell. The callback runs on the thread that called
 * into the library, never on one that the library started, and must return quickly: what is shown,
 * and how often, is the caller's decision.
 */
#include "base/str.h"

struct pl_progress {
    /* `label` says what is being done ("reading", "writing") and is good during the call only.
     * `done` and `total` count in one unit of the work's choice, 0 of `total` meaning that the end
     * is not known; `done` may start again with a new label. */
    void (*tell)(void *context, pl_str label, uint64_t done, uint64_t total);
    void *context;
};

static inline void pl_progress_tell(const struct pl_progress *progress, pl_str label, uint64_t done,
                                    uint64_t total)
{
    if (progress && progress->tell) {
        progress->tell(progress->context, label, done, total);
    }
}
