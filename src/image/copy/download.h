/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * download - a blob of a registry as a stream that is read, rather than one that pushes.
 *
 * A thread of its own asks the registry and writes into a socket, which holds some hundred
 * kilobytes; the registry's client must be left alone until the stream is closed. Closing it early
 * ends the thread with the next bytes that come.
 */
#include "image/copy/ends.h"

enum pl_status pl_copy_download(struct pl_registry *registry,
                                const struct pl_descriptor *descriptor, struct pl_copy_stream *ret,
                                struct pl_error *err);
