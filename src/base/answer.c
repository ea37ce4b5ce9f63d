/* SPDX-License-Identifier: Apache-2.0 */
#include "base/answer.h"

/* The status as the positive number of its class, then the text as a string, empty for PL_OK. */
void pl_answer_put(struct pl_buf *buf, enum pl_status status, const struct pl_error *failure)
{
    pl_wire_put_uint(buf, (uint64_t)-status);
    pl_wire_put_str(buf, status < 0 ? pl_str_from(failure->msg) : PL_STR_EMPTY);
}

enum pl_status pl_answer_take(struct pl_wire *answer, struct pl_error *err)
{
    uint64_t status = pl_wire_uint(answer);
    pl_str text = pl_wire_str(answer);
    if (answer->bad || status > (uint64_t)-PL_E_INTERNAL) {
        return pl_error_set(err, PL_E_PARSE, "the inspector gave no answer");
    }
    if (status == 0) {
        return PL_OK;
    }
    return pl_error_set(err, (enum pl_status) - (int)status, PL_STR_FMT, PL_STR_ARG(text));
}
