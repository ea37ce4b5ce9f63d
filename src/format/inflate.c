/* SPDX-License-Identifier: Apache-2.0 */
#include "format/inflate.h"
#include <isa-l/igzip_lib.h>

enum pl_status pl_inflate_zlib(pl_span bytes, struct pl_buf *into, struct pl_error *err)
{
    enum { STEP_BYTES = 65536 };
    struct inflate_state *state pl_autofree = pl_mem_alloc(1, sizeof(*state));
    isal_inflate_init(state);
    state->crc_flag = ISAL_ZLIB;
    /* ISA-L's field is not const, but it only reads. */
    state->next_in = (uint8_t *)(uintptr_t)bytes.ptr;
    state->avail_in = (uint32_t)(bytes.len < UINT32_MAX ? bytes.len : UINT32_MAX);
    while (state->block_state != ISAL_BLOCK_FINISH) {
        uint8_t made[STEP_BYTES];
        state->next_out = made;
        state->avail_out = sizeof(made);
        int code = isal_inflate(state);
        size_t len = sizeof(made) - state->avail_out;
        if (code < 0 || (len == 0 && state->block_state != ISAL_BLOCK_FINISH)) {
            return pl_error_set(err, PL_E_PARSE, "zlib data is %s",
                                code < 0 ? "damaged" : "cut off");
        }
        pl_buf_append(into, pl_str_make((const char *)made, len));
        if (into->overflowed) {
            return pl_buf_status(into, "zlib data", err);
        }
    }
    return PL_OK;
}

enum pl_status pl_inflate_raw(pl_span bytes, uint8_t *into, size_t size, struct pl_error *err)
{
    if (bytes.len > UINT32_MAX || size >= UINT32_MAX) {
        return pl_error_set(err, PL_E_LIMIT, "deflated data is too large");
    }
    struct inflate_state *state pl_autofree = pl_mem_alloc(1, sizeof(*state));
    isal_inflate_init(state);
    state->crc_flag = ISAL_DEFLATE;
    state->next_in = (uint8_t *)(uintptr_t)bytes.ptr;
    state->avail_in = (uint32_t)bytes.len;
    state->next_out = into;
    state->avail_out = (uint32_t)size + 1;
    int code = isal_inflate_stateless(state);
    if (code != ISAL_DECOMP_OK || state->avail_out != 1) {
        return pl_error_set(err, PL_E_PARSE, "deflated data is damaged or of another size");
    }
    return PL_OK;
}
