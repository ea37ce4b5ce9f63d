/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * answer - how what a sandboxed child answers begins: with its status, and the text of its error.
 *
 * After PL_OK the job's own bytes follow. The parent trusts neither.
 */
#include "base/error.h"
#include "base/wire.h"

/* `failure` is read only when `status` is one. */
void pl_answer_put(struct pl_buf *buf, enum pl_status status, const struct pl_error *failure);

/* Takes the beginning off `answer`: PL_OK, or the child's failure with its text in `err`.
 * PL_E_PARSE when it is neither. */
enum pl_status pl_answer_take(struct pl_wire *answer, struct pl_error *err);
