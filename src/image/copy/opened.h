/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * opened - a blob's bytes without their compression, opened by a sandboxed child.
 *
 * This process reads the blob, holds it to its digest and passes it on; the child, which can do
 * nothing but compute, gives back what was in it. What it gives is to be held to the diff_id by the
 * caller: the child is not trusted. No other thread may run when it is called.
 */
#include "image/copy/ends.h"

/* Hands all of it to `take`, in order. LIMIT when there is more than a layer may hold. */
enum pl_status pl_copy_pour_opened(const struct pl_copy_blob *blob,
                                   enum pl_status (*take)(void *context, pl_span piece,
                                                          struct pl_error *err),
                                   void *context, struct pl_error *err);
