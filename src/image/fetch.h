/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fetch - bytes that lie elsewhere: a blob in a registry, an archive that an engine makes.
 *
 * A source of images says by a pl_fetch how to get them. It is run in a process of its own
 * (engine/fetcher.h), which has the network and no say about the bytes; they go through memory that
 * it shares with the sandboxed child that inspects them. What `context` points to is made before
 * that process starts and is a copy there: nothing that `run` changes comes back.
 */
#include "base/error.h"
#include "base/str.h"

struct pl_fetch_sink {
    enum pl_status (*take)(void *context, pl_span bytes, struct pl_error *err);
    void *context;
};

struct pl_fetch {
    /* Called before that process starts, in the one that starts it, for what cannot be done there
     * (running a credential helper) or is to be done once for many; or NULL. */
    void (*prepare)(void *context);
    bool spawns; /* it goes through another program (ssh), so its process is not confined */
    /* Hands all bytes to the sink, in order; a sink's failure is passed on. */
    enum pl_status (*run)(void *context, const struct pl_fetch_sink *sink, struct pl_error *err);
    void *context;
};
